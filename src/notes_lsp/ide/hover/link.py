"""Hover: what the link under the cursor leads to, and who else links there."""

from __future__ import annotations

from dataclasses import replace

from notes_lsp.config.settings import Hover
from notes_lsp.facts import Definition, Footnote, Heading, Link, Reference
from notes_lsp.ide.values import Card
from notes_lsp.index.vault.title_area import is_unmistakable, title_area
from notes_lsp.index.vault.vault import Mention, Note, Vault
from notes_lsp.links import names
from notes_lsp.links.attachments import is_attachment
from notes_lsp.text.cursor import innermost
from notes_lsp.text.excerpt import excerpt, line_around
from notes_lsp.text.source import Span

_MAX_OF_NOTE = 5
_SHORT, _LONG = 100, 200
"""Code points of a line that are shown of a backlink: where more is to be told, and where that is all."""


def hover(vault: Vault, note: Note, offset: int, settings: Hover) -> Card | None:
    """The card of the link, label, footnote or heading at ``offset``; ``None`` where there is nothing to say.

    A heading in the head of the note, as its title is, stands for the note, and is not spoken of here.

    A card holds exactly the thing linked to, cut to ``settings.lines`` lines and without frontmatter, then the
    backlinks with the line each stands in, ``settings.backlinks`` at most.
    """
    link = innermost(vault.facts(Link, note), offset)
    if link is not None:
        return _of_link(vault, note, link, settings)
    reference = innermost(vault.facts(Reference, note), offset)
    if reference is not None:
        found = next((found for found in vault.facts(Definition, note) if found.key == reference.key), None)
        return Card(reference.span, found.target) if found else None
    footnote = innermost((found for found in vault.facts(Footnote, note) if not found.definition), offset)
    if footnote is not None:
        return _of_footnote(vault, note, footnote, settings)
    heading = innermost(vault.facts(Heading, note), offset)
    return _of_heading(vault, note, heading, offset, settings) if heading is not None else None


def hover_note(vault: Vault, note: Note, settings: Hover) -> str:
    """The first backlinks of a note, each with the line it stands in, cut short; empty where nobody links to it."""
    few = replace(settings, backlinks=min(settings.backlinks, _MAX_OF_NOTE))
    return _backlinks(vault, vault.mentions(note), few, _SHORT)


def preview(vault: Vault, note: Note, shows: Span | None, lines: int) -> str:
    """A note's text, or the part that ``shows`` names, without frontmatter; an attachment's name."""
    text = vault.text(note)
    if text is None:
        return f"`{note.path}`"
    start = vault.body_start(note)
    span = shows if shows is not None and shows.end > shows.start else Span(start, len(text))
    return excerpt(text, Span(max(span.start, start), max(span.end, start)), lines)


def _of_link(vault: Vault, note: Note, link: Link, settings: Hover) -> Card | None:
    found = vault.destination(note, link)
    if found is None:
        mentions = [mention for mention in vault.mentions_of_nothing(note, link) if mention != (note, link)]
        if not mentions:
            return None
        said = "*There is no such file.*" if is_attachment(names.unescape(link)) else "*There is no such note yet.*"
        return Card(link.span, _joined(said, _backlinks(vault, mentions, settings)))
    opening = f"**{found.note.title}** · `{found.note.path}`"
    if found.anchor and found.place is None:
        opening += f"\n\n*There is no `#{found.anchor}` in it.*"
    body = preview(vault, found.note, found.place.shows if found.place else None, settings.lines)
    mentions = [mention for mention in vault.mentions(found.note) if mention.source.id != note.id]
    return Card(link.span, _joined(opening, body, _backlinks(vault, mentions, settings)))


def _of_footnote(vault: Vault, note: Note, footnote: Footnote, settings: Hover) -> Card | None:
    for found in vault.facts(Footnote, note):
        if found.definition and found.key == footnote.key:
            return Card(footnote.span, excerpt(vault.text(note) or "", found.span, settings.lines))
    return None


def _of_heading(vault: Vault, note: Note, heading: Heading, offset: int, settings: Hover) -> Card | None:
    if heading.title_span == note.title_span or title_area(vault, note, offset) is not None:
        return None
    mentions = vault.mentions_of_place(note, lambda place: place.heading is not None and place.heading == heading)
    shown = _backlinks(vault, mentions, settings)
    return Card(heading.title_span, shown) if shown else None


def _backlinks(vault: Vault, mentions: list[Mention], settings: Hover, longest: int = _LONG) -> str:
    if not mentions or settings.backlinks == 0:
        return ""
    by_note: dict[int, list[Mention]] = {}
    for mention in mentions:
        by_note.setdefault(mention.source.id, []).append(mention)
    lines = [f"**{_count(len(mentions), 'backlink')}** from {_count(len(by_note), 'note')}", ""]
    for found in list(by_note.values())[: settings.backlinks]:
        source = found[0].source
        text = vault.text(source) or ""
        more = f" (+{len(found) - 1})" if len(found) > 1 else ""
        line = " ".join(line_around(text, found[0].link.span.start, longest).split())
        path = "" if is_unmistakable(vault, source) else f" `{source.path}`"
        lines.append(f"- **{source.title}**{path}{more}: {line}")
    if len(by_note) > settings.backlinks:
        lines.append(f"- … and {len(by_note) - settings.backlinks} more")
    return "\n".join(lines)


def _joined(*parts: str) -> str:
    return "\n\n---\n\n".join(part for part in parts if part)


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
