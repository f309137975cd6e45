"""Laws of frontmatter: total on every text, spans that lie in the header, and what was dumped is what is read."""

from __future__ import annotations

import datetime as dt
import json
import tomllib

import pytest
import tomli_w
import yaml
from hypothesis import assume, example, given
from hypothesis import strategies as st

import frontmatter
from notes_lsp.facts import Property, PropertyType
from notes_lsp.frontmatter.formats.toml_spans import KeyPath, spans
from notes_lsp.frontmatter.read import inner_span, read_frontmatter
from notes_lsp.text.source import Span

FENCES = st.sampled_from(
    [
        ("---\n", "\n---\n"),
        ("---\r", "\r...\r"),
        ("---\r\n", "\r\n---"),
        ("+++\n", "\n+++"),
        ('{"a":', "}\n"),
        ("{", ""),
    ]
)
PIECES = st.lists(
    st.sampled_from(
        [
            *'"[]{},: #|>\t@%`\\?1aé😀\0\x07\x85\u2028\ufeff\ue000',
            *("'", "\n", "\n", "\n  ", "\r", "\r\n", "- ", "a: ", "title: ", '"k":', "*a", "&a ", "<<: *a\n", "!t "),
            *(
                "{{x}}",
                "<% y %>",
                "[[n]]",
                "2024-01-01",
                "2026-13-45",
                "---",
                "...",
                "= ",
                "a.b = ",
                "[t]\n",
                "[[t]]\n",
            ),
            *('"""', "'''", "true", "null", "//", "/*", "\ud800"),
        ]
    ),
    max_size=25,
).map("".join)
HEADERS = st.builds(lambda fences, inside: fences[0] + inside + fences[1] + "text\n", FENCES, PIECES)

WORDS = st.text(alphabet="ab é😀'\"#:-,[]{}&*!|>%@`\\.=1~\n", max_size=12)
KEYS = st.text(alphabet="abcé1", min_size=1, max_size=4)
DATES = st.dates(min_value=dt.date(1000, 1, 1))
SCALARS = st.one_of(
    WORDS,
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
)


def mappings(scalars: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    """Mappings of what headers hold, nested a little."""
    values = st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
        max_leaves=8,
    )
    return st.dictionaries(KEYS, values, max_size=5)


def flat(
    value: object, key: str, index: int | None = None, *, element: bool = False
) -> list[tuple[str, int | None, object]]:
    """What the properties of a value are, by the rules that ``flatten`` states."""
    if isinstance(value, dict):
        inside = [row for name, inner in value.items() for row in flat(inner, f"{key}.{name}", index)]
        return [(key, index, dict), *inside]
    if isinstance(value, list):
        inner_key = f"{key}.{index}" if element else key
        inside = [row for place, inner in enumerate(value) for row in flat(inner, inner_key, place, element=True)]
        return [(key, index, list), *inside]
    return [(key, index, value)]


def meant(prop: Property, number: object) -> object:
    """The Python value that a property stands for, ``number`` being what its text is for its format."""
    match prop.type:
        case PropertyType.LIST:
            return list
        case PropertyType.OBJECT:
            return dict
        case PropertyType.NULL:
            return None
        case PropertyType.BOOLEAN:
            return {"true": True, "false": False}[prop.value]
        case PropertyType.NUMBER:
            return number
        case PropertyType.DATE:
            return dt.date.fromisoformat(prop.value)
        case PropertyType.DATETIME:
            return dt.datetime.fromisoformat(prop.value)
        case PropertyType.TEXT | PropertyType.LINK:
            return prop.value


def check_lies_inside(text: str) -> None:
    """Every span of a header that could be read lies in its body, and all of it in the text."""
    header = read_frontmatter(text)
    if header is None:
        return
    body = header.body
    assert 0 <= header.span.start <= body.start <= body.end <= header.span.end <= len(text)
    for prop in header.properties:
        for span in (prop.key_span, prop.value_span, inner_span(text, prop)):
            assert body.start <= span.start <= span.end <= body.end
    for problem in header.problems:
        assert body.start <= problem.span.start <= problem.span.end <= body.end
        assert problem.code in {"frontmatter-syntax", "duplicate-key", "frontmatter-limit"}


@given(st.text())
def test_reading_is_total_on_any_text(text: str) -> None:
    """No text raises."""
    check_lies_inside(text)


@given(HEADERS)
@example('---\n\u2028[[n]]a\x85"<<: *aé😀\\{...\n" \t\n---\n')
@example("---\n{{\n---\n")
@example("---\n%\n---\n")
def test_reading_is_total_on_what_looks_like_headers(text: str) -> None:
    """Neither does any jumble between fences, and what is read of it lies between them."""
    check_lies_inside(text)


