"""Resolve all: the destinations of all links of a vault at once, with the ranking of ``index.vault.resolve``."""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

from notes_lsp.facts import Anchor, Block, Heading, Link, LinkKind
from notes_lsp.index.store import rows
from notes_lsp.index.vault import resolve
from notes_lsp.index.vault.resolve import Candidate
from notes_lsp.links import anchors, names
from notes_lsp.links.broken import BROKEN_ANCHOR, has_placeholder, is_missed, why_missing
from notes_lsp.links.names import Address
from notes_lsp.text.source import Span

_NOWHERE = Span(0, 0)
_Name = tuple[int, str, str, int, str, int]


@dataclass(frozen=True, slots=True)
class ResolutionRules:
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


def fill_resolved(connection: sqlite3.Connection, of: str, dialect: ResolutionRules) -> None:
    """Write where each link leads into ``temp.resolved``, which is empty; exactly as ``Vault.destination`` has it.

    ``of`` is what the names of the tables begin with.
    """
    # What is an address by its target may lead into the vault by its label, where that comes first.
    rest = ""
    if not dialect.label_first:
        connection.execute(_EVIDENT.replace("{of}", of))
        rest = "LEFT JOIN temp.resolved r ON r.note = l.note AND r.n = l.n WHERE l.url IS NULL AND r.note IS NULL"
    connection.executemany(
        "INSERT INTO temp.resolved VALUES (?, ?, ?, ?)",
        (
            (one.note, one.n, one.target, one.target_path)
            for one in _resolve(connection, of, dialect, rest)
            if one.target is not None
        ),
    )


def fill_broken(connection: sqlite3.Connection, of: str, dialect: ResolutionRules) -> None:
    """Write which links are broken, and why, into ``temp.broken``, once ``temp.resolved`` is filled."""
    rest = ""
    if not dialect.label_first:
        rest = (
            "LEFT JOIN temp.resolved r ON r.note = l.note AND r.n = l.n "
            "WHERE l.url IS NULL AND (r.note IS NULL OR l.anchor_ IS NOT NULL)"
        )
    wrong = _broken(connection, of, dialect, _resolve(connection, of, dialect, rest))
    connection.executemany("INSERT INTO temp.broken VALUES (?, ?, ?, ?)", wrong)


# Nearly all: a link by a name that only one note has. No ranking could choose another.
_EVIDENT = (
    "INSERT INTO temp.resolved SELECT l.note, l.n, a.note, t.path FROM {of}links l CROSS JOIN {of}names a "
    "ON a.key = l.key CROSS JOIN {of}notes t ON t.id = a.note WHERE l.url IS NULL AND l.path_key IS NULL "
    "AND l.whole_key IS NULL AND l.key IS NOT NULL GROUP BY l.note, l.n HAVING min(a.note) = max(a.note)"
)
_MAX_KEYS = 20_000
_AT_ONCE = 500


def _resolve(connection: sqlite3.Connection, of: str, dialect: ResolutionRules, which: str) -> Iterator[Resolved]:
    """Where links lead that do not lead out of the vault; ``which`` says of the table of links which of them."""
    links: list[tuple[Any, ...]] = connection.execute(
        "SELECT l.note, l.n, n.path, l.kind_, l.embed_, l.target_, l.anchor_, l.label_, l.key, l.path_key, "
        # In the order of their table, which is that of the tables they go into.
        f"l.whole_key, l.page_key, l.here, l.url FROM {of}links l CROSS JOIN {of}notes n ON n.id = l.note {which}"
    ).fetchall()
    keys = {key for row in links for key in row[8:12] if key is not None}
    is_for_all = dialect.prefixes or dialect.label_first or len(keys) > _MAX_KEYS
    known = _names(connection, of, None if is_for_all else sorted(keys))
    asked: dict[str, list[Candidate]] = {}

    def ask(key: str) -> list[Candidate]:
        if key not in asked:
            asked[key] = resolve.candidates(known.get(key, ()))
        return asked[key]

    shortest = _Prefixes(known) if dialect.prefixes else None
    answers: dict[tuple[Any, ...], tuple[Candidate | None, bool]] = {}
    for note, n, path, kind, embed, target, anchor, label, key, path_key, whole_key, page_key, here, url in links:
        link = (kind, embed, target, anchor, label)
        if dialect.label_first and label and kind == "wiki" and not embed:
            turned = names.label_first(_link(link))
            address, written = names.address(path, turned), turned.target
            if address.external:
                continue
            question: tuple[Any, ...] = (path.rpartition("/")[0], kind, written, address)
        elif url is not None:
            continue
        else:
            address, written = None, target
            # What the address of a page means depends on the page it stands on, not only on its folder.
            where = path.rpartition("/")[0] if page_key is None else path
            question = (where, kind, target, key, path_key, whole_key, here)
        found = answers.get(question)
        if found is None:
            address = address or Address(key, path_key, bool(here), whole_key=whole_key, page_key=page_key)
            found = answers[question] = _answer(ask, shortest, path, address, kind, written)
        best, took_anchor = found
        if best is not None:
            yield Resolved(note, n, path, link, best.note, best.path, best.is_file, took_anchor)
        elif address.here if address is not None else here:
            yield Resolved(note, n, path, link, note, path)
        else:
            yield Resolved(note, n, path, link, None, None)


