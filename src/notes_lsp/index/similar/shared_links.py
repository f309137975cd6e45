"""Shared links: the links, tags and URLs that two notes share, weighed by how rare they are."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import TypeVar

from notes_lsp.facts import Link
from notes_lsp.index.similar.link_cache import MAX_LINKS, Thing, ties
from notes_lsp.index.store import rows
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links.attachments import is_attachment
from notes_lsp.links.names import label_first

T = TypeVar("T", int, str)

_MAX_CITERS = 60
"""Of so many notes that link to a note it is looked at what else they link to."""
_MAX_FOLLOWED = 30
_MAX_WEIGHED = 15
_MAX_SHARING = 6
"""What more notes than this link to or cite together is known to everybody."""

_LINKS = Thing("SELECT 1 FROM all_links WHERE key = ?1 OR path_key = ?1", 4 * _MAX_SHARING)
_TAGS = Thing("SELECT 1 FROM all_tags WHERE key = ?1", 4 * _MAX_SHARING)
_URLS = Thing("SELECT 1 FROM all_links WHERE url_hash = ?1", _MAX_SHARING)


@dataclass(frozen=True, slots=True)
class SharedLinks:
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


class Kinship:
    """What one note has in common with others, several of which are asked about at a time."""

    def __init__(self, vault: Vault, note: Note, apart: frozenset[int] | None = None) -> None:
        """Where ``apart`` is given, the links of ``note`` itself play no part, nor do those of these notes."""
        self._vault = vault
        self._note = note
        self._apart = apart
        self._ties = ties(vault)
        self._cited = self._cited_with()

    def of(self, others: Sequence[Note]) -> list[SharedLinks]:
        """What the note has in common with each of some others."""
        ids = [self._note.id, *(other.id for other in others)]
        links, names, tags = self._ties.links(ids), self._ties.names(ids), self._ties.tags(ids)
        mine = self._note.id
        kin: list[SharedLinks] = []
        for other in ids[1:]:
            both = links[mine].keys.keys() & links[other].keys.keys() if self._apart is None else set[str]()
            # That a picture is in both is no thought.
            told = (key for key in both - names[mine].all - names[other].all if not is_attachment(key))
            shared_links = self._rarest(_LINKS, told)
            shared_tags = self._rarest(_TAGS, tags[mine] & tags[other])
            shared_urls = self._rarest(_URLS, links[mine].urls & links[other].urls)
            citing = (self._cited[key] for key in (names[other].sole | names[other].whole) & self._cited.keys())
            citers = len(set[int]().union(*citing) - {other})
            weight = sum(_worth(count) for _, count in (*shared_links, *shared_tags, *shared_urls))
            kin.append(
                SharedLinks(
                    links=tuple(link for link, _ in shared_links),
                    citers=citers,
                    tags=tuple(tag for tag, _ in shared_tags),
                    urls=tuple(self._written(number) for number, _ in shared_urls),
                    weight=weight + 0.5 * math.log1p(citers),
                )
            )
        return kin

    def is_linked(self, other: Note) -> bool:
        """Whether one of the two links to the other."""
        return self._leads(self._note, other) or self._leads(other, self._note)

    def followed(self, neighbours: Sequence[tuple[int, float]]) -> dict[int, tuple[float, int]]:
        """Where the links of some notes, each with a weight, lead: by note, its worth and how many of them link there.

        Who links to everything says little with each link, and so does a link to what everybody links to.
        """
        links = self._ties.links([note for note, _ in neighbours])
        asking = [(links[note].keys, weight) for note, weight in neighbours]
        worth: dict[str, float] = {}
        for keys, weight in asking:
            each = weight / math.sqrt(1 + len(keys))
            for key in keys:
                worth[key] = worth.get(key, 0.0) + each
        likeliest = sorted(worth, key=lambda key: (-worth[key], key))[:_MAX_FOLLOWED]
        found: dict[int, tuple[float, int]] = {}
        for key, note in self._ties.meant(likeliest).items():
            count = sum(key in keys for keys, _ in asking)
            before, others = found.get(note, (0.0, 0))
            found[note] = (before + worth[key], others + count)
        best = nlargest(_MAX_WEIGHED, found, key=lambda note: found[note])
        linking = self._ties.linking(best)
        return {note: (found[note][0] / (1 + linking[note]) ** 0.25, found[note][1]) for note in best}

    def _cited_with(self) -> dict[str, set[int]]:
        """What the notes that link to the note link to as well, each with who does; lists left out."""
        names = self._ties.names([self._note.id])[self._note.id]
        found: set[int] = set()
        for column, keys in (("key", names.sole), ("path_key", names.whole)):
            # By a name that no other note has, or by its path.
            rows_found = self._vault.store.connection.execute(
                f"SELECT note FROM all_links WHERE {column} IN ({', '.join('?' * len(keys))}) LIMIT ?",
                (*keys, _MAX_CITERS),
            )
            found.update(note for (note,) in rows_found)
        citers = sorted(found - {self._note.id} - (self._apart or frozenset()))
        cited: dict[str, set[int]] = {}
        for note, links in self._ties.links(self._ties.thoughts(citers)).items():
            for key in links.keys:
                cited.setdefault(key, set()).add(note)
        return cited

    def _leads(self, source: Note, target: Note) -> bool:
        """Whether a note links to another one."""
        links, names = self._ties.links([source.id])[source.id], self._ties.names([target.id])[target.id]
        both = links.keys.keys() & names.all
        if not self._vault.label_first and any(
            key in names.sole and (key in names.whole or key not in links.paths) for key in both
        ):
            return True
        numbers = {links.keys[key] for key in both}
        run = self._vault.store.connection.execute
        shape = rows.layout(Link)
        if not numbers and links.are_cut:
            # It links to more than was looked at, so that it has to be asked for this very note.
            asked = sorted(names.all)[:MAX_LINKS]
            marks = ", ".join("?" * len(asked))
            found = run(
                f"SELECT n FROM all_links WHERE note = ? AND (key IN ({marks}) OR path_key IN ({marks})) LIMIT ?",
                (source.id, *asked, *asked, _MAX_WEIGHED),
            )
            numbers = {number for (number,) in found}
        for number in numbers:
            row = run(f"SELECT {shape.names} FROM all_links WHERE note = ? AND n = ?", (source.id, number)).fetchone()
            link = shape.from_row(row) if row else None
            if link is not None and self._vault.label_first:
                link = label_first(link)
            led = self._vault.destination(source, link) if link is not None else None
            if led is not None and led.note.id == target.id:
                return True
        return False

    def _written(self, number: int) -> str:
        """An address of the note as it stands there."""
        run = self._vault.store.connection.execute
        found = run("SELECT url FROM all_links WHERE note = ? AND url_hash = ? LIMIT 1", (self._note.id, number))
        (url,) = found.fetchone()
        return str(url)

    def _rarest(self, kind: Thing, things: Iterable[T]) -> list[tuple[T, int]]:
        """Those of some things that stand in few enough places, with in how many, the rarest first."""
        counts = ((thing, self._ties.count(kind, thing)) for thing in things)
        return sorted((one for one in counts if one[1] <= kind.most), key=lambda one: (one[1], str(one[0])))


def title_of_key(vault: Vault, key: str) -> str:
    """What a key means, by its title; the key itself where nothing answers to it."""
    note = ties(vault).meant([key]).get(key)
    found = vault.note_by_id(note) if note is not None else None
    return found.title if found is not None else key


def _worth(count: int) -> float:
    """What a thing that stands in so many places says about two of them."""
    return 1.0 / math.log2(max(2, count))
