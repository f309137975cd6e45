"""TOML spans: where each key and each value of a TOML document stands, which ``tomllib`` does not tell.

The grammar is that of TOML 1.0, scanned leniently: what is invalid is passed over, since whoever wants to know
what is wrong asks ``tomllib``. Nothing here recurses, so nesting costs no stack.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from notes_lsp.text.source import Span

KeyPath = tuple[str | int, ...]
"""The way to a value: names of tables' keys and places in arrays, from the outside in."""

MAX_TOML_DEPTH = 100
"""Values nested deeper are passed over: a path holds all of its parents, so depth costs its square."""

MAX_PATHS = 50_000
"""Paths of one value; people write tens."""

_Ends = list[tuple[KeyPath, Span | None, int]]
"""The paths whose value ends where some value ends: (path, key span or none, where the path's value begins)."""

_BLANK = re.compile(r"(?:[ \t\r\n\ufeff]++|#[^\r\n]*+)*+")
_SPACE = re.compile(r"[ \t]*+")
_REST_OF_LINE = re.compile(r"[^\r\n]*+")
_STRING = re.compile(
    r'"""(?:[^"\\]++|\\.|"{1,2}+(?!"))*+"{3,5}'
    r"|'''(?:[^']++|'{1,2}+(?!'))*+'{3,5}"
    r'|"(?!"")(?:[^"\\\r\n]++|\\[^\r\n])*+"'
    r"|'(?!'')[^'\r\n]*+'",
    re.DOTALL,
)
_BRACKET = re.compile(rf"{_STRING.pattern}|#[^\r\n]*+|[\[\]{{}}]", re.DOTALL)
_BARE_VALUE = re.compile(r"[^,\[\]{}#\r\n]++")
_BARE_KEY = re.compile(r"[^\s.=,#\[\]{}\"']++")
_KEY_PART = r"""(?:[A-Za-z0-9_-]++|"(?:[^"\\\r\n]++|\\[^\r\n])*+"|'[^'\r\n]*+')[ \t]*+"""
_NEXT_ENTRY = re.compile(rf"[ \t]*+{_KEY_PART}(?:\.[ \t]*+{_KEY_PART})*+=")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_ESCAPED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b"}


class KeyPart(NamedTuple):
    """One part of a dotted key: its name without quotes, and where it stands with them."""

    name: str
    span: Span


class StatementKind(Enum):
    """What one statement of a document is."""

    TABLE = auto()
    """``[a.b]``."""
    ELEMENT = auto()
    """``[[a.b]]``: one more element of an array of tables."""
    ENTRY = auto()
    """``a.b = value``."""
    OTHER = auto()
    """A line that is none of these."""


class Statement(NamedTuple):
    """One statement, from its first character to the end of its last line, comment included, line end excluded."""

    kind: StatementKind
    span: Span
    keys: tuple[KeyPart, ...]
    value_span: Span
    """The value of an entry; of a header its brackets with all between."""
    inside: dict[KeyPath, tuple[Span, Span]]
    """Of an entry: every path in it, its own keys first, with the spans of key and value."""


def nesting_depth(text: str, span: Span) -> int:
    """How many arrays and inline tables stand inside each other in a statement, at most."""
    depth = deepest = 0
    for match in _BRACKET.finditer(text, *span):
        depth += 1 if match[0] in ("[", "{") else -1 if match[0] in ("]", "}") else 0
        deepest = max(depth, deepest)
    return deepest


