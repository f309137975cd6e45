"""Code lenses: how many lead to a note or a heading, and what runs when one is chosen."""

from __future__ import annotations

from lsprotocol import types

from notes_lsp.ide.navigation.code_lens import code_lenses
from notes_lsp.lsp.server import convert
from notes_lsp.lsp.server.server import NotesServer

SHOW_REFERENCES = "notes.showReferences"
"""Runs when a lens is chosen: an editor that knows it opens its list; the server answers it for all others."""


def code_lens(server: NotesServer, params: types.CodeLensParams) -> list[types.CodeLens] | None:
    """How often the note, its headings and its blocks are mentioned."""
    at = server.document(params.text_document.uri)
    if at is None:
        return None
    uri = params.text_document.uri
    found: list[types.CodeLens] = []
    for lens in code_lenses(at.vault, at.note):
        where = convert.range_(at.source, lens.span, at.unit)
        locations = [
            types.Location(
                server.uri(at.folder, mention.source), server.range_in(at, mention.source, mention.link.span)
            )
            for mention in lens.mentions
        ]
        command = types.Command(title=lens.label, command=SHOW_REFERENCES, arguments=[uri, where.start, locations])
        found.append(types.CodeLens(where, command))
    return found
