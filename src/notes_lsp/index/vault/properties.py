"""Properties: what the frontmatter of all notes says together: which keys, of which types, with which values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from weakref import WeakKeyDictionary

from notes_lsp.facts import PropertyType, Tag
from notes_lsp.index.store.key_counts import CONTAINERS
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links import names
from notes_lsp.schemas import property_rules
from notes_lsp.schemas.select import Schema, Schemas
from notes_lsp.text.globs import matches
from notes_lsp.text.key_ranges import WHOLE, range_below
from notes_lsp.text.source import Span

_MAX_BEARERS = 20
_MAX_NAMED = 500
"""Of so many notes of one title those are looked for whose frontmatter says it."""
_MAX_ALIKE = 2_000


class KeyUse(NamedTuple):
    """A key as the notes of a vault write it."""

    key: str
    notes: int


class ValueUse(NamedTuple):
    """A value of a key."""

    value: str
    type: PropertyType
    notes: int


class Bearer(NamedTuple):
    """A place that says the same."""

    note: Note
    span: Span


@dataclass(slots=True)
class _Memory:
    """What was counted since the index was last written to."""

    moment: tuple[int, int]
    totals: dict[str, dict[PropertyType, int]] = field(default_factory=dict[str, dict[PropertyType, int]])
    keys: dict[str, int] | None = None
    common: dict[int, dict[str, int]] = field(default_factory=dict[int, dict[str, int]])
    doubled: dict[tuple[str, ...], tuple[int, int]] = field(default_factory=dict[tuple[str, ...], tuple[int, int]])


_MEMORY: WeakKeyDictionary[Vault, _Memory] = WeakKeyDictionary()


def types_of(vault: Vault, key: str) -> dict[PropertyType, int]:
    """In how many notes a key has a value of each type; a list counts as a list."""
    memory = _memory(vault)
    folded = names.key(key)
    if folded not in memory.totals:
        found = vault.store.tallies.types_of(folded)
        memory.totals[folded] = {PropertyType(kind): count for kind, count in found.items()}
    return memory.totals[folded]


def key_counts(vault: Vault) -> dict[str, int]:
    """In how many notes each key stands, by its folded form."""
    memory = _memory(vault)
    if memory.keys is None:
        memory.keys = dict(vault.store.tallies.keys())
    return memory.keys


def common_keys(vault: Vault, least: int) -> dict[str, int]:
    """The folded keys that stand in at least so many notes, with their numbers."""
    memory = _memory(vault)
    if least not in memory.common:
        memory.common[least] = {key: count for key, count in key_counts(vault).items() if count >= least}
    return memory.common[least]


def correct_key(vault: Vault, folded: str) -> str | None:
    """The folded key that one of a single note is a slip of; ``None`` where it may be a word of its own."""
    common = common_keys(vault, property_rules.MIN_NOTES)
    meant = property_rules.likely_key(folded, common)
    if meant is not None or property_rules.missed_key(folded, common, 0) is None:
        return meant
    return property_rules.missed_key(folded, common, vault.store.tallies.bearers())


def usual_spelling(vault: Vault, folded: str) -> str:
    """A folded key as most notes write it."""
    found = vault.store.tallies.spellings_of(folded)
    return min(found, key=lambda key: (-found[key], key), default=folded)


def keys_alike(vault: Vault, note: Note, kind: str | None) -> list[KeyUse]:
    """The keys of the notes that are most like this one, the most frequent first, spelled as most of them do.

    Alike are the notes with the same ``type``; else those of the same folder; else all. The note itself is left out.
    """
    if kind:
        found = _keys(
            vault,
            "note IN (SELECT note FROM all_properties WHERE folded = 'type' AND value_ = ? AND note <> ? LIMIT ?)",
            (kind, note.id, _MAX_ALIKE),
        )
        if found:
            return found
    folder = note.path.rpartition("/")[0]
    bounds = range_below(folder) if folder else WHOLE
    found = _keys(
        vault,
        "note IN (SELECT id FROM all_notes WHERE path > ? AND path < ? AND id <> ? LIMIT ?)",
        (*bounds, note.id, _MAX_ALIKE),
    )
    return found or _keys(vault, "note <> ?", (note.id,))


def all_keys(vault: Vault, note: Note) -> list[KeyUse]:
    """The keys of all notes but this one, the most frequent first."""
    return _keys(vault, "note <> ?", (note.id,))


def values_of(vault: Vault, key: str, most: int, *, without: Note | None = None) -> list[ValueUse]:
    """The values of a key, elements of lists too, the most frequent first; those of one note may be left out."""
    rows = vault.store.connection.execute(
        f"SELECT value_, type_, count(DISTINCT note) AS notes FROM all_properties WHERE folded = ? "
        f"AND type_ NOT IN {CONTAINERS} AND value_ <> '' AND note <> ? AND length(value_) <= 200 "
        "GROUP BY value_, type_ ORDER BY notes DESC, value_ LIMIT ?",
        (names.key(key), without.id if without is not None else -1, most),
    )
    return [ValueUse(value, PropertyType(kind), notes) for value, kind, notes in rows]


def with_value(vault: Vault, key: str, value: str, *, besides: Note) -> list[Bearer]:
    """The other notes whose key has exactly this value, by path, with the place of the value."""
    rows = vault.store.connection.execute(
        "SELECT note, value_span_start, value_span_end FROM all_properties WHERE folded = ? AND value_ = ? "
        "AND index_ IS NULL AND note <> ? LIMIT ?",
        (names.key(key), value, besides.id, _MAX_BEARERS),
    ).fetchall()
    return _bearers(vault, rows)


def with_title(vault: Vault, title: str, *, besides: Note) -> list[Bearer]:
    """The other notes whose frontmatter gives them the same title, by path."""
    run = vault.store.connection.execute
    called = run(
        "SELECT note FROM all_names WHERE key = ? AND kind = 'title' AND note <> ? LIMIT ?",
        (names.key(title), besides.id, _MAX_NAMED),
    ).fetchall()
    rows: list[tuple[int, int, int]] = []
    for (number,) in called:
        # By its note: the key stands in as many notes as there are.
        rows += run(
            "SELECT note, value_span_start, value_span_end FROM all_properties "
            "WHERE note = ? AND +folded = 'title' AND index_ IS NULL LIMIT 1",
            (number,),
        )
        if len(rows) == _MAX_BEARERS:
            break
    return _bearers(vault, rows)


def with_alias(vault: Vault, alias: str, *, besides: Note) -> list[Bearer]:
    """The other notes that have the same alias, or are called so by their title, by path."""
    folded = names.key(alias)
    found: dict[int, Bearer] = {}
    for number, kind in vault.store.connection.execute(
        "SELECT note, kind FROM all_names WHERE key = ? AND kind IN ('alias', 'title') AND note <> ? LIMIT ?",
        (folded, besides.id, _MAX_BEARERS),
    ).fetchall():
        note = vault.note_by_id(number)
        if note is not None:
            found.setdefault(
                number, Bearer(note, note.title_span if kind == "title" else _alias_span(vault, number, folded))
            )
    return sorted(found.values(), key=lambda one: one.note.path)


def count_shared(vault: Vault, keys: Sequence[str]) -> tuple[int, int]:
    """How many values of some keys, folded, are shared with another note, and how many values there are."""
    memory = _memory(vault)
    if tuple(keys) not in memory.doubled:
        memory.doubled[tuple(keys)] = vault.store.tallies.sharing(tuple(keys))
    return memory.doubled[tuple(keys)]


def newest_with_tag(vault: Vault, tag: str, most: int) -> tuple[int, list[Note]]:
    """How many notes have a tag or one below it, by its key, and those of them that were written last."""
    where = "WHERE key = ? OR (key > ? AND key < ?)"
    between = (tag, *range_below(tag))
    run = vault.store.connection.execute
    count = run(f"SELECT count(DISTINCT note) FROM all_tags {where}", between).fetchone()[0]
    rows = run(
        f"SELECT id FROM all_notes WHERE id IN (SELECT note FROM all_tags {where}) "
        "ORDER BY mtime_ns DESC, path LIMIT ?",
        (*between, most),
    ).fetchall()
    found = (vault.note_by_id(number) for (number,) in rows)
    return int(count), [note for note in found if note is not None]


def schemas_for(vault: Vault, note: Note, header: Mapping[str, object], schemas: Schemas) -> list[Schema]:
    """The schemas that speak of a note whose header has these values."""
    if not schemas.rules and "$schema" not in header:
        return []
    tags = {names.key(tag.name) for tag in vault.facts(Tag, note)}
    return schemas.applying(note.path, header, tags, matches)


def _keys(vault: Vault, where: str, values: tuple[object, ...]) -> list[KeyUse]:
    rows = vault.store.connection.execute(
        f"SELECT folded, key_, count(*) FROM all_properties WHERE index_ IS NULL AND {where} GROUP BY folded, key_",
        values,
    )
    spelled: dict[str, tuple[int, str]] = {}
    total: dict[str, int] = {}
    for folded, key, count in rows:
        total[folded] = total.get(folded, 0) + count
        spelled[folded] = max(spelled.get(folded, (0, "")), (count, key))
    return sorted(
        (KeyUse(spelled[folded][1], count) for folded, count in total.items()), key=lambda one: (-one.notes, one.key)
    )


def _bearers(vault: Vault, rows: Sequence[tuple[int, int, int]]) -> list[Bearer]:
    found = ((vault.note_by_id(number), Span(start, end)) for number, start, end in rows)
    return sorted((Bearer(note, span) for note, span in found if note is not None), key=lambda one: one.note.path)


def _alias_span(vault: Vault, note: int, folded: str) -> Span:
    rows: Iterator[tuple[str, int, int]] = vault.store.connection.execute(
        "SELECT value_, value_span_start, value_span_end FROM all_properties "
        "WHERE note = ? AND +folded IN ('aliases', 'alias') AND type_ NOT IN ('list', 'object', 'null')",
        (note,),
    )
    spans = [(Span(start, end), names.key(value) == folded) for value, start, end in rows]
    return next((span for span, same in spans if same), spans[0][0] if spans else Span(0, 0))


def _memory(vault: Vault) -> _Memory:
    memory = _MEMORY.get(vault)
    moment = vault.store.moment
    if memory is None or memory.moment != moment:
        memory = _MEMORY[vault] = _Memory(moment)
    return memory
