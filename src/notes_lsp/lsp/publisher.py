"""Publisher: diagnostics on their way to the client: pulled by those who can, pushed to all others, never both."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from typing import TYPE_CHECKING

from lsprotocol import types

from notes_lsp.features.diagnostics import Finding, diagnostics
from notes_lsp.index.store import is_broken, is_busy
from notes_lsp.lsp import convert

if TYPE_CHECKING:
    from notes_lsp.lsp.server import NotesServer, Place

LOG = logging.getLogger(__name__)

_PAUSE = 0.15
"""Seconds without a keystroke before anything is published: fast enough to feel live, slow enough not to flicker."""

DOCUMENTATION = "https://notes-lsp.invalid/diagnostics#"


class Publisher:
    """What was published of which document, and a timer."""

    def __init__(self, server: NotesServer) -> None:
        """Publish to the client of ``server``."""
        self._server = server
        self._timer: asyncio.TimerHandle | None = None
        self._sent: dict[str, str] = {}

    @property
    def pulled(self) -> bool:
        """Whether the client asks for diagnostics itself."""
        document = self._server.capabilities.text_document
        return bool(document and document.diagnostic)

    def soon(self) -> None:
        """Publish after a short pause; each call begins the pause anew."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(_PAUSE, self._now)

    async def settled(self) -> None:
        """Wait until nothing is about to be published."""
        while self._timer is not None:
            await asyncio.sleep(_PAUSE / 10)

    def closed(self, uri: str) -> None:
        """Clear what was pushed for a document that was closed."""
        if self._sent.pop(uri, None) is not None and not self.pulled:
            self._push(uri, [], None)

    def report(self, uri: str, previous: str | None) -> types.DocumentDiagnosticReport:
        """The answer to a pull; ``previous`` is the result id the client already has."""
        at = self._server.document(uri)
        found = self.of(at) if at is not None else []
        result = _digest(found)
        if result == previous:
            return types.RelatedUnchangedDocumentDiagnosticReport(result)
        return types.RelatedFullDocumentDiagnosticReport(items=found, result_id=result)

    def of(self, at: Place) -> list[types.Diagnostic]:
        """The diagnostics of a note in the protocol's terms."""
        return [_diagnostic(at, finding) for finding in diagnostics(at.vault, at.note, at.folder.config)]

    def _now(self) -> None:
        self._timer = None
        try:
            self._publish()
        except Exception as error:
            if not (is_broken(error) or is_busy(error)):
                LOG.exception("publishing failed")
                return
            for folder in list(self._server.files.folders()):
                if is_broken(error):
                    self._server.files.heal(folder, error)
            self.soon()

    def _publish(self) -> None:
        surface = False
        paths: set[tuple[int, str]] = set()
        for folder in self._server.files.folders():
            folder.settle()
            delta = folder.take_delta()
            surface = surface or delta.surface
            paths.update((id(folder), path) for path in delta.paths)
        if self.pulled:
            if surface:
                self._server.refresh()
            return
        for uri, version in list(self._server.versions.items()):
            at = self._server.document(uri)
            if at is None or not (surface or (id(at.folder), at.note.path) in paths):
                continue
            found = self.of(at)
            mark = _digest(found)
            if self._sent.get(uri) != mark:
                self._sent[uri] = mark
                self._push(uri, found, version)

    def _push(self, uri: str, found: list[types.Diagnostic], version: int | None) -> None:
        self._server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version))


def _diagnostic(at: Place, finding: Finding) -> types.Diagnostic:
    return types.Diagnostic(
        range=convert.range_(at.source, finding.span, at.unit),
        message=finding.message,
        severity=convert.SEVERITIES[finding.severity],
        code=finding.code,
        code_description=types.CodeDescription(DOCUMENTATION + finding.code),
        source="notes-lsp",
        data=finding.data or None,
    )


def _digest(found: list[types.Diagnostic]) -> str:
    return hashlib.blake2b(repr(found).encode(), digest_size=12).hexdigest()
