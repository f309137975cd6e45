"""Open: the one function that opens files for reading, with checks of their kind and size."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MAX_SETTINGS = 4_000_000
"""Bytes of a file with settings, of ours or of another program."""
MAX_NOTE = 64_000_000
"""Bytes of a note where no setting says less: of what an editor holds, or what links are rewritten in."""
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"))
_CHUNK = 1 << 20


class NoRegularFileError(OSError):
    """What is there is a folder, a pipe, a device or a socket."""


class TooLargeError(OSError):
    """A file has more bytes than are read; ``state`` is its state on disk."""

    def __init__(self, path: str | Path, state: os.stat_result) -> None:
        """Name the file."""
        super().__init__(errno.EFBIG, "the file is too large", os.fspath(path))
        self.state = state


def read_file(path: str | Path, most: int) -> bytes:
    """The bytes of a regular file.

    Raises:
        OSError: it cannot be read, is none, or has more than ``most`` bytes.
    """
    return read_with_state(path, most)[0]


def read_with_state(path: str | Path, most: int, *, cut: bool = False) -> tuple[bytes, os.stat_result]:
    """The bytes of a regular file, and its state as it was before they were read.

    Opening never waits, as a pipe without a writer would let us, and the kind is asked of what was opened, so that
    nobody can exchange it in between. A file may grow while it is read, and some on ``/proc`` have no size at all.

    Args:
        path: the file, or a link to it.
        most: so many bytes are read.
        cut: a larger file is read that far.

    Raises:
        NoRegularFileError: it is none.
        TooLargeError: it has more bytes, and is not to be cut.
        OSError: it cannot be read.
    """
    descriptor = os.open(path, _FLAGS)
    try:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            raise NoRegularFileError(errno.EINVAL, "it is no regular file", os.fspath(path))
        if state.st_size > most and not cut:
            raise TooLargeError(path, state)
        parts: list[bytes] = []
        left = most + 1
        while left and (part := os.read(descriptor, min(left, _CHUNK))):
            parts.append(part)
            left -= len(part)
    finally:
        os.close(descriptor)
    if not left and not cut:
        raise TooLargeError(path, state)
    return b"".join(parts)[:most], state
