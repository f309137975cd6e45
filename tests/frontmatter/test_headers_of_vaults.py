"""The laws of headers over headers that people wrote: the example garden, the specs, and any vault one names.

``NOTES_LSP_VAULT_UNDER_TEST=/path/to/notes pytest tests/frontmatter/test_headers_of_vaults.py`` adds a vault,
several where they are joined as in ``PATH``. Nothing is written there.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import cycle
from pathlib import Path

import pytest
import yaml

import compare_headers
from conftest import REPOSITORY
from headers import notes_of, notes_of_specs
from notes_lsp.facts import PropertyType
from notes_lsp.frontmatter import edit as header_edits
from notes_lsp.frontmatter.formats.tree import HeaderEntry
from notes_lsp.frontmatter.formats.write import HeaderValue
from notes_lsp.frontmatter.values import Header, header, to_plain
from notes_lsp.text.source import Edit, apply_edits

VAULTS = [Path(path) for path in os.environ.get("NOTES_LSP_VAULT_UNDER_TEST", "").split(os.pathsep) if path]
GARDEN = REPOSITORY / "examples" / "garden"
VALUES: list[HeaderValue] = [
    "plain",
    "a: b # c",
    3,
    2.5,
    True,
    dt.date(2024, 5, 12),
    ["x", "y z"],
    "[[Ada]]",
    "",
    "@x",
    ["1", 2],
]
KEYS_OF_A_NOTE = 3
"""So many keys of each header are edited, other ones in the next note."""


SOURCES: dict[str, Callable[[], Iterator[tuple[str, str]]]] = {
    "garden": partial(notes_of, GARDEN),
    "specs": notes_of_specs,
    **{str(path): partial(notes_of, path) for path in VAULTS},
}


def sound_headers(source: str) -> Iterator[tuple[str, str, Header]]:
    """The notes of a source with a header in which nothing is wrong."""
    for name, text in SOURCES[source]():
        found = header(text)
        if found is not None and not found.problems and found.entries:
            yield name, text, found


def chosen(found: Header, number: int) -> list[HeaderEntry]:
    """A few of the entries of a header, other ones for another number."""
    entries = list(found.entries)
    return [entries[(number + step) % len(entries)] for step in range(min(KEYS_OF_A_NOTE, len(entries)))]


def check_others(name: str, text: str, after: str, keys: set[str]) -> None:
    """All that is not about some keys stands in both texts, byte for byte and in the same order."""
    before_header, after_header = header(text), header(after)
    assert before_header is not None, name
    assert after_header is not None, name
    assert text[before_header.span.end :] == after[after_header.span.end :], name
    assert pieces(text, before_header, keys) == pieces(after, after_header, keys), name
    if before_header.format == "yaml":
        check_with_pyyaml(name, text, after, before_header, after_header, keys)


def pieces(text: str, found: Header, keys: set[str]) -> list[str]:
    """The entries of a header as written but for some keys, and the comments that stand on lines of their own."""
    entries = [
        text[entry.key_span.start : max(entry.node.span.end, entry.key_span.end)]
        for entry in sorted(found.entries, key=lambda entry: entry.key_span)
        if entry.key not in keys
    ]
    inside = [entry.node.span for entry in found.entries]
    lines = re.finditer(r"^[ \t]*#.*$", text[found.body.start : found.body.end], re.MULTILINE)
    starts = [(found.body.start + line.start(), line[0]) for line in lines if found.format != "json"]
    return entries + [line for start, line in starts if not any(span.start <= start < span.end for span in inside)]


def check_with_pyyaml(name: str, text: str, after: str, before: Header, now: Header, keys: set[str]) -> None:
    """Another parser, which knows nothing of ours, finds the other keys as they were, too."""
    try:
        theirs = yaml.safe_load(text[slice(*before.body)])
    except (yaml.YAMLError, ValueError):
        return
    if isinstance(theirs, dict):
        changed = yaml.safe_load(after[slice(*now.body)]) or {}
        assert without(changed, keys) == without(theirs, keys), name


def without(table: Mapping[object, object], keys: set[str]) -> dict[object, object]:
    """A table without some keys, whatever they are taken for."""
    return {key: value for key, value in table.items() if str(key) not in keys and key not in map(yaml.safe_load, keys)}


def applied(text: str, edit: Edit | None) -> str | None:
    """The text after an edit, if there is one."""
    return None if edit is None else apply_edits(text, [edit])


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.timeout(600)
def test_setting_a_key_leaves_every_other_byte(source: str) -> None:
    """A key that is there or is new says what it shall, and nothing else of the note has changed."""
    values = cycle(VALUES)
    done = refused = 0
    for number, (name, text, found) in enumerate(sound_headers(source)):
        for key in (*(entry.key for entry in chosen(found, number)), "brand new"):
            value = next(values)
            after = applied(text, header_edits.set_key(text, key, value))
            if after is None:
                refused += 1
                assert is_delicate(text, found, key), (name, key)
                continue
            done += 1
            now = header(after)
            assert now is not None
            assert to_plain(now.entries)[key] == as_read(value), name
            check_others(name, text, after, {key})
    assert done > refused


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.timeout(600)
def test_removing_a_key_leaves_every_other_byte(source: str) -> None:
    """A key that is removed is gone with its value; a new one that is removed again leaves the note as it was."""
    for number, (name, text, found) in enumerate(sound_headers(source)):
        for entry in chosen(found, number):
            after = applied(text, header_edits.remove_key(text, entry.key))
            if after is None:
                assert is_delicate(text, found, entry.key), (name, entry.key)
                continue
            now = header(after)
            assert now is not None
            assert now.entry(entry.key) is None, name
            check_others(name, text, after, {entry.key})
        added = applied(text, header_edits.set_key(text, "brand new", "x"))
        assert added is not None, name
        assert applied(added, header_edits.remove_key(added, "brand new")) == text, name


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.timeout(600)
def test_renaming_a_key_leaves_every_other_byte(source: str) -> None:
    """A key that is renamed keeps its value to the byte."""
    for number, (name, text, found) in enumerate(sound_headers(source)):
        for entry in chosen(found, number):
            after = applied(text, header_edits.rename_key(text, (entry.key,), "brand new"))
            if after is None:
                assert is_delicate(text, found, entry.key), (name, entry.key)
                continue
            now = header(after)
            assert now is not None
            renamed = now.entry("brand new")
            assert renamed is not None, name
            assert to_plain([entry])[entry.key] == to_plain([renamed])["brand new"], name
            if not text.startswith("[", entry.node.span.start):  # the header of a table of TOML has its name in it
                assert text[slice(*entry.node.span)] == after[slice(*renamed.node.span)], name
            check_others(name, text, after, {entry.key, "brand new"})


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.timeout(600)
def test_setting_what_is_inside_leaves_every_other_byte(source: str) -> None:
    """An element of a list or a key of a table is written anew, and its neighbours stay as they are."""
    values = cycle(VALUES)
    for name, text, found in sound_headers(source):
        for entry in found.entries:
            inner = entry.node.items or entry.node.entries
            if not inner or entry.node.alias:
                continue
            steps: list[str | int] = (
                [0, len(inner) - 1] if entry.node.items else [one.key for one in entry.node.entries]
            )
            for step in steps[:2]:
                value = next(values)
                after = applied(text, header_edits.set_value(text, (entry.key, step), value))
                if after is None:
                    continue
                now = header(after)
                assert now is not None
                before_value, after_value = to_plain(found.entries)[entry.key], to_plain(now.entries)[entry.key]
                assert after_value[step] == as_read(value), name  # type: ignore[index]
                before_value[step] = after_value[step]  # type: ignore[index]
                assert before_value == after_value, name
                check_others(name, text, after, {entry.key})


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.timeout(600)
def test_headers_are_read_as_their_own_parsers_read_them(source: str) -> None:
    """PyYAML, tomllib and json find the same values in every header, but for what is read otherwise on purpose."""
    tally = compare_headers.Tally()
    told = [(name, line) for name, text in SOURCES[source]() for line in compare_headers.compared_note(text, tally)]
    assert tally.outcomes["alike"]
    assert told == []


def is_delicate(text: str, found: Header, key: str) -> bool:
    """Whether there is a reason to leave a key alone: others hang on it, or it is spread over several places."""
    entry = found.entry(key)
    body = text[slice(*found.body)]
    if entry is None:
        return False
    in_pieces = found.format == "toml" and entry.node.type in (PropertyType.OBJECT, PropertyType.LIST)
    return in_pieces or (found.format == "yaml" and re.search(r"(?<!\S)[&*]\w|<<:|^\?", body) is not None)


def as_read(value: HeaderValue) -> object:
    """A value as a header that holds it is read."""
    return value.isoformat() if isinstance(value, dt.date) else value
