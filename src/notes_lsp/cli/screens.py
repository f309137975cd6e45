"""Screens: what is printed on a terminal, with nothing in it that a terminal would obey but our own colours."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from typing import Any

_OURS = r"\x1b\[(?:0|1|2|7|31|32|35|36|1;31|1;33|1;34|4;34|3[0-7]|1;3[0-7])m"
_OBEYED = re.compile(
    rf"({_OURS}|\r\n)|[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)
"""Control characters of both sets, and what reorders a line; tabs and line ends are meant."""


def shown(text: str) -> str:
    """A text in which what a terminal would obey is replaced, all but our colours and line ends."""
    return _OBEYED.sub(lambda found: found[1] or "\ufffd", text)


class Screen:
    """A stream to a terminal; what is not about writing is the stream's own."""

    def __init__(self, stream: Any) -> None:
        """Write to ``stream``."""
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text as it is to be shown."""
        self._stream.write(shown(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write texts."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        """What the stream has."""
        return getattr(self._stream, name)


def guard_screens() -> None:
    """Let standard output and errors be shown so, where they are terminals; pipes get every byte."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if not isinstance(stream, Screen) and stream.isatty():
            setattr(sys, name, Screen(stream))
