"""Store: the index file itself: opening, healing, and the one way in for facts of disk notes and of open buffers."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from notes_lsp.core import names
from notes_lsp.core.facts import Facts, Link, Property, Tag
from notes_lsp.index import rows, schema

LOG = logging.getLogger(__name__)

_LISTED, _READ, _FILE = 0, 1, 2
_UNWRITABLE = ("disk is full", "readonly database")
_DAMAGE = ("disk i/o error", "unable to open", "malformed", "no such table", "no such column", "not a database")
_MAGIC = b"SQLite format 3\x00"


class NoFullTextError(RuntimeError):
    """The SQLite that Python runs with has no FTS5, and notes-lsp cannot work without it."""

    def __init__(self) -> None:
        super().__init__(
            f"notes-lsp needs an SQLite with FTS5, and this Python runs with SQLite {sqlite3.sqlite_version} without it. "
            "Install a Python whose sqlite3 module has full-text search, such as your distribution's or python.org's."
        )


class BrokenIndexError(RuntimeError):
    """The index file was damaged, replaced or removed under us; open it anew and fill it again."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A note's facts as rows: what a worker process sends home."""

    path: str
    title: str
    title_span: tuple[int, int]
    words: int
    body_start: int
    names: list[names.Name]
    rows: dict[str, list[list[Any]]]
    body: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A file that the walk found: a note that is not read yet, or an attachment."""

    path: str
    mtime_ns: int
    size: int
    note: bool


@dataclass(frozen=True, slots=True)
class Read:
    """A note that was read: when, how large in bytes, the hash of those bytes, and what it says."""

    mtime_ns: int
    size: int
    digest: bytes
    prepared: Prepared


@dataclass(frozen=True, slots=True)
class Gone:
    """A file that is there no more."""

    path: str


Change = Listed | Read | Gone


@dataclass(frozen=True, slots=True)
class Known:
    """What the index knows of a file on disk."""

    mtime_ns: int
    size: int
    digest: bytes | None
    """``None`` for attachments and for notes that are not read yet."""
    note: bool


def note_id(path: str) -> int:
    """The id of a note: 63 bits of a hash of its path, so that nobody ever has to agree on one."""
    return int.from_bytes(hashlib.blake2b(path.encode(), digest_size=8).digest(), "big") >> 1


def prepare(facts: Facts, body: str) -> Prepared:
    """Facts as rows with their join keys; pure, so that worker processes can do it."""
    tables: dict[str, list[list[Any]]] = {}
    for kind, (_, attribute) in rows.FACT_TABLES.items():
        found = getattr(facts, attribute)
        if found:
            shape = rows.layout(kind)
            tables[shape.table] = [
                [n, *shape.to_row(fact), *_join_keys(facts.path, fact)] for n, fact in enumerate(found)
            ]
    every_name = [*names.names_of_path(facts.path), *names.names_of_text(facts)]
    body_start = facts.frontmatter.span.end if facts.frontmatter else 0
    return Prepared(facts.path, facts.title, tuple(facts.title_span), facts.words, body_start, every_name, tables, body)


class Store:
    """One index file and this process's overlay on it. Belongs to the thread that opened it."""

    def __init__(self, path: Path | None) -> None:
        """Open the index at ``path``, or in memory where it is ``None``.

        An index that is broken or of another version is removed and begun anew. Where the file cannot be written at
        all, the index lives in memory for this process; both are logged.

        Raises:
            NoFullTextError: SQLite has no FTS5.
        """
        self.path = path
        self._watch_file: int | None = None
        try:
            self.connection = self._open(path)
        except (sqlite3.Error, OSError) as error:
            if path is None:
                raise
            LOG.warning("index %s cannot be used (%s); it is rebuilt", path, error)
            try:
                remove(path)
                self.connection = self._open(path)
            except (sqlite3.Error, OSError) as again:
                LOG.warning("index %s cannot be written (%s); working in memory", path, again)
                self.path = None
                self.connection = self._open(None)
        self._pin()

    def close(self) -> None:
        """Close the connection; everything was written when it was applied, so nothing is left to be saved."""
        with contextlib.suppress(sqlite3.Error):
            self.connection.close()
        if self._watch_file is not None:
            os.close(self._watch_file)
            self._watch_file = None

    def check(self) -> None:
        """Make sure that the file under the connection is still the one that was opened.

        Costs two system calls. Damage inside pages shows when they are read, as ``sqlite3.DatabaseError``.

        Raises:
            BrokenIndexError: the file was removed, replaced, truncated or overwritten.
        """
        if self.path is None or self._watch_file is None:
            return
        try:
            now = os.stat(self.path)
        except OSError as error:
            raise BrokenIndexError(str(error)) from error
        mine = os.fstat(self._watch_file)
        if (now.st_dev, now.st_ino) != (mine.st_dev, mine.st_ino):
            raise BrokenIndexError("the index file was replaced")
        if now.st_size < self._least_size or os.pread(self._watch_file, 16, 0) != _MAGIC:
            raise BrokenIndexError("the index file was overwritten")
        self._least_size = now.st_size

    def known(self) -> dict[str, Known]:
        """Every file on disk that the index knows, by path; open buffers play no part."""
        return {
            path: Known(mtime_ns, size, digest if kind == _READ else None, note=kind != _FILE)
            for path, mtime_ns, size, digest, kind in self.connection.execute(
                "SELECT path, mtime_ns, size, hash, kind FROM main.notes"
            )
        }

    def known_one(self, path: str) -> Known | None:
        """What the index knows of one file on disk."""
        row = self.connection.execute(
            "SELECT mtime_ns, size, hash, kind FROM main.notes WHERE id = ?", (note_id(path),)
        ).fetchone()
        return Known(row[0], row[1], row[2] if row[3] == _READ else None, note=row[3] != _FILE) if row else None

    def knows_below(self, path: str) -> bool:
        """Whether the index knows any file below a folder."""
        low = f"{path}/"
        high = f"{path}0"  # the character after the slash
        found = self.connection.execute("SELECT 1 FROM main.notes WHERE path > ? AND path < ? LIMIT 1", (low, high))
        return found.fetchone() is not None

    def apply(self, changes: Iterable[Change]) -> None:
        """Write changes of the disk, all or none.

        Raises:
            sqlite3.OperationalError: the index is locked by another process, or the disk is full.
        """
        # Full text wants ascending rows within a transaction; sorting costs nothing next to what it saves.
        with self._transaction():
            for change in changes:
                match change:
                    case Listed():
                        self._list(change)
                    case Read():
                        self._read(change)
                    case Gone(path):
                        self._remove(note_id(path))

    def touch(self, path: str, mtime_ns: int) -> None:
        """Remember that a file was written again with the same bytes."""
        with self._transaction():
            self.connection.execute("UPDATE main.notes SET mtime_ns = ? WHERE id = ?", (mtime_ns, note_id(path)))

    def open_note(self, prepared: Prepared) -> None:
        """Let an open buffer shadow the disk, or shadow it with newer text."""
        note = note_id(prepared.path)
        self.close_note(prepared.path)
        run = self.connection.execute
        run(
            f"INSERT INTO temp.open_notes ({schema.NOTE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, "
            "coalesce((SELECT mtime_ns FROM main.notes WHERE id = ?1), 0), ?, NULL, ?, ?, NULL)",
            (
                *(note, prepared.path, _READ, prepared.title, *prepared.title_span),
                *(len(prepared.body), prepared.words, prepared.body_start),
            ),
        )
        run("INSERT INTO temp.open_texts VALUES (?, ?)", (note, prepared.body))
        self._insert_names("temp.open_names", note, prepared.names)
        for table, found in prepared.rows.items():
            self._insert_rows(f"temp.open_{table}", note, found)

    def close_note(self, path: str) -> None:
        """Let the disk show again."""
        note = note_id(path)
        self.connection.execute("DELETE FROM temp.open_notes WHERE id = ?", (note,))
        self.connection.execute("DELETE FROM temp.open_texts WHERE note = ?", (note,))
        for table in schema.TABLES:
            self.connection.execute(f"DELETE FROM temp.open_{table} WHERE note = ?", (note,))

    def _open(self, path: Path | None) -> sqlite3.Connection:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        connection = sqlite3.connect(
            ":memory:" if path is None else path, isolation_level=None, timeout=5, check_same_thread=False
        )
        try:
            if not schema.has_full_text(connection):
                raise NoFullTextError
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = OFF" if path is None else "PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute("PRAGMA cache_size = -16000")
            connection.execute("BEGIN IMMEDIATE")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
            if empty:
                schema.create(connection)
            connection.execute("COMMIT")
            if not empty and version != schema.VERSION:
                message = f"version {version}, not {schema.VERSION}"
                raise sqlite3.DatabaseError(message)
            if not empty:
                # A damaged page shows here rather than in the middle of an answer.
                connection.execute("SELECT count(*) FROM notes").fetchone()
            schema.create_overlay(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _pin(self) -> None:
        # This descriptor is never closed while the connection lives: closing any descriptor of a file drops the
        # locks that SQLite holds on it in this process (POSIX advisory locks).
        self._least_size = 0
        if self.path is not None:
            with contextlib.suppress(OSError):
                self._watch_file = os.open(self.path, os.O_RDONLY)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def _list(self, change: Listed) -> None:
        note = note_id(change.path)
        kind = _LISTED if change.note else _FILE
        row = self.connection.execute("SELECT kind FROM main.notes WHERE id = ?", (note,)).fetchone()
        if row is not None and (row[0] == kind or change.note):
            if row[0] == kind:
                self.connection.execute(
                    "UPDATE main.notes SET mtime_ns = ?, size = ? WHERE id = ?", (change.mtime_ns, change.size, note)
                )
            return
        self._remove(note)
        self.connection.execute(
            f"INSERT INTO main.notes ({schema.NOTE_COLUMNS}) VALUES (?, ?, ?, ?, 0, 0, ?, ?, NULL, 0, 0, NULL)",
            (note, change.path, kind, names.stem(change.path), change.mtime_ns, change.size),
        )
        self._insert_names("main.names", note, names.names_of_path(change.path))

    def _read(self, change: Read) -> None:
        prepared = change.prepared
        note = note_id(prepared.path)
        self._remove(note)
        run = self.connection.execute
        doc = run("INSERT INTO main.texts (title, body) VALUES (?, ?)", (prepared.title, prepared.body)).lastrowid
        run(
            f"INSERT INTO main.notes ({schema.NOTE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(note, prepared.path, _READ, prepared.title, *prepared.title_span),
                *(change.mtime_ns, change.size, change.digest, prepared.words, prepared.body_start, doc),
            ),
        )
        self._insert_names("main.names", note, prepared.names)
        for table, found in prepared.rows.items():
            self._insert_rows(f"main.{table}", note, found)

    def _remove(self, note: int) -> None:
        row = self.connection.execute("SELECT doc FROM main.notes WHERE id = ?", (note,)).fetchone()
        if row is None:
            return
        if row[0] is not None:
            self.connection.execute("DELETE FROM main.texts WHERE rowid = ?", (row[0],))
        for table in schema.TABLES:
            self.connection.execute(f"DELETE FROM main.{table} WHERE note = ?", (note,))
        self.connection.execute("DELETE FROM main.notes WHERE id = ?", (note,))

    def _insert_names(self, table: str, note: int, found: Iterable[names.Name]) -> None:
        self.connection.executemany(
            f"INSERT OR IGNORE INTO {table} VALUES (?, ?, ?, ?, ?)",
            [(note, name.key, name.kind.value, name.text, name.whole) for name in found],
        )

    def _insert_rows(self, table: str, note: int, found: list[list[Any]]) -> None:
        marks = ", ".join("?" * (len(found[0]) + 1))
        self.connection.executemany(f"INSERT INTO {table} VALUES ({marks})", [(note, *row) for row in found])


