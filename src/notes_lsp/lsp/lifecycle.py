"""Lifecycle: the session begins and ends, buffers open and close, folders and settings come and go."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from lsprotocol import types

from notes_lsp.lsp.requests import completion as completing
from notes_lsp.lsp.server import convert
from notes_lsp.lsp.server.server import NotesServer
from notes_lsp.workspace.disk import roots


def initialize(server: NotesServer, params: types.InitializeParams) -> None:
    """Take the client's settings and roots; the disk is read once the client is told that we are there."""
    server.client_name = params.client_info.name if params.client_info else ""
    server.unit = convert.negotiate_encoding(params.capabilities)
    # Read when this returns, for the answer.
    known = cast("dict[str, Any]", server.protocol.fm.feature_options)  # pyright: ignore[reportUnknownMemberType]
    known[types.TEXT_DOCUMENT_COMPLETION] = completing.options(params.capabilities)
    _choose_diagnostics(server)
    server.files.client_settings = params.initialization_options
    given = [folder.uri for folder in params.workspace_folders or ()]
    if not given and params.root_uri:
        given = [params.root_uri]
    if not given and params.root_path:
        given = [roots.path_to_uri(Path(params.root_path))]
    server.leave_with(params.process_id)
    given = [uri for uri in given if not _is_home(uri)]
    server.root_given = bool(given)
    server.roots_to_serve = given


def initialized(server: NotesServer, _: types.InitializedParams) -> None:
    """Begin to serve the roots."""
    for uri in server.roots_to_serve:
        server.serve_uri(uri)


def did_open(server: NotesServer, params: types.DidOpenTextDocumentParams) -> None:
    """Take a buffer."""
    document = params.text_document
    server.open(document.uri, document.version, document.text)


def did_change(server: NotesServer, params: types.DidChangeTextDocumentParams) -> None:
    """Take what was typed."""
    server.edit(params.text_document.uri, params.text_document.version, params.content_changes)


def did_close(server: NotesServer, params: types.DidCloseTextDocumentParams) -> None:
    """Forget a buffer."""
    server.shut(params.text_document.uri)


def did_save(server: NotesServer, params: types.DidSaveTextDocumentParams) -> None:
    """Read what was saved at once, rather than when the watcher says so."""
    server.files.disk_changed(params.text_document.uri)


def did_change_watched_files(server: NotesServer, params: types.DidChangeWatchedFilesParams) -> None:
    """Look at what the client saw change; whatever kind it says the change is, the disk has the last word."""
    for change in params.changes:
        server.files.disk_changed(change.uri)


def did_change_configuration(server: NotesServer, params: types.DidChangeConfigurationParams) -> None:
    """Take the client's new settings."""
    server.files.client_settings = params.settings
    for served in list(server.files.served):
        server.files.reload(served)


def did_change_workspace_folders(server: NotesServer, params: types.DidChangeWorkspaceFoldersParams) -> Any:
    """Serve folders that were added, leave those that were removed."""
    return server.change_folders(
        [folder.uri for folder in params.event.added], [folder.uri for folder in params.event.removed]
    )


async def shut_down(server: NotesServer, _: Any) -> None:
    """Stop the tasks; there is nothing to be saved."""
    await server.files.close()


def _choose_diagnostics(server: NotesServer) -> None:
    """Leave out of the offer what would show warnings that have gone.

    A client that cannot be told to pull again would keep what it pulled, so that it gets its diagnostics unasked.
    Neovim 0.12, told to, pulls for the whole vault where that is offered, and passes over the notes that are open.
    """
    features = cast("dict[str, Any]", server.protocol.fm.features)  # pyright: ignore[reportUnknownMemberType]
    if not server.publisher.pulled:
        features.pop(types.TEXT_DOCUMENT_DIAGNOSTIC, None)
    if not server.publisher.pulled or server.client_name == "Neovim":
        features.pop(types.WORKSPACE_DIAGNOSTIC, None)


def _is_home(uri: str) -> bool:
    """Whether a root is a home folder without a marker of notes: clients take it for the repository that it may be."""
    path = roots.uri_to_path(uri)
    home = roots.home_folder()
    if path is None or home is None or roots.resolve_path(path) != home:
        return False
    return roots.root_at(path).marker in (None, ".git")
