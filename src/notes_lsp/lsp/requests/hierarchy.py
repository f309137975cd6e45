"""Hierarchies: calls and types of the protocol, which are links and parents of notes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from lsprotocol import types

from notes_lsp.ide.navigation import hierarchy as walking
from notes_lsp.index.vault.vault import Note
from notes_lsp.lsp.server import convert
from notes_lsp.lsp.server.server import NotesServer
from notes_lsp.lsp.server.session import RequestContext
from notes_lsp.text.source import Span
from notes_lsp.workspace.folder import Folder

HierarchyItem = TypeVar("HierarchyItem", types.CallHierarchyItem, types.TypeHierarchyItem)


def prepare_calls(
    server: NotesServer, params: types.CallHierarchyPrepareParams
) -> list[types.CallHierarchyItem] | None:
    """The note to walk the links from."""
    at = server.place(params)
    return [_call_item(server, at, walking.start(at.vault, at.note, at.offset))] if at else None


def incoming_calls(
    server: NotesServer, params: types.CallHierarchyIncomingCallsParams
) -> list[types.CallHierarchyIncomingCall] | None:
    """The notes that link here."""
    at = server.document(params.item.uri)
    if at is None:
        return None
    return [
        types.CallHierarchyIncomingCall(
            _call_item(server, at, step.note), [server.range_in(at, step.note, span) for span in step.spans]
        )
        for step in walking.incoming_links(at.vault, at.note)
    ]


def outgoing_calls(
    server: NotesServer, params: types.CallHierarchyOutgoingCallsParams
) -> list[types.CallHierarchyOutgoingCall] | None:
    """The notes that this one links to."""
    at = server.document(params.item.uri)
    if at is None:
        return None
    return [
        types.CallHierarchyOutgoingCall(
            _call_item(server, at, step.note), [convert.range_(at.source, span, at.unit) for span in step.spans]
        )
        for step in walking.outgoing_links(at.vault, at.note)
    ]


def prepare_types(
    server: NotesServer, params: types.TypeHierarchyPrepareParams
) -> list[types.TypeHierarchyItem] | None:
    """The note to walk the hierarchy from."""
    at = server.place(params)
    return [_type_item(server, at, walking.start(at.vault, at.note, at.offset))] if at else None


def supertypes(
    server: NotesServer, params: types.TypeHierarchySupertypesParams
) -> list[types.TypeHierarchyItem] | None:
    """The notes right above."""
    at = server.document(params.item.uri)
    return [_type_item(server, at, note) for note in walking.parents(at.vault, at.note)] if at else None


def subtypes(server: NotesServer, params: types.TypeHierarchySubtypesParams) -> list[types.TypeHierarchyItem] | None:
    """The notes right below."""
    at = server.document(params.item.uri)
    return [_type_item(server, at, note) for note in walking.children(at.vault, at.note)] if at else None


def _call_item(server: NotesServer, at: RequestContext, note: Note) -> types.CallHierarchyItem:
    return _item(types.CallHierarchyItem, server, at, note)


def _type_item(server: NotesServer, at: RequestContext, note: Note) -> types.TypeHierarchyItem:
    return _item(types.TypeHierarchyItem, server, at, note)


def _item(kind: Callable[..., HierarchyItem], server: NotesServer, at: RequestContext, note: Note) -> HierarchyItem:
    """A note as a step of either hierarchy: the protocol's two kinds of items are made of the same parts."""
    return kind(
        name=note.title or note.path,
        kind=types.SymbolKind.File,
        uri=server.uri(at.folder, note),
        range=_whole(server, at.folder, note),
        selection_range=server.range_in(at, note, note.title_span),
        detail=note.path,
    )


def _whole(server: NotesServer, folder: Folder, note: Note) -> types.Range:
    source = server.source(folder, note)
    return convert.range_(source, Span(0, len(source.text)), server.unit)
