"""Listing: the notes of a vault that answer to some conditions, in some order, with what is to be told of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from notes_lsp.dates.ranges import begun_in, moment
from notes_lsp.facts import Link
from notes_lsp.frontmatter.known_keys import CREATED, spellings
from notes_lsp.ide.listing.conditions import Condition, header_values_of
from notes_lsp.index.search import lists
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links import names

FIELDS = ("path", "title", "tags", "aliases", "created", "modified", "words", "size", "properties", "stem", "folder")
"""What is known of every note, by the names that lists, conditions and orders use."""

_CREATED = spellings(CREATED)
_OWN = frozenset(FIELDS) - {"tags", "aliases", "created"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which notes are meant, and in which order. What is empty asks for nothing, but for ``below``."""

    below: tuple[str, ...] | None = None
    """Notes, or folders that they are in, by path; any of them; the empty path is the vault. If empty, none."""
    tags: tuple[tuple[str, ...], ...] = ()
    """Of each group some tag, or one below it, has to be there; with ``!`` before it, must not."""
    where: tuple[Condition, ...] = ()
    links_to: tuple[Note, ...] = ()
    """Notes, each of which has to be linked to."""
    linked_by: tuple[Note, ...] = ()
    """Notes, some of which has to link there."""
    orphan: bool = False
    """No other note links there."""
    created: tuple[datetime | None, datetime | None] = (None, None)
    """From when on, and before when."""
    modified: tuple[datetime | None, datetime | None] = (None, None)
    sort: tuple[str, ...] = ()
    """Fields or properties, the most important first; with ``-`` before or behind it, the greatest comes first."""

    @property
    def is_empty(self) -> bool:
        """Whether all notes are meant."""
        return self == Selection(sort=self.sort)


@dataclass(slots=True)
class NoteFields:
    """What is known of the notes of a vault; each kind is read for all of them when it is first asked for."""

    vault: Vault
    _kept: dict[str, Any] = field(default_factory=dict[str, Any])

    def of(self, note: Note, name: str) -> Any:
        """The value of one of ``FIELDS``: texts, numbers, lists of texts, the header as JSON has it."""
        match name:
            case "path" | "title" | "words" | "size":
                return getattr(note, name)
            case "stem":
                return names.stem(note.path)
            case "folder":
                return note.path.rpartition("/")[0]
            case "modified":
                # In local time, as everything is that people write into notes.
                return datetime.fromtimestamp(note.mtime_ns / 1e9).isoformat(" ", "seconds")  # noqa: DTZ006
            case "created":
                return self._created(note)
            case "tags":
                return self._all("tags", lists.tags_of_all).get(note.id, [])
            case "aliases":
                return self._all("aliases", lists.aliases_of_all).get(note.id, [])
            case _:
                return self._all("properties", lists.headers_of_all).get(note.id, {})

    def values(self, note: Note, key: str) -> Sequence[object]:
        """The values of a field or of a property."""
        if key in _OWN:
            return [self.of(note, key)]
        found = header_values_of(self.of(note, "properties"), key)
        if key in FIELDS and not (found and key == "created"):
            return [self.of(note, key)]
        return found

    def _created(self, note: Note) -> str | None:
        """When a note was begun, by its header, else by the date in its path; nobody else knows."""
        header = self.of(note, "properties")
        for key in _CREATED if header else ():
            for value in header_values_of(header, key):
                if isinstance(value, str) and moment(value) is not None:
                    return value
        return begun_in(note.path)

    def _all(self, name: str, ask: Callable[[Vault], dict[int, Any]]) -> dict[int, Any]:
        if name not in self._kept:
            self._kept[name] = ask(self.vault)
        found: dict[int, Any] = self._kept[name]
        return found


def select_notes(known: NoteFields, selection: Selection, among: Iterable[Note] | None = None) -> list[Note]:
    """The notes that answer to all that is asked for, in the order wanted.

    ``among`` are the notes to choose from, in an order that is kept where none is asked for; by default all, by path.
    """
    notes = list(known.vault.notes() if among is None else among)
    for keeps in _filters(known, selection):
        notes = [note for note in notes if keeps(note)]
    if selection.orphan:
        notes = lists.without_mentions(known.vault, notes)
    for order in reversed(selection.sort):
        notes = _sorted(known, notes, order)
    return notes


