"""Describing: hover, outlines, folds, selections, hints and pulled diagnostics in the protocol's terms."""

from __future__ import annotations

from datetime import datetime

from lsprotocol import types

from notes_lsp.core.findings import Card
from notes_lsp.core.schemes import defused
from notes_lsp.core.text import Span
from notes_lsp.features.folding import FoldKind, folding
from notes_lsp.features.hints import hints
from notes_lsp.features.hover import hover, hover_note
from notes_lsp.features.mentions import mention_hints, mentioned
from notes_lsp.features.overview import overview
from notes_lsp.features.property_hover import hover_property
from notes_lsp.features.property_symbols import property_symbols
from notes_lsp.features.resources import citations, is_address
from notes_lsp.features.selection import selection
from notes_lsp.features.similar import similar_card
from notes_lsp.features.symbols import outline, search
from notes_lsp.lsp import convert
from notes_lsp.lsp.server import NotesServer
from notes_lsp.lsp.session import Place

_FEW = 1000
"""Notes that are read in a second or so: whoever asks meanwhile would rather wait."""
_FOLD_KINDS = {
    FoldKind.BLOCK: None,
    FoldKind.COMMENT: types.FoldingRangeKind.Comment,
    FoldKind.REGION: types.FoldingRangeKind.Region,
}


async def show_hover(server: NotesServer, params: types.HoverParams) -> types.Hover | None:
    """What the thing under the cursor leads to, and who else leads there."""
    at = await _soon_read(server, params)
    if at is None:
        return None
    card = hover(at.vault, at.note, at.offset, at.folder.config.hover)
    is_property = False
    if card is None:
        card = hover_property(at.vault, at.note, at.offset, at.folder.config)
        if card is not None and not at.vault.complete:
            # Its numbers are those of all notes, and would be too small.
            await server.ready(at.folder)
            at = server.place(params) or at
            card = hover_property(at.vault, at.note, at.offset, at.folder.config)
        is_property = card is not None
    if not at.vault.complete and is_address(at.vault, at.note, at.offset):
        await server.ready(at.folder)
        at = server.place(params) or at
    cited = citations(at.vault, at.note, at.offset, at.folder.config.hover)
    if cited is not None:
        # The label of a reference has its address to show, and who else cites that.
        # A title stands for its note in any case; an address in another first line, or in the frontmatter, for itself.
        title = at.note.title_span
        card = _joined(card, cited, _with_overview(at, None) if title.start <= at.offset < title.end else None)
    elif is_property:
        card = _joined(card, similar_card(at.vault, at.note, at.offset, at.folder.config))
    else:
        card = _with_overview(at, card)
    if card is None:
        return None
    return types.Hover(
        types.MarkupContent(types.MarkupKind.Markdown, defused(card.markdown, at.folder.config.links.schemes)),
        convert.range_(at.source, card.span, at.unit),
    )


async def _soon_read(server: NotesServer, params: types.HoverParams) -> Place | None:
    """The place that is asked about, once its vault is read; a large one as far as it is read by now."""
    at = server.place(params)
    if at is None or at.vault.complete:
        return at
    await server.named(at.folder)
    if at.folder.vault.count()[0] <= _FEW:
        await server.ready(at.folder)
    return server.place(params)


def _with_overview(at: Place, card: Card | None) -> Card | None:
    """A card with the similar notes of what it speaks of; in the head of a note, what there is to say of the note."""
    config = at.folder.config
    likes = similar_card(at.vault, at.note, at.offset, config)
    whole = overview(at.vault, at.note, at.offset, datetime.now().astimezone()) if card is None else None
    backlinks = hover_note(at.vault, at.note, config.hover) if whole is not None else ""
    if whole is not None and (named := mentioned(at.vault, at.note, config)):
        backlinks = f"{backlinks}\n\n{named}" if backlinks else named
    above = Card(whole.span, backlinks) if whole is not None else None
    return _joined(card, above, whole, likes)


