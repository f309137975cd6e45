"""Tree: the syntax tree that all three formats are parsed into, and the flat properties of a tree.

The limits stand here. They are far above what people write and far below what takes time; what exceeds one of
them is a problem of code ``frontmatter-limit``, and all else is kept.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field

from notes_lsp.facts import Problem, Property, PropertyType
from notes_lsp.text.source import Span

SYNTAX = "frontmatter-syntax"
DUPLICATE = "duplicate-key"
LIMIT = "frontmatter-limit"

MAX_PROPERTIES = 5_000
MAX_NODES = 20_000
"""Values read of one header, before aliases are resolved."""
MAX_TREE_DEPTH = 64
MAX_NESTING = 128
"""Values inside values that a parser is shown; what is nested deeper is not read at all."""
MAX_KEY = 2_000
"""Characters of a dotted key."""
MAX_VALUE = 100_000
"""Characters of one value."""
MAX_VALUES = 1_000_000
"""Characters of all values together, aliases resolved."""
MAX_PROBLEMS = 50

_LINK = re.compile(r"\[\[[^\[\]\r\n]+\]\]")
_PLACEHOLDER = re.compile(r"\{\{[^\r\n]*?\}\}|<%[^\r\n]*?%>")


@dataclass(slots=True)
class Node:
    """A value as it stands in the text."""

    type: PropertyType
    span: Span
    value: str = ""
    """As :class:`Property` has it."""
    items: list[Node] = field(default_factory=list["Node"])
    """The elements of a list."""
    entries: list[HeaderEntry] = field(default_factory=list["HeaderEntry"])
    """The entries of a mapping."""
    alias: bool = False
    """The value is written elsewhere: all that is inside has the span of the alias."""


@dataclass(frozen=True, slots=True)
class HeaderEntry:
    """One key with its value."""

    key: str
    key_span: Span
    node: Node
    key_type: PropertyType = PropertyType.TEXT
    """What the key would be as a value; ``1`` and ``"1"`` are two keys of one mapping."""


@dataclass(slots=True)
class Problems:
    """The problems found so far: never more than ``MAX_PROBLEMS``, and one of a kind for each limit."""

    found: list[Problem] = field(default_factory=list[Problem])
    _limits: set[str] = field(default_factory=set[str])

    def add(self, code: str, span: Span, message: str) -> None:
        """Report a problem, unless there are too many already."""
        if len(self.found) < MAX_PROBLEMS:
            self.found.append(Problem(code, span, message))

    def limit(self, span: Span, message: str) -> None:
        """Report a limit that was exceeded, once for each message."""
        if message not in self._limits:
            self._limits.add(message)
            self.found.append(Problem(LIMIT, span, message))

    @property
    def full(self) -> bool:
        """Whether looking for further problems is of no use."""
        return len(self.found) >= MAX_PROBLEMS

    def in_order(self) -> tuple[Problem, ...]:
        """The problems in the order of the text, each once."""
        return tuple(sorted(dict.fromkeys(self.found), key=lambda problem: problem.span))


def text_node(value: str, span: Span, problems: Problems) -> Node:
    """A string as a node: a link where it is exactly one wikilink. Left empty, and a problem, where it is too long."""
    if len(value) > MAX_VALUE:
        problems.limit(span, f"This value is longer than {MAX_VALUE:,} characters and is not read.")
        return Node(PropertyType.NULL, span)
    return Node(PropertyType.LINK if is_link(value) else PropertyType.TEXT, span, value)


def is_link(value: str) -> bool:
    """Whether a text is exactly one wikilink, ``[[target]]``."""
    return value.startswith("[[") and _LINK.fullmatch(value) is not None


def is_placeholder(value: str) -> bool:
    """Whether a text is exactly one placeholder of a template, ``{{title}}`` or ``<% tp.date.now() %>``."""
    return value.startswith(("{{", "<%")) and _PLACEHOLDER.fullmatch(value) is not None


def placeholder_at(text: str, position: int, end: int) -> Span | None:
    """The placeholder of a template that begins at a position, if one does."""
    match = _PLACEHOLDER.match(text, position, end)
    return Span(*match.span()) if match else None


def is_placeholder_value(text: str) -> bool:
    """Whether a placeholder of a template stands somewhere in the text."""
    return _PLACEHOLDER.search(text) is not None


def distinct(entries: Sequence[HeaderEntry], problems: Problems) -> list[HeaderEntry]:
    """The entries without those whose key stands again further down; each that stands again is a problem.

    The last one counts, as it does for the loaders of YAML and JSON.
    """
    last = {(entry.key_type, entry.key): entry for entry in entries}
    if len(last) == len(entries):
        return list(entries)
    seen: set[tuple[PropertyType, str]] = set()
    for entry in entries:
        identity = (entry.key_type, entry.key)
        if identity in seen:
            problems.add(
                DUPLICATE, entry.key_span, f"`{shorten(entry.key)}` stands here again: only the last one counts."
            )
        seen.add(identity)
    return [entry for entry in entries if last[(entry.key_type, entry.key)] is entry]


def shorten(text: str) -> str:
    """A piece of a note, short enough to be part of a message."""
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:39] + "…"


@dataclass(frozen=True, slots=True)
class _Place:
    """A node on its way to become a property."""

    key: str
    key_span: Span
    node: Node
    index: int | None
    alias: Span | None
    """The alias that all of this is written as."""
    order: int
    """Where it is listed: at its key, but never before what it is in."""
    element: bool = False


def flatten(entries: Sequence[HeaderEntry], problems: Problems) -> tuple[Property, ...]:
    """The properties of a tree in the order of the text, containers before what is in them.

    - An entry of a mapping has the keys on the way to it, joined by dots.
    - An element of a list has the list's key and its own place as ``index``.
    - An entry of a mapping that is an element has the key ``list.entry``, and the element's place as ``index``.
    - An element of a list that is itself an element has the key ``list.0``, where 0 is the inner list's place.
    - What an alias stands for has the alias for both of its spans.
    """
    found: list[tuple[int, Property]] = []
    size = 0
    levels: list[Generator[_Place, None, None]] = [
        (_Place(entry.key, entry.key_span, entry.node, None, None, entry.key_span.start) for entry in entries)
    ]
    while levels:
        place = next(levels[-1], None)
        if place is None:
            levels.pop()
            continue
        node = place.node
        key_span, span = place.alias or place.key_span, place.alias or node.span
        size += len(node.value)
        if len(found) >= MAX_PROPERTIES:
            problems.limit(key_span, f"Only the first {MAX_PROPERTIES:,} properties are read.")
            break
        if size > MAX_VALUES:
            problems.limit(span, f"Only the first {MAX_VALUES:,} characters of values are read.")
            break
        if len(place.key) > MAX_KEY:
            problems.limit(key_span, f"Keys longer than {MAX_KEY:,} characters are not read.")
            continue
        prop = Property(place.key, key_span, node.value, span, node.type, place.index)
        found.append((place.order, prop))
        if (node.items or node.entries) and len(levels) >= MAX_TREE_DEPTH:
            problems.limit(span, f"Values nested deeper than {MAX_TREE_DEPTH} are not read.")
        elif node.items or node.entries:
            levels.append(_inside(place))
    # Tables of TOML may be taken up again further down; what is in one place keeps its order.
    return tuple(prop for _, prop in sorted(found, key=lambda one: one[0]))


def _inside(place: _Place) -> Generator[_Place, None, None]:
    node = place.node
    alias = place.alias or (node.span if node.alias else None)
    key = f"{place.key}.{place.index}" if place.element and node.items else place.key
    for index, item in enumerate(node.items):
        order = place.order if alias else max(place.order, item.span.start)
        yield _Place(key, item.span, item, index, alias, order, element=True)
    for entry in node.entries:
        order = place.order if alias else max(place.order, entry.key_span.start)
        yield _Place(f"{key}.{entry.key}", entry.key_span, entry.node, place.index, alias, order)
