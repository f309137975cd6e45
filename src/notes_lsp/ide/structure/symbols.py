"""Symbols: the outline of a note, and the search for notes and headings of the whole vault by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice

from rapidfuzz import fuzz, utils

from notes_lsp.facts import Heading
from notes_lsp.index.search.headings import headlines
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.text.source import Span

_MAX_COUNT = 200


@dataclass(slots=True)
class Symbol:
    """A heading with those below it."""

    name: str
    level: int
    span: Span
    """The whole section."""
    at: Span
    """The title."""
    children: list[Symbol] = field(default_factory=list["Symbol"])


@dataclass(frozen=True, slots=True)
class SymbolMatch:
    """A note or heading of the vault that a query found."""

    name: str
    note: Note
    at: Span
    is_note: bool
    container: str


def outline(vault: Vault, note: Note) -> list[Symbol]:
    """The headings of a note, each below the nearest one before it of a higher rank."""
    text = vault.text(note) or ""
    top: list[Symbol] = []
    stack: list[Symbol] = []
    for heading in vault.facts(Heading, note):
        symbol = Symbol(heading.title, heading.level, _without_blank_end(text, heading.section), heading.title_span)
        while stack and stack[-1].level >= heading.level:
            stack.pop()
        (stack[-1].children if stack else top).append(symbol)
        stack.append(symbol)
    return top


def _without_blank_end(text: str, section: Span) -> Span:
    return Span(section.start, section.start + len(text[section.start : section.end].rstrip()))


def search_symbols(vault: Vault, query: str) -> list[SymbolMatch]:
    """Notes and headings whose names match ``query``, best first, at most 200; notes alone where it is empty."""
    if not query.strip():
        return [_note_hit(note) for note in islice(vault.notes(), _MAX_COUNT)]
    hits: list[tuple[float, SymbolMatch]] = []
    called: dict[int, tuple[float, str]] = {}
    for hit in vault.catalog.search(query):
        if not hit.entry.is_file:
            better = max((hit.quality, hit.entry.text), called.get(hit.entry.note, (0.0, "")))
            called[hit.entry.note] = better
    notes = vault.notes_by_ids(called)
    for number, (quality, name) in called.items():
        if number in notes:
            hits.append((max(100 * quality, _likeness(query, name)), _note_hit(notes[number])))
    for note, heading in headlines(vault, query, _MAX_COUNT):
        if heading.title_span != note.title_span:
            found = SymbolMatch(heading.title, note, heading.title_span, is_note=False, container=note.title)
            hits.append((_likeness(query, heading.title), found))
    hits.sort(key=lambda hit: (-hit[0], not hit[1].is_note))
    return [hit for _, hit in hits[:_MAX_COUNT]]


def _note_hit(note: Note) -> SymbolMatch:
    return SymbolMatch(note.title, note, note.title_span, is_note=True, container=note.path.rpartition("/")[0])


def _likeness(query: str, name: str) -> float:
    return fuzz.WRatio(query, name, processor=utils.default_process)
