"""Overlay: the facts of open buffers as rows, to copy them to another connection or process."""

from __future__ import annotations

import sqlite3
from typing import Any

from notes_lsp.index.store import schema

Rows = dict[str, list[tuple[Any, ...]]]
"""By table of the overlay, without its prefix."""

_TABLES = ("notes", "texts", *schema.SCHEMA_TABLES)


def overlay_rows(connection: sqlite3.Connection) -> Rows:
    """All that the overlay of a connection holds; empty where no note is open."""
    if connection.execute("SELECT 1 FROM temp.open_notes LIMIT 1").fetchone() is None:
        return {}
    return {table: connection.execute(f"SELECT * FROM temp.open_{table}").fetchall() for table in _TABLES}


def put_rows(connection: sqlite3.Connection, rows: Rows) -> None:
    """Fill the empty overlay of another connection to the same index."""
    for table, found in rows.items():
        if found:
            marks = ", ".join("?" * len(found[0]))
            connection.executemany(f"INSERT INTO temp.open_{table} VALUES ({marks})", found)
