"""Key counts: how many notes have each frontmatter key, with which types and values; cached."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import NamedTuple

CONTAINERS = "('list', 'object', 'null')"
"""The types of what is no single value, for a condition in SQL."""
_OF_KEY = "WHERE folded = ? AND index_ IS NULL"
_OPEN = "note IN (SELECT id FROM temp.open_notes)"
_MAX_WRITTEN = 500
"""Of so many notes at once it is quicker to count the shared values of all notes again."""

Keys = tuple[str, ...]


class Sharing(NamedTuple):
    """Of the values of some keys: how many are shared with another note, and how many there are, once for each note."""

    shared: int = 0
    total: int = 0

    def changed(self, before: int, now: int) -> Sharing:
        """As it is when one value stands in ``now`` notes instead of ``before``."""
        return Sharing(self.shared + (now if now > 1 else 0) - (before if before > 1 else 0), self.total + now - before)


class Tallies:
    """What is counted of the notes on disk stays until they are written to; open notes are counted when asked.

    So no question takes longer in a larger vault, but for the first of its kind.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Count nothing yet."""
        self._run = connection.execute
        self._types: dict[str, Counter[str]] = {}
        self._spellings: dict[str, Counter[str]] = {}
        self._keys: Counter[str] | None = None
        self._bearers: int | None = None
        self._sharing: dict[Keys, Sharing] = {}
        self._bearing: dict[tuple[Keys, str], int] = {}
        """In how many notes on disk a value of some keys stands, for values that were asked for."""
        self._version = -1

    def types_of(self, folded: str) -> Mapping[str, int]:
        """In how many notes a key, folded, has a value of each type; a list counts as a list."""
        return self._of_key(self._types, "type_", folded)

    def spellings_of(self, folded: str) -> Mapping[str, int]:
        """In how many notes a key, folded, is written in each way."""
        return self._of_key(self._spellings, "key_", folded)

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

    def bearers(self) -> int:
        """How many notes have any key."""
        self._forget_if_shared()
        if self._bearers is None:
            self._bearers = self._number("SELECT count(DISTINCT note) FROM main.properties")
        hidden = self._number(f"SELECT count(DISTINCT note) FROM main.properties WHERE {_OPEN}")
        return self._bearers - hidden + self._number("SELECT count(DISTINCT note) FROM temp.open_properties")

    def sharing(self, keys: Keys) -> Sharing:
        """How many of the values of some keys, folded, several notes have."""
        self._forget_if_shared()
        of_keys = _of_keys(keys)
        if keys not in self._sharing:
            row = self._run(
                "SELECT total(CASE WHEN notes > 1 THEN notes END), total(notes) FROM (SELECT count(DISTINCT note) AS "
                f"notes FROM main.properties WHERE {of_keys} GROUP BY value_)",
                keys,
            ).fetchone()
            self._sharing[keys] = Sharing(*map(int, row))
        count = "SELECT value_, count(DISTINCT note) FROM"
        hidden: Counter[str] = Counter(
            dict(self._run(f"{count} main.properties WHERE {_OPEN} AND +{of_keys} GROUP BY value_", keys))
        )
        shown: Counter[str] = Counter(
            dict(self._run(f"{count} temp.open_properties WHERE {of_keys} GROUP BY value_", keys))
        )
        found = self._sharing[keys]
        for value in hidden.keys() | shown.keys():
            before = self._bearers_of(keys, value)
            found = found.changed(before, before - hidden[value] + shown[value])
        return found

    @contextmanager
    def following(self, notes: Iterable[int]) -> Generator[None]:
        """Keep what was counted current while some notes on disk are written to."""
        counted = (self._types, self._spellings, self._sharing, self._keys is not None, self._bearers is not None)
        if not any(counted):
            yield
            return
        written = list(notes)
        if len(written) > _MAX_WRITTEN:
            self._sharing.clear()
            self._bearing.clear()
        try:
            before = self._count(written, -1)
            yield
            after = self._count(written, 1)
            for keys, sharing in self._sharing.items():
                self._sharing[keys] = self._shared_since(keys, sharing, before[keys], after[keys])
        except BaseException:
            self._forget()
            raise

    def _count(self, notes: Iterable[int], factor: int) -> dict[Keys, Counter[str]]:
        """Take some notes into account or out of it; in how many of them each value stands, for keys of ``sharing``."""
        values: dict[Keys, Counter[str]] = {keys: Counter() for keys in self._sharing}
        for note in notes:
            for folded, key, kind in self._run(
                "SELECT folded, key_, type_ FROM main.properties WHERE note = ? AND index_ IS NULL", (note,)
            ):
                if folded in self._types:
                    self._types[folded][kind] += factor
                if folded in self._spellings:
                    self._spellings[folded][key] += factor
                if self._keys is not None:
                    self._keys[folded] += factor
            if self._bearers is not None:
                self._bearers += factor * self._number(
                    "SELECT EXISTS (SELECT 1 FROM main.properties WHERE note = ?)", note
                )
            for keys, counter in values.items():
                counter.update(
                    value
                    for (value,) in self._run(
                        f"SELECT DISTINCT value_ FROM main.properties WHERE +{_of_keys(keys)} AND note = ?",
                        (*keys, note),
                    )
                )
        return values

    def _shared_since(self, keys: Keys, sharing: Sharing, before: Counter[str], after: Counter[str]) -> Sharing:
        for value in before.keys() | after.keys():
            known = self._bearing.get((keys, value))
            # What is not known yet is counted as it is now.
            was = known if known is not None else self._bearers_of(keys, value) - after[value] + before[value]
            now = was - before[value] + after[value]
            self._bearing[keys, value] = now
            sharing = sharing.changed(was, now)
        return sharing

    def _bearers_of(self, keys: Keys, value: str) -> int:
        if (keys, value) not in self._bearing:
            asked = f"SELECT count(DISTINCT note) FROM main.properties WHERE {_of_keys(keys)} AND value_ = ?"
            self._bearing[keys, value] = self._number(asked, *keys, value)
        return self._bearing[keys, value]

    def _of_key(self, known: dict[str, Counter[str]], column: str, folded: str) -> Counter[str]:
        self._forget_if_shared()
        count = f"SELECT {column}, count(*) FROM"
        if folded not in known:
            known[folded] = Counter(dict(self._run(f"{count} main.properties {_OF_KEY} GROUP BY {column}", (folded,))))
        counts = Counter(known[folded])
        # The plus sign: by their notes, which are few, rather than by their key.
        own = f"index_ IS NULL AND +folded = ? AND {_OPEN} GROUP BY {column}"
        counts.subtract(dict(self._run(f"{count} main.properties WHERE {own}", (folded,))))
        counts.update(dict(self._run(f"{count} temp.open_properties {_OF_KEY} GROUP BY {column}", (folded,))))
        return +counts

    def _number(self, sql: str, *values: str | int) -> int:
        return int(self._run(sql, values).fetchone()[0])

    def _forget_if_shared(self) -> None:
        """Count again what another process may have written to."""
        version = self._run("PRAGMA data_version").fetchone()[0]
        if version != self._version:
            self._forget()
            self._version = version

    def _forget(self) -> None:
        self._types.clear()
        self._spellings.clear()
        self._sharing.clear()
        self._bearing.clear()
        self._keys = self._bearers = None


def _of_keys(keys: Keys) -> str:
    return f"folded IN ({', '.join('?' * len(keys))}) AND type_ NOT IN {CONTAINERS}"
