"""Workspace: all folders that are served, which of them a file belongs to, and the tasks that keep them current."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from notes_lsp.config.read import ConfigProblem
from notes_lsp.index.store.changes import DiskState
from notes_lsp.index.store.damage import is_broken, is_busy, is_unwritable
from notes_lsp.text.source import Source, clean
from notes_lsp.workspace.config.settings import configure, ignore_of, index_path, read_config
from notes_lsp.workspace.disk import roots
from notes_lsp.workspace.disk.ignore import Ignore
from notes_lsp.workspace.disk.walk import stat_entry
from notes_lsp.workspace.disk.watch import SETTINGS_FILES, ruled_folder, watch_vault
from notes_lsp.workspace.folder import Folder
from notes_lsp.workspace.scan import Progress, Report, scan, scan_paths
from notes_lsp.workspace.writing.unsaved import Unsaved

LOG = logging.getLogger(__name__)

_MAX_TOLD = 3
_AT_ONCE = 8
"""Up to so many files are looked at in one go; reading one takes about a millisecond."""


class OvertakenError(RuntimeError):
    """What was computed of some notes was for a text that they no longer have; compute it again."""

    def __init__(self, paths: Sequence[str]) -> None:
        """Name the notes."""
        shown = ", ".join(paths[:_MAX_TOLD]) + (", …" if len(paths) > _MAX_TOLD else "")
        super().__init__(f"{shown} {'is' if len(paths) == 1 else 'are'} being written just now; try again in a moment")


@dataclass(frozen=True, slots=True)
class FileLocation:
    """A file in the folder that serves it."""

    folder: Folder
    path: str
    """Relative to the folder's root; of a note outside every root its file name."""


