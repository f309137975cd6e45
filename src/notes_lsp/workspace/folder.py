"""Folder: one vault on disk with its open buffers: every change to a note comes through here, a current vault out."""

from __future__ import annotations

import contextlib
import logging
import os
import stat
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from notes_lsp.config.settings import Config, Profile
from notes_lsp.index.dependencies.keys import DependencyKey, DependencyKind
from notes_lsp.index.dependencies.note_keys import OPEN, TOUCHED_ON_DISK, Facets, facets, touched_keys
from notes_lsp.index.store.changes import Deleted, Discovered, DiskState, FileChange, Parsed, Unchanged
from notes_lsp.index.store.damage import BrokenIndexError, is_unwritable
from notes_lsp.index.store.open import remove
from notes_lsp.index.store.store import Store, note_id
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.text.source import Source
from notes_lsp.workspace.disk.ignore import Ignore
from notes_lsp.workspace.disk.read import NO_STATE, ReadRequest, Unreadable, read_note
from notes_lsp.workspace.disk.walk import FileEntry, Report, entry_of, walk

if TYPE_CHECKING:
    from notes_lsp.index.vault.dependents import Customs

LOG = logging.getLogger(__name__)

_MAX_HEALINGS = 3
"""An index that breaks more often than this stands on a broken disk, or somebody is at war with us."""


@dataclass(slots=True)
class Delta:
    """What changed since somebody last looked, on disk, in buffers, by this process or by another."""

    touched: Counter[DependencyKey] = field(default_factory=Counter[DependencyKey])
    """The keys that changes touched, each with how often."""
    everything: bool = False
    """The whole folder was read, its settings changed, or so much did that nobody wrote down what."""

    @property
    def paths(self) -> set[str]:
        """Notes and files of which anything changed."""
        return {key.value for key in self.touched if key.kind is DependencyKind.NOTE}

    def __bool__(self) -> bool:
        """Whether anything changed at all."""
        return bool(self.touched) or self.everything


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
        self._facets: dict[str, Facets] = {}
        """Those of each open buffer that was parsed."""
        self.is_filling = False
        """So much is being written that nobody can be told of details."""
        self._healings = 0
        self._customs: Customs | None = None
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

    def current_vault(self) -> Vault:
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
        self.store.end_read()
        self.store.check()
        self.store.begin_read()
        self._hear()
        # Without a loop, until something is written; whoever has not even imported asyncio has none.
        if (asyncio := sys.modules.get("asyncio")) is not None:
            with contextlib.suppress(RuntimeError):
                asyncio.get_running_loop().call_soon(self.store.end_read)
        if self._pending:
            self._parse_pending()
        return self.vault

    def _parse_pending(self) -> None:
        from notes_lsp.index.store.changes import prepare_rows  # noqa: PLC0415
        from notes_lsp.markdown.parse import parse  # noqa: PLC0415  (heavy, and most commands never need it)

        for path in tuple(self._pending):
            # Taken off the list first: a text that cannot be parsed must not be tried again with every request.
            self._pending.discard(path)
            text = self._buffers[path].text
            facts = parse(path, text)
            prepared = prepare_rows(facts, text)
            self.parsed += 1
            self.vault.remember(path, text, facts)
            before = self._facets.get(path) or facets(self.store.connection, TOUCHED_ON_DISK, note_id(path))
            self.store.open_note(prepared)
            after = self._facets[path] = facets(self.store.connection, OPEN, note_id(path))
            self._touch(path, before, after)

    def heal(self, error: BaseException) -> None:
        """Begin a new index after the file was damaged or taken away. The disk has to be read again afterwards.

        Where the disk is full or may not be written, or the index breaks again and again, the new one lives in memory.
        """
        path = self.store.path
        self.store.close()
        self._healings += 1
        if is_unwritable(error) or self._healings > _MAX_HEALINGS:
            LOG.warning("the index %s cannot be kept (%s); working in memory", path, error)
            self._index = None
        elif path is not None and not (isinstance(error, BrokenIndexError) and error.replaced):
            LOG.error("the index %s was damaged (%s); it is rebuilt", path, error)
            try:
                remove(path)
            except OSError as failure:
                LOG.warning("cannot remove %s: %s", path, failure)
        else:
            # Whoever replaced it may be another server that healed it first: its file is as good as ours would be.
            LOG.warning("the index %s was taken away (%s); it is opened again", path, error)
        self._connect()
        self._facets.clear()
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
        self.vault.forget(path)
        self.store.close_note(path)
        before = self._facets.pop(path, Facets())
        self._touch(path, before, facets(self.store.connection, TOUCHED_ON_DISK, note_id(path)))

    def is_current(self, entry: FileEntry) -> bool:
        """Whether the index already has what is on disk, for instance because another process was faster."""
        known = self.store.known_one(entry.path)
        return known is not None and is_same(known, entry, self.config.files.max_note_size)

    def overtaken(self, known: Mapping[str, DiskState]) -> list[str]:
        """Those of some files that may no longer be what the index knows of them; one system call for each."""
        self.stats += len(known)
        return [path for path, mine in known.items() if not self._is_as_known(path, mine)]

    def take(self, changes: Sequence[FileChange | Unreadable]) -> None:
        """Write a chunk of what was found on disk."""
        sound: list[FileChange] = []
        for change in changes:
            if not isinstance(change, Unreadable):
                sound.append(change)
            elif change.gone:
                sound.append(Deleted(change.path))
            else:
                LOG.warning("cannot read %s: %s", change.path, change.reason)
        self.read += sum(1 for change in sound if isinstance(change, Parsed | Unchanged))
        if self.is_filling:
            self.store.fill(sound)
        else:
            self.store.apply(sound)
        for change in sound:
            if not isinstance(change, Unchanged):
                self.vault.changed(change.path)
        self._hear()

    def look(self, path: str, entry: FileEntry | None) -> None:
        """Bring the index up to date with one file that something happened to; ``entry`` is ``None`` where it is gone.

        A note is read whatever its times say: two writes within a tick of the clock leave the same time behind.
        """
        if self.root is None:
            return
        known = self.store.known_one(path)
        if entry is not None and entry.note:
            wanted = ReadRequest(path, known.digest if known is not None else None)
            self.take([read_note(self.root, wanted, self.config.files.max_note_size)])
        elif entry is not None and (known is None or not is_same(known, entry, 0)):
            self.take([listed_file(entry)])
        elif entry is None and known is not None:
            self.take([Deleted(path)])
        elif entry is None:
            self.look_beside(path)

    def look_beside(self, path: str) -> None:
        """Take word of what is no file of the index: a folder or an ignored file, which links may lead to as well."""
        self.delta.touched[DependencyKey(DependencyKind.DISK, path)] += 1

    def read_now(self, note: Note) -> None:
        """Read a note before its turn, because somebody asks about it."""
        if self.root is not None:
            held = self.store.is_held
            self.take([read_note(self.root, ReadRequest(note.path), self.config.files.max_note_size)])
            if held:
                self.store.begin_read()

    def finish(self, *, complete: bool) -> None:
        """Say that the whole disk was looked at; ``complete`` unless the walk ended early."""
        self.vault.complete = complete
        self.delta.everything = True

    def take_delta(self) -> Delta:
        """What changed since this was last called; the vault has to be settled."""
        # First what may fail where the index is busy: nothing is lost then.
        customs = self._customs
        if customs is None:
            from notes_lsp.index.vault import dependents as depending  # noqa: PLC0415  (heavy, and most commands never need it)

            customs = self._customs = depending.Customs()
        if self.delta.everything:
            customs.learn(self.vault)
        elif customs.changed(self.vault, self.delta.touched):
            self.delta.everything = True
        delta, self.delta = self.delta, Delta()
        return delta

    def _connect(self) -> None:
        self.store = Store(self._index)
        self._customs = None
        self.vault = Vault(self.store, self.root, self._exists, self.read_now)
        self.vault.complete = self.root is None

    def _is_as_known(self, path: str, known: DiskState) -> bool:
        try:
            now = os.stat(f"{self.root}/{path}")  # noqa: PTH116  (a Path costs more than the call, and there may be many)
        except OSError:
            return False
        entry = entry_of(path, now, note=known.note)
        return stat.S_ISREG(now.st_mode) and is_same(known, entry, self.config.files.max_note_size)

    def _exists(self, path: str) -> bool:
        return self.root is not None and os.path.lexists(self.root / path)

    def _hear(self) -> None:
        """Follow what the journal says that was written to the index, by this process or another."""
        for key, times, own in self.store.journal.news():
            if key.kind is DependencyKind.EVERYTHING:
                self.delta.everything = True
                if not own:
                    self.vault.forget_names()
            else:
                self.delta.touched[key] += times
            if key.kind is DependencyKind.NOTE and not own:
                self.vault.changed(key.value)

    def _touch(self, path: str, before: Facets, after: Facets) -> None:
        """Follow what a buffer changed. Of an open note more is told, so that to open and close it is a change."""
        self.delta.touched.update(touched_keys(path, before, after) or [DependencyKey(DependencyKind.NOTE, path)])
        if before[:4] != after[:4]:
            self.vault.changed(path)


