"""JSON: the entries of JSON frontmatter with exact spans; errors are reported and skipped.

The grammar is RFC 8259. Nothing here recurses, so nesting costs no stack.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from notes_lsp.facts import PropertyType
from notes_lsp.frontmatter.formats import tree
from notes_lsp.frontmatter.formats.tree import HeaderEntry, Node, Problems
from notes_lsp.text.source import Span

_DECODER = json.JSONDecoder(strict=False)
_BRACKET = re.compile(r'"(?:[^"\\\r\n]++|\\[^\r\n])*+"?|[\[\]{}]')
_REST_BLANK = re.compile(r"[ \t]*+(?:[\r\n]|\Z)")
_CLOSING_LINE = re.compile(r"(?<=[\r\n])\}(?=[ \t]*+(?:[\r\n]|\Z))")
_LINE_END = re.compile(r"[\r\n]")
_KEY = re.compile(r'"(?:[^"\\\r\n]++|\\[^\r\n])*+"\s*+:')
_COMMAS = re.compile(r",(?:\s*+,)*+")
_SPACE = re.compile(r"\s*+")
_STRING = re.compile(r'"(?:[^"\\\r\n]++|\\[^\r\n])*+("?)')
_OTHER_STRING = re.compile(r"'(?:[^'\\\r\n]++|\\[^\r\n])*+'")
_COMMENT = re.compile(r"//[^\r\n]*+|/\*.*?(?:\*/|\Z)", re.DOTALL)
_LITERAL = re.compile(r"[^\s,:\[\]{}\"]++(?:[ \t]++[^\s,:\[\]{}\"]++)*+")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?|NaN|-?Infinity")


def json_end(text: str, start: int) -> int | None:
    """Where the object that begins at ``start`` ends; ``None`` where it does not, or where text follows on its line."""
    balanced, depth = _balanced(text, start)
    end = balanced
    if depth <= tree.MAX_NESTING:
        try:
            end = _DECODER.raw_decode(text, start)[1]
        except ValueError:
            end = balanced
    if end is None:
        closing = _CLOSING_LINE.search(text, start)
        return closing.end() if closing else None
    return end if _REST_BLANK.match(text, end) else None


def _balanced(text: str, start: int) -> tuple[int | None, int]:
    """Where all brackets are closed, if they are, and how many were open at most."""
    depth = deepest = 0
    for match in _BRACKET.finditer(text, start):
        depth += 1 if match[0] in ("{", "[") else -1 if match[0] in ("}", "]") else 0
        deepest = max(depth, deepest)
        if depth == 0:
            return match.end(), deepest
    return None, deepest


def read_json(text: str, body: Span, problems: Problems) -> list[HeaderEntry]:
    """The entries of the object that is ``body``, with spans in ``text``. Never raises.

    Of a key that stands twice the last one counts, as for Python's ``json``; a string is text whatever it looks like.
    """
    reading = _Reading(text, body, problems)
    root = _Frame(Node(PropertyType.OBJECT, body))
    stack = [root]
    position, count = body.start + 1, 0
    while stack:
        position = _after_space(reading, position)
        frame = stack[-1]
        char = text[position : position + 1] if position < body.end else ""
        if not char:
            reading.tell(Span(body.end - 1, body.end), "A bracket is never closed.")
            break
        if char in "]}":
            position += 1
            _close(reading, stack.pop(), position)
            continue
        if char == ",":
            if not frame.count or text.startswith(",", _after_space(reading, position + 1)):
                reading.tell(Span(position, position + 1), "A comma stands here with nothing before it.")
            commas = _COMMAS.match(text, position, body.end)
            frame.comma, position = True, commas.end() if commas else position + 1
            continue
        if frame.node.type is PropertyType.LIST and len(stack) > 1 and _KEY.match(text, position, body.end):
            reading.tell(Span(frame.node.span.start, frame.node.span.start + 1), "`[` is never closed.")
            _end(stack.pop(), frame.end)
            stack[-1].comma = frame.comma
            continue
        if frame.count and not frame.comma:
            reading.tell(Span(frame.end - 1, frame.end), "A comma is missing after this.")
        count += 1
        if count > tree.MAX_NODES:
            problems.limit(
                Span(position, position + 1), f"Only the first {tree.MAX_NODES:,} values of a header are read."
            )
            break
        frame.count, frame.comma = frame.count + 1, False
        key = None
        if frame.node.type is PropertyType.OBJECT:
            key, position = _key(reading, position)
        node, position = _value(reading, position)
        frame.end = max(position, body.start + 1)
        if key is None:
            frame.node.items.append(node)
        else:
            frame.node.entries.append(HeaderEntry(key[0], key[1], node))
        if node.type in (PropertyType.LIST, PropertyType.OBJECT):
            stack.append(_Frame(node))
    for frame in stack:
        frame.node.entries = tree.distinct(frame.node.entries, problems)
    return root.node.entries


@dataclass(slots=True)
class _Reading:
    """What all steps of reading one header share."""

    text: str
    body: Span
    problems: Problems
    told_until: int = 0
    """The end of the last line of which a problem has been told."""

    def tell(self, span: Span, message: str) -> None:
        """Report a problem, once for each line: what follows on it is mostly a consequence."""
        if span.start >= self.told_until:
            following = _LINE_END.search(self.text, span.start, self.body.end)
            self.told_until = following.end() if following else self.body.end
            self.problems.add(tree.SYNTAX, span, message)


@dataclass(slots=True)
class _Frame:
    """An object or array that has begun."""

    node: Node
    count: int = 0
    comma: bool = False
    end: int = 0
    """Where the last thing in it ended."""


def _end(frame: _Frame, end: int) -> None:
    frame.node.span = Span(frame.node.span.start, max(frame.node.span.end, end))


def _close(reading: _Reading, frame: _Frame, end: int) -> None:
    node = frame.node
    _end(frame, end)
    bracket = "]" if node.type is PropertyType.LIST else "}"
    if reading.text[end - 1] != bracket:
        reading.tell(Span(end - 1, end), f"`{bracket}` is missing before this.")
    elif frame.comma:
        comma = reading.text.rfind(",", 0, end)
        reading.tell(Span(comma, comma + 1), "JSON allows no comma after the last value.")
    node.entries = tree.distinct(node.entries, reading.problems)


def _after_space(reading: _Reading, position: int) -> int:
    """Past white space, and past comments, which JSON has not."""
    while True:
        space = _SPACE.match(reading.text, position, reading.body.end)
        position = space.end() if space else position
        comment = _COMMENT.match(reading.text, position, reading.body.end)
        if comment is None:
            return position
        reading.tell(Span(*comment.span()), "JSON has no comments.")
        position = comment.end()


def _key(reading: _Reading, position: int) -> tuple[tuple[str, Span], int]:
    """The key at ``position`` with its span, and where its value begins."""
    text, end = reading.text, reading.body.end
    if text.startswith('"', position):
        node, after = _string(reading, position)
    else:
        other = _OTHER_STRING.match(text, position, end) or _LITERAL.match(text, position, end)
        after = other.end() if other else position + (text[position] not in ":[{")
        node = Node(PropertyType.TEXT, Span(position, after), text[position:after].strip("'"))
        reading.tell(Span(position, max(after, position + 1)), "A key stands in double quotes.")
    key = (node.value, node.span)
    colon = _after_space(reading, after)
    if text.startswith(":", colon) and colon < end:
        return key, _after_space(reading, colon + 1)
    reading.tell(node.span, "A colon is missing after this key.")
    return key, colon


def _value(reading: _Reading, position: int) -> tuple[Node, int]:
    """The value at ``position``, of arrays and objects only their beginning, and where it ends."""
    text, end = reading.text, reading.body.end
    char = text[position : position + 1] if position < end else ""
    if char == '"':
        return _string(reading, position)
    placeholder = tree.placeholder_at(text, position, end)
    if placeholder:
        value = text[placeholder.start : placeholder.end]
        return tree.text_node(value, placeholder, reading.problems), placeholder.end
    if char in {"[", "{"}:
        kind = PropertyType.LIST if char == "[" else PropertyType.OBJECT
        return Node(kind, Span(position, position + 1)), position + 1
    quoted = _OTHER_STRING.match(text, position, end)
    match = quoted or _LITERAL.match(text, position, end)
    if match is None:
        reading.tell(Span(max(position - 1, 0), position), "A value is missing here.")
        return Node(PropertyType.NULL, Span(position, position)), position + (char == ":")
    span, raw = Span(*match.span()), match[0]
    if quoted:
        reading.tell(span, "Text stands in double quotes.")
        return tree.text_node(raw[1:-1], span, reading.problems), span.end
    if raw == "null":
        return Node(PropertyType.NULL, span), span.end
    if raw in ("true", "false"):
        return Node(PropertyType.BOOLEAN, span, raw), span.end
    if len(raw) <= tree.MAX_KEY and _NUMBER.fullmatch(raw):
        return Node(PropertyType.NUMBER, span, raw), span.end
    if not tree.is_placeholder_value(raw):
        reading.tell(span, "Text stands in double quotes.")
    return tree.text_node(raw, span, reading.problems), span.end


def _string(reading: _Reading, position: int) -> tuple[Node, int]:
    match = _STRING.match(reading.text, position, reading.body.end)
    if match is None:
        return Node(PropertyType.TEXT, Span(position, position)), position
    span, raw = Span(*match.span()), match[0]
    if not match[1]:
        span = Span(position, position + len(raw.rstrip(", \t")))
        reading.tell(span, "This quote is never closed.")
        return tree.text_node(reading.text[position + 1 : span.end], span, reading.problems), match.end()
    try:
        value = str(json.loads(raw, strict=False))
    except ValueError:
        reading.tell(span, "There is no such escape in JSON: a backslash is written `\\\\`.")
        value = raw[1:-1]
    return tree.text_node(value, span, reading.problems), span.end
