"""Tallies: in how many notes each key of the frontmatter stands, and with which types; counted once, then kept."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager

_OF_KEY = "WHERE folded = ? AND index_ IS NULL"
_OPEN = "note IN (SELECT id FROM temp.open_notes)"


class Tallies:
    """What is counted of the notes on disk stays until they are written to; open notes are counted when asked."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Count nothing yet."""
        self._run = connection.execute
        self._types: dict[str, Counter[str]] = {}
        self._keys: Counter[str] | None = None
        self._version = -1

    def types_of(self, folded: str) -> Mapping[str, int]:
        """In how many notes a key, folded, has a value of each type; a list counts as a list."""
        self._forget_if_shared()
        if folded not in self._types:
            self._types[folded] = Counter(
                dict(self._run(f"SELECT type_, count(*) FROM main.properties {_OF_KEY} GROUP BY type_", (folded,)))
            )
        counts = Counter(self._types[folded])
        # The plus sign: by their notes, which are few, rather than by their key.
        own = f"index_ IS NULL AND +folded = ? AND {_OPEN} GROUP BY type_"
        counts.subtract(dict(self._run(f"SELECT type_, count(*) FROM main.properties WHERE {own}", (folded,))))
        counts.update(
            dict(self._run(f"SELECT type_, count(*) FROM temp.open_properties {_OF_KEY} GROUP BY type_", (folded,)))
        )
        return +counts

    def keys(self) -> Mapping[str, int]:
        """In how many notes each key stands, by its folded form."""
        self._forget_if_shared()
        every = "SELECT folded, count(*) FROM main.properties WHERE index_ IS NULL"
        if self._keys is None:
            self._keys = Counter(dict(self._run(f"{every} GROUP BY folded")))
        counts = Counter(self._keys)
        counts.subtract(dict(self._run(f"{every} AND {_OPEN} GROUP BY folded")))
        counts.update(
            dict(self._run("SELECT folded, count(*) FROM temp.open_properties WHERE index_ IS NULL GROUP BY folded"))
        )
        return +counts

    @contextmanager
    def following(self, notes: Iterable[int]) -> Generator[None]:
        """Keep what was counted current while some notes on disk are written to."""
        if not self._types and self._keys is None:
            yield
            return
        written = list(notes)
        try:
            self._count(written, -1)
            yield
            self._count(written, 1)
        except BaseException:
            self._forget()
            raise

    def _count(self, notes: Iterable[int], factor: int) -> None:
        for note in notes:
            for folded, kind in self._run(
                "SELECT folded, type_ FROM main.properties WHERE note = ? AND index_ IS NULL", (note,)
            ):
                if folded in self._types:
                    self._types[folded][kind] += factor
                if self._keys is not None:
                    self._keys[folded] += factor

    def _forget_if_shared(self) -> None:
        """Count again what another process may have written to."""
        version = self._run("PRAGMA data_version").fetchone()[0]
        if version != self._version:
            self._forget()
            self._version = version

    def _forget(self) -> None:
        self._types.clear()
        self._keys = None
