"""Setting, adding and removing a key of a header: only its own bytes change, in all three formats."""

from __future__ import annotations

import datetime as dt
import json
import time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from notes_lsp.frontmatter import edit as header_edits
from notes_lsp.frontmatter.formats.write import HeaderValue, literal
from notes_lsp.frontmatter.values import header, to_plain
from notes_lsp.text.source import apply_edits

YAML = """---
# What it is
title:   "The \\"well\\" tempered"   # as printed
tags: [a,  b/c]
aliases:
  - One
  - 'Two: three'
status: todo # soon
empty:
summary: |
  Two lines,
    one of them indented.
author:
  name: Ada
odd key: 'yes'
---
# Text

---
status: not this
"""
TOML = """+++
# What it is
title = 'The "well" tempered'   # as printed
tags = [
  "a",  # first
  "b/c",
]
status = "todo" # soon
due = 2024-05-12

# Who
[author]
name = "Ada"
+++
status = "not this"
"""
JSON = """{
  "title": "The \\"well\\" tempered",
  "tags": ["a",  "b/c"],
  "status" : "todo",
  "author": { "name": "Ada" }
}

# Text
"""
WRITTEN = [YAML, TOML, JSON]
FORMATS = ["yaml", "toml", "json"]

values: st.SearchStrategy[HeaderValue] = st.recursive(
    st.one_of(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
        st.sampled_from(
            [
                "yes",
                "1984",
                "2024-05-12",
                "a: b",
                "[[note]]",
                "- x",
                "#x",
                "x #y",
                " x ",
                "~",
                "1e3",
                "0x1",
                "=",
                "a, b",
            ]
        ),
        st.integers(-(10**6), 10**6),
        st.booleans(),
        st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)),
        st.floats(-1e6, 1e6, allow_nan=False),
    ),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
names = st.sampled_from(["title", "tags", "status", "due", "new", "two words", "a.b", "ключ", "yes", "1"])


@st.composite
def headers(draw: st.DrawFn) -> str:
    """A note with a header in one of the formats, with odd spacing, comments and line ends."""
    format_ = draw(st.sampled_from(FORMATS))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    keys = draw(st.lists(names, unique=True, max_size=5))
    space = draw(st.sampled_from(["", " ", "  "]))
    comment = draw(st.sampled_from(["", " # why", "  #"]))
    entries = [(one, draw(values)) for one in keys]
    body = draw(st.sampled_from(["", f"Text{end}", f"{end}# Text{end}{end}---{end}status: x{end}"]))
    bom = draw(st.sampled_from(["", "\ufeff"]))
    if format_ == "json":
        pairs = f",{end}{space}".join(json.dumps(key) + f"{space}: " + literal("json", value) for key, value in entries)
        return f"{bom}{{{end if entries else ''}{space}{pairs}{space}}}{end}{body}"
    fence = "---" if format_ == "yaml" else "+++"
    lines: list[str] = []
    for key, value in entries:
        written = (
            json.dumps(key, ensure_ascii=False) if format_ == "toml" or draw(st.booleans()) else literal("yaml", key)
        )
        if format_ == "yaml" and isinstance(value, list) and value and draw(st.booleans()):
            lines += [f"{written}:{comment}", *(f"{space}- {literal('yaml', one, flow=True)}" for one in value)]
        else:
            equals = f"{space}= " if format_ == "toml" else f": {space}"
            lines.append(f"{written}{equals}{literal(format_, value)}{comment}")
        lines += draw(st.sampled_from([[], [], ["# between"], [""]]))
    return f"{bom}{fence}{end}{''.join(line + end for line in lines)}{fence}{end}{body}"


def read(text: str) -> dict[str, object]:
    """What the header of a text says."""
    found = header(text)
    assert found is not None
    return to_plain(found.entries)


