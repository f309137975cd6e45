"""Relating: the commands that tell plugins of related notes, of backlinks and of orphans, as plain JSON, best first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from pygls.exceptions import JsonRpcInvalidParams

from notes_lsp.core.previews import line_around
from notes_lsp.features.similar import reasons
from notes_lsp.index.lists import link_counts, without_mentions
from notes_lsp.index.similar import similar
from notes_lsp.index.vault import Note
from notes_lsp.lsp.server import NotesServer
from notes_lsp.lsp.session import Place
from notes_lsp.workspace.folder import Folder

RELATED, BACKLINKS, ORPHANS = "notes.related", "notes.backlinks", "notes.orphans"
_LIMIT, _MOST = 10, 1000

Row = dict[str, Any]


def related(server: NotesServer, arguments: list[Any]) -> list[Row]:
    """The notes most similar to the one at ``{"uri": ..., "limit": 10}``, and why."""
    wish = _wish(RELATED, arguments)
    at = _note(server, RELATED, wish)
    return [
        _row(server, at.folder, one.note, one.score, linked=one.is_linked, why=reasons(at.vault, one))
        for one in similar(at.vault, at.note, _limit(RELATED, wish))
    ]


def backlinks(server: NotesServer, arguments: list[Any]) -> list[Row]:
    """The notes that link to the one at ``{"uri": ..., "limit": 10}``, with the lines they do it in.

    Those with the most links there come first; the score is their share of all links there.
    """
    wish = _wish(BACKLINKS, arguments)
    at = _note(server, BACKLINKS, wish)
    lines: dict[int, list[str]] = {}
    sources: dict[int, Note] = {}
    for source, link in at.vault.mentions(at.note):
        sources[source.id] = source
        lines.setdefault(source.id, []).append(line_around(at.vault.text(source) or "", link.span.start))
    total = sum(map(len, lines.values()))
    best = sorted(sources.values(), key=lambda source: (-len(lines[source.id]), source.path))
    return [
        _row(server, at.folder, source, len(lines[source.id]) / total, linked=True, why=lines[source.id])
        for source in best[: _limit(BACKLINKS, wish)]
    ]


def orphans(server: NotesServer, arguments: list[Any]) -> list[Row]:
    """The notes that no other note links to, of the folder of ``{"uri": ..., "limit": 10}``, or of all folders.

    Those without a link of their own come first, then those that were written last.
    """
    wish = _wish(ORPHANS, arguments)
    most = _limit(ORPHANS, wish)
    uri = wish.get("uri")
    if uri is not None and not isinstance(uri, str):
        raise JsonRpcInvalidParams(f'{ORPHANS}: "uri" is a text')
    folders = [server.files.locate(uri).folder] if uri is not None else list(server.files.folders())
    found: list[tuple[bool, int, Folder, Note]] = []
    for folder in folders:
        vault = folder.settle()
        counts = link_counts(vault)
        found += [(note.id in counts, -note.mtime_ns, folder, note) for note in without_mentions(vault, vault.notes())]
    found.sort(key=lambda one: (*one[:2], one[3].path))
    return [
        _row(
            *(server, folder, note, 0.5 if links else 1.0),
            linked=links,
            why=["no note links to it", *([] if links else ["it has no links"])],
        )
        for links, _, folder, note in found[:most]
    ]


COMMANDS = {RELATED: related, BACKLINKS: backlinks, ORPHANS: orphans}
"""All of them."""


def _wish(command: str, arguments: list[Any]) -> Mapping[str, object]:
    given: object = arguments[0] if arguments else {}
    if not isinstance(given, Mapping) or len(arguments) > 1:
        raise JsonRpcInvalidParams(f'{command} takes one object: {{"uri": ..., "limit": {_LIMIT}}}')
    return cast("Mapping[str, object]", given)


def _note(server: NotesServer, command: str, wish: Mapping[str, object]) -> Place:
    uri = wish.get("uri")
    if not isinstance(uri, str):
        raise JsonRpcInvalidParams(f'{command} wants the "uri" of a note')
    at = server.document(uri)
    if at is None:
        raise JsonRpcInvalidParams(f"{command}: there is no note at {uri}")
    return at


def _limit(command: str, wish: Mapping[str, object]) -> int:
    limit = wish.get("limit", _LIMIT)
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= _MOST:
        raise JsonRpcInvalidParams(f'{command}: "limit" is a whole number from 1 to {_MOST}')
    return limit


def _row(server: NotesServer, folder: Folder, note: Note, score: float, *, linked: bool, why: list[str]) -> Row:
    return {
        "uri": server.uri(folder, note),
        "title": note.title,
        "score": round(min(1.0, score), 3),
        "linked": linked,
        "why": why,
    }
