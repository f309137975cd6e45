"""Journal: what a rename is about to do to the files of a vault, kept beside its index until all of it is done."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from notes_lsp.index.store.open import make_cache_folder
from notes_lsp.workspace.writing.unsaved import is_locked_by_us

UNFINISHED = "a rename was interrupted; notes-lsp rename --continue finishes it, --abort undoes it"
_NAME = "rename.json"
_LOCK = "rename.lock"
_VERSION = 1
_TRIES = 20
_PAUSE_SECONDS = 0.02


class DamagedJournalError(RuntimeError):
    """A journal cannot be read; the message says which."""


class LockedError(RuntimeError):
    """Another process renames in this vault at this moment."""


@dataclass(frozen=True, slots=True)
class FileStep:
    """A file with its bytes before and afterwards."""

    path: str
    """Relative to the root, before anything is moved."""
    target: str
    """Where the bytes are: the absolute path, symbolic links resolved."""
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class MoveStep:
    """A file or folder with its path before and afterwards, relative to the root, and its number on the disk."""

    old: str
    new: str
    device: int
    inode: int


@dataclass(frozen=True, slots=True)
class RenameJournal:
    """The steps of one rename, in their order: files are written, folders made, then files and folders moved."""

    token: str
    """Names the temporary files, so that they can be found after a crash."""
    files: tuple[FileStep, ...]
    folders: tuple[str, ...]
    """Folders that are made for what is moved, outermost first, relative to the root."""
    moves: tuple[MoveStep, ...]

    def temporary(self, number: int) -> str:
        """The name of the temporary file of a file by its number."""
        return f".notes-lsp-{self.token}-{number}"


@contextmanager
def lock(index: Path) -> Generator[None]:
    """Keep every other rename out of the vault with the index at ``index``; the lock goes with the process.

    Raises:
        LockedError: another process has the lock.
        OSError: the lock's file cannot be made.
    """
    make_cache_folder(index.parent)
    file = os.open(index.with_name(_LOCK), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        for _ in range(_TRIES):
            # Whoever asks whether a rename is unfinished has the lock for a moment.
            if is_locked_by_us(file, for_good=True):
                break
            time.sleep(_PAUSE_SECONDS)
        else:
            raise LockedError("another rename is at work in this vault; try again")
        yield
    finally:
        os.close(file)


def is_unfinished(index: Path) -> bool:
    """Whether a rename was interrupted in the vault with this index, and its process is gone."""
    if not index.with_name(_NAME).exists():
        return False
    try:
        file = os.open(index.with_name(_LOCK), os.O_RDONLY)
    except OSError:
        return True
    try:
        return is_locked_by_us(file) and index.with_name(_NAME).exists()
    except OSError:
        # No locks here.
        return True
    finally:
        os.close(file)


def read_journal(index: Path) -> RenameJournal | None:
    """The journal of a rename that was interrupted, if there is one.

    Raises:
        DamagedJournalError: it is not one that this version wrote.
        OSError: it cannot be read.
    """
    path = index.with_name(_NAME)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        found: dict[str, Any] = json.loads(data)
        if found["version"] != _VERSION:
            raise DamagedJournalError(f"{path} was written by another version of notes-lsp")
        return RenameJournal(
            str(found["token"]),
            tuple(FileStep(str(path), str(at), _bytes(old), _bytes(new)) for path, at, old, new in found["files"]),
            tuple(map(str, found["folders"])),
            tuple(MoveStep(str(old), str(new), int(dev), int(ino)) for old, new, dev, ino in found["moves"]),
        )
    except (ValueError, KeyError, TypeError):
        raise DamagedJournalError(f"{path} is damaged; look at your notes, then remove it") from None


def save_journal(index: Path, journal: RenameJournal) -> None:
    """Write a journal so that it is on the disk as a whole, or not at all.

    Raises:
        OSError: it cannot be written, and is not there.
    """
    text = json.dumps(
        {
            "version": _VERSION,
            "token": journal.token,
            "files": [[step.path, step.target, _text(step.before), _text(step.after)] for step in journal.files],
            "folders": journal.folders,
            "moves": [[step.old, step.new, step.device, step.inode] for step in journal.moves],
        }
    )
    new = index.with_name(f"{_NAME}.new")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        new.replace(index.with_name(_NAME))
    except BaseException:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
        raise
    sync_folder(index.parent)


def remove_journal(index: Path) -> None:
    """Remove the journal of what is done or undone."""
    for name in (_NAME, f"{_NAME}.new"):
        index.with_name(name).unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder onto the disk, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
