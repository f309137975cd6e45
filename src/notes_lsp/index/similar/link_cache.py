"""Link cache: links, tags and URLs of notes, cached until the index changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from weakref import WeakKeyDictionary

from notes_lsp.facts import NameKind
from notes_lsp.index.vault.resolve import FILE
from notes_lsp.index.vault.vault import Vault

K = TypeVar("K", int, str)
V = TypeVar("V")

MAX_LINKS = 60
"""So many links of a note are looked at: who has more lists things rather than thinks of them."""
_MAX_KEPT = 8192
"""So many notes, or things of one kind, are remembered, each in a kilobyte or two."""
_LEVELS = {
    NameKind.PATH.value: 0,
    NameKind.TITLE.value: 1,
    NameKind.ALIAS.value: 2,
    NameKind.FOLDER.value: 3,
    NameKind.PATH_SLUG.value: 4,
    NameKind.TITLE_SLUG.value: 5,
}


@dataclass(slots=True)
class CachedLinks:
    """The links of a note, as far as they are looked at."""

    keys: dict[str, int] = field(default_factory=dict[str, int])
    """What they ask for, by path where they say one, each with the number of one such link."""
    paths: set[str] = field(default_factory=set[str])
    """Those that are paths from the root, where labels do not come first."""
    urls: set[int] = field(default_factory=set[int])
    """The addresses outside the vault, by their hashes."""
    are_cut: bool = False
    """There are more."""


@dataclass(slots=True)
class Names:
    """What a note is called, folded."""

    all: set[str] = field(default_factory=set[str])
    sole: set[str] = field(default_factory=set[str])
    """Those that no other note has, ..."""
    whole: set[str] = field(default_factory=set[str])
    """... and those that are whole paths."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A kind of thing that notes may have in common."""

    rows: str
    """SQL for a row for each place of the thing ``?1``."""
    most: int
    """What stands in more places binds nobody."""


