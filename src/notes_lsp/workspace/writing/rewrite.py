"""Rewriting: several files of a vault changed and moved on disk together, all of them or none as far as can be."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from notes_lsp.text.source import Edit, apply_edits
from notes_lsp.workspace.disk.open import MAX_NOTE, read_with_state
from notes_lsp.workspace.writing.journal import (
    UNFINISHED,
    DamagedJournalError,
    FileStep,
    LockedError,
    MoveStep,
    RenameJournal,
    lock,
    read_journal,
    remove_journal,
    save_journal,
)
from notes_lsp.workspace.writing.replay import is_one_file, replay

_BOM = b"\xef\xbb\xbf"


class RewritingError(RuntimeError):
    """Something stands in the way; the message says what. Nothing was changed, unless ``is_partial``."""

    def __init__(self, message: str, *, is_partial: bool = False) -> None:
        """Say what stands in the way."""
        super().__init__(message)
        self.is_partial = is_partial


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A file with its bytes before and afterwards."""

    path: str
    """Relative to the root."""
    before: bytes
    after: bytes
    was: os.stat_result


def apply_to_note(root: Path, path: str, text: str, edits: Sequence[Edit], *, outside: bool = False) -> Rewritten:
    """A note with some edits, not yet written. Byte order mark and line ends stay what they are.

    Args:
        root: the vault's folder.
        path: the note, relative to it.
        text: what the edits were made for.
        edits: in offsets of ``text``; they do not overlap.
        outside: the file may be out of the vault, where links lead to it.

    Raises:
        RewritingError: the file holds another text by now, is not UTF-8, or cannot be read, or is not in the vault.
    """
    if not outside and not _target(root, path).is_relative_to(os.path.realpath(root)):
        raise RewritingError(
            f"{path} leads out of the vault by a link; files.follow_outside in your own settings lets it"
        )
    try:
        data, was = read_with_state(root / path, MAX_NOTE)
    except OSError as error:
        raise RewritingError(f"{path}: {error.strerror}") from error
    mark = _BOM if data.startswith(_BOM) else b""
    try:
        found = data[len(mark) :].decode()
    except UnicodeDecodeError:
        raise RewritingError(f"{path} is not UTF-8, and would be damaged") from None
    if found != text:
        raise RewritingError(f"{path} was written meanwhile; try again")
    return Rewritten(path, data, mark + apply_edits(text, edits).encode(), was)


def rewrite_files(root: Path, index: Path, files: Sequence[Rewritten], moves: Mapping[str, str]) -> None:
    """Write files, then move files and folders, from a path to a path where nothing is yet.

    Each file is replaced as a whole and keeps its permissions; symbolic links and hard links stay what they are. What
    was done is undone when something goes wrong on the way. What is to be done is first written beside the index at
    ``index``, so that ``resume`` can finish or undo it, should this process be killed.

    Raises:
        RewritingError: something stands in the way, and all is as it was, unless ``is_partial``.
    """
    with _rewriting(index):
        if read_journal(index) is not None:
            raise RewritingError(UNFINISHED)
        _check(root, files, moves)
        journal = _planned(root, files, moves)
        save_journal(index, journal)
        try:
            left = replay(root, journal, forward=True)
            if left:
                raise RewritingError(f"{left[0]}; try again")
        except BaseException as error:
            _undo(root, index, journal, error)
            raise
        remove_journal(index)


def resume(root: Path, index: Path, *, forward: bool) -> list[str]:
    """Finish a rename that was interrupted, or undo it.

    Returns:
        What somebody else changed meanwhile and was left as it is, each with the reason.

    Raises:
        RewritingError: something stands in the way; what was interrupted is still so.
    """
    with _rewriting(index):
        journal = read_journal(index)
        left = replay(root, journal, forward=forward) if journal is not None else []
        remove_journal(index)
        return left


@contextlib.contextmanager
def _rewriting(index: Path) -> Generator[None]:
    try:
        with lock(index):
            yield
    except (LockedError, DamagedJournalError) as error:
        raise RewritingError(str(error)) from None
    except OSError as error:
        raise RewritingError(f"{error.filename or index}: {error.strerror}") from error


def _planned(root: Path, files: Sequence[Rewritten], moves: Mapping[str, str]) -> RenameJournal:
    folders: list[str] = []
    for new in moves.values():
        missing: list[str] = []
        above = new.rpartition("/")[0]
        while above and not (root / above).exists():
            missing.append(above)
            above = above.rpartition("/")[0]
        folders += [folder for folder in reversed(missing) if folder not in folders]
    states = {old: (root / old).lstat() for old in moves}
    # Two paths that lead to one file: the last one says what is in it.
    after = {(file.was.st_dev, file.was.st_ino): file.after for file in files}
    return RenameJournal(
        secrets.token_hex(8),
        tuple(
            FileStep(file.path, str(_target(root, file.path)), file.before, after[file.was.st_dev, file.was.st_ino])
            for file in files
        ),
        tuple(folders),
        tuple(MoveStep(old, new, states[old].st_dev, states[old].st_ino) for old, new in moves.items()),
    )


def _undo(root: Path, index: Path, journal: RenameJournal, error: BaseException) -> None:
    """Undo what an error interrupted.

    Raises:
        RewritingError: not all could be undone.
    """
    why = f"{error.filename or root}: {error.strerror}" if isinstance(error, OSError) else str(error)
    try:
        left = replay(root, journal, forward=False)
    except OSError as another:
        raise RewritingError(f"{why}; {UNFINISHED} ({another.strerror})", is_partial=True) from error
    remove_journal(index)
    written = [one for one in left if one not in str(error)]
    if written:
        raise RewritingError(f"{why}; all but this was undone: {'; '.join(written)}", is_partial=True) from error


def _check(root: Path, files: Sequence[Rewritten], moves: Mapping[str, str]) -> None:
    for file in files:
        now = (root / file.path).stat()
        if (now.st_ino, now.st_mtime_ns, now.st_size) != (file.was.st_ino, file.was.st_mtime_ns, file.was.st_size):
            raise RewritingError(f"{file.path} was written meanwhile; try again")
        if not now.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
            raise RewritingError(f"{file.path} may not be written")
    for old, new in moves.items():
        if not os.path.lexists(root / old):
            raise RewritingError(f"{old} is gone")
        if os.path.lexists(root / new) and not is_one_file(root / old, root / new):
            raise RewritingError(f"{new} exists already")


def _target(root: Path, path: str) -> Path:
    """The file itself, where a path leads to it by a symbolic link."""
    return Path(os.path.realpath(root / path))
