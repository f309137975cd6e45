"""Frontmatter symbols: the keys of the frontmatter as document symbols."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from notes_lsp.facts import PropertyType
from notes_lsp.frontmatter.formats.tree import Node, shorten
from notes_lsp.frontmatter.outline import KeySymbol, header_outline
from notes_lsp.frontmatter.values import header
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.text.source import Span

_MAX_ITEMS = 12
"""Elements of a list that are shown before it is cut."""


@dataclass(frozen=True, slots=True)
class PropertySymbol:
    """A key with its value, or the whole header with its keys."""

    name: str
    detail: str
    """The value on one line, cut to what can be read at a glance."""
    type: PropertyType
    span: Span
    at: Span
    """The key."""
    children: tuple[PropertySymbol, ...] = ()


def property_symbols(vault: Vault, note: Note) -> PropertySymbol | None:
    """The frontmatter of a note as one symbol with a child for each key; ``None`` where there are no keys."""
    found = header(vault.text(note) or "")
    if found is None or not found.entries:
        return None
    keys = tuple(_symbol(key) for key in header_outline(found.entries))
    fence = Span(found.span.start, min(found.body.start, found.span.start + 3))
    at = fence if fence.end > fence.start else Span(found.span.start, found.span.start + 1)
    return PropertySymbol("Frontmatter", found.format.upper(), PropertyType.OBJECT, found.span, at, keys)


def _symbol(key: KeySymbol) -> PropertySymbol:
    """One key; the depth of outlines has a limit, and so has this recursion."""
    children = tuple(_symbol(child) for child in key.children)
    return PropertySymbol(shorten(key.name) or '""', _detail(key.node), key.node.type, key.span, key.at, children)


def _detail(node: Node) -> str:
    if node.type is PropertyType.LIST:
        return _listed(node.items)
    return shorten(node.value[:1_000])


def _listed(items: Sequence[Node]) -> str:
    if any(item.type in (PropertyType.LIST, PropertyType.OBJECT) for item in items):
        return f"{len(items)} {'item' if len(items) == 1 else 'items'}"
    return shorten(", ".join(item.value[:100] for item in items[:_MAX_ITEMS]))
