"""Lists: what all notes say of one thing, in one question each: their tags, aliases, headers, links and tasks."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from notes_lsp.facts import Task
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.text.key_ranges import range_below

_LINKED_FOR_SURE = """
SELECT DISTINCT n.note FROM json_each(?) asked JOIN all_names n ON n.note = asked.value
WHERE NOT EXISTS (SELECT 1 FROM all_names o WHERE o.key = n.key AND o.note <> n.note) AND EXISTS (
    SELECT 1 FROM all_links l WHERE l.key = n.key AND l.note <> n.note AND l.kind_ = 'wiki' AND (
        l.whole_key IS NULL OR NOT EXISTS (SELECT 1 FROM all_names w WHERE w.key = l.whole_key AND w.note <> n.note)
    )
)
"""
"""Nobody else is called so, and another note has a wiki link of this name: no question where that leads."""


def tags_of_all(vault: Vault) -> dict[int, list[str]]:
    """The tags of each note that has some, each once, as first written, in the order of the text."""
    found: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for note, key, name in vault.store.connection.execute("SELECT note, key, name_ FROM all_tags ORDER BY note, n"):
        found[note].setdefault(key, name)
    return {note: list(names.values()) for note, names in found.items()}


def aliases_of_all(vault: Vault) -> dict[int, list[str]]:
    """The aliases of each note that has some."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for note, text in vault.store.connection.execute("SELECT note, text FROM all_names WHERE kind = 'alias'"):
        found[note].append(text)
    return dict(found)


def headers_of_all(vault: Vault) -> dict[int, dict[str, Any]]:
    """The header of each note that has one, as the plain value that JSON has for it."""
    return {
        note: json.loads(text) for note, text in vault.store.connection.execute("SELECT note, json FROM all_headers")
    }


def with_tag(vault: Vault, tag: str) -> set[int]:
    """The notes with a tag, given by its key, or with one below it."""
    return {
        note
        for (note,) in vault.store.connection.execute(
            "SELECT DISTINCT note FROM all_tags WHERE key = ? OR (key > ? AND key < ?)",
            (tag, *range_below(tag)),
        )
    }


def tag_uses(vault: Vault) -> list[tuple[str, str, int]]:
    """Every tag by its key, as most write it, and in how many notes it is: once for each note and spelling."""
    return list(
        vault.store.connection.execute(
            "SELECT key, name_, count(DISTINCT note) FROM all_tags GROUP BY key, name_ ORDER BY key, 3 DESC, name_"
        )
    )


def tag_bearers(vault: Vault) -> list[tuple[str, int]]:
    """Every pair of a tag's key and a note with that tag, each once."""
    return list(vault.store.connection.execute("SELECT DISTINCT key, note FROM all_tags"))


def without_mentions(vault: Vault, notes: Iterable[Note]) -> list[Note]:
    """Those of the notes that no other note links to; some hundred thousand in a second or two."""
    from notes_lsp.index.search.link_context import count_backlinks  # noqa: PLC0415  (only who asks for this needs it)

    among = list(notes)
    known: set[int] = set()
    if not (vault.prefixes or vault.label_first):
        numbers = json.dumps([note.id for note in among])
        known.update(number for (number,) in vault.store.connection.execute(_LINKED_FOR_SURE, (numbers,)))
    return [note for note in among if note.id not in known and count_backlinks(vault, note)[0] == 0]


def with_links(vault: Vault, notes: Iterable[Note]) -> set[int]:
    """Those of the notes that have links, those out of the vault included."""
    found = vault.store.connection.execute(
        "SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM all_links WHERE note = value)",
        (json.dumps([note.id for note in notes]),),
    )
    return {number for (number,) in found}


def tasks_of_all(vault: Vault) -> Iterator[tuple[Note, Task]]:
    """All tasks of all notes, by path and place."""
    return vault.every(Task)
