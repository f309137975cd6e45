"""Validate: whether named queries compile, before they are run."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from notes_lsp.config.queries import Query
from notes_lsp.index.sql.errors import QueryError, parameters_of
from notes_lsp.index.sql.run import compile_statement
from notes_lsp.index.sql.views import ON_DISK, create_views
from notes_lsp.index.store import schema


class Complaint(NamedTuple):
    """What is wrong with a query."""

    path: tuple[str, ...]
    """The keys on the way to it, in the table of queries, as far as they are written."""
    message: str


def complaints(queries: Iterable[Query]) -> list[Complaint]:
    """What is wrong with those queries that cannot be answered, each in one line."""
    queries = list(queries)
    if not queries:
        return []
    connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=0)
    try:
        schema.create_tables(connection)
        create_views(connection, ON_DISK, label_first=False)
        return [wrong for query in queries if (wrong := _complaint(connection, query)) is not None]
    finally:
        connection.close()


def _complaint(connection: sqlite3.Connection, query: Query) -> Complaint | None:
    try:
        compile_statement(connection, query.sql)
    except QueryError as error:
        return Complaint((query.name, "sql"), error.message)
    known = parameters_of(query.sql)
    for name in query.order:
        if name not in known:
            return Complaint((query.name, "parameters", name), f"the statement has no parameter :{name}")
    return None
