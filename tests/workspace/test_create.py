"""New notes on disk: each says what was wished for, none replaces another, and none lies outside the vault."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notes_lsp.config.journal import (
    Keeping,
    Period,
    day_of,
    format_of_period,
    kept_already,
    link_of,
    parse_period,
    path_of,
)
from notes_lsp.config.read import load
from notes_lsp.config.settings import SETTINGS, Config, Daily, New
from notes_lsp.frontmatter.values import header, to_plain
from notes_lsp.ide.new_note.draft import DraftRefusedError, NewNote, NewNoteContext, NewNoteRequest, draft
from notes_lsp.templates.rules import NewRule, NewRules, parse_new_rules
from notes_lsp.workspace.config.settings import read_config
from notes_lsp.workspace.writing.create import create_file, free_id, reserve_id

NOW = dt.datetime(2024, 5, 12, 9, 5, tzinfo=dt.UTC)
MOMENT = NewNoteContext(NOW, "vault", lambda: "202405120905")
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Co", "Cn"]), max_size=40)
VALUES = st.one_of(
    WORDS,
    st.integers(-(10**12), 10**12),
    st.booleans(),
    st.dates(dt.date(1900, 1, 1)),
    st.lists(WORDS, max_size=4),
)
KEYS = st.text(alphabet="abcxyz é-_.:#", min_size=1, max_size=12).map(str.strip).filter(bool)


def as_read(value: object) -> object:
    """A value as a header says it: days are texts in ISO 8601."""
    return value.isoformat() if isinstance(value, dt.date) else value


@given(WORDS.filter(str.strip), st.dictionaries(KEYS, VALUES, max_size=5), WORDS)
def test_a_note_says_exactly_what_was_wished_for(title: str, properties: dict[str, object], text: str) -> None:
    """Every value, whatever is in it, is read back as it was given, beside what the template says."""
    rules = NewRules((), {"made": "{{date}}", "kind": "plain"}, lambda _: "---\nkind: {{title}}\n---\n\n# {{title}}\n")
    config = Config(new=New(template="any"), new_rules=rules)
    wish = NewNoteRequest(" ".join(title.split()) or "x", text, properties=properties)  # type: ignore[arg-type]
    made = draft(config, wish, MOMENT)
    found = header(made.text)
    assert found is not None
    said = to_plain(found.entries)
    assert {key: said[key] for key in properties} == {key: as_read(value) for key, value in properties.items()}
    if "made" not in properties:
        assert said["made"] == "2024-05-12"
    assert text.strip("\r\n") in made.text


@given(
    WORDS,
    st.one_of(st.none(), st.text(alphabet="./\\ab~", max_size=12)),
    st.sampled_from(["{{title}}", "{{slug}}", "a/{{title}}/../{{title}}"]),
)
def test_no_note_lies_outside(title: str, folder: str | None, pattern: str) -> None:
    """Whatever title, folder and pattern say, the path is below the root and hidden nowhere, or the wish is refused."""
    config = Config(new=New(filename=pattern))
    try:
        path = draft(config, NewNoteRequest(title, folder=folder), MOMENT).path
    except DraftRefusedError:
        return
    assert not path.startswith("/")
    assert all(segment and not segment.startswith(".") for segment in path.split("/"))
    assert "\\" not in path


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """Neither the same file, nor one that other disks would take for the same, nor through a link out of the vault."""
    root = tmp_path / "vault"
    root.mkdir()
    (root / "tea.md").write_text("mine\n", "utf-8")
    (root / "out").symlink_to(tmp_path)
    for path in ("tea.md", "Tea.md"):
        with pytest.raises(FileExistsError):
            create_file(root, path, "theirs\n")
    with pytest.raises(DraftRefusedError, match="out of the vault"):
        create_file(root, "out/x.md", "")
    with pytest.raises(DraftRefusedError, match="is no folder"):
        create_file(root, "tea.md/x.md", "")
    assert (root / "tea.md").read_text("utf-8") == "mine\n"
    assert not (tmp_path / "x.md").exists()


def start(vault: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start the program in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "notes_lsp", *arguments, "--vault", str(vault)]
    return subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def ended(running: Sequence[subprocess.Popen[str]]) -> list[tuple[int, str]]:
    """The exit codes and first lines of processes."""
    said = [process.communicate(timeout=50) for process in running]
    return [(process.returncode, out.strip()) for process, (out, _) in zip(running, said, strict=True)]


def test_processes_at_once_make_one_note_each(tmp_path: Path) -> None:
    """Of several that want the same name one gets it; several that want an id get one each."""
    (tmp_path / ".notes-lsp.toml").write_text(
        '[new.zettel]\nfilename = "{{id}}"\nproperties = { id = "{{id}}" }\n', "utf-8"
    )

    same = ended([start(tmp_path, "new", "Tea", "--set", f"number={number}") for number in range(4)])
    zettel = ended([start(tmp_path, "new", "--type", "zettel", f"Idea {number}") for number in range(4)])

    assert sorted(code for code, _ in same) == [0, 2, 2, 2]
    assert [code for code, _ in zettel] == [0, 0, 0, 0]
    names = [Path(path).stem for _, path in zettel]
    assert len(set(names)) == 4
    for name in names:
        assert f'id: "{name}"' in (tmp_path / f"{name}.md").read_text("utf-8")


def test_an_id_that_is_taken_waits_for_the_next_moment(tmp_path: Path) -> None:
    """By the name of a note, or by one that was given and is not written yet."""
    first = reserve_id(tmp_path, "YYYYMMDDHHmm", NOW, lambda: ["a/202405120905 Tea.md"], cache=tmp_path / "cache")
    second = reserve_id(tmp_path, "YYYYMMDDHHmm", NOW, list, cache=tmp_path / "cache")
    assert (first, second) == ("202405120906", "202405120905")
    third = reserve_id(tmp_path, "YYYYMMDDHHmm", NOW, list, cache=tmp_path / "cache")
    assert third == "202405120907"
    assert free_id("YYYYMMDD", NOW, {"20240512"}) == "20240513"
    with pytest.raises(DraftRefusedError, match="says nothing of the time"):
        reserve_id(tmp_path, "[id]", NOW, list, cache=tmp_path / "cache")


def test_rules_by_kind_and_by_folder() -> None:
    """A kind that is named goes before the innermost rule round the folder; without either there is none."""
    rules = NewRules((NewRule("a", "x"), NewRule("b", "x/y/{{date:YYYY}}", properties={"b": 1}), NewRule("c")))
    config = Config(new_rules=rules)

    def text(wish: NewNoteRequest) -> NewNote:
        return draft(config, wish, MOMENT)

    assert text(NewNoteRequest("T", rule="B")).path == "x/y/2024/T.md"
    assert "b: 1" in text(NewNoteRequest("T", folder="x/y/z")).text
    assert "b: 1" not in text(NewNoteRequest("T", folder="x/yy")).text
    assert text(NewNoteRequest("T", rule="c")).path == "T.md"
    with pytest.raises(DraftRefusedError, match="there are: a, b, c"):
        text(NewNoteRequest("T", rule="d"))


def test_no_rule_is_called_as_a_setting_is() -> None:
    """Each setting of ``[new]`` is one in both places, and a table for it is told as a mistake there."""
    for setting in (one.key for one in SETTINGS if one.table == "new"):
        rules, _, wrong = parse_new_rules({setting: {"folder": "x"}})
        assert (rules, wrong) == ((), ())
        assert [problem.key for problem in load(f"[new]\n{setting} = {{}}\n", None, None)[1]] == [f"new.{setting}"]


def test_days_are_kept_where_they_are_kept_already() -> None:
    """Folders of the year or the month belong to the format; what the settings say goes before what there is."""
    paths = [
        "a.md",
        "log/2023/11/2023-11-02.md",
        "log/2024/05/2024-05-11.md",
        "2020-01-01.md",
        "log/2024/05/2024-05-12.png",
    ]
    found = kept_already(paths)
    assert found == ("log", "YYYY/MM/YYYY-MM-DD")
    day = format_of_period(Config(), Period.DAY, found)
    assert path_of(day, NOW) == "log/2024/05/2024-05-12.md"
    assert link_of(day, NOW) == "2024-05-12"
    assert format_of_period(Config(daily=Daily(folder="/", format="YYYY/MM/DD")), Period.DAY, found) == Keeping(
        "", "YYYY/MM/DD", ""
    )
    assert link_of(Keeping("j", "YYYY/MM/DD", ""), NOW) == "j/2024/05/12"
    assert path_of(format_of_period(Config(), Period.WEEK, found), NOW) == "log/2024-W19.md"
    assert not format_of_period(Config(), Period.DAY, kept_already(["a.md"])).used


@pytest.mark.parametrize(
    "words, period, day",
    [
        ("", Period.DAY, "2024-05-12"),
        ("today", Period.DAY, "2024-05-12"),
        ("-1", Period.DAY, "2024-05-11"),
        ("+2", Period.DAY, "2024-05-14"),
        ("next fri", Period.DAY, "2024-05-17"),
        ("3 days ago", Period.DAY, "2024-05-09"),
        ("12.05.2023", Period.DAY, "2023-05-12"),
        ("2023-05-01", Period.DAY, "2023-05-01"),
        ("", Period.WEEK, "2024-05-06"),
        ("last week", Period.WEEK, "2024-04-29"),
        ("-1", Period.WEEK, "2024-04-29"),
        ("2024-W01", Period.WEEK, "2024-01-01"),
        ("", Period.MONTH, "2024-05-01"),
        ("next month", Period.MONTH, "2024-06-01"),
        ("2 months ago", Period.MONTH, "2024-03-01"),
        ("2023-11", Period.MONTH, "2023-11-01"),
        ("next", Period.DAY, None),
        ("soon", Period.DAY, None),
        ("+99999", Period.DAY, None),
    ],
)
def test_days_in_plain_words(words: str, period: Period, day: str | None) -> None:
    """What completion takes for a day, what the note is called, and periods counted from now."""
    kept = Keeping("", {"daily": "DD.MM.YYYY", "weekly": "GGGG-[W]WW", "monthly": "YYYY-MM"}[period], "")
    found = day_of(words, dt.date(2024, 5, 12), period, kept)
    assert (found.isoformat() if found else None) == day


def test_a_name_that_is_no_day_means_none() -> None:
    """A format that says only some of a day takes no other note for one."""
    assert parse_period(Keeping("", "[Log]", ""), "Log") is None
    assert parse_period(Keeping("", "DD", ""), "12") is None
    assert parse_period(Keeping("j", "YYYY-MM-DD", ""), "k/2024-05-12") is None
    assert parse_period(Keeping("j", "YYYY-MM-DD", ""), "j/2024-05-12") == dt.date(2024, 5, 12)


def test_rules_come_from_all_layers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The vault's go before the user's, those before the client's; each layer adds what the others do not say."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "own"))
    (tmp_path / "own" / "notes-lsp").mkdir(parents=True)
    (tmp_path / "own" / "notes-lsp" / "config.toml").write_text(
        '[new.properties]\nby = "me"\nkind = "any"\n[new.Meeting]\nfolder = "mine"\n[new.book]\nfolder = "books"\n'
        'template = "nowhere"\nfoldr = "x"\n',
        "utf-8",
    )
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / ".notes-lsp.toml").write_text(
        '[new.properties]\nkind = "own"\n[new.meeting]\nfolder = "meetings"\n', "utf-8"
    )
    client = {"notes-lsp": {"new": {"person": {"folder": "people", "template": None}, "book": {"folder": "no"}}}}

    config, problems, _ = read_config(vault, client)

    rules = config.new_rules
    assert [(rule.name, rule.folder) for rule in rules.rules] == [
        ("meeting", "meetings"),
        ("book", "books"),
        ("person", "people"),
    ]
    assert rules.properties == {"kind": "own", "by": "me"}
    # Whether the templates of a vault are there is told of its own rules alone; others hold for any vault.
    assert [(one.layer, one.key) for one in problems] == [("user", "new.book.foldr")]


def test_a_client_may_send_queries_under_the_name_of_the_server(tmp_path: Path) -> None:
    """As it may send every other setting."""
    config, problems, _ = read_config(tmp_path, {"notes-lsp": {"queries": {"one": "SELECT 1"}}})

    assert (list(config.queries), problems) == (["one"], ())
