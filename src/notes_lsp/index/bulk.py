"""Bulk: where all links of a vault lead, at once: the ranking of ``index.resolve`` on names held in memory."""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from notes_lsp.core import anchors, names
from notes_lsp.core.broken import BROKEN_ANCHOR, is_missed, is_template, why_missing
from notes_lsp.core.facts import Anchor, Block, Heading, Link, LinkKind
from notes_lsp.core.names import Address
from notes_lsp.core.text import Span
from notes_lsp.index import resolve, rows
from notes_lsp.index.resolve import Candidate

_NOWHERE = Span(0, 0)
_Name = tuple[int, str, str, int, str, int]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How links of a vault are understood, and what is on its disk."""

    prefixes: bool
    """A name that nothing answers to means the one note whose file name begins with it."""
    label_first: bool
    exists: Callable[[str], bool]
    """Whether a path relative to the root is there on disk, ignored or not."""


class Resolved(NamedTuple):
    """A link that may lead into the vault, with where it leads."""

    note: int
    n: int
    path: str
    """Of the note it stands in."""
    link: tuple[str, int, str, str | None, str | None]
    """Its kind, whether it embeds, its target, anchor and label, as stored."""
    target: int | None
    target_path: str | None
    is_file: bool = False
    took_anchor: bool = False
    """What looks like an anchor is a part of the name."""


def resolve_all(connection: sqlite3.Connection, of: str, dialect: Dialect) -> Iterator[Resolved]:
    """Every link that does not lead out of the vault, with where it leads; exactly as ``Vault.destination`` has it.

    ``of`` is what the names of the tables begin with.
    """
    known = _names(connection, of)
    same = {
        key: (found[0][0], found[0][4], found[0][5] == resolve.FILE)
        for key, found in known.items()
        if len(found) == 1 or all(name[0] == found[0][0] for name in found)
    }
    asked: dict[str, list[Candidate]] = {}

    def ask(key: str) -> list[Candidate]:
        if key not in asked:
            asked[key] = resolve.candidates(known.get(key, ()))
        return asked[key]

    shortest = _Prefixes(known) if dialect.prefixes else None
    answers: dict[tuple[Any, ...], tuple[Candidate | None, bool]] = {}
    # What is an address by its target may lead into the vault by its label.
    stays = "" if dialect.label_first else " WHERE l.url IS NULL"
    for note, n, path, kind, embed, target, anchor, label, key, path_key, whole_key, here, url in connection.execute(
        "SELECT l.note, l.n, n.path, l.kind_, l.embed_, l.target_, l.anchor_, l.label_, l.key, l.path_key, "
        # In the order of their table, which is that of the table they go into.
        f"l.whole_key, l.here, l.url FROM {of}links l CROSS JOIN {of}notes n ON n.id = l.note{stays}"
    ):
        link = (kind, embed, target, anchor, label)
        if dialect.label_first and label and kind == "wiki" and not embed:
            turned = names.label_first(_link(link))
            address, written = names.address(path, turned), turned.target
            if address.external:
                continue
            question: tuple[Any, ...] = (path.rpartition("/")[0], kind, written, address)
        elif url is not None:
            continue
        elif whole_key is None and path_key is None and (only := same.get(key)) is not None:
            # Nearly all: a name that only one note has.
            yield Resolved(note, n, path, link, *only)
            continue
        else:
            address, written = None, target
            question = (path.rpartition("/")[0], kind, target, key, path_key, whole_key, here)
        found = answers.get(question)
        if found is None:
            address = address or Address(key, path_key, bool(here), whole_key=whole_key)
            found = answers[question] = _answer(ask, shortest, path, address, kind, written)
        best, took_anchor = found
        if best is not None:
            yield Resolved(note, n, path, link, best.note, best.path, best.is_file, took_anchor)
        elif address.here if address is not None else here:
            yield Resolved(note, n, path, link, note, path)
        else:
            yield Resolved(note, n, path, link, None, None)


def broken(
    connection: sqlite3.Connection, of: str, dialect: Dialect, found: Iterator[Resolved]
) -> Iterator[tuple[int, int, str, str | None]]:
    """Of the links those that are broken: ``(note, n, reason, path)``; the path is that of the note without it."""
    places = _Places(connection, of)
    for one in found:
        if one.target is None:
            link = _as_read(one.link, dialect)
            reason = None if is_template(link) else why_missing(one.path, link, dialect.exists)
            if reason is not None:
                yield one.note, one.n, reason, None
            continue
        if one.is_file or one.took_anchor or (one.link[3] is None and not dialect.label_first):
            continue
        link = _as_read(one.link, dialect)
        anchor = names.anchor_text(link)
        if anchor and not is_template(link) and is_missed(link, anchor) and not places.has(one.target, anchor):
            yield one.note, one.n, BROKEN_ANCHOR, one.target_path


def _names(connection: sqlite3.Connection, of: str) -> dict[str, list[_Name]]:
    notes = {number: (path, kind) for number, path, kind in connection.execute(f"SELECT id, path, kind FROM {of}notes")}
    known: dict[str, list[_Name]] = {}
    for key, note, kind, text, whole in connection.execute(f"SELECT key, note, kind, text, whole FROM {of}names"):
        if note in notes:
            known.setdefault(key, []).append((note, kind, text, whole, *notes[note]))
    return known


def _answer(
    ask: Callable[[str], list[Candidate]],
    shortest: _Prefixes | None,
    path: str,
    address: Address,
    kind: str,
    written: str,
) -> tuple[Candidate | None, bool]:
    meant = names.unescape(_link((kind, 0, written, None, None)))
    found = resolve.answer(ask, path, address, meant)
    if found.candidates:
        return found.candidates[0], found.took_anchor
    return (shortest.find(address.key) if shortest is not None and address.key else None), False


class _Prefixes:
    """The file names of notes, to find the one that begins in some way."""

    def __init__(self, known: dict[str, list[_Name]]) -> None:
        self.known = known
        self.keys = sorted(
            key for key, found in known.items() if "/" not in key and any(name[1] == "path" for name in found)
        )

    def find(self, prefix: str) -> Candidate | None:
        """As ``resolve.by_prefix``."""
        found: dict[tuple[int, str], None] = {}
        for key in self.keys[bisect_left(self.keys, prefix) :]:
            if not key.startswith(prefix):
                break
            for note, kind, _, _, path, note_kind in self.known[key]:
                if kind == "path" and note_kind != resolve.FILE:
                    found[note, path] = None
            if len(found) > 1:
                return None
        for note, path in found:
            return Candidate(note, path, resolve.Level.FOLDER, names.stem(path), whole=False, is_file=False)
        return None


class _Places:
    """The places of notes that links with anchors lead to, each note's read once."""

    def __init__(self, connection: sqlite3.Connection, of: str) -> None:
        self.run = connection.execute
        self.of = of
        self.known: dict[int, anchors.Places] = {}
        self.found: dict[tuple[int, str], bool] = {}

    def has(self, note: int, anchor: str) -> bool:
        """Whether an anchor means a place in a note."""
        if (note, anchor) not in self.found:
            if note not in self.known:
                self.known[note] = anchors.Places(*(self._facts(kind, note) for kind in (Heading, Block, Anchor)))
            self.found[note, anchor] = anchors.find(anchor, self.known[note]) is not None
        return self.found[note, anchor]

    def _facts(self, kind: type[Any], note: int) -> list[Any]:
        shape = rows.layout(kind)
        asked = f"SELECT {shape.names} FROM {self.of}{shape.table} WHERE note = ? ORDER BY n"
        return [shape.from_row(row) for row in self.run(asked, (note,))]


def _as_read(link: tuple[str, int, str, str | None, str | None], dialect: Dialect) -> Link:
    read = _link(link)
    return names.label_first(read) if dialect.label_first else read


def _link(stored: tuple[str, int, str, str | None, str | None]) -> Link:
    kind, embed, target, anchor, label = stored
    spans = (_NOWHERE, _NOWHERE, _NOWHERE, _NOWHERE)
    return Link(LinkKind(kind), bool(embed), spans[0], target, spans[1], anchor, spans[2], label, spans[3])
