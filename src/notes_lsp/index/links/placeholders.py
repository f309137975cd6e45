"""Placeholders: targets of links that no note answers to."""

from __future__ import annotations

from typing import NamedTuple

from notes_lsp.fuzzy import match as matching
from notes_lsp.index.vault.vault import Note, Vault

_MAX_COUNT = 40
_MAX_COUNTED = 50


class Placeholder(NamedTuple):
    """A note that waits to be written."""

    text: str
    """As a wiki link writes it."""
    links: int
    """How many links ask for it; no more than fifty are counted."""
    quality: float
    """How well it matches what was typed, from 0 to 1."""


def placeholders(vault: Vault, note: Note, typed: str, offset: int) -> list[Placeholder]:
    """The placeholders that ``typed`` may mean, but for one that only the link at ``offset`` of ``note`` asks for."""
    run = vault.store.connection.execute
    if not matching.fold(typed):
        return []
    fresh = [
        key
        for (key,) in run(
            "SELECT DISTINCT key FROM temp.open_links WHERE key IS NOT NULL "
            "AND NOT (note = ? AND span_start <= ? AND span_end >= ?)",
            (note.id, offset, offset),
        )
    ]
    matches = sorted(vault.catalog.placeholders(typed, fresh), key=lambda pair: (-pair[1], pair[0]))
    found: list[Placeholder] = []
    for key, quality in matches[:_MAX_COUNT]:
        asking = run(
            "SELECT target_, note, span_start, span_end FROM all_links WHERE key = ? AND kind_ = 'wiki' LIMIT ?",
            (key, _MAX_COUNTED),
        ).fetchall()
        others = [row for row in asking if not (row[1] == note.id and row[2] <= offset <= row[3])]
        if others and not run("SELECT 1 FROM all_names WHERE key = ? LIMIT 1", (key,)).fetchone():
            found.append(Placeholder(str(others[0][0]).strip(), len(others), quality))
    return found
