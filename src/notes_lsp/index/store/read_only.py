"""Read-only store: an index that another process keeps, opened for reading."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from notes_lsp.index.store import overlay as overlays
from notes_lsp.index.store import schema
from notes_lsp.index.store.key_counts import Tallies
from notes_lsp.index.store.store import Store


def read_only_uri(path: Path) -> str:
    """What SQLite calls an index that is only to be read."""
    return f"file:{quote(os.fsencode(path))}?mode=ro"


class ReadingStore(Store):
    """The index at a path with an overlay of its own."""

    def __init__(self, path: Path, rows: overlays.Rows) -> None:  # pyright: ignore[reportMissingSuperCall]
        """Open the index at ``path``, open notes being those of ``rows``.

        Raises:
            sqlite3.Error: there is none, or it is of another version.
        """
        self.path = path
        self._files = {}
        self._pinned = None
        self._least_size = 0
        self._applied = 0
        self._held_version = None
        self.connection = sqlite3.connect(read_only_uri(path), uri=True, isolation_level=None)
        version = self.connection.execute("PRAGMA user_version").fetchone()[0]
        if version != schema.VERSION:
            self.connection.close()
            message = f"the index is of version {version}, not {schema.VERSION}"
            raise sqlite3.DatabaseError(message)
        schema.create_overlay(self.connection)
        overlays.put_rows(self.connection, rows)
        self.tallies = Tallies(self.connection)
        self._data_version = self.connection.execute("PRAGMA data_version").fetchone()[0]


def write_index(store: Store, path: Path) -> None:
    """Write what an index says of the disk to a new file; open buffers are left out.

    Raises:
        OSError: it cannot be written.
    """
    try:
        copy = sqlite3.connect(path)
        try:
            store.connection.backup(copy)
        finally:
            copy.close()
    except sqlite3.Error as error:
        raise OSError(str(error)) from error
