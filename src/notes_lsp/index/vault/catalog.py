"""Catalog: every name of every note in memory, kept current note by note, for completion to search."""

from __future__ import annotations

import gc
import math
import re
import sqlite3
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import NamedTuple

from notes_lsp.fuzzy import match as matching
from notes_lsp.fuzzy.name_index import Haystack
from notes_lsp.links import names

# Suffixes between the stem and the whole path add nothing that a search of the whole path does not find.
_SELECT = (
    "SELECT a.note, a.key, a.text, a.kind, b.path, b.title, a.whole, b.kind = 2 FROM all_names a "
    "JOIN all_notes b ON b.id = a.note WHERE (a.kind <> 'path' OR a.whole OR instr(a.key, '/') = 0)"
)
_ASKED = (
    "SELECT key, count(*), EXISTS (SELECT 1 FROM main.names b WHERE b.key = a.key) FROM main.links a WHERE key > ? "
    "GROUP BY key ORDER BY key LIMIT ?"
)
_WRITTEN = "SELECT id, mtime_ns FROM all_notes WHERE id > ? ORDER BY id LIMIT ?"
_PAGE = 2000
_NOTES_AT_ONCE = 500
_FRESH = 500
"""So many names may be new before all are read anew; for each of them a search costs a few microseconds more."""
_MAX_PATHS = 300
_SLUGS = ("path-slug", "title-slug")
"""The kinds of names that are only asked for by links."""
_RECENT = 40
"""The recency of the note with this rank is half that of the first."""


class CatalogEntry(NamedTuple):
    """A name and the note or file it belongs to."""

    note: int
    key: str
    text: str
    kind: str
    """A value of ``NameKind``."""
    path: str
    title: str
    whole: bool
    is_file: bool


class NameMatch(NamedTuple):
    """A name that answers to a query, and how well: from 0 to 1."""

    entry: CatalogEntry
    quality: float


