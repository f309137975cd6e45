"""Navigating: definition, references, highlights, links, lenses and the two hierarchies in the protocol's terms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from lsprotocol import types

from notes_lsp.core.text import Span
from notes_lsp.features import document_links, walking
from notes_lsp.features.definition import Target, definition
from notes_lsp.features.highlight import highlight as find_highlights
from notes_lsp.features.lenses import lenses
from notes_lsp.features.references import references
from notes_lsp.index.vault import Note
from notes_lsp.lsp import convert
from notes_lsp.lsp.server import NotesServer
from notes_lsp.lsp.session import Place
from notes_lsp.workspace.folder import Folder

Item = TypeVar("Item", types.CallHierarchyItem, types.TypeHierarchyItem)

SHOW_REFERENCES = "notes.showReferences"
"""Runs when a lens is chosen: an editor that knows it opens its list; the server answers it for all others."""


def go_to_definition(server: NotesServer, params: types.DefinitionParams) -> Any:
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


def highlight(server: NotesServer, params: types.DocumentHighlightParams) -> list[types.DocumentHighlight] | None:
    """The other places of this note that mean what is under the cursor."""
    at = server.place(params)
    if at is None:
        return None
    return [
        types.DocumentHighlight(
            convert.range_(at.source, found.span, at.unit),
            types.DocumentHighlightKind.Write if found.declaration else types.DocumentHighlightKind.Read,
        )
        for found in find_highlights(at.vault, at.note, at.offset)
    ]


def links(server: NotesServer, params: types.DocumentLinkParams) -> list[types.DocumentLink] | None:
    """The links that can be opened; where they go is asked for one by one."""
    at = server.document(params.text_document.uri)
    if at is None:
        return None
    return [
        types.DocumentLink(
            convert.range_(at.source, span, at.unit), data={"uri": params.text_document.uri, "start": span.start}
        )
        for span in document_links.document_links(at.vault, at.note, at.folder.config.links.schemes)
    ]


def resolve_link(server: NotesServer, link: types.DocumentLink) -> types.DocumentLink:
    """Where a link goes."""
    known: object = link.data  # pyright: ignore[reportUnknownMemberType]
    data = cast("dict[str, object]", known) if isinstance(known, dict) else {}
    at = server.document(str(data.get("uri", "")))
    start = data.get("start")
    found = None
    if at is not None and isinstance(start, int):
        found = document_links.resolve(at.vault, at.note, start, at.folder.config.links.schemes)
    if at is None or found is None:
        return link
    opened, tooltip = found
    link.tooltip = tooltip
    if opened.url is not None:
        link.target = opened.url
    elif opened.note is not None:
        link.target = server.uri(at.folder, opened.note)
        if opened.at is not None:
            line = server.range_in(at, opened.note, opened.at).start.line
            link.target += f"#L{line + 1}"
    return link


def code_lens(server: NotesServer, params: types.CodeLensParams) -> list[types.CodeLens] | None:
    """How often the note, its headings and its blocks are mentioned."""
    at = server.document(params.text_document.uri)
    if at is None:
        return None
    uri = params.text_document.uri
    found: list[types.CodeLens] = []
    for lens in lenses(at.vault, at.note):
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
        for step in walking.incoming(at.vault, at.note)
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
        for step in walking.outgoing(at.vault, at.note)
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


def _call_item(server: NotesServer, at: Place, note: Note) -> types.CallHierarchyItem:
    return _item(types.CallHierarchyItem, server, at, note)


def _type_item(server: NotesServer, at: Place, note: Note) -> types.TypeHierarchyItem:
    return _item(types.TypeHierarchyItem, server, at, note)


def _item(kind: Callable[..., Item], server: NotesServer, at: Place, note: Note) -> Item:
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


async def _definition_later(server: NotesServer, params: types.DefinitionParams) -> Any:
    """What nothing answers to yet may be a file not seen yet, or a name in a note that is still to be read."""
    folder = server.files.locate(params.text_document.uri).folder
    for wait in (server.named, server.ready):
        await wait(folder)
        at = server.place(params)
        found = definition(at.vault, at.note, at.offset) if at is not None else []
        if at is not None and found:
            return _targets(server, at, found)
    return None


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
