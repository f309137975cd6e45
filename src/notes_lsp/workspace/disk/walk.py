"""Walk: the notes and attachments of a folder, and what was skipped."""

from __future__ import annotations

import os
import stat
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from notes_lsp.workspace.disk.ignore import Ignore

MAX_LISTED = 200
"""How many skipped paths a walk names; the rest is only counted."""

_CHUNK = 1000
_LINKED_INTO_THE_VAULT = "a link to a folder of this vault"
_SEEN_BEFORE = "a link to a folder that was seen before"
_NOT_UTF8 = "its name is not UTF-8"
_NOT_IN_THE_VAULT = "not in the vault"
_SPECIAL = "neither a file nor a folder"


class FileEntry(NamedTuple):
    """One file on disk.

    ``path`` is relative to the root with ``/`` between its parts, spelled as on disk; ``mtime_ns`` is in nanoseconds
    since the epoch and ``size`` in bytes, both of the file a link leads to. ``note`` tells notes from attachments.
    ``ctime_ns`` is when anything about the file was changed, and ``inode`` its number on its disk.
    """

    path: str
    mtime_ns: int
    size: int
    note: bool
    ctime_ns: int = 0
    inode: int = 0


class Skipped(NamedTuple):
    """A path that was passed over, and why: an answer of :class:`Ignore`, or something about the disk."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Walk:
    """What a walk found, or a part of what it found.

    ``truncated`` says that it ended before everything was seen, so that what is not among ``entries`` may well exist.
    ``skipped`` names the first :data:`MAX_LISTED` paths passed over, ``counts`` counts them all by reason.
    """

    entries: list[FileEntry] = field(default_factory=list[FileEntry])
    truncated: bool = False
    skipped: list[Skipped] = field(default_factory=list[Skipped])
    counts: Counter[str] = field(default_factory=Counter[str])


@dataclass(frozen=True, slots=True)
class Report:
    """What bringing an index up to date with the disk took."""

    files: int
    read: int
    gone: int
    walk: Walk


def walk(
    root: Path,
    ignore: Ignore,
    extensions: Collection[str],
    max_files: int,
    *,
    below: str = "",
    deadline_seconds: float | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Walk:
    """Everything in the vault, or below one folder of it; see :func:`walk_chunks`."""
    entries: list[FileEntry] = []
    skipped: list[Skipped] = []
    counts: Counter[str] = Counter()
    truncated = False
    for chunk in walk_chunks(
        root, ignore, extensions, max_files, below=below, deadline_seconds=deadline_seconds, cancelled=cancelled
    ):
        entries += chunk.entries
        skipped += chunk.skipped
        counts += chunk.counts
        truncated |= chunk.truncated
    return Walk(entries, truncated, skipped, counts)


def walk_chunks(
    root: Path,
    ignore: Ignore,
    extensions: Collection[str],
    max_files: int,
    *,
    below: str = "",
    deadline_seconds: float | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Iterator[Walk]:
    """Everything in the vault, about a thousand files at a time; folders near the root come first, names in order.

    ``root`` is resolved, ``extensions`` are those of notes, with their dot, in any case; ``below`` is the relative path
    of the folder to look at instead of all. The walk ends early, and its last chunk says so, after ``max_files`` files
    (of any kind, ignored ones as well), after ``deadline_seconds``, or once ``cancelled`` says so.

    Links are followed, but no folder is seen twice: a link to a folder of the same vault is passed over, since its
    notes are found where they are. What cannot be read is passed over with a reason, and what vanishes meanwhile is
    left out; nothing is raised. A root that cannot be read is a truncated walk: it is no reason to forget its notes.
    """
    started = time.monotonic()
    walker = _Walker(root, ignore, _suffixes(extensions), max_files)
    for _ in walker.steps(below):
        too_late = deadline_seconds is not None and time.monotonic() - started > deadline_seconds
        if walker.full or too_late or (cancelled is not None and cancelled()):
            yield walker.take(truncated=True)
            return
        if len(walker.entries) >= _CHUNK:
            yield walker.take(truncated=False)
    yield walker.take(truncated=walker.lost_root)


def stat_entry(root: Path, ignore: Ignore, relpath: str, extensions: Collection[str]) -> FileEntry | None:
    """The entry a walk would have for this one path; ``None`` if it is gone, left out, or found elsewhere by a walk."""
    if not _is_plain(relpath) or ignore.reason(relpath, is_dir=False) is not None:
        return None
    try:
        found = (root / relpath).stat()
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(found.st_mode) or canonical_path(root, ignore, relpath) != relpath:
        return None
    note = relpath.lower().endswith(_suffixes(extensions))
    return entry_of(relpath, found, note=note)


def entry_of(path: str, found: os.stat_result, *, note: bool) -> FileEntry:
    """The entry of a file by its status."""
    return FileEntry(path, found.st_mtime_ns, found.st_size, note, found.st_ctime_ns, inode_of(found))


def inode_of(found: os.stat_result) -> int:
    """The number of a file on its disk, in the 63 bits that an index can hold; some systems have 128."""
    return found.st_ino & (1 << 63) - 1


def canonical_path(root: Path, ignore: Ignore, relpath: str) -> str:
    """The spelling under which a walk finds a path: not through links to folders of the same vault.

    The path need not exist. A link to a file is a name of its own and stays.
    """
    folder, slash, name = relpath.rpartition("/")
    if not slash:
        return relpath
    inside = _place_in_vault(root, ignore, f"{root}/{folder}")
    return relpath if inside is None else f"{inside}/{name}".removeprefix("/")


@dataclass(slots=True)
class _Walker:
    """The state of one walk: what to look at next, and what was found since the last chunk."""

    root: Path
    ignore: Ignore
    suffixes: tuple[str, ...]
    max_files: int
    entries: list[FileEntry] = field(default_factory=list[FileEntry])
    skipped: list[Skipped] = field(default_factory=list[Skipped])
    counts: Counter[str] = field(default_factory=Counter[str])
    lost_root: bool = False
    full: bool = False
    _files: int = 0
    _listed: int = 0
    _seen: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])
    _next: deque[str] = field(default_factory=deque[str])
    _links: deque[str] = field(default_factory=deque[str])

    def steps(self, below: str) -> Iterator[None]:
        """Do the work, and stop to be asked before each folder and after each thousand of what one folder holds."""
        for folder in self._folders(below):
            yield
            children = self._children(folder)
            for start in range(0, len(children), _CHUNK):
                self._sort_in(folder, children[start : start + _CHUNK])
                yield

    def take(self, *, truncated: bool) -> Walk:
        """What was found since the last chunk."""
        chunk = Walk(self.entries, truncated, self.skipped, self.counts)
        self.entries, self.skipped, self.counts = [], [], Counter()
        return chunk

    def _folders(self, below: str) -> Iterator[str]:
        """The folders to read, each once: real ones first, so that a link never takes the place of what it leads to."""
        if below:
            why = self.ignore.reason(below, is_dir=True) if _is_plain(below) else _NOT_IN_THE_VAULT
            if why is None and canonical_path(self.root, self.ignore, f"{below}/x") != f"{below}/x":
                why = _LINKED_INTO_THE_VAULT
            if why is not None:
                self._skip(below, why)
                return
            self._is_new("")
        self._next.append(below)
        while self._next or self._links:
            is_link = not self._next
            folder = self._links.popleft() if is_link else self._next.popleft()
            if is_link and _place_in_vault(self.root, self.ignore, self._on_disk(folder)) is not None:
                self._skip(folder, _LINKED_INTO_THE_VAULT)
            elif self._is_new(folder):
                yield folder

    def _children(self, folder: str) -> list[os.DirEntry[str]]:
        """What a folder holds, in order; no more of it than can matter."""
        try:
            with os.scandir(self._on_disk(folder)) as found:
                return sorted(islice(found, self.max_files + 1), key=_name)
        except OSError as error:
            self._lose(folder, error)
            return []

    def _sort_in(self, folder: str, children: list[os.DirEntry[str]]) -> None:
        """Make what a folder holds into entries, folders to read, and skipped paths."""
        shown = f"{folder}/" if folder else ""
        reason_in = self.ignore.reason_in
        for child in children:
            name = child.name
            path = shown + name
            try:
                is_dir = child.is_dir()
                if not is_dir:
                    self._files += 1
                    if self._files > self.max_files:
                        self.full = True
                        return
                why = reason_in(folder, name, is_dir=is_dir) if _is_utf8(name) else _NOT_UTF8
                if why is not None:
                    self._skip(path, why)
                elif is_dir:
                    (self._links if child.is_symlink() else self._next).append(path)
                else:
                    self._add(path, child.stat())
            except OSError as error:
                self._lose(path, error)

    def _add(self, path: str, found: os.stat_result) -> None:
        if stat.S_ISREG(found.st_mode):
            note = path.lower().endswith(self.suffixes)
            self.entries.append(entry_of(path, found, note=note))
        else:
            self._skip(path, _SPECIAL)

    def _is_new(self, folder: str) -> bool:
        try:
            found = os.stat(self._on_disk(folder))  # noqa: PTH116  (a Path for each folder costs more than the call)
        except OSError as error:
            self._lose(folder, error)
            return False
        key = found.st_dev, found.st_ino
        if key in self._seen:
            self._skip(folder, _SEEN_BEFORE)
            return False
        self._seen.add(key)
        return True

    def _on_disk(self, path: str) -> str:
        return f"{self.root}/{path}" if path else f"{self.root}"

    def _lose(self, path: str, error: OSError) -> None:
        """Note what cannot be read; what is simply gone by now was never there, unless it is the vault itself."""
        self.lost_root |= not path
        if path and isinstance(error, FileNotFoundError) and not os.path.islink(self._on_disk(path)):  # noqa: PTH114
            return
        self._skip(path, f"unreadable: {error.strerror}")

    def _skip(self, path: str, reason: str) -> None:
        self.counts[reason] += 1
        if self._listed < MAX_LISTED:
            self._listed += 1
            self.skipped.append(Skipped(path, reason))


def _place_in_vault(root: Path, ignore: Ignore, folder: str) -> str | None:
    """The relative path by which a walk finds a folder without following links; ``None`` if it does not."""
    real = os.path.realpath(folder)
    base = f"{root}".rstrip("/")
    if real != f"{root}" and not real.startswith(f"{base}/"):
        return None
    relpath = real[len(base) + 1 :]
    return relpath if ignore.reason(relpath, is_dir=True) is None else None


def _suffixes(extensions: Collection[str]) -> tuple[str, ...]:
    return tuple(f".{extension.lower().removeprefix('.')}" for extension in extensions)


def _is_plain(relpath: str) -> bool:
    """Whether a relative path is one a walk could give: inside the root, without detours, in UTF-8."""
    return _is_utf8(relpath) and all(part not in {"", ".", ".."} for part in relpath.split("/"))


def _is_utf8(name: str) -> bool:
    if name.isascii():
        return True
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name
