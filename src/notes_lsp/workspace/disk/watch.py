"""Watch: changed paths of a vault on disk, in batches."""

from __future__ import annotations

import asyncio
import atexit
import logging
import os
import stat
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import watchfiles
from watchfiles import Change

from notes_lsp.links.dialects import DIALECTS
from notes_lsp.workspace.disk.ignore import IGNORE_FILES, Ignore
from notes_lsp.workspace.disk.walk import canonical_path, walk
from notes_lsp.workspace.threads import check_room

SETTINGS_FILES = frozenset(
    {".notes-lsp.toml"}
    | {path for one in DIALECTS if one.profile or one.hidden for marker in one.markers for path in marker}
)
"""Paths that settings are read from, or chosen by; they are reported although they are hidden."""

_EVERYTHING = ""
_EXCLUDES = ".git/info/exclude"
_MAX_PATHS = 1000

_STEP_MS = 50  # a batch ends when nothing more happened for so long,
_BATCH_MS = 500  # or when it has lasted so long
_HEARTBEAT_MS = 250  # how often the root is looked at, which no event can be trusted to tell about

_FOREIGN_THREADS = 2
"""More than one, since others may start some at this moment."""
_POLL_SECONDS = 2.0
_POLL_SHARE = 20  # a walk may take one part in so many of the time
_POLL_FILES = 200_000
_POLLS_BEFORE_NEXT_TRY = 150

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Batch:
    """What happened within a moment.

    ``paths`` are relative to the root with ``/`` between their parts: files and folders that appeared, changed or
    vanished. What a folder holds, or held, is not listed beside it: walk it again. The root itself, ``""``, means that
    anything may have changed. ``ignore_changed`` says that an ignore file did, and ``paths`` holds its folder.
    ``ignored`` are ignored files and folders in which something happened, the outermost ones.
    """

    paths: frozenset[str] = frozenset()
    ignore_changed: bool = False
    ignored: frozenset[str] = frozenset()

    def __or__(self, other: Batch) -> Batch:
        """Both as one."""
        return Batch(
            self.paths | other.paths, self.ignore_changed or other.ignore_changed, self.ignored | other.ignored
        )


async def watch_vault(
    root: Path,
    ignore: Ignore,
    stop: asyncio.Event,
    *,
    extensions: Collection[str] = (".md", ".markdown"),
    settings: Collection[str] = SETTINGS_FILES,
) -> AsyncIterator[Batch]:
    """What changes in a vault, until ``stop`` is set.

    The first batch is empty: walk when it has come, and nothing is missed. ``root`` is resolved and need not exist: a
    root that vanishes or comes back is a batch that holds ``""``. Ignored paths are apart, but ``settings`` never
    are. What ignore files said is forgotten when they change, before the batch is made; whoever changes the
    configuration tells ``ignore``. Files that came and went within one batch are left out, too, which makes an editor's
    save through a temporary file one change of one path; those with one of the ``extensions`` of notes are kept, since
    they may have been there before.

    Where the system cannot watch, the vault is walked every few seconds instead, with one warning in the log. Nothing
    is raised. The work is done in a thread of its own that never outlives the process.
    """
    loop = asyncio.get_running_loop()
    arrived: asyncio.Queue[Batch | None] = asyncio.Queue()
    halt = Event()

    def publish(batch: Batch) -> None:
        try:
            loop.call_soon_threadsafe(arrived.put_nowait, batch)
        except RuntimeError:  # the loop is closed: nobody listens any more
            halt.set()

    suffixes = tuple(extension.lower() for extension in extensions)
    watcher = _Watcher(root, ignore, suffixes, frozenset(settings), publish, halt)
    thread = Thread(target=watcher.run, name=f"watch {root}", daemon=True)
    try:
        thread.start()
    except RuntimeError as error:
        _log.warning("%s cannot be watched, so only what the editor changes is noticed: %s", root, error)
        publish(Batch())
    else:
        atexit.register(_end, halt, thread)
    stopping = asyncio.create_task(_put_when_set(stop, arrived))
    try:
        while (batch := await arrived.get()) is not None:
            yield _with_all_that_waits(batch, arrived)
            if stop.is_set():
                return
    finally:
        halt.set()
        stopping.cancel()


async def _put_when_set(stop: asyncio.Event, arrived: asyncio.Queue[Batch | None]) -> None:
    await stop.wait()
    arrived.put_nowait(None)


def _with_all_that_waits(batch: Batch, arrived: asyncio.Queue[Batch | None]) -> Batch:
    """A slow listener gets what has piled up as one batch."""
    while not arrived.empty():
        following = arrived.get_nowait()
        if following is None:
            arrived.put_nowait(None)
            return batch
        batch |= following
    return batch


def _end(halt: Event, thread: Thread) -> None:
    """Let the thread leave foreign code before the interpreter goes, which would abort the process."""
    halt.set()
    thread.join(1.0)


def ruled_folder(path: str) -> str | None:
    """The folder that an ignore file speaks of; ``None`` for other files."""
    folder, _, name = path.rpartition("/")
    if path == _EXCLUDES:
        return ""
    return folder if name in IGNORE_FILES else None