def as_read(value: HeaderValue) -> object:
    """A value as a header that holds it is read."""
    if isinstance(value, dt.date):
        return value.isoformat()
    return [as_read(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("text", WRITTEN, ids=FORMATS)
@settings(max_examples=60)
@given(name=names, value=values)
def test_a_key_is_set_in_a_header_by_hand(text: str, name: str, value: HeaderValue) -> None:
    """In a header that a person wrote, a key that is set says what it shall, and all others what they said."""
    edit = header_edits.set_key(text, name, value)

    assert edit is not None
    after = apply_edits(text, [edit])
    assert read(after) == {**read(text), name: as_read(value)}


@settings(max_examples=60)
@given(headers(), names, values)
def test_a_key_is_set_in_any_header(text: str, name: str, value: HeaderValue) -> None:
    """Whatever the header looks like, a key is set in it, and every other key keeps its value and its place."""
    edit = header_edits.set_key(text, name, value)

    assert edit is not None
    after = read(apply_edits(text, [edit]))
    before = read(text)
    assert after == {**before, name: as_read(value)}
    assert list(after)[: len(before)] == list(before)


@settings(max_examples=60)
@given(headers(), names, values)
def test_an_edit_lies_within_what_it_is_about(text: str, name: str, value: HeaderValue) -> None:
    """What is replaced is the value of the key and nothing else; what is new is added and replaces nothing."""
    edit = header_edits.set_key(text, name, value)
    found = header(text)

    assert edit is not None
    assert found is not None
    entry = found.entry(name)
    if entry is None:
        assert edit.span.start == edit.span.end
    else:
        assert entry.key_span.end <= edit.span.start
        assert edit.span.end <= max(entry.node.span.end, entry.key_span.end + 3)
        others = [one for one in found.entries if one is not entry]
        assert all(edit.span.end <= one.key_span.start or one.node.span.end <= edit.span.start for one in others)


@settings(max_examples=60)
@given(headers(), names)
def test_a_key_is_removed_from_any_header(text: str, name: str) -> None:
    """A key that is there goes with its value; the comments between the others stay, as does every other key."""
    edit = header_edits.remove_key(text, name)
    before = read(text)

    assert (edit is None) == (name not in before)
    if edit is not None:
        after = apply_edits(text, [edit])
        assert read(after) == {key: value for key, value in before.items() if key != name}
        assert after.count("# between") == text.count("# between")


@settings(max_examples=60)
@given(headers(), st.dictionaries(names, values, min_size=1, max_size=3))
def test_what_was_added_can_be_removed(text: str, added: dict[str, HeaderValue]) -> None:
    """Keys that were added one by one and are taken out again leave the header as it was, byte for byte."""
    fresh = {name: value for name, value in added.items() if name not in read(text)}
    changed = text
    for name, value in fresh.items():
        edit = header_edits.add_keys(changed, {name: value})
        assert edit is not None
        changed = apply_edits(changed, [edit])
    for name in reversed(fresh):
        edit = header_edits.remove_key(changed, name)
        assert edit is not None
        changed = apply_edits(changed, [edit])

    assert changed == text


@settings(max_examples=60)
@given(st.text(max_size=80), names, values)
def test_no_text_is_damaged(text: str, name: str, value: HeaderValue) -> None:
    """On any text at all, an edit either says what was meant or does not exist; the body is never touched."""
    for start in ("", "---\n", "+++\n", "{"):
        source = start + text
        edit = header_edits.set_key(source, name, value)
        if edit is not None:
            assert read(apply_edits(source, [edit]))[name] == as_read(value)


@pytest.mark.parametrize(
    "before, name, value, after",
    [
        ("---\na: 1 # why\n---\n", "a", 2, "---\na: 2 # why\n---\n"),
        ("---\na:\n---\n", "a", "x", "---\na: x\n---\n"),
        ("---\na: #why\n---\n", "a", "x", "---\na: x #why\n---\n"),
        ("---\na: # why\n  - x\nb: 1\n---\n", "a", "z", "---\na: z # why\nb: 1\n---\n"),
        ("---\na:\n- x\n- y\n---\n", "a", ["z"], "---\na:\n- z\n---\n"),
        ("---\na: |\n  x\n  y\nb: 1\n---\n", "a", "z", "---\na: z\nb: 1\n---\n"),
        ("---\r\na: 'x'\r\n---\r\n", "b", True, "---\r\na: 'x'\r\nb: true\r\n---\r\n"),
        ("+++\na = 1\n[t]\nb = 2\n+++\n", "c", "x", '+++\na = 1\nc = "x"\n[t]\nb = 2\n+++\n'),
        ('{"a": 1}\n', "b", [1], '{"a": 1, "b": [1]}\n'),
        ('{\n  "a": 1\n}\n', "b", None, '{\n  "a": 1,\n  "b": null\n}\n'),
        ("# Text\n", "a", "x", "---\na: x\n---\n\n# Text\n"),
        ("---\n---\n", "a", "x", "---\na: x\n---\n"),
        ("---\na: {b: 1}\n---\n", "a", 2, "---\na: 2\n---\n"),
    ],
)
def test_a_set_key_reads_as_a_person_would_write_it(before: str, name: str, value: HeaderValue, after: str) -> None:
    """The style of the header goes on: indentation, brackets or dashes, comments, line ends."""
    edit = header_edits.set_key(before, name, value)

    assert edit is not None
    assert apply_edits(before, [edit]) == after


@pytest.mark.parametrize(
    "text, name",
    [
        ("---\na: &x 1\nb: *x\n---\n", "a"),
        ("+++\n[a]\nb = 1\n+++\n", "a"),
    ],
)
def test_what_cannot_be_done_safely_is_not_done(text: str, name: str) -> None:
    """Where others hang on a value, or a table is spread over many lines, there is no edit."""
    assert header_edits.set_key(text, name, "x") is None


def test_what_is_spread_or_hung_upon_inside_is_left_alone() -> None:
    """A table in pieces cannot be renamed in one place, nor a value written anew that an alias beside it stands for."""
    assert header_edits.rename_key("+++\n[a.x]\nq = 1\n[a.y]\nz = 1\n+++\n", ("a",), "b") is None
    assert header_edits.set_value("---\na:\n  b: &x y\n  c: *x\n---\n", ("a", "b"), 1) is None
    assert header_edits.set_value("---\na: { b }\n---\n", ("a", "b"), 1) is None


@pytest.mark.parametrize("end", ["", ".", ":", "\u2026", " \u2019tis", ",,", "#", "\u2014 so"])
def test_a_sentence_is_written_at_once(end: str) -> None:
    """However long, and whatever sign it ends in: whether a text needs quotes takes less than a moment to see."""
    sentence = "This section shows how to create links, tags; and notes/schemas (in VS Code) step by step " * 8
    began = time.process_time()

    written = literal("yaml", f"{sentence.strip()}{end}")

    assert time.process_time() - began < 1
    assert yaml.safe_load(written) == f"{sentence.strip()}{end}"