@dataclass(frozen=True, slots=True)
class Stale:
    """Where the index differs from the disk."""

    changes: list[FileChange]
    """What can be written at once: what is new, and what is gone."""
    to_read: list[FileEntry]
    """Notes that are new or were written since."""
    same: list[FileEntry]


def outdated(
    known: dict[str, DiskState], entries: Iterable[FileEntry], max_size: int, is_gone: Callable[[str], bool]
) -> Stale:
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
            found.changes.append(listed_file(entry))
    found.changes.extend(Deleted(path) for path in known if path not in seen and is_gone(path))
    return found


def compare_with_disk(folder: Folder, ignore: Ignore) -> Report | None:
    """Walk the folder, and finish it where the index says already all that the disk says; ``None`` where it does not.

    A scan does the same, but with more about it than there is any need of when nothing has changed.
    """
    if folder.root is None:
        return None
    files = folder.config.files
    found = walk(folder.root, ignore, files.extensions, files.max_files)
    difference = outdated(folder.store.known(), found.entries, files.max_note_size, lambda _: True)
    if found.truncated or difference.changes or difference.to_read:
        return None
    folder.finish(complete=True)
    return Report(len(found.entries), 0, 0, found)


def listed_file(entry: FileEntry) -> Discovered:
    """A file that was found, and not read."""
    return Discovered(entry.path, entry.mtime_ns, entry.size, entry.note, entry.ctime_ns, entry.inode)


def is_same(known: DiskState, entry: FileEntry, max_size: int) -> bool:
    """Whether the index has a file as it is on disk, by its times, its size in bytes and its number on the disk."""
    if (known.mtime_ns, known.size, known.note) != (entry.mtime_ns, entry.size, entry.note):
        return False
    if not entry.note:
        return True
    if (known.ctime_ns, known.inode) != (entry.ctime_ns, entry.inode):
        return False
    # A note that was too large is read when the limit is raised, and the other way round.
    was_read = known.digest != NO_STATE or entry.size == 0
    return known.digest is not None and was_read == (entry.size <= max_size)
