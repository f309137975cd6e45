"""Hierarchies: calls (links) and types (parents and children) of notes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from notes_lsp.facts import Link, Property, PropertyType
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links import names
from notes_lsp.text.cursor import innermost
from notes_lsp.text.source import Span

_UP = ("up", "parent")
_HUBS = ("index", "README", "readme", "Readme", "Index")


@dataclass(frozen=True, slots=True)
class Step:
    """A note that links connect with another one, and where those links stand."""

    note: Note
    spans: tuple[Span, ...]
    """In the note that links, be it this one or the other."""


def start(vault: Vault, note: Note, offset: int) -> Note:
    """The note that a walk from ``offset`` begins at: the one the link there leads to, else this one."""
    link = innermost(vault.facts(Link, note), offset)
    found = vault.destination(note, link) if link is not None else None
    return found.note if found is not None and not found.note.is_file else note


def incoming_links(vault: Vault, note: Note) -> list[Step]:
    """The notes that link to a note, with the places of those links."""
    return _steps((mention.source, mention.link.span) for mention in vault.mentions(note))


def outgoing_links(vault: Vault, note: Note) -> list[Step]:
    """The notes that a note links to, in the order of its text, with the places of those links in it."""
    found: list[tuple[Note, Span]] = []
    for link in vault.facts(Link, note):
        destination = vault.destination(note, link)
        if destination is not None and not destination.note.is_file and destination.note.id != note.id:
            found.append((destination.note, link.span))
    return _steps(found)


def parents(vault: Vault, note: Note) -> list[Note]:
    """The notes right above a note.

    Those its ``up`` or ``parent`` property names; else the note its dotted name continues (``soil`` for
    ``soil.compost``); else the note of its folder.
    """
    named = [target for target in _named_parents(vault, note) if target.id != note.id]
    if named:
        return named
    folder, _, _ = note.path.rpartition("/")
    stem = names.stem(note.path)
    while "." in stem:
        stem = stem.rpartition(".")[0]
        found = _note_at(vault, folder, stem)
        if found is not None:
            return [found]
    return _folder_parent(vault, note)


def children(vault: Vault, note: Note) -> list[Note]:
    """The notes right below a note: those it is a parent of, by path."""
    candidates = {other.id: other for other in _maybe_children(vault, note)}
    return [
        other
        for other in sorted(candidates.values(), key=lambda other: other.path)
        if any(parent.id == note.id for parent in parents(vault, other))
    ]


def _maybe_children(vault: Vault, note: Note) -> Iterable[Note]:
    yield from (mention.source for mention in vault.mentions(note))
    yield from vault.notes_saying(_UP, note)
    stem = names.stem(note.path)
    folder, _, _ = note.path.rpartition("/")
    prefix = f"{folder}/" if folder else ""
    yield from vault.notes_below(f"{prefix}{stem}.", within_folder=True)
    yield from vault.notes_below(f"{prefix}{stem}/", within_folder=False)
    if stem in _HUBS:
        yield from vault.notes_below(prefix, within_folder=False)


def _named_parents(vault: Vault, note: Note) -> list[Note]:
    found: list[Note] = []
    naming = [
        entry
        for entry in vault.facts(Property, note)
        if entry.key.casefold() in _UP and entry.type is not PropertyType.LIST
    ]
    links = vault.facts(Link, note) if naming else []
    for entry in naming:
        inside = [link for link in links if entry.value_span.start <= link.span.start < entry.value_span.end]
        destinations = [vault.destination(note, link) for link in inside]
        if not inside and entry.type is PropertyType.TEXT:
            destinations = [vault.named(note, entry.value)]
        found += [destination.note for destination in destinations if destination and not destination.note.is_file]
    return found


def _folder_parent(vault: Vault, note: Note) -> list[Note]:
    """The note of the folder a note is in; of a folder's own note, the note of the folder above."""
    folder, _, _ = note.path.rpartition("/")
    if names.stem(note.path) in _HUBS or vault.is_folder(names.strip_extension(note.path)):
        own = folder if names.stem(note.path) in _HUBS else names.strip_extension(note.path)
        folder = own.rpartition("/")[0]
        if not own:
            return []
    while True:
        for found in _notes_of_folder(vault, folder):
            if found.id != note.id:
                return [found]
        if not folder:
            return []
        folder = folder.rpartition("/")[0]


def _notes_of_folder(vault: Vault, folder: str) -> Iterable[Note]:
    if folder:
        above, _, name = folder.rpartition("/")
        found = _note_at(vault, above, name)
        if found is not None:
            yield found
    for hub in _HUBS:
        found = _note_at(vault, folder, hub)
        if found is not None:
            yield found


def _note_at(vault: Vault, folder: str, stem: str) -> Note | None:
    path = f"{folder}/{stem}" if folder else stem
    return vault.note_without_extension(path)


def _steps(pairs: Iterable[tuple[Note, Span]]) -> list[Step]:
    spans: dict[int, list[Span]] = {}
    notes: dict[int, Note] = {}
    for note, span in pairs:
        notes[note.id] = note
        spans.setdefault(note.id, []).append(span)
    return [Step(note, tuple(spans[note.id])) for note in notes.values()]
