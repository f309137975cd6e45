"""Peek: names read from an index file as it is, for shell completion."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path


def notes_at_a_glance(index: Path) -> list[tuple[str, str]]:
    """The path and the title of every note, by path; nothing where there is no index, or one that cannot be read."""
    return [(str(path), str(title)) for path, title in _ask(index, "SELECT path, title FROM notes WHERE kind <> 2")]


def tags_at_a_glance(index: Path) -> list[tuple[str, int]]:
    """Every tag as written, with the number of notes it is in; nothing where that cannot be known."""
    found = _ask(index, "SELECT name_, count(DISTINCT note) FROM tags GROUP BY name_")
    return [(str(name), int(str(count))) for name, count in found]


def _ask(index: Path, question: str) -> Sequence[tuple[object, object]]:
    try:
        connection = sqlite3.connect(f"{index.as_uri()}?mode=ro", uri=True, timeout=0.2)
        try:
            # Values may be of any type where the file is damaged.
            return sorted(connection.execute(question), key=repr)
        finally:
            connection.close()
    except sqlite3.Error:
        return []
