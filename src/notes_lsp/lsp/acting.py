"""Acting: code actions as workspace edits, and the commands that the server runs itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lsprotocol import types

from notes_lsp.core.text import Edit, Span
from notes_lsp.features.actions import Action, actions
from notes_lsp.lsp import convert
from notes_lsp.lsp.server import NotesServer, Place


def code_actions(server: NotesServer, params: types.CodeActionParams) -> list[types.CodeAction] | None:
    """What can be done about the links in a range."""
    at = server.document(params.text_document.uri)
    only = params.context.only
    if at is None or (only and not any("quickfix".startswith(kind) for kind in only)):
        return None
    within = Span(
        convert.offset(at.source, params.range.start, at.unit), convert.offset(at.source, params.range.end, at.unit)
    )
    return [
        types.CodeAction(
            title=action.title,
            kind=types.CodeActionKind.QuickFix,
            diagnostics=_fixed(at, action, params.context.diagnostics) or None,
            is_preferred=action.preferred or None,
            edit=_edit(server, at, action),
        )
        for action in actions(at.vault, at.note, within, at.folder.config)
    ]


def show_references(_: NotesServer, arguments: list[Any]) -> Any:
    """Give back the places of a lens, for editors that show what a command answers."""
    return arguments[2] if len(arguments) > 2 else None


def _fixed(at: Place, action: Action, diagnostics: Sequence[types.Diagnostic]) -> list[types.Diagnostic]:
    where = convert.range_(at.source, action.span, at.unit)
    return [found for found in diagnostics if found.code == action.fixes and found.range == where]


def _edit(server: NotesServer, at: Place, action: Action) -> types.WorkspaceEdit:
    here = server.uri(at.folder, at.note)
    edits = [_text_edit(at, edit) for edit in action.edits]
    workspace = server.capabilities.workspace
    able = workspace.workspace_edit if workspace else None
    # Neovim applies document changes and says so only by the resource operations that it knows.
    structured = bool(able and (able.document_changes or able.resource_operations))
    creates = bool(able and types.ResourceOperationKind.Create in (able.resource_operations or ()))
    if action.create is None:
        if not structured:
            return types.WorkspaceEdit(changes={here: edits})
        document = types.OptionalVersionedTextDocumentIdentifier(uri=here, version=server.versions.get(here))
        return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, list(edits))])
    path, text = action.create
    new = server.uri_of(at.folder, path)
    start = types.Range(types.Position(0, 0), types.Position(0, 0))
    content = [types.TextEdit(start, text)]
    if not (structured and creates):
        return types.WorkspaceEdit(changes={new: content})
    return types.WorkspaceEdit(
        document_changes=[
            types.CreateFile(uri=new),
            types.TextDocumentEdit(types.OptionalVersionedTextDocumentIdentifier(uri=new, version=None), list(content)),
        ]
    )


def _text_edit(at: Place, edit: Edit) -> types.TextEdit:
    return types.TextEdit(convert.range_(at.source, edit.span, at.unit), edit.text)
