"""Init vault: the command and the code action that make a folder a vault."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from notes_lsp.lsp.server.server import NotesServer
from notes_lsp.workspace.disk import roots

INIT = "notes.init"
"""Writes an empty ``.notes-lsp.toml``: ``[uri of a note or of a folder]``; gives back the URI of the vault's folder."""
INIT_VAULT_KIND = "source.init"
"""The kind of the action, below none that an editor runs by itself when a note is saved."""


async def init_vault(server: NotesServer, arguments: list[Any]) -> str | None:
    """Mark the folder that is served for a note as a vault, or else the note's own folder."""
    folder = _folder(server, str(arguments[0])) if arguments else None
    if folder is None:
        raise JsonRpcInvalidParams(f"{INIT}: the argument is the file: URI of a note or of a folder")
    try:
        root = roots.make_vault(folder)
    except OSError as error:
        message = f"“{folder / roots.MARKERS[0]}” cannot be written: {error.strerror}"
        server.window_show_message(types.ShowMessageParams(types.MessageType.Error, message))
        return None
    await server.serve_marked(root)
    return roots.path_to_uri(root.path)


def marking_action(server: NotesServer, uri: str) -> types.CodeAction | None:
    """The action that makes the folder of a note a vault; ``None`` where it is one."""
    folder = _folder(server, uri)
    served = server.files.served_by(server.files.locate(uri).folder)
    if folder is None or (served is not None and served.root.marker is not None):
        return None
    title = f"Make the folder “{folder.name}” a vault"
    return types.CodeAction(
        title, kind=INIT_VAULT_KIND, command=types.Command(title=title, command=INIT, arguments=[uri])
    )


def _folder(server: NotesServer, uri: str) -> Path | None:
    path = roots.uri_to_path(uri)
    if path is None:
        return None
    served = server.files.served_by(server.files.locate(uri).folder) if not path.is_dir() else None
    if served is not None:
        return served.root.path
    folder = path if path.is_dir() else path.parent
    return folder if folder.is_dir() else None


INIT_COMMANDS = {INIT: init_vault}
"""The command; it takes the list of its arguments."""
