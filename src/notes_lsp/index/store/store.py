"""Store: the index file itself: opening, checking, and the one way in for what is on disk and in open buffers."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from notes_lsp.index.dependencies.change_log import ChangeLog
from notes_lsp.index.dependencies.keys import EVERYTHING
from notes_lsp.index.dependencies.note_keys import Written, track_keys
from notes_lsp.index.store import schema
from notes_lsp.index.store.changes import Deleted, Discovered, DiskState, FileChange, NoteRows, Parsed, Unchanged
from notes_lsp.index.store.damage import BrokenIndexError, is_busy, is_unwritable
from notes_lsp.index.store.key_counts import Tallies
from notes_lsp.index.store.open import OtherVersionError, files_of, open_index, open_patiently, remove
from notes_lsp.links import names
from notes_lsp.text.key_ranges import range_below

LOG = logging.getLogger(__name__)

_LISTED, _READ, _FILE = 0, 1, 2
_MAGIC = b"SQLite format 3\x00"
_AT_ONCE = 200

DatabaseRow = Sequence[Any]


def note_id(path: str) -> int:
    """The id of a note: 63 bits of a hash of its path, so that nobody ever has to agree on one."""
    return int.from_bytes(hashlib.blake2b(path.encode(), digest_size=8).digest(), "big") >> 1


class Store:
    """One index file and this process's overlay on it. Belongs to the thread that opened it."""

    def __init__(self, path: Path | None) -> None:
        """Open the index at ``path``, or in memory where it is ``None``.

        An index that is broken or of another version is removed and begun anew. Where the file cannot be written at
        all, or another process keeps it locked, the index lives in memory for this process; all of this is logged.

        Raises:
            NoFullTextError: SQLite has no FTS5.
        """
        self.path = path
        self._files: dict[Path, tuple[int, int]] = {}
        self._pinned: int | None = None
        self._least_size = 0
        self._applied = 0
        self._held_version: int | None = None
        self.connection = self._open_somehow(path)
        self._pin()
        self.tallies = Tallies(self.connection)
        self.journal = ChangeLog(self.connection)

    def close(self) -> None:
        """Close the connection; everything was written when it was applied, so nothing is left to be saved."""
        with contextlib.suppress(sqlite3.Error):
            self.connection.close()
        if self._pinned is not None:
            os.close(self._pinned)
            self._pinned = None

    def check(self) -> None:
        """Make sure that the files under the connection are still those that were opened.

        Costs a few system calls. Damage inside pages shows when they are read, as ``sqlite3.DatabaseError``.

        Raises:
            BrokenIndexError: a file was removed, replaced, truncated or overwritten.
        """
        if self.path is None or self._pinned is None:
            return
        for path, identity in self._files.items():
            try:
                now = path.stat()
            except OSError as error:
                raise BrokenIndexError(f"{path.name} was removed", replaced=path == self.path) from error
            if (now.st_dev, now.st_ino) != identity:
                raise BrokenIndexError(f"{path.name} was replaced", replaced=path == self.path)
        size = os.fstat(self._pinned).st_size
        if size < self._least_size or os.pread(self._pinned, len(_MAGIC), 0) != _MAGIC:
            raise BrokenIndexError(f"{self.path.name} was overwritten")
        self._least_size = size

    def is_sound(self) -> bool:
        """Whether the index can be read and written to, every page of it; seconds where it is large."""
        try:
            self.check()
            self.end_read()
            self.connection.execute("BEGIN IMMEDIATE")
            self.connection.execute("ROLLBACK")
            return bool(self.connection.execute("PRAGMA main.quick_check(1)").fetchone()[0] == "ok")
        except (BrokenIndexError, sqlite3.Error) as error:
            return is_busy(error)

    def begin_read(self) -> None:
        """Let all questions until ``release`` see one and the same moment, whatever other processes write meanwhile."""
        if not self.connection.in_transaction:
            self._held_version = None
            self.connection.execute("BEGIN")

    def end_read(self) -> None:
        """See what other processes wrote. Does nothing where nothing is held, or the connection is closed."""
        with contextlib.suppress(sqlite3.ProgrammingError):
            if self.connection.in_transaction:
                self._held_version = None
                self.connection.execute("COMMIT")

    @property
    def is_held(self) -> bool:
        """Whether questions see one moment."""
        return self.connection.in_transaction

    @property
    def moment(self) -> tuple[int, int]:
        """What is another one as soon as a row was written, here or by another process: answers last as long as it."""
        return self.connection.total_changes, self._version()

    @property
    def edition(self) -> tuple[int, int]:
        """What is another one as soon as anything but open notes was written, here or by another process."""
        return self._applied, self._version()

    def _version(self) -> int:
        """What another process changes by writing; while one moment is held, it is asked for once."""
        if self._held_version is not None and self.connection.in_transaction:
            return self._held_version
        version = int(self.connection.execute("PRAGMA data_version").fetchone()[0])
        self._held_version = version if self.connection.in_transaction else None
        return version

    def known(self) -> dict[str, DiskState]:
        """Every file on disk that the index knows, by path; open buffers play no part."""
        return self._known("")

    def known_at(self, path: str) -> dict[str, DiskState]:
        """What the index knows of a path on disk: of a file itself, of all files below a folder."""
        return self._known("WHERE path = ? OR (path > ? AND path < ?)", path, *range_below(path))

    def known_one(self, path: str) -> DiskState | None:
        """What the index knows of one file on disk."""
        return self._known("WHERE id = ?", note_id(path)).get(path)

    def known_now(self, paths: Iterable[str]) -> dict[str, DiskState]:
        """What the index knows of some files on disk, by path, at the moment that all questions see."""
        wanted = [note_id(path) for path in paths]
        found: dict[str, DiskState] = {}
        for first in range(0, len(wanted), _AT_ONCE):
            chunk = wanted[first : first + _AT_ONCE]
            found |= self._select_known(f"WHERE id IN ({', '.join('?' * len(chunk))})", *chunk)
        return found

    def apply(self, changes: Iterable[FileChange]) -> None:
        """Write changes of the disk, all or none; of several for one path the last one counts.

        The journal tells what they touched.

        Raises:
            sqlite3.OperationalError: the index is locked by another process, or the disk is full.
        """
        self._apply(changes, partial(track_keys, self.connection))

    def fill(self, changes: Iterable[FileChange]) -> None:
        """Write changes as ``apply`` does, where so much changes that the journal says no more than that.

        Raises:
            sqlite3.OperationalError: the index is locked by another process, or the disk is full.
        """
        self._apply(changes, lambda _: lambda: {EVERYTHING: 1})

    def _apply(self, changes: Iterable[FileChange], follow: Callable[[Mapping[int, str]], Written]) -> None:
        latest = {note_id(change.path): change for change in changes}
        self.end_read()
        self._applied += 1
        with self.tallies.following(latest), self._transaction():
            keys = follow({note: one.path for note, one in latest.items() if not isinstance(one, Unchanged)})
            rows: defaultdict[str, list[DatabaseRow]] = defaultdict(list)
            # In the order of the tables: what is written side by side takes a third of the pages.
            for note, change in sorted(latest.items(), key=lambda item: item[0]):
                match change:
                    case Discovered():
                        self._list(note, change, rows)
                    case Parsed():
                        self._read(note, change, rows)
                    case Unchanged():
                        self.connection.execute(
                            "UPDATE main.notes SET mtime_ns = ?1, size = ?2, ctime_ns = ?3, inode = ?4 "
                            "WHERE id = ?5 AND (mtime_ns, size, ctime_ns, inode) <> (?1, ?2, ?3, ?4)",
                            (_time(change), change.size, change.ctime_ns, change.inode, note),
                        )
                    case Deleted():
                        self._clear(note, *self._kind(note))
            self._insert("main.", rows)
            entry = self.journal.write(keys())
        self.journal.is_own(entry)

    def open_note(self, prepared: NoteRows) -> None:
        """Let an open buffer shadow the disk, or shadow it with newer text."""
        note = note_id(prepared.path)
        self.close_note(prepared.path)
        row = self.connection.execute("SELECT mtime_ns FROM main.notes WHERE id = ?", (note,)).fetchone()
        rows: defaultdict[str, list[DatabaseRow]] = defaultdict(list)
        rows["notes"].append(
            (
                *(note, prepared.path, _READ, prepared.title, *prepared.title_span),
                *(row[0] if row else 0, len(prepared.body), None, prepared.words, prepared.body_start, None, 0, 0),
            )
        )
        rows["texts"].append((note, prepared.body))
        _add_rows(rows, note, prepared)
        self._insert("temp.open_", rows)

    def close_note(self, path: str) -> None:
        """Let the disk show again."""
        note = note_id(path)
        found = self.connection.execute("DELETE FROM temp.open_notes WHERE id = ?", (note,))
        if not found.rowcount:
            return
        self.connection.execute("DELETE FROM temp.open_texts WHERE note = ?", (note,))
        for table in schema.SCHEMA_TABLES:
            self.connection.execute(f"DELETE FROM temp.open_{table} WHERE note = ?", (note,))

    def _open_somehow(self, path: Path | None) -> sqlite3.Connection:
        """The index at ``path``; begun anew where it is of no use, in memory where that is not possible either."""
        if path is not None:
            try:
                return open_patiently(path)
            except OtherVersionError as error:
                LOG.info("the index %s is rebuilt: %s", path, error)
                spared = False
            except (sqlite3.Error, OSError) as error:
                # A sound index is not thrown away because the disk is full, or somebody is busy with it.
                spared = is_busy(error) or is_unwritable(error)
                # What was damaged is told of in the shell as well; that a folder cannot be written is as it may be.
                LOG.log(_level(path, error), "the index %s was damaged (%s); it is rebuilt", path, error)
            if not spared:
                try:
                    remove(path)
                    return open_patiently(path)
                except (sqlite3.Error, OSError) as error:
                    LOG.warning("the index %s cannot be made anew: %s", path, error)
            LOG.warning("working in memory: everything is read again at the next start")
        self.path = None
        return open_index(None)

    def _pin(self) -> None:
        """Remember which files these are.

        The descriptor is never closed while the connection lives: closing any descriptor of a file drops the locks
        that SQLite holds on it in this process (POSIX advisory locks).
        """
        if self.path is None:
            return
        with contextlib.suppress(OSError):
            self._pinned = os.open(self.path, os.O_RDONLY)
            for path in files_of(self.path):
                found = path.stat()
                self._files[path] = (found.st_dev, found.st_ino)

    @contextlib.contextmanager
    def _transaction(self) -> Generator[None]:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self.connection.execute("ROLLBACK")
            raise

    def _known(self, where: str, *values: str | int) -> dict[str, DiskState]:
        self.end_read()
        return self._select_known(where, *values)

    def _select_known(self, where: str, *values: str | int) -> dict[str, DiskState]:
        return {
            path: DiskState(mtime_ns, size, digest if kind == _READ else None, kind != _FILE, ctime_ns, inode)
            for path, mtime_ns, size, digest, kind, ctime_ns, inode in self.connection.execute(
                f"SELECT path, mtime_ns, size, hash, kind, ctime_ns, inode FROM main.notes {where}", values
            )
        }

    def _list(self, note: int, change: Discovered, rows: defaultdict[str, list[DatabaseRow]]) -> None:
        kind = _LISTED if change.note else _FILE
        before, doc = self._kind(note)
        if before == _READ and change.note:
            return
        self._clear(note, before, doc)
        rows["notes"].append(
            (
                *(note, change.path, kind, names.stem(change.path), 0, 0, change.mtime_ns, change.size),
                *(None, 0, 0, None, change.ctime_ns, change.inode),
            )
        )
        rows["names"] += _name_rows(note, names.names_of_path(change.path))

    def _read(self, note: int, change: Parsed, rows: defaultdict[str, list[DatabaseRow]]) -> None:
        prepared = change.prepared
        before, old_doc = self._kind(note)
        if before != _LISTED:
            # Of a note that was only listed nothing is known but what is written again.
            self._clear(note, before, old_doc)
        doc = self.connection.execute(
            "INSERT INTO main.texts (title, body, whole) VALUES (?, ?, ?)", text_row(prepared.title, prepared.body)
        ).lastrowid
        rows["notes"].append(
            (
                *(note, prepared.path, _READ, prepared.title, *prepared.title_span),
                *(_time(change), change.size, change.digest, prepared.words, prepared.body_start, doc),
                *(change.ctime_ns, change.inode),
            )
        )
        _add_rows(rows, note, prepared)

    def _kind(self, note: int) -> tuple[int | None, int | None]:
        """What a note on disk is known as, and the row of its text."""
        row = self.connection.execute("SELECT kind, doc FROM main.notes WHERE id = ?", (note,)).fetchone()
        return row or (None, None)

    def _clear(self, note: int, kind: int | None, doc: int | None) -> None:
        if kind is None:
            return
        self.connection.execute("DELETE FROM main.notes WHERE id = ?", (note,))
        self.connection.execute("DELETE FROM main.names WHERE note = ?", (note,))
        if kind == _READ:
            self.connection.execute("DELETE FROM main.texts WHERE rowid = ?", (doc,))
            for table in schema.FACTS:
                self.connection.execute(f"DELETE FROM main.{table} WHERE note = ?", (note,))

    def _insert(self, prefix: str, rows: dict[str, list[DatabaseRow]]) -> None:
        for table, found in rows.items():
            marks = ", ".join("?" * len(found[0]))
            self.connection.executemany(f"INSERT OR REPLACE INTO {prefix}{table} VALUES ({marks})", found)


