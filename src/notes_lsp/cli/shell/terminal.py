"""Terminal: output without control characters but our own colours."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from typing import Any

_MARK = f"\x1b{os.urandom(8).hex()}["
"""What begins a colour of ours until it is printed: nobody can have written it into a note."""
_OBEYED = re.compile(
    rf"({re.escape(_MARK)})|\r\n|[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)
"""Control characters of both sets, and what reorders a line; tabs and line ends are meant."""


def paint(text: str, style: str) -> str:
    """A text in a style of a terminal (the parameters of SGR, such as ``1;31``), to be written to a ``Screen``."""
    return f"{_MARK}{style}m{text}{_MARK}0m"


def sanitize(text: str) -> str:
    """A text as a terminal is sent it: what it would obey is replaced, all but our colours and line ends."""
    return _OBEYED.sub(lambda found: "\x1b[" if found[1] else "\r\n" if found[0] == "\r\n" else "\ufffd", text)


class Screen:
    """A stream that may be a terminal; what is not about writing is the stream's own."""

    def __init__(self, stream: Any) -> None:
        """Write to ``stream``; every byte as it is, unless that is a terminal or is guarded."""
        self._stream = stream
        self._guarded = stream.isatty()

    def guard(self) -> None:
        """Show texts from now on as a terminal may have them, wherever they go first."""
        self._guarded = True

    def write(self, text: str) -> int:
        """Write a text as it is to be shown."""
        if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            # Libraries find out so whether a stream is one of texts.
            raise TypeError
        self._stream.write(sanitize(text) if self._guarded else text.replace(_MARK, "\x1b["))
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
        if not isinstance(stream, Screen):
            setattr(sys, name, Screen(stream))


def guard_colors() -> None:
    """Guard standard output where colours are wanted: then a terminal shows it, be it after a pager or fzf."""
    guard = getattr(sys.stdout, "guard", None)
    if guard is not None:
        guard()
