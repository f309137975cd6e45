"""Trying: whether named queries could be answered at all, before anybody asks them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from notes_lsp.core.queries import Query
from notes_lsp.index import schema
from notes_lsp.index.asking import compiled
from notes_lsp.index.statements import QueryError, parameters_of
from notes_lsp.index.views import ON_DISK, create_views


def complaints(queries: Iterable[Query]) -> dict[str, str]:
    """What is wrong with those queries that cannot be answered, by name, each in one line."""
    queries = list(queries)
    if not queries:
        return {}
    connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=0)
    try:
        schema.create(connection)
        create_views(connection, ON_DISK, label_first=False)
        return {query.name: wrong for query in queries if (wrong := _complaint(connection, query))}
    finally:
        connection.close()


def _complaint(connection: sqlite3.Connection, query: Query) -> str | None:
    try:
        compiled(connection, query.sql)
    except QueryError as error:
        return error.message
    known = parameters_of(query.sql)
    for name in query.order:
        if name not in known:
            return f"the statement has no parameter :{name}"
    return None
