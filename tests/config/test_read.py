"""Configuration: which layer decides, what a mistake costs, and where it is shown."""

from __future__ import annotations

import json
import pickle
import tomllib
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

import configuration_docs
from notes_lsp.config.read import Config, ConfigProblem, Layer, LinkStyle, Profile, Severity, load
from notes_lsp.config.settings import DIAGNOSTICS, SETTINGS, Setting, SettingValue

Key = tuple[str, str]


# --- Which layer decides ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "vault, user, client, expected",
    [
        (None, None, None, 50),
        (None, None, 3, 3),
        (None, 2, None, 2),
        (None, 2, 3, 2),
        (1, None, None, 1),
        (1, None, 3, 1),
        (1, 2, None, 1),
        (1, 2, 3, 1),
        (0, 2, 3, 2),
        (0, 0, 3, 3),
        (0, 0, 0, 50),
    ],
)
def test_the_strongest_layer_with_a_good_value_decides(
    vault: int | None, user: int | None, client: int | None, expected: int
) -> None:
    """The vault's file wins over the user's, that over the client, that over the default; 0 is out of range here."""
    config, _ = load(
        None if vault is None else f"[completion]\nlimit = {vault}\n",
        None if user is None else f"[completion]\nlimit = {user}\n",
        None if client is None else {"completion": {"limit": client}},
    )

    assert config.completion.limit == expected


def test_layers_are_joined_setting_by_setting() -> None:
    """A layer that sets one key of a table leaves the table's other keys to the layers below."""
    config, problems = load(
        '[links]\nstyle = "markdown"\n', '[links]\nstyle = "wiki"\nprofile = "zk"\n', {"links": {"extension": True}}
    )

    assert (config.links.style, config.links.profile, config.links.extension) == ("markdown", "zk", True)
    assert problems == ()


def test_lists_replace_each_other() -> None:
    """The strongest layer's list is the list; an empty one empties it."""
    weak = {"files": {"exclude": ["a"]}, "diagnostics": {"ignore": ["b"]}}

    config, _ = load('[files]\nexclude = []\n[diagnostics]\nignore = ["c"]\n', None, weak)

    assert config.files.exclude == ()
    assert config.diagnostics.ignore == ("c",)


def test_nothing_written_means_the_defaults() -> None:
    """Without any layer, and with empty ones, there are the defaults and no problems."""
    assert load(None, None, None) == (Config(), ())
    assert load("", "# nothing\n", {}) == (Config(), ())


def test_defaults_written_out_change_nothing() -> None:
    """The documented file with all defaults is good TOML, has every setting, and is what one gets without it."""
    text = configuration_docs.default_toml()
    written = {(table, key) for table, entries in tomllib.loads(text).items() for key in entries}

    assert load(text, None, None) == (Config(), ())
    assert written == {(setting.table, setting.key) for setting in SETTINGS}


@pytest.mark.parametrize("wrapper", ["notes-lsp", "notes_lsp", "notesLsp"])
def test_the_client_may_wrap_its_settings(wrapper: str) -> None:
    """Under any of the server's names; what stands beside that name is for other servers."""
    config, problems = load(None, None, {wrapper: {"hover": {"lines": 7}}, "pylsp": {"plugins": 1}, "files": "other"})

    assert config.hover.lines == 7
    assert problems == ()


@pytest.mark.parametrize(
    "client",
    [
        [],
        {"notesLsp": None},
        {"notes-lsp": []},
        {"links": None, "files": []},
        {"links": {"style": None}},
        {"files": {"exclude": {}}},
        {"command": ["notes-lsp"], "trace": {"server": "off"}},
    ],
)
def test_what_editors_send_for_nothing_is_nothing(client: object) -> None:
    """Nulls, empty tables in either spelling, and entries that are the editor's own are no mistakes."""
    assert load(None, None, client) == (Config(), ())


def test_extensions_may_be_written_with_a_dot() -> None:
    """``.MD`` and ``md`` are one extension."""
    assert load('[files]\nextensions = [".MD", "txt"]\n', None, None)[0].files.extensions == ("md", "txt")


def test_a_byte_order_mark_is_no_mistake() -> None:
    """Some editors begin files with one."""
    config, problems = load("\ufeff[hover]\r\nlines = 3\r\n", None, None)

    assert (config.hover.lines, problems) == (3, ())


# --- Severities -------------------------------------------------------------------------------------------------------


