"""Retry: a command run once more after the index was rebuilt, without printing twice."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from typing import Any, TextIO, TypeVar, cast

T = TypeVar("T")


class IndexHealedError(RuntimeError):
    """The index was damaged and is made anew: what was asked of it has to be asked again."""


class OtherAnswerError(RuntimeError):
    """What was printed before the damage showed is not how the answer begins."""

    def __init__(self) -> None:
        super().__init__("the index was damaged, and so was what is printed above; the index is rebuilt: ask again")


def run_until_healed(command: Callable[[], int]) -> int:
    """The exit code of a command, run again for as long as its index has to be made anew.

    What it printed is not printed twice, and what it read of standard input is there again.

    Raises:
        OtherAnswerError: something that is printed already was wrong.
    """
    _kept.clear()
    before, out = sys.stdout, _Resumed(sys.stdout)
    sys.stdout = cast("TextIO", out)
    try:
        while True:
            try:
                code = command()
            except IndexHealedError:
                out.begin_again()
            else:
                out.end()
                return code
    finally:
        if cast("object", sys.stdout) is out:
            sys.stdout = before


_kept: dict[str, Any] = {}


def read_once(name: str, read: Callable[[], T]) -> T:
    """What was read of standard input under a name, which can be read once only."""
    if name not in _kept:
        _kept[name] = read()
    return cast("T", _kept[name])


class _Resumed:
    """A text stream that passes over what it was given before, once it is told that all begins again."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._length = 0
        self._digest = hashlib.blake2b()
        self._repeated = hashlib.blake2b()
        self._left = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def begin_again(self) -> None:
        """What comes now was written before, up to where that ended."""
        self._left = self._length
        self._repeated = hashlib.blake2b()

    def end(self) -> None:
        """All is written."""
        if self._left:
            raise OtherAnswerError

    def write(self, text: str) -> int:
        """Write what was not written before."""
        if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            # Libraries find out so whether a stream is one of texts.
            raise TypeError
        again, new = text[: self._left], text[self._left :]
        if again:
            self._left -= len(again)
            self._repeated.update(_bytes(again))
            if not self._left and self._repeated.digest() != self._digest.digest():
                raise OtherAnswerError
        if new:
            self._stream.write(new)
            self._length += len(new)
            self._digest.update(_bytes(new))
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write texts one after the other."""
        for line in lines:
            self.write(line)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
