"""Authorizer: what a SQL statement may do: read the views and call functions."""

from __future__ import annotations

import sqlite3

from notes_lsp.index.sql.functions import OWN_FUNCTIONS
from notes_lsp.index.sql.views import VIEWS

_VIEWS = frozenset(view.name for view in VIEWS)
_TABLES = frozenset(("json_each", "json_tree"))
"""Functions that read like tables, and tell nothing but what they are given."""
_FULL_TEXT = ("texts", "open_searched")
_FORBIDDEN_FUNCTIONS = frozenset(
    ("load_extension", "fts3_tokenizer", "readfile", "writefile", "edit", "sqlite_log", "sqlite_compileoption_get")
)
_FORBIDDEN_TABLES = frozenset(("sqlite_dbpage", "dbstat", "sqlite_stmt", "bytecode", "tables_used", "fts5vocab"))
_WORDS = {
    sqlite3.SQLITE_INSERT: "insert",
    sqlite3.SQLITE_UPDATE: "update",
    sqlite3.SQLITE_DELETE: "delete",
    sqlite3.SQLITE_PRAGMA: "pragma",
    sqlite3.SQLITE_ATTACH: "attach",
    sqlite3.SQLITE_DETACH: "detach",
    sqlite3.SQLITE_TRANSACTION: "begin",
    sqlite3.SQLITE_SAVEPOINT: "savepoint",
    sqlite3.SQLITE_ALTER_TABLE: "alter",
    sqlite3.SQLITE_REINDEX: "reindex",
    sqlite3.SQLITE_ANALYZE: "analyze",
}


class Guard:
    """An authorizer of SQLite: asked about everything a statement does, while it is compiled."""

    def __init__(self) -> None:
        self.reason: str | None = None
        """Why something was forbidden."""
        self.word: str | None = None
        """The word of the statement that this is about, in lower case."""

    def __call__(
        self, action: int, first: str | None, second: str | None, schema: str | None, source: str | None
    ) -> int:
        """Whether one thing may be done; ``source`` is the view that does it, ``None`` for the statement itself."""
        if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE):
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION:
            name = (second or "").lower()
            if name in OWN_FUNCTIONS and source is None:
                return self._deny(f'there is no function "{name}"', name)
            if name in _FORBIDDEN_FUNCTIONS:
                return self._deny(f'the function "{name}" is not for questions', name)
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_READ:
            return self._may_read((first or "").lower(), second or "", schema, source)
        if action == sqlite3.SQLITE_PRAGMA and first == "data_version":
            # The full text looks whether another process wrote.
            return sqlite3.SQLITE_OK
        word = _WORDS.get(action)
        return self._deny("nothing is changed here; a question begins with SELECT, WITH or VALUES", word)

    def _may_read(self, table: str, column: str, schema: str | None, source: str | None) -> int:
        if table in _FORBIDDEN_TABLES or table.startswith("pragma_"):
            return self._deny(f'"{table}" is not for questions', table)
        # Without a column it is only said that the table takes part, which a view's table does under its own name.
        if source is not None or not column or table in _TABLES or table.startswith(_FULL_TEXT):
            return sqlite3.SQLITE_OK
        if table in _VIEWS and schema == "temp":
            return sqlite3.SQLITE_OK
        views = ", ".join(sorted(_VIEWS))
        return self._deny(f'"{table}" is a table of the index, which changes; ask the views: {views}', table)

    def _deny(self, reason: str, word: str | None) -> int:
        self.reason = self.reason or reason
        self.word = self.word or word
        return sqlite3.SQLITE_DENY
