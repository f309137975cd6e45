"""Rename: rename requests, and notifications of files that the client moves, creates and deletes."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from weakref import WeakKeyDictionary

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from notes_lsp.ide.rename.move import move_edits
from notes_lsp.ide.rename.rename import subject
from notes_lsp.index.links.what_if import paths_below
from notes_lsp.index.store import overlay as overlays
from notes_lsp.index.store.changes import DiskState
from notes_lsp.index.store.read_only import ReadingStore
from notes_lsp.index.vault.vault import Vault
from notes_lsp.links.changes import Change, NameRefusedError
from notes_lsp.lsp.server import convert
from notes_lsp.lsp.server.server import NotesServer
from notes_lsp.lsp.server.workspace_edit import can_move, merge_edits, not_utf8, workspace_edit
from notes_lsp.text.source import apply_edits, clean
from notes_lsp.workspace.disk import roots
from notes_lsp.workspace.folder import Folder
from notes_lsp.workspace.threads import in_thread
from notes_lsp.workspace.workspace import OvertakenError

FILES = types.FileOperationRegistrationOptions(
    [
        types.FileOperationFilter(types.FileOperationPattern("**", matches=kind), scheme="file")
        for kind in (types.FileOperationPatternKind.File, types.FileOperationPatternKind.Folder)
    ]
)
"""Every file and folder: notes link to pictures, too, and what is ignored is found out cheaply."""

_MANY = 200
_REQUEST_FAILED = types.LSPErrorCodes.RequestFailed.value


@dataclass(frozen=True, slots=True)
class _Asked:
    """A rename with a move of a file, as the client was told to do it."""

    moves: Mapping[str, str]
    """By the path before, the path afterwards."""
    texts: Mapping[str, str]
    """What the edited notes read afterwards, by path before."""


_asked: WeakKeyDictionary[NotesServer, _Asked] = WeakKeyDictionary()


def prepare_rename(server: NotesServer, params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
    """What would be renamed under the cursor."""
    at = server.place(params)
    found = subject(at.vault, at.note, at.offset, at.folder.config.files.extensions) if at is not None else None
    if at is None or found is None:
        return None
    return types.PrepareRenamePlaceholder(convert.range_(at.source, found.span, at.unit), found.name)


def rename_symbol(server: NotesServer, params: types.RenameParams) -> types.WorkspaceEdit | None:
    """All that changes when what is under the cursor gets another name."""
    at = server.place(params)
    found = subject(at.vault, at.note, at.offset, at.folder.config.files.extensions) if at is not None else None
    if at is None or found is None:
        return None
    try:
        change = found.rename(params.new_name)
    except NameRefusedError as refused:
        raise JsonRpcException(str(refused), _REQUEST_FAILED) from None
    if change.moves and not can_move(server):
        old = next(iter(change.moves))
        shell = shlex.join(["notes-lsp", "rename", old, params.new_name])
        raise JsonRpcException(f"this editor cannot rename files for a server; run: {shell}", _REQUEST_FAILED)
    if not change:
        return None
    if change.moves:
        _asked[server] = _Asked(change.moves, _texts(at.folder, change))
    return workspace_edit(server, at.folder, change.edits, moves=change.moves)


async def will_rename_files(server: NotesServer, params: types.RenameFilesParams) -> types.WorkspaceEdit | None:
    """What has to be edited before files and folders are moved."""
    found: list[types.WorkspaceEdit] = []
    for folder, moves in _by_folder(server, params.files):
        folder.current_vault()
        if _is_ours(server, folder, moves):
            continue
        change = await _moving(folder, moves)
        # The editor moves the files whatever is answered: the links in all other notes shall follow.
        odd = not_utf8(folder, change.edits)
        edits = {path: edits for path, edits in change.edits.items() if path not in odd}
        if edits:
            found.append(workspace_edit(server, folder, edits))
        if odd:
            message = f"The links of {', '.join(odd)} do not follow: it is not UTF-8, and would be damaged"
            server.window_show_message(types.ShowMessageParams(types.MessageType.Warning, message))
    return merge_edits(found)


def did_rename_files(server: NotesServer, params: types.RenameFilesParams) -> None:
    """Look at what was moved."""
    _look_at(server, [uri for file in params.files for uri in (file.old_uri, file.new_uri)])


def did_create_files(server: NotesServer, params: types.CreateFilesParams) -> None:
    """Look at what was made."""
    _look_at(server, [file.uri for file in params.files])


def did_delete_files(server: NotesServer, params: types.DeleteFilesParams) -> None:
    """Look at what was removed."""
    _look_at(server, [file.uri for file in params.files])


async def _moving(folder: Folder, moves: Mapping[str, str]) -> Change:
    """What is edited for some moves; of very many files by a thread of its own, since it takes milliseconds a file."""
    vault, extensions = folder.vault, folder.config.files.extensions
    if folder.store.path is None or sum(len(paths_below(vault, old)) for old in moves) < _MANY:
        return move_edits(vault, moves.items(), extensions)
    rows = overlays.overlay_rows(folder.store.connection)
    sources = {path: folder.source(path) for path in folder.open_paths}
    change, known = await in_thread(partial(_moving_aside, vault, folder.store.path, rows, moves, extensions))
    folder.current_vault()
    now = folder.store.known_now(change.edits)
    changed = [
        path
        for path in change.edits
        if folder.source(path) is not sources.get(path)
        or (path not in sources and _digest(now.get(path)) != _digest(known.get(path)))
    ]
    if changed:
        raise OvertakenError(changed)
    return change


def _digest(known: DiskState | None) -> bytes | None:
    return known.digest if known is not None else None


def _moving_aside(
    vault: Vault, index: Path, rows: overlays.Rows, moves: Mapping[str, str], extensions: Sequence[str]
) -> tuple[Change, dict[str, DiskState]]:
    """The edits, and what the index knew of each edited file when they were computed."""
    store = ReadingStore(index, rows)
    try:
        store.begin_read()
        aside = Vault(store, vault.root, vault.exists, lambda _: None)
        aside.prefixes, aside.label_first, aside.complete = vault.prefixes, vault.label_first, vault.complete
        change = move_edits(aside, moves.items(), extensions)
        return change, store.known_now(change.edits)
    finally:
        store.close()


def _look_at(server: NotesServer, uris: Iterable[str]) -> None:
    for uri in uris:
        server.files.disk_changed(uri)


def _by_folder(server: NotesServer, files: Iterable[types.FileRename]) -> list[tuple[Folder, dict[str, str]]]:
    """The moves within each folder, by paths; what comes from outside or goes there is nobody's."""
    found: dict[int, tuple[Folder, dict[str, str]]] = {}
    known = {served.root: served for served in server.files.served}
    for file in files:
        old, new = (roots.uri_to_path(uri) for uri in (file.old_uri, file.new_uri))
        here = roots.locate(list(known), old) if old is not None else None
        there = roots.locate(list(known), new) if new is not None else None
        if here is None or there is None or here[0] != there[0]:
            continue
        # The root is no note, and no link can say a name that is not UTF-8.
        if all(path and clean(path) == path for path in (here[1], there[1])):
            folder = known[here[0]].folder
            found.setdefault(id(folder), (folder, {}))[1][here[1]] = there[1]
    return list(found.values())


def _is_ours(server: NotesServer, folder: Folder, moves: Mapping[str, str]) -> bool:
    """Whether an editor asks about the very move that a rename told it to make, its edits already done."""
    asked = _asked.get(server)
    if asked is None or asked.moves != moves:
        return False
    for path, text in asked.texts.items():
        note = folder.vault.note(path)
        if note is not None and folder.vault.text(note) == text:
            del _asked[server]
            return True
    return False


def _texts(folder: Folder, change: Change) -> dict[str, str]:
    texts: dict[str, str] = {}
    for path, edits in change.edits.items():
        note = folder.vault.note(path)
        if note is not None:
            texts[path] = apply_edits(folder.vault.text(note) or "", edits)
    return texts