def text_row(title: str, body: str) -> tuple[str, str, str | None]:
    """A row of full text: what is searched, and the text itself where that is something else."""
    from notes_lsp.text.scripts import searchable  # noqa: PLC0415  (heavy, and most commands never need it)

    searched = searchable(body)
    return (searchable(title), searched, None if searched == body else body)


def _level(path: Path, error: Exception) -> int:
    return logging.ERROR if isinstance(error, sqlite3.Error) and path.exists() else logging.WARNING


def _time(change: Parsed | Unchanged) -> int:
    """A time that proves nothing is written down wrong, so that the next walk looks at the note again."""
    return change.mtime_ns if change.settled else change.mtime_ns - 1


def _add_rows(rows: defaultdict[str, list[DatabaseRow]], note: int, prepared: NoteRows) -> None:
    rows["names"] += _name_rows(note, prepared.names)
    for table, found in prepared.rows.items():
        rows[table] += [(note, *row) for row in found]


def _name_rows(note: int, found: Iterable[names.Name]) -> Iterable[DatabaseRow]:
    # Needs what only those need who write to the index.
    from notes_lsp.links.phrases import head_of  # noqa: PLC0415

    rows: dict[tuple[str, str, str], DatabaseRow] = {}
    for name in found:
        kind = name.kind.value
        row = (note, name.key, kind, name.text, name.whole, head_of(name))
        rows.setdefault((kind, name.key, name.text), row)
    return rows.values()


def library() -> tuple[str, bool]:
    """The version of SQLite that Python runs with, and whether it has full-text search."""
    connection = sqlite3.connect(":memory:")
    try:
        return sqlite3.sqlite_version, schema.has_full_text(connection)
    finally:
        connection.close()
