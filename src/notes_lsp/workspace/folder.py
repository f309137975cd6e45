"""Folder: one vault on disk with its open buffers: every change to a note comes through here, a current vault out."""

from __future__ import annotations

import contextlib
import logging
import os
import stat
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from notes_lsp.core.names import names_of_path
from notes_lsp.core.settings import Config, Profile
from notes_lsp.core.text import Source
from notes_lsp.index.changes import Change, Gone, Known, Listed, Read, Touched
from notes_lsp.index.damage import BrokenIndexError, is_unwritable
from notes_lsp.index.store import Store, remove
from notes_lsp.index.vault import Note, Surface, Vault
from notes_lsp.workspace.ignore import Ignore
from notes_lsp.workspace.reading import NOTHING, Unreadable, Wanted, read_note
from notes_lsp.workspace.walk import Entry, Report, entry_of, walk

LOG = logging.getLogger(__name__)

FILE = b"file"
"""Stands for an attachment, whose bytes nobody reads."""
_MOST_HEALINGS = 3
"""An index that breaks more often than this stands on a broken disk, or somebody is at war with us."""


@dataclass(slots=True)
class Delta:
    """What changed since somebody last looked."""

    paths: set[str] = field(default_factory=set[str])
    """Notes and files whose own facts changed."""
    keys: set[str] = field(default_factory=set[str])
    """The names, before and after, of those that changed what a link can lead to: a name, a heading, a block."""
    everything: bool = False
    """The whole folder was read, or its settings changed."""

    def __bool__(self) -> bool:
        """Whether anything changed at all."""
        return bool(self.paths) or self.everything


