"""Rewriting: several files of a vault changed and moved on disk together, all of them or none as far as can be."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from notes_lsp.text.source import Edit, apply_edits
from notes_lsp.workspace.disk.open import MAX_NOTE, read_file, read_with_state

_BOM = b"\xef\xbb\xbf"


class RewritingError(RuntimeError):
    """Something stands in the way, and nothing was changed; the message says what."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A file with its bytes before and afterwards."""

    path: str
    """Relative to the root."""
    before: bytes
    after: bytes
    was: os.stat_result


def rewritten(root: Path, path: str, text: str, edits: Sequence[Edit], *, outside: bool = False) -> Rewritten:
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


def write(root: Path, files: Sequence[Rewritten], moves: Mapping[str, str]) -> None:
    """Write files, then move files and folders, from a path to a path where nothing is yet.

    Each file is replaced as a whole and keeps its permissions; symbolic links and hard links stay what they are. What
    was done is undone when something goes wrong on the way.

    Raises:
        RewritingError: something stands in the way, and all is as it was.
    """
    staged: list[tuple[Rewritten, Path]] = []
    try:
        staged.extend((file, _staged(_target(root, file.path), file)) for file in files)
        _check(root, files, moves)
        _do(root, staged, moves)
    except OSError as error:
        raise RewritingError(f"{error.filename or root}: {error.strerror}") from error
    finally:
        for _, temporary in staged:
            temporary.unlink(missing_ok=True)


def _staged(target: Path, file: Rewritten) -> Path:
    """The new bytes in a file beside the old one, with its permissions, and on the disk."""
    descriptor, name = tempfile.mkstemp(prefix=".notes-lsp-", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(file.after)
            out.flush()
            os.fchmod(descriptor, stat.S_IMODE(file.was.st_mode))
            now = os.fstat(descriptor)
            if (now.st_uid, now.st_gid) != (file.was.st_uid, file.was.st_gid):
                with contextlib.suppress(PermissionError):
                    os.fchown(descriptor, file.was.st_uid, file.was.st_gid)
            os.fsync(descriptor)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


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
        if os.path.lexists(root / new) and not _is_same_file(root / old, root / new):
            raise RewritingError(f"{new} exists already")


def _do(root: Path, staged: Sequence[tuple[Rewritten, Path]], moves: Mapping[str, str]) -> None:
    written: list[Rewritten] = []
    moved: list[tuple[Path, Path]] = []
    made: list[Path] = []
    try:
        for file, temporary in staged:
            written.append(file)
            _replace(_target(root, file.path), temporary, file)
        for old, new in moves.items():
            made += _made_folders((root / new).parent)
            _move(root / old, root / new)
            moved.append((root / old, root / new))
    except BaseException:
        for old_path, new_path in reversed(moved):
            with contextlib.suppress(OSError):
                _move(new_path, old_path)
        for folder in reversed(made):
            with contextlib.suppress(OSError):
                folder.rmdir()
        for file in written:
            with contextlib.suppress(OSError):
                target = _target(root, file.path)
                if read_file(target, MAX_NOTE) != file.before:
                    target.write_bytes(file.before)
        raise


def _replace(target: Path, temporary: Path, file: Rewritten) -> None:
    if file.was.st_nlink > 1:
        # Another name leads to the same file, and shall do so afterwards.
        target.write_bytes(file.after)
    else:
        temporary.replace(target)


def _move(old: Path, new: Path) -> None:
    """Move a file or a folder where nothing is; a link is moved as a link."""
    if old.is_dir() or old.is_symlink() or _is_same_file(old, new):
        old.rename(new)
        return
    try:
        # Unlike a rename this never overwrites what came to be there this very moment.
        os.link(old, new)
    except FileExistsError:
        raise
    except OSError:
        old.rename(new)
    else:
        old.unlink()


def _made_folders(folder: Path) -> list[Path]:
    missing: list[Path] = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for one in reversed(missing):
        one.mkdir()
    return missing[::-1]


def _target(root: Path, path: str) -> Path:
    """The file itself, where a path leads to it by a symbolic link."""
    return Path(os.path.realpath(root / path))


def _is_same_file(one: Path, other: Path) -> bool:
    """Whether two spellings mean one file, as on disks that do not mind case; two hard links are two files."""
    try:
        return one.samefile(other) and one.as_posix().casefold() == other.as_posix().casefold()
    except OSError:
        return False
