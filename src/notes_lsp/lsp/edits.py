"""Edits: changes of notes and files as one workspace edit that the client can apply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lsprotocol import types

from notes_lsp.core.text import Edit
from notes_lsp.lsp import convert
from notes_lsp.lsp.server import NotesServer
from notes_lsp.workspace.folder import Folder

Step = types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile


def workspace_edit(
    server: NotesServer,
    folder: Folder,
    edits: Mapping[str, Sequence[Edit]],
    *,
    creates: Mapping[str, str] | None = None,
    moves: Mapping[str, str] | None = None,
) -> types.WorkspaceEdit:
    """Text edits by path, in offsets; then notes to create, by path with their text; then files to move.

    The edits of a note run from its end to its beginning, and speak of the version that is open. Moves come last:
    an editor may ask about them again, and has all edits by then. A client that knows no file operations gets the text
    of a new note as an edit; whether it can move files has to be asked before (:func:`can_move`).
    """
    creates = creates or {}
    written = {server.uri_of(folder, path): _text_edits(server, folder, path, found) for path, found in edits.items()}
    # All of an empty file, its end included: Neovim would otherwise keep an empty line behind the text.
    whole = types.Range(types.Position(0, 0), types.Position(1, 0))
    for path, text in creates.items():
        written[server.uri_of(folder, path)] = [types.TextEdit(whole, text)]
    if not _is_structured(server) or (creates and not _can(server, types.ResourceOperationKind.Create)):
        return types.WorkspaceEdit(changes=written)
    new = {server.uri_of(folder, path) for path in creates}
    steps: list[Step] = []
    for uri, found in written.items():
        if uri in new:
            steps.append(types.CreateFile(uri=uri))
        document = types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=server.versions.get(uri))
        steps.append(types.TextDocumentEdit(document, list(found)))
    steps += [
        types.RenameFile(old_uri=server.uri_of(folder, old), new_uri=server.uri_of(folder, path))
        for old, path in (moves or {}).items()
    ]
    return types.WorkspaceEdit(document_changes=steps)


def can_create(server: NotesServer) -> bool:
    """Whether the client creates files as part of a workspace edit."""
    return _is_structured(server) and _can(server, types.ResourceOperationKind.Create)


def can_move(server: NotesServer) -> bool:
    """Whether the client moves files as part of a workspace edit."""
    return _is_structured(server) and _can(server, types.ResourceOperationKind.Rename)


def _is_structured(server: NotesServer) -> bool:
    able = _able(server)
    # Neovim applies document changes and says so only by the resource operations that it knows.
    return bool(able and (able.document_changes or able.resource_operations))


def _can(server: NotesServer, operation: types.ResourceOperationKind) -> bool:
    able = _able(server)
    return bool(able and operation in (able.resource_operations or ()))


def _able(server: NotesServer) -> types.WorkspaceEditClientCapabilities | None:
    workspace = server.capabilities.workspace
    return workspace.workspace_edit if workspace else None


def _text_edits(server: NotesServer, folder: Folder, path: str, edits: Sequence[Edit]) -> list[types.TextEdit]:
    note = folder.vault.note(path)
    if note is None:
        return []
    source = server.source(folder, note)
    return [
        types.TextEdit(convert.range_(source, edit.span, server.unit), edit.text)
        for edit in sorted(edits, key=lambda edit: edit.span, reverse=True)
    ]
