"""YAML scan: our own scanner of YAML: its tokens, open brackets, depth, and the first error.

Whether YAML is valid is what PyYAML says; what is wrong with it is decided here, so that no message depends on which
version of which parser found the fault. The rules are those of the scanners of PyYAML and libyaml for YAML 1.1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import NamedTuple

_BLANKS = re.compile(r"[ \t\ufeff]*+")
_SPACES = re.compile(r" *+")
_COMMENT = re.compile(r"(?:#[^\r\n]*+)?+")
_REST_OF_LINE = re.compile(r"[^\r\n]*+")
_LINE_END = re.compile(r"\r\n|\n|\r")
_BLANK_OR_END = frozenset((" ", "\t", "\r", "\n", ""))
_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`")
_NAME = re.compile(r"[*&][0-9A-Za-z_-]*+")
_AFTER_NAME = _BLANK_OR_END | frozenset("?:,]}%@`")
_TAG = re.compile(r"!(?:<[^\s>]*+>|[0-9A-Za-z_-]*+!)?+[^\s,\[\]{}]*+")
_BLOCK_HEADER = re.compile(r"[|>](?:[+-][1-9]?+|[1-9][+-]?+)?+[ \t]*+(?:#[^\r\n]*+)?+")
_SINGLE = re.compile(r"'(?:[^']++|'')*+'")
_DOUBLE = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_ESCAPE = re.compile(
    r"""\\(?:(["0abtnvfreNLP_/\\ \t\r\n]|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})|.?)""", re.DOTALL
)
_DOCUMENT = re.compile(r"(?:(?<=[\r\n])|\A)(?:---|\.\.\.)(?=[ \t\r\n]|\Z)")
_PLAIN_IN_BLOCK = re.compile(r"(?:[^ \t\r\n:#]|:(?![ \t\r\n]|\Z)|(?<=[^ \t\r\n])#)++")
_PLAIN_IN_FLOW = re.compile(r"(?:[^ \t\r\n:#,\[\]{}]|:(?![ \t\r\n,\[\]{}]|\Z)|(?<=[^ \t\r\n])#)++")
_MAX_KEY = 1024
"""Characters of a key that stands without a `?` (YAML 1.1, 7.3.3)."""


class FaultKind(Enum):
    """What breaks YAML where its tokens are read."""

    QUOTE = auto()
    """A quote that is never closed; ``since`` is the quote."""
    TAB = auto()
    """A tab where the indentation is; ``at`` is the tab."""
    DIRECTIVE = auto()
    """A line that begins with ``%``."""
    START = auto()
    """A character that no value can begin with."""
    ESCAPE = auto()
    """An escape that there is not; ``at`` is its backslash."""
    PREFIX = auto()
    """``*``, ``&`` or ``!`` without a name, or with something after it; ``since`` is the sign."""
    BLOCK_HEADER = auto()
    """Text after ``|`` or ``>``; ``since`` is the sign."""
    LIST = auto()
    """``- `` where no list can begin."""
    KEY = auto()
    """``? `` where no key can begin."""
    COLON = auto()
    """``: `` where nothing can be its key."""
    NO_COLON = auto()
    """What must be a key, for where it stands, has no colon; ``since`` is where it begins."""
    DEPTH = auto()
    """Values inside values, more than the limit; ``at`` is the innermost one's beginning."""


class Fault(NamedTuple):
    """The first fault of a text, where it shows, and where the construct began that it breaks."""

    kind: FaultKind
    at: int
    since: int


class YamlToken(NamedTuple):
    """A value as it stands in the text: ``plain``, ``quoted``, ``block`` or ``alias``."""

    kind: str
    start: int
    end: int


@dataclass(slots=True)
class Scan:
    """What a text is up to its first fault, or up to where the scan was to stop."""

    fault: Fault | None = None
    last: YamlToken | None = None
    """The last value that began before the place asked for."""
    brackets: list[int] = field(default_factory=list[int])
    """Where the brackets stand that are open there."""
    entry: int = 0
    """Where the last key of the outermost mapping begins."""
    spaces: list[int] = field(default_factory=list[int])
    """Tabs that stand between values: to YAML the same as spaces."""
    inside: list[int] = field(default_factory=list[int])
    """Tabs inside values without quotes."""


@dataclass(slots=True)
class _Candidate:
    """What is a key if a colon follows."""

    at: int
    column: int
    line: int
    required: bool


@dataclass(slots=True)
class _State:
    """What the scanner knows between two tokens; columns and indentations in characters, -1 for none."""

    text: str
    end: int
    scan: Scan
    line: int = field(init=False)
    """Where the current line begins."""
    indents: list[int] = field(default_factory=lambda: [-1])
    candidates: list[_Candidate | None] = field(default_factory=lambda: [None])
    """One for each bracket that is open, and one for what is outside."""
    key_allowed: bool = True

    def __post_init__(self) -> None:
        self.line = self.scan.entry

    def fail(self, kind: FaultKind, at: int, since: int) -> None:
        """Keep a fault; the first one counts."""
        self.scan.fault = self.scan.fault or Fault(kind, at, since)


def scan_yaml(
    text: str, start: int, end: int, *, indent: int = -1, until: int | None = None, limit: int | None = None
) -> Scan:
    """Read YAML from ``start``, a line's beginning, until its first fault.

    Args:
        text: what the offsets count in.
        start: where to begin.
        end: where the document ends.
        indent: the column of the mapping or list that goes on at ``start``; -1 where a document begins.
        until: where to stop: what begins there is read for its faults, but is neither the last value nor open.
        limit: how many values may stand inside each other.
    """
    state = _State(text, end, Scan(entry=start), indents=[-1, indent] if indent >= 0 else [-1])
    found, position = state.scan, start
    while found.fault is None:
        position = _to_token(state, position)
        if until is not None and position > until:
            break
        _expire(state, position)
        if position >= end:
            _forget(state, position)
            break
        if position == until:
            last, brackets = found.last, list(found.brackets)
            _read_token(state, position)
            found.last, found.brackets = last, brackets
            break
        position = _read_token(state, position)
        if limit is not None and len(found.brackets) + len(state.indents) - 1 > limit:
            state.fail(FaultKind.DEPTH, position - 1, position - 1)
    return found


def _to_token(state: _State, position: int) -> int:
    """Pass over white space, comments and line ends."""
    text, end = state.text, state.end
    while True:
        blanks = _end(_BLANKS, text, position, end)
        tab = text.find("\t", position, blanks)
        if tab >= 0 and state.key_allowed and not state.scan.brackets:
            _expire(state, tab)
            state.fail(FaultKind.TAB, tab, tab)
            return end
        if tab >= 0:
            state.scan.spaces += [index for index in range(tab, blanks) if text[index] == "\t"]
        position = _end(_COMMENT, text, blanks, end)
        following = _LINE_END.match(text, position, end)
        if following is None:
            return position
        position = state.line = following.end()
        if not state.scan.brackets:
            state.key_allowed = True


def _end(pattern: re.Pattern[str], text: str, position: int, end: int) -> int:
    """Where a match ends that begins at a position; the position itself where there is none."""
    match = pattern.match(text, position, end)
    return match.end() if match else position


def _read_token(state: _State, position: int) -> int:
    """Read what begins at a position; answer where it ends."""
    text, found = state.text, state.scan
    column = position - state.line
    while not found.brackets and state.indents[-1] > column:
        state.indents.pop()
    char = text[position]
    following = text[position + 1 : position + 2] if position + 1 < state.end else ""
    if column == 0 and char == "%":
        state.fail(FaultKind.DIRECTIVE, position, position)
    elif column == 0 and _DOCUMENT.match(text, position, state.end):
        _forget(state, position)
        state.indents, state.key_allowed = [-1], False
        return position + 3
    elif char in "[{":
        _remember(state, position)
        found.brackets.append(position)
        state.candidates.append(None)
        state.key_allowed = True
    elif char in "]}":
        _forget(state, position)
        if found.brackets:
            found.brackets.pop()
            state.candidates.pop()
        state.key_allowed = False
    elif char == ",":
        _forget(state, position)
        state.key_allowed = True
    elif char in "-?" and (following in _BLANK_OR_END or (char == "?" and found.brackets)):
        if not found.brackets:
            if not state.key_allowed:
                state.fail(FaultKind.LIST if char == "-" else FaultKind.KEY, position, position)
            _indent(state, column)
        _forget(state, position)
        state.key_allowed = char == "-" or not found.brackets
    elif char == ":" and (following in _BLANK_OR_END or found.brackets):
        _read_colon(state, position, column)
    else:
        return _read_value(state, position, char, following)
    return position + 1


def _read_colon(state: _State, position: int, column: int) -> None:
    key = state.candidates[-1]
    if key is not None:
        state.candidates[-1] = None
        if not state.scan.brackets:
            _indent(state, key.column)
            if len(state.indents) == 2:
                state.scan.entry = key.at
        state.key_allowed = False
        return
    if not state.scan.brackets:
        if not state.key_allowed:
            state.fail(FaultKind.COLON, position, position)
        _indent(state, column)
    state.key_allowed = not state.scan.brackets


def _read_value(state: _State, position: int, char: str, following: str) -> int:
    text, found, limit = state.text, state.scan, state.end
    if char in "|>" and not found.brackets:
        return _read_block(state, position)
    _remember(state, position)
    state.key_allowed = False
    kind, end = "quoted", position + 1
    if char in "*&!":
        match = (_TAG if char == "!" else _NAME).match(text, position, limit)
        end = match.end() if match else position
        after = text[end : end + 1] if end < limit else ""
        allowed = after in (_BLANK_OR_END if char == "!" else _AFTER_NAME) or (after in ",]}" and bool(found.brackets))
        if not allowed or (char != "!" and end == position + 1):
            state.fail(FaultKind.PREFIX, end, position)
        if char != "*":
            return end
        kind = "alias"
    elif char in "'\"":
        match = (_SINGLE if char == "'" else _DOUBLE).match(text, position, limit)
        end = match.end() if match else limit
        if char == '"':
            escape = next((one for one in _ESCAPE.finditer(text, position, end) if one[1] is None), None)
            if escape is not None:
                state.fail(FaultKind.ESCAPE, escape.start(), position)
        document = _DOCUMENT.search(text, position, end)
        if match is None or document is not None:
            state.fail(FaultKind.QUOTE, document.start() if document else limit, position)
    elif char in _INDICATORS and (char not in "-?:" or following in _BLANK_OR_END or (found.brackets and char != "-")):
        state.fail(FaultKind.START, position, position)
    else:
        return _read_plain(state, position)
    found.last = YamlToken(kind, position, end)
    before = max(text.rfind("\n", position, end), text.rfind("\r", position, end)) + 1
    state.line = max(state.line, before)
    return end


def _read_plain(state: _State, position: int) -> int:
    """Read a value without quotes, which goes on in lines that are indented further than what it is in.

    Answers where the white space after it ends.
    """
    text, found, limit = state.text, state.scan, state.end
    pattern = _PLAIN_IN_FLOW if found.brackets else _PLAIN_IN_BLOCK
    end = max(_end(pattern, text, position, limit), position + 1)
    while True:
        blanks = _end(_BLANKS, text, end, limit)
        begin, line = blanks, -1
        while following := _LINE_END.match(text, begin, limit):
            line = following.end()
            begin = _end(_BLANKS, text, line, limit)
            tab = text.find("\t", line, begin)
            if 0 <= tab <= line + state.indents[-1]:
                state.fail(FaultKind.TAB, tab, position)
                return end
        begins = line < 0 or found.brackets or begin - line > state.indents[-1]
        more = begin
        if begins and text[begin : begin + 1] != "#" and not (line >= 0 and _DOCUMENT.match(text, line, limit)):
            more = _end(pattern, text, begin, limit)
        same_line = line < 0 and more > begin
        (found.inside if same_line else found.spaces).extend(at for at in range(end, begin) if text[at] == "\t")
        if line >= 0:
            state.line = line
        if more == begin:
            break
        end = more
    if line >= 0:
        state.key_allowed = True
    found.last = YamlToken("plain", position, end)
    return begin


def _read_block(state: _State, position: int) -> int:
    """Where the text of ``|`` or ``>`` ends: with the last line that is indented further than what it is in."""
    text, limit = state.text, state.end
    _forget(state, position)
    state.key_allowed = True
    header = _end(_BLOCK_HEADER, text, position, limit)
    following = _LINE_END.match(text, header, limit)
    if following is None and header < limit:
        state.fail(FaultKind.BLOCK_HEADER, header, position)
        return header
    digit = next((int(char) for char in text[position + 1 : position + 3] if char.isdigit()), None)
    outer = max(state.indents[-1], 0)
    indent = outer + digit if digit else None
    end = header
    while following is not None:
        line = following.end()
        content = _end(_SPACES, text, line, limit)
        if text[content : content + 1] == "\t" and (content - line < indent if indent is not None else True):
            state.fail(FaultKind.TAB, content, position)
            break
        if content < limit and text[content] not in "\r\n":
            if indent is None:
                indent = max(content - line, state.indents[-1] + 1, 1)
            if content - line < indent:
                break
        end = _end(_REST_OF_LINE, text, content, limit)
        following = _LINE_END.match(text, end, limit)
        state.line = line
    state.scan.last = YamlToken("block", position, end)
    return end


def _indent(state: _State, column: int) -> None:
    if state.indents[-1] < column:
        state.indents.append(column)


def _remember(state: _State, position: int) -> None:
    """A key may begin here."""
    column = position - state.line
    if state.key_allowed:
        required = not state.scan.brackets and state.indents[-1] == column
        _forget(state, position)
        state.candidates[-1] = _Candidate(position, column, state.line, required)


def _forget(state: _State, position: int) -> None:
    """What was to be a key is none; a fault where it must be one."""
    candidate = state.candidates[-1]
    if candidate is not None and candidate.required:
        state.fail(FaultKind.NO_COLON, position, candidate.at)
    state.candidates[-1] = None


def _expire(state: _State, position: int) -> None:
    """A key ends on its line, and within a limit."""
    for index, candidate in enumerate(state.candidates):
        if candidate is not None and (candidate.line != state.line or position - candidate.at > _MAX_KEY):
            if candidate.required:
                state.fail(FaultKind.NO_COLON, position, candidate.at)
            state.candidates[index] = None