def _joined(*cards: Card | None) -> Card | None:
    """Cards below one another, those without words left out; what is marked is that of the first."""
    shown = [card for card in cards if card is not None and card.markdown]
    return Card(shown[0].span, "\n\n---\n\n".join(card.markdown for card in shown)) if shown else None


def document_symbols(
    server: NotesServer, params: types.DocumentSymbolParams
) -> list[types.DocumentSymbol] | list[types.SymbolInformation] | None:
    """The frontmatter and the outline of a note, as a tree where the client takes one."""
    at = server.document(params.text_document.uri)
    if at is None:
        return None
    keys = property_symbols(at.vault, at.note)
    tree = [convert.property_symbol(at.source, keys, at.unit)] if keys is not None else []
    tree += [convert.document_symbol(at.source, symbol, at.unit) for symbol in outline(at.vault, at.note)]
    document = server.capabilities.text_document
    wants = document.document_symbol if document else None
    if wants and wants.hierarchical_document_symbol_support:
        return tree
    return list(_flat(tree, params.text_document.uri, None))


def workspace_symbols(server: NotesServer, params: types.WorkspaceSymbolParams) -> list[types.SymbolInformation]:
    """Notes and headings by name."""
    found: list[types.SymbolInformation] = []
    for folder in server.files.folders():
        vault = folder.settle()
        for hit in search(vault, params.query):
            source = server.source(folder, hit.note)
            where = types.Location(server.uri(folder, hit.note), convert.range_(source, hit.at, server.unit))
            kind = types.SymbolKind.File if hit.is_note else types.SymbolKind.String
            found.append(types.SymbolInformation(where, hit.name or hit.note.path, kind, container_name=hit.container))
    return found


async def pull_diagnostics(
    server: NotesServer, params: types.DocumentDiagnosticParams
) -> types.DocumentDiagnosticReport:
    """The diagnostics of one note, or that they are still the same."""
    return await server.publisher.report(params.text_document.uri, params.previous_result_id)


async def pull_all_diagnostics(
    server: NotesServer, params: types.WorkspaceDiagnosticParams
) -> types.WorkspaceDiagnosticReport:
    """The diagnostics of every note, but for those that are still the same."""
    known = {previous.uri: previous.value for previous in params.previous_result_ids}
    return types.WorkspaceDiagnosticReport(await server.publisher.report_all(known))


def folds(server: NotesServer, params: types.FoldingRangeParams) -> list[types.FoldingRange] | None:
    """What can be hidden."""
    at = server.document(params.text_document.uri)
    if at is None:
        return None
    return [
        types.FoldingRange(start_line=fold.first, end_line=fold.last, kind=_FOLD_KINDS[fold.kind])
        for fold in folding(at.vault, at.note)
    ]


def selections(server: NotesServer, params: types.SelectionRangeParams) -> list[types.SelectionRange] | None:
    """The ever larger things round each of the positions."""
    at = server.document(params.text_document.uri)
    if at is None:
        return None
    found: list[types.SelectionRange] = []
    for position in params.positions:
        around: types.SelectionRange | None = None
        for span in reversed(selection(at.vault, at.note, convert.offset(at.source, position, at.unit))):
            around = types.SelectionRange(convert.range_(at.source, span, at.unit), around)
        if around is not None:
            found.append(around)
    return found


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
            *hints(at.vault, at.note, within),
            *mention_hints(at.vault, at.note, within, at.folder.config),
        )
    ]


def _flat(tree: list[types.DocumentSymbol], uri: str, container: str | None) -> list[types.SymbolInformation]:
    found: list[types.SymbolInformation] = []
    for symbol in tree:
        where = types.Location(uri, symbol.range)
        found.append(types.SymbolInformation(where, symbol.name, symbol.kind, container_name=container))
        found += _flat(list(symbol.children or ()), uri, symbol.name)
    return found
