"""Completing: completion in the protocol's terms, in the one shape that every editor inserts rightly."""

from __future__ import annotations

from lsprotocol import types

from notes_lsp.features.completion import Item, Offer, completion, preview
from notes_lsp.lsp import convert
from notes_lsp.lsp.server import NotesServer

_PREVIEW_LINES = 12


def complete(server: NotesServer, params: types.CompletionParams) -> types.CompletionList | None:
    """What can be chosen at the cursor."""
    at = server.place(params)
    offer = completion(at.vault, at.note, at.offset, at.folder.config) if at else None
    if at is None or offer is None:
        return None
    capabilities = server.capabilities.text_document
    wanted = capabilities.completion.completion_item if capabilities and capabilities.completion else None
    snippets = bool(wanted and wanted.snippet_support)
    replaced = convert.range_(at.source, offer.span, at.unit)
    items = [
        _item(offer, item, number, replaced, params.text_document.uri, snippets=snippets)
        for number, item in enumerate(offer.items)
    ]
    return types.CompletionList(is_incomplete=offer.incomplete, items=items)


def resolve(server: NotesServer, item: types.CompletionItem) -> types.CompletionItem:
    """Add the preview of what an item leads to."""
    data = item.data if isinstance(item.data, dict) else {}
    at = server.document(str(data.get("uri", "")))
    if at is not None:
        anchor = data.get("anchor")
        shown = preview(
            at.vault, str(data.get("path", "")), anchor if isinstance(anchor, str) else None, _PREVIEW_LINES
        )
        if shown:
            item.documentation = types.MarkupContent(types.MarkupKind.Markdown, shown)
    return item


def _item(
    offer: Offer, item: Item, number: int, replaced: types.Range, uri: str, *, snippets: bool
) -> types.CompletionItem:
    """An item in the one shape that every editor inserts rightly; ``docs/editors.md`` says why."""
    return types.CompletionItem(
        label=item.label,
        kind=convert.ITEM_KINDS[item.kind],
        detail=item.detail,
        sort_text=f"{number:04}",
        filter_text=offer.typed or item.label,
        insert_text_format=types.InsertTextFormat.Snippet if snippets else types.InsertTextFormat.PlainText,
        text_edit=types.TextEdit(replaced, convert.snippet(item.insert) if snippets else item.insert),
        data={"uri": uri, "path": item.path, "anchor": item.anchor},
    )
