"""Symbols: the outline of a note, and the search for notes and headings of the whole vault by name."""

from __future__ import annotations

from dataclasses import dataclass, field

from rapidfuzz import fuzz, process, utils

from notes_lsp.core.facts import Heading
from notes_lsp.core.text import Span
from notes_lsp.index.vault import Note, Vault

_MOST = 200
_LEAST_SCORE = 60


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
class Hit:
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


def search(vault: Vault, query: str) -> list[Hit]:
    """Notes and headings whose names match ``query``, best first, at most 200; all notes first where it is empty."""
    hits: list[Hit] = [
        Hit(note.title, note, note.title_span, is_note=True, container=note.path.rpartition("/")[0])
        for note in vault.notes()
    ]
    hits += [
        Hit(heading.title, note, heading.title_span, is_note=False, container=note.title)
        for note, heading in vault.every(Heading)
        if heading.title_span != note.title_span
    ]
    if not query.strip():
        return hits[:_MOST]
    found = process.extract(
        query,
        [hit.name for hit in hits],
        scorer=fuzz.WRatio,
        processor=utils.default_process,
        limit=_MOST,
        score_cutoff=_LEAST_SCORE,
    )
    return [hits[number] for _, _, number in sorted(found, key=lambda hit: (-hit[1], not hits[hit[2]].is_note))]