def test_severities_are_asked_by_code() -> None:
    """A code has the severity that was set, else its default; a code without a setting is a warning."""
    config, _ = load('[diagnostics]\nbroken-link = "hint"\nbroken-anchor = "off"\n', None, None)

    assert config.severity("broken-link") is Severity.HINT
    assert config.severity("broken-anchor") is Severity.OFF
    assert config.severity("frontmatter-syntax") is Severity.ERROR
    assert config.severity("made-up") is Severity.WARNING


def test_nothing_is_shown_where_diagnostics_are_disabled() -> None:
    """``enabled = false`` turns every code off, whatever its severity."""
    config, _ = load('[diagnostics]\nenabled = false\nbroken-link = "error"\n', None, None)

    assert {config.severity(code) for code in [*DIAGNOSTICS, "made-up"]} == {Severity.OFF}


def test_words_become_members_of_their_enum() -> None:
    """Whoever compares with ``is`` may do so."""
    config, _ = load('[links]\nprofile = "github"\nstyle = "markdown"\n', None, None)

    assert config.links.profile is Profile.GITHUB
    assert config.links.style is LinkStyle.MARKDOWN


def test_a_configuration_is_a_value() -> None:
    """It can be compared, hashed, and sent to another process."""
    config = Config()

    assert pickle.loads(pickle.dumps(config)) == config  # noqa: S301 - our own bytes
    assert hash(config) == hash(Config())


# --- What is wrong, and where -----------------------------------------------------------------------------------------

WRONG = {
    "a boolean for a number": (
        "[completion]\nlimit = true\n", "completion.limit", "true",
        "expected a whole number from 1 to 500, not true",
    ),
    "a number for a boolean": (
        "[links]\nextension = 1 # one\n", "links.extension", "1", "expected true or false, not 1",
    ),
    "a fraction for a number": (
        "[hover]\nlines = 1.0\n", "hover.lines", "1.0", "expected a whole number from 1 to 200, not 1.0",
    ),
    "too small": ("[hover]\nlines = 0\n", "hover.lines", "0", "expected a whole number from 1 to 200, not 0"),
    "too large": ("[index]\nworkers = 17\n", "index.workers", "17", "expected a whole number from 0 to 16, not 17"),
    "far too large": (
        f"[index]\nworkers = 0x{'f' * 6000}\n", "index.workers", f"0x{'f' * 6000}",
        "expected a whole number from 0 to 16, not a number that large",
    ),
    "an unknown word": (
        '[links]\nprofile = "GitHb"\n', "links.profile", '"GitHb"',
        'expected one of "obsidian", "github", "gitlab", "zk", "marksman", not "GitHb"; did you mean "github"?',
    ),
    "an unknown severity": (
        '[diagnostics]\nbroken-link = "loud"\n', "diagnostics.broken-link", '"loud"',
        'expected one of "error", "warning", "information", "hint", "off", not "loud"',
    ),
    "a text for a list": (
        '[files]\nexclude = "a/"\n', "files.exclude", '"a/"', 'expected a list of texts, not "a/"; write ["a/"]',
    ),
    "a table for a list": (
        "[files]\nexclude = { a = 1 }\n", "files.exclude", "{ a = 1 }", "expected a list of texts, not a table",
    ),
    "a date": (
        "[hover]\nlines = 2024-01-31\n", "hover.lines", "2024-01-31",
        "expected a whole number from 1 to 200, not a date or time",
    ),
    "a wrong element": (
        '[files]\nexclude = [\n  "a",\n  3,\n]\n', "files.exclude.1", "3", "expected a text, not 3",
    ),
    "a pattern with too many stars": (
        '[files]\nexclude = ["a/", "a*b*c*d*e"]\n', "files.exclude.1", '"a*b*c*d*e"',
        "this pattern is passed over: more than 3 stars: 'a*b*c*d*e'",
    ),
    "an unknown key": (
        '[links]\n"styel" = "wiki"\n', "links.styel", '"styel"',
        'there is no setting "styel" in [links]; did you mean "style"?',
    ),
    "a dash mistaken": (
        '[diagnostics]\nbroken_link = "off"\n', "diagnostics.broken_link", "broken_link",
        'there is no setting "broken_link" in [diagnostics]; did you mean "broken-link"?',
    ),
    "a key in the wrong table": (
        "[hover]\nlimit = 3\n", "hover.limit", "limit",
        'there is no setting "limit" in [hover]; it belongs in [completion]',
    ),
    "a key without its table": (
        'profile = "zk"\n', "profile", "profile", 'there is no table "profile"; it belongs in [links]',
    ),
    "an unknown table": ("[ link ]\na = 1\n", "link", "link", 'there is no table "link"; did you mean "links"?'),
    "a strange table": ("[zzz]\na = 1\n", "zzz", "zzz", 'there is no table "zzz"'),
    "a value for a table": ("links = 3\n", "links", "3", "[links] is a table of settings, not 3"),
    "tables for a table": (
        "[[links]]\nextension = true\n", "links", "[[links]]", "[links] is a table of settings, not a list",
    ),
    "a dotted key": (
        "links.extension = 'no'\n", "links.extension", "'no'", 'expected true or false, not "no"',
    ),
    "a text without quotes": (
        "[links]\r\nprofile = github # no quotes\r\n", "", "github",
        'this is not TOML: invalid value; put it in quotes: "github"',
    ),
    "a boolean with a capital": (
        "[links]\nextension = True\n", "", "True", "this is not TOML: invalid value; write true",
    ),
    "an open text": ('[links]\nprofile = "zk\n', "", '"zk', "this is not TOML: unterminated string"),
    "an open list": ('[files]\nexclude = ["a",\n  "b"\n', "", '["a",\n  "b"', "this is not TOML: unclosed array"),
    "an open header": (
        "[links\nextension = true\n", "", "[links", "this is not TOML: expected ']' at the end of a table declaration",
    ),
    "no value": ("[hover]\nlines = \n", "", "lines =", "this is not TOML: invalid value"),
    "no sign": ("[hover]\nlines 3\n", "", "3", "this is not TOML: expected '=' after a key in a key/value pair"),
    "a key twice": ("[hover]\nlines = 3\nlines = 4\n", "", "lines", '"lines" is set twice; the first counts'),
    "a table twice": (
        "[hover]\n[links]\n[hover]\n", "", "[hover]", "[hover] stands twice; write its settings together",
    ),
    "a number too long to read": (
        f"[hover]\nlines = {'9' * 6000}\n", "", "9" * 6000, "this value cannot be read",
    ),
}  # fmt: skip


