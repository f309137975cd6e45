"""Export: the views as tables of a database of its own, for other programs."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from notes_lsp.index.sql.run import materialize_views
from notes_lsp.index.sql.views import VIEWS
from notes_lsp.index.store.schema import TOKENIZE
from notes_lsp.index.vault.vault import Vault
from notes_lsp.text.scripts import pieces

LONGEST_PIECE = 4
"""Characters side by side that full text takes for a word in scripts without spaces."""
_INDEXED = frozenset(("path", "note", "key", "tag", "target", "source"))


def write_copy(vault: Vault, path: Path) -> None:
    """Write a new database with a table for every view, and the full text, to ``path``.

    Nothing in it asks for functions of ours. ``search`` is full text as SQLite has it: ``MATCH`` and ``rank`` work, and
    ``snippet(search, 2, '', '', '…', 20)`` is the place. Where there are no spaces between words, words of up to
    ``LONGEST_PIECE`` characters are found.

    Raises:
        sqlite3.Error: it cannot be written.
    """
    copy = sqlite3.connect(path, isolation_level=None)
    try:
        copy.execute("PRAGMA journal_mode = OFF")
        copy.execute("PRAGMA synchronous = OFF")
        copy.execute("BEGIN")
        with materialize_views(vault) as connection:
            for view in VIEWS:
                if view.name != "search":
                    _copy(connection, copy, view.name)
        _write_full_text(copy)
        copy.execute("COMMIT")
    finally:
        copy.close()


def _write_full_text(copy: sqlite3.Connection) -> None:
    """Fill ``search``, whose texts are those of the other tables; pieces of words are in its index alone."""
    copy.execute(
        "CREATE VIEW search_texts AS SELECT notes.rowid AS id, path AS note, title, text AS body, NULL AS pieces "
        "FROM notes JOIN texts ON texts.note = path"
    )
    columns = "note UNINDEXED, title, body, pieces"
    copy.execute(
        f"CREATE VIRTUAL TABLE search USING fts5 ({columns}, {TOKENIZE}, content = search_texts, content_rowid = id)"
    )
    texts = copy.execute("SELECT id, note, title, body FROM search_texts")
    copy.executemany(
        "INSERT INTO search (rowid, note, title, body, pieces) VALUES (?, ?, ?, ?, ?)",
        ((id_, note, f"{title} {_pieces(title)}", body, _pieces(body)) for id_, note, title, body in texts),
    )


def _pieces(text: str) -> str:
    return " ".join(sorted(pieces(text, LONGEST_PIECE)))


def _copy(connection: sqlite3.Connection, copy: sqlite3.Connection, name: str) -> None:
    rows = connection.execute(f"SELECT * FROM {name}")
    columns = [column[0] for column in rows.description]
    copy.execute(f"CREATE TABLE {name} ({', '.join(map(_declared, columns))})")
    copy.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(columns))})", rows)
    for column in columns:
        if column in _INDEXED:
            copy.execute(f"CREATE INDEX {name}_{column} ON {name} ({column})")


def _declared(column: str) -> str:
    return f"{column} COLLATE NOCASE" if column in ("key", "tag") else column
