"""Code lenses: how many links lead to a note, its headings and its blocks."""

from __future__ import annotations

from dataclasses import dataclass

from notes_lsp.index.vault.vault import Mention, Note, Vault
from notes_lsp.links import anchors, names
from notes_lsp.text.source import Span


@dataclass(frozen=True, slots=True)
class Lens:
    """A count above a line."""

    span: Span
    label: str
    mentions: list[Mention]


def code_lenses(vault: Vault, note: Note) -> list[Lens]:
    """The lens of the note, then those of its headings and blocks that are mentioned at all."""
    found: list[Lens] = []
    backlinks = vault.mentions(note)
    if backlinks:
        found.append(Lens(note.title_span, _count(len(backlinks), "backlink"), backlinks))
    places = vault.places(note)
    by_place: dict[Span, list[Mention]] = {}
    for mention in vault.mentions_with_own(note):
        anchor = names.anchor_text(mention.link)
        place = anchors.find(anchor, places) if anchor else None
        if place is not None and (place.heading is not None or place.block is not None):
            by_place.setdefault(place.at, []).append(mention)
    found += [Lens(span, _count(len(mentions), "mention"), mentions) for span, mentions in sorted(by_place.items())]
    return found


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