@pytest.mark.parametrize("text, key, marked, message", WRONG.values(), ids=WRONG)
def test_a_mistake_is_shown_where_it_stands(text: str, key: str, marked: str, message: str) -> None:
    """Each kind of mistake gives one problem with the exact text that is wrong, in either file."""
    for layer, (_, problems) in ((Layer.VAULT, load(text, None, None)), (Layer.USER, load(None, text, None))):
        (problem,) = problems

        assert problem.span is not None
        assert (problem.layer, problem.key, problem.message) == (layer, key, message)
        assert text[problem.span.start : problem.span.end] == marked


def test_schemas_are_a_vaults() -> None:
    """In the user's own settings, or a client's, they would be read by nobody, which is said."""
    text = '[schemas.book]\nrequired = ["author"]\n'
    assert load(text, None, None)[1] == ()
    for user, client in ((text, None), (None, {"schemas": {"book": {"required": ["author"]}}})):
        (problem,) = load(None, user, client)[1]
        assert problem.layer is (Layer.USER if user else Layer.CLIENT)
        assert problem.message == "schemas are a vault's: write [schemas] in its .notes-lsp.toml"


def test_of_two_tables_with_one_name_the_second_is_marked() -> None:
    """The one that was added last is the likelier mistake; both are read."""
    text = "[hover]\nlines = 3\n[links]\n[hover]\nbacklinks = 4\n"

    config, (problem,) = load(text, None, None)

    assert problem.span == (text.rindex("[hover]"), text.rindex("[hover]") + len("[hover]"))
    assert (config.hover.lines, config.hover.backlinks) == (3, 4)


def test_a_wrong_value_beside_broken_toml_is_marked_too() -> None:
    """Both mistakes are told at once, in the order of the text, and all else counts."""
    text = "[hover]\nlines = many\nbacklinks = -1\n[completion]\nlimit = 7\n"

    config, problems = load(text, None, None)

    assert [text[slice(*problem.span)] for problem in problems if problem.span] == ["many", "-1"]
    assert (config.completion.limit, config.hover) == (7, Config().hover)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("header", ["[hover]", "  [hover]  # shown", "[ hover ]"])
