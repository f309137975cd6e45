"""Structure: folding ranges and selection ranges."""

from __future__ import annotations

from lsprotocol import types

from notes_lsp.ide.structure.folding_range import FoldKind, folding_ranges
from notes_lsp.ide.structure.selection_range import selection_ranges
from notes_lsp.lsp.server import convert
from notes_lsp.lsp.server.server import NotesServer

_FOLD_KINDS = {
    FoldKind.BLOCK: None,
    FoldKind.COMMENT: types.FoldingRangeKind.Comment,
    FoldKind.REGION: types.FoldingRangeKind.Region,
}


def folding_range(server: NotesServer, params: types.FoldingRangeParams) -> list[types.FoldingRange] | None:
    """What can be hidden."""
    at = server.document(params.text_document.uri)
    if at is None:
        return None
    return [
        types.FoldingRange(start_line=fold.first, end_line=fold.last, kind=_FOLD_KINDS[fold.kind])
        for fold in folding_ranges(at.vault, at.note)
    ]


def selection_range(server: NotesServer, params: types.SelectionRangeParams) -> list[types.SelectionRange] | None:
    """The ever larger things round each of the positions."""
    at = server.document(params.text_document.uri)
    if at is None:
        return None
    found: list[types.SelectionRange] = []
    for position in params.positions:
        around: types.SelectionRange | None = None
        for span in reversed(selection_ranges(at.vault, at.note, convert.offset(at.source, position, at.unit))):
            around = types.SelectionRange(convert.range_(at.source, span, at.unit), around)
        if around is not None:
            found.append(around)
    return found