class Folder:
    """One root. Buffers shadow the disk; buffers are parsed when somebody asks, not when somebody types."""

    def __init__(self, root: Path | None, index: Path | None, config: Config) -> None:
        """Open the index at ``index`` (``None``: in memory) for the notes below ``root``.

        ``root`` is ``None`` for a note outside every vault: then nothing is on disk, and only the note itself is known.
        """
        self.root = root
        self.config = config
        self.delta = Delta()
        self.parsed = 0
        """How many buffers were parsed so far, for tests that count work."""
        self.read = 0
        """How many files were read so far."""
        self.stats = 0
        """How many files were looked at so far before edits of them were given out."""
        self._index = index
        self._buffers: dict[str, Source] = {}
        self._pending: set[str] = set()
        self._taken: dict[str, bytes | None] = {}
        self._healings = 0
        self._connect()

    def close(self) -> None:
        """Close the index; everything is in it already."""
        self.store.close()

    @property
    def open_paths(self) -> Sequence[str]:
        """The notes that are open, relative to the root."""
        return tuple(self._buffers)

    def source(self, path: str) -> Source | None:
        """The text of an open buffer."""
        return self._buffers.get(path)

    def settle(self) -> Vault:
        """The vault with every buffer as it is now. Parses only the buffers edited since the last time.

        What the vault says stays the same until the event loop goes on: an answer is never half from before and half
        from after something that another process wrote.

        Raises:
            BrokenIndexError: the index file was damaged; ``heal`` mends it.
        """
        profile = self.config.links.profile
        self.vault.prefixes = profile is Profile.ZK
        self.vault.label_first = profile in (Profile.GITHUB, Profile.GITLAB)
        if self.store.is_held and not self._pending:
            return self.vault
        self.store.release()
        self.store.check()
        self.store.hold()
        # Without a loop, until something is written; whoever has not even imported asyncio has none.
        if (asyncio := sys.modules.get("asyncio")) is not None:
            with contextlib.suppress(RuntimeError):
                asyncio.get_running_loop().call_soon(self.store.release)
        if self._pending:
            self._parse_pending()
        return self.vault

    def _parse_pending(self) -> None:
        from notes_lsp.core.parse import parse  # noqa: PLC0415  (heavy, and most commands never need it)
        from notes_lsp.index.changes import prepare  # noqa: PLC0415

        for path in tuple(self._pending):
            # Taken off the list first: a text that cannot be parsed must not be tried again with every request.
            self._pending.discard(path)
            text = self._buffers[path].text
            facts = parse(path, text)
            prepared = prepare(facts, text)
            self.parsed += 1
            self.vault.remember(path, text, facts)
            before = self._surface(path)
            self.store.open_note(prepared)
            self._changed(path, before)

    def heal(self, error: BaseException) -> None:
        """Begin a new index after the file was damaged or taken away. The disk has to be read again afterwards.

        Where the disk is full or may not be written, or the index breaks again and again, the new one lives in memory.
        """
        path = self.store.path
        self.store.close()
        self._healings += 1
        if is_unwritable(error) or self._healings > _MOST_HEALINGS:
            LOG.warning("the index %s cannot be kept (%s); working in memory", path, error)
            self._index = None
        elif path is not None and not (isinstance(error, BrokenIndexError) and error.replaced):
            LOG.warning("the index %s was damaged (%s); it is rebuilt", path, error)
            try:
                remove(path)
            except OSError as failure:
                LOG.warning("cannot remove %s: %s", path, failure)
        else:
            # Whoever replaced it may be another server that healed it first: its file is as good as ours would be.
            LOG.warning("the index %s was taken away (%s); it is opened again", path, error)
        self._connect()
        self._pending.update(self._buffers)
        self.delta.everything = True

    def put_buffer(self, path: str, source: Source) -> None:
        """Take the text of a buffer that was opened or edited."""
        self._buffers[path] = source
        self._pending.add(path)

    def drop_buffer(self, path: str) -> None:
        """Forget a buffer: the disk shows again."""
        if self._buffers.pop(path, None) is None:
            return
        self._pending.discard(path)
        before = self._surface(path)
        self.store.close_note(path)
        self._changed(path, before)

    def is_current(self, entry: Entry) -> bool:
        """Whether the index already has what is on disk, for instance because another process was faster."""
        known = self.store.known_one(entry.path)
        return known is not None and is_same(known, entry, self.config.files.max_note_size)

    def overtaken(self, known: Mapping[str, Known]) -> list[str]:
        """Those of some files that may no longer be what the index knows of them; one system call for each."""
        self.stats += len(known)
        return [path for path, mine in known.items() if not self._is_as_known(path, mine)]

    def take(self, changes: Sequence[Change | Unreadable]) -> None:
        """Write a chunk of what was found on disk."""
        sound: list[Change] = []
        for change in changes:
            if not isinstance(change, Unreadable):
                sound.append(change)
            elif change.gone:
                sound.append(Gone(change.path))
            else:
                LOG.warning("cannot read %s: %s", change.path, change.reason)
        self.read += sum(1 for change in sound if isinstance(change, Read | Touched))
        paths = [change.path for change in sound if not isinstance(change, Touched)]
        before = [self._surface(path) for path in paths]
        self.store.apply(sound)
        for change in sound:
            if isinstance(change, Touched):
                self.was_written_elsewhere(change.path, change.digest)
            elif self.vault.complete:
                self._taken[change.path] = _mark(change)
        for path, surface in zip(paths, before, strict=True):
            self._changed(path, surface)
            if self.store.is_shared():
                # What it said before may be another process's news, too.
                self._follow_others(path)

    def look(self, path: str, entry: Entry | None) -> None:
        """Bring the index up to date with one file that something happened to; ``entry`` is ``None`` where it is gone.

        A note is read whatever its times say: two writes within a tick of the clock leave the same time behind.
        """
        if self.root is None:
            return
        known = self.store.known_one(path)
        if entry is not None and entry.note:
            wanted = Wanted(path, known.digest if known is not None else None)
            self.take([read_note(self.root, wanted, self.config.files.max_note_size)])
        elif entry is not None and (known is None or not is_same(known, entry, 0)):
            self.take([listed(entry)])
        elif entry is None and known is not None:
            self.take([Gone(path)])
        else:
            self.was_written_elsewhere(path, FILE if entry is not None else None)

    def was_written_elsewhere(self, path: str, mark: bytes | None) -> None:
        """Follow what the index says of a file already, where it may be another process that wrote it down.

        ``mark`` is the digest of a note, ``FILE`` for an attachment, ``None`` for what is gone.
        """
        if not self.store.is_shared() or self._taken.get(path, b"unknown") == mark:
            return
        self._taken[path] = mark
        self._follow_others(path)

    def were_written_elsewhere(self) -> None:
        """Follow what the index says of a folder already: another process may have taken out of it what we knew."""
        if self.store.is_shared():
            self.vault.forget_names()
            self.delta.everything = True

    def read_now(self, note: Note) -> None:
        """Read a note before its turn, because somebody asks about it."""
        if self.root is not None:
            held = self.store.is_held
            self.take([read_note(self.root, Wanted(note.path), self.config.files.max_note_size)])
            if held:
                self.store.hold()

    def finish(self, *, complete: bool) -> None:
        """Say that the whole disk was looked at; ``complete`` unless the walk ended early."""
        self.vault.complete = complete
        self.were_written_elsewhere()
        self.delta.everything = True

    def take_delta(self) -> Delta:
        """What changed since this was last called."""
        delta, self.delta = self.delta, Delta()
        return delta

    def _connect(self) -> None:
        self.store = Store(self._index)
        self.vault = Vault(self.store, self.root, self._exists, self.read_now)
        self.vault.complete = self.root is None

    def _is_as_known(self, path: str, known: Known) -> bool:
        try:
            now = os.stat(f"{self.root}/{path}")  # noqa: PTH116  (a Path costs more than the call, and there may be many)
        except OSError:
            return False
        entry = entry_of(path, now, note=known.note)
        return stat.S_ISREG(now.st_mode) and is_same(known, entry, self.config.files.max_note_size)

    def _exists(self, path: str) -> bool:
        return self.root is not None and os.path.lexists(self.root / path)

    def _surface(self, path: str) -> Surface | None:
        """What links can lead to in a note, before it changes; while the folder is read, nobody is told of details."""
        return self.vault.surface(path) if self.vault.complete else None

    def _follow_others(self, path: str) -> None:
        """Take a file for changed whose facts, as we knew them last, are gone from the index."""
        before = self.vault.remembered_keys(path)
        if before is None:
            self.delta.everything = True
        else:
            self.delta.keys.update(before, (name.key for name in names_of_path(path)))
        self._changed(path, None)

    def _changed(self, path: str, before: Surface | None) -> None:
        if self.vault.complete or path in self._buffers:
            self.delta.paths.add(path)
        after = self._surface(path)
        differs = before != after or after is None
        if differs or path not in self._buffers:
            # Of a file it also matters when it was written last.
            self.vault.changed(path)
        if differs:
            for surface in (before, after):
                if surface is not None:
                    self.delta.keys.update(surface.keys)


