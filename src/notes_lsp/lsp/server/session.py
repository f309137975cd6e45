"""Session: what one client can do and has open, and where and how its notes are spelled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from notes_lsp import __version__
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.lsp.server import convert
from notes_lsp.lsp.server.progress import ScanProgress
from notes_lsp.lsp.transport.inbox import Inbox
from notes_lsp.lsp.transport.json_rpc import RepairedProtocol
from notes_lsp.text.source import Encoding, Source, Span
from notes_lsp.workspace.disk import roots
from notes_lsp.workspace.folder import Folder
from notes_lsp.workspace.workspace import ServedFolder, Workspace


@dataclass(frozen=True, slots=True)
class RequestContext:
    """Where a request is asked: everything a feature needs, and what its answer needs on the way out."""

    folder: Folder
    vault: Vault
    note: Note
    source: Source
    offset: int
    unit: Encoding


class PositionParams(Protocol):
    """What every request about a position has."""

    @property
    def text_document(self) -> types.TextDocumentIdentifier:
        """The document."""
        ...

    @property
    def position(self) -> types.Position:
        """The position in it."""
        ...


class Session(LanguageServer):
    """What is known of one client. All of it, indexes included, lives on the thread of the event loop."""

    def __init__(self, disk_changed: Callable[[], None], cache: Path | None) -> None:
        """A session that calls ``disk_changed`` when notes changed on disk, with its indexes in ``cache``."""
        super().__init__("notes-lsp", __version__, protocol_cls=RepairedProtocol)  # pyright: ignore[reportUnknownMemberType]
        self.inbox = Inbox()
        assert isinstance(self.protocol, RepairedProtocol)  # noqa: S101  (that is what it was made with)
        self.protocol.leave = self.inbox.leave
        self.client_name = ""
        """What the client calls itself; ``""`` for one that does not say, as eglot before 1.10."""
        self.unit = Encoding.UTF16
        self.versions: dict[str, int] = {}
        """The version of each open document, by URI."""
        self.tokens: dict[str, tuple[str, list[int]]] = {}
        """The semantic tokens last sent of each open document, by URI, with the result id they went by."""
        self.uris: dict[tuple[int, str], str] = {}
        """The URI of each open document as the client spells it, by folder and path."""
        self.files = Workspace(None, disk_changed, self._progress, cache=cache, pause=self.inbox.calm)

    @property
    def capabilities(self) -> types.ClientCapabilities:
        """What the client said it can do."""
        return self.protocol.client_capabilities

    def document(self, uri: str) -> RequestContext | None:
        """The note at a URI, with the cursor at its beginning; ``None`` where there is no such note."""
        at = self.files.locate(uri)
        vault = at.folder.current_vault()
        note = vault.note(at.path)
        if note is None or note.is_file:
            return None
        source = at.folder.source(at.path) or Source(vault.text(note) or "")
        return RequestContext(at.folder, vault, note, source, 0, self.unit)

    def place(self, params: PositionParams) -> RequestContext | None:
        """The place a request is asked at; ``None`` where there is no such note."""
        at = self.document(params.text_document.uri)
        if at is None:
            return None
        offset = convert.offset(at.source, params.position, self.unit)
        return RequestContext(at.folder, at.vault, at.note, at.source, offset, self.unit)

    def uri(self, folder: Folder, note: Note) -> str:
        """The URI of a note."""
        return self.uri_of(folder, note.path)

    def uri_of(self, folder: Folder, path: str) -> str:
        """The URI of a path below a folder, spelled as the client spells it where the note is open."""
        known = self.uris.get((id(folder), path))
        if known is not None or folder.root is None:
            return known or path
        return roots.path_to_uri(folder.root / path)

    def range_in(self, at: RequestContext, note: Note, span: Span) -> types.Range:
        """The range of a span of any note of the same vault."""
        source = at.source if note.id == at.note.id else self.source(at.folder, note)
        return convert.range_(source, span, self.unit)

    def source(self, folder: Folder, note: Note) -> Source:
        """The text of a note with its line table."""
        return folder.source(note.path) or Source(folder.vault.text(note) or "")

    def refresh(self) -> None:
        """Ask the client to ask again for what changed behind its back."""
        workspace = self.capabilities.workspace
        if workspace and workspace.diagnostics and workspace.diagnostics.refresh_support:
            self.protocol.send_request(types.WORKSPACE_DIAGNOSTIC_REFRESH, None)

    def _progress(self, served: ServedFolder) -> Callable[[int, int], None]:
        return ScanProgress(self.protocol, served.root.path.name)
