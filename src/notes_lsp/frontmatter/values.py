"""Values: frontmatter as a tree with spans, as the plain value that schemas validate, and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from notes_lsp.facts import Problem, Property, PropertyType
from notes_lsp.frontmatter import read as frontmatter
from notes_lsp.frontmatter.formats.tree import HeaderEntry, Node
from notes_lsp.frontmatter.formats.write import HeaderValue, read_value
from notes_lsp.text.numbers import parse_number
from notes_lsp.text.source import Span

MAX_VALUE_DEPTH = 64
MAX_PLAIN_VALUES = 20_000
"""Values of one header, aliases resolved; what is deeper or more is left out of the plain value."""

ValuePath = tuple[str | int, ...]
"""Keys and places in lists, from the outside in."""


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a note as a tree."""

    format: str
    """``yaml``, ``toml`` or ``json``."""
    span: Span
    body: Span
    entries: Sequence[HeaderEntry]
    properties: tuple[Property, ...]
    problems: tuple[Problem, ...]

    def entry(self, key: str) -> HeaderEntry | None:
        """The entry of a key at the top; ``None`` where there is none."""
        return next((entry for entry in self.entries if entry.key == key), None)


@dataclass(frozen=True, slots=True)
class ValuePlace:
    """Where a value stands."""

    key_span: Span
    """The key it is the value of; of an element of a list the element itself."""
    span: Span
    node: Node
    alias: bool
    """The value is written elsewhere, and to write here would change that."""


def header(text: str) -> Header | None:
    """The header of a note; ``None`` where the text has none. Never raises."""
    found = frontmatter.read_tree(text)
    if found is None:
        return None
    facts, entries = found
    return Header(facts.format, facts.span, facts.body, tuple(entries), facts.properties, facts.problems)


def to_plain(entries: Sequence[HeaderEntry]) -> dict[str, object]:
    """The value of a header as JSON has it: dates are texts in ISO 8601, and links are texts."""
    return _Plain().mapping(entries, 0)


def values(entries: Sequence[HeaderEntry]) -> dict[str, HeaderValue]:
    """The value of a header as it can be written again: as :func:`plain`, but dates are dates."""
    return cast("dict[str, HeaderValue]", _Written().mapping(entries, 0))


def span_of_path(entries: Sequence[HeaderEntry], path: ValuePath) -> ValuePlace | None:
    """Where the value at a path stands; ``None`` where there is none. What an alias stands for has the alias's span."""
    if not path:
        return None
    entry = next((entry for entry in entries if entry.key == path[0]), None)
    if entry is None:
        return None
    node, key_span, alias = entry.node, entry.key_span, entry.node if entry.node.alias else None
    for step in path[1:]:
        if isinstance(step, int):
            if step >= len(node.items):
                return None
            node = node.items[step]
            key_span = node.span
        else:
            inner = next((one for one in node.entries if one.key == step), None)
            if inner is None:
                return None
            node, key_span = inner.node, inner.key_span
        alias = alias or (node if node.alias else None)
    if alias is not None:
        return ValuePlace(alias.span if alias is not node else key_span, alias.span, node, alias=True)
    return ValuePlace(key_span, node.span, node, alias=False)


def value_at(value: object, path: ValuePath, missing: object = None) -> object:
    """What a plain value holds at a path; ``missing`` where there is nothing."""
    for step in path:
        if isinstance(value, dict):
            value = cast("dict[object, object]", value).get(step, missing)
        elif isinstance(value, list) and isinstance(step, int):
            items = cast("list[object]", value)
            value = items[step] if step < len(items) else missing
        else:
            return missing
    return value


def texts(node: Node) -> Iterator[Node]:
    """The scalars of a value that is one or a list of them, without what is empty."""
    for one in node.items or (node,):
        if one.type not in (PropertyType.LIST, PropertyType.OBJECT, PropertyType.NULL):
            yield one


class _Plain:
    """One conversion: alias bombs run into the limit on values."""

    def __init__(self) -> None:
        self.left = MAX_PLAIN_VALUES

    def mapping(self, entries: Sequence[HeaderEntry], depth: int) -> dict[str, object]:
        return {entry.key: self.value(entry.node, depth + 1) for entry in entries if self.left > 0}

    def value(self, node: Node, depth: int) -> object:
        self.left -= 1
        if depth > MAX_VALUE_DEPTH or self.left <= 0:
            return None
        match node.type:
            case PropertyType.OBJECT:
                return self.mapping(node.entries, depth)
            case PropertyType.LIST:
                return [self.value(item, depth + 1) for item in node.items if self.left > 0]
            case PropertyType.NULL:
                return None
            case PropertyType.BOOLEAN:
                return node.value == "true"
            case PropertyType.NUMBER:
                return parse_number(node.value)
            case _:
                return node.value


class _Written(_Plain):
    """A conversion that keeps apart what a header writes in different ways."""

    def value(self, node: Node, depth: int) -> object:
        if node.type in (PropertyType.DATE, PropertyType.DATETIME):
            return read_value(node.value, node.type.value)
        return super().value(node, depth)
