"""Citations: which addresses outside the vault a note cites that other notes cite as well."""

from __future__ import annotations

from typing import NamedTuple

from notes_lsp.index.vault.vault import Mention, Note, Vault

_SHARED = (
    "SELECT min(l.n), l.url, l.url_hash FROM all_links l WHERE l.note = ? AND l.url_hash IS NOT NULL AND NOT l.embed_ "
    "AND EXISTS (SELECT 1 FROM all_links o WHERE o.url_hash = l.url_hash AND o.note <> l.note) "
    "GROUP BY l.url"
)
_NOTES = (
    "SELECT count(DISTINCT note) FROM "
    "(SELECT note FROM all_links WHERE url_hash = ? AND note <> ? AND NOT embed_ LIMIT ?)"
)
_MAX_ROWS = 100
"""So many citations of one thing are looked at at most: what has more is known to everybody."""


class Shared(NamedTuple):
    """One thing that a note cites and other notes cite, too."""

    key: str
    link: int
    """Which of the note's links is the first that cites it, counted from 0."""
    others: list[Mention]
    """The citations in other notes, by path and place."""


def shared_citations(vault: Vault, note: Note, most: int) -> list[Shared]:
    """What a note cites that other notes cite, too, in the order of its text.

    What more than ``most`` other notes cite is left out, and pictures are not looked at. Takes time linear in the links
    of the note, however often anything is cited.
    """
    run = vault.store.connection.execute
    found: list[Shared] = []
    for link, key, number in run(_SHARED, (note.id,)).fetchall():
        count = run(_NOTES, (number, note.id, _MAX_ROWS)).fetchone()[0]
        if 0 < count <= most:
            citing = (mention for mention in vault.citing(key) if mention.source.id != note.id)
            found.append(Shared(key, link, [mention for mention in citing if not mention.link.embed]))
    return sorted(found, key=lambda one: one.link)
