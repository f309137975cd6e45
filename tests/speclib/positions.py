"""Positions: between a server's lines and columns, offsets in code points, and what a reader counts from 1.

Written apart from the code under test on purpose: an oracle that shares code with what it judges finds nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Any

ENCODINGS = ("utf-8", "utf-16", "utf-32")
_LINE_END = re.compile(r"\r\n|\n|\r")
_BYTES = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}

Json = Any
"""A decoded JSON value."""


def units(text: str, encoding: str) -> int:
    """How many units of ``encoding`` a text takes."""
    codec, size = _BYTES[encoding]
    return len(text.encode(codec, "surrogatepass")) // size


class Lines:
    """A text and its lines, ended by ``\\n``, ``\\r\\n`` or ``\\r``."""

    def __init__(self, text: str) -> None:
        """Find the lines of ``text``."""
        self.text = text
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
        self._ends = [*(match.start() for match in _LINE_END.finditer(text)), len(text)]

    def __len__(self) -> int:
        """Number of lines, the empty one after a final line end included."""
        return len(self._starts)

    def line(self, number: int) -> str:
        """The text of a line counted from 0, without its end; empty past the last one."""
        return self.text[self._starts[number] : self._ends[number]] if number < len(self._starts) else ""

    def offset(self, position: Json, encoding: str) -> int:
        """The offset in code points of a protocol position, clamped as the protocol asks.

        A column within a character counts as the character's beginning.
        """
        line, column = int(position["line"]), int(position["character"])
        if line >= len(self._starts):
            return len(self.text)
        taken = 0
        for index, char in enumerate(self.line(line)):
            taken += units(char, encoding)
            if taken > column:
                return self._starts[line] + index
        return self._ends[line]

    def position(self, offset: int, encoding: str) -> Json:
        """The protocol position of an offset."""
        line = bisect_right(self._starts, offset) - 1
        end = min(offset, self._ends[line])
        return {"line": line, "character": units(self.text[self._starts[line] : end], encoding)}

    def span(self, range_: Json, encoding: str) -> tuple[int, int]:
        """The offsets of a protocol range."""
        return self.offset(range_["start"], encoding), self.offset(range_["end"], encoding)

    def range(self, start: int, end: int, encoding: str) -> Json:
        """The protocol range of two offsets."""
        return {"start": self.position(start, encoding), "end": self.position(end, encoding)}

    def shown(self, start: int, end: int) -> str:
        """A range as specs write it: ``line:column-column`` or ``line:column-line:column``, all counted from 1."""
        first, last = self.position(start, "utf-32"), self.position(end, "utf-32")
        left = f"{first['line'] + 1}:{first['character'] + 1}"
        if first["line"] == last["line"]:
            return f"{left}-{last['character'] + 1}"
        return f"{left}-{last['line'] + 1}:{last['character'] + 1}"
