"""Document highlights: the spans of one note that mean what is under the cursor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from notes_lsp.facts import Block, Definition, Footnote, Heading, Link, Reference, Tag
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links import anchors, names
from notes_lsp.text.cursor import innermost
from notes_lsp.text.source import Span
from notes_lsp.urls import canonical as urls


@dataclass(frozen=True, slots=True)
class Highlight:
    """A place to highlight, and whether it is where the thing itself stands."""

    span: Span
    declaration: bool = False


def find_highlights(vault: Vault, note: Note, offset: int) -> list[Highlight]:
    """The places, in the order of the text; empty where the cursor is on nothing. Looks at this note alone."""
    return sorted(set(_of_thing(vault, note, offset)), key=lambda found: found.span)


def _of_thing(vault: Vault, note: Note, offset: int) -> Iterator[Highlight]:
    links = vault.facts(Link, note)
    link = innermost(links, offset)
    if link is not None:
        yield from _of_link(vault, note, link, links)
        return
    references, definitions = vault.facts(Reference, note), vault.facts(Definition, note)
    used = innermost(references, offset) or next((d for d in definitions if d.label_span.contains(offset)), None)
    if used is not None:
        yield from (Highlight(found.label_span) for found in references if found.key == used.key)
        yield from (Highlight(found.label_span, declaration=True) for found in definitions if found.key == used.key)
        return
    footnotes = vault.facts(Footnote, note)
    marks = [found for found in footnotes if not found.definition]
    footnote = innermost(marks, offset) or next((f for f in footnotes if f.label_span.contains(offset)), None)
    if footnote is not None:
        yield from (Highlight(found.label_span, found.definition) for found in footnotes if found.key == footnote.key)
        return
    tags = vault.facts(Tag, note)
    tag = innermost(tags, offset)
    if tag is not None:
        yield from (Highlight(found.span) for found in tags if names.key(found.name) == names.key(tag.name))
        return
    at = innermost(vault.facts(Block, note), offset) or innermost(vault.facts(Heading, note), offset)
    if at is not None:
        span = at.title_span if isinstance(at, Heading) else at.span
        yield Highlight(span, declaration=True)
        yield from (Highlight(found.span) for found in links if _place(vault, note, found) == (note.id, span))


def _of_link(vault: Vault, note: Note, link: Link, links: list[Link]) -> Iterator[Highlight]:
    address = names.address(note.path, link)
    key = urls.canonical_url(urls.normalize_link(link)) if address.external else None
    place = _place(vault, note, link)
    for found in links:
        its_address = names.address(note.path, found)
        if address.external and key is not None:
            same = its_address.external and urls.canonical_url(urls.normalize_link(found)) == key
        elif place is None:
            same = its_address == address and found.target == link.target
        else:
            same = _place(vault, note, found) == place
        if same:
            yield Highlight(found.span)
    if place is not None and place[0] == note.id and place[1] is not None:
        yield Highlight(place[1], declaration=True)


def _place(vault: Vault, note: Note, link: Link) -> tuple[int, Span | None] | None:
    found = vault.destination(note, link)
    if found is None:
        return None
    place: anchors.AnchorTarget | None = found.place
    return found.note.id, place.at if place is not None else None
