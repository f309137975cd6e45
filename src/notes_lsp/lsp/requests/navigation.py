"""Navigation: definition, references, highlights and document links."""

from __future__ import annotations

from typing import Any, cast

from lsprotocol import types

from notes_lsp.ide.navigation import document_link as document_links
from notes_lsp.ide.navigation.definition import Target, definition
from notes_lsp.ide.navigation.document_highlight import find_highlights
from notes_lsp.ide.navigation.references import references
from notes_lsp.lsp.server import convert
from notes_lsp.lsp.server.server import NotesServer
from notes_lsp.lsp.server.session import RequestContext
from notes_lsp.text.source import Span


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


def document_highlight(
    server: NotesServer, params: types.DocumentHighlightParams
) -> list[types.DocumentHighlight] | None:
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


def list_document_links(server: NotesServer, params: types.DocumentLinkParams) -> list[types.DocumentLink] | None:
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
        found = document_links.resolve_document_link(at.vault, at.note, start, at.folder.config.links.schemes)
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
    server: NotesServer, at: RequestContext, found: list[Target]
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
