"""TOML: the entries of TOML frontmatter with exact spans, parsed statement by statement.

Values come from ``tomllib``, spans from :mod:`notes_lsp.frontmatter.formats.toml_spans`.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from dataclasses import dataclass, field
from typing import cast

from notes_lsp.facts import PropertyType
from notes_lsp.frontmatter.formats import tree
from notes_lsp.frontmatter.formats.toml_spans import (
    KeyPart,
    KeyPath,
    Statement,
    StatementKind,
    nesting_depth,
    statements,
)
from notes_lsp.frontmatter.formats.tree import HeaderEntry, Node, Problems
from notes_lsp.text.source import Span

_LONE_RETURN = re.compile(r"\r(?!\n)")
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_SHORT_DAY = re.compile(r"\d{4}-(?:\d-\d{1,2}|\d{2}-\d)")
_SHORT_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MAX_WHOLE = 300_000
_REASONS = {
    "Unterminated string": "A quote is never closed.",
    "Unclosed array": "A comma or `]` is missing.",
    "Unclosed inline table": "A comma or `}` is missing.",
    "Invalid initial character for a key part": "No key is here: inline tables have one line and no comma at the end.",
    "Invalid date or datetime": "There is no such day or time.",
    "Invalid value": "This is no value of TOML: text stands in quotes.",
    "Expected '=' after a key in a key/value pair": "`=` is missing after this key.",
    "Expected newline or end of document after a statement": "Something stands after the end; text stands in quotes.",
}


def read_toml(text: str, body: Span, problems: Problems) -> list[HeaderEntry]:
    """The entries of the TOML in ``body``, with spans in ``text``. Never raises.

    A statement that is broken becomes a problem and the others are read; a key that stands twice is a problem, and the
    last one counts. A table has for its value span the header that makes it, brackets included.
    """
    # tomllib knows no lone carriage return; one character for one keeps the offsets.
    source = _LONE_RETURN.sub("\n", text[: body.end].replace("\ufeff", " "))
    reading = _Reading(source, problems)
    table: Node | None = reading.root
    count = 0
    for statement in statements(source, body.start):
        count += 1 + len(statement.inside)
        if count > tree.MAX_NODES:
            problems.limit(statement.span, f"Only the first {tree.MAX_NODES:,} values of a header are read.")
            break
        if len(statement.keys) > tree.MAX_TREE_DEPTH or _is_too_deep(source, statement.span):
            problems.limit(statement.span, f"Values nested deeper than {tree.MAX_TREE_DEPTH} are not read.")
        elif statement.kind is StatementKind.ENTRY:
            _enter(reading, table, statement)
        elif statement.kind is StatementKind.OTHER:
            _tell_other(reading, statement)
        else:
            table = _open(reading, statement)
        if problems.full:
            break
    if (
        not problems.found
        and not tree.is_placeholder_value(source[body.start :])
        and body.end - body.start <= _MAX_WHOLE
    ):
        _check(reading, body, body)
    return reading.root.entries


def _is_too_deep(source: str, span: Span) -> bool:
    brackets = source.count("[", *span) + source.count("{", *span)
    return brackets > tree.MAX_NESTING and nesting_depth(source, span) > tree.MAX_NESTING


@dataclass(slots=True)
class _Reading:
    """The tree that is being built."""

    source: str
    problems: Problems
    root: Node = field(default_factory=lambda: Node(PropertyType.OBJECT, Span(0, 0)))
    children: dict[tuple[int, str], Node] = field(default_factory=dict[tuple[int, str], Node])
    """Every value by the identity of its table and its name."""
    opened: set[int] = field(default_factory=set[int])
    """The tables, by identity, that have a header of their own."""


def _check(reading: _Reading, whole: Span, value: Span) -> bool:
    """Whether ``tomllib`` reads what stands in ``whole``; where it does not, tell why, at worst of ``value``."""
    written = reading.source[whole.start : whole.end]
    try:
        tomllib.loads(written)
    except ValueError as error:
        reason = str(error)
        place = _PLACE.search(reason)
        at = whole.end
        if place and place[1] and not reason.startswith("Unescaped"):
            at = min(whole.start + _offset(written, int(place[1]) - 1, int(place[2]) - 1), whole.end)
        _tell(reading, Span(at, whole.end), value, _PLACE.sub("", reason))
        return False
    return True


def _offset(text: str, line: int, column: int) -> int:
    """The offset of a line and column, both from 0, where lines end as ``tomllib`` counts them: at each newline."""
    return sum(len(before) + 1 for before in text.split("\n")[:line]) + column


def _tell(reading: _Reading, rest: Span, value: Span, reason: str) -> None:
    """Report what ``tomllib`` says, in plain words, at the first line of ``rest``; at ``value`` where that is empty."""
    line = _written(reading, rest).split("\n", 1)[0].rstrip()
    span = Span(rest.start, rest.start + len(line)) if line else value
    message = _REASONS.get(reason, f"This is not valid TOML: {reason}.")
    if reason.startswith(("Unescaped", "Invalid hex value")):
        message = "There is no such escape in double quotes: write `\\\\`, or use single quotes."
    written = _written(reading, value)
    if written in ("True", "False", "TRUE", "FALSE"):
        message = f"TOML writes it in small letters: `{written.lower()}`."
    elif _SHORT_DAY.fullmatch(written):
        span, message = value, "A day has two digits for month and day: write it as 2024-05-01."
    elif _SHORT_TIME.fullmatch(written):
        span, message = value, "A time has seconds in TOML: write it as 10:30:00."
    elif reason.startswith("Expected newline") and _DAY.match(written):
        span, message = value, "There is no such day or time."
    elif written.startswith(("\u201c", "\u201d", "\u2018", "\u2019")):
        message = "Texts stand in straight quotes."
    reading.problems.add(tree.SYNTAX, span, message)


def _written(reading: _Reading, span: Span) -> str:
    return reading.source[span.start : span.end]


def _tell_other(reading: _Reading, statement: Statement) -> None:
    if not tree.is_placeholder_value(_written(reading, statement.span)):
        message = "This is no `key = value`." if statement.keys else "A line begins with a key or with `[`."
        reading.problems.add(tree.SYNTAX, statement.span, message)


def _open(reading: _Reading, statement: Statement) -> Node | None:
    """The table that a header opens; ``None`` where a value stands in its way, whose entries then have no place."""
    _check(reading, statement.span, statement.value_span)
    table: Node | None = reading.root
    for key in statement.keys[:-1]:
        table = _table(reading, table, key, statement.value_span)
    last = statement.keys[-1]
    if statement.kind is StatementKind.TABLE:
        table = _table(reading, table, last, statement.value_span)
        if table is not None and id(table) in reading.opened:
            message = f"The table `{tree.shorten(last.name)}` has a header already."
            reading.problems.add(tree.DUPLICATE, last.span, message)
        reading.opened.add(id(table))
        return table
    if table is None:
        return None
    found = reading.children.get((id(table), last.name))
    if found is None:
        found = Node(PropertyType.LIST, statement.value_span)
        _add(reading, table, last, found)
    if found.type is not PropertyType.LIST:
        reading.problems.add(tree.DUPLICATE, last.span, f"`{tree.shorten(last.name)}` is no list of tables above.")
        return None
    element = Node(PropertyType.OBJECT, statement.value_span)
    found.items.append(element)
    return element


def _table(reading: _Reading, parent: Node | None, key: KeyPart, span: Span) -> Node | None:
    """The table of that name in ``parent``, made where there is none; of a list of tables its last."""
    if parent is None:
        return None
    found = reading.children.get((id(parent), key.name))
    if found is None:
        found = Node(PropertyType.OBJECT, span)
        _add(reading, parent, key, found)
    if found.type is PropertyType.LIST and found.items:
        found = found.items[-1]
    if found.type is PropertyType.OBJECT:
        return found
    reading.problems.add(tree.DUPLICATE, key.span, f"`{tree.shorten(key.name)}` has a value already and is no table.")
    return None


def _add(reading: _Reading, table: Node, key: KeyPart, node: Node) -> None:
    """Put a value into its table, in place of one that has the same key."""
    if (id(table), key.name) in reading.children:
        message = f"`{tree.shorten(key.name)}` stands here again: only the last one counts."
        reading.problems.add(tree.DUPLICATE, key.span, message)
        table.entries = [entry for entry in table.entries if entry.key != key.name]
    reading.children[id(table), key.name] = node
    table.entries.append(HeaderEntry(key.name, key.span, node))


def _enter(reading: _Reading, table: Node | None, statement: Statement) -> None:
    """Read ``key = value`` into the open table."""
    *parents, last = statement.keys
    begins = (key.span.start for key in statement.keys[1:])
    for key, begin in zip(parents, begins, strict=True):
        table = _table(reading, table, key, Span(begin, statement.value_span.end))
    node = _entered(reading, statement)
    if table is not None and node is not None:
        _add(reading, table, last, node)


def _entered(reading: _Reading, statement: Statement) -> Node | None:
    """The value of an entry; what is plainly meant where it is broken, else ``None``."""
    span = statement.value_span
    written = _written(reading, span)
    if len(written) > tree.MAX_VALUE:
        return tree.text_node(written, span, reading.problems)
    line = Span(span.start, statement.span.end)
    rest = _written(reading, line)
    if written.startswith(("{{", "<%")) and tree.is_placeholder_value(rest):
        return tree.text_node(rest.rstrip(), Span(line.start, line.start + len(rest.rstrip())), reading.problems)
    if not written:
        reading.problems.add(tree.SYNTAX, statement.keys[-1].span, "A value is missing after this key.")
        return Node(PropertyType.NULL, span)
    if _check(reading, statement.span, span):
        return _nodes(reading, statement)
    return _meant(reading, statement, written)


def _meant(reading: _Reading, statement: Statement, written: str) -> Node | None:
    """What a broken value plainly means: text without its quotes, or a list of what is whole in it."""
    span = statement.value_span
    if written[0] == "{":
        return None
    if written[0] != "[":
        return tree.text_node(written.strip("\"'"), span, reading.problems)
    found = Node(PropertyType.LIST, span)
    for path, (_, inner) in statement.inside.items():
        if len(path) == len(statement.keys) + 1:
            try:
                value: object = tomllib.loads("x = " + _written(reading, inner))["x"]
            except ValueError:
                continue
            if not isinstance(value, (dict, list)):
                found.items.append(_node(reading, value, inner))
    return found


def _nodes(reading: _Reading, statement: Statement) -> Node:
    """The value of a sound entry with all that is in it: values from ``tomllib``, spans from the scanner."""
    path: KeyPath = tuple(key.name for key in statement.keys)
    value: object = tomllib.loads(_written(reading, statement.span))
    for key in statement.keys:
        value = cast("dict[str, object]", value)[key.name]
    node = _node(reading, value, statement.value_span)
    waiting: list[tuple[KeyPath, object, Node]] = [(path, value, node)]
    while waiting:
        path, value, parent = waiting.pop()
        if isinstance(value, dict):
            for name, inner in cast("dict[str, object]", value).items():
                key_span, span = statement.inside.get((*path, name), (parent.span, parent.span))
                child = _node(reading, inner, span)
                parent.entries.append(HeaderEntry(name, key_span, child))
                waiting.append(((*path, name), inner, child))
        elif isinstance(value, list):
            for index, inner in enumerate(cast("list[object]", value)):
                _, span = statement.inside.get((*path, index), (parent.span, parent.span))
                child = _node(reading, inner, span)
                parent.items.append(child)
                waiting.append(((*path, index), inner, child))
    return node


def _node(reading: _Reading, value: object, span: Span) -> Node:
    if isinstance(value, str):
        return tree.text_node(value, span, reading.problems)
    if isinstance(value, bool):
        return Node(PropertyType.BOOLEAN, span, "true" if value else "false")
    if isinstance(value, dt.datetime):
        return Node(PropertyType.DATETIME, span, value.isoformat())
    if isinstance(value, dt.date):
        return Node(PropertyType.DATE, span, value.isoformat())
    if isinstance(value, dt.time):
        return Node(PropertyType.TEXT, span, value.isoformat())
    if isinstance(value, (dict, list)):
        return Node(PropertyType.OBJECT if isinstance(value, dict) else PropertyType.LIST, span)
    return Node(PropertyType.NUMBER, span, _written(reading, span))
