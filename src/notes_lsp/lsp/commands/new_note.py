"""New note: the commands that create notes, as edits that the client applies."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any, cast

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from notes_lsp.config.journal import Period, day_of
from notes_lsp.frontmatter.formats.write import HeaderValue
from notes_lsp.ide.code_actions.extract import extract_note, link_to, title_of, trim
from notes_lsp.ide.new_note.draft import (
    DraftRefusedError,
    NewNote,
    NewNoteRequest,
    draft,
    folder_below_root,
    periodic,
    with_one_id,
)
from notes_lsp.index.vault.journal import journal_format
from notes_lsp.lsp.server import convert
from notes_lsp.lsp.server.creation_time import new_note_context_with_id
from notes_lsp.lsp.server.server import NotesServer
from notes_lsp.lsp.server.session import RequestContext
from notes_lsp.lsp.server.workspace_edit import can_create, can_edit, workspace_edit
from notes_lsp.text.source import Edit, Source, Span, clean
from notes_lsp.workspace.folder import Folder
from notes_lsp.workspace.new_notes import complete_request, find_existing, title_meant, validate_properties

NEW = "notes.new"
"""Makes a note: ``{"title", "type"?, "template"?, "folder"?, "properties"?, "text"?, "selection"?, "link"?,
"anyway"?}``.
"""
DAILY = "notes.daily"
"""Makes the note of a day where it is not there: ``{"when"?, "period"?: "daily" | "weekly" | "monthly"}``."""

_TEXTS = ("title", "type", "template", "folder", "text", "when", "period", "uri")


async def new_note(server: NotesServer, arguments: list[Any]) -> dict[str, object] | None:
    """Have the client make a note by the vault's rules; gives back its URI, ``created`` and whether it was there."""
    asked = _object(arguments)
    at = _selection(server, asked)
    folder = at[0].folder if at else _folder(server, asked)
    vault = folder.current_vault()
    title = _text(asked, "title") or (title_of(at[0].source.text[at[1].start : at[1].end]) if at else "")
    if not title.strip():
        raise JsonRpcInvalidParams(f"{NEW}: a note needs a title")
    wish = NewNoteRequest(
        title_meant(title),
        _text(asked, "text") or "",
        _text(asked, "type"),
        _text(asked, "template"),
        _text(asked, "folder"),
        here=at[0].note.path if at else "",
    )
    moment = with_one_id(new_note_context_with_id(folder, vault))
    try:
        wish = complete_request(vault, folder.config, wish, _given(wish, asked), moment)
        made = (
            extract_note(vault, at[0].note, at[1], wish, folder.config, moment)
            if at
            else draft(folder.config, wish, moment)
        )
        validate_properties(folder.config, wish, made, moment, whole=False)
    except DraftRefusedError as error:
        raise JsonRpcInvalidParams(f"{NEW}: {error}") from None
    there = None if asked.get("anyway") else find_existing(vault, folder.config, wish, made)
    if there is not None:
        if at is not None:
            # Otherwise the note says so itself, and a message over it would have to be dismissed in Neovim.
            _tell(server, types.MessageType.Info, f"“{there.name}” exists: {there.path}; nothing was moved")
        return _shown(server, folder, there.path, asked, None, created=False)
    edits: dict[str, list[Edit]] = {}
    if at is not None and asked.get("link"):
        edits[at[0].note.path] = [
            Edit(trim(at[0].source.text, at[1]), link_to(vault, at[0].note.path, made, folder.config))
        ]
    return await _applied(server, folder, made, edits, asked, f"notes-lsp new {shlex.quote(wish.title)}")


async def daily_note(server: NotesServer, arguments: list[Any]) -> dict[str, object] | None:
    """Have the client make the note of a day, a week or a month where it is not there; gives back its URI."""
    asked = _object(arguments)
    folder = _folder(server, asked)
    vault = folder.current_vault()
    try:
        period = Period(_text(asked, "period") or "daily")
    except ValueError:
        raise JsonRpcInvalidParams(f"{DAILY}: period is one of {', '.join(Period)}") from None
    moment = new_note_context_with_id(folder, vault)
    how = journal_format(vault, folder.config, period)
    when = _text(asked, "when") or ""
    start = day_of(when, moment.now.date(), period, how)
    if start is None:
        raise JsonRpcInvalidParams(f"{DAILY}: “{when}” is no day")
    try:
        made = periodic(folder.config, how, start, moment, NewNoteRequest())
    except DraftRefusedError as error:
        raise JsonRpcInvalidParams(f"{DAILY}: {error}") from None
    shell = shlex.join(
        ["notes-lsp", "daily", *([] if period is Period.DAY else [f"--{period}"]), *([when] if when else [])]
    )
    return await _applied(server, folder, made, {}, asked, shell)