def spans(text: str) -> dict[KeyPath, tuple[Span, Span]]:
    """Every key path of a document with the span of its key and the span of its value, in offsets of ``text``.

    Key spans include quotes; of an array's element the key span is the element itself. Value spans cover the value as
    written, with its quotes, brackets or braces. A table made by a header has that header, brackets included,
    for its value, as have its parents where no header of their own says otherwise; a table made by a dotted key
    has what follows its dot. Never raises: of invalid documents it tells what it can, and where a key stands twice, the
    first. Paths longer than ``MAX_DEPTH`` are left out, and all that follows a value of more than ``MAX_PATHS`` paths.
    """
    found: dict[KeyPath, tuple[Span, Span]] = {}
    lengths: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for statement in statements(text):
        if statement.kind is StatementKind.ENTRY:
            for path, places in statement.inside.items():
                if len(table) + len(path) <= MAX_TOML_DEPTH:
                    found.setdefault(table + path, places)
        elif statement.kind is not StatementKind.OTHER and len(statement.keys) <= MAX_TOML_DEPTH // 2:
            table = _enter(statement, found, lengths)
    return found


def _enter(statement: Statement, found: dict[KeyPath, tuple[Span, Span]], lengths: dict[KeyPath, int]) -> KeyPath:
    """Record the tables that a header makes; answer the path of the table that it opens."""
    path: KeyPath = ()
    for key in statement.keys[:-1]:
        path = (*path, key.name)
        found.setdefault(path, (key.span, statement.value_span))
        if path in lengths:
            path = (*path, lengths[path] - 1)
    last = statement.keys[-1]
    path = (*path, last.name)
    places = (last.span, statement.value_span)
    if statement.kind is StatementKind.TABLE:
        found[path] = places
        return path
    found.setdefault(path, places)
    length = lengths.get(path, 0)
    lengths[path] = length + 1
    path = (*path, length)
    found[path] = places
    return path


def statements(text: str, start: int = 0) -> Iterator[Statement]:
    """The statements of the document that begins at ``start``, in order, with spans in ``text``. Never raises."""
    position = _after(_BLANK, text, start)
    while position < len(text):
        statement = _header(text, position) if text[position] == "[" else _entry(text, position)
        yield statement
        position = _after(_BLANK, text, max(statement.span.end, position + 1))


def _header(text: str, start: int) -> Statement:
    double = text.startswith("[[", start)
    keys, position = _keys(text, start + 1 + double)
    close = "]]" if double else "]"
    if text.startswith(close, position):
        position += len(close)
    kind = StatementKind.ELEMENT if double else StatementKind.TABLE
    whole = Span(start, _after(_REST_OF_LINE, text, position))
    return Statement(kind if keys else StatementKind.OTHER, whole, keys, Span(start, position), {})


def _entry(text: str, start: int) -> Statement:
    keys, position = _keys(text, start)
    if not keys or not text.startswith("=", position):
        whole = Span(start, _after(_REST_OF_LINE, text, max(position, start + 1)))
        return Statement(StatementKind.OTHER, whole, keys, Span(whole.end, whole.end), {})
    inside: dict[KeyPath, tuple[Span, Span]] = {}
    begin = _after(_SPACE, text, position + 1)
    end = _value(text, begin, keys, inside)
    whole = Span(start, _after(_REST_OF_LINE, text, end))
    return Statement(StatementKind.ENTRY, whole, keys, Span(begin, end), inside)


class _Open(NamedTuple):
    """A list or inline table whose end is not known yet."""

    close: str
    path: KeyPath
    ends: _Ends


def _value(text: str, start: int, keys: tuple[KeyPart, ...], found: dict[KeyPath, tuple[Span, Span]]) -> int:
    """Record the value at ``start`` under its keys with all that is in it; answer where it ends."""
    stack: list[_Open] = []
    indexes: list[int] = []
    position = start
    ends: _Ends = _pending((), keys, start)
    path: KeyPath = tuple(key.name for key in keys)[: MAX_TOML_DEPTH + 1]
    while True:
        if len(found) > MAX_PATHS:
            return len(text)
        if text.startswith(("[", "{"), position):
            stack.append(_Open("]" if text[position] == "[" else "}", path, ends))
            indexes.append(0)
            for parent, key_span, _ in ends:
                _record(found, parent, key_span, Span(position, position))
            position += 1
        else:
            position = _scalar(text, position)
            _finish(found, ends, position)
        while stack:
            position, over = _to_next(text, position, stack[-1].close)
            if not over:
                break
            _finish(found, stack.pop().ends, position)
            indexes.pop()
        if not stack:
            return position
        parent = stack[-1].path
        if stack[-1].close == "]":
            path = (*parent, indexes[-1])[: MAX_TOML_DEPTH + 1]
            ends = [(path, None, position)]
            indexes[-1] += 1
        else:
            inner, position = _keys(text, position)
            position = _after(_SPACE, text, position + text.startswith("=", position))
            path = (*parent, *(key.name for key in inner))[: MAX_TOML_DEPTH + 1]
            ends = _pending(parent, inner, position)


