"""Related: the commands that list related notes, backlinks and orphans, as JSON."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from notes_lsp.ide.hover.similar import reasons
from notes_lsp.index.search.lists import with_links, without_mentions
from notes_lsp.index.similar.find import find_similar
from notes_lsp.index.vault.vault import Note
from notes_lsp.lsp.commands.arguments import folder_of, limit_of, note_of, uri_of, wish_of
from notes_lsp.lsp.server.server import NotesServer
from notes_lsp.text.excerpt import line_around
from notes_lsp.workspace.folder import Folder

RELATED, BACKLINKS, ORPHANS = "notes.related", "notes.backlinks", "notes.orphans"
_PAGE = 200
_SLICE = 0.01
"""Seconds of work, then whoever waits has a turn."""

RelatedRow = dict[str, Any]


def list_related(server: NotesServer, arguments: list[Any]) -> list[RelatedRow]:
    """The notes most similar to the one at ``{"uri": ..., "limit": 10}``, and why."""
    wish = wish_of(RELATED, arguments)
    at = note_of(server, RELATED, wish)
    return [
        _row(server, at.folder, one.note, one.score, linked=one.is_linked, why=reasons(at.vault, one))
        for one in find_similar(at.vault, at.note, limit_of(RELATED, wish))
    ]


def list_backlinks(server: NotesServer, arguments: list[Any]) -> list[RelatedRow]:
    """The notes that link to the one at ``{"uri": ..., "limit": 10}``, with the lines they do it in.

    Those with the most links there come first; the score is their share of all links there.
    """
    wish = wish_of(BACKLINKS, arguments)
    at = note_of(server, BACKLINKS, wish)
    lines: dict[int, list[str]] = {}
    sources: dict[int, Note] = {}
    for source, link in at.vault.mentions(at.note):
        sources[source.id] = source
        lines.setdefault(source.id, []).append(line_around(at.vault.text(source) or "", link.span.start))
    total = sum(map(len, lines.values()))
    best = sorted(sources.values(), key=lambda source: (-len(lines[source.id]), source.path))
    return [
        _row(server, at.folder, source, len(lines[source.id]) / total, linked=True, why=lines[source.id])
        for source in best[: limit_of(BACKLINKS, wish)]
    ]


async def orphans(server: NotesServer, arguments: list[Any]) -> list[RelatedRow]:
    """The notes that no other note links to, of the folder of ``{"uri": ..., "limit": 10}``, or of all folders.

    Those without a link of their own come first, then those that were written last.
    """
    wish = wish_of(ORPHANS, arguments)
    most = limit_of(ORPHANS, wish)
    uri = uri_of(ORPHANS, wish)
    folders = [folder_of(ORPHANS, server, uri)] if uri is not None else list(server.files.folders())
    found = [one for folder in folders for one in await _orphans_of(server, folder)]
    found.sort(key=lambda one: (*one[:2], one[3].path))
    return [
        _row(
            *(server, folder, note, 0.5 if links else 1.0),
            linked=links,
            why=["no note links to it", *([] if links else ["it has no links"])],
        )
        for links, _, folder, note in found[:most]
    ]


async def _orphans_of(server: NotesServer, folder: Folder) -> list[tuple[bool, int, Folder, Note]]:
    """Each with whether it has links, and when it was written; a page at a time, so that whoever types is answered."""
    found: list[tuple[bool, int, Folder, Note]] = []
    began = time.monotonic()
    paths = folder.current_vault().paths_behind("", _PAGE)
    while paths:
        vault = folder.current_vault()
        notes = (vault.note(path) for path in paths)
        alone = without_mentions(vault, [note for note in notes if note is not None])
        linking = with_links(vault, alone)
        found += [(note.id in linking, -note.mtime_ns, folder, note) for note in alone]
        if server.inbox.waiting or time.monotonic() - began > _SLICE:
            await asyncio.sleep(0)
            await server.inbox.calm()
            began = time.monotonic()
        paths = folder.current_vault().paths_behind(paths[-1], _PAGE)
    return found


RELATED_COMMANDS = {RELATED: list_related, BACKLINKS: list_backlinks, ORPHANS: orphans}
"""All of them."""


def _row(server: NotesServer, folder: Folder, note: Note, score: float, *, linked: bool, why: list[str]) -> RelatedRow:
    return {
        "uri": server.uri(folder, note),
        "title": note.title,
        "score": round(min(1.0, score), 3),
        "linked": linked,
        "why": why,
    }
