"""References: everything that leads to what is under the cursor."""

from __future__ import annotations

from dataclasses import dataclass

from notes_lsp.facts import Block, Definition, Footnote, Heading, Link, Reference, Tag
from notes_lsp.index.vault.vault import Mention, Note, Vault
from notes_lsp.links.anchors import AnchorTarget
from notes_lsp.links.names import address, key
from notes_lsp.text.cursor import innermost
from notes_lsp.text.source import Span
from notes_lsp.urls import canonical as urls


@dataclass(frozen=True, slots=True)
class Use:
    """A place that refers to the thing asked about, or the thing itself."""

    note: Note
    span: Span
    declaration: bool = False
    """This is the thing itself: the protocol lets clients ask for references without it."""


def references(vault: Vault, note: Note, offset: int) -> list[Use]:
    """The uses of what is under the cursor, by path and place.

    On a link: the mentions of what it leads to, be it a note, a heading, a block or a page of the web. On a heading or
    block id: its mentions. On a tag: the tag and the tags below it. On a label or footnote: its uses in this note.
    Anywhere else: the backlinks of this note.
    """
    link = innermost(vault.facts(Link, note), offset)
    if link is not None:
        return _of_link(vault, note, link)
    for found in (_of_label(vault, note, offset), _of_footnote(vault, note, offset), _of_tag(vault, note, offset)):
        if found:
            return found
    block = innermost(vault.facts(Block, note), offset)
    if block is not None:
        return _of_block(vault, note, block)
    heading = innermost(vault.facts(Heading, note), offset)
    if heading is not None:
        return _of_heading(vault, note, heading)
    return _of_note(vault, note)


def _of_link(vault: Vault, note: Note, link: Link) -> list[Use]:
    if address(note.path, link).external:
        return _uses(vault.citing(urls.normalize_link(link))) or [Use(note, link.span)]
    found = vault.destination(note, link)
    if found is None:
        return _uses(vault.mentions_of_nothing(note, link)) or [Use(note, link.span)]
    if found.place is not None and found.place.block is not None:
        return _of_block(vault, found.note, found.place.block)
    if found.place is not None and found.place.heading is not None:
        return _of_heading(vault, found.note, found.place.heading)
    return _of_note(vault, found.note)


def _of_note(vault: Vault, note: Note) -> list[Use]:
    return [Use(note, note.title_span, declaration=True), *_uses(vault.mentions(note))]


def _of_heading(vault: Vault, note: Note, heading: Heading) -> list[Use]:
    if heading.title_span == note.title_span:
        # The heading that names the note stands for the note.
        own = [
            Use(note, mention.link.span) for mention in vault.mentions_with_own(note) if mention.source.id == note.id
        ]
        return sorted({*_of_note(vault, note), *own}, key=lambda use: (use.note.path, use.span))

    def is_meant(place: AnchorTarget) -> bool:
        return place.heading is not None and place.heading.span == heading.span

    declaration = Use(note, heading.title_span, declaration=True)
    return [declaration, *_uses(vault.mentions_of_place(note, is_meant))]


def _of_block(vault: Vault, note: Note, block: Block) -> list[Use]:
    def is_meant(place: AnchorTarget) -> bool:
        return place.block is not None and place.block.span == block.span

    return [Use(note, block.span, declaration=True), *_uses(vault.mentions_of_place(note, is_meant))]


def _of_tag(vault: Vault, note: Note, offset: int) -> list[Use]:
    tag = innermost(vault.facts(Tag, note), offset)
    if tag is None:
        return []
    return [Use(source, found.span) for source, found in vault.tagged(key(tag.name))]


def _of_label(vault: Vault, note: Note, offset: int) -> list[Use]:
    uses = vault.facts(Reference, note)
    definitions = vault.facts(Definition, note)
    at = innermost(uses, offset) or next((found for found in definitions if found.label_span.contains(offset)), None)
    if at is None:
        return []
    return [Use(note, found.label_span, declaration=True) for found in definitions if found.key == at.key] + [
        Use(note, found.label_span) for found in uses if found.key == at.key
    ]


def _of_footnote(vault: Vault, note: Note, offset: int) -> list[Use]:
    footnotes = vault.facts(Footnote, note)
    at = innermost((found for found in footnotes if not found.definition), offset)
    at = at or next((found for found in footnotes if found.definition and found.label_span.contains(offset)), None)
    if at is None:
        return []
    return [Use(note, found.label_span, found.definition) for found in footnotes if found.key == at.key]


def _uses(mentions: list[Mention]) -> list[Use]:
    return [Use(mention.source, mention.link.span) for mention in mentions]
