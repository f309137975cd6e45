"""Create: new files that overwrite none, and ids that are given once."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from notes_lsp.config.settings import Config
from notes_lsp.dates.formats import format_date, has_tokens, step
from notes_lsp.ide.new_note.draft import DraftRefusedError
from notes_lsp.index.store.open import make_cache_folder
from notes_lsp.links import names
from notes_lsp.workspace.config.settings import ignore_of, index_path
from notes_lsp.workspace.disk.walk import walk

_MAX_STEPS = 100_000
_ID = re.compile(r"\d{8,17}")


def create_file(root: Path, path: str, text: str) -> Path:
    """Write a note that is not there yet; returns where it is.

    Raises:
        DraftRefusedError: the folder leads out of the vault, or the file cannot be written.
        FileExistsError: there is such a file, made perhaps this very moment.
    """
    file = root / path
    if not is_inside(root, file.parent):
        raise DraftRefusedError(f"{file.parent} leads out of the vault")
    if there(root, path) is not None:
        raise FileExistsError(path)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError:
        if file.parent.is_dir():
            raise
        raise DraftRefusedError(f"{file.parent} is no folder") from None
    except OSError as error:
        raise DraftRefusedError(f"{path} cannot be written: {error.strerror}") from None
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(text.encode("utf-8", "replace"))
    except OSError as error:
        # Half a note is worse than none.
        with contextlib.suppress(OSError):
            file.unlink()
        raise DraftRefusedError(f"{path} cannot be written: {error.strerror}") from None
    return file


def there(root: Path, path: str) -> str | None:
    """The path of a file of that name, case and composition aside: on some disks they would be the same file."""
    folder, _, name = path.rpartition("/")
    wanted = names.key(name)
    try:
        found = next((one for one in sorted(os.listdir(root / folder)) if names.key(one) == wanted), None)  # noqa: PTH208
    except OSError:
        return None
    return None if found is None else f"{folder}/{found}" if folder else found


def is_inside(root: Path, folder: Path) -> bool:
    """Whether a folder, or what is there of it already, is in the vault wherever links on the way lead."""
    return folder.resolve().is_relative_to(root.resolve())


def paths_of(root: Path, config: Config, cache: Path | None = None) -> list[str]:
    """The paths of all notes and files on disk, without reading any."""
    ignore = ignore_of(root, config, cache)
    return [entry.path for entry in walk(root, ignore, config.files.extensions, config.files.max_files).entries]


def reserve_id(
    root: Path, style: str, now: dt.datetime, paths: Callable[[], Iterable[str]], *, cache: Path | None = None
) -> str:
    """An id by the time that no note's name begins with and that no other process is given.

    ``style`` is a format of days. Where an id is taken, the next moment's is; what was given last is remembered under a
    lock beside the index. Notes made on another computer are known by their names alone.
    """
    if not has_tokens(style):
        raise DraftRefusedError(f"new.id “{style}” says nothing of the time, so that all ids would be the same")
    place = index_path(root, cache).with_name("ids")
    taken = ids_of(paths())
    try:
        make_cache_folder(place.parent)
        with place.open("a+", encoding="utf-8") as file:
            _lock(file.fileno())
            file.seek(0)
            given = file.read().split("\n")[-1_000:]
            new = free_id(style, now, taken | set(given))
            file.seek(0)
            file.truncate()
            file.write("\n".join([*given, new]))
            file.flush()
            return new
    except OSError:
        return free_id(style, now, taken)


def free_id(style: str, now: dt.datetime, taken: set[str]) -> str:
    """The first id from now on that is not taken."""
    length = step(style)
    for _ in range(_MAX_STEPS):
        found = format_date(style, now)
        if found not in taken:
            return found
        now += length
    raise DraftRefusedError(f"no id of the format {style} is free")


def ids_of(paths: Iterable[str]) -> set[str]:
    """What stands before the first letter or sign of names that begin with digits, and the names themselves."""
    found: set[str] = set()
    for path in paths:
        name = path.rpartition("/")[2]
        if name[:1].isdigit():
            found.add(name.rpartition(".")[0])
            match = _ID.match(name)
            if match is not None:
                found.add(match[0])
    return found


def _lock(descriptor: int) -> None:
    try:
        import fcntl  # noqa: PLC0415  (Windows has none)
    except ImportError:
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX)
