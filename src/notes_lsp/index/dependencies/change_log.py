"""Change log: the keys that each change of the index touched, for every process that reads the index."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

from notes_lsp.index.dependencies.keys import EVERYTHING, DependencyKey, DependencyKind

_MAX_ENTRIES = 500
"""So many changes are kept; who has heard of none for longer takes everything for changed."""


class News(NamedTuple):
    """A key that was touched."""

    key: DependencyKey
    times: int
    own: bool
    """By this process."""


class ChangeLog:
    """The journal as one process reads it: each entry once, in the same moment as the rows that were written with it.

    A change seen in the rows is a change heard of: both come with one transaction, whoever wrote them.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Begin with what is written from now on."""
        self._run = connection.execute
        self._connection = connection
        self._heard = self._latest()
        self._own: set[int] = set()

    def write(self, keys: Mapping[DependencyKey, int]) -> int | None:
        """Add an entry, in the transaction of the change; its number, for ``is_own`` once that is committed."""
        if not keys:
            return None
        number = self._latest() + 1
        self._connection.executemany(
            "INSERT INTO main.journal VALUES (?, ?, ?, ?)",
            [(number, kind.value, value, times) for (kind, value), times in keys.items()],
        )
        self._run("DELETE FROM main.journal WHERE number <= ?", (number - _MAX_ENTRIES,))
        return number

    def is_own(self, number: int | None) -> None:
        """Say that an entry was written by this process."""
        if number is not None:
            self._own.add(number)

    def news(self) -> list[News]:
        """What was touched since this was last called."""
        latest = self._latest()
        if latest <= self._heard:
            return []
        heard, self._heard = self._heard, latest
        first = self._run("SELECT min(number) FROM main.journal").fetchone()[0]
        found = [] if first <= heard + 1 else [News(EVERYTHING, 1, own=False)]
        found += [
            News(DependencyKey(DependencyKind(kind), value), times, number in self._own)
            for number, kind, value, times in self._run("SELECT * FROM main.journal WHERE number > ?", (heard,))
        ]
        self._own.clear()
        return found

    def _latest(self) -> int:
        return int(self._run("SELECT coalesce(max(number), 0) FROM main.journal").fetchone()[0])