def _pending(parent: KeyPath, keys: tuple[KeyPart, ...], start: int) -> _Ends:
    """The paths that a dotted key makes: the value of each but the last begins with the next key."""
    names = tuple(key.name for key in keys[:MAX_TOML_DEPTH])
    starts = (*(key.span.start for key in keys[1:]), start)
    return [
        ((*parent, *names[: index + 1]), key.span, begin)
        for index, (key, begin) in enumerate(zip(keys[:MAX_TOML_DEPTH], starts, strict=False))
    ]


def _finish(found: dict[KeyPath, tuple[Span, Span]], ends: _Ends, end: int) -> None:
    for path, key_span, begin in ends:
        _record(found, path, key_span, Span(begin, max(begin, end)))


def _record(found: dict[KeyPath, tuple[Span, Span]], path: KeyPath, key_span: Span | None, value_span: Span) -> None:
    if len(path) <= MAX_TOML_DEPTH:
        found[path] = (key_span or value_span, value_span)


def _to_next(text: str, position: int, close: str) -> tuple[int, bool]:
    """Where the next item of an open array or inline table begins, or where it ends and that it is over.

    One that was never closed is over where a line begins as only a statement does.
    """
    comma = False
    while True:
        line_end = _after(_SPACE, text, position)
        if line_end >= len(text):
            return min(position, len(text)), True
        char = text[line_end]
        if char == close:
            return line_end + 1, True
        if char == ",":
            position, comma = line_end + 1, True
        elif char in "\r\n#":
            following = _after(_BLANK, text, line_end)
            begins_entry = _NEXT_ENTRY.match(text, following) is not None
            if following >= len(text) or (begins_entry and (close == "]" or not comma)):
                return position, True
            position = following
        elif char in "]}":
            return line_end, True
        else:
            return line_end, False


def _scalar(text: str, start: int) -> int:
    """The end of the string or bare value at ``start``; an unclosed string ends with its line."""
    string = _STRING.match(text, start)
    if string:
        return string.end()
    if text.startswith(('"', "'"), start):
        return _after(_REST_OF_LINE, text, start)
    bare = _BARE_VALUE.match(text, start)
    return start + len(bare[0].rstrip(" \t")) if bare else start


def _keys(text: str, start: int) -> tuple[tuple[KeyPart, ...], int]:
    """The dotted key at ``start``, and where the next thing after it begins on its line."""
    keys: list[KeyPart] = []
    position = _after(_SPACE, text, start)
    while True:
        quoted = _STRING.match(text, position)
        match = quoted or _BARE_KEY.match(text, position)
        if not match:
            return tuple(keys), position
        name = _unquoted(match[0]) if quoted else match[0]
        keys.append(KeyPart(name, Span(*match.span())))
        position = _after(_SPACE, text, match.end())
        if not text.startswith(".", position):
            return tuple(keys), position
        position = _after(_SPACE, text, position + 1)


def _unquoted(quoted: str) -> str:
    if quoted[0] == "'":
        return quoted[1:-1]
    return _ESCAPE.sub(_unescaped, quoted[1:-1])


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    if not code:
        return _ESCAPED.get(match[3], match[3])
    point = int(code, 16)
    return chr(point) if point <= 0x10FFFF else "\ufffd"


def _after(pattern: re.Pattern[str], text: str, position: int) -> int:
    """The end of what ``pattern``, which always matches, takes at ``position``."""
    match = pattern.match(text, position)
    return match.end() if match else position