@given(HEADERS, st.integers(0, 80))
def test_reading_is_a_function_of_the_text(text: str, cut: int) -> None:
    """Nothing is remembered from one note to the next."""
    before = read_frontmatter(text)
    read_frontmatter(text[:cut])
    assert read_frontmatter(text) == before


@pytest.mark.parametrize("flow", [True, False, None])
@given(mapping=mappings(SCALARS | st.none() | DATES), width=st.sampled_from([10, 80]), allow_unicode=st.booleans())
def test_dumped_yaml_is_read_back(
    *, flow: bool | None, mapping: dict[str, object], width: int, allow_unicode: bool
) -> None:
    """Values are those that were dumped, without problems, and each value's span holds what means that value."""
    dumped = yaml.safe_dump(mapping, default_flow_style=flow, width=width, allow_unicode=allow_unicode, sort_keys=False)
    text = f"---\n{dumped}---\n"
    # PyYAML's own dumper slips where it folds a double-quoted text with line ends and spaces at a small width.
    assume(is_one_header(text, mapping) and yaml.safe_load(dumped) == mapping)
    header = read_frontmatter(text)
    assert header is not None
    assert header.problems == ()
    expected = [row for key, value in mapping.items() for row in flat(value, key)]
    read_back = [(prop.key, prop.index, meant(prop, yaml_value(prop.value))) for prop in header.properties]
    assert read_back == expected
    for prop in header.properties:
        written = text[slice(*prop.value_span)]
        if prop.type not in (PropertyType.LIST, PropertyType.OBJECT, PropertyType.NULL) and "\n" not in written:
            assert meant(prop, yaml_value(prop.value)) == yaml_value(written) or written.startswith(("|", ">"))


def is_one_header(text: str, mapping: dict[str, object]) -> bool:
    """Whether the fences are where they were put, and nothing is a placeholder or a link for us and a list for YAML."""
    inside = "\n" + text[4:-4]
    return bool(mapping) and not any(mark in inside for mark in ("\n---", "\n...", "{{", "[["))


def yaml_value(written: str) -> object:
    """What PyYAML makes of a value; a lone scalar is dumped and loaded without a document around it."""
    try:
        return yaml.safe_load(written)
    except yaml.YAMLError:
        return written


@given(mapping=mappings(SCALARS | st.none()), indent=st.sampled_from([None, 0, 2]), ascii_only=st.booleans())
def test_dumped_json_is_read_back(*, mapping: dict[str, object], indent: int | None, ascii_only: bool) -> None:
    """Values are those that were dumped, and each value's span holds the JSON of that value."""
    text = json.dumps(mapping, indent=indent, ensure_ascii=ascii_only) + "\ntext\n"
    assume("{{" not in text)
    header = read_frontmatter(text)
    assert header is not None
    assert header.problems == ()
    expected = [row for key, value in mapping.items() for row in flat(value, key)]
    assert [(prop.key, prop.index, meant(prop, number(prop))) for prop in header.properties] == expected
    for prop in header.properties:
        if prop.type not in (PropertyType.LIST, PropertyType.OBJECT):
            assert json.loads(text[slice(*prop.value_span)]) == meant(prop, number(prop))


def number(prop: Property) -> object:
    """A number as JSON and TOML write it."""
    return json.loads(prop.value) if prop.type is PropertyType.NUMBER else None


@given(mapping=mappings(SCALARS | DATES), multiline=st.booleans())
@example(mapping={"a": [0.0, '"=', "x ="]}, multiline=False)
def test_dumped_toml_is_read_back(*, mapping: dict[str, object], multiline: bool) -> None:
    """Values are those that were dumped, in whatever order tables are written, and spans hold the TOML of values."""
    text = "+++\n" + tomli_w.dumps(mapping, multiline_strings=multiline) + "+++\n"
    assume("\n+++" not in text[4:-4] and "{{" not in text)
    header = read_frontmatter(text)
    assert header is not None
    assert header.problems == ()
    expected = [row for key, value in mapping.items() for row in flat(value, key)]
    read_back = [(prop.key, prop.index, meant(prop, toml_number(prop))) for prop in header.properties]
    assert sorted(read_back, key=repr) == sorted(expected, key=repr)
    for prop in header.properties:
        if prop.type not in (PropertyType.LIST, PropertyType.OBJECT):
            assert tomllib.loads("x = " + text[slice(*prop.value_span)])["x"] == meant(prop, toml_number(prop))


def toml_number(prop: Property) -> object:
    """A number as TOML writes it."""
    return tomllib.loads(f"x = {prop.value}")["x"] if prop.type is PropertyType.NUMBER else None


