"""Candidates: the notes and files that a few letters may mean at one place of one note, best first."""

from __future__ import annotations

from dataclasses import replace
from heapq import nlargest
from typing import NamedTuple

from notes_lsp.fuzzy import match as matching
from notes_lsp.fuzzy.match import RankingSignals
from notes_lsp.fuzzy.ranking_context import RankingContext
from notes_lsp.index.search.link_context import Nearby, circumstances, nearby, notes_with_keys
from notes_lsp.index.vault.catalog import Catalog, CatalogEntry, NameMatch
from notes_lsp.index.vault.vault import Note, Vault

_OUT_OF_PLACE = 0.12
"""What a file loses where a note is expected, and a note where a picture is."""
_WEIGHED = 100
"""So many of the best matches are weighed by their circumstances."""
_EMPTY = 100
"""So many recent notes are weighed where nothing is typed."""
_NAME_ORDER = {"path": 0, "title": 1, "alias": 2}


class Ranked(NamedTuple):
    """A note or file by the name that answers best, and how likely it is meant."""

    likelihood: float
    entry: CatalogEntry
    exact: bool


def likeliest(
    vault: Vault, note: Note, typed: str, offset: int, context: RankingContext, *, files: bool
) -> list[Ranked]:
    """What may be meant by ``typed`` at ``offset`` of a note, each note once, the note itself left out.

    ``files`` says that rather a file than a note is expected there.
    """
    catalog = vault.catalog
    around = nearby(vault, note, offset)
    hits = catalog.search(typed.strip()) if typed.strip() else _without_a_letter(vault, around, context, files=files)
    if len(hits) > _WEIGHED:
        linked = {hit.entry.note: catalog.linked(hit.entry.note) / 5 for hit in hits}
        hits = nlargest(_WEIGHED, hits, key=lambda hit: hit.quality + linked[hit.entry.note])
    opened = {path: (rank + 1) / len(context.opened) for rank, path in enumerate(context.opened)}
    known: dict[int, RankingSignals] = {}
    best: dict[int, tuple[float, int, NameMatch]] = {}
    for hit in hits:
        entry = hit.entry
        if entry.note == note.id:
            continue
        if entry.note not in known:
            about = circumstances(catalog, around, note, entry.note, entry.path)
            known[entry.note] = replace(about, opened=opened[entry.path]) if entry.path in opened else about
        likelihood = matching.likelihood(hit.quality, known[entry.note])
        if entry.is_file != files:
            likelihood -= _OUT_OF_PLACE
        ranked = (likelihood, -_NAME_ORDER.get(entry.kind, 3), hit)
        if entry.note not in best or ranked[:2] > best[entry.note][:2]:
            best[entry.note] = ranked
    ordered = sorted(best.values(), key=lambda one: (-one[0], len(one[2].entry.text), one[2].entry.path))
    return [Ranked(likelihood, hit.entry, hit.quality == matching.EXACT) for likelihood, _, hit in ordered]


def _without_a_letter(vault: Vault, around: Nearby, context: RankingContext, *, files: bool) -> list[NameMatch]:
    """What is weighed where nothing is typed: what was opened or written last, and what the neighbours link to."""
    catalog = vault.catalog
    wanted = [note.id for path in context.opened if (note := vault.note(path)) is not None]
    wanted += catalog.newest_files(_EMPTY) if files else []
    wanted += catalog.newest(_EMPTY)
    wanted += around.notes
    wanted += notes_with_keys(vault, (key for key, _ in around.asked.most_common(60)))
    return [
        NameMatch(entry, 0.0) for number in dict.fromkeys(wanted) if (entry := _by_path(catalog, number)) is not None
    ]


def _by_path(catalog: Catalog, note: int) -> CatalogEntry | None:
    return next((entry for entry in catalog.of_note(note) if entry.kind == "path" and entry.whole), None)