def _broken(
    connection: sqlite3.Connection, of: str, dialect: ResolutionRules, found: Iterator[Resolved]
) -> Iterator[tuple[int, int, str, str | None]]:
    """Of the links those that are broken: ``(note, n, reason, path)``; the path is that of the note without it."""
    places = _Places(connection, of)
    for one in found:
        if one.target is None:
            link = _as_read(one.link, dialect)
            reason = None if has_placeholder(link) else why_missing(one.path, link, dialect.exists)
            if reason is not None:
                yield one.note, one.n, reason, None
            continue
        if one.is_file or one.took_anchor or (one.link[3] is None and not dialect.label_first):
            continue
        link = _as_read(one.link, dialect)
        anchor = names.anchor_text(link)
        if not anchor or has_placeholder(link) or not is_missed(link, anchor, one.target_path or ""):
            continue
        if not places.has(one.target, anchor):
            yield one.note, one.n, BROKEN_ANCHOR, one.target_path


def _names(connection: sqlite3.Connection, of: str, keys: Sequence[str] | None) -> dict[str, list[_Name]]:
    """The names with these keys, or all, by key."""
    asked = (
        f"SELECT a.key, a.note, a.kind, a.text, a.whole, n.path, n.kind FROM {of}names a "
        f"CROSS JOIN {of}notes n ON n.id = a.note"
    )
    rows: Iterable[tuple[Any, ...]]
    if keys is None:
        rows = connection.execute(asked)
    else:
        chunks = (keys[first : first + _AT_ONCE] for first in range(0, len(keys), _AT_ONCE))
        rows = chain.from_iterable(
            connection.execute(f"{asked} WHERE a.key IN ({', '.join('?' * len(chunk))})", chunk) for chunk in chunks
        )
    known: dict[str, list[_Name]] = {}
    for key, *name in rows:
        known.setdefault(key, []).append(tuple(name))
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
    found = resolve.resolution_of(ask, path, address, meant)
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
        self.known: dict[int, anchors.NoteAnchors] = {}
        self.found: dict[tuple[int, str], bool] = {}

    def has(self, note: int, anchor: str) -> bool:
        """Whether an anchor means a place in a note, as far as that can be known."""
        if (note, anchor) not in self.found:
            if note not in self.known:
                self.known[note] = anchors.NoteAnchors(*(self._facts(kind, note) for kind in (Heading, Block, Anchor)))
            places = self.known[note]
            self.found[note, anchor] = places.has_more or anchors.find(anchor, places) is not None
        return self.found[note, anchor]

    def _facts(self, kind: type[Any], note: int) -> list[Any]:
        shape = rows.layout(kind)
        asked = f"SELECT {shape.names} FROM {self.of}{shape.table} WHERE note = ? ORDER BY n"
        return [shape.from_row(row) for row in self.run(asked, (note,))]


def _as_read(link: tuple[str, int, str, str | None, str | None], dialect: ResolutionRules) -> Link:
    read = _link(link)
    return names.label_first(read) if dialect.label_first else read


def _link(stored: tuple[str, int, str, str | None, str | None]) -> Link:
    kind, embed, target, anchor, label = stored
    spans = (_NOWHERE, _NOWHERE, _NOWHERE, _NOWHERE)
    return Link(LinkKind(kind), bool(embed), spans[0], target, spans[1], anchor, spans[2], label, spans[3])
