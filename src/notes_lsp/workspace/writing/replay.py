"""Replay: the steps of a journal done or undone, from whatever state a crash left the files in."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from notes_lsp.workspace.disk.open import MAX_NOTE, NoRegularFileError, TooLargeError, read_file
from notes_lsp.workspace.writing.journal import FileStep, MoveStep, RenameJournal, sync_folder

# Bytes. What is smaller is written as a whole by every disk.
_BLOCK = 512


class _Moved(Enum):
    """How far a move has come, as the disk shows."""

    NO = "no"
    HALF = "half"
    """Both names lead to the file."""
    YES = "yes"
    GONE = "gone"
    BLOCKED = "blocked"
    """Not moved, and something else is at the new path."""
    REPLACED = "replaced"
    """Moved, and something else is at the old path."""


def replay(root: Path, journal: RenameJournal, *, forward: bool) -> list[str]:
    """Do the steps of a journal that are not done, or undo those that are.

    What is done is found from the files themselves, so it may be begun again at any time, in either direction. What
    somebody else wrote is not touched.

    Returns:
        What was left as it is, each with the reason, in words for the user.

    Raises:
        OSError: something stands in the way; some steps may be done.
    """
    _remove_temporaries(root, journal)
    left: list[str] = []
    if not forward:
        for move in reversed(journal.moves):
            left += _move_back(root, journal, move)
        for folder in reversed(journal.folders):
            with contextlib.suppress(OSError):
                (root / folder).rmdir()
    left += _write_files(root, journal, forward=forward)
    if forward:
        for folder in journal.folders if any(_is_to_move(root, journal, move) for move in journal.moves) else ():
            (root / folder).mkdir(exist_ok=True)
        for move in journal.moves:
            left += _move_on(root, journal, move)
    for parent in {path.parent for path in _touched(root, journal)}:
        sync_folder(parent)
    return left


def _touched(root: Path, journal: RenameJournal) -> Iterator[Path]:
    for file in journal.files:
        yield _find(root, journal, file)
    for move in journal.moves:
        yield root / move.old
        yield root / move.new


def _remove_temporaries(root: Path, journal: RenameJournal) -> None:
    for number, file in enumerate(journal.files):
        for place in _places(root, journal, file):
            _remove(place.with_name(journal.temporary(number)))


def _remove(path: Path) -> None:
    """Remove a file that may not be there; a read-only disk refuses to remove even what is not there."""
    if os.path.lexists(path):
        path.unlink(missing_ok=True)


# --- files


def _write_files(root: Path, journal: RenameJournal, *, forward: bool) -> list[str]:
    left: list[str] = []
    staged: list[tuple[FileStep, Path, Path]] = []
    try:
        for number, file in enumerate(journal.files):
            target = _find(root, journal, file)
            found = _content(target)
            wanted = file.after if forward else file.before
            if found == wanted:
                continue
            if not _is_ours(target, file, found):
                left.append(_told(file.path, found))
                continue
            temporary = target.with_name(journal.temporary(number))
            staged.append((file, target, temporary))
            _stage(temporary, wanted, target.stat())
        for file, target, temporary in staged:
            found = _content(target)
            if _is_ours(target, file, found):
                _replace(target, temporary, file.after if forward else file.before)
            else:
                left.append(_told(file.path, found))
    finally:
        for _, _, temporary in staged:
            _remove(temporary)
    return left


def _told(path: str, found: bytes | None) -> str:
    return f"{path} is gone" if found is None else f"{path} was written meanwhile"


def _content(target: Path) -> bytes | None:
    """The bytes of a file; ``None`` where no such file is any more."""
    try:
        return read_file(target, MAX_NOTE)
    except TooLargeError:
        # It was not larger than that, so somebody else wrote it.
        return b""
    except (FileNotFoundError, NotADirectoryError, NoRegularFileError):
        return None


def _is_ours(target: Path, file: FileStep, found: bytes | None) -> bool:
    """Whether a file holds what it held before or what it is to hold, or was cut off between the two."""
    if found is None:
        return False
    if found in (file.before, file.after):
        return True
    return target.stat().st_nlink > 1 and _is_half_written(found, file)


def _is_half_written(found: bytes, file: FileStep) -> bool:
    """Whether a file that is written in its place was left in the middle of it, in either direction.

    A write that is interrupted has written whole blocks, or all of it with the end not yet cut off. Any other mixture,
    and any other shorter text, is what somebody wrote.
    """
    for new, old in ((file.after, file.before), (file.before, file.after)):
        for written in (*range(_BLOCK, len(new), _BLOCK), len(new)):
            if found == new[:written] + old[written:]:
                return True
    return False


def _stage(temporary: Path, data: bytes, was: os.stat_result) -> None:
    """The new bytes in a file beside the old one, with its permissions, and on the disk."""
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(data)
        out.flush()
        os.fchmod(descriptor, stat.S_IMODE(was.st_mode))
        now = os.fstat(descriptor)
        if (now.st_uid, now.st_gid) != (was.st_uid, was.st_gid):
            with contextlib.suppress(PermissionError):
                os.fchown(descriptor, was.st_uid, was.st_gid)
        os.fsync(descriptor)


def _replace(target: Path, temporary: Path, data: bytes) -> None:
    if target.stat().st_nlink == 1:
        temporary.replace(target)
        return
    # Another name leads to the same file, and shall do so afterwards. Never emptied first: what a crash leaves has to
    # be recognised.
    with target.open("r+b", buffering=0) as out:
        view = memoryview(data)
        while view:
            view = view[out.write(view) :]
        out.truncate(len(data))
        os.fsync(out.fileno())


def _find(root: Path, journal: RenameJournal, file: FileStep) -> Path:
    """Where the bytes of a file are by now; where they are nowhere, the first place they might be at."""
    places = list(_places(root, journal, file))
    return next((place for place in places if place.is_file()), places[0])


def _places(root: Path, journal: RenameJournal, file: FileStep) -> Iterator[Path]:
    """The file itself, and where it is should the link that leads to it have been moved away from it, or it from it."""
    moved = _follow(root, journal, root / file.path)
    yield Path(os.path.realpath(moved))
    yield Path(file.target)
    yield _follow(root, journal, Path(file.target))


def _follow(root: Path, journal: RenameJournal, path: Path) -> Path:
    """Where a path leads after what is moved by now."""
    for move in journal.moves:
        old = root / move.old
        if path.is_relative_to(old) and _state(root, journal, move) in (_Moved.YES, _Moved.REPLACED):
            return root / move.new / path.relative_to(old)
    return path


# --- moves


def _is_to_move(root: Path, journal: RenameJournal, move: MoveStep) -> bool:
    return _state(root, journal, move) in (_Moved.NO, _Moved.HALF)


def _move_on(root: Path, journal: RenameJournal, move: MoveStep) -> list[str]:
    match _state(root, journal, move):
        case _Moved.NO:
            _move(root / move.old, root / move.new)
        case _Moved.HALF:
            (root / move.old).unlink()
        case _Moved.GONE:
            return [f"{move.old} is gone"]
        case _Moved.BLOCKED:
            return [f"{move.old} was not moved: {move.new} exists already"]
        case _Moved.REPLACED:
            return [f"{move.old} was written after it had become {move.new}"]
        case _Moved.YES:
            pass
    return []


def _move_back(root: Path, journal: RenameJournal, move: MoveStep) -> list[str]:
    match _state(root, journal, move):
        case _Moved.YES:
            _move(root / move.new, root / move.old)
        case _Moved.HALF:
            (root / move.new).unlink()
        case _Moved.GONE:
            return [f"{move.old} is gone"]
        case _Moved.REPLACED:
            return [f"{move.new} was not moved back: {move.old} exists already"]
        case _Moved.NO | _Moved.BLOCKED:
            pass
    return []


def _state(root: Path, journal: RenameJournal, move: MoveStep) -> _Moved:
    old, new = root / move.old, root / move.new
    is_old, is_new = os.path.lexists(old), os.path.lexists(new)
    if not (is_old and is_new):
        return _Moved.NO if is_old else _Moved.YES if is_new else _Moved.GONE
    if is_one_file(old, new):
        # A disk that does not mind case.
        return _Moved.YES if new.name in os.listdir(new.parent) else _Moved.NO  # noqa: PTH208
    if os.path.samestat(old.lstat(), new.lstat()):
        return _Moved.HALF
    return _Moved.REPLACED if _is_moved(new, journal, move) else _Moved.BLOCKED


def _is_moved(new: Path, journal: RenameJournal, move: MoveStep) -> bool:
    """Whether what is at the new path is what was moved there; a file that was replaced has a number of its own."""
    found = new.lstat()
    if (found.st_dev, found.st_ino) == (move.device, move.inode):
        return True
    steps = [file for file in journal.files if file.path == move.old]
    return bool(steps) and _content(new) == steps[0].after


def _move(old: Path, new: Path) -> None:
    """Move a file or a folder where nothing is; a link is moved as a link."""
    if old.is_dir() or old.is_symlink() or is_one_file(old, new):
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


def is_one_file(one: Path, other: Path) -> bool:
    """Whether two spellings mean one file, as on disks that do not mind case; two hard links are two files."""
    if one.as_posix().casefold() != other.as_posix().casefold():
        return False
    try:
        if not os.path.samestat(one.lstat(), other.lstat()):
            return False
        if not one.parent.samefile(other.parent):
            return False
        return not {one.name, other.name}.issubset(os.listdir(one.parent))  # noqa: PTH208
    except OSError:
        return False