class Ties:
    """What binds the notes of a vault at one moment."""

    def __init__(self, vault: Vault) -> None:
        """Begin with nothing known."""
        self._run = vault.store.connection.execute
        self._label_first = vault.label_first
        self._links: dict[int, CachedLinks] = {}
        self._names: dict[int, Names] = {}
        self._tags: dict[int, set[str]] = {}
        self._lists: dict[int, bool] = {}
        self._meant: dict[str, int | None] = {}
        self._linking: dict[int, int] = {}
        self._counts: dict[tuple[str, str | int], int] = {}

    def links(self, notes: Sequence[int]) -> dict[int, CachedLinks]:
        """The links of some notes, by note."""
        return _known(self._links, notes, self._look_up_links)

    def names(self, notes: Sequence[int]) -> dict[int, Names]:
        """What some notes are called, by note."""
        return _known(self._names, notes, self._look_up_names)

    def tags(self, notes: Sequence[int]) -> dict[int, set[str]]:
        """The tags of some notes, as folded keys, by note."""
        return _known(self._tags, notes, self._look_up_tags)

    def thoughts(self, notes: Sequence[int]) -> list[int]:
        """Those of some notes that link to few enough others to have thought of each."""
        lists = _known(self._lists, notes, self._look_up_lists)
        return [note for note in notes if not lists[note]]

    def meant(self, keys: Sequence[str]) -> dict[str, int]:
        """The one note that each key means; none where there is none, or which of several depends on who asks."""
        known = _known(self._meant, keys, self._look_up_meant)
        return {key: note for key in keys if (note := known[key]) is not None}

    def linking(self, notes: Sequence[int]) -> dict[int, int]:
        """How many links lead to each of some notes by its names, as far as they are looked at."""
        return _known(self._linking, notes, self._look_up_linking)

    def count(self, kind: Thing, thing: str | int) -> int:
        """In how many places a thing stands; of what stands in too many, just one too many."""
        known = self._counts.get((kind.rows, thing))
        if known is None:
            if len(self._counts) > _MAX_KEPT:
                self._counts.clear()
            (known,) = self._run(f"SELECT count(*) FROM ({kind.rows} LIMIT ?2)", (thing, kind.most + 1)).fetchone()
            self._counts[kind.rows, thing] = known
        return known

    def _look_up_links(self, notes: Sequence[int]) -> dict[int, CachedLinks]:
        found = {note: CachedLinks() for note in notes}
        asked = "coalesce(label_path, label_key, path_key, key)" if self._label_first else "coalesce(path_key, key)"
        for note, n, key, is_path, number in self._run(
            f"SELECT note, n, CASE WHEN url IS NULL AND NOT here THEN {asked} END, path_key IS NOT NULL, "
            "CASE WHEN NOT embed_ THEN url_hash END FROM all_links "
            f"WHERE note IN ({_marks(notes)}) AND n <= ? ORDER BY note, n",
            (*notes, MAX_LINKS),
        ):
            links = found[note]
            if n == MAX_LINKS:
                links.are_cut = True
            elif key is not None:
                links.keys.setdefault(key, n)
                if is_path:
                    links.paths.add(key)
            elif number is not None:
                links.urls.add(number)
        return found

    def _look_up_names(self, notes: Sequence[int]) -> dict[int, Names]:
        found = {note: Names() for note in notes}
        for note, key, is_whole, is_sole in self._run(
            "SELECT note, key, whole, "
            "NOT EXISTS (SELECT 1 FROM all_names b WHERE b.key = a.key AND b.note <> a.note) "
            f"FROM all_names a WHERE note IN ({_marks(notes)})",
            notes,
        ):
            names = found[note]
            names.all.add(key)
            if is_sole:
                names.sole.add(key)
            if is_whole:
                names.whole.add(key)
        return found

    def _look_up_tags(self, notes: Sequence[int]) -> dict[int, set[str]]:
        found: dict[int, set[str]] = {note: set() for note in notes}
        for note, key in self._run(f"SELECT note, key FROM all_tags WHERE note IN ({_marks(notes)})", notes):
            found[note].add(key)
        return found

    def _look_up_lists(self, notes: Sequence[int]) -> dict[int, bool]:
        run = self._run(f"SELECT note FROM all_links WHERE note IN ({_marks(notes)}) AND n = ?", (*notes, MAX_LINKS))
        lists = {note for (note,) in run}
        return {note: note in lists for note in notes}

    def _look_up_meant(self, keys: Sequence[str]) -> dict[str, int | None]:
        best: dict[str, dict[int, set[int]]] = {}
        for key, note, kind, whole in self._run(
            f"SELECT key, note, kind, whole FROM all_names WHERE key IN ({_marks(keys)})", keys
        ):
            best.setdefault(key, {}).setdefault(-1 if whole else _LEVELS[kind], set()).add(note)
        only = {key: levels[min(levels)] for key, levels in best.items()}
        found = {key: next(iter(notes)) for key, notes in only.items() if len(notes) == 1}
        files = self._run(
            f"SELECT id FROM all_notes WHERE id IN ({_marks(found)}) AND kind = ?", (*found.values(), FILE)
        )
        attachments = {note for (note,) in files}
        return {key: note if (note := found.get(key)) not in attachments else None for key in keys}

    def _look_up_linking(self, notes: Sequence[int]) -> dict[int, int]:
        return dict(
            self._run(
                "SELECT id, (SELECT count(*) FROM (SELECT 1 FROM all_links "
                "WHERE key IN (SELECT key FROM all_names WHERE note = one.id) LIMIT ?)) "
                f"FROM all_notes one WHERE id IN ({_marks(notes)})",
                (MAX_LINKS, *notes),
            )
        )


def ties(vault: Vault) -> Ties:
    """What binds the notes of a vault as it is now."""
    moment = (*vault.store.moment, vault.label_first)
    known = _last.get(vault)
    if known is None or known[0] != moment:
        known = _last[vault] = (moment, Ties(vault))
    return known[1]


_last: WeakKeyDictionary[Vault, tuple[tuple[int, int, bool], Ties]] = WeakKeyDictionary()


def _known(known: dict[K, V], asked: Sequence[K], look_up: Callable[[Sequence[K]], dict[K, V]]) -> dict[K, V]:
    """What is asked; what is not known of it yet is looked up, all in one question."""
    missing = [one for one in dict.fromkeys(asked) if one not in known]
    if missing:
        if len(known) > _MAX_KEPT:
            known.clear()
            missing = list(dict.fromkeys(asked))
        known.update(look_up(missing))
    return {one: known[one] for one in asked}


def _marks(values: Iterable[object]) -> str:
    return ", ".join("?" for _ in values)
