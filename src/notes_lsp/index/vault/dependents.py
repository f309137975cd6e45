"""Depending: which notes have to be looked at again because some keys were touched, by what those notes say now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from notes_lsp.frontmatter import common_keys as usual_keys
from notes_lsp.index.dependencies.keys import EVERY_COPY, DependencyKey, DependencyKind
from notes_lsp.index.vault import properties, resolve
from notes_lsp.index.vault.vault import Vault
from notes_lsp.links import names
from notes_lsp.schemas import property_rules
from notes_lsp.text.key_ranges import range_below

_SAY_WHAT_THEY_ARE = ", ".join(f"'{key}'" for key in ("title", *sorted(usual_keys.ALIAS_KEYS)))
_CALLED = (
    "SELECT a.note FROM all_names a WHERE a.key = ? AND a.kind IN ('title', 'alias') AND EXISTS "
    f"(SELECT 1 FROM all_properties p WHERE p.note = a.note AND p.folded IN ({_SAY_WHAT_THEY_ARE}))"
)
_GROUPS: tuple[tuple[str, ...], ...] = (("id",), ("title",), tuple(sorted(usual_keys.ALIAS_KEYS)))


def dependents(vault: Vault, keys: Collection[DependencyKey]) -> set[str]:
    """The paths of the notes that a finding may come to, or go from, since some keys were touched.

    Each is found by its own rows: a link asks for a name, an ``id`` is shared, an address is cited. What is told only
    of open notes is asked of open notes only. The notes that were touched themselves are among them.
    """
    by_kind: defaultdict[DependencyKind, set[str]] = defaultdict(set)
    for kind, value in keys:
        by_kind[kind].add(value)
    found: set[int] = set()
    named = by_kind[DependencyKind.NAME]
    for path in by_kind[DependencyKind.DISK]:
        named.update(name.key for name in names.names_of_path(path))
        found |= _asking_below(vault, path)
    found |= vault.numbers_asking_for(named)
    asked: list[tuple[str, str | int]] = [("SELECT note FROM temp.open_names WHERE key = ?", name) for name in named]
    asked += [(_CALLED, name) for name in by_kind[DependencyKind.CALLED]]
    by_id = "SELECT note FROM all_properties WHERE folded = 'id' AND value_ = ?"
    asked += [(by_id, value) for value in by_kind[DependencyKind.ID]]
    if EVERY_COPY in keys:
        found.update(note for (note,) in vault.store.connection.execute("SELECT id FROM temp.open_notes"))
    cited = "SELECT note FROM temp.open_links WHERE url_hash = ?"
    shared = "SELECT note FROM temp.open_sketches WHERE number = ?"
    asked += [(cited, int(number)) for number in by_kind[DependencyKind.URL]]
    asked += [(shared, int(number)) for number in by_kind[DependencyKind.PIECE] if number]
    for question, one in asked:
        found.update(note for (note,) in vault.store.connection.execute(question, (one,)))
    found |= _differing(vault, by_kind[DependencyKind.PROPERTY])
    return by_kind[DependencyKind.NOTE] | {note.path for note in vault.notes_by_ids(found).values()}


class Customs:
    """Whether it is the custom of a vault that notes share ids, titles or aliases: then none is told of it."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known: tuple[bool, ...] | None = None
        self._slack = 0.0
        """So many values may change before a custom can begin or end."""

    def learn(self, vault: Vault) -> None:
        """Take the customs as they are now."""
        counts = [properties.count_shared(vault, group) for group in _GROUPS]
        self._known = tuple(property_rules.is_custom(*count) for count in counts)
        # One value that comes or goes makes two that are shared, or none, of one that was.
        self._slack = min(abs(shared - property_rules.most_shared(total)) / 3 for shared, total in counts)

    def changed(self, vault: Vault, touched: Mapping[DependencyKey, int]) -> bool:
        """Whether a custom began or ended, where some keys were touched, each so often. Rarely counts anything."""
        known = self._known
        self._slack -= sum(
            times for key, times in touched.items() if key.kind in (DependencyKind.CALLED, DependencyKind.ID)
        )
        if known is None or self._slack < 0:
            self.learn(vault)
        return known is not None and known != self._known


def _asking_below(vault: Vault, path: str) -> set[int]:
    """The notes with a link that may lead to a file below a folder."""
    columns = resolve.LABEL_FIRST if vault.label_first else resolve.TARGET_FIRST
    found: set[int] = set()
    for name in names.names_of_path(path):
        for column in columns:
            question = f"SELECT note FROM all_links WHERE {column} > ? AND {column} < ?"
            found.update(note for (note,) in vault.store.connection.execute(question, range_below(name.key)))
    return found


def _differing(vault: Vault, touched: set[str]) -> set[int]:
    """The notes whose frontmatter may differ from that of all others, as far as some keys of it say."""
    if not touched:
        return set()
    run = vault.store.connection.execute
    found: set[int] = set()
    for key in touched - {""}:
        types = properties.types_of(vault, key)
        for kind, count in types.items():
            if property_rules.unlike(kind, {**types, kind: count - 1}) is not None:
                rows = run(
                    "SELECT note FROM all_properties WHERE folded = ? AND type_ = ? AND index_ IS NULL",
                    (key, kind.value),
                )
                found.update(note for (note,) in rows)
    singles = [key for key, count in properties.key_counts(vault).items() if count == 1]
    for single in (key for key in singles if key in touched or any(_is_meant(vault, key, touched))):
        found.update(note for (note,) in run("SELECT note FROM all_properties WHERE folded = ?", (single,)))
    return found


def _is_meant(vault: Vault, single: str, touched: set[str]) -> Iterator[bool]:
    """Whether a key of one note may be a slip of a touched one, of which many notes have."""
    common = properties.common_keys(vault, property_rules.MIN_NOTES)
    near = {key: common[key] for key in touched if key in common}
    if "" in touched:
        # With the number of notes changes which keys nearly all of them have.
        near |= {key: count for key, count in common.items() if count >= property_rules.EVERYWHERE}
    if near:
        yield property_rules.likely_key(single, near) is not None
        yield property_rules.missed_key(single, near, 0) is not None
