"""Workspace edit: changes of notes and files as one edit that the client can apply."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from notes_lsp.facts import Problem
from notes_lsp.lsp.server import convert
from notes_lsp.lsp.server.server import NotesServer
from notes_lsp.text.source import Edit
from notes_lsp.workspace.disk.read import NOT_UTF8
from notes_lsp.workspace.folder import Folder

_REQUEST_FAILED = types.LSPErrorCodes.RequestFailed.value

EditStep = types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile


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

    The edits must have been computed since the vault was settled, without waiting for anything. Files that are not open
    are looked at once more, since nothing but their text says which text the edits are for.

    Raises:
        OvertakenError: some of them are no longer what the edits are for; compute all of them again.
        JsonRpcException: a note is not UTF-8, so that no editor could write it back as it is.
    """
    creates = creates or {}
    odd = not_utf8(folder, edits)
    if odd:
        raise JsonRpcException(f"{odd[0]} is not UTF-8, and would be damaged", _REQUEST_FAILED)
    written = {server.uri_of(folder, path): _text_edits(server, folder, path, found) for path, found in edits.items()}
    server.files.make_sure(folder, {*edits, *(moves or ())})
    # All of an empty file, its end included: Neovim would otherwise keep an empty line behind the text.
    whole = types.Range(types.Position(0, 0), types.Position(1, 0))
    for path, text in creates.items():
        written[server.uri_of(folder, path)] = [types.TextEdit(whole, text)]
    if not _is_structured(server) or (creates and not _can(server, types.ResourceOperationKind.Create)):
        return types.WorkspaceEdit(changes=written)
    new = {server.uri_of(folder, path) for path in creates}
    steps: list[EditStep] = []
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


def merge_edits(edits: Iterable[types.WorkspaceEdit]) -> types.WorkspaceEdit | None:
    """The edits of several folders as one; ``None`` where nothing is edited."""
    changes: dict[str, Sequence[types.TextEdit]] = {}
    steps: list[EditStep] = []
    for edit in edits:
        changes |= edit.changes or {}
        steps += edit.document_changes or ()
    return types.WorkspaceEdit(changes or None, steps or None) if changes or steps else None


def not_utf8(folder: Folder, paths: Iterable[str]) -> list[str]:
    """Those of some notes whose file holds bytes that make no text, and that are not open."""
    found: list[str] = []
    for path in paths:
        note = folder.vault.note(path) if folder.source(path) is None else None
        if note is None or "\ufffd" not in (folder.vault.text(note) or ""):
            continue
        if any(problem.code == NOT_UTF8 for problem in folder.vault.facts(Problem, note)):
            found.append(path)
    return found


def can_create(server: NotesServer) -> bool:
    """Whether the client creates files as part of a workspace edit."""
    return _is_structured(server) and _can(server, types.ResourceOperationKind.Create)


def can_edit(server: NotesServer) -> bool:
    """Whether the client applies workspace edits that the server sends."""
    workspace = server.capabilities.workspace
    return bool(workspace and workspace.apply_edit)


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