def paths(value: object, path: KeyPath = ()) -> set[KeyPath]:
    """Every path in what ``tomllib`` read."""
    if isinstance(value, dict):
        return {(*path, key) for key in value}.union(*(paths(inner, (*path, key)) for key, inner in value.items()))
    if isinstance(value, list):
        places = range(len(value))
        return {(*path, place) for place in places}.union(*(paths(value[place], (*path, place)) for place in places))
    return set()


TOML = st.lists(
    st.sampled_from(
        [
            *(
                "a = ",
                "b.c = ",
                '"d e".f = ',
                "[a]",
                "[a.b]",
                "[[s]]",
                "[[s.t]]",
                "[s.u]",
                "1",
                "'x'",
                '"y\\"#"',
                "[",
                "]",
            ),
            *(
                "{",
                "}",
                ", ",
                "a = 1",
                "b = [1, {c = 2, d.e = 3}]",
                "\n",
                "\n",
                "\r\n",
                "# c",
                '"""x\n"y"""',
                "'''z'''",
            ),
            *("1979-05-27 07:32:00", "true", " ", "[1, [2, 'x']]"),
        ]
    ),
    max_size=14,
).map("".join)


@given(TOML)
@example("[[s]]\na = 1\n[[s.t]]\nb.c = 2\n[[s.t]]\n[s.u]\n[[s]]\nb = [1, {c = 2, d.e = 3}]\n")
@example('a = [1, # c\n  2,\n]\n"d e".f = """x\n"y"""""\n')
def test_spans_know_every_path_that_tomllib_reads(text: str) -> None:
    """On valid TOML the paths are the same; on any, spans lie in the text."""
    found = spans(text)
    for key_span, value_span in found.values():
        assert 0 <= key_span.start <= key_span.end <= len(text)
        assert 0 <= value_span.start <= value_span.end <= len(text)
    try:
        loaded = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(found) == paths(loaded)


@given(mappings(SCALARS | DATES))
def test_spans_of_dumped_toml_hold_keys_and_values(mapping: dict[str, object]) -> None:
    """The key's span reads as the key and a scalar's span as its value."""
    text = tomli_w.dumps(mapping)
    found = spans(text)
    assert set(found) == paths(mapping)
    for path, (key_span, value_span) in found.items():
        value: object = mapping
        for step in path:
            value = value[step]  # type: ignore[index]
        if not isinstance(value, (dict, list)):
            assert tomllib.loads("x = " + text[slice(*value_span)]) == {"x": value}
        if isinstance(path[-1], str):
            assert list(tomllib.loads(text[slice(*key_span)] + " = 1")) == [path[-1]]


def test_spans_of_a_document_with_a_little_of_everything() -> None:
    """Keys, dotted keys, tables, arrays of tables and inline tables, by example."""
    text = "a.b = [1, {c = 'x'}] # d\n[t.u]\n[[s]]\n[[s]]\n\"e f\" = 2\n"
    assert {path: (text[slice(*key)], text[slice(*value)]) for path, (key, value) in spans(text).items()} == {
        ("a",): ("a", "b = [1, {c = 'x'}]"),
        ("a", "b"): ("b", "[1, {c = 'x'}]"),
        ("a", "b", 0): ("1", "1"),
        ("a", "b", 1): ("{c = 'x'}", "{c = 'x'}"),
        ("a", "b", 1, "c"): ("c", "'x'"),
        ("t",): ("t", "[t.u]"),
        ("t", "u"): ("u", "[t.u]"),
        ("s",): ("s", "[[s]]"),
        ("s", 0): ("s", "[[s]]"),
        ("s", 1): ("s", "[[s]]"),
        ("s", 1, "e f"): ('"e f"', "2"),
    }


def test_spans_of_broken_toml_are_those_of_what_is_whole() -> None:
    """A list that is never closed and a quote that is never closed end where the next entry begins."""
    text = "a = ['x',\nb = 1\nc = \"un\nd = 2\n"
    assert {path: text[slice(*value)] for path, (_, value) in spans(text).items()} == {
        ("a",): "['x',",
        ("a", 0): "'x'",
        ("b",): "1",
        ("c",): '"un',
        ("d",): "2",
    }


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: A note\ntags: [a, b]\n---\n\nBody with --- in it.\n",
        "---\ntitle: A note\nnested:\n  deep: 1\n---\nBody\n\n---\n\nmore: prose\n\n---\n",
        '{\n"title": "A note",\n"n": 1\n}\n\nBody\n',
    ],
)
def test_python_frontmatter_sees_the_same_header(text: str) -> None:
    """What python-frontmatter splits off and loads has the same keys, and the same body follows."""
    metadata, content = frontmatter.parse(text)
    header = read_frontmatter(text)
    assert header is not None
    assert [prop.key for prop in header.properties if "." not in prop.key and prop.index is None] == list(metadata)
    assert text[header.span.end :].strip() == content
    assert header.span == Span(0, header.span.end)
