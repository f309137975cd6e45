"""Duplicate candidates: the notes that share sketch values with a note, most shared values first."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from notes_lsp.index.vault.values import Note
from notes_lsp.index.vault.vault import Vault

_MAX_OWN = 12
"""A number that stands for a piece of more notes than this is of no use for telling them apart."""
_MAX_RIVALS = 8
_WEIGHT = 27_720
"""Can be divided by each number up to a dozen."""
_MIN_PART = 0.09
"""Of the numbers that two notes could share. Where most words are the same, a third of the pieces is at least."""
_MAX_WITNESSES = 4


class Sharers(NamedTuple):
    """Who has text in common with a note, by the sketches alone: to be looked at more closely."""

    rivals: list[Note]
    """Those with the most in common that few others have."""
    witnesses: list[Note]
    """Some of those with what many have in common: they know what is a template's."""


def sharers(vault: Vault, note: Note) -> Sharers:
    """The notes whose texts may share words with a note's; none where a text is in a scrap too short to be cut.

    The work is a lookup for each number of the note's sketch, however many notes there are.
    """
    run = vault.store.connection.execute
    rare: Counter[int] = Counter()
    common: Counter[int] = Counter()
    # A piece that only two notes have says more than one that a dozen have.
    closeness: Counter[int] = Counter()
    telling: list[int] = []
    for (number,) in run("SELECT number FROM all_sketches WHERE note = ? ORDER BY number", (note.id,)).fetchall():
        found = run(f"SELECT note FROM all_sketches WHERE number = ? LIMIT {_MAX_OWN + 1}", (number,)).fetchall()
        if len(found) <= _MAX_OWN:
            telling.append(number)
            for (other,) in found:
                rare[other] += 1
                closeness[other] += _WEIGHT // len(found)
        else:
            common.update(other for (other,) in found)
    del rare[note.id], common[note.id], closeness[note.id]

    def is_near(other: int, shared: int) -> bool:
        # A long text keeps only low numbers: of higher ones nobody knows whether they would be shared.
        highest = run("SELECT max(number) FROM all_sketches WHERE note = ?", (other,)).fetchone()[0]
        return shared >= int(bisect_right(telling, highest) * _MIN_PART)

    rivals = [other for other in _most(closeness, _MAX_RIVALS) if is_near(other, rare[other])]
    witnesses = [other for other in _most(common, _MAX_WITNESSES + len(rivals)) if other not in rivals]
    return Sharers(_notes(vault, rivals), _notes(vault, witnesses[:_MAX_WITNESSES]))


def notes_that_share(vault: Vault) -> list[Note]:
    """The notes, by path, that have something in common with few others: no others can have a rival."""
    found = vault.store.connection.execute(
        "SELECT DISTINCT note FROM all_sketches WHERE number IN "
        "(SELECT number FROM all_sketches GROUP BY number HAVING count(*) BETWEEN 2 AND ?)",
        (_MAX_OWN,),
    ).fetchall()
    return sorted(_notes(vault, [number for (number,) in found]), key=lambda note: note.path)


def _most(weights: Mapping[int, int], most: int) -> list[int]:
    """So many of those that weigh most, and the same whatever order the rows came in."""
    return sorted(weights, key=lambda other: (-weights[other], other))[:most]


def _notes(vault: Vault, numbers: list[int]) -> list[Note]:
    return [note for note in map(vault.note_by_id, numbers) if note is not None]
