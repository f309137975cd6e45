"""Hover: what is under the cursor, the note at its title, and similar notes."""

from __future__ import annotations

from datetime import datetime

from lsprotocol import types

from notes_lsp.ide.code_actions.link_mentions import mention_summary
from notes_lsp.ide.hover.frontmatter import property_hover
from notes_lsp.ide.hover.link import hover, hover_note
from notes_lsp.ide.hover.note import note_card
from notes_lsp.ide.hover.similar import similar_card
from notes_lsp.ide.hover.url import is_address, url_citations
from notes_lsp.ide.values import Card
from notes_lsp.links.safe_schemes import remove_unsafe_links
from notes_lsp.lsp.server import convert
from notes_lsp.lsp.server.server import NotesServer
from notes_lsp.lsp.server.session import RequestContext

_FEW = 1000
"""Notes that are read in a second or so: whoever asks meanwhile would rather wait."""


async def show_hover(server: NotesServer, params: types.HoverParams) -> types.Hover | None:
    """What the thing under the cursor leads to, and who else leads there."""
    at = await _soon_read(server, params)
    if at is None:
        return None
    card = hover(at.vault, at.note, at.offset, at.folder.config.hover)
    is_property = False
    if card is None:
        card = property_hover(at.vault, at.note, at.offset, at.folder.config)
        if card is not None and not at.vault.complete:
            # Its numbers are those of all notes, and would be too small.
            await server.ready(at.folder)
            at = server.place(params) or at
            card = property_hover(at.vault, at.note, at.offset, at.folder.config)
        is_property = card is not None
    if not at.vault.complete and is_address(at.vault, at.note, at.offset):
        await server.ready(at.folder)
        at = server.place(params) or at
    cited = url_citations(at.vault, at.note, at.offset, at.folder.config.hover)
    if cited is not None:
        # The label of a reference has its address to show, and who else cites that.
        # A title stands for its note in any case; an address in another first line, or in the frontmatter, for itself.
        title = at.note.title_span
        card = _joined(card, cited, _with_overview(at, None) if title.start <= at.offset < title.end else None)
    elif is_property:
        card = _joined(card, similar_card(at.vault, at.note, at.offset, at.folder.config))
    else:
        card = _with_overview(at, card)
    if card is None:
        return None
    return types.Hover(
        types.MarkupContent(
            types.MarkupKind.Markdown, remove_unsafe_links(card.markdown, at.folder.config.links.schemes)
        ),
        convert.range_(at.source, card.span, at.unit),
    )


async def _soon_read(server: NotesServer, params: types.HoverParams) -> RequestContext | None:
    """The place that is asked about, once its vault is read; a large one as far as it is read by now."""
    at = server.place(params)
    if at is None or at.vault.complete:
        return at
    await server.named(at.folder)
    if at.folder.vault.count()[0] <= _FEW:
        await server.ready(at.folder)
    return server.place(params)


def _with_overview(at: RequestContext, card: Card | None) -> Card | None:
    """A card with the similar notes of what it speaks of; in the head of a note, what there is to say of the note."""
    config = at.folder.config
    likes = similar_card(at.vault, at.note, at.offset, config)
    whole = note_card(at.vault, at.note, at.offset, datetime.now().astimezone()) if card is None else None
    backlinks = hover_note(at.vault, at.note, config.hover) if whole is not None else ""
    if whole is not None and (named := mention_summary(at.vault, at.note, config)):
        backlinks = f"{backlinks}\n\n{named}" if backlinks else named
    above = Card(whole.span, backlinks) if whole is not None else None
    return _joined(card, above, whole, likes)


def _joined(*cards: Card | None) -> Card | None:
    """Cards below one another, those without words left out; what is marked is that of the first."""
    shown = [card for card in cards if card is not None and card.markdown]
    return Card(shown[0].span, "\n\n---\n\n".join(card.markdown for card in shown)) if shown else None