def test_an_open_list_ends_before_the_next_header(header: str, newline: str) -> None:
    """What could be a list in the list is taken for the header that it looks like."""
    text = newline.join(["[files]", "exclude = [", '  "a",', header, "lines = 3", ""])

    config, problems = load(text, None, None)

    assert config.hover.lines == 3
    assert len(problems) == 1


def test_the_clients_mistakes_have_no_place() -> None:
    """Its settings are a value without a text."""
    client = {"notesLsp": {"hover": {"lines": 1.5}, "link": {}, "files": {"exclude": ["a", 1]}}}

    config, problems = load(None, None, client)

    assert config.files.exclude == ("a",)
    assert problems == (
        ConfigProblem("client", None, "hover.lines", "expected a whole number from 1 to 200, not 1.5"),
        ConfigProblem("client", None, "link", 'there is no table "link"; did you mean "links"?'),
        ConfigProblem("client", None, "files.exclude.1", "expected a text, not 1"),
    )


def test_settings_that_are_no_table_are_told() -> None:
    """A client that sends a text instead of settings hears of it."""
    assert load(None, None, "wiki")[1] == (
        ConfigProblem("client", None, "", 'the settings are a table of tables, not "wiki"'),
    )


def test_a_list_of_nothing_good_leaves_the_setting_to_the_next_layer() -> None:
    """``extensions = [1]`` is not a wish for a vault without notes."""
    config, problems = load("[files]\nextensions = [1, 2]\n", None, None)

    assert config.files.extensions == Config().files.extensions
    assert [problem.key for problem in problems] == ["files.extensions.0", "files.extensions.1"]


# --- Laws -------------------------------------------------------------------------------------------------------------


def good_value(setting: Setting) -> st.SearchStrategy[SettingValue]:
    """Any value that may be written for a setting."""
    if isinstance(setting.default, bool):
        return st.booleans()
    if isinstance(setting.default, int):
        return st.integers(setting.least, setting.most)
    if setting.choices:
        return st.sampled_from(setting.choices)
    if isinstance(setting.default, str):
        return st.text("ab/.", max_size=4)
    return st.lists(st.text("ab/*", min_size=1, max_size=4), max_size=3).map(tuple)


def bad_literal(setting: Setting) -> st.SearchStrategy[str]:
    """What stands after the sign in TOML and is wrong for a setting: good TOML of another kind, or none at all."""
    wrong = ["1.0", "2024-01-01", "{}", "[1]", "[[]]", "-1", '"zzzzzz"', "999999999999"]
    broken = [
        "",
        "word",
        '"open',
        "'open",
        "[1,",
        '["a"',
        "{",
        "{ a = ",
        '"\\q"',
        "1 2",
        "= 3",
        "9" * 5000,
        "]",
        "[" * 3,
    ]
    unfit = [literal for literal in wrong if not (literal == "-1" and isinstance(setting.default, str))]
    if isinstance(setting.default, str) and not setting.choices:
        unfit.remove('"zzzzzz"')  # any text will do
    return st.sampled_from(unfit + broken)


good_settings: st.SearchStrategy[dict[Key, SettingValue]] = st.fixed_dictionaries(
    {}, optional={(setting.table, setting.key): good_value(setting) for setting in SETTINGS}
)


def as_toml(literals: dict[Key, str], newline: str = "\n") -> str:
    """The settings as a TOML document, table by table."""
    tables: dict[str, list[str]] = {}
    for (table, key), literal in literals.items():
        tables.setdefault(table, []).append(f"{key} = {literal}")
    return newline.join(line for table, lines in tables.items() for line in (f"[{table}]", *lines, ""))


def value_of(config: Config, key: Key) -> object:
    """One setting of a configuration."""
    if key[0] == "diagnostics" and key[1] in DIAGNOSTICS:
        return config.diagnostics.severities[key[1]]
    return getattr(getattr(config, key[0]), key[1])


@given(good_settings, good_settings, good_settings)
def test_each_setting_comes_from_its_strongest_layer(
    vault: dict[Key, SettingValue], user: dict[Key, SettingValue], client: dict[Key, SettingValue]
) -> None:
    """For every setting and any three layers of good values, and none of them is a problem."""
    tables: dict[str, dict[str, object]] = {}
    for (table, key), value in client.items():
        tables.setdefault(table, {})[key] = list(value) if isinstance(value, tuple) else value
    vault_text, user_text = (as_toml({key: json.dumps(one) for key, one in layer.items()}) for layer in (vault, user))
    defaults = {(setting.table, setting.key): setting.default for setting in SETTINGS}

    config, problems = load(vault_text, user_text, tables)

    assert problems == ()
    said = client | user | vault
    usual: dict[Key, SettingValue] = {("links", "path"): "slug"} if said.get(("links", "profile")) == "marksman" else {}
    for place, expected in (defaults | usual | said).items():
        assert value_of(config, place) == expected, place
        assert isinstance(value_of(config, place), StrEnum) == isinstance(defaults[place], StrEnum)