class Catalog:
    """Names by number; numbers of names that are no more hold an empty key."""

    def __init__(self) -> None:
        """Know nothing yet; :meth:`read` comes next."""
        self.keys: list[str] = []
        """What a query is matched against; the same length as ``entries``."""
        self.entries: list[CatalogEntry] = []
        self.worn = False
        """So much is new that all should be read anew, when there is time for that."""
        self.asked: dict[str, int] = {}
        """How many links asked for a key when the catalog was read."""
        self.memory: dict[object, object] = {}
        """What others worked out from the links round a note; forgotten when a name changes."""
        self._of_note: dict[int, list[int]] = {}
        self._most_asked = 1.0
        self._linked: dict[int, float] = {}
        self._mtimes: dict[int, int] = {}
        self._recent: dict[int, int] | None = None
        self._newest: list[int] = []
        self._ordered = 0
        self._folded: dict[int, str] = {}
        self._main: tuple[list[int], Haystack] = ([], Haystack(()))
        self._fresh: tuple[list[int], Haystack] | None = None
        self._paths: tuple[str, list[int], list[int]] = ("", [0], [])
        self._missing: list[str] = []
        self._missing_set: set[str] = set()
        self._missing_names = Haystack(())
        self._new_missing: dict[str, None] = {}
        """Keys that were asked for since."""
        self._fresh_missing: tuple[tuple[str, ...], Haystack] = ((), Haystack(()))

    def read(self, connection: sqlite3.Connection) -> Iterator[None]:
        """Read all names, a few milliseconds at a time; nothing may be asked before the end.

        What changes meanwhile has to be refreshed afterwards.
        """
        steps = self._read(connection)
        # Hundreds of thousands of values that stay: looking for garbage among them takes longer than making them.
        was_enabled = gc.isenabled()
        done = False
        while not done:
            gc.disable()
            try:
                done = next(steps, True) is not None
            finally:
                gc.freeze()
                if was_enabled:
                    gc.enable()
            yield

    def _read(self, connection: sqlite3.Connection) -> Iterator[None]:
        last = ""
        while page := connection.execute(_ASKED, (last, _PAGE)).fetchall():
            for last, count, is_known in page:
                self.asked[last] = count
                if not is_known:
                    self._missing.append(last)
            yield
        self._most_asked = math.log1p(max(self.asked.values(), default=1))
        self._missing_set = set(self._missing)
        number = -1
        while found := connection.execute(_WRITTEN, (number, _PAGE)).fetchall():
            self._mtimes.update(found)
            number = found[-1][0]
            yield
        notes = list(self._mtimes)
        for first in range(0, len(notes), _NOTES_AT_ONCE):
            chunk = notes[first : first + _NOTES_AT_ONCE]
            for row in connection.execute(f"{_SELECT} AND a.note BETWEEN ? AND ?", (chunk[0], chunk[-1])):
                self._add(CatalogEntry._make(row))
            yield
        yield from self._put_in_order()
        folded: list[str] = []
        for key in self._missing:
            folded.append(matching.fold_once(key))
            if len(folded) % _PAGE == 0:
                yield
        self._missing_names = yield from Haystack.in_steps(folded)
        yield from self._read_paths()

    def _read_paths(self) -> Iterator[None]:
        folded: list[str] = []
        notes: list[int] = []
        for note, numbers in self._of_note.items():
            path = next((entry.path for entry in map(self.entries.__getitem__, numbers) if entry.whole), None)
            if path is not None:
                folded.append(_folded_path(path))
                notes.append(note)
                if len(notes) % _NOTES_AT_ONCE == 0:
                    yield
        self._paths = ("".join(folded), list(accumulate(map(len, folded), initial=0)), notes)

    def refresh(self, connection: sqlite3.Connection, note: int) -> None:
        """Read the names of one note again, when it was written, and what it links to."""
        self._linked.pop(note, None)
        before = self._of_note.pop(note, ())
        for number in before:
            self.keys[number] = ""
        for row in connection.execute(f"{_SELECT} AND a.note = ?", (note,)):
            self._add(CatalogEntry._make(row))
        if not before and note in self._of_note:
            self._add_path(note)
        written = connection.execute("SELECT mtime_ns FROM all_notes WHERE id = ?", (note,)).fetchone()
        if written is None:
            self._mtimes.pop(note, None)
        elif written[0] != self._mtimes.get(note):
            self._mtimes[note] = written[0]
            self._ranks()[written[0]] = 0
            self._newest.insert(0, note)
        for (key,) in connection.execute("SELECT DISTINCT key FROM all_links WHERE note = ?", (note,)):
            if key and key not in self._missing_set:
                self._new_missing[key] = None
        self._fresh = None
        self.memory.clear()
        self.worn = self.worn or len(self.entries) - self._ordered > max(_FRESH, self._ordered // 8)

    def search(self, typed: str) -> list[NameMatch]:
        """The names that may be meant by what was typed, the better matches not necessarily first; a few hundred.

        With a slash in it, what was typed is a part of a path; else it is a part of a stem, a title or an alias.
        """
        path_query = matching.fold_path(typed)
        if "/" in path_query.strip("/"):
            return self._search_paths(path_query.strip("/"))
        if path_query.endswith("/"):
            return self._search_paths(path_query.lstrip("/"))
        query = matching.fold(typed)
        if not query:
            return self._literally(typed)
        found: list[NameMatch] = []
        for numbers, haystack in self._haystacks():
            for place in haystack.search(query):
                self._keep(found, numbers[place], matching.quality(query, self._folded[numbers[place]]))
        return found

    def of_note(self, note: int) -> list[CatalogEntry]:
        """The names of one note."""
        return [self.entries[number] for number in self._of_note.get(note, ())]

    def linked(self, note: int) -> float:
        """How much of what links into the vault asks for a note, from 0 to 1 on a logarithmic scale."""
        found = self._linked.get(note)
        if found is None:
            asked = self.asked
            most = max((asked.get(self.entries[number].key, 0) for number in self._of_note.get(note, ())), default=0)
            found = self._linked[note] = math.log1p(most) / self._most_asked if most else 0.0
        return found

    def forget_asked(self) -> None:
        """Say that ``asked`` was changed. Called by whoever measures the ranking without some link."""
        self._linked.clear()

    def recency(self, note: int) -> float:
        """1 for the note written last, a half for the fortieth."""
        rank = self._ranks().get(self._mtimes.get(note, 0))
        return 0.0 if rank is None else _RECENT / (_RECENT + rank)

    def newest(self, most: int) -> list[int]:
        """The notes that were written last, the last first."""
        return self._newest_of(most, files=False)

    def newest_files(self, most: int) -> list[int]:
        """The other files that were written last, the last first."""
        return self._newest_of(most, files=True)

    def placeholders(self, typed: str, more: Iterable[str]) -> list[tuple[str, float]]:
        """Keys that links ask for, with how well they match; ``more`` are keys of links in open notes.

        A note may answer to some of them by now: who shows them has to ask.
        """
        query = matching.fold(typed)
        if not query:
            return []
        if len(self._new_missing) > _FRESH:
            self._missing += self._new_missing
            self._missing_set.update(self._new_missing)
            self._new_missing = {}
            self._missing_names = Haystack([matching.fold_once(key) for key in self._missing])
        keys = [self._missing[number] for number in self._missing_names.search(query)]
        found = {key: matching.quality(query, matching.fold(key)) for key in keys}
        fresh = (*self._new_missing, *(key for key in more if key not in self._missing_set))
        if fresh != self._fresh_missing[0]:
            self._fresh_missing = (fresh, Haystack([matching.fold(key) for key in fresh]))
        for number in self._fresh_missing[1].search(query):
            found[fresh[number]] = matching.quality(query, matching.fold(fresh[number]))
        return [pair for pair in found.items() if pair[1]]

    def _newest_of(self, most: int, *, files: bool) -> list[int]:
        self._ranks()
        found: dict[int, None] = {}
        for note in self._newest:
            numbers = self._of_note.get(note)
            if numbers and self.entries[numbers[0]].is_file == files:
                found[note] = None
                if len(found) == most:
                    break
        return list(found)

    def _add(self, entry: CatalogEntry) -> None:
        numbers = self._of_note.get(entry.note)
        if numbers is None:
            numbers = self._of_note[entry.note] = []
        elif entry.kind == "title" and any(
            self.keys[number] == entry.key and self.entries[number].kind not in _SLUGS for number in numbers
        ):
            return  # named like its file
        numbers.append(len(self.entries))
        self.keys.append(entry.key)
        self.entries.append(entry)

    def _put_in_order(self) -> Iterator[None]:
        """Sort all names by their standing, so that a search can stop when it has found enough."""
        self._ordered = len(self.entries)
        self._recent = None
        self._ranks()
        yield
        standing: dict[int, float] = {}
        for note in self._of_note:
            standing[note] = -self.linked(note) - self.recency(note)
            if len(standing) % _PAGE == 0:
                yield
        order = [number for note in sorted(standing, key=standing.__getitem__) for number in self._of_note[note]]
        yield
        self._folded = {}
        for number in order:
            self._folded[number] = _folded(self.entries[number])
            if len(self._folded) % _PAGE == 0:
                yield
        kept = [number for number in order if self._folded[number]]
        self._main = (kept, (yield from Haystack.in_steps([self._folded[number] for number in kept])))

    def _haystacks(self) -> Iterable[tuple[list[int], Haystack]]:
        if self._fresh is None:
            numbers = [number for number in range(self._ordered, len(self.entries)) if self.keys[number]]
            self._folded.update((number, _folded(self.entries[number])) for number in numbers)
            kept = [number for number in numbers if self._folded[number]]
            self._fresh = (kept, Haystack([self._folded[number] for number in kept]))
        return (self._main, self._fresh)

    def _search_paths(self, query: str) -> list[NameMatch]:
        text, starts, notes = self._paths
        # "pro/plan" means "projects/2024/plan", too: each segment begins one, in this order.
        segments = [re.escape(segment) for segment in query.split("/")]
        found: list[NameMatch] = []
        seen: set[int] = set()
        pattern = re.compile("/" + "[^\n]*/".join(segments))
        for count, match in enumerate(pattern.finditer(text)):
            number = bisect_right(starts, match.start()) - 1
            path = text[starts[number] : starts[number + 1] - 1]
            at = path.find(f"/{query}")
            quality = matching.PREFIX if at == 0 else matching.WORD if at > 0 else matching.TERMS
            if at >= 0 and path.endswith(f"/{query}"):
                quality = matching.EXACT
            entry = next((entry for entry in self.of_note(notes[number]) if entry.whole), None)
            # Who was away for a while stands there twice.
            if entry is not None and entry.note not in seen:
                seen.add(entry.note)
                found.append(NameMatch(entry, quality))
            if count == _MAX_PATHS:
                break
        return found

    def _add_path(self, note: int) -> None:
        entry = next((entry for entry in self.of_note(note) if entry.whole), None)
        if entry is not None:
            text, starts, notes = self._paths
            text += _folded_path(entry.path)
            starts.append(len(text))
            notes.append(note)
            self._paths = (text, starts, notes)

    def _literally(self, typed: str) -> list[NameMatch]:
        """What holds signs alone: ``C++`` is a word, but ``++`` is nothing that a word could begin with."""
        bare = typed.strip().casefold()
        found: list[NameMatch] = []
        if bare:
            for number, key in enumerate(self.keys):
                if bare in key and _folded(self.entries[number]):
                    self._keep(found, number, matching.INSIDE)
        return found

    def _keep(self, found: list[NameMatch], number: int, quality: float) -> None:
        if quality and self.keys[number]:
            found.append(NameMatch(self.entries[number], quality))

    def _ranks(self) -> dict[int, int]:
        if self._recent is None:
            newest = sorted(self._mtimes, key=self._mtimes.__getitem__, reverse=True)
            self._newest = newest
            # Of notes written at the same time, as by a checkout, none is more recent than the others.
            self._recent = {self._mtimes[note]: rank for rank, note in enumerate(newest)}
        return self._recent


def _folded_path(path: str) -> str:
    return f"/{matching.fold_path(names.strip_extension(path))}\n"


def _folded(entry: CatalogEntry) -> str:
    """The name as it is matched; empty where only a search for a path should find it, and of slugs."""
    if entry.kind in _SLUGS or (entry.kind == "path" and "/" in entry.key):
        return ""
    return matching.fold_once(entry.text)
