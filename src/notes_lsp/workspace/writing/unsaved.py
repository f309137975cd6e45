"""Unsaved: which notes have unsaved text in an editor, told by each server in a locked file."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

from notes_lsp.index.store.open import make_cache_folder
from notes_lsp.text.source import Source, decode
from notes_lsp.workspace.disk.open import MAX_NOTE, read_file

if sys.platform != "win32":
    import fcntl

LOG = logging.getLogger(__name__)

_PREFIX = "unsaved-"
_TRIES = 5
_PAUSE_SECONDS = 0.02


class Unsaved:
    """The notes of one vault that hold unsaved text in this process's editor, told to the others."""

    def __init__(self, root: Path, index: Path) -> None:
        """Tell beside the index at ``index``; the file is made when there is something to tell.

        The lock on it goes with the process, however that ends.
        """
        self._root = root
        self._folder = index.parent
        self._file: int | None = None
        self._paths: set[str] = set()

    def take(self, path: str, source: Source) -> None:
        """Look at a buffer that was opened or edited; once it differs from the disk, that stands until it is saved."""
        if path not in self._paths and _differs(self._root / path, source.text):
            self._paths.add(path)
            self._tell()

    def drop(self, path: str) -> None:
        """Forget a buffer that was closed."""
        if path in self._paths:
            self._paths.discard(path)
            self._tell()

    def look_again(self, buffer: Callable[[str], Source | None]) -> None:
        """Compare with the disk again, where something was written; ``buffer`` gives the text of an open note."""
        for path in tuple(self._paths):
            source = buffer(path)
            if source is None or not _differs(self._root / path, source.text):
                self.drop(path)

    def close(self) -> None:
        """Tell nothing any more."""
        self._paths.clear()
        if self._file is not None:
            with contextlib.suppress(OSError):
                _path(self._folder).unlink(missing_ok=True)
            os.close(self._file)
            self._file = None

    def _tell(self) -> None:
        text = json.dumps(sorted(self._paths)).encode()
        try:
            if self._file is None:
                self._file = _made(self._folder)
            os.pwrite(self._file, text, 0)
            os.ftruncate(self._file, len(text))
        except OSError as error:
            LOG.warning("nobody can be told what is unsaved: %s", error)


def unsaved_elsewhere(index: Path) -> set[str]:
    """The notes of the vault with this index that hold unsaved text in some other process's editor.

    What processes left behind that are gone is removed.
    """
    found: set[str] = set()
    for file in sorted(index.parent.glob(f"{_PREFIX}*")):
        if file == _path(index.parent):
            continue
        with contextlib.suppress(FileNotFoundError):
            found |= _told_by(file)
    return found


def _differs(file: Path, text: str) -> bool:
    """Whether a buffer holds other words than its file; some editors end lines, and the last one, in their own way."""
    try:
        found = decode(read_file(file, MAX_NOTE))[0]
    except OSError:
        found = ""
    return _plain(found) != _plain(text)


def _plain(text: str) -> str:
    return "\n".join(text.removeprefix("\ufeff").splitlines())


def _made(folder: Path) -> int:
    make_cache_folder(folder)
    path = _path(folder)
    for _ in range(_TRIES):
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        # Before the lock stands, the file looks like one that was left behind, which others remove.
        if is_locked_by_us(file, for_good=True) and _is_at(file, path):
            return file
        os.close(file)
        time.sleep(_PAUSE_SECONDS)
    raise OSError(f"{path} is locked")


def _is_at(file: int, path: Path) -> bool:
    """Whether an open file is still the one at a path."""
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False


def is_locked_by_us(file: int, *, for_good: bool = False) -> bool:
    """Lock a file, unless another process has it; where there are no such locks, nobody has."""
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(file, (fcntl.LOCK_EX if for_good else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _path(folder: Path) -> Path:
    return folder / f"{_PREFIX}{os.getpid()}.json"


def _told_by(path: Path) -> set[str]:
    file = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    try:
        for _ in range(_TRIES):
            if is_locked_by_us(file):
                # Whoever held it is gone.
                path.unlink(missing_ok=True)
                return set()
            text = os.pread(file, os.fstat(file).st_size, 0)
            try:
                return set(cast("list[str]", json.loads(text))) if text else set()
            except ValueError:
                # Caught in the middle of being written.
                time.sleep(_PAUSE_SECONDS)
    finally:
        os.close(file)
    raise OSError(f"{path} cannot be read")
