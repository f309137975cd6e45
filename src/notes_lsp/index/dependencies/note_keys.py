"""Note keys: the keys that a change of a note touches, from its facts before and after."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from notes_lsp.index.dependencies.keys import EVERY_COPY, EVERY_HEADER, EVERYTHING, DependencyKey, DependencyKind
from notes_lsp.links import names
from notes_lsp.text.key_ranges import range_below

TOUCHED_ON_DISK = "main."
OPEN = "temp.open_"
_ALIASES = ("alias", "aliases")
_SHARED = ", ".join(f"'{key}'" for key in ("id", "title", *_ALIASES))
_MAX_COPIES = 2000
"""So many pieces and addresses are told of one by one; who shares them is asked of open notes only."""
_MAX_KEYS = 5000
"""So many keys are told of one by one."""


class Facets(NamedTuple):
    """All of a note that other notes may depend on; of no note, nothing."""

    kind: int | None = None
    title: str = ""
    names: frozenset[tuple[str, str, str]] = frozenset()
    """Key, kind and text of each name."""
    places: tuple[tuple[object, ...], ...] = ()
    """The headings, blocks and anchors that a link may lead to."""
    shared: frozenset[tuple[DependencyKey, object]] = frozenset()
    """What only one note should say, each with where that stands."""
    properties: frozenset[tuple[str, str, str]] = frozenset()
    """Folded key, key and type of each entry of the frontmatter."""
    copies: frozenset[DependencyKey] = frozenset()
    """The addresses that it cites and the pieces of its sketch."""
    text: str | None = None


def facets(connection: sqlite3.Connection, of: str, note: int) -> Facets:
    """The facets of a note by its id, from the tables on disk (``ON_DISK``) or those of open notes (``OPEN``)."""
    run = connection.execute
    head = run(f"SELECT kind, title, title_start, title_end FROM {of}notes WHERE id = ?", (note,)).fetchone()
    if head is None:
        return Facets()
    kind, title, *title_span = head
    every_name = run(f"SELECT key, kind, text FROM {of}names WHERE note = ?", (note,)).fetchall()
    if kind != 1:
        return Facets(kind, title, frozenset(every_name))
    if of == OPEN:
        row = run("SELECT body FROM temp.open_texts WHERE note = ?", (note,)).fetchone()
    else:
        doc = "(SELECT doc FROM main.notes WHERE id = ?)"
        row = run(f"SELECT coalesce(whole, body) FROM main.texts WHERE rowid = {doc}", (note,)).fetchone()
    text = row[0] if row else ""
    places = run(f"SELECT level_, title_, slug_ FROM {of}headings WHERE note = ? ORDER BY n", (note,)).fetchall()
    for table in ("blocks", "anchors"):
        places += run(f"SELECT id_ FROM {of}{table} WHERE note = ? ORDER BY n", (note,)).fetchall()
    entries = run(f"SELECT folded, key_, type_ FROM {of}properties WHERE note = ? AND index_ IS NULL", (note,))
    values = run(
        f"SELECT folded, value_, value_span_start, value_span_end FROM {of}properties WHERE note = ? "
        f"AND folded IN ({_SHARED}) AND type_ NOT IN ('list', 'object', 'null')",
        (note,),
    ).fetchall()
    urls = run(f"SELECT DISTINCT url_hash FROM {of}links WHERE note = ? AND url_hash IS NOT NULL", (note,))
    copies = {DependencyKey(DependencyKind.URL, str(number)) for (number,) in urls}
    pieces = run(f"SELECT number FROM {of}sketches WHERE note = ?", (note,))
    copies.update(DependencyKey(DependencyKind.PIECE, str(number)) for (number,) in pieces)
    return Facets(
        *(kind, title, frozenset(every_name), tuple(places)),
        frozenset(_shared(text, every_name, tuple(title_span), values)),
        *(frozenset(entries), frozenset(copies), text),
    )


def _shared(
    text: str,
    every_name: Iterable[tuple[str, str, str]],
    title_span: tuple[int, ...],
    values: list[tuple[str, str, int, int]],
) -> Iterator[tuple[DependencyKey, object]]:
    """What only one note should say: its id, and what it is called; with all that is shown of where it stands."""
    stands = [(folded, value, _where(text, start, end)) for folded, value, start, end in values]
    for folded, value, where in stands:
        is_id = folded.lower() == "id"
        yield (
            DependencyKey(DependencyKind.ID, value)
            if is_id
            else DependencyKey(DependencyKind.CALLED, names.key(value)),
            (folded, value, where),
        )
    titles = tuple(where for folded, _, where in stands if folded.lower() == "title")
    aliases = tuple(where for folded, _, where in stands if folded.lower() in _ALIASES)
    for key, kind, _ in every_name:
        if kind == "title":
            yield DependencyKey(DependencyKind.CALLED, key), (_where(text, *title_span), titles)
        elif kind == "alias":
            yield DependencyKey(DependencyKind.CALLED, key), aliases


def _where(text: str, start: int, end: int) -> tuple[int, str]:
    """What decides the line and, in any encoding, the columns of a span."""
    line = text.rfind("\n", 0, start) + 1
    return text.count("\n", 0, line), text[line:end]


def touched_keys(path: str, before: Facets, after: Facets) -> Counter[DependencyKey]:
    """The keys that a change of the note at ``path`` touches, each with how often; none where nothing changed."""
    found: Counter[DependencyKey] = Counter()
    if before == after:
        return found
    found[DependencyKey(DependencyKind.NOTE, path)] = 1
    if before[:4] != after[:4]:
        found.update({DependencyKey(DependencyKind.NAME, key) for key, _, _ in before.names | after.names})
    found.update(key for key, _ in before.shared ^ after.shared)
    found.update(
        DependencyKey(DependencyKind.PROPERTY, folded) for folded, _, _ in before.properties ^ after.properties
    )
    if bool(before.properties) != bool(after.properties):
        found[EVERY_HEADER] += 1
    if before.text != after.text:
        # Shown of them is also the line they stand in, and its day.
        found.update(before.copies | after.copies)
    return found


Written = Callable[[], Mapping[DependencyKey, int]]
"""Tells, once some changes are written, which keys they touched, each with how often."""


def track_keys(connection: sqlite3.Connection, paths: Mapping[int, str]) -> Written:
    """What tells which keys were touched by what is now written of some notes on disk, given by id and path.

    Both calls belong into the transaction of the writing.
    """
    folders = _folders_with_files(connection, paths.values())
    before = {note: facets(connection, TOUCHED_ON_DISK, note) for note in paths}

    def keys() -> Mapping[DependencyKey, int]:
        begun_or_ended = folders ^ _folders_with_files(connection, paths.values())
        found = Counter(DependencyKey(DependencyKind.DISK, folder) for folder in begun_or_ended)
        for note, path in paths.items():
            found.update(touched_keys(path, before[note], facets(connection, TOUCHED_ON_DISK, note)))
        return _summed_up(found)

    return keys


def _folders_with_files(connection: sqlite3.Connection, paths: Iterable[str]) -> set[str]:
    """Those of the folders round some paths in which the index knows a file on disk."""
    folders = {path[:at] for path in paths for at, char in enumerate(path) if char == "/"}
    asked = "SELECT 1 FROM main.notes WHERE path > ? AND path < ?"
    return {folder for folder in folders if connection.execute(asked, range_below(folder)).fetchone()}


def _summed_up(found: Mapping[DependencyKey, int]) -> Mapping[DependencyKey, int]:
    """The keys with what is too much to be told of one by one as one key."""
    copies = [key for key in found if key.kind in (DependencyKind.URL, DependencyKind.PIECE)]
    if len(copies) > _MAX_COPIES:
        found = {
            key: times for key, times in found.items() if key.kind not in (DependencyKind.URL, DependencyKind.PIECE)
        }
        found[EVERY_COPY] = 1
    return found if len(found) <= _MAX_KEYS else {EVERYTHING: 1}
