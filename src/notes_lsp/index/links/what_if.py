"""What if: the vault as it would be after moves and edits, to resolve links in it."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

from notes_lsp.index.store.changes import NoteRows
from notes_lsp.index.store.store import note_id
from notes_lsp.index.vault import resolve
from notes_lsp.index.vault.vault import Vault
from notes_lsp.links import names
from notes_lsp.text.key_ranges import range_below

_PLACES = ("headings", "blocks", "anchors")
_NOTE = "kind, title, title_start, title_end, mtime_ns, size, hash, words, body_start, doc, ctime_ns, inode"
_READ = 1
_OF_TEXT = "('title', 'alias', 'title-slug')"

PathRow = tuple[Any, ...]


@contextmanager
def what_if(vault: Vault, moved: Mapping[str, tuple[str, bool]], written: Mapping[str, NoteRows]) -> Generator[Vault]:
    """The vault after some changes, for as long as the ``with`` lasts; nothing is written to the index file.

    The overlay of open buffers plays the future inside a savepoint. Where links lead, and what names and places there
    are, is all that may be asked: a note that was only moved has no links here.

    Args:
        vault: the vault as it is.
        moved: the new path of each file that moves, and whether it is a note there.
        written: what is read of notes with a new text, by the path they have afterwards.
    """
    run = vault.store.connection.execute
    run("SAVEPOINT imagined")
    try:
        brought = [
            (note_id(path), _tables(vault, old, path, is_note=is_note))
            for old, (path, is_note) in moved.items()
            if path not in written
        ]
        for path in moved:
            _hide(vault, path)
        for note, tables in brought:
            _clear(vault, note)
            for table, rows in tables.items():
                for row in rows:
                    run(f"INSERT INTO temp.open_{table} VALUES ({', '.join('?' * len(row))})", row)
        for prepared in written.values():
            vault.store.open_note(prepared)
        after = Vault(vault.store, vault.root, lambda _: False, lambda _: None)
        after.prefixes, after.label_first = vault.prefixes, vault.label_first
        yield after
    finally:
        run("ROLLBACK TO imagined")
        run("RELEASE imagined")


def paths_below(vault: Vault, folder: str) -> list[str]:
    """The paths of all notes and files below a folder."""
    found = vault.store.connection.execute(
        "SELECT path FROM all_notes WHERE path > ? AND path < ?", range_below(folder)
    )
    return sorted(path for (path,) in found)


def _hide(vault: Vault, path: str) -> None:
    """Leave of a note only a row without names, which shadows what is on disk and answers to nothing."""
    _clear(vault, note_id(path))
    vault.store.connection.execute(
        "INSERT INTO temp.open_notes VALUES (?, ?, ?, '', 0, 0, 0, 0, NULL, 0, 0, NULL, 0, 0)",
        (note_id(path), path, resolve.FILE),
    )


def _clear(vault: Vault, note: int) -> None:
    for table in ("names", "links", *_PLACES):
        vault.store.connection.execute(f"DELETE FROM temp.open_{table} WHERE note = ?", (note,))
    vault.store.connection.execute("DELETE FROM temp.open_notes WHERE id = ?", (note,))


def _tables(vault: Vault, old: str, path: str, *, is_note: bool) -> dict[str, list[PathRow]]:
    """The rows of a note under another path: what its text says stays, what its path says does not."""
    run = vault.store.connection.execute
    before, after = note_id(old), note_id(path)
    found = run(f"SELECT {_NOTE} FROM all_notes WHERE id = ?", (before,)).fetchone()
    if found is None:
        return {}
    kind = _READ if is_note else resolve.FILE
    tables: dict[str, list[PathRow]] = {"notes": [(after, path, kind, *found[1:])]}
    by_path = {
        (name.kind.value, name.key, name.text): (after, name.key, name.kind.value, name.text, name.whole, None)
        for name in names.names_of_path(path)
    }
    tables["names"] = list(by_path.values())
    if is_note:
        tables["names"] += [
            (after, *row)
            for row in run(
                f"SELECT key, kind, text, whole, head FROM all_names WHERE note = ? AND kind IN {_OF_TEXT}",
                (before,),
            )
        ]
        for table in _PLACES:
            tables[table] = [(after, *row[1:]) for row in run(f"SELECT * FROM all_{table} WHERE note = ?", (before,))]
    return tables
