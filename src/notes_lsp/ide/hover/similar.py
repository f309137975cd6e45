"""Similar notes hover: the notes most similar to a note, and what they share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from notes_lsp.config.settings import Config
from notes_lsp.facts import Link
from notes_lsp.ide.values import Card
from notes_lsp.index.mentions.find import asked_keys, is_asked_for
from notes_lsp.index.similar.find import SimilarNote, find_similar
from notes_lsp.index.similar.shared_links import title_of_key
from notes_lsp.index.vault.title_area import is_unmistakable, title_area
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.text.cursor import innermost
from notes_lsp.text.source import Span

_MAX_REASONS = 3
_LONGEST_URL = 60


def similar_card(vault: Vault, note: Note, offset: int, config: Config) -> Card | None:
    """The similar notes of what ``offset`` speaks of: of the note itself in its head, on a link of what it leads to."""
    if not config.similar.enabled:
        return None
    link = innermost(vault.facts(Link, note), offset)
    found = vault.destination(note, link) if link is not None else None
    if link is not None and found is not None and not found.note.is_file and found.note.id != note.id:
        about, asked = found.note, asked_keys(vault, note)
        span: Span | None = link.span
    else:
        about, asked, span = note, set[str](), title_area(vault, note, offset)
    if span is None:
        return None
    # Nobody needs to be told of the note that they are in.
    listed = [one for one in find_similar(vault, about, config.similar.limit + 1) if one.note.id != note.id]
    listed = listed[: config.similar.limit]
    if not listed:
        return None
    # Below a link the mark would be taken for one of both: of the note it leads to, and of the one it stands in.
    lines = [
        _line(vault, one, is_marked=not one.is_linked and not is_asked_for(vault, one.note, asked)) for one in listed
    ]
    return Card(span, "\n".join(["**Similar notes**", "", *lines]))


def reasons(vault: Vault, one: SimilarNote) -> list[str]:
    """Why a note is taken to be similar, in words, the most telling reason first."""
    return list(_reasons(vault, one))


def _line(vault: Vault, one: SimilarNote, *, is_marked: bool) -> str:
    name = f"**{one.note.title}**"
    if not is_unmistakable(vault, one.note):
        name += f" `{one.note.path}`"
    said = " · ".join(list(_reasons(vault, one))[:_MAX_REASONS])
    mark = " *(not linked)*" if is_marked else ""
    return f"- {name}{mark}: {said}"


def _reasons(vault: Vault, one: SimilarNote) -> Iterator[str]:
    if one.title:
        yield "nearly the same title"
    if one.words:
        yield ", ".join(one.words)
    if one.kin.urls:
        yield f"both cite {_list([_short(url) for url in one.kin.urls])}"
    if one.kin.links:
        yield f"both link to {_list([title_of_key(vault, key) for key in one.kin.links])}"
    if one.kin.tags:
        yield ", ".join(f"#{tag}" for tag in one.kin.tags[:3])
    if one.kin.citers > 1 or (one.kin.citers and not any((one.title, one.words, *one.kin.urls, *one.kin.links))):
        yield f"{one.kin.citers} {'note links' if one.kin.citers == 1 else 'notes link'} to both"
    if one.followed > 1:
        yield f"{one.followed} similar notes link to it"


def _list(things: Sequence[str]) -> str:
    shown = ", ".join(things[:2])
    return shown if len(things) <= 2 else f"{shown} and {len(things) - 2} more"


def _short(url: str) -> str:
    bare = url.partition("://")[2] or url
    return bare if len(bare) <= _LONGEST_URL else f"{bare[: _LONGEST_URL - 1]}…"