async def _applied(
    server: NotesServer,
    folder: Folder,
    made: NewNote,
    edits: Mapping[str, list[Edit]],
    asked: Mapping[str, object],
    shell: str,
) -> dict[str, object] | None:
    """Have the client create a note; where it cannot, tell the user of the command that does: ``shell``."""
    existed = folder.vault.note(made.path) is not None or folder.vault.exists(made.path)
    if existed and edits:
        _tell(server, types.MessageType.Info, f"“{made.path}” exists already; nothing was moved")
    if not existed:
        if not can_edit(server):
            _tell(server, types.MessageType.Error, f"this editor takes no edits from a server; run: {shell}")
            return None
        edit = workspace_edit(server, folder, edits, creates={made.path: made.text})
        label = f"Create {made.path}"
        result = await server.workspace_apply_edit_async(types.ApplyWorkspaceEditParams(edit, label))
        if not result.applied:
            reason = f" ({result.failure_reason})" if result.failure_reason else ""
            _tell(server, types.MessageType.Error, f"“{made.path}” was not created{reason}; run: {shell}")
            return None
        if not can_create(server):
            # It got the text as an edit of a file that is not there yet.
            _tell(server, types.MessageType.Info, f"“{made.path}” is begun; save it to keep it")
    at = convert.position(Source(made.text), made.cursor, server.unit) if made.cursor is not None else None
    return _shown(server, folder, made.path, asked, at if not existed else None, created=not existed)


def _shown(
    server: NotesServer,
    folder: Folder,
    path: str,
    asked: Mapping[str, object],
    cursor: types.Position | None,
    *,
    created: bool,
) -> dict[str, object]:
    uri = server.uri_of(folder, path)
    if asked.get("show") is not False:
        _show(server, uri, cursor)
    found: dict[str, object] = {"uri": uri, "created": created}
    return found if cursor is None else {**found, "cursor": {"line": cursor.line, "character": cursor.character}}


def _show(server: NotesServer, uri: str, cursor: types.Position | None) -> None:
    window = server.capabilities.window
    if window and window.show_document and window.show_document.support:
        selection = types.Range(cursor, cursor) if cursor is not None else None
        # Nobody waits for the answer: an editor may ask its user first.
        server.protocol.send_request(
            types.WINDOW_SHOW_DOCUMENT, types.ShowDocumentParams(uri, take_focus=True, selection=selection)
        )


def _tell(server: NotesServer, kind: types.MessageType, message: str) -> None:
    server.window_show_message(types.ShowMessageParams(kind, message))


def _object(arguments: list[Any]) -> Mapping[str, object]:
    """The one object that a command takes; a text alone is the title, or the day.

    Raises:
        JsonRpcInvalidParams: it is something else.
    """
    first: object = arguments[0] if arguments else dict[str, object]()
    if isinstance(first, str):
        return {"title": first, "when": first}
    if not isinstance(first, Mapping):
        raise JsonRpcInvalidParams('the command takes one object, such as {"title": "Tea"}')
    asked = cast("Mapping[str, object]", first)
    for name in _TEXTS:
        if asked.get(name) is not None and not isinstance(asked[name], str):
            raise JsonRpcInvalidParams(f"“{name}” is a text")
    return asked


def _text(asked: Mapping[str, object], name: str) -> str | None:
    found = asked.get(name)
    return clean(found) if isinstance(found, str) and found.strip() else None


def _folder(server: NotesServer, asked: Mapping[str, object]) -> Folder:
    """The vault that is meant: that of a URI, else the first that is served."""
    uri = _text(asked, "uri")
    folder = server.files.locate(uri).folder if uri else None
    if folder is None or folder.root is None:
        folder = next((one.folder for one in server.files.served), None)
    if folder is None:
        raise JsonRpcInvalidParams("there is no vault to make a note in")
    return folder


def _selection(server: NotesServer, asked: Mapping[str, object]) -> tuple[RequestContext, Span] | None:
    """The note and the span that are selected, where any are."""
    selection = asked.get("selection")
    if selection is None:
        return None
    try:
        found = cast("Mapping[str, Any]", selection)
        start, end = found["range"]["start"], found["range"]["end"]
        first = types.Position(int(start["line"]), int(start["character"]))
        last = types.Position(int(end["line"]), int(end["character"]))
        uri = str(found["uri"])
    except (KeyError, TypeError, ValueError):
        raise JsonRpcInvalidParams("“selection” is {uri, range}") from None
    at = server.document(uri)
    if at is None or at.folder.root is None:
        raise JsonRpcInvalidParams(f"there is no note {uri} in a vault")
    span = Span(convert.offset(at.source, first, at.unit), convert.offset(at.source, last, at.unit))
    return (at, Span(min(span), max(span))) if span.start != span.end else None


def _given(wish: NewNoteRequest, asked: Mapping[str, object]) -> list[tuple[str, HeaderValue]]:
    """The properties given, as pairs of a key and a value."""
    given = asked.get("properties")
    if given is None:
        return []
    if not isinstance(given, Mapping):
        raise JsonRpcInvalidParams("“properties” is an object")
    if wish.folder is not None:
        folder_below_root(wish.folder)
    return [(str(key), _plain(value)) for key, value in cast("Mapping[object, object]", given).items()]


def _plain(value: object) -> HeaderValue:
    if isinstance(value, str):
        return clean(value)
    if value is None or isinstance(value, (int, float, bool)):
        return value
    if isinstance(value, list):
        return [_plain(one) for one in cast("list[object]", value)]
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in cast("Mapping[object, object]", value).items()}
    # What came over the wire may have been read into objects.
    inner: dict[str, object] = dict(vars(value)) if hasattr(value, "__dict__") else {}
    return {key: _plain(one) for key, one in inner.items()}
