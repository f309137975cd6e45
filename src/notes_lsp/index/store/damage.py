"""Damage: what an error of SQLite says about the index file, and the errors of our own about it."""

from __future__ import annotations

import re
import sqlite3

_BUSY = frozenset({5, 6, 15})  # BUSY, LOCKED, PROTOCOL
_UNWRITABLE = frozenset({8, 13})  # READONLY, FULL
_DAMAGED = frozenset({10, 11, 14, 26})  # IOERR, CORRUPT, CANTOPEN, NOTADB
_MOVED = 1032  # READONLY_DBMOVED
_DAMAGED_WORDS = ("no such table", "no such column", "could not decode", "malformed", "vtable constructor failed")
_OURS = re.compile(r"no such (?:table|column): main\.|vtable constructor failed: texts|no such index")


IndexFileError = sqlite3.Error
"""What SQLite raises, for those who do not know it."""


class NoFullTextError(RuntimeError):
    """The SQLite that Python runs with has no FTS5, and notes-lsp cannot work without it."""

    def __init__(self) -> None:
        super().__init__(
            f"notes-lsp needs an SQLite with FTS5, and this Python runs with SQLite {sqlite3.sqlite_version} without. "
            "Install a Python whose sqlite3 module has full-text search, such as your distribution's or python.org's."
        )


class BrokenIndexError(RuntimeError):
    """The index file was damaged, replaced or removed under us; open it anew and fill it again."""

    def __init__(self, message: str, *, replaced: bool = False) -> None:
        """Say what happened; ``replaced`` where the path now holds no file, or one that may well be sound."""
        super().__init__(message)
        self.replaced = replaced


def is_busy(error: BaseException) -> bool:
    """Whether an error says that another process is writing just now, so that trying again will do."""
    return isinstance(error, sqlite3.OperationalError) and _code(error) & 0xFF in _BUSY


def is_broken(error: BaseException) -> bool:
    """Whether an error says that the index file was damaged, so that it has to be made anew."""
    if isinstance(error, BrokenIndexError):
        return True
    if not isinstance(error, sqlite3.DatabaseError):
        return False
    code = _code(error)
    if code == _MOVED or code & 0xFF in _DAMAGED:
        return True
    return isinstance(error, sqlite3.OperationalError) and any(word in str(error).lower() for word in _DAMAGED_WORDS)


def is_broken_under(error: BaseException) -> bool:
    """Whether an error of a statement that a user wrote says that the index file was damaged.

    A statement can name what is not there, and call values malformed; it cannot damage a page.
    """
    if isinstance(error, BrokenIndexError):
        return True
    if not isinstance(error, sqlite3.DatabaseError):
        return False
    return _code(error) & 0xFF in _DAMAGED or _OURS.match(str(error)) is not None


def is_unwritable(error: BaseException) -> bool:
    """Whether an error says that the index cannot be written where it is: a full or a read-only disk."""
    return isinstance(error, sqlite3.OperationalError) and _code(error) != _MOVED and _code(error) & 0xFF in _UNWRITABLE


def _code(error: sqlite3.Error) -> int:
    """SQLite's extended result code; 0 for what Python itself objects to."""
    return getattr(error, "sqlite_errorcode", 0) or 0
