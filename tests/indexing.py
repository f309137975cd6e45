"""Indexes for tests: vaults made of a few texts, and every row of an index in a form that can be compared."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any, TypeVar

from notes_lsp.config.settings import Config
from notes_lsp.facts import Link
from notes_lsp.index.store import schema
from notes_lsp.index.store.changes import Discovered, FileChange, Parsed, prepare_rows
from notes_lsp.index.store.store import Store
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.markdown.parse import parse
from notes_lsp.workspace.disk.ignore import Ignore
from notes_lsp.workspace.folder import Folder
from notes_lsp.workspace.scan import scan

T = TypeVar("T")


def vault_of(files: Mapping[str, str]) -> Vault:
    """A vault in memory: notes and their texts by path; what does not end in ``.md`` is an attachment."""
    store = Store(None)
    store.apply([change_of(path, text) for path, text in files.items()])
    return Vault(store, Path("/vault"), lambda _: False, lambda _: None)


def change_of(path: str, text: str) -> FileChange:
    """What reading a file would give."""
    if not path.endswith(".md"):
        return Discovered(path, 1, len(text), note=False)
    return Parsed(1, len(text), text.encode(), prepare_rows(parse(path, text), text))


def the_note(vault: Vault, path: str) -> Note:
    """The note at a path, which is there."""
    note = vault.note(path)
    assert note is not None, path
    return note


def led_to(vault: Vault, source: str, number: int = 0) -> str | None:
    """The path of what one of a note's links leads to."""
    note = the_note(vault, source)
    found = vault.destination(note, vault.facts(Link, note)[number])
    return found.note.path if found else None


def every_row(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the index and of its overlay, but for times on disk and the numbers of full-text rows."""
    run = store.connection.execute
    store.end_read()
    rows = {
        f"{prefix}{table}": sorted(run(f"SELECT * FROM {prefix}{table}").fetchall(), key=repr)
        for table in schema.SCHEMA_TABLES
        for prefix in ("main.", "all_")
    }
    for table in ("main.notes", "all_notes"):
        rows[table] = sorted(
            run(f"SELECT id, path, kind, title, title_start, title_end, size, hash, words, body_start FROM {table}")
        )
    rows["texts"] = sorted(run("SELECT path, texts.title, body, whole FROM notes LEFT JOIN texts ON texts.rowid = doc"))
    rows["words"] = sorted(run("SELECT path FROM texts JOIN notes ON doc = texts.rowid WHERE texts MATCH 'prose'"))
    assert run("SELECT count(*) FROM texts").fetchone() == run("SELECT count(doc) FROM notes").fetchone()
    return rows


def every_name(vault: Vault) -> list[tuple[Any, ...]]:
    """What the catalog of names holds."""
    return sorted(entry for entry, key in zip(vault.catalog.entries, vault.catalog.keys, strict=True) if key)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end."""
    return asyncio.run(work)


def scanned(folder: Folder, ignore: Ignore | None = None) -> Folder:
    """A folder after a scan of its whole disk."""
    assert folder.root is not None
    run(scan(folder, ignore or Ignore(folder.root), lambda _done, _total: None))
    return folder


def fresh(root: Path, folder: Folder | None = None) -> Folder:
    """An index made from nothing of what is on disk, with the buffers of another one."""
    made = scanned(Folder(root, None, folder.config if folder else Config()))
    for path in folder.open_paths if folder else ():
        source = folder.source(path) if folder else None
        assert source is not None
        made.put_buffer(path, source)
    made.current_vault()
    return made
