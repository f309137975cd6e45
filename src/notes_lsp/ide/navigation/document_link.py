"""Document links: every link of a note that can be opened, and where it goes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from notes_lsp.facts import Link, LinkKind
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links import names
from notes_lsp.links.safe_schemes import is_clickable
from notes_lsp.text.source import Span
from notes_lsp.urls import canonical as urls


@dataclass(frozen=True, slots=True)
class LinkDestination:
    """What opening a link shows: an address outside, or a place in a note or file."""

    url: str | None
    note: Note | None = None
    at: Span | None = None


def document_links(vault: Vault, note: Note, schemes: Collection[str] = ()) -> list[Span]:
    """The spans of the links that lead anywhere, for the editor to underline; where they lead is asked when needed.

    Addresses that no click should open are not among them, but for those of the ``schemes`` that the user allows.
    """
    links = vault.facts(Link, note)
    return [
        _shown(link)
        for link, found in zip(links, vault.destinations(note, links), strict=True)
        if found is not None
        or (names.address(note.path, link).external and is_clickable(urls.browser_url(link), schemes))
    ]


def resolve_document_link(
    vault: Vault, note: Note, start: int, schemes: Collection[str] = ()
) -> tuple[LinkDestination, str] | None:
    """Where the link that begins at ``start`` goes, and what to say of it; ``None`` where it leads nowhere any more."""
    link = next((link for link in vault.facts(Link, note) if _shown(link).start == start), None)
    if link is None:
        return None
    if names.address(note.path, link).external:
        address = urls.browser_url(link)
        return (LinkDestination(address), link.target) if is_clickable(address, schemes) else None
    found = vault.destination(note, link)
    if found is None:
        return None
    place = found.place.at if found.place is not None else None
    return LinkDestination(None, found.note, place), found.note.title if not found.note.is_file else found.note.path


def _shown(link: Link) -> Span:
    """What of a link is underlined: an address without its angle brackets."""
    return link.target_span if link.kind is LinkKind.AUTOLINK else link.span
