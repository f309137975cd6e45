"""Duplicates: the command that lists near-duplicates, as JSON."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from notes_lsp.ide.diagnostics.duplicates import (
    Duplicate,
    best_of_each_two,
    duplicates,
    duplicates_either_way,
    is_linked,
)
from notes_lsp.lsp.commands.arguments import limit_of, note_of, uri_of, wish_of
from notes_lsp.lsp.server.server import NotesServer
from notes_lsp.workspace.folder import Folder

DUPLICATES = "notes.duplicates"
_PAGE = 200
_SLICE = 0.01
"""Seconds of work, then whoever waits has a turn."""


async def list_duplicates(server: NotesServer, arguments: list[Any]) -> list[dict[str, Any]]:
    """The near-duplicates of a note, or of the whole vault: ``{"uri": ..., "limit": 10}``, both optional, best first.

    Each as ``uri`` and ``title`` of the note in which words stand, ``of`` with those of the note whose words they are,
    ``score`` from 0 to 1, ``linked``, and ``why``, for people. With a ``uri``, ``uri`` is always the other note, even
    where it is the other's words that stand in the one asked about.
    """
    wish = wish_of(DUPLICATES, arguments)
    most = limit_of(DUPLICATES, wish)
    if uri_of(DUPLICATES, wish) is not None:
        at = note_of(server, DUPLICATES, wish)
        found = duplicates_either_way(at.vault, at.note, at.folder.config)
        return [_as_json(server, at.folder, double, at.note.id) for double in found[:most]]
    answer: list[tuple[Duplicate, dict[str, Any]]] = []
    for folder in list(server.files.folders()):
        found = (await _of_all(server, folder))[:most]
        answer += [(double, _as_json(server, folder, double)) for double in found]
    answer.sort(key=lambda pair: -pair[0].share.part)
    return [row for _, row in answer[:most]]


async def _of_all(server: NotesServer, folder: Folder) -> list[Duplicate]:
    found: list[Duplicate] = []
    began = time.monotonic()
    paths = folder.current_vault().paths_behind("", _PAGE)
    while paths:
        for path in paths:
            vault = folder.current_vault()
            note = vault.note(path)
            if note is not None:
                found += duplicates(vault, note, folder.config)
            if server.inbox.waiting or time.monotonic() - began > _SLICE:
                await asyncio.sleep(0)
                await server.inbox.calm()
                began = time.monotonic()
        paths = folder.current_vault().paths_behind(paths[-1], _PAGE)
    return best_of_each_two(found)


def _as_json(server: NotesServer, folder: Folder, double: Duplicate, asked: int | None = None) -> dict[str, Any]:
    vault = folder.current_vault()
    target, of = (double.note, double.other) if double.other.id == asked else (double.other, double.note)
    said = f"{double.percent} % of {double.share.own} words of “{double.note.title}” stand in “{double.other.title}”"
    return {
        "uri": server.uri(folder, target),
        "title": target.title,
        "of": {"uri": server.uri(folder, of), "title": of.title},
        "score": round(double.share.part, 3),
        "linked": is_linked(vault, double),
        "why": [said, *([f"“{double.share.passage}”"] if double.share.passage else [])],
    }