@dataclass(slots=True)
class ServedFolder:
    """A folder with its root, its settings and the tasks that keep it current."""

    root: roots.Root
    folder: Folder
    ignore: Ignore
    problems: tuple[ConfigProblem, ...]
    config_text: str
    unsaved: Unsaved
    ready: asyncio.Event
    """Set while the index says all that the disk says."""
    named: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the names of all files are known, long before all notes are read."""
    waiting: set[str] = field(default_factory=set[str])
    """Files and folders that have to be looked at; ``""`` is all of them."""
    report: Report | None = None
    scanning: asyncio.Task[None] | None = None
    warming: asyncio.Task[None] | None = None
    watching: asyncio.Task[None] | None = None
    stop: asyncio.Event = field(default_factory=asyncio.Event)


class Workspace:
    """The folders. Lives on one event loop, whose thread owns every index."""

    def __init__(
        self,
        client_settings: object,
        on_change: Callable[[], None],
        progress: Callable[[ServedFolder], Progress],
        *,
        cache: Path | None = None,
        pause: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Begin without folders.

        Args:
            client_settings: what the client sent as its settings.
            on_change: called, on the loop, whenever the disk changed something.
            progress: gives the function that reports the progress of one folder's scan.
            cache: where indexes live; the user's cache folder by default.
            pause: awaited between two pieces of work that nobody waits for.
        """
        self.client_settings = client_settings
        self.served: list[ServedFolder] = []
        self.loose: dict[str, Folder] = {}
        """Notes outside every root, by URI, each a folder of its own."""
        self._located: dict[str, FileLocation] = {}
        """Where the open buffers are: what the disk's links say of them is asked when they are opened."""
        self._on_change = on_change
        self._progress = progress
        self._cache = cache
        self._pause = pause or (lambda: asyncio.sleep(0))

    def folders(self) -> Iterator[Folder]:
        """Every folder, roots first."""
        yield from (served.folder for served in self.served)
        yield from self.loose.values()

    def serve(self, root: roots.Root) -> ServedFolder:
        """Begin to serve a root: its index is opened now, its disk read by a task of its own."""
        for served in self.served:
            if served.root.path == root.path:
                return served
        config, problems, text = read_config(root.path, self.client_settings)
        index = index_path(root.path, self._cache)
        folder = Folder(root.path, index, config)
        ignore = ignore_of(root.path, config, self._cache)
        served = ServedFolder(root, folder, ignore, problems, text, Unsaved(root.path, index), asyncio.Event())
        self.served.append(served)
        self._located.clear()
        self.rescan(served)
        served.watching = asyncio.create_task(self._watch(served))
        return served

    def leave(self, path: Path) -> list[ServedFolder]:
        """Stop to serve the root at ``path``; what is returned has to be ended."""
        left = [served for served in self.served if served.root.path == path]
        self.served = [served for served in self.served if served.root.path != path]
        self._located.clear()
        for served in left:
            # Now, since whoever serves the folder next tells of unsaved notes by the same file.
            served.unsaved.close()
        return left

    def share_out(self, changed: Iterable[Path]) -> None:
        """Say that roots came or went: the folders round them may serve more or fewer notes than before."""
        for path in map(roots.resolve_path, changed):
            for served in self.served:
                if served.root.path in path.parents:
                    served.folder.delta.everything = True

    async def end(self, served: ServedFolder) -> None:
        """Stop the tasks of a folder that was left, and close it; nobody waits for it any longer."""
        await _end(served)
        served.named.set()
        served.ready.set()
        served.unsaved.close()
        served.folder.close()

    async def close(self) -> None:
        """Stop everything."""
        left, self.served = self.served, []
        for served in left:
            await self.end(served)
        for folder in self.loose.values():
            folder.close()
        self.loose.clear()
        self._located.clear()

    def locate(self, uri: str) -> FileLocation:
        """The folder that serves a URI; a note outside every root is one of its own."""
        return self.serving(uri) or self._by_itself(uri)

    def serving(self, uri: str) -> FileLocation | None:
        """The root's folder that serves a URI; ``None`` where none does."""
        known = self._located.get(uri)
        if known is not None:
            return known
        path = roots.uri_to_path(uri)
        found = roots.locate([served.root for served in self.served], path) if path is not None else None
        if found is None:
            return None
        served = next(served for served in self.served if served.root == found[0])
        # A name that is not UTF-8 is no note's on disk; as a buffer it is served all the same.
        return FileLocation(served.folder, clean(found[1]))

    def _by_itself(self, uri: str) -> FileLocation:
        if uri not in self.loose:
            self.loose[uri] = Folder(None, None, read_config(None, self.client_settings)[0])
        path = roots.uri_to_path(uri)
        name = (path.name if path is not None else uri.rsplit("/", 1)[-1]) or "note.md"
        return FileLocation(self.loose[uri], clean(name))

    def put_buffer(self, uri: str, source: Source) -> None:
        """Take the text of a buffer that was opened or edited."""
        at = self.locate(uri)
        if not at.path:  # a root, which is no note of its own
            at = self._by_itself(uri)
        self._located[uri] = at
        at.folder.put_buffer(at.path, source)
        served = self.served_by(at.folder)
        if served is not None:
            served.unsaved.take(at.path, source)

    def drop_buffer(self, uri: str) -> None:
        """Forget a buffer that was closed."""
        at = self.locate(uri)
        self._located.pop(uri, None)
        at.folder.drop_buffer(at.path)
        served = self.served_by(at.folder)
        if served is not None:
            served.unsaved.drop(at.path)
        loose = self.loose.pop(uri, None)
        if loose is not None:
            loose.close()

    def served_by(self, folder: Folder) -> ServedFolder | None:
        """The entry of a folder that has a root."""
        return next((served for served in self.served if served.folder is folder), None)

    def is_whole(self, folder: Folder) -> bool:
        """Whether the index of a folder says all that can be known by now, so that nothing need be taken for missing.

        A folder that is read for the first time, or anew after its index broke, is not.
        """
        served = self.served_by(folder)
        return folder.vault.complete or served is None or served.ready.is_set()

    async def ready(self, folder: Folder) -> None:
        """Wait until the index of a folder says all that the disk says."""
        if (served := self.served_by(folder)) is not None:
            await served.ready.wait()

    async def named(self, folder: Folder) -> None:
        """Wait until the names of all files of a folder are known."""
        if (served := self.served_by(folder)) is not None:
            await served.named.wait()

    def warm(self) -> None:
        """Have the names of each folder that is read brought into memory, so that the first completion has them."""
        for served in self.served:
            if served.ready.is_set() and (served.warming is None or served.warming.done()):
                served.warming = asyncio.create_task(self._warm(served))

    async def warmed(self, folder: Folder) -> None:
        """Wait until the names of a folder are in memory, if they are being brought there."""
        if (served := self.served_by(folder)) is not None and served.warming is not None:
            await asyncio.wait((served.warming,))

    def heal(self, folder: Folder, error: BaseException) -> None:
        """Begin a new index for a folder whose index was damaged, and read the disk again."""
        folder.heal(error)
        served = self.served_by(folder)
        if served is not None:
            self.rescan(served)

    def heal_broken(self, folders: Collection[Folder], error: BaseException) -> list[Folder]:
        """Heal those of some folders whose index is broken, where asking one of them gave an error; returns those.

        A sound index is kept: an hour of reading may be in it. Where all look sound, all are made anew.
        """
        broken = [folder for folder in folders if len(folders) == 1 or not folder.store.is_sound()] or list(folders)
        for folder in broken:
            self.heal(folder, error)
        return broken

    def make_sure(self, folder: Folder, paths: Iterable[str]) -> None:
        """Make sure that some files are on disk what the vault says of them at this moment; open notes are anyway.

        Costs one system call for each, and reads those that may have been written since.

        Raises:
            OvertakenError: some are not; the vault knows better now.
        """
        served = self.served_by(folder)
        if served is None:
            return
        known = folder.store.known_now(path for path in paths if folder.source(path) is None)
        suspects = folder.overtaken(known)
        if not suspects:
            return
        unclear = {path for path in suspects if not self._look_now(served, path)}
        self._look_at(served, unclear)
        self._on_change()
        now = folder.store.known_now(suspects)
        changed = [path for path in suspects if path in unclear or not _is_same_text(known[path], now.get(path))]
        if changed:
            raise OvertakenError(changed)

    def rescan(self, served: ServedFolder) -> None:
        """Read a folder's disk from the beginning; a scan that still runs is given up."""
        if served.scanning is not None:
            served.scanning.cancel()
            served.scanning = None
        self._look_at(served, {""})

    def disk_changed(self, uri: str) -> None:
        """Take word from the client that a file changed, appeared or vanished."""
        path = roots.uri_to_path(uri)
        if path is None:
            return
        for served in self.served:
            found = roots.locate([served.root], path)
            if found is not None:
                self.take_paths(served, (found[1],))

    def take_paths(self, served: ServedFolder, paths: Collection[str]) -> None:
        """Bring the index up to date with files and folders below a root, whatever happened to them.

        A few files are looked at before this returns; folders, and many files, by the task that scans.
        """
        if not SETTINGS_FILES.isdisjoint(paths) or served.folder.config.schemas.reads(paths):
            self.reload(served)
        ruled = {folder for folder in map(ruled_folder, paths) if folder is not None}
        for folder in ruled:
            served.ignore.forget(folder)
        paths = {*paths, *ruled}
        at_once = len(paths) <= _AT_ONCE
        self._look_at(served, {path for path in sorted(paths) if not (at_once and self._look_now(served, path))})
        served.unsaved.look_again(served.folder.source)
        self._on_change()

    def reload(self, served: ServedFolder) -> None:
        """Read a folder's settings again; where they say which files are notes, the disk is read again too."""
        config, problems, text = read_config(served.root.path, self.client_settings)
        served.problems, served.config_text = problems, text
        if config != served.folder.config:
            files_changed = config.files != served.folder.config.files
            served.folder.config = config
            if files_changed:
                # The same value, since the watcher holds it too.
                configure(served.ignore, config, self._cache)
                self.rescan(served)
        served.folder.delta.everything = True
        self._on_change()

    def _look_now(self, served: ServedFolder, path: str) -> bool:
        """Look at one file; returns whether that is all there is to do: a folder's content has to be looked for."""
        folder = served.folder
        try:
            entry = stat_entry(served.root.path, served.ignore, path, folder.config.files.extensions)
            if entry is None and folder.store.known_one(path) is None:
                return False
            folder.look(path, entry)
        except Exception as error:
            if is_broken(error) or is_unwritable(error):
                self.heal(folder, error)
            elif not is_busy(error):
                raise
            return False
        return True

    def _look_at(self, served: ServedFolder, paths: set[str]) -> None:
        """Have files and folders looked at; ``""`` is all of them."""
        if not paths:
            return
        served.waiting |= paths
        served.ready.clear()
        if served.scanning is None or served.scanning.done():
            served.scanning = asyncio.create_task(self._scan(served))

    async def _scan(self, served: ServedFolder) -> None:
        """Look at all that waits, until nothing does."""
        tell = self._progress(served)

        def report(done: int, total: int) -> None:
            served.named.set()
            tell(done, total)

        # What is told of a folder that was left meanwhile concerns nobody, and its index is closed.
        while served.waiting and not served.stop.is_set():
            paths, served.waiting = served.waiting, set()
            try:
                if "" in paths:
                    served.report = await scan(served.folder, served.ignore, report)
                else:
                    await scan_paths(served.folder, served.ignore, sorted(paths), report)
            except Exception as error:
                if not (is_broken(error) or is_unwritable(error)):
                    LOG.exception("reading %s failed", served.root.path)
                    continue
                served.folder.heal(error)
                served.waiting.add("")
        if served.stop.is_set():
            return
        served.unsaved.look_again(served.folder.source)
        served.named.set()
        served.ready.set()
        self.warm()
        self._on_change()

    async def _warm(self, served: ServedFolder) -> None:
        try:
            while not served.folder.vault.warm():
                await self._pause()
        except Exception as error:
            if is_broken(error) or is_unwritable(error):
                self.heal(served.folder, error)
            elif not is_busy(error):
                LOG.exception("reading the names of %s failed", served.root.path)

    async def _watch(self, served: ServedFolder) -> None:
        extensions = served.folder.config.files.extensions
        first = True
        async for batch in watch_vault(served.root.path, served.ignore, served.stop, extensions=extensions):
            try:
                if first:
                    # The watch stands only now: what changed since the scan began may have been missed.
                    self._look_at(served, {""})
                    first = False
                else:
                    for path in batch.ignored:
                        served.folder.look_beside(path)
                    self.take_paths(served, batch.paths)
            except Exception:
                LOG.exception("taking what changed in %s failed", served.root.path)


def _is_same_text(before: DiskState, now: DiskState | None) -> bool:
    return now is not None and (before.note, before.digest) == (now.note, now.digest)


async def _end(served: ServedFolder) -> None:
    served.stop.set()
    for task in (served.scanning, served.watching, served.warming):
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task
