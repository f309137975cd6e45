"""Completing anchors: the headings and blocks that ``#`` asks for, of a note or of all, and labels after ``|``."""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import dirname, relpath

from notes_lsp.config.settings import Config
from notes_lsp.facts import Block, Heading, Link, LinkKind
from notes_lsp.fuzzy import match as matching
from notes_lsp.ide.completion.context import PathAnchor, VaultBlock, VaultHeading, WikiAnchor, WikiLabel
from notes_lsp.ide.completion.items import Item, ItemKind, NewBlockId, Offer
from notes_lsp.index.links import spelling
from notes_lsp.index.search.passages import Passage, find_passages, passages
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links import anchors, names
from notes_lsp.text.excerpt import excerpt
from notes_lsp.text.source import Edit, Span

_NOTES_LOOKED_AT = 12
_NOTES_LOOKED_AT_FOR_HEADINGS = 80


def wiki_anchor(vault: Vault, note: Note, prompt: WikiAnchor, config: Config, *, runs_commands: bool) -> Offer | None:
    """The headings or blocks of the note that the link leads to; ``None`` where it leads to none.

    ``runs_commands`` says that the editor runs an item's command, without which no other note can be given a block id.
    """
    target = _target(vault, note, prompt.target)
    if target is None or target.is_file:
        return None
    if prompt.block:
        items = _blocks(vault, note, target, prompt, runs_commands=runs_commands)
    else:
        items = _headings(vault, target, prompt)
    return Offer(prompt.span, prompt.typed, items[: config.completion.limit])


def path_anchor(vault: Vault, note: Note, prompt: PathAnchor, config: Config) -> Offer | None:
    """The headings of the note that a Markdown link leads to, by their slugs, in the order of the text."""
    target = _of_path(vault, note, prompt.target)
    if target is None or target.is_file:
        return None
    places = vault.places(target)
    items = [
        Item(ItemKind.HEADING, heading.title, "#" * heading.level, name + prompt.closing, target.path, name)
        for heading, name in ((heading, places.id_of(heading)) for heading in places.headings)
        if name and (_matches(prompt.typed, heading.title) or name.casefold().startswith(prompt.typed.casefold()))
    ]
    items.sort(key=lambda item: _rank(prompt.typed, item.label))
    return Offer(prompt.span, prompt.typed, items[: config.completion.limit])


def vault_heading(vault: Vault, note: Note, prompt: VaultHeading, config: Config) -> Offer:
    """The headings of all notes, the better matches first; where nothing is typed, those of the notes written last."""
    limit = config.completion.limit
    query = matching.fold(prompt.typed)
    if query:
        notes = find_passages(vault, prompt.typed, _NOTES_LOOKED_AT_FOR_HEADINGS)
    else:
        newest = (vault.note_by_id(number) for number in vault.catalog.newest(limit))
        notes = [found for found in newest if found is not None and not found.is_file]
    found: list[tuple[float, Note, Heading]] = []
    for target in notes:
        for heading in vault.facts(Heading, target):
            quality = matching.quality(query, matching.fold(heading.title)) if query else 1.0
            if quality and heading.title:
                found.append((quality, target, heading))
    found.sort(key=lambda one: -one[0])
    items: list[Item] = []
    for _, target, heading in found[:limit]:
        insert = (
            _wiki_heading(vault, note, target, heading)
            if prompt.wiki
            else _path_heading(note, target, vault.places(target).id_of(heading), prompt)
        )
        if insert is not None:
            where = f"{'#' * heading.level} {target.path}"
            items.append(
                Item(ItemKind.HEADING, heading.title, where, insert + prompt.closing, target.path, heading.slug)
            )
    return Offer(prompt.span, f"##{prompt.typed}", items)


def vault_block(
    vault: Vault, note: Note, prompt: VaultBlock, config: Config, text: str, *, runs_commands: bool
) -> Offer | None:
    """The blocks of all notes that hold the words typed; one without an id gets one when it is accepted."""
    if not matching.fold(prompt.typed):
        return None
    items: list[Item] = []
    for target in find_passages(vault, prompt.typed, _NOTES_LOOKED_AT):
        found = [one for one in passages(vault, target) if _holds(one.text, prompt.typed)]
        prefix = "" if target.id == note.id else spelling.wiki(vault, note.path, target, config.links.path)
        for passage in found:
            item = _block_item(
                note, target, passage, f"{prefix}#^", prompt.closing, prompt.span, runs_commands=runs_commands
            )
            if item is not None:
                items.append(item)
    return Offer(prompt.span, text[prompt.span.start : prompt.span.end], items[: config.completion.limit])


def wiki_label(vault: Vault, note: Note, prompt: WikiLabel, config: Config) -> Offer | None:
    """What the reader of a link may see: the heading it leads to, the note's title, its aliases, its stem."""
    destination = vault.named(note, prompt.target)
    if destination is None:
        return None
    target = destination.note
    place = destination.place
    offered: dict[str, str] = {}
    if place is not None and place.heading is not None:
        offered[place.heading.title] = "heading"
    if not target.is_file:
        offered.setdefault(target.title, "title")
        for entry in vault.catalog.of_note(target.id):
            if entry.kind == "alias":
                offered.setdefault(entry.text, "alias")
    offered.setdefault(names.stem(target.path), "file name")
    written = prompt.target.strip()
    items = [
        Item(ItemKind.LABEL, label, detail, label + prompt.closing, target.path)
        for label, detail in offered.items()
        if label != written and not any(char in label for char in "[]|\n") and _matches(prompt.typed, label)
    ]
    return Offer(prompt.span, prompt.typed, items[: config.completion.limit]) if items else None


