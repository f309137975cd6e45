"""Scan: bring a folder's index up to date with the disk: walk, compare, read what changed in worker processes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import multiprocessing
import os
import threading
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing.connection import wait
from pathlib import Path
from typing import TypeVar

from notes_lsp.index.store.changes import Deleted, Discovered, DiskState, FileChange
from notes_lsp.index.store.damage import is_busy
from notes_lsp.index.store.store import note_id
from notes_lsp.workspace.disk.ignore import Ignore
from notes_lsp.workspace.disk.read import ReadRequest, ReadResult, Unreadable, is_overtaken, read_batch, read_note
from notes_lsp.workspace.disk.walk import FileEntry, Report, Walk, stat_entry, walk
from notes_lsp.workspace.folder import Folder, Stale, outdated
from notes_lsp.workspace.subprocesses import guarded_environment
from notes_lsp.workspace.threads import check_room, in_thread

LOG = logging.getLogger(__name__)
__all__ = ["Report", "scan", "scan_paths", "workers"]

T = TypeVar("T")

_BATCH = 40
"""Notes a worker reads at a time: some 20 ms of writing, so that the answers between two chunks never wait long."""
_ALONE = 8
"""Notes this process reads at a time, where it reads itself."""
_FEW = 300
"""Up to so many notes are read by this process: starting workers would take longer."""
_THREADS = 3
"""Of a pool, beside two for each worker: one that manages it, one that writes to it, and the tracker of semaphores."""
_BUSY_WARNING = 10
"""Tries to write, some five seconds, after which the log says that another process is in the way."""

Progress = Callable[[int, int], None]
"""Called with how many notes are read and how many there are to read; at the end, however it comes, with equal ones."""


class _NoWorkersError(RuntimeError):
    """The system lets us start no workers."""


async def scan(folder: Folder, ignore: Ignore, progress: Progress) -> Report:
    """Make the index of ``folder`` say what the disk says. Answers can be given between any two chunks.

    Names are known as soon as the walk is done; then notes are read, open ones first. Cancelling leaves a smaller,
    correct index.
    """
    root = folder.root
    if root is None:
        folder.finish(complete=True)
        return Report(0, 0, 0, Walk())
    found = await _walk(folder, root, ignore, "")
    read, gone = await _follow(folder, root, ignore, folder.store.known(), found, progress)
    folder.finish(complete=not found.truncated)
    if found.truncated and _is_folder(root):
        most = folder.config.files.max_files
        LOG.warning("%s holds more than %d files, so not all are served: raise files.max_files or exclude", root, most)
    return Report(len(found.entries), read, gone, found)


async def scan_paths(folder: Folder, ignore: Ignore, paths: Iterable[str], progress: Progress) -> None:
    """Make the index of ``folder`` say what the disk says of some files and folders, whatever happened to them."""
    root = folder.root
    if root is None:
        return
    known: dict[str, DiskState] = {}
    files: list[FileEntry] = []
    for path in paths:
        entry = stat_entry(root, ignore, path, folder.config.files.extensions)
        mine = folder.store.known_at(path)
        if entry is None and _is_folder(root / path):
            below = await _walk(folder, root, ignore, path)
            await _follow(folder, root, ignore, mine, below, progress)
            folder.look_beside(path)
            continue
        known |= mine
        if entry is not None:
            files.append(entry)
        else:
            # A folder that went, an ignored file that came or went, or nothing that anybody knows of.
            folder.look_beside(path)
    told = frozenset(entry.path for entry in files)
    await _follow(folder, root, ignore, known, Walk(files), progress, told)


def workers(configured: int) -> int:
    """How many processes read notes: as configured, else as many as there are cores, at most four."""
    return configured or max(1, min(4, os.cpu_count() or 2))


async def _walk(folder: Folder, root: Path, ignore: Ignore, below: str) -> Walk:
    files = folder.config.files
    stop = threading.Event()
    walking = partial(walk, root, ignore, files.extensions, files.max_files, below=below, cancelled=stop.is_set)
    try:
        return await in_thread(walking)
    except asyncio.CancelledError:
        stop.set()
        raise


async def _follow(
    folder: Folder,
    root: Path,
    ignore: Ignore,
    known: dict[str, DiskState],
    found: Walk,
    progress: Progress,
    told: frozenset[str] = frozenset(),
) -> tuple[int, int]:
    """Bring the index from what it knows to what was found; returns how many notes were read, and how many files gone.

    The notes of ``told`` are read whatever their times say.
    """
    files = folder.config.files

    def is_gone(path: str) -> bool:
        # The walk may have been cut short, or have passed before the file appeared.
        return stat_entry(root, ignore, path, files.extensions) is None

    lost_root = found.truncated and not _is_folder(root)
    difference = outdated(known, found.entries, files.max_note_size, (lambda _: False) if lost_root else is_gone)
    folder.is_filling = len(difference.changes) + len(difference.to_read) > max(len(known), _FEW)
    try:
        return await _catch_up(folder, root, known, difference, progress, told)
    finally:
        folder.is_filling = False


async def _catch_up(
    folder: Folder,
    root: Path,
    known: dict[str, DiskState],
    difference: Stale,
    progress: Progress,
    told: frozenset[str],
) -> tuple[int, int]:
    for chunk in _chunks(sorted(difference.changes, key=lambda change: note_id(change.path)), 500):
        await _write(folder, root, chunk)
    to_read = difference.to_read + [entry for entry in difference.same if entry.note and entry.path in told]
    await _read(folder, root, known, to_read, progress)
    return len(to_read), sum(isinstance(change, Deleted) for change in difference.changes)


async def _read(
    folder: Folder, root: Path, known: dict[str, DiskState], entries: list[FileEntry], progress: Progress
) -> None:
    # Open ones first; then in the order of the tables, where what is written side by side takes fewer pages.
    first = frozenset(folder.open_paths)
    entries.sort(key=lambda entry: (entry.path not in first, note_id(entry.path)))
    done = 0
    progress(0, len(entries))
    try:
        async with contextlib.aclosing(_read_all(folder, root, known, entries)) as batches:
            async for batch in batches:
                await _write(folder, root, batch)
                done += len(batch)
                progress(min(done, len(entries) - 1), len(entries))
    finally:
        progress(len(entries), len(entries))


async def _write(folder: Folder, root: Path, changes: Sequence[FileChange | Unreadable]) -> None:
    """Write a chunk, as soon as other processes let us."""
    tries = 0
    while True:
        current = [change for change in (_as_it_is(folder, root, change) for change in changes) if change is not None]
        try:
            folder.take(current)
        except Exception as error:
            if not is_busy(error):
                raise
        else:
            break
        tries += 1
        if tries == _BUSY_WARNING:
            LOG.warning("another process keeps the index of %s locked; waiting for it", root)
        await asyncio.sleep(0.05)
    # A real pause: a message takes the loop several turns to read, and each would wait for a chunk.
    await asyncio.sleep(0.001)


def _as_it_is(folder: Folder, root: Path, change: FileChange | Unreadable) -> FileChange | Unreadable | None:
    """A change, unless the disk has gone on meanwhile: what was seen later is not overwritten by what was before."""
    if isinstance(change, Deleted | Unreadable) or not is_overtaken(root, change):
        return change
    if isinstance(change, Discovered):
        return None
    return read_note(root, ReadRequest(change.path), folder.config.files.max_note_size)


async def _read_all(
    folder: Folder, root: Path, known: dict[str, DiskState], entries: Sequence[FileEntry]
) -> AsyncGenerator[Sequence[ReadResult], None]:
    most = folder.config.files.max_note_size
    if len(entries) > _FEW:
        try:
            async with contextlib.aclosing(_read_by_workers(folder, root, known, entries)) as batches:
                async for batch in batches:
                    yield batch
        except _NoWorkersError as error:
            LOG.info("reading without worker processes: %s", error)
        except BrokenProcessPool:
            LOG.warning("the worker processes died; reading on alone")
        else:
            return
    for chunk in _chunks(entries, _ALONE):
        yield read_batch(root, _wanted(folder, known, chunk, certain=len(entries) <= _FEW), most)


async def _read_by_workers(
    folder: Folder, root: Path, known: dict[str, DiskState], entries: Sequence[FileEntry]
) -> AsyncGenerator[Sequence[ReadResult], None]:
    most = folder.config.files.max_note_size
    number = workers(folder.config.index.workers)
    pool = _made_pool(number)
    try:
        running: set[asyncio.Future[list[ReadResult]]] = set()
        for chunk in _chunks(entries, _BATCH):
            wanted = _wanted(folder, known, chunk, certain=False)
            if not wanted:
                yield ()
                continue
            reading = asyncio.wrap_future(_submitted(pool, root, wanted, most))
            # One death is told of once, though it takes everything along that is still to be read.
            reading.add_done_callback(lambda done: done.cancelled() or done.exception())
            running.add(reading)
            if len(running) > 2 * number:
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        for future in asyncio.as_completed(running):
            yield await future
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _made_pool(number: int) -> ProcessPoolExecutor:
    """A pool of so many workers, where the system lets them run.

    Raises:
        _NoWorkersError: it allows too few processes, or has no semaphores.
    """
    try:
        # A pool that can start some of its own waits for the others for ever.
        check_room(_THREADS + 2 * number)
        with guarded_environment():
            return ProcessPoolExecutor(number, multiprocessing.get_context("spawn"), initializer=_follow_parent)
    except (OSError, RuntimeError, ImportError) as error:
        raise _NoWorkersError(str(error)) from error


def _submitted(pool: ProcessPoolExecutor, root: Path, wanted: list[ReadRequest], most: int) -> Future[list[ReadResult]]:
    try:
        # Here the workers are started.
        with guarded_environment():
            return pool.submit(read_batch, root, wanted, most)
    except (OSError, RuntimeError) as error:
        # The system may allow no more processes, or none at all.
        raise BrokenProcessPool(str(error)) from error


def _wanted(
    folder: Folder, known: dict[str, DiskState], entries: Sequence[FileEntry], *, certain: bool
) -> list[ReadRequest]:
    """What is still to be read of a chunk; ``certain`` where nobody else can have read it meanwhile."""
    # Another process that serves the same vault may have been faster.
    left = entries if certain else [entry for entry in entries if not folder.is_current(entry)]
    return [ReadRequest(entry.path, known[entry.path].digest if entry.path in known else None) for entry in left]


def _follow_parent() -> None:
    """End this worker when the server is gone, however it went: some editors kill it."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def _is_folder(path: Path) -> bool:
    return path.is_dir()


def _chunks(items: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    return (items[first : first + size] for first in range(0, len(items), size))
