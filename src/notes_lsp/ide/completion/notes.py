"""Completion: the notes, files, days and placeholders that ``[[`` and a few letters may mean, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from notes_lsp.config.journal import Period, link_of
from notes_lsp.config.settings import Config
from notes_lsp.dates import natural as daynames
from notes_lsp.facts import BlockKind
from notes_lsp.fuzzy.ranking_context import RankingContext
from notes_lsp.ide.completion.context import WikiTarget
from notes_lsp.ide.completion.items import Item, ItemKind, Offer
from notes_lsp.index.links import spelling
from notes_lsp.index.links.placeholders import placeholders
from notes_lsp.index.search.candidates import Ranked, likeliest
from notes_lsp.index.search.link_context import count_backlinks
from notes_lsp.index.vault.catalog import CatalogEntry
from notes_lsp.index.vault.journal import journal_format
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links import anchors, names
from notes_lsp.text.excerpt import excerpt
from notes_lsp.text.source import Span

__all__ = ["ItemKind", "completion", "completion_preview"]

_MAX_DAYS = 5
_MAX_COUNTED = 100
"""Of each name of a note: a preview is there for who goes down the list, and nobody minds the number beyond."""
_DAY = 0.9
_DAY_UNUSED = 0.5
"""In a vault without daily notes, other things are meant by ``today`` more often."""
_PLACEHOLDER = 0.02
_NOT_YET = "not written yet"
"""Which nobody can say outside of a vault."""


def completion(vault: Vault, note: Note, prompt: WikiTarget, config: Config, context: RankingContext) -> Offer:
    """What can stand behind ``[[``: at most ``config.completion.limit`` items, one for each note.

    Each item's text leads to its note; placeholders, days without a note and a note to be created lead nowhere yet.
    """
    limit = config.completion.limit
    found: list[tuple[float, int, Item | Ranked]] = []
    found += [
        (ranked.likelihood, 0, ranked)
        for ranked in likeliest(vault, note, prompt.typed, prompt.span.end, context, files=prompt.embed)
    ]
    found += [(likelihood, 1, item) for likelihood, item in _placeholders(vault, note, prompt)]
    found += [(likelihood, 2, item) for likelihood, item in _days(vault, note, prompt, config, context.today)]
    found.sort(key=lambda one: (-one[0], one[1]))
    exact = any(isinstance(one, Ranked) and one.exact for _, _, one in found)
    new = _new_note(prompt) if vault.root is not None and not exact else None
    in_table = any(
        region.kind is BlockKind.TABLE and region.span.contains(prompt.span.end) for region in vault.whole(note).regions
    )
    items: list[Item] = []
    shown: set[str] = set()
    room = limit - (new is not None)
    for first in range(0, len(found), limit):
        some = [one for _, _, one in found[first : first + limit]]
        ranked = [one for one in some if isinstance(one, Ranked)]
        written = _note_items(vault, note, ranked, prompt, config, in_table=in_table)
        for one in some:
            item = one if isinstance(one, Item) else written.get(one.entry.note)
            if item is not None and item.insert not in shown and len(items) < room:
                shown.add(item.insert)
                items.append(item)
        if len(items) == room:
            break
    if new is not None and new.insert not in shown:
        items.append(new)
    whole = prompt.replaces if prompt.replaces != prompt.span else None
    return Offer(prompt.span, prompt.typed, items, replaces=whole)


def completion_preview(vault: Vault, path: str, anchor: str | None, lines: int) -> str:
    """What the chosen item would lead to: the beginning of the note or of the section, without frontmatter.

    Above it stands how many links lead to the note, where any does.
    """
    note = vault.note(path)
    text = vault.text(note) if note is not None else None
    if note is None or text is None:
        return ""
    start = vault.body_start(note)
    place = anchors.find(anchor, vault.places(note)) if anchor else None
    shown = excerpt(text, place.shows if place else Span(start, len(text)), lines)
    count, cut = count_backlinks(vault, note, _MAX_COUNTED)
    head = f"*{'at least ' if cut else ''}{count} {'link' if count == 1 else 'links'} here*" if count else ""
    return "\n\n".join(part for part in (head, shown) if part)


def _note_items(
    vault: Vault, note: Note, some: Sequence[Ranked], prompt: WikiTarget, config: Config, *, in_table: bool
) -> dict[int, Item]:
    """The items of notes, by id; each question to the index is asked for all of them at once."""
    targets = vault.notes_by_ids(one.entry.note for one in some)
    there = [(one.entry, targets[one.entry.note]) for one in some if one.entry.note in targets]
    spelled = spelling.wiki_all(vault, note.path, [target for _, target in there], config.links.path)
    return {
        target.id: _note_item(entry, target, _extended(vault, note, target, insert, config), prompt, in_table=in_table)
        for (entry, target), insert in zip(there, spelled, strict=True)
    }


def _extended(vault: Vault, note: Note, target: Note, insert: str, config: Config) -> str:
    if config.links.extension and not target.is_file:
        extended = insert + target.path[len(names.strip_extension(target.path)) :]
        return extended if spelling.leads_to(vault, note.path, extended, target) else insert
    return insert


def _note_item(entry: CatalogEntry, target: Note, insert: str, prompt: WikiTarget, *, in_table: bool) -> Item:
    if entry.kind == "alias" and not prompt.rest and not any(char in entry.text for char in "[]|\n"):
        bar = "\\|" if in_table else "|"
        return Item(ItemKind.ALIAS, entry.text, target.path, f"{insert}{bar}{entry.text}{prompt.closing}", target.path)
    kind = ItemKind.FILE if target.is_file else ItemKind.NOTE
    label = target.path.rpartition("/")[2] if target.is_file else target.title or names.stem(target.path)
    return Item(kind, label, target.path, insert + prompt.closing, target.path)


def _placeholders(vault: Vault, note: Note, prompt: WikiTarget) -> Iterable[tuple[float, Item]]:
    for text, links, quality in placeholders(vault, note, prompt.typed.strip(), prompt.span.end):
        count = f"{links} {'link' if links == 1 else 'links'}"
        detail = f"{_NOT_YET}, {count}" if vault.root is not None else count
        item = Item(ItemKind.PLACEHOLDER, text, detail, text + prompt.closing)
        yield quality - _PLACEHOLDER, item


def _days(vault: Vault, note: Note, prompt: WikiTarget, config: Config, today: date) -> Iterable[tuple[float, Item]]:
    meant = daynames.days(prompt.typed, today)[:_MAX_DAYS]
    if not meant:
        return
    days = journal_format(vault, config, Period.DAY)
    for number, (words, day) in enumerate(meant):
        stem = link_of(days, datetime.combine(day, time()))
        destination = vault.named(note, stem)
        target = destination.note if destination is not None and destination.note.id != note.id else None
        insert = spelling.wiki(vault, note.path, target) if target is not None else stem
        missing = _NOT_YET if vault.root is not None else ""
        detail = target.path if target is not None else missing
        likelihood = (_DAY if days.used else _DAY_UNUSED) - number / 100
        path = target.path if target is not None else ""
        yield likelihood, Item(ItemKind.DAY, f"{words}: {stem}", detail, insert + prompt.closing, path)


def _new_note(prompt: WikiTarget) -> Item | None:
    name = " ".join(prompt.typed.split())
    if not name or name.startswith(("^", ".", "/")) or any(char in name for char in "[]|#^"):
        return None
    return Item(ItemKind.NEW, f"Create note “{name}”", "new", name + prompt.closing)
