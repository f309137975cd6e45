"""Arguments: the one object that a command takes, and the errors for wrong arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from pygls.exceptions import JsonRpcInvalidParams

from notes_lsp.lsp.server.server import NotesServer
from notes_lsp.lsp.server.session import RequestContext
from notes_lsp.workspace.folder import Folder

_LIMIT, _MAX_COUNT = 10, 1000

CommandArguments = Mapping[str, object]


def wish_of(command: str, arguments: list[Any]) -> CommandArguments:
    """The one object that a command was given; an empty one where it was given none."""
    given: object = arguments[0] if arguments else {}
    if not isinstance(given, Mapping) or len(arguments) > 1:
        raise JsonRpcInvalidParams(f'{command} takes one object: {{"uri": ..., "limit": {_LIMIT}}}')
    return cast("CommandArguments", given)


def uri_of(command: str, wish: CommandArguments) -> str | None:
    """The address that is wished for, where there is one."""
    uri = wish.get("uri")
    if uri is not None and not isinstance(uri, str):
        raise JsonRpcInvalidParams(f'{command}: "uri" is a text')
    return uri


def note_of(server: NotesServer, command: str, wish: CommandArguments) -> RequestContext:
    """The note that is wished for."""
    uri = wish.get("uri")
    if not isinstance(uri, str):
        raise JsonRpcInvalidParams(f'{command} wants the "uri" of a note')
    folder_of(command, server, uri)
    at = server.document(uri)
    if at is None:
        raise JsonRpcInvalidParams(f"{command}: there is no note at {uri}")
    return at


def folder_of(command: str, server: NotesServer, uri: str) -> Folder:
    """The folder that an address lies in, or that of a note without one that is open."""
    folder = server.files.locate(uri).folder
    if folder.root is None and not folder.open_paths:
        # Nobody asked to serve it, so that nobody would ever say that it may be forgotten.
        server.files.drop_buffer(uri)
        raise JsonRpcInvalidParams(f"{command}: there is no note at {uri}")
    return folder


def limit_of(command: str, wish: CommandArguments) -> int:
    """How many answers are wished for."""
    limit = wish.get("limit")
    if limit is None:
        return _LIMIT
    if isinstance(limit, float) and limit.is_integer():
        limit = int(limit)
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= _MAX_COUNT:
        raise JsonRpcInvalidParams(f'{command}: "limit" is a whole number from 1 to {_MAX_COUNT}')
    return limit