@dataclass(slots=True)
class _Watcher:
    """The thread's side: events of the system, or differences between two walks, become batches."""

    root: Path
    ignore: Ignore
    suffixes: tuple[str, ...]
    settings: frozenset[str]
    publish: Callable[[Batch], None]
    halt: Event
    _complaint: str = ""

    def run(self) -> None:
        """Watch, and where that fails walk, until halted."""
        self._await_root()
        news = Batch()
        while not self.halt.is_set():
            identity = _identity(self.root)
            try:
                self._listen(identity, news)
            except Exception as error:  # noqa: BLE001  (whatever goes wrong here, walking still works)
                self._complain(f"cannot be watched, so it is walked every few seconds: {error}")
                self._poll(identity, news)
            if self.halt.is_set():
                return
            news = Batch(frozenset({_EVERYTHING}))
            self.publish(news)
            self._await_root()

    def _listen(self, identity: tuple[int, int] | None, news: Batch) -> None:
        """Publish ``news`` once the watch stands, then what happens, until the root is another folder or none."""
        # What cannot start its threads aborts the process.
        check_room(_FOREIGN_THREADS)
        pending: Batch | None = news
        for changes in watchfiles.watch(
            self.root,
            watch_filter=None,
            debounce=_BATCH_MS,
            step=_STEP_MS,
            stop_event=self.halt,
            rust_timeout=_HEARTBEAT_MS,
            yield_on_timeout=True,
            raise_interrupt=False,
            ignore_permission_denied=True,
        ):
            if pending is not None:
                self.publish(pending)
                pending = None
            batch = self._batch(changes)
            if batch != Batch():
                self.publish(batch)
            if _identity(self.root) != identity:
                return

    def _poll(self, identity: tuple[int, int] | None, news: Batch) -> None:
        """As :meth:`_listen` by walking, for some minutes: then it is worth to try and listen again."""
        before = self._snapshot()
        self.publish(news)
        pause = _POLL_SECONDS
        for _ in range(_POLLS_BEFORE_NEXT_TRY):
            if self.halt.wait(pause) or _identity(self.root) != identity:
                return
            started = time.monotonic()
            self.ignore.forget()
            after = self._snapshot()
            pause = max(_POLL_SECONDS, _POLL_SHARE * (time.monotonic() - started))
            changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
            if changed and not self.halt.is_set():
                self.publish(Batch(_outermost(changed)))
            before = after

    def _snapshot(self) -> dict[str, tuple[int, ...]]:
        """What tells a change of each file, without those that are ignored."""
        found = walk(self.root, self.ignore, self.suffixes, _POLL_FILES, cancelled=self.halt.is_set)
        files: dict[str, tuple[int, ...]] = {entry.path: entry[1:] for entry in found.entries}
        for path in self.settings:
            status = _status(self.root / path)
            if status is not None:
                files[path] = status.st_mtime_ns, status.st_size
        return files

    def _batch(self, changes: set[tuple[Change, str]]) -> Batch:
        """The system's events, sorted out."""
        kinds: defaultdict[str, set[Change]] = defaultdict(set)
        for change, path in changes:
            relpath = self._relative(path)
            if relpath:
                kinds[relpath].add(change)
        changed_rules = {folder for path in kinds if (folder := self._folder_ruled_by(path)) is not None}
        for folder in changed_rules:
            self.ignore.forget(folder)
        paths = changed_rules | {found for path in kinds if (found := self._reported(path, kinds[path])) is not None}
        if len(paths) > _MAX_PATHS:
            paths = {_EVERYTHING}  # cheaper than one by one, and where so much happens the system may have lost some
        ignored = frozenset(path for path in map(self._ignored, kinds) if path is not None)
        return Batch(_outermost(paths) | self.settings.intersection(kinds), bool(changed_rules), ignored)

    def _relative(self, path: str) -> str | None:
        base = os.path.join(self.root, "")  # noqa: PTH118  (with a slash at its end, and "/" stays "/")
        return path[len(base) :].replace(os.sep, "/") if path.startswith(base) else None

    def _folder_ruled_by(self, path: str) -> str | None:
        """The folder that an ignore file speaks of; ``None`` for other files and for rules nobody asks."""
        folder = ruled_folder(path)
        return None if folder is None or self.ignore.reason(folder, is_dir=True) is not None else folder

    def _reported(self, path: str, kinds: set[Change]) -> str | None:
        """The path to report for an event, if any."""
        path = canonical_path(self.root, self.ignore, path)
        status = _status(self.root / path)
        is_dir = status is not None and stat.S_ISDIR(status.st_mode)
        if self.ignore.reason(path, is_dir=is_dir) is not None:
            return None
        if is_dir and kinds == {Change.modified}:
            return None  # some systems say so for every file in it
        came_and_went = status is None and Change.added in kinds
        return None if came_and_went and not path.lower().endswith(self.suffixes) else path

    def _ignored(self, path: str) -> str | None:
        """The ignored file that a path is, or the outermost ignored folder round it; ``None`` for all others."""
        folders = _folders_above(path)
        if self.ignore.reason(path, is_dir=False) is None:
            return None
        return next((folder for folder in folders if self.ignore.reason(folder, is_dir=True) is not None), path)

    def _await_root(self) -> None:
        while not self.halt.is_set() and _identity(self.root) is None:
            self._complain("is not there; waiting for it")
            self.halt.wait(_POLL_SECONDS)

    def _complain(self, complaint: str) -> None:
        """Warn once of the same thing."""
        if complaint != self._complaint:
            _log.warning("%s %s", self.root, complaint)
            self._complaint = complaint


def _outermost(paths: Collection[str]) -> frozenset[str]:
    """The paths without those below another of them."""
    if _EVERYTHING in paths:
        return frozenset({_EVERYTHING})
    known = frozenset(paths)
    return frozenset(path for path in known if not any(above in known for above in _folders_above(path)))


def _folders_above(path: str) -> list[str]:
    return [path[:at] for at, char in enumerate(path) if char == "/"]


def _identity(root: Path) -> tuple[int, int] | None:
    """Which folder this is, whatever its name; ``None`` if it is none."""
    status = _status(root)
    return (status.st_dev, status.st_ino) if status is not None and stat.S_ISDIR(status.st_mode) else None


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except (OSError, ValueError):
        return None
