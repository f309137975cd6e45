"""Private: the notes of a vault that nobody else is to be given."""

from __future__ import annotations

import re
from collections.abc import Iterable

from notes_lsp.config.settings import Config
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links import names
from notes_lsp.text.globs import matches

_PUBLIC = frozenset({"", "false", "no", "off", "0", "null", "~", "none"})
"""What ``private`` may say of a note that is not; whatever else it says, the note is."""
_HEADER_CHARACTERS = 20_000
_OPENINGS = ("---", "+++", "{")


def private_notes(vault: Vault, config: Config) -> list[Note]:
    """The notes that the settings keep back, by path: those with a property of ``export.private`` that is set.

    A note whose frontmatter cannot be read is kept back where such a key seems to stand in it: better one too many.
    """
    found: dict[int, None] = {}
    run = vault.store.connection.execute
    for key in map(names.key, config.export.private):
        rows = run(
            "SELECT note, value_ FROM all_properties WHERE folded = ? OR substr(folded, 1, ?) = ?",
            (key, len(key) + 1, f"{key}."),
        )
        found.update((note, None) for note, value in rows if str(value or "").strip().casefold() not in _PUBLIC)
    broken = run("SELECT DISTINCT note FROM all_problems WHERE code_ LIKE 'frontmatter-%' OR code_ = 'duplicate-key'")
    seen = {number for (number,) in broken.fetchall()} | _unclosed(vault)
    for number in seen:
        note = vault.note_by_id(number)
        if note is not None and _seems_private(vault.text(note) or "", config.export.private):
            found[number] = None
    if config.export.exclude:
        found.update((note.id, None) for note in vault.notes() if matches(note.path, config.export.exclude))
    notes = (vault.note_by_id(number) for number in found)
    return sorted((note for note in notes if note is not None), key=lambda note: note.path)


def _unclosed(vault: Vault) -> set[int]:
    """The notes that begin as a header does and have none: its end may not be written yet, or in another way."""
    rows = vault.store.connection.execute(
        "SELECT t.note, substr(t.body, 1, 8) FROM all_texts t JOIN all_notes n ON n.id = t.note WHERE n.body_start = 0"
    )
    return {note for note, text in rows if text.lstrip("\ufeff").startswith(_OPENINGS)}


def names_of(vault: Vault, notes: Iterable[Note]) -> frozenset[str]:
    """The keys of all that some notes may be called."""
    run = vault.store.connection.execute
    return frozenset(key for note in notes for (key,) in run("SELECT key FROM all_names WHERE note = ?", (note.id,)))


def notes_with_value(vault: Vault, keys: Iterable[str]) -> list[Note]:
    """The notes with a property whose value, written plainly, is one of some names, given by their keys."""
    wanted = frozenset(keys)
    rows = vault.store.connection.execute("SELECT DISTINCT note, value_ FROM all_properties WHERE length(value_) < 300")
    found = {note for note, value in rows if value and names.path_key(str(value)) in wanted}
    notes = (vault.note_by_id(number) for number in found)
    return [note for note in notes if note is not None]


def _seems_private(text: str, keys: Iterable[str]) -> bool:
    head = text[:_HEADER_CHARACTERS]
    return any(re.search(rf"(?im)^[\s\"'{{,]*{re.escape(key)}[\"']?\s*[:=]", head) for key in keys if key)
