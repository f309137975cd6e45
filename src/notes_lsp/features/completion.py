"""Completion: the notes, headings and blocks that a half-typed link may mean, best first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz, process

from notes_lsp.core import anchors, names
from notes_lsp.core.facts import Block, Heading
from notes_lsp.core.previews import excerpt
from notes_lsp.core.prompt import WikiAnchor, WikiTarget, prompt_at
from notes_lsp.core.settings import Config
from notes_lsp.core.text import Span
from notes_lsp.index.catalog import Entry
from notes_lsp.index.spelling import wiki
from notes_lsp.index.vault import Note, Vault

_LEAST_SCORE = 60.0
_SHORT = 4
_POOL = 4
"""So many times the limit are drawn by name, since several names may belong to one note."""


class ItemKind(StrEnum):
    """What an item stands for."""

    NOTE = "note"
    ALIAS = "alias"
    FILE = "file"
    HEADING = "heading"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to choose."""

    kind: ItemKind
    label: str
    detail: str
    insert: str
    path: str
    """The note that a preview of the item shows."""
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be chosen, best first, and what the chosen text replaces."""

    span: Span
    typed: str
    items: list[Item]
    incomplete: bool
    """More typing may bring up items that are not in the list."""


def completion(vault: Vault, note: Note, offset: int, config: Config) -> Offer | None:
    """What can be chosen at ``offset``; ``None`` where nothing is asked for: outside links, in code, in comments."""
    text = vault.text(note) or ""
    prompt = prompt_at(text, offset)
    if prompt is None or any(span.start < offset < span.end for span in vault.whole(note).opaque):
        return None
    match prompt:
        case WikiTarget():
            return _notes(vault, note, prompt, config)
        case WikiAnchor():
            return _anchors(vault, note, prompt, config)


def preview(vault: Vault, path: str, anchor: str | None, lines: int) -> str:
    """What the chosen item would lead to: the beginning of the note or of the section, without frontmatter."""
    note = vault.note(path)
    text = vault.text(note) if note is not None else None
    if note is None or text is None:
        return ""
    start = vault.body_start(note)
    place = anchors.find(anchor, vault.places(note)) if anchor else None
    return excerpt(text, place.shows if place else Span(start, len(text)), lines)


def _notes(vault: Vault, note: Note, prompt: WikiTarget, config: Config) -> Offer:
    limit = config.completion.limit
    ranked = _ranked(vault, prompt.typed, limit * _POOL)
    items: list[Item] = []
    seen: set[int] = set()
    for entry in ranked:
        if entry.note in seen or entry.note == note.id:
            continue
        seen.add(entry.note)
        target = vault.note_by_id(entry.note)
        if target is None:
            continue
        items.append(_note_item(vault, note, target, entry, prompt, config))
        if len(items) == limit:
            break
    return Offer(prompt.span, prompt.typed, items, incomplete=True)


def _ranked(vault: Vault, typed: str, limit: int) -> list[Entry]:
    """The names that match, best first: exact, then prefixes, then word beginnings, then the rest by likeness."""
    catalog = vault.catalog
    query = names.key(typed)
    if not query:
        recent = sorted(
            (entry for entry in catalog.entries if entry.kind != "path" or entry.whole),
            key=lambda entry: entry.path,
        )
        return recent[:limit]
    # Three letters say too little for a weighted ratio, which would favour short names.
    scorer = fuzz.partial_ratio if len(query) < _SHORT else fuzz.WRatio
    found = process.extract(query, catalog.keys, scorer=scorer, limit=limit, score_cutoff=_LEAST_SCORE)
    ranked = sorted(found, key=lambda hit: (_closeness(query, hit[0]), -hit[1], len(hit[0]), hit[0]))
    return [catalog.entries[number] for key, _, number in ranked if key]


def _closeness(query: str, key: str) -> int:
    if key == query:
        return 0
    if key.startswith(query):
        return 1
    last = key.rpartition("/")[2]
    if last.startswith(query):
        return 1
    if f" {query}" in key or f"-{query}" in key or f"_{query}" in key:
        return 2
    return 3 if query in key else 4


def _note_item(vault: Vault, note: Note, target: Note, entry: Entry, prompt: WikiTarget, config: Config) -> Item:
    insert = wiki(vault, note.path, target, config.links.path)
    if config.links.extension and not target.is_file:
        insert += target.path[len(names.strip_extension(target.path)) :]
    if entry.kind == "alias" and not prompt.rest:
        return Item(ItemKind.ALIAS, entry.text, target.path, f"{insert}|{entry.text}{prompt.closing}", target.path)
    kind = ItemKind.FILE if target.is_file else ItemKind.NOTE
    label = target.path.rpartition("/")[2] if target.is_file else _label(target)
    return Item(kind, label, target.path, insert + prompt.closing, target.path)


def _label(target: Note) -> str:
    return target.title or names.stem(target.path)


def _anchors(vault: Vault, note: Note, prompt: WikiAnchor, config: Config) -> Offer | None:
    target = _target(vault, note, prompt.target)
    if target is None or target.is_file:
        return None
    query = names.key(prompt.typed)
    items: list[Item] = []
    if prompt.block:
        text = vault.text(target) or ""
        items = [
            Item(ItemKind.BLOCK, block.id, excerpt(text, block.block, 1), block.id + prompt.closing, target.path)
            for block in vault.facts(Block, target)
            if query in block.id.casefold() or query in text[block.block.start : block.block.end].casefold()
        ]
    else:
        items = [
            Item(
                ItemKind.HEADING,
                heading.title,
                "#" * heading.level,
                names.heading_text(heading.title) + prompt.closing,
                target.path,
                heading.title,
            )
            for heading in vault.facts(Heading, target)
            if heading.title and query in names.key(heading.title)
        ]
    limit = config.completion.limit
    return Offer(prompt.span, prompt.typed, items[:limit], incomplete=True)


def _target(vault: Vault, note: Note, written: str) -> Note | None:
    if not written.strip():
        return note
    found = vault.named(note, written)
    return found.note if found else None
