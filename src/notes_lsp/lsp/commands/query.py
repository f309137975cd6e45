"""Query: SQL and named queries for editors and plugins, as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from pygls.exceptions import JsonRpcInvalidParams

from notes_lsp.config.queries import Query, type_mismatch
from notes_lsp.index.sql.errors import QueryError
from notes_lsp.index.sql.run import Limits, QueryResult, SqlValue
from notes_lsp.index.store.damage import BrokenIndexError
from notes_lsp.lsp.server.server import NotesServer
from notes_lsp.workspace.folder import Folder
from notes_lsp.workspace.sql_process import query_folder

QUERY = "notes.query"


async def run_query(server: NotesServer, arguments: list[Any]) -> dict[str, Any]:
    """Answer ``{"name": ..., "parameters": {...}}`` or ``{"sql": ...}``: ``{"columns": [...], "rows": [[...]]}``.

    Of several folders the one of ``"uri"`` is asked, else the first. Where there are more rows than the settings let
    through, the answer has ``"cut"``, which says so. What cannot be answered is an error whose message says why.
    """
    asked: object = arguments[0] if arguments else None
    if not isinstance(asked, Mapping):
        raise JsonRpcInvalidParams('notes.query takes one object: {"name": ..., "parameters": {...}} or {"sql": ...}')
    options = cast("Mapping[str, object]", asked)
    folder = _folder(server, options.get("uri"))
    query = _query(folder, options)
    limits = folder.config.query
    values = _values(query, options.get("parameters"))
    try:
        found = await _answer(server, folder, query.sql, values, Limits(float(limits.seconds), limits.rows))
    except QueryError as error:
        raise JsonRpcInvalidParams(str(error)) from None
    told: dict[str, Any] = {"columns": list(found.columns), "rows": [list(row) for row in found.rows]}
    return told if found.cut is None else {**told, "cut": found.cut}


async def _answer(
    server: NotesServer, folder: Folder, sql: str, values: Mapping[str, SqlValue] | Sequence[SqlValue], limits: Limits
) -> QueryResult:
    while True:
        store = folder.store
        try:
            found = await query_folder(folder, sql, values, limits)
        except BrokenIndexError:
            if folder.store is store:
                raise
        else:
            if folder.store is store:
                return found
        # The index was rebuilt while the statement ran in its own process, which may have met the old file, or a part
        # of the new one. Rebuilding ends: after a few times the index lives in memory.
        await server.ready(folder)


def _folder(server: NotesServer, uri: object) -> Folder:
    if isinstance(uri, str):
        return server.files.locate(uri).folder
    folder = next(iter(server.files.folders()), None)
    if folder is None:
        raise JsonRpcInvalidParams("no folder of notes is open")
    return folder


def _query(folder: Folder, options: Mapping[str, object]) -> Query:
    name, sql = options.get("name"), options.get("sql")
    if isinstance(sql, str):
        return Query("", sql)
    if not isinstance(name, str):
        raise JsonRpcInvalidParams('notes.query wants a text as "name" or "sql"')
    query = folder.config.queries.get(name)
    if query is None:
        known = ", ".join(sorted(folder.config.queries)) or "none"
        raise JsonRpcInvalidParams(f'there is no query called "{name}" in [queries]; there are: {known}')
    return query


def _values(query: Query, given: object) -> Mapping[str, SqlValue] | Sequence[SqlValue]:
    if given is None:
        return query.defaults
    if isinstance(given, list) and not query.name:
        return [_value(one) for one in cast("list[object]", given)]
    if not isinstance(given, Mapping):
        raise JsonRpcInvalidParams('"parameters" is an object: {"tag": "book"}')
    values = {name: _value(one) for name, one in cast("Mapping[str, object]", given).items()}
    for name, value in values.items():
        wrong = type_mismatch(value, query.defaults.get(name))
        if wrong is not None:
            raise JsonRpcInvalidParams(f":{name} {wrong}")
    return {**query.defaults, **values}


def _value(given: object) -> SqlValue:
    if given is None or isinstance(given, str | int | float):
        return given
    raise JsonRpcInvalidParams(f"the value of a parameter is a text, a number, true, false or null, not {given!r}")
