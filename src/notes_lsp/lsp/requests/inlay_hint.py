"""Inlay hints: titles after links that do not tell them, and mentions that could be links."""

from __future__ import annotations

from lsprotocol import types

from notes_lsp.ide.code_actions.link_mentions import mention_hints
from notes_lsp.ide.structure.inlay_hint import title_hints
from notes_lsp.lsp.server import convert
from notes_lsp.lsp.server.server import NotesServer
from notes_lsp.text.source import Span


def inlay_hints(server: NotesServer, params: types.InlayHintParams) -> list[types.InlayHint] | None:
    """The titles behind links that do not tell them, and the notes that mentions could be linked to."""
    at = server.document(params.text_document.uri)
    if at is None:
        return None
    within = Span(
        convert.offset(at.source, params.range.start, at.unit), convert.offset(at.source, params.range.end, at.unit)
    )
    return [
        types.InlayHint(convert.position(at.source, hint.offset, at.unit), hint.text, padding_left=True)
        for hint in (
            *title_hints(at.vault, at.note, within),
            *mention_hints(at.vault, at.note, within, at.folder.config),
        )
    ]
