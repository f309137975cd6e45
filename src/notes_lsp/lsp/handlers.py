"""Handlers: the table from method to function; each converts in, calls one feature, converts out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lsprotocol import types

from notes_lsp.core.text import Span
from notes_lsp.features.completion import Item, Offer, completion, preview
from notes_lsp.features.definition import Target, definition
from notes_lsp.features.hover import hover
from notes_lsp.features.references import references
from notes_lsp.features.symbols import outline, search
from notes_lsp.lsp import convert
from notes_lsp.lsp.server import Handler, NotesServer, Place
from notes_lsp.workspace import roots

_PREVIEW_LINES = 12


def initialize(server: NotesServer, params: types.InitializeParams) -> None:
    """Take the client's settings and roots; the disk is read once the client is told that we are there."""
    server.unit = convert.encoding(params.capabilities)
    server.files.client_settings = params.initialization_options
    given = [folder.uri for folder in params.workspace_folders or ()]
    if not given and params.root_uri:
        given = [params.root_uri]
    if not given and params.root_path:
        given = [roots.path_to_uri(Path(params.root_path))]
    server.root_given = bool(given)
    server.roots_to_serve = given


def initialized(server: NotesServer, _: types.InitializedParams) -> None:
    """Begin to serve the roots."""
    for uri in server.roots_to_serve:
        server.serve_uri(uri)


def did_open(server: NotesServer, params: types.DidOpenTextDocumentParams) -> None:
    """Take a buffer."""
    document = params.text_document
    server.open(document.uri, document.version, document.text)


def did_change(server: NotesServer, params: types.DidChangeTextDocumentParams) -> None:
    """Take what was typed."""
    server.edit(params.text_document.uri, params.text_document.version, params.content_changes)


def did_close(server: NotesServer, params: types.DidCloseTextDocumentParams) -> None:
    """Forget a buffer."""
    server.shut(params.text_document.uri)


def did_save(server: NotesServer, params: types.DidSaveTextDocumentParams) -> None:
    """Read what was saved at once, rather than when the watcher says so."""
    server.files.disk_changed(params.text_document.uri)


def did_change_watched_files(server: NotesServer, params: types.DidChangeWatchedFilesParams) -> None:
    """Look at what the client saw change; whatever kind it says the change is, the disk has the last word."""
    for change in params.changes:
        server.files.disk_changed(change.uri)


def did_change_configuration(server: NotesServer, params: types.DidChangeConfigurationParams) -> None:
    """Take the client's new settings."""
    server.files.client_settings = params.settings
    for served in list(server.files.served):
        server.files.reload(served)


def did_change_workspace_folders(server: NotesServer, params: types.DidChangeWorkspaceFoldersParams) -> Any:
    """Serve folders that were added, leave those that were removed."""
    return server.change_folders(
        [folder.uri for folder in params.event.added], [folder.uri for folder in params.event.removed]
    )


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
        shown = preview(at.vault, str(data.get("path", "")), anchor if isinstance(anchor, str) else None, _PREVIEW_LINES)
        if shown:
            item.documentation = types.MarkupContent(types.MarkupKind.Markdown, shown)
    return item


def go_to_definition(
    server: NotesServer, params: types.DefinitionParams
) -> list[types.Location] | list[types.LocationLink] | None | Any:
    """Where the thing under the cursor leads."""
    at = server.place(params)
    if at is None:
        return None
    found = definition(at.vault, at.note, at.offset)
    if not found and not at.vault.complete:
        return _definition_later(server, params)
    return _targets(server, at, found)


def find_references(server: NotesServer, params: types.ReferenceParams) -> list[types.Location] | None:
    """Everything that leads to the thing under the cursor."""
    at = server.place(params)
    if at is None:
        return None
    return [
        types.Location(server.uri(at.folder, use.note), server.range_in(at, use.note, use.span))
        for use in references(at.vault, at.note, at.offset)
        if params.context.include_declaration or not use.declaration
    ]


def show_hover(server: NotesServer, params: types.HoverParams) -> types.Hover | None:
    """What the thing under the cursor leads to, and who else leads there."""
    at = server.place(params)
    card = hover(at.vault, at.note, at.offset, at.folder.config.hover) if at else None
    if at is None or card is None:
        return None
    return types.Hover(
        types.MarkupContent(types.MarkupKind.Markdown, card.markdown), convert.range_(at.source, card.span, at.unit)
    )


