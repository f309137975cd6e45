"""Definition: where the thing under the cursor leads."""

from __future__ import annotations

from dataclasses import dataclass

from notes_lsp.facts import Definition, Footnote, Link, Reference
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.text.cursor import innermost
from notes_lsp.text.source import Span


@dataclass(frozen=True, slots=True)
class Target:
    """A place to go to."""

    origin: Span
    """What under the cursor leads there."""
    note: Note
    shows: Span
    """All of what is led to."""
    at: Span
    """The part of it to put the cursor on."""


def definition(vault: Vault, note: Note, offset: int) -> list[Target]:
    """Where the link, label or footnote at ``offset`` leads; empty where nothing is, or nothing answers."""
    link = innermost(vault.facts(Link, note), offset)
    if link is not None:
        return _of_link(vault, note, link)
    reference = innermost(vault.facts(Reference, note), offset)
    if reference is not None:
        return [
            Target(reference.span, note, found.span, found.label_span)
            for found in vault.facts(Definition, note)
            if found.key == reference.key
        ][:1]
    footnote = innermost(vault.facts(Footnote, note), offset)
    if footnote is not None and not footnote.definition:
        return [
            Target(footnote.span, note, found.span, found.label_span)
            for found in vault.facts(Footnote, note)
            if found.definition and found.key == footnote.key
        ][:1]
    return []


def _of_link(vault: Vault, note: Note, link: Link) -> list[Target]:
    found = vault.destination(note, link)
    if found is None:
        return []
    if found.place is not None:
        return [Target(link.span, found.note, found.place.shows, found.place.at)]
    # A heading that is not there: the note is still the best answer.
    start = found.note.title_span
    return [Target(link.span, found.note, start, start)]
