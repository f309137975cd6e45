"""Open: opening and creating an index file, and removing it with SQLite's other files."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from pathlib import Path

from notes_lsp.index.store import schema
from notes_lsp.index.store.damage import NoFullTextError, is_busy

_BUSY_SECONDS = 0.5
"""How long one statement waits for another process, and the event loop with it; whoever can wait longer tries again."""
_OPEN_SECONDS = 5.0
_STATEMENTS = 512
_WAL_PAGES = 4000
"""The write-ahead log is folded in at 16 MB: many small notes touch the same pages again and again."""


class OtherVersionError(sqlite3.DatabaseError):
    """The index was made by another version of this program; nothing is wrong with it."""


def make_cache_folder(folder: Path) -> None:
    """Make the folder of an index, and the one above it that has the names of all vaults, for their user alone.

    A folder that somebody named is made so, too, but one that is there is left as it is.

    Raises:
        OSError: it cannot be made.
    """
    above = folder.parent
    above.parent.mkdir(parents=True, exist_ok=True)
    above.mkdir(exist_ok=True, mode=0o700)
    if above.name == "notes-lsp":
        # Older versions made it for everybody.
        with contextlib.suppress(OSError):
            above.chmod(0o700)
    folder.mkdir(exist_ok=True, mode=0o700)


def open_patiently(path: Path) -> sqlite3.Connection:
    """Open the index, waiting for another process that is just making it."""
    make_cache_folder(path.parent)
    limit = time.monotonic() + _OPEN_SECONDS
    while True:
        try:
            return open_index(path)
        except sqlite3.Error as error:
            if not is_busy(error) or time.monotonic() > limit:
                raise
        time.sleep(0.02)


def open_index(path: Path | None) -> sqlite3.Connection:
    """Open the index at a path, its tables made where there are none; ``None`` is one in memory.

    Raises:
        OtherVersionError: it is of another version.
        sqlite3.Error: it is damaged or locked, or cannot be written.
    """
    connection = sqlite3.connect(
        ":memory:" if path is None else path,
        isolation_level=None,
        timeout=_BUSY_SECONDS,
        check_same_thread=False,
        cached_statements=_STATEMENTS,
    )
    try:
        if not schema.has_full_text(connection):
            raise NoFullTextError
        run = connection.execute
        run("PRAGMA journal_mode = WAL")
        run(f"PRAGMA wal_autocheckpoint = {_WAL_PAGES}")
        run("PRAGMA synchronous = NORMAL")
        run("PRAGMA temp_store = MEMORY")
        run("PRAGMA cache_size = -64000")
        if _is_empty(connection):
            # Two processes may come this far at once; the second one finds the tables made.
            run("BEGIN IMMEDIATE")
            if _is_empty(connection):
                schema.create_tables(connection)
            run("COMMIT")
        version = run("PRAGMA user_version").fetchone()[0]
        if version != schema.VERSION:
            message = f"it is of version {version}, not {schema.VERSION}"
            raise OtherVersionError(message)
        # Much of what may be damaged shows here rather than in the middle of an answer.
        missing = schema.NAMES.difference(name for (name,) in run("SELECT name FROM sqlite_master"))
        if missing:
            message = f"it has no {min(missing)}"
            raise sqlite3.DatabaseError(message)
        run("SELECT count(*) FROM notes").fetchone()
        run("SELECT rowid FROM texts LIMIT 1").fetchone()
        run("SELECT max(number) FROM journal").fetchone()
        schema.create_overlay(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _is_empty(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("SELECT count(*) = 0 FROM sqlite_master").fetchone()[0])


def files_of(path: Path) -> tuple[Path, ...]:
    """The index with all that SQLite keeps beside it."""
    return (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm"))


def remove(path: Path) -> None:
    """Remove an index with all that SQLite keeps beside it; what is not there is no error.

    Raises:
        OSError: something cannot be removed, such as a folder in the place of a file that holds anything.
    """
    for file in files_of(path):
        if file.is_dir() and not file.is_symlink():
            file.rmdir()
        else:
            file.unlink(missing_ok=True)