def document_symbols(
    server: NotesServer, params: types.DocumentSymbolParams
) -> list[types.DocumentSymbol] | list[types.SymbolInformation] | None:
    """The outline of a note, as a tree where the client takes one."""
    at = server.document(params.text_document.uri)
    if at is None:
        return None
    tree = [convert.document_symbol(at.source, symbol, at.unit) for symbol in outline(at.vault, at.note)]
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


def pull_diagnostics(
    server: NotesServer, params: types.DocumentDiagnosticParams
) -> types.DocumentDiagnosticReport:
    """The diagnostics of one note, or that they are still the same."""
    return server.publisher.report(params.text_document.uri, params.previous_result_id)


async def shut_down(server: NotesServer, _: Any) -> None:
    """Stop the tasks; there is nothing to be saved."""
    await server.files.close()


async def _definition_later(server: NotesServer, params: types.DefinitionParams) -> Any:
    """What nothing answers to yet may be a title or an alias of a note that is still to be read."""
    await server.ready(server.files.locate(params.text_document.uri).folder)
    at = server.place(params)
    return _targets(server, at, definition(at.vault, at.note, at.offset)) if at else None


def _targets(
    server: NotesServer, at: Place, found: list[Target]
) -> list[types.Location] | list[types.LocationLink] | None:
    if not found:
        return None
    document = server.capabilities.text_document
    if document and document.definition and document.definition.link_support:
        return [
            types.LocationLink(
                target_uri=server.uri(at.folder, target.note),
                target_range=server.range_in(at, target.note, _around(target.shows, target.at)),
                target_selection_range=server.range_in(at, target.note, target.at),
                origin_selection_range=convert.range_(at.source, target.origin, at.unit),
            )
            for target in found
        ]
    return [
        types.Location(server.uri(at.folder, target.note), server.range_in(at, target.note, target.at))
        for target in found
    ]


def _around(outer: Span, inner: Span) -> Span:
    """The protocol wants the selection inside the range."""
    return Span(min(outer.start, inner.start), max(outer.end, inner.end))


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


def _flat(tree: list[types.DocumentSymbol], uri: str, container: str | None) -> list[types.SymbolInformation]:
    found: list[types.SymbolInformation] = []
    for symbol in tree:
        where = types.Location(uri, symbol.range)
        found.append(types.SymbolInformation(where, symbol.name, symbol.kind, container_name=container))
        found += _flat(list(symbol.children or ()), uri, symbol.name)
    return found


HANDLERS = (
    Handler(types.INITIALIZE, initialize),
    Handler(types.INITIALIZED, initialized),
    Handler(types.SHUTDOWN, shut_down),
    Handler(types.TEXT_DOCUMENT_DID_OPEN, did_open),
    Handler(types.TEXT_DOCUMENT_DID_CHANGE, did_change),
    Handler(types.TEXT_DOCUMENT_DID_CLOSE, did_close),
    Handler(types.TEXT_DOCUMENT_DID_SAVE, did_save, types.SaveOptions(include_text=False)),
    Handler(types.WORKSPACE_DID_CHANGE_WATCHED_FILES, did_change_watched_files),
    Handler(types.WORKSPACE_DID_CHANGE_CONFIGURATION, did_change_configuration),
    Handler(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, did_change_workspace_folders),
    Handler(
        types.TEXT_DOCUMENT_COMPLETION,
        complete,
        types.CompletionOptions(trigger_characters=["[", "#", "^", " "], resolve_provider=True),
    ),
    Handler(types.COMPLETION_ITEM_RESOLVE, resolve),
    Handler(types.TEXT_DOCUMENT_DEFINITION, go_to_definition),
    Handler(types.TEXT_DOCUMENT_REFERENCES, find_references, whole_vault=True),
    Handler(types.TEXT_DOCUMENT_HOVER, show_hover),
    Handler(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, document_symbols),
    Handler(types.WORKSPACE_SYMBOL, workspace_symbols, whole_vault=True),
    Handler(
        types.TEXT_DOCUMENT_DIAGNOSTIC,
        pull_diagnostics,
        types.DiagnosticOptions(identifier="notes-lsp", inter_file_dependencies=True, workspace_diagnostics=False),
        whole_vault=True,
    ),
)
"""What the server answers. A feature is added by writing one file and one row here."""