def remove(path: Path) -> None:
    """Remove an index with all that SQLite keeps beside it; what is not there is no error."""
    for name in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        name.unlink(missing_ok=True)


def library() -> tuple[str, bool]:
    """The version of SQLite that Python runs with, and whether it has full-text search."""
    connection = sqlite3.connect(":memory:")
    try:
        return sqlite3.sqlite_version, schema.has_full_text(connection)
    finally:
        connection.close()


def _join_keys(path: str, fact: Any) -> list[Any]:
    if isinstance(fact, Link):
        address = names.address(path, fact)
        url = fact.target if address.external else None
        return [address.key, address.path, address.whole_key, address.here, url]
    if isinstance(fact, Tag):
        return [names.key(fact.name)]
    if isinstance(fact, Property):
        return [names.key(fact.key)]
    return []


def is_busy(error: BaseException) -> bool:
    """Whether an error says that another process is writing just now, so that trying again will do."""
    return isinstance(error, sqlite3.OperationalError) and ("locked" in str(error) or "busy" in str(error))


def is_broken(error: BaseException) -> bool:
    """Whether an error says that the index file was damaged, so that it has to be made anew."""
    if isinstance(error, BrokenIndexError) or type(error) is sqlite3.DatabaseError:
        return True
    return isinstance(error, sqlite3.OperationalError) and any(sign in str(error).lower() for sign in _DAMAGE)


def is_unwritable(error: BaseException) -> bool:
    """Whether an error says that the index cannot be written where it is: a full or a read-only disk."""
    return isinstance(error, sqlite3.OperationalError) and any(sign in str(error).lower() for sign in _UNWRITABLE)