@given(st.data(), good_settings, good_settings, st.sampled_from(["\n", "\r\n"]))
def test_one_wrong_value_changes_no_other(
    data: st.DataObject, good: dict[Key, SettingValue], below: dict[Key, SettingValue], newline: str
) -> None:
    """Whatever is wrong with one setting, it is told, the layer below decides that one, and all others stay."""
    setting = data.draw(st.sampled_from(SETTINGS))
    wrong = (setting.table, setting.key)
    order = data.draw(st.permutations([*(good.keys() - {wrong}), wrong]))
    bad = data.draw(bad_literal(setting))
    literals = {key: bad if key == wrong else json.dumps(good[key]) for key in order}
    text = as_toml(literals, newline)
    client: dict[str, dict[str, object]] = {}
    for (table, key), value in below.items():
        client.setdefault(table, {})[key] = value

    config, problems = load(text, None, client)

    without = {key: literal for key, literal in literals.items() if key != wrong}
    expected, none = load(as_toml(without), None, client)
    assert none == ()
    assert problems, text
    assert config == expected, text
    for problem in problems:
        assert problem.layer == Layer.VAULT
        assert problem.span is not None
        assert 0 <= problem.span.start <= problem.span.end <= len(text)


NAMES = st.sampled_from(
    ["notes-lsp", "notesLsp", *{setting.table for setting in SETTINGS}, *(setting.key for setting in SETTINGS)]
)
JSON: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | NAMES, inner, max_size=4),
    max_leaves=12,
)
SCRAPS = st.lists(
    st.sampled_from(
        [*"[]{}=.,#\"'\\ \n\r\t-_", "\n", "[[", '"""', "'''", "links", "style", "files", "exclude", "wiki", "true", "3"]
    )
    | st.characters(),
    max_size=40,
).map("".join)


@given(SCRAPS | st.text(), SCRAPS | st.none(), JSON)
def test_load_is_total(vault: str, user: str | None, client: object) -> None:
    """Any texts and any JSON give a configuration whose every setting is of its kind, and problems with good spans."""
    config, problems = load(vault, user, client)

    for setting in SETTINGS:
        value = value_of(config, (setting.table, setting.key))
        assert type(value) is type(setting.default)
        if setting.most and isinstance(value, int):
            assert setting.least <= value <= setting.most
    for problem in problems:
        text = {Layer.VAULT: vault, Layer.USER: user, Layer.CLIENT: None}[Layer(problem.layer)]
        assert problem.message
        assert (problem.span is None) == (text is None)
        if problem.span and text is not None:
            assert 0 <= problem.span.start <= problem.span.end <= len(text)


@given(SCRAPS)
def test_what_is_not_toml_is_told(text: str) -> None:
    """A text has a problem whenever ``tomllib`` cannot read it, but for a byte order mark."""
    try:
        tomllib.loads(text.removeprefix("\ufeff"))
    except ValueError:
        assert load(text, None, None)[1]


@pytest.mark.parametrize("opening", ["[", "{a=", "a.", '"', '"""', "[a]\n", "[[a]]\n", "a = [\n"])
def test_long_nonsense_is_read_in_time(opening: str) -> None:
    """Tens of thousands of brackets cost neither the stack nor more than a moment."""
    config, problems = load("x = " + opening * 20_000, opening * 20_000, None)

    assert config == Config()
    assert problems


# --- The page ---------------------------------------------------------------------------------------------------------


def test_the_page_is_current() -> None:
    """docs/configuration.md has the settings as they are declared."""
    page = configuration_docs.PAGE.read_text(encoding="utf-8")

    assert configuration_docs.with_settings(page) == page, "run: make docs"


def test_the_page_wants_its_markers() -> None:
    """A page that lost a marker is not overwritten."""
    with pytest.raises(ValueError, match="defaults:begin"):
        configuration_docs.with_settings("# Configuration\n")


def test_every_setting_is_explained() -> None:
    """With a whole sentence."""
    assert [setting.key for setting in SETTINGS if not setting.explanation.endswith(".")] == []
