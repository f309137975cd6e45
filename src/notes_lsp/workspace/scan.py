"""Scan: bring a folder's index up to date with the disk: walk, compare, read what changed in worker processes."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import TypeVar

from notes_lsp.index.store import Gone, Read, is_busy
from notes_lsp.workspace.folder import Folder, stale
from notes_lsp.workspace.ignore import Ignore
from notes_lsp.workspace.reading import Unreadable, read_batch
from notes_lsp.workspace.walk import Entry, Walk, walk

LOG = logging.getLogger(__name__)
T = TypeVar("T")

_BATCH = 40
"""Notes a worker reads at a time: some 40 ms of work, so that the answers between two chunks never wait longer."""
_FEW = 150
"""Up to so many notes are read by this process: starting workers would take longer."""
_BUSY_TRIES = 40

Progress = Callable[[int, int], None]
"""Called with how many notes are read and how many there are to read."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a scan did."""

    files: int
    read: int
    gone: int
    walk: Walk


async def scan(folder: Folder, ignore: Ignore, progress: Progress) -> Report:
    """Make the index of ``folder`` say what the disk says. Answers can be given between any two chunks.

    Names are known as soon as the walk is done; then notes are read, open ones first. Cancelling leaves a smaller,
    correct index.
    """
    root = folder.root
    if root is None:
        folder.vault.complete = True
        return Report(0, 0, 0, Walk([], truncated=False, skipped=[]))
    files = folder.config.files
    stop = threading.Event()
    try:
        found = await asyncio.to_thread(walk, root, ignore, files.extensions, files.max_files, cancelled=stop.is_set)
    except asyncio.CancelledError:
        stop.set()
        raise
    changes, to_read = stale(folder.known(), found.entries)
    if found.truncated:
        # What a walk that was cut short did not come across may be there all the same.
        changes = [change for change in changes if not isinstance(change, Gone)]
    for chunk in _chunks(changes, 500):
        await _write(folder, chunk)
    first = frozenset(folder.open_paths)
    to_read.sort(key=lambda entry: entry.path not in first)
    done = 0
    progress(0, len(to_read))
    async for batch in _read_all(folder, root, to_read):
        await _write(folder, batch)
        done += len(batch)
        progress(done, len(to_read))
    folder.vault.complete = True
    folder.delta.everything = True
    gone = len(changes) - sum(1 for entry in found.entries if not entry.note)
    return Report(len(found.entries), len(to_read), max(0, gone), found)


async def _write(folder: Folder, changes: Sequence[object]) -> None:
    for attempt in range(_BUSY_TRIES):
        try:
            folder.take(changes)  # type: ignore[arg-type]
        except Exception as error:
            if not is_busy(error) or attempt == _BUSY_TRIES - 1:
                raise
            await asyncio.sleep(0.05)
        else:
            break
    await asyncio.sleep(0)


async def _read_all(folder: Folder, root: Path, entries: Sequence[Entry]) -> AsyncIterator[list[Read | Unreadable]]:
    size = folder.config.files.max_note_size
    batches = [[entry.path for entry in chunk] for chunk in _chunks(entries, _BATCH)]
    if len(entries) <= _FEW:
        for paths in batches:
            for path in paths:
                yield read_batch(root, [path], size)
        return
    by_path = {entry.path: entry for entry in entries}
    pool = ProcessPoolExecutor(
        workers(folder.config.index.workers), multiprocessing.get_context("spawn"), initializer=_follow_parent
    )
    try:
        waiting = iter(batches)
        running: set[asyncio.Future[list[Read | Unreadable]]] = set()
        for paths in waiting:
            # Another process that serves the same vault may have read these in the meantime.
            left = [path for path in paths if not folder.is_current(by_path[path])]
            if not left:
                continue
            running.add(asyncio.wrap_future(_submit(pool, root, left, size)))
            if len(running) >= 2 * workers(folder.config.index.workers):
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        for future in asyncio.as_completed(running):
            yield await future
    except BrokenProcessPool:
        LOG.warning("the worker processes died; reading on alone")
        for paths in batches:
            left = [path for path in paths if not folder.is_current(by_path[path])]
            if left:
                yield await asyncio.to_thread(read_batch, root, left, size)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def workers(configured: int) -> int:
    """How many processes read notes: as configured, else one less than there are cores, at least one, at most four."""
    return configured or max(1, min(4, (os.cpu_count() or 2) - 1))


def _submit(pool: ProcessPoolExecutor, root: Path, paths: list[str], size: int) -> Future[list[Read | Unreadable]]:
    return pool.submit(read_batch, root, paths, size)


def _follow_parent() -> None:
    """End this worker when the server is gone, however it went: some editors kill it."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def _chunks(items: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    return (items[first : first + size] for first in range(0, len(items), size))