def _mark(change: Change) -> bytes | None:
    if isinstance(change, Read | Touched):
        return change.digest
    return FILE if isinstance(change, Listed) else None


@dataclass(frozen=True, slots=True)
class Stale:
    """Where the index differs from the disk."""

    changes: list[Change]
    """What can be written at once: what is new, and what is gone."""
    to_read: list[Entry]
    """Notes that are new or were written since."""
    same: list[Entry]


def stale(known: dict[str, Known], entries: Iterable[Entry], max_size: int, is_gone: Callable[[str], bool]) -> Stale:
    """What a walk found against what the index knows.

    ``max_size`` is that of notes in bytes; ``is_gone`` is asked about each path that the walk did not come across.
    """
    found = Stale([], [], [])
    seen: set[str] = set()
    for entry in entries:
        seen.add(entry.path)
        mine = known.get(entry.path)
        if mine is not None and is_same(mine, entry, max_size):
            found.same.append(entry)
            continue
        if entry.note:
            found.to_read.append(entry)
        if mine is None or mine.note != entry.note or not entry.note:
            found.changes.append(listed(entry))
    found.changes.extend(Gone(path) for path in known if path not in seen and is_gone(path))
    return found


def looked_at(folder: Folder, ignore: Ignore) -> Report | None:
    """Walk the folder, and finish it where the index says already all that the disk says; ``None`` where it does not.

    A scan does the same, but with more about it than there is any need of when nothing has changed.
    """
    if folder.root is None:
        return None
    files = folder.config.files
    found = walk(folder.root, ignore, files.extensions, files.max_files)
    difference = stale(folder.store.known(), found.entries, files.max_note_size, lambda _: True)
    if found.truncated or difference.changes or difference.to_read:
        return None
    folder.finish(complete=True)
    return Report(len(found.entries), 0, 0, found)


def listed(entry: Entry) -> Listed:
    """A file that was found, and not read."""
    return Listed(entry.path, entry.mtime_ns, entry.size, entry.note, entry.ctime_ns, entry.inode)


def is_same(known: Known, entry: Entry, max_size: int) -> bool:
    """Whether the index has a file as it is on disk, by its times, its size in bytes and its number on the disk."""
    if (known.mtime_ns, known.size, known.note) != (entry.mtime_ns, entry.size, entry.note):
        return False
    if not entry.note:
        return True
    if (known.ctime_ns, known.inode) != (entry.ctime_ns, entry.inode):
        return False
    # A note that was too large is read when the limit is raised, and the other way round.
    was_read = known.digest != NOTHING or entry.size == 0
    return known.digest is not None and was_read == (entry.size <= max_size)
