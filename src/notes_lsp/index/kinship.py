"""Kinship: what the links, tags and addresses of two notes have in common, and where the links of several lead."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
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

_MOST_LINKS = 300
"""So many links of a note, out or in, are looked at: who has more lists things rather than thinks of them."""
_LIST = 60
"""A note with more links than this is a list."""
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
    links_there: bool = False
    """The note that was asked about links to the other one."""
    links_here: bool = False
    weight: float = 0.0
    """From 0 on; 1 is about as much as one thing that nobody else has in common."""


@dataclass(frozen=True, slots=True)
class Ties:
    """The links, tags and addresses of one note, to compare it with several."""

    note: Note
    names: frozenset[str]
    keys: Keys = field(default_factory=Keys)
    citers: frozenset[int] = frozenset()
    tags: frozenset[str] = frozenset()
    urls: Mapping[int, str] = field(default_factory=dict[int, str])


def ties(vault: Vault, note: Note) -> Ties:
    """What binds a note to others."""
    run = vault.store.connection.execute
    names = {
        key: bool(whole)
        for key, whole in run("SELECT key, max(whole) FROM all_names WHERE note = ? GROUP BY key", (note.id,))
    }
    tags = frozenset(key for (key,) in run("SELECT DISTINCT key FROM all_tags WHERE note = ?", (note.id,)))
    urls = dict(
        run(
            "SELECT url_hash, url FROM all_links WHERE note = ? AND url_hash IS NOT NULL AND NOT embed_ LIMIT ?",
            (note.id, _MOST_LINKS),
        )
    )
    return Ties(note, frozenset(names), asked(vault, note.id), _citers(vault, note, names), tags, urls)


def asked(vault: Vault, note: int) -> Keys:
    """What the links of a note ask for."""
    key = "coalesce(label_path, label_key, path_key, key)" if vault.label_first else "coalesce(path_key, key)"
    keys: Keys = {}
    for found, n in vault.store.connection.execute(
        f"SELECT {key}, n FROM all_links WHERE note = ? AND url IS NULL AND NOT here LIMIT ?", (note, _MOST_LINKS)
    ):
        if found is not None:
            keys.setdefault(found, n)
    return keys


def kin(vault: Vault, mine: Ties, other: Note, apart: frozenset[int] | None = None) -> Kin:
    """What a note has in common with another one.

    Where ``apart`` is given, its own links play no part, nor do those of these notes.
    """
    theirs = ties(vault, other)
    links = (
        []
        if apart is not None
        else _rarest_links(vault, (mine.keys.keys() & theirs.keys.keys()) - mine.names - theirs.names)
    )
    citers = sum(_is_thought(vault, citer) for citer in (mine.citers & theirs.citers) - (apart or frozenset()))
    tags = _rarest_tags(vault, mine.tags & theirs.tags)
    urls = _rarest_urls(vault, {number: mine.urls[number] for number in mine.urls.keys() & theirs.urls.keys()})
    weight = sum(_worth(count) for _, count in (*links, *tags, *urls)) + 0.5 * math.log1p(citers)
    return Kin(
        links=tuple(link for link, _ in links),
        citers=citers,
        tags=tuple(tag for tag, _ in tags),
        urls=tuple(url for url, _ in urls),
        links_there=_leads(vault, mine, theirs),
        links_here=_leads(vault, theirs, mine),
        weight=weight,
    )


def followed(vault: Vault, neighbours: Sequence[tuple[int, float]]) -> dict[int, tuple[float, int]]:
    """Where the links of some notes, each with a weight, lead: by note, its worth and how many of them link there.

    Who links to everything says little with each link, and so does a link to what everybody links to.
    """
    asking = [(asked(vault, note), weight) for note, weight in neighbours]
    worth: dict[str, float] = {}
    for keys, weight in asking:
        each = weight / math.sqrt(1 + len(keys))
        for key in keys:
            worth[key] = worth.get(key, 0.0) + each
    likeliest = sorted(worth, key=lambda key: (-worth[key], key))[:_MOST_FOLLOWED]
    meant = _meant(vault, likeliest)
    found: dict[int, tuple[float, int]] = {}
    for key, note in meant.items():
        count = sum(key in keys for keys, _ in asking)
        before, others = found.get(note, (0.0, 0))
        found[note] = (before + worth[key], others + count)
    best = nlargest(_MOST_WEIGHED, found, key=lambda note: found[note])
    return {note: (found[note][0] / (1 + _linking(vault, note)) ** 0.25, found[note][1]) for note in best}


def called(vault: Vault, key: str) -> str:
    """What a key means, by its title; the key itself where nothing answers to it."""
    note = _meant(vault, [key]).get(key)
    found = vault.note_by_id(note) if note is not None else None
    return found.title if found is not None else key


def _linking(vault: Vault, note: int) -> int:
    """How many links lead to a note by its names; of very many, some hundreds."""
    (total,) = vault.store.connection.execute(
        "SELECT count(*) FROM "
        "(SELECT 1 FROM all_links WHERE key IN (SELECT key FROM all_names WHERE note = ?) LIMIT ?)",
        (note, _MOST_LINKS),
    ).fetchone()
    return int(total)


def _is_thought(vault: Vault, note: int) -> bool:
    """Whether a note links to few enough others to have thought of each."""
    found = vault.store.connection.execute("SELECT 1 FROM all_links WHERE note = ? AND n >= ? LIMIT 1", (note, _LIST))
    return found.fetchone() is None


def _rarest_links(vault: Vault, keys: Iterable[str]) -> list[tuple[str, int]]:
    """Those of some keys that few links ask for; a note that everybody links to binds nobody."""
    keys = (key for key in keys if not is_attachment(key))
    return _rarest(vault, keys, "SELECT 1 FROM all_links WHERE key = ?1 OR path_key = ?1", 4 * _MOST_SHARING)


def _rarest_tags(vault: Vault, tags: Iterable[str]) -> list[tuple[str, int]]:
    return _rarest(vault, tags, "SELECT 1 FROM all_tags WHERE key = ?1", 4 * _MOST_SHARING)


def _rarest_urls(vault: Vault, urls: Mapping[int, str]) -> list[tuple[str, int]]:
    found = _rarest(vault, urls, "SELECT 1 FROM all_links WHERE url_hash = ?1", _MOST_SHARING)
    return [(urls[number], count) for number, count in found]


def _rarest(vault: Vault, things: Iterable[T], rows_of: str, most: int) -> list[tuple[T, int]]:
    """Those of some things that stand in no more than ``most`` places, with in how many, the rarest first."""
    found: list[tuple[T, int]] = []
    for thing in things:
        (count,) = vault.store.connection.execute(
            f"SELECT count(*) FROM ({rows_of} LIMIT ?2)", (thing, most + 1)
        ).fetchone()
        if count <= most:
            found.append((thing, count))
    return sorted(found, key=lambda one: (one[1], str(one[0])))


def _worth(count: int) -> float:
    """What a thing that stands in so many places says about two of them."""
    return 1.0 / math.log2(max(2, count))


def _citers(vault: Vault, note: Note, names: Mapping[str, bool]) -> frozenset[int]:
    """The notes that link to a note by a name that no other note has."""
    run = vault.store.connection.execute
    found = {
        n
        for (n,) in run(
            "SELECT l.note FROM all_names a JOIN all_links l ON l.key = a.key WHERE a.note = ?1 "
            "AND NOT EXISTS (SELECT 1 FROM all_names b WHERE b.key = a.key AND b.note <> ?1) LIMIT ?2",
            (note.id, _MOST_LINKS),
        )
    }
    for key in (key for key, is_whole in names.items() if is_whole):
        found.update(n for (n,) in run("SELECT note FROM all_links WHERE path_key = ? LIMIT ?", (key, _MOST_LINKS)))
    found.discard(note.id)
    return frozenset(found)


def _leads(vault: Vault, source: Ties, target: Ties) -> bool:
    """Whether a note links to another one."""
    run = vault.store.connection.execute
    shape = rows.layout(Link)
    numbers = {source.keys[key] for key in source.keys.keys() & target.names}
    if (
        not numbers
        and run("SELECT 1 FROM all_links WHERE note = ? AND n >= ? LIMIT 1", (source.note.id, _MOST_LINKS)).fetchone()
    ):
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