def _target(vault: Vault, note: Note, written: str) -> Note | None:
    if not written.strip():
        return note
    found = vault.named(note, written)
    return found.note if found else None


def _of_path(vault: Vault, note: Note, written: str) -> Note | None:
    if not written:
        return note
    nowhere = Span(0, 0)
    link = Link(LinkKind.INLINE, False, nowhere, written, nowhere, None, nowhere, None, nowhere)  # noqa: FBT003
    found = vault.destination(note, link)
    return found.note if found else None


def _headings(vault: Vault, target: Note, prompt: WikiAnchor) -> list[Item]:
    places = vault.places(target)
    within: Iterable[Heading] = places.headings
    if prompt.parents:
        parent = anchors.heading_of("#".join(prompt.parents), places)
        if parent is None:
            return []
        within = [
            heading
            for heading in places.headings
            if heading.span.start > parent.span.start and heading.section.end <= parent.section.end
        ]
    items: list[Item] = []
    for heading in within:
        insert = _spelled(heading, prompt.parents, places) if _matches(prompt.typed, heading.title) else None
        if insert is not None:
            detail = "#" * heading.level
            items.append(
                Item(ItemKind.HEADING, heading.title, detail, insert + prompt.closing, target.path, heading.slug)
            )
    items.sort(key=lambda item: _rank(prompt.typed, item.label))
    return items


def _spelled(heading: Heading, parents: tuple[str, ...], places: anchors.NoteAnchors) -> str | None:
    """What to write behind ``#`` so that it means this heading: its text, its text below its parent's, or its slug."""
    text = names.heading_text(heading.title)
    above = [
        other
        for other in places.headings
        if other.span.start < heading.span.start and other.section.end >= heading.section.end
    ]
    nested = [f"{names.heading_text(other.title)}#{text}" for other in reversed(above)] if not parents else []
    for written in (text, *nested, heading.slug):
        if written and anchors.heading_of("#".join((*parents, written)), places) == heading:
            return written
    return None


def _wiki_heading(vault: Vault, note: Note, target: Note, heading: Heading) -> str | None:
    written = _spelled(heading, (), vault.places(target))
    if written is None:
        return None
    return f"#{written}" if target.id == note.id else f"{spelling.wiki(vault, note.path, target)}#{written}"


def _path_heading(note: Note, target: Note, name: str, prompt: VaultHeading) -> str | None:
    if not name:
        return None
    if target.id == note.id:
        return f"#{name}"
    path = relpath(target.path, dirname(note.path) or ".")
    return f"{spelling.encode_angle(path) if prompt.angle else spelling.encode(path)}#{name}"


def _blocks(vault: Vault, note: Note, target: Note, prompt: WikiAnchor, *, runs_commands: bool) -> list[Item]:
    """The blocks with ids, those whose id begins so first, then, for a word typed, those without that hold it."""
    text = vault.text(target) or ""
    query = names.key(prompt.typed)
    items = [
        Item(
            ItemKind.BLOCK,
            f"^{block.id}",
            excerpt(text, block.block, 1),
            block.id + prompt.closing,
            target.path,
            f"^{block.id}",
        )
        for block in vault.facts(Block, target)
        if query in block.id.casefold() or _holds(text[block.block.start : block.block.end], prompt.typed)
    ]
    items.sort(key=lambda item: _rank(prompt.typed, item.label.removeprefix("^")))
    if matching.fold(prompt.typed):
        for passage in passages(vault, target):
            if passage.id is None and _holds(passage.text, prompt.typed):
                item = _block_item(note, target, passage, "", prompt.closing, prompt.span, runs_commands=runs_commands)
                items += [item] if item is not None else []
    return items


def _block_item(
    note: Note, target: Note, passage: Passage, prefix: str, closing: str, replaced: Span, *, runs_commands: bool
) -> Item | None:
    label = passage.first_line[:120]
    if passage.id is not None:
        insert = f"{prefix}{passage.id}{closing}"
        return Item(ItemKind.BLOCK, label, f"^{passage.id} in {target.path}", insert, target.path, f"^{passage.id}")
    insert = f"{prefix}{passage.new_id}{closing}"
    if target.id == note.id:
        if passage.span.start <= replaced.end and replaced.start <= passage.span.end:
            return None
        edit = Edit(Span(passage.end, passage.end), f" ^{passage.new_id}")
        return Item(ItemKind.BLOCK, label, "this note, adds a block id", insert, target.path, edits=(edit,))
    if not runs_commands:
        return None
    addition = NewBlockId(target.path, passage.text, passage.new_id)
    return Item(ItemKind.BLOCK, label, f"{target.path}, adds a block id there", insert, target.path, block_id=addition)


def _matches(typed: str, title: str) -> bool:
    query = matching.fold(typed)
    return bool(title) and (not query or matching.quality(query, matching.fold(title)) > 0)


def _rank(typed: str, name: str) -> int:
    """0 for a name that begins with what was typed, 1 where a word of it does, 2 for any other."""
    query, folded = matching.fold(typed), matching.fold(name)
    return 0 if folded.startswith(query) else 1 if f" {query}" in f" {folded}" else 2


def _holds(text: str, typed: str) -> bool:
    """Whether every word typed begins a word of the text."""
    words = f" {matching.fold(text)}"
    return all(f" {term}" in words for term in matching.fold(typed).split(" "))
