"""Frontmatter hover: the description of a key, and the other notes with a tag."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from notes_lsp.config.settings import Config
from notes_lsp.facts import Property, PropertyType, Tag
from notes_lsp.frontmatter.formats.tree import shorten
from notes_lsp.frontmatter.values import header, to_plain
from notes_lsp.ide.values import Card
from notes_lsp.index.vault import properties
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links import names
from notes_lsp.schemas.keys import describe, values_at
from notes_lsp.schemas.property_rules import type_phrase
from notes_lsp.schemas.select import Schema
from notes_lsp.text.cursor import innermost

_MAX_VALUES = 5
_MAX_NOTES = 5


def property_hover(vault: Vault, note: Note, offset: int, config: Config) -> Card | None:
    """The card of the tag or the frontmatter key at ``offset``; ``None`` where there is neither.

    A key's card has what the note's schemas say of it, its type, and its most common values in the vault; a tag's card
    the number of its notes, and those that were written last.
    """
    tag = innermost(vault.facts(Tag, note), offset)
    if tag is not None:
        return _of_tag(vault, note, tag)
    for entry in vault.facts(Property, note):
        if entry.key_span.contains(offset) and entry.key_span != entry.value_span:
            values = to_plain(found.entries) if (found := header(vault.text(note) or "")) is not None else {}
            return _of_key(vault, entry, properties.schemas_for(vault, note, values, config.schemas))
    return None


def _of_tag(vault: Vault, note: Note, tag: Tag) -> Card:
    count, newest = properties.newest_with_tag(vault, names.key(tag.name), _MAX_NOTES + 1)
    others = [other for other in newest if other.id != note.id][:_MAX_NOTES]
    lines = [f"**#{tag.name}** in {count} {'note' if count == 1 else 'notes'}"]
    lines += [f"- {other.title} · `{other.path}`" for other in others]
    if count - 1 > len(others):
        lines.append(f"- … and {count - 1 - len(others)} more")
    return Card(tag.span, _list(lines))


def _of_key(vault: Vault, entry: Property, schemas: Sequence[Schema]) -> Card:
    parts = [part for schema in schemas for part in _of_schema(schema, entry.key)]
    types = properties.types_of(vault, entry.key)
    total = sum(types.values())
    usual = sorted((kind for kind in types if kind is not PropertyType.NULL), key=lambda kind: -types[kind])[:3]
    kinds = ", ".join(f"{type_phrase(kind)} in {types[kind]}" for kind in usual)
    head = f"**{shorten(entry.key)}** in {total} {'note' if total == 1 else 'notes'}{': ' + kinds if kinds else ''}"
    common = [use for use in properties.values_of(vault, entry.key, _MAX_VALUES) if use.notes > 1]
    # Keys in the elements of lists are not counted by type.
    lines = [
        head if total else f"**{shorten(entry.key)}**",
        *(f"- {shorten(use.value)} · {use.notes}" for use in common),
    ]
    return Card(entry.key_span, "\n\n---\n\n".join([*parts, _list(lines)]))


def _of_schema(schema: Schema, key: str) -> Iterator[str]:
    path = key.split(".")
    description, kind = describe(schema, path)
    choices = [shorten(str(one)) for one in values_at(schema, path)[0]]
    said = kind or (f"one of {', '.join(choices)}" if choices else "")
    if description or said:
        yield f"{description or '*' + schema.name + '*'}\n\n{said[:1].upper()}{said[1:]}".strip()


def _list(lines: list[str]) -> str:
    return "\n".join([lines[0], "", *lines[1:]]).strip()
