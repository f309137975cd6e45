"""Source: an immutable text with its line table, positions in UTF-8, UTF-16 and UTF-32, and edits applied to it.

Lines end at ``\\n``, ``\\r\\n`` or ``\\r`` and nowhere else, as the Language Server Protocol 3.17 says in its
section on text documents. Inside notes-lsp a place is an offset in code points; lines and columns exist
only at the edge, and this module is where the two meet.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

_LINE_END = re.compile(r"\r\n|\n|\r")
_SPLITS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class Encoding(StrEnum):
    """What one unit of a column is, as negotiated by ``positionEncoding``."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


class Span(NamedTuple):
    """A half-open range ``start <= offset < end`` of offsets in code points."""

    start: int
    end: int

    def contains(self, offset: int) -> bool:
        """Whether a cursor at ``offset`` touches this span; both ends count: a cursor stands between characters."""
        return self.start <= offset <= self.end


class Position(NamedTuple):
    """A zero-based line and a zero-based column counted in units of some encoding."""

    line: int
    column: int


class Edit(NamedTuple):
    """Replace the text of ``span`` by ``text``."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """An immutable text and where its lines begin.

    ``text`` holds no lone surrogates: use :func:`clean` on anything that came from outside.
    """

    text: str
    _starts: list[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Build the line table; one pass over the text."""
        starts = [0]
        starts.extend(match.end() for match in _LINE_END.finditer(self.text))
        object.__setattr__(self, "_starts", starts)

    @property
    def line_count(self) -> int:
        """Number of lines; a text that ends in a line end has an empty last line."""
        return len(self._starts)

    def line_of(self, offset: int) -> int:
        """The zero-based line that holds ``offset``."""
        return bisect_right(self._starts, offset) - 1

    def line_span(self, line: int) -> Span:
        """The span of a line without its line end; lines past the end are empty at the end of the text."""
        if line >= len(self._starts):
            return Span(len(self.text), len(self.text))
        start = self._starts[line]
        if line + 1 == len(self._starts):
            return Span(start, len(self.text))
        end = self._starts[line + 1]
        if self.text[end - 1] == "\n" and end - 2 >= start and self.text[end - 2] == "\r":
            return Span(start, end - 2)
        return Span(start, end - 1)

    def line_text(self, line: int) -> str:
        """The text of a line without its line end."""
        span = self.line_span(line)
        return self.text[span.start : span.end]

    def position(self, offset: int, encoding: Encoding) -> Position:
        """The line and column of ``offset``, clamped to the text.

        An offset inside a line end counts as the end of that line, which is the only place an editor could show.
        """
        offset = max(0, min(offset, len(self.text)))
        line = self.line_of(offset)
        span = self.line_span(line)
        before = self.text[span.start : min(offset, span.end)]
        return Position(line, width(before, encoding))

    def offset(self, position: Position, encoding: Encoding) -> int:
        """The offset of a position; columns past the line's end mean its end, as the protocol asks.

        A column inside a character that takes several units means that character's beginning.
        """
        if position.line < 0:
            return 0
        if position.line >= len(self._starts):
            return len(self.text)
        span = self.line_span(position.line)
        line = self.text[span.start : span.end]
        return span.start + _code_points(line, max(0, position.column), encoding)

    def replace(self, start: Position, end: Position, text: str, encoding: Encoding) -> Source:
        """The text after one incremental change; a range given backwards is taken as its mirror image."""
        first, last = sorted((self.offset(start, encoding), self.offset(end, encoding)))
        return Source(self.text[:first] + clean(text) + self.text[last:])


def width(text: str, encoding: Encoding) -> int:
    """How many units of ``encoding`` the text takes."""
    if encoding is Encoding.UTF32 or text.isascii():
        return len(text)
    if encoding is Encoding.UTF8:
        return len(text.encode())
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """The text with lone surrogates replaced by U+FFFD: they cannot be stored, and each is one unit wide either way."""
    return text if text.isascii() else _LONE_SURROGATE.sub("\ufffd", text)


def escape_control(name: str) -> str:
    r"""A name that stays in its line, for people and for programs: ``\n`` for a line end, ``\x1b`` for ESC."""
    return _SPLITS.sub(lambda found: repr(found[0])[1:-1], name)


def decode(data: bytes) -> tuple[str, bool]:
    """A file's bytes as text, and whether they were valid UTF-8.

    A byte order mark is dropped, as editors do; what is not UTF-8 becomes U+FFFD so that the rest can still be read.
    """
    try:
        return data.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        return data.decode("utf-8-sig", errors="replace"), False


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """The text after edits that do not overlap, all given in offsets of the text before.

    Raises:
        ValueError: two edits overlap.
    """
    out: list[str] = []
    done = 0
    for edit in sorted(edits, key=lambda edit: edit.span):
        if edit.span.start < done:
            message = f"edits overlap at offset {edit.span.start}"
            raise ValueError(message)
        out += (text[done : edit.span.start], edit.text)
        done = edit.span.end
    out.append(text[done:])
    return "".join(out)


def _code_points(line: str, column: int, encoding: Encoding) -> int:
    if encoding is Encoding.UTF32 or line.isascii():
        return min(column, len(line))
    if encoding is Encoding.UTF8:
        return len(line.encode()[:column].decode(errors="ignore"))
    units = line.encode("utf-16-le", "surrogatepass")
    end = 2 * column
    # In the middle of a pair: 0xD800 to 0xDBFF begins one, 0xDC00 to 0xDFFF ends one.
    if 0 < end < len(units) and units[end + 1] >> 2 == 0xDC >> 2 and units[end - 1] >> 2 == 0xD8 >> 2:
        end -= 2
    return len(units[:end].decode("utf-16-le", "surrogatepass"))
