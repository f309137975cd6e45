"""Posts: what is written is read back, what is taken apart loses nothing, and nobody loads it who does not need it."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headers import found
from notes_lsp.frontmatter.formats.write import HeaderValue
from notes_lsp.frontmatter.post import fresh, split_post
from notes_lsp.frontmatter.read import read_frontmatter
from notes_lsp.frontmatter.values import header, values

FORMATS = ["yaml", "toml", "json"]
TEXTS = st.text(alphabet="ab é😀'\"#:-,[]{}&*!|>%@`\\.=1~\n\tyn", max_size=12).filter(lambda one: not one.isspace())
SCALARS: st.SearchStrategy[HeaderValue] = st.one_of(
    TEXTS,
    st.sampled_from(
        ["12:30", "[[note]]", "{{title}}", "yes", "n", "0o14", "1_000", "2024-05-12", "---", "+++", "null"]
    ),
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.booleans(),
    st.dates(min_value=dt.date(1000, 1, 1)),
)
KEYS = st.text(alphabet="abcé1- ", min_size=1, max_size=6).filter(lambda one: one.strip() == one)
PROPERTIES = st.dictionaries(
    st.one_of(KEYS, st.sampled_from(["content", "handler", "metadata", "title", "a.b"])),
    st.one_of(SCALARS, st.lists(SCALARS, max_size=3), st.dictionaries(KEYS, SCALARS, min_size=1, max_size=2)),
    min_size=1,
    max_size=4,
)
BODIES = st.one_of(
    st.just(""),
    st.text(alphabet="ab \n\t#-{}+é", max_size=20).map(lambda text: f"x{text}"),
    st.sampled_from(["    code\n", "---\nrule\n---\n", "----\n", "text\n\n\n", "+++\n", "{}\n", "x\r\n"]),
)


def as_json(value: HeaderValue) -> HeaderValue:
    """A value as JSON has it, which knows no days."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list):
        return [as_json(one) for one in value]
    return {name: as_json(one) for name, one in value.items()} if isinstance(value, dict) else value


@given(st.sampled_from(FORMATS), PROPERTIES, BODIES)
def test_what_is_written_is_read_back(format_: str, properties: dict[str, HeaderValue], body: str) -> None:
    """The same keys in the same order with the same values, no problem, and the text as it was."""
    text = fresh(format_, properties, body)

    at = header(text)
    assert at is not None
    assert (at.format, at.problems) == (format_, ())
    expected = {name: as_json(one) if format_ == "json" else one for name, one in properties.items()}
    assert list(values(at.entries).items()) == list(expected.items())
    assert text.endswith(body)
    assert split_post(text)[0] == expected


@given(
    st.text(alphabet="ab :-\n\r\t+{}[]\"'#é\ufeff", max_size=40),
    st.sampled_from(["", "---\n", "+++\n", "{", "---\na: 1\n---"]),
)
def test_nothing_that_is_taken_apart_is_lost(text: str, begin: str) -> None:
    """What follows the frontmatter's last line is given whole; a text without one is given as it is."""
    whole = begin + text
    at = read_frontmatter(whole)
    try:
        properties, rest = split_post(whole)
    except ValueError:
        assert at is not None
        assert at.problems
        return
    if at is None:
        assert (properties, rest) == ({}, whole)
    else:
        assert whole.endswith(rest)
        assert whole[at.span.end : len(whole) - len(rest)].strip(" \t") in ("", "\n", "\r", "\r\n")


@pytest.mark.parametrize(
    "text, properties, rest",
    [
        (
            "---\na: 12:30\nb: [[n]]\nc: 2024-05-12\n---\n    code\n",
            {"a": "12:30", "b": "[[n]]", "c": dt.date(2024, 5, 12)},
            "    code\n",
        ),
        ("+++\na = 1\n+++\n\ntext  \n", {"a": 1}, "\ntext  \n"),
        ('{"a": {"b": [1, null]}}\ntext', {"a": {"b": [1, None]}}, "text"),
        ("----\na: 1\n----\ntext\n", {}, "----\na: 1\n----\ntext\n"),
        ("---\n---\ntext", {}, "text"),
    ],
)
def test_a_text_taken_apart(text: str, properties: dict[str, HeaderValue], rest: str) -> None:
    """Values are what they mean in a note, and the text keeps its white space."""
    assert split_post(text) == (properties, rest)


def test_a_broken_frontmatter_is_told() -> None:
    """It is not taken apart, and the reason is that of the diagnostic."""
    text = "---\na: @b\n---\ntext\n"
    with pytest.raises(ValueError, match="A value cannot begin with `@`"):
        split_post(text)
    assert found(text).problems


@pytest.mark.parametrize(
    "module",
    ["notes_lsp.lsp.main", "notes_lsp.cli.write.new", "notes_lsp.cli.ask.list", "notes_lsp.ide.new_note.draft"],
)
def test_nobody_loads_it_who_does_not_need_it(module: str, tmp_path: Path) -> None:
    """Neither the server when it starts nor a verb before it runs."""
    program = f"import sys, {module}; sys.exit('frontmatter' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=False).returncode == 0
