"""Link context: what the links of a note and of its neighbours say about the next link."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from notes_lsp.facts import Link, LinkKind
from notes_lsp.fuzzy.match import RankingSignals
from notes_lsp.index.vault import destinations as linking
from notes_lsp.index.vault.catalog import Catalog
from notes_lsp.index.vault.resolve import FILE, nearness
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links import names
from notes_lsp.text.key_ranges import WHOLE, range_below
from notes_lsp.text.source import Span

_ASKED = "SELECT note, n, kind_, target_, anchor_, whole_key FROM all_links"
_MAX_COUNT = 40
"""So many links out and in are followed. Who has more links lists things rather than thinks of them."""


@dataclass(frozen=True, slots=True)
class Nearby:
    """The neighbourhood of a note."""

    notes: frozenset[int] = frozenset()
    """The notes one link away, in either direction."""
    asked: Counter[str] = field(default_factory=Counter[str])
    """How many of those ask for a key."""
    most: float = 1.0
    """The logarithm of the highest of these numbers."""


def nearby(vault: Vault, note: Note, offset: int) -> Nearby:
    """The neighbourhood of a note without the link at ``offset``, which is being typed.

    Kept until some note's names change or this note's links do; what a neighbour links to meanwhile comes late.
    """
    keys = tuple(
        vault.store.connection.execute(
            "SELECT DISTINCT key, path_key FROM all_links WHERE note = ? AND NOT (span_start <= ? AND span_end >= ?) "
            f"AND NOT here AND url IS NULL ORDER BY n DESC LIMIT {_MAX_COUNT}",
            (note.id, offset, offset),
        )
    )
    known = vault.catalog.memory.get(note.id)
    if isinstance(known, tuple) and known[0] == keys and isinstance(known[1], Nearby):
        return known[1]
    found = _explored(vault, note, keys)
    vault.catalog.memory[note.id] = (keys, found)
    return found


def circumstances(catalog: Catalog, around: Nearby, source: Note, entry_note: int, path: str) -> RankingSignals:
    """What speaks for a note as the target of the next link in ``source``."""
    asked = 0
    if around.asked:
        for entry in catalog.of_note(entry_note):
            asked = max(asked, around.asked.get(entry.key, 0))
    return RankingSignals(
        recency=catalog.recency(entry_note),
        linked=catalog.linked(entry_note),
        near=1.0 if entry_note in around.notes else 0.0,
        neighbours=math.log1p(asked) / around.most if asked else 0.0,
        folder=_shared(source.path, path),
    )


def notes_with_keys(vault: Vault, keys: Iterable[str]) -> list[int]:
    """The notes with these keys as names, at most two for each, in the order of the keys."""
    run = vault.store.connection.execute
    return [row[0] for key in keys for row in run("SELECT note FROM all_names WHERE key = ? LIMIT 2", (key,))]


def count_backlinks(vault: Vault, note: Note, most: int = -1) -> tuple[int, bool]:
    """How many links lead to a note from others, and whether there may be more of them than were counted.

    Wiki links are counted where nobody else has a name like its own; of others it is asked once for each text, in each
    folder, whether the note is meant by it. Of each of its names no more than ``most`` links are looked at.
    """
    if vault.prefixes or vault.label_first:
        return len(vault.mentions(note)), False
    run = vault.store.connection.execute
    named = run("SELECT key, max(whole AND kind = 'path') FROM all_names WHERE note = ? GROUP BY key", (note.id,))
    taken: dict[str | None, bool] = {None: False}
    certain: set[tuple[int, int]] = set()
    doubtful: dict[tuple[int, int], tuple[str, str, str | None]] = {}
    cut = False
    for key, is_path in named.fetchall():
        shared = _has_other(vault, note, key)
        for column in ("key", "whole_key", "path_key") if is_path else ("key", "whole_key"):
            found = run(f"{_ASKED} WHERE {column} = ? LIMIT ?", (key, most)).fetchall()
            cut = cut or len(found) == most
            for number, n, kind, target, anchor, whole_key in found:
                if whole_key not in taken:
                    # Where something is called "C# x", [[C# x]] is no link to "C".
                    taken[whole_key] = _has_other(vault, note, whole_key)
                if shared or kind != LinkKind.WIKI.value or taken[whole_key]:
                    doubtful[number, n] = (kind, target, anchor)
                else:
                    certain.add((number, n))
    sources = vault.notes_by_ids({number for number, _ in doubtful})
    asked = Counter(
        (*asked, sources[place[0]].path.rpartition("/")[0])
        for place, asked in doubtful.items()
        if place not in certain and place[0] in sources and place[0] != note.id
    )
    own = sum(number == note.id for number, _ in certain)
    return len(certain) - own + sum(count for one, count in asked.items() if _leads(vault, note, *one)), cut


def _has_other(vault: Vault, note: Note, key: str) -> bool:
    """Whether anything but a note has a name with this key."""
    run = vault.store.connection.execute
    return run("SELECT 1 FROM all_names WHERE key = ? AND note <> ? LIMIT 1", (key, note.id)).fetchone() is not None


def _leads(vault: Vault, note: Note, kind: str, target: str, anchor: str | None, folder: str) -> bool:
    nowhere = Span(0, 0)
    link = Link(LinkKind(kind), *(False, nowhere, target, nowhere), *(anchor, nowhere, None, nowhere))
    source = f"{folder}/." if folder else "."
    address = names.address(source, link)
    found = linking.destinations_of(vault, linking.names_asked_for(vault, [address]), source, link, address).candidates
    return bool(found) and found[0].note == note.id


def entries_below(vault: Vault, folder: str, most: int) -> list[tuple[int, str, bool]]:
    """Notes and files below a folder, as id, path, and whether it is a note, by path; all where ``folder`` is empty."""
    bounds = range_below(folder) if folder else WHOLE
    rows = vault.store.connection.execute(
        "SELECT id, path, kind FROM all_notes WHERE path > ? AND path < ? LIMIT ?", (*bounds, most)
    )
    return [(number, path, kind != FILE) for number, path, kind in rows]


def tag_counts(vault: Vault, note: Note, offset: int) -> dict[str, int]:
    """How many notes have each tag, by its key; the tag being typed at ``offset`` of ``note`` does not count."""
    run = vault.store.connection.execute
    counts: dict[str, int] = dict(
        run(
            "SELECT key, count(DISTINCT note) FROM main.tags WHERE note NOT IN (SELECT id FROM temp.open_notes) "
            "GROUP BY key"
        )
    )
    for key, count in run(
        "SELECT key, count(DISTINCT note) FROM temp.open_tags "
        "WHERE NOT (note = ? AND span_start <= ? AND span_end >= ?) GROUP BY key",
        (note.id, offset, offset),
    ):
        counts[key] = counts.get(key, 0) + count
    return counts


def tag_spelling(vault: Vault, note: Note, key: str, offset: int) -> str:
    """A tag as some note writes it, but for the one that is being typed."""
    row = vault.store.connection.execute(
        "SELECT name_ FROM all_tags WHERE key = ? AND NOT (note = ? AND span_start <= ? AND span_end >= ?) LIMIT 1",
        (key, note.id, offset, offset),
    ).fetchone()
    return str(row[0]) if row else key


def task_states(vault: Vault) -> dict[str, int]:
    """How often each state of a task stands in the vault."""
    return dict(vault.store.connection.execute("SELECT state_, count(*) FROM all_tasks GROUP BY state_"))


def _explored(vault: Vault, note: Note, keys: tuple[tuple[str | None, str | None], ...]) -> Nearby:
    run = vault.store.connection.execute
    notes: set[int] = set()
    for key, path_key in keys:
        for wanted in (path_key, key):
            found = [row[0] for row in run("SELECT note FROM all_names WHERE key = ? LIMIT 3", (wanted or "",))]
            notes.update(found)
            if found:
                break
    for (key,) in run("SELECT DISTINCT key FROM all_names WHERE note = ?", (note.id,)).fetchall():
        notes.update(
            row[0] for row in run(f"SELECT DISTINCT note FROM all_links WHERE key = ? LIMIT {_MAX_COUNT}", (key,))
        )
    notes.discard(note.id)
    asked: Counter[str] = Counter()
    for neighbour in sorted(notes)[: 2 * _MAX_COUNT]:
        asked.update(
            row[0]
            for row in run(
                "SELECT DISTINCT key FROM all_links WHERE note = ? AND key IS NOT NULL LIMIT 100", (neighbour,)
            )
        )
    return Nearby(frozenset(notes), asked, math.log1p(max(asked.values(), default=1)))


def _shared(source: str, path: str) -> float:
    if source.rpartition("/")[0] == path.rpartition("/")[0]:
        return 1.0
    _, shared, _ = nearness(source, path)
    return -shared / max(1, source.count("/"), path.count("/"))
