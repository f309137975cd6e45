"""Resolve: where a link leads and who may lead here: an equality join on keys, then a ranking of the few that match."""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from functools import partial
from typing import NamedTuple

from notes_lsp.facts import NameKind
from notes_lsp.links import names, pages
from notes_lsp.links.names import Address

FILE = 2
"""The ``kind`` of a row of ``notes`` that is an attachment."""


class Level(IntEnum):
    """How a name answers to a link; only the best level that answers counts."""

    ROOT = 0
    """The exact path from the root."""
    SUFFIX = 1
    TITLE = 2
    ALIAS = 3
    FOLDER = 4
    """The folder of an index note."""
    PATH_SLUG = 5
    """The file name but for hyphens and blanks."""
    TITLE_SLUG = 6
    PAGE = 7
    """The address of the page that a note becomes."""


_LEVELS = {
    NameKind.PATH.value: Level.SUFFIX,
    NameKind.TITLE.value: Level.TITLE,
    NameKind.ALIAS.value: Level.ALIAS,
    NameKind.FOLDER.value: Level.FOLDER,
    NameKind.PATH_SLUG.value: Level.PATH_SLUG,
    NameKind.TITLE_SLUG.value: Level.TITLE_SLUG,
}

_BY_TEXT = (Level.TITLE, Level.ALIAS)


class Candidate(NamedTuple):
    """A note or file that answers to a link, with how well it does."""

    note: int
    path: str
    level: Level
    text: str
    """The name it answered with, as written."""
    whole: bool
    """The name is a path from the root."""
    is_file: bool


Ask = Callable[[str], list[Candidate]]
"""Gives all that have a name of some key, each with its best level."""


class Resolution(NamedTuple):
    """All that answer to a link at the best level that answers at all, best first."""

    candidates: list[Candidate]
    took_anchor: bool = False
    """The name holds a ``#``, so what looks like an anchor is a part of it."""


def targets(connection: sqlite3.Connection, source: str, address: Address, written: str) -> Resolution:
    """What answers to a link.

    Args:
        connection: an index with its overlay.
        source: the path of the note the link stands in.
        address: what the link asks for; neither ``here`` nor ``external`` is answered here.
        written: the target as meant, to prefer a name of the very same case.
    """
    return resolution_of(partial(_ask, connection), source, address, written)


def asked_at_once(connection: sqlite3.Connection, keys: Iterable[str]) -> Ask:
    """What :func:`answer` asks with: these keys are asked for now, all by one statement, others when they come."""
    wanted = list(dict.fromkeys(keys))
    known = _ask_all(connection, wanted) if len(wanted) > _FEW else {}
    return lambda key: found if (found := known.get(key)) is not None else _ask(connection, key)


def resolution_of(ask: Ask, source: str, address: Address, written: str) -> Resolution:
    """As :func:`candidate_targets`, by whatever knows the names."""
    if address.whole_key:
        found = [candidate for candidate in ask(address.whole_key) if candidate.level <= Level.FOLDER]
        if found:
            return Resolution(rank(found, source, written), took_anchor=True)
    if address.path is not None:
        exact = [candidate for candidate in ask(address.path) if candidate.whole]
        if exact:
            return Resolution(rank(exact, source, written))
        if address.key is not None:
            # A Markdown link that is not relative to its note still means a note or file whose path ends so.
            suffixes = [candidate for candidate in ask(address.key) if candidate.level <= Level.SUFFIX]
            best = rank(suffixes, source, written)
            if len(best) == 1 or (best and "/" not in address.key):
                return Resolution(best)
        return Resolution(_pages(ask(address.page_key), source, written) if address.page_key else [])
    found = ask(address.key) if address.key else []
    if not found and address.page_key:
        found = [candidate for candidate in ask(address.page_key) if candidate.level is Level.PATH_SLUG]
    return Resolution(rank(found, source, written))


def _pages(found: list[Candidate], source: str, written: str) -> list[Candidate]:
    """The one of some candidates that an address means; none where that would be a guess."""
    named = [candidate for candidate in found if candidate.level <= Level.FOLDER and candidate.level not in _BY_TEXT]
    if written.startswith(("/", *names.SITE_ROOTS)):
        near = max((pages.page_nearness(source, candidate.path) for candidate in named), default=0)
        best = [candidate for candidate in named if pages.page_nearness(source, candidate.path) == near]
    else:
        best = [candidate for candidate in named if pages.means(source, written, candidate.path)]
    notes = [candidate for candidate in best if not candidate.is_file] or best
    return [notes[0]._replace(level=Level.PAGE)] if len(notes) == 1 else []


