"""Term weights: inverse document frequencies, estimated from a sample of the vault."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import repeat
from operator import mul
from typing import NamedTuple
from weakref import WeakKeyDictionary

from notes_lsp.index.vault.vault import Vault
from notes_lsp.similarity.terms import unpack_terms

_SAMPLE = 4096
"""Notes that are counted. Ids are hashes of paths, so those with the lowest ids are a fair sample."""
_EXACT = 1000
"""With up to so many notes all are counted again as soon as one was written; with more, when one in fifty was."""
_ONE_IN = 50
_POWER = 1.5
"""Of the logarithm of rarity. Found by trying on six vaults: ``tools/bench_similar.py``."""

_IMAGINED = 10
"""So many notes that nobody wrote are counted as well, so that a word of both notes of two does say something."""

_MAX_KEPT = 16_384
"""So many vectors are remembered, each in about a kilobyte."""


class Vector(NamedTuple):
    """A note as the terms it has."""

    note: int
    numbers: array[int]
    """The numbers of its terms, rising."""
    counts: bytes
    """How often each stands there."""
    length: float
    """With the weight of each."""


_known: WeakKeyDictionary[Vault, Weights] = WeakKeyDictionary()


def weights(vault: Vault) -> Weights:
    """The weights of a vault as it is now; of a large one, as it was a few writes ago."""
    known = _known.get(vault)
    if known is None or known.is_stale(vault):
        known = _known[vault] = Weights(vault)
    known.follow_buffers(vault)
    return known


class Weights:
    """In how many notes each term stands, in a sample of a vault, with open notes as their buffers have them."""

    def __init__(self, vault: Vault) -> None:
        """Count: some 10 µs for each note of the sample."""
        self._written = _written(vault)
        self._counts: Counter[int] = Counter()
        self._total = 0
        self._last = -1
        for note, packed in vault.store.connection.execute(
            "SELECT note, packed FROM main.terms ORDER BY note LIMIT ?", (_SAMPLE,)
        ):
            self._counts.update(unpack_terms(packed)[0])
            self._last = note
            self._total += 1
        self.is_sample = self._total == _SAMPLE
        self.scale = max(1.0, self._written[0] / _SAMPLE) if self.is_sample else 1.0
        """How many notes of the vault stand behind each of the sample, about."""
        self.followed = 0
        """How many versions of buffers were counted since, for tests that count work."""
        self._open: dict[int, tuple[bytes, bytes]] = {}
        self._table: list[float] = []
        self._vectors: dict[int, Vector] = {}
        self._edition: tuple[int, int] | None = None

    @property
    def total(self) -> int:
        """How many notes the sample has."""
        return self._total

    def is_stale(self, vault: Vault) -> bool:
        """Whether so much was written since that all has to be counted again."""
        now = _written(vault)
        if self._total <= _EXACT:
            return now != self._written
        return abs(now[0] - self._written[0]) * _ONE_IN > self._total

    def follow_buffers(self, vault: Vault) -> None:
        """Take the open notes as they are now: what did not change is not counted anew."""
        run = vault.store.connection.execute
        if self._edition != vault.store.edition:
            self._edition = vault.store.edition
            self._vectors.clear()
        now: dict[int, bytes] = dict.fromkeys((note for (note,) in run("SELECT id FROM temp.open_notes")), b"")
        now.update(run("SELECT note, packed FROM temp.open_terms"))
        for note in [note for note in self._open if note not in now]:
            on_disk, in_buffer = self._open.pop(note)
            self._replace(in_buffer, on_disk)
        for note, packed in now.items():
            if self.is_sample and note > self._last:
                continue
            if note not in self._open:
                row = run("SELECT packed FROM main.terms WHERE note = ?", (note,)).fetchone()
                on_disk = row[0] if row else b""
                self._open[note] = (on_disk, on_disk)
            on_disk, in_buffer = self._open[note]
            if in_buffer != packed:
                self._open[note] = (on_disk, packed)
                self._replace(in_buffer, packed)
        self._tabulate()

    def count(self, number: int) -> int:
        """How many notes of the sample have the term of a number."""
        return self._counts.get(number, 0)

    def is_common(self, number: int) -> bool:
        """Whether a term stands in so many notes that it explains nothing."""
        return self.count(number) * 8 > max(self._total, 40)

    def of(self, numbers: array[int]) -> list[float]:
        """The weights of terms that stand once in a note; that of one that stands n times is √n times as much."""
        return [*map(math.sqrt, self._squares(numbers))]

    def vectors(self, vault: Vault, docs: Sequence[int]) -> list[Vector]:
        """The notes on disk behind some rows of full text; each is unpacked once, as long as none is written."""
        missing = [doc for doc in docs if doc not in self._vectors]
        if missing:
            if len(self._vectors) > _MAX_KEPT:
                self._vectors.clear()
                missing = list(docs)
            for doc, note, packed in vault.store.connection.execute(
                "SELECT n.doc, n.id, t.packed FROM main.notes n JOIN main.terms t ON t.note = n.id "
                f"WHERE n.doc IN ({', '.join('?' * len(missing))})",
                missing,
            ):
                self._vectors[doc] = self.vector(note, packed)
        return [self._vectors[doc] for doc in docs if doc in self._vectors]

    def vector(self, note: int, packed: bytes) -> Vector:
        """A note of some terms."""
        numbers, counts = unpack_terms(packed)
        return Vector(note, numbers, counts, math.sqrt(sum(map(mul, counts, self._squares(numbers)))))

    def _squares(self, numbers: array[int]) -> Iterator[float]:
        return map(self._table.__getitem__, map(self._counts.get, numbers, repeat(0)))

    def _replace(self, before: bytes, after: bytes) -> None:
        self._counts.subtract(unpack_terms(before)[0])
        self._counts.update(unpack_terms(after)[0])
        self._total += bool(after) - bool(before)
        self.followed += 1
        if not self.is_sample:
            self._vectors.clear()

    def _tabulate(self) -> None:
        """The square of the weight, by the number of notes with a term; none in the sample is less than one."""
        if len(self._table) != self._total + 2:
            self._table = [
                math.log((self._total + _IMAGINED) / max(0.5, count)) ** (2 * _POWER) if count <= self._total else 0.0
                for count in range(self._total + 2)
            ]


def _written(vault: Vault) -> tuple[int, int]:
    """The last row of full text, which grows as notes are read; and what tells any change, where notes are few."""
    run = vault.store.connection.execute
    last = run("SELECT max(doc) FROM main.notes WHERE doc IS NOT NULL").fetchone()[0] or 0
    if last > 4 * _EXACT:
        return last, 0
    rows = run("SELECT doc, hash FROM main.notes WHERE doc IS NOT NULL LIMIT ?", (_EXACT + 1,)).fetchall()
    return last, hash(tuple(rows))
