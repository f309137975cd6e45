"""Kinship: what the links, tags and addresses of two notes have in common, and where the links of several lead."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from typing import TypeVar

from notes_lsp.core.facts import Link, NameKind
from notes_lsp.core.files import is_attachment
from notes_lsp.core.names import label_first
from notes_lsp.index import rows
from notes_lsp.index.resolve import FILE
from notes_lsp.index.vault import Note, Vault

T = TypeVar("T", int, str)

_MOST_LINKS = 60
"""So many links of a note are looked at: who has more lists things rather than thinks of them."""
_MOST_CITERS = 300
"""Of so many links to a note it is looked at whose they are."""
_MOST_FOLLOWED = 30
_MOST_WEIGHED = 15
_MOST_SHARING = 6
"""What more notes than this link to or cite together is known to everybody."""
_LEVELS = {NameKind.PATH.value: 0, NameKind.TITLE.value: 1, NameKind.ALIAS.value: 2, NameKind.FOLDER.value: 3}

Keys = dict[str, int]
"""What the links of a note ask for, by path where they say one, with the number of one such link."""


@dataclass(frozen=True, slots=True)
class Kin:
    """What two notes have in common but their words."""

    links: tuple[str, ...] = ()
    """What both link to, as folded keys, the rarest first."""
    citers: int = 0
    """How many notes link to both, lists left out."""
    tags: tuple[str, ...] = ()
    """The tags that both have and few others, as folded keys, the rarest first."""
    urls: tuple[str, ...] = ()
    """The addresses outside the vault that both link to and few others."""
    weight: float = 0.0
    """From 0 on; 1 is about as much as one thing that nobody else has in common."""


@dataclass(slots=True)
class _Links:
    """The links of a note, as far as they are looked at."""

    keys: Keys = field(default_factory=Keys)
    urls: set[int] = field(default_factory=set[int])
    """The addresses outside the vault, by their hashes."""
    are_cut: bool = False
    """There are more."""


@dataclass(slots=True)
class _Ties:
    """What may bind one note to others, whoever they are."""

    note: Note
    links: _Links
    names: set[str] = field(default_factory=set[str])
    """What it is called, folded."""
    sole: set[str] = field(default_factory=set[str])
    """The names that no other note has, ..."""
    whole: set[str] = field(default_factory=set[str])
    """... and those that are whole paths."""
    tags: set[str] = field(default_factory=set[str])


class Kinship:
    """What one note has in common with others: they are looked up several at a time, and each common thing once."""

    def __init__(self, vault: Vault, note: Note, apart: frozenset[int] | None = None) -> None:
        """Where ``apart`` is given, the links of ``note`` itself play no part, nor do those of these notes."""
        self._vault = vault
        self._apart = apart
        self._links: dict[int, _Links] = {}
        self._ties: dict[int, _Ties] = {}
        self._mine = self._ties_of([note])[0]
        self._citers = _citers(vault, self._mine)
        self._sharing: dict[tuple[str, str | int], int] = {}
        self._thoughts: dict[int, bool] = {}

    def of(self, others: Sequence[Note]) -> list[Kin]:
        """What the note has in common with each of some others."""
        return [self._with(theirs) for theirs in self._ties_of(others)]

    def is_linked(self, other: Note) -> bool:
        """Whether one of the two links to the other, which was among those asked about."""
        mine, theirs = self._mine, self._ties[other.id]
        return _leads(self._vault, mine, theirs) or _leads(self._vault, theirs, mine)

    def followed(self, neighbours: Sequence[tuple[int, float]]) -> dict[int, tuple[float, int]]:
        """Where the links of some notes, each with a weight, lead: by note, its worth and how many of them link there.

        Who links to everything says little with each link, and so does a link to what everybody links to.
        """
        links = self._links_of([note for note, _ in neighbours])
        asking = [(links[note].keys, weight) for note, weight in neighbours]
        worth: dict[str, float] = {}
        for keys, weight in asking:
            each = weight / math.sqrt(1 + len(keys))
            for key in keys:
                worth[key] = worth.get(key, 0.0) + each
        likeliest = sorted(worth, key=lambda key: (-worth[key], key))[:_MOST_FOLLOWED]
        meant = _meant(self._vault, likeliest)
        found: dict[int, tuple[float, int]] = {}
        for key, note in meant.items():
            count = sum(key in keys for keys, _ in asking)
            before, others = found.get(note, (0.0, 0))
            found[note] = (before + worth[key], others + count)
        best = nlargest(_MOST_WEIGHED, found, key=lambda note: found[note])
        linking = _linking(self._vault, best)
        return {note: (found[note][0] / (1 + linking[note]) ** 0.25, found[note][1]) for note in best}

    def _with(self, theirs: _Ties) -> Kin:
        mine = self._mine
        both = mine.links.keys.keys() & theirs.links.keys.keys() if self._apart is None else set[str]()
        # That a picture is in both is no thought.
        links = self._rarest(_LINKS, (key for key in both - mine.names - theirs.names if not is_attachment(key)))
        tags = self._rarest(_TAGS, mine.tags & theirs.tags)
        urls = self._rarest(_URLS, mine.links.urls & theirs.links.urls)
        citers = 0
        if self._citers:
            citing = (self._citers & _citers(self._vault, theirs)) - (self._apart or frozenset())
            citers = sum(map(self._is_thought, citing))
        return Kin(
            links=tuple(link for link, _ in links),
            citers=citers,
            tags=tuple(tag for tag, _ in tags),
            urls=tuple(self._written(number) for number, _ in urls),
            weight=sum(_worth(count) for _, count in (*links, *tags, *urls)) + 0.5 * math.log1p(citers),
        )

    def _ties_of(self, notes: Sequence[Note]) -> list[_Ties]:
        ids = [note.id for note in notes]
        links = self._links_of(ids)
        found = {note.id: _Ties(note, links[note.id]) for note in notes}
        run, these = self._vault.store.connection.execute, f"note IN ({', '.join('?' * len(ids))})"
        for note, key, is_whole, is_sole in run(
            "SELECT note, key, whole, NOT EXISTS "
            f"(SELECT 1 FROM all_names b WHERE b.key = a.key AND b.note <> a.note) FROM all_names a WHERE {these}",
            ids,
        ):
            ties = found[note]
            ties.names.add(key)
            if is_sole:
                ties.sole.add(key)
            if is_whole:
                ties.whole.add(key)
        for note, key in run(f"SELECT note, key FROM all_tags WHERE {these}", ids):
            found[note].tags.add(key)
        self._ties.update(found)
        return list(found.values())

    def _links_of(self, notes: Sequence[int]) -> dict[int, _Links]:
        """The links of some notes, each looked up once."""
        missing = [note for note in notes if note not in self._links]
        self._links.update((note, _Links()) for note in missing)
        asked = (
            "coalesce(label_path, label_key, path_key, key)" if self._vault.label_first else "coalesce(path_key, key)"
        )
        for note, n, key, number in self._vault.store.connection.execute(
            f"SELECT note, n, CASE WHEN url IS NULL AND NOT here THEN {asked} END, "
            "CASE WHEN NOT embed_ THEN url_hash END FROM all_links "
            f"WHERE note IN ({', '.join('?' * len(missing))}) AND n <= ? ORDER BY note, n",
            (*missing, _MOST_LINKS),
        ):
            links = self._links[note]
            if n == _MOST_LINKS:
                links.are_cut = True
            elif key is not None:
                links.keys.setdefault(key, n)
            elif number is not None:
                links.urls.add(number)
        return self._links

    def _written(self, number: int) -> str:
        """An address of the note as it stands there."""
        run = self._vault.store.connection.execute
        found = run("SELECT url FROM all_links WHERE note = ? AND url_hash = ? LIMIT 1", (self._mine.note.id, number))
        (url,) = found.fetchone()
        return str(url)

    def _rarest(self, kind: _Thing, things: Iterable[T]) -> list[tuple[T, int]]:
        """Those of some things that stand in few enough places, with in how many, the rarest first."""
        counts = ((thing, self._count(kind, thing)) for thing in things)
        return sorted((one for one in counts if one[1] <= kind.most), key=lambda one: (one[1], str(one[0])))

    def _count(self, kind: _Thing, thing: str | int) -> int:
        """In how many places a thing stands; of what stands in too many, just one too many."""
        known = self._sharing.get((kind.rows, thing))
        if known is not None:
            return known
        run = self._vault.store.connection.execute
        (count,) = run(f"SELECT count(*) FROM ({kind.rows} LIMIT ?2)", (thing, kind.most + 1)).fetchone()
        self._sharing[kind.rows, thing] = count
        return int(count)

    def _is_thought(self, note: int) -> bool:
        """Whether a note links to few enough others to have thought of each."""
        if note not in self._thoughts:
            found = self._vault.store.connection.execute(
                "SELECT 1 FROM all_links WHERE note = ? AND n >= ? LIMIT 1", (note, _MOST_LINKS)
            )
            self._thoughts[note] = found.fetchone() is None
        return self._thoughts[note]


@dataclass(frozen=True, slots=True)
class _Thing:
    """A kind of thing that notes may have in common."""

    rows: str
    """SQL for a row for each place of the thing ``?1``."""
    most: int
    """What stands in more places binds nobody."""


_LINKS = _Thing("SELECT 1 FROM all_links WHERE key = ?1 OR path_key = ?1", 4 * _MOST_SHARING)
_TAGS = _Thing("SELECT 1 FROM all_tags WHERE key = ?1", 4 * _MOST_SHARING)
_URLS = _Thing("SELECT 1 FROM all_links WHERE url_hash = ?1", _MOST_SHARING)


def called(vault: Vault, key: str) -> str:
    """What a key means, by its title; the key itself where nothing answers to it."""
    note = _meant(vault, [key]).get(key)
    found = vault.note_by_id(note) if note is not None else None
    return found.title if found is not None else key


def _linking(vault: Vault, notes: Sequence[int]) -> dict[int, int]:
    """How many links lead to each of some notes by its names, as far as they are looked at."""
    return dict(
        vault.store.connection.execute(
            "SELECT id, (SELECT count(*) FROM (SELECT 1 FROM all_links "
            "WHERE key IN (SELECT key FROM all_names WHERE note = one.id) LIMIT ?)) "
            f"FROM all_notes one WHERE id IN ({', '.join('?' * len(notes))})",
            (_MOST_LINKS, *notes),
        )
    )


def _worth(count: int) -> float:
    """What a thing that stands in so many places says about two of them."""
    return 1.0 / math.log2(max(2, count))


def _citers(vault: Vault, ties: _Ties) -> frozenset[int]:
    """The notes that link to a note by a name that no other note has, or by its path."""
    found: set[int] = set()
    for column, keys in (("key", ties.sole), ("path_key", ties.whole)):
        rows_found = vault.store.connection.execute(
            f"SELECT note FROM all_links WHERE {column} IN ({', '.join('?' * len(keys))}) LIMIT ?",
            (*keys, _MOST_CITERS),
        )
        found.update(note for (note,) in rows_found)
    found.discard(ties.note.id)
    return frozenset(found)


def _leads(vault: Vault, source: _Ties, target: _Ties) -> bool:
    """Whether a note links to another one."""
    run = vault.store.connection.execute
    shape = rows.layout(Link)
    numbers = {source.links.keys[key] for key in source.links.keys.keys() & target.names}
    if not numbers and source.links.are_cut:
        # It links to more than was looked at, so that it has to be asked for this very note.
        names = sorted(target.names)[:_MOST_LINKS]
        marks = ", ".join("?" * len(names))
        asked_for = f"(key IN ({marks}) OR path_key IN ({marks}))"
        found = run(
            f"SELECT n FROM all_links WHERE note = ? AND {asked_for} LIMIT ?",
            (source.note.id, *names, *names, _MOST_WEIGHED),
        )
        numbers = {number for (number,) in found}
    for number in numbers:
        row = run(f"SELECT {shape.names} FROM all_links WHERE note = ? AND n = ?", (source.note.id, number)).fetchone()
        link = shape.from_row(row) if row else None
        if link is not None and vault.label_first:
            link = label_first(link)
        led = vault.destination(source.note, link) if link is not None else None
        if led is not None and led.note.id == target.note.id:
            return True
    return False


def _meant(vault: Vault, keys: Sequence[str]) -> dict[str, int]:
    """The one note that each key means; none where there is none, or which of several depends on who asks."""
    best: dict[str, dict[int, set[int]]] = {}
    marks = ", ".join("?" * len(keys))
    for key, note, kind, whole in vault.store.connection.execute(
        f"SELECT key, note, kind, whole FROM all_names WHERE key IN ({marks})", tuple(keys)
    ):
        best.setdefault(key, {}).setdefault(-1 if whole else _LEVELS[kind], set()).add(note)
    only = {key: levels[min(levels)] for key, levels in best.items()}
    found = {key: next(iter(notes)) for key, notes in only.items() if len(notes) == 1}
    marks = ", ".join("?" * len(found))
    files = vault.store.connection.execute(
        f"SELECT id FROM all_notes WHERE id IN ({marks}) AND kind = ?", (*found.values(), FILE)
    )
    attachments = {note for (note,) in files}
    return {key: found[key] for key in keys if key in found and found[key] not in attachments}