def by_prefix(connection: sqlite3.Connection, key: str) -> Resolution:
    """The one note whose file name begins with ``key``; where there are several, any choice would be a guess."""
    rows = connection.execute(
        "SELECT DISTINCT a.note, b.path FROM all_names a JOIN all_notes b ON b.id = a.note "
        "WHERE a.kind = 'path' AND a.key >= ? AND a.key < ? AND b.kind <> ? AND instr(a.key, '/') = 0 LIMIT 2",
        (key, f"{key}\U0010ffff", FILE),
    ).fetchall()
    if len(rows) != 1:
        return Resolution([])
    note, path = rows[0]
    return Resolution([Candidate(note, path, Level.FOLDER, names.stem(path), whole=False, is_file=False)])


TARGET_FIRST = ("key", "path_key", "whole_key", "page_key")
LABEL_FIRST = (*TARGET_FIRST, "label_key", "label_path")
"""The columns of ``links`` that a link may ask with, by the order of label and target in wiki links."""


def links_asking_for(
    connection: sqlite3.Connection, keys: Iterable[str], columns: Iterable[str]
) -> list[tuple[int, int]]:
    """``(note, n)`` of every link that may lead to something with one of these keys."""
    found: set[tuple[int, int]] = set()
    for key in keys:
        for column in columns:
            found.update(connection.execute(f"SELECT note, n FROM all_links WHERE {column} = ?", (key,)))
    return sorted(found)


def rank(found: list[Candidate], source: str, written: str) -> list[Candidate]:
    """The candidates of the best level, best first.

    Notes come before files; then a name written in the very same case, which leaves out the others; then the nearest.
    """
    if len(found) < 2:
        return found
    best = min(candidate.level for candidate in found)
    level = [candidate for candidate in found if candidate.level == best]
    notes = [candidate for candidate in level if not candidate.is_file]
    level = notes or level
    level = _as_written(level, written)
    return sorted(level, key=lambda candidate: (*nearness(source, candidate.path), candidate.path))


def _as_written(level: list[Candidate], written: str) -> list[Candidate]:
    """Those whose name is written in the very same letters, extension included; else all but for the extension, ...

    ... else all but for how their accents are composed; else all.
    """
    if len(level) < 2:
        return level
    asked = written.lstrip("./")
    bare = names.strip_extension(asked)
    normal = unicodedata.normalize("NFC", bare)
    return (
        [candidate for candidate in level if candidate.path.endswith(asked)]
        or [candidate for candidate in level if candidate.text.endswith(bare)]
        or [candidate for candidate in level if unicodedata.normalize("NFC", candidate.text).endswith(normal)]
        or level
    )


def nearness(source: str, path: str) -> tuple[bool, int, int]:
    """How near a path is to the note at ``source``, smaller is nearer: same folder, shared folders, own segments."""
    here = source.split("/")[:-1]
    there = path.split("/")[:-1]
    shared = 0
    for mine, its in zip(here, there, strict=False):
        if mine != its:
            break
        shared += 1
    return (here != there, -shared, len(there))


def is_tie(best_first: Sequence[Candidate], source: str) -> bool:
    """Whether nothing but the length of the path or the alphabet set the first candidate before the second."""
    if len(best_first) < 2:
        return False
    first, second = (nearness(source, candidate.path) for candidate in best_first[:2])
    return first[:2] == second[:2]


_COLUMNS = "a.note, a.kind, a.text, a.whole, b.path, b.kind"
_FROM = "FROM all_names a JOIN all_notes b ON b.id = a.note WHERE a.key"
_AT_ONCE = 50
_FEW = 3
"""Up to so many keys are asked for one by one, and only when it comes to that."""


def _ask(connection: sqlite3.Connection, key: str) -> list[Candidate]:
    return candidates(connection.execute(f"SELECT {_COLUMNS} {_FROM} = ?", (key,)))


def _ask_all(connection: sqlite3.Connection, keys: Sequence[str]) -> dict[str, list[Candidate]]:
    rows: dict[str, list[tuple[int, str, str, int, str, int]]] = {key: [] for key in keys}
    for first in range(0, len(keys), _AT_ONCE):
        chunk = keys[first : first + _AT_ONCE]
        # Always as many marks, so that the statement is prepared once.
        marks = ", ".join("?" * _AT_ONCE)
        filled = [*chunk, *[chunk[-1]] * (_AT_ONCE - len(chunk))]
        for key, *row in connection.execute(f"SELECT a.key, {_COLUMNS} {_FROM} IN ({marks})", filled):
            rows[key].append(tuple(row))
    return {key: candidates(found) for key, found in rows.items()}


def candidates(rows: Iterable[tuple[int, str, str, int, str, int]]) -> list[Candidate]:
    """Those who have a name, each with its best level.

    A row is the note's id, the name's kind, its text and whether it is whole, the note's path and kind.
    """
    found: dict[int, Candidate] = {}
    for note, kind, text, whole, path, note_kind in rows:
        level = _LEVELS[kind]
        if whole and level is Level.SUFFIX:
            level = Level.ROOT
        if note not in found or level < found[note].level:
            found[note] = Candidate(note, path, level, text, bool(whole), note_kind == FILE)
    return list(found.values())