def _filters(known: NoteFields, selection: Selection) -> Iterable[Callable[[Note], bool]]:
    """The filters, the cheap ones first."""
    if selection.below is not None:
        paths = [path.strip("/") for path in selection.below]
        yield lambda note: any(not path or note.path == path or note.path.startswith(f"{path}/") for path in paths)
    if any(selection.modified):
        since, before = map(_nanoseconds, selection.modified)
        yield lambda note: (since is None or note.mtime_ns >= since) and (before is None or note.mtime_ns < before)
    for group in selection.tags:
        yield _has_tag(known.vault, group)
    if selection.links_to:
        linking = {mention.source.id for mention in known.vault.mentions(selection.links_to[0])}
        for target in selection.links_to[1:]:
            linking &= {mention.source.id for mention in known.vault.mentions(target)}
        yield lambda note: note.id in linking
    if selection.linked_by:
        linked = {target for source in selection.linked_by for target in _targets(known.vault, source)}
        yield lambda note: note.id in linked
    if any(selection.created):
        yield lambda note: _is_between(known.of(note, "created"), *selection.created)
    for condition in selection.where:
        yield _holds(known, condition)


def _has_tag(vault: Vault, group: tuple[str, ...]) -> Callable[[Note], bool]:
    wanted: set[int] = set()
    unwanted: list[set[int]] = []
    for tag in group:
        bearers = lists.with_tag(vault, names.key(tag.lstrip("!#").strip("/")))
        if tag.startswith("!"):
            unwanted.append(bearers)
        else:
            wanted |= bearers
    return lambda note: note.id in wanted or any(note.id not in bearers for bearers in unwanted)


def _holds(known: NoteFields, condition: Condition) -> Callable[[Note], bool]:
    return lambda note: condition.holds(known.values(note, condition.key))


def _targets(vault: Vault, source: Note) -> Iterable[int]:
    for link in vault.facts(Link, source):
        found = vault.destination(source, link)
        if found is not None and found.note.id != source.id:
            yield found.note.id


def _nanoseconds(moment: datetime | None) -> float | None:
    return moment.timestamp() * 1e9 if moment is not None else None


def _is_between(written: str | None, since: datetime | None, before: datetime | None) -> bool:
    found = moment(written) if written is not None else None
    if found is None:
        return False
    return (since is None or found.start >= since) and (before is None or found.start < before)


def _sorted(known: NoteFields, notes: list[Note], order: str) -> list[Note]:
    """The notes by one field or property; those without it come last, in whichever direction."""
    key = order.strip("-")
    with_value: list[tuple[tuple[int, Any], Note]] = []
    without: list[Note] = []
    for note in notes:
        rank = _rank(known.values(note, key))
        if rank is None:
            without.append(note)
        else:
            with_value.append((rank, note))
    with_value.sort(key=lambda pair: pair[0], reverse=order != key)
    return [*(note for _, note in with_value), *without]


def _rank(values: Sequence[object]) -> tuple[int, Any] | None:
    """What a value is sorted by: numbers, then dates, then texts as people sort them; ``None`` where there is none."""
    value = values[0] if values else None
    while isinstance(value, list):
        value = next(iter(cast("list[object]", value)), None)
    if value is None or value == "" or isinstance(value, dict):
        return None
    if isinstance(value, int | float):
        return (0, float(value))
    text = str(value)
    date = moment(text)
    return (1, date.start) if date is not None else (2, names.key(text))


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag and how many notes have it."""

    name: str
    """As most notes write it."""
    notes: int
    """Those with the tag itself."""
    total: int
    """Those with the tag or one below it."""


def tag_tree(vault: Vault, among: Iterable[Note] | None = None) -> list[TagCount]:
    """All tags, and those above them, each before the ones below it, by name; of all notes or some."""
    wanted = None if among is None else {note.id for note in among}
    bearers: dict[tuple[str, ...], set[int]] = {}
    for key, note in lists.tag_bearers(vault):
        if wanted is None or note in wanted:
            bearers.setdefault(tuple(key.split("/")), set()).add(note)
    totals: dict[tuple[str, ...], set[int]] = {}
    for parts, notes in bearers.items():
        for depth in range(1, len(parts) + 1):
            totals.setdefault(parts[:depth], set()).update(notes)
    spelled = _spellings(vault)
    return [
        TagCount(spelled.get(parts, "/".join(parts)), len(bearers.get(parts, ())), len(totals[parts]))
        for parts in sorted(totals)
    ]


def _spellings(vault: Vault) -> dict[tuple[str, ...], str]:
    """How most notes write each tag; one that stands only above others, as the most frequent of those does."""
    found: dict[tuple[str, ...], tuple[int, str]] = {}
    for key, name, notes in lists.tag_uses(vault):
        parts, written = key.split("/"), name.split("/")
        for depth in range(1, len(parts) + 1 if len(parts) == len(written) else 1):
            # The tag itself counts before all that only begin with it.
            rank = notes + (1_000_000_000 if depth == len(parts) else 0)
            if rank > found.get(tuple(parts[:depth]), (0, ""))[0]:
                found[tuple(parts[:depth])] = (rank, "/".join(written[:depth]))
    return {parts: name for parts, (_, name) in found.items()}
