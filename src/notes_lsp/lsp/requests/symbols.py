"""Symbols: the outline of a note, and notes and headings by name."""

from __future__ import annotations

from lsprotocol import types

from notes_lsp.ide.structure.frontmatter_symbols import property_symbols
from notes_lsp.ide.structure.symbols import outline, search_symbols
from notes_lsp.lsp.server import convert
from notes_lsp.lsp.server.server import NotesServer


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
        vault = folder.current_vault()
        for hit in search_symbols(vault, params.query):
            source = server.source(folder, hit.note)
            where = types.Location(server.uri(folder, hit.note), convert.range_(source, hit.at, server.unit))
            kind = types.SymbolKind.File if hit.is_note else types.SymbolKind.String
            found.append(types.SymbolInformation(where, hit.name or hit.note.path, kind, container_name=hit.container))
    return found


def _flat(tree: list[types.DocumentSymbol], uri: str, container: str | None) -> list[types.SymbolInformation]:
    found: list[types.SymbolInformation] = []
    for symbol in tree:
        where = types.Location(uri, symbol.range)
        found.append(types.SymbolInformation(where, symbol.name, symbol.kind, container_name=container))
        found += _flat(list(symbol.children or ()), uri, symbol.name)
    return found
