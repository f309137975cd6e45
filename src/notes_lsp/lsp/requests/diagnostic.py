"""Diagnostics that a client asks for: of one note, or of all."""

from __future__ import annotations

from lsprotocol import types

from notes_lsp.lsp.server.server import NotesServer


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
