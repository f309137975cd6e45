"""Outline: the keys of the frontmatter with their spans, for document symbols and folding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from notes_lsp.facts import PropertyType
from notes_lsp.frontmatter.formats.tree import HeaderEntry, Node
from notes_lsp.text.source import Span

MAX_KEYS = 2_000
"""Keys of one outline; nobody reads more."""
MAX_OUTLINE_DEPTH = 16

_Waiting = tuple[str, Span, Node, list["KeySymbol"], "KeySymbol | None", int]
"""Name and place of a key, its value, the list it goes to, the key it is inside of, and its depth."""


@dataclass(slots=True)
class KeySymbol:
    """One key of a header, or one element of a list that has keys of its own."""

    name: str
    """The key; of an element its place in the list, counted from 1."""
    at: Span
    node: Node
    span: Span
    """From the key to the end of its value, with all that is inside wherever it stands."""
    children: list[KeySymbol] = field(default_factory=list["KeySymbol"])


def header_outline(entries: Sequence[HeaderEntry]) -> list[KeySymbol]:
    """The keys of a header as a tree in the order of the text.

    The elements of a list are in it where one of them has keys. What an alias stands for is written elsewhere and has
    its keys there. At most ``MAX_KEYS``, nested at most ``MAX_DEPTH`` deep.
    """
    top: list[KeySymbol] = []
    made: list[tuple[KeySymbol, KeySymbol | None]] = []
    waiting: list[_Waiting] = [(one.key, one.key_span, one.node, top, None, 1) for one in reversed(entries)]
    while waiting and len(made) < MAX_KEYS:
        name, at, node, siblings, parent, depth = waiting.pop()
        key = KeySymbol(name, at, node, Span(at.start, max(at.end, node.span.end)))
        siblings.append(key)
        made.append((key, parent))
        if depth < MAX_OUTLINE_DEPTH and not node.alias:
            inner = [(*one, key.children, key, depth + 1) for one in _inside(node)]
            waiting += reversed(inner)
    # Tables of TOML may be taken up again anywhere further down, so that what is inside tells how far a key goes.
    for key, parent in reversed(made):
        key.children.sort(key=lambda child: child.span)
        if parent is not None:
            parent.span = Span(min(parent.span.start, key.span.start), max(parent.span.end, key.span.end))
    return sorted(top, key=lambda key: key.span)


def _inside(node: Node) -> Iterator[tuple[str, Span, Node]]:
    for entry in node.entries:
        yield entry.key, entry.key_span, entry.node
    if any(item.type is PropertyType.OBJECT for item in node.items):
        for number, item in enumerate(node.items, 1):
            yield str(number), item.span, item
