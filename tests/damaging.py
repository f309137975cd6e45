"""Damaging: what can happen to the file of an index while nobody looks, one function a kind."""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

from notes_lsp.index.store import schema


def pages(start: float, end: float) -> Callable[[Path], None]:
    """Overwrites a part of all pages with random bytes, as a bad disk does."""

    def damage(index: Path) -> None:
        data = bytearray(index.read_bytes())
        count = len(data) // 4096
        chosen = random.Random(1)  # noqa: S311
        for page in range(max(1, int(count * start)), int(count * end)):
            data[page * 4096 : (page + 1) * 4096] = chosen.randbytes(4096)
        index.write_bytes(data)

    return damage


def statement(*statements: str) -> Callable[[Path], None]:
    """Runs SQL on the index."""

    def damage(index: Path) -> None:
        connection = sqlite3.connect(index, isolation_level=None)
        for one in statements:
            connection.execute(one)
        connection.close()

    return damage


def nonsense(index: Path) -> None:
    """Overwrite all of it."""
    index.write_bytes(b"nonsense" * 20_000)


def texts(index: Path) -> None:
    """Damage the full text of a few notes only, which shows late."""
    connection = sqlite3.connect(index, isolation_level=None)
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute(
        "UPDATE texts_content SET c1 = CAST(x'ff00ff' AS TEXT), c2 = CAST(x'fffe' AS TEXT) WHERE id > 15"
    )
    connection.close()


def a_folder(index: Path) -> None:
    """Put a folder in its place."""
    index.unlink()
    index.mkdir()


def a_full_folder(index: Path) -> None:
    """Put a folder in its place that holds something, which nobody removes."""
    a_folder(index)
    (index / "kept").touch()


def closed(index: Path) -> None:
    """Take all rights away."""
    index.chmod(0)


def write_ahead(index: Path) -> None:
    """Leave nonsense where changes wait to be folded in."""
    index.with_name("index.db-wal").write_bytes(os.urandom(60_000))


KINDS: dict[str, Callable[[Path], None]] = {
    "garbage in its head": nonsense,
    "garbage in the second page": pages(0, 0.01),
    "garbage in its first third": pages(0.01, 0.33),
    "garbage in its middle": pages(0.4, 0.6),
    "garbage in its last fifth": pages(0.8, 1),
    "garbage in one page of a hundred": pages(0.7, 0.72),
    "garbage in the write-ahead log": write_ahead,
    "cut to nothing": lambda index: os.truncate(index, 0),
    "cut to a page": lambda index: os.truncate(index, 4096),
    "cut in half": lambda index: os.truncate(index, index.stat().st_size // 2),
    "of another version": statement(f"PRAGMA user_version = {schema.VERSION + 1}"),
    "without a table": statement("DROP TABLE links"),
    "without full text": statement("DROP TABLE texts"),
    "with full text that cannot be opened": statement("DROP TABLE texts_config"),
    "without an index": statement("DROP INDEX names_key"),
    "with texts that are none": texts,
    "a folder": a_folder,
    "a folder that is not empty": a_full_folder,
    "closed": closed,
}
