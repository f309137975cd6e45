"""Folder: one vault on disk with its open buffers: every change to a note comes through here, a current vault out."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from notes_lsp.core.parse import parse
from notes_lsp.core.settings import Config
from notes_lsp.core.text import Source
from notes_lsp.index.store import Change, Gone, Known, Listed, Read, Store, is_unwritable, prepare, remove
from notes_lsp.index.vault import Note, Surface, Vault
from notes_lsp.workspace.reading import Unreadable, digest, read_note
from notes_lsp.workspace.walk import Entry

LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Delta:
    """What changed since somebody last looked."""

    paths: set[str] = field(default_factory=set[str])
    """Notes and files whose own facts changed."""
    keys: set[str] = field(default_factory=set[str])
    """The names, before and after, of those of them that changed what a link can lead to: a name, a heading, a block."""
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
        self._index = index
        self._buffers: dict[str, Source] = {}
        self._pending: set[str] = set()
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

        Raises:
            BrokenIndexError: the index file was damaged; ``heal`` mends it.
        """
        self.store.check()
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
        return self.vault

    def heal(self, error: BaseException) -> None:
        """Begin a new index after the file was damaged or taken away. The disk has to be read again afterwards.

        Where the disk is full or may not be written, the new index lives in memory.
        """
        path = self.store.path
        self.store.close()
        if is_unwritable(error):
            LOG.warning("the index %s cannot be written (%s); working in memory", path, error)
            self._index = None
        elif path is not None:
            LOG.warning("the index %s was damaged; it is rebuilt", path)
            try:
                remove(path)
            except OSError as error:
                LOG.warning("cannot remove %s: %s", path, error)
        self._connect()
        self._pending.update(self._buffers)
        self.delta.everything = True
        self.vault.complete = self.root is None

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

    def known(self) -> dict[str, Known]:
        """What the index knows of the disk."""
        return self.store.known()

    def is_current(self, entry: Entry) -> bool:
        """Whether the index already has what is on disk, for instance because another process was faster."""
        known = self.store.known_one(entry.path)
        return known is not None and _same(known, entry)

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
        paths = [change.prepared.path if isinstance(change, Read) else change.path for change in sound]
        before = [self._surface(path) for path in paths]
        self.store.apply(sound)
        for path, surface in zip(paths, before, strict=True):
            self._changed(path, surface)

    def take_file(self, path: str, entry: Entry | None) -> None:
        """Bring the index up to date with one file; ``entry`` is ``None`` where it is there no more."""
        if entry is None:
            if self.store.known_one(path) is not None:
                self.take([Gone(path)])
            return
        known = self.store.known_one(path)
        if known is not None and _same(known, entry):
            # Another process read it before us: what it held before cannot be known any more.
            self._changed(path, None)
            return
        if not entry.note:
            self.take([Listed(path, entry.mtime_ns, entry.size, note=False)])
            return
        if self.root is not None:
            self.take([read_note(self.root, path, self.config.files.max_note_size)])

    def unchanged_bytes(self, entry: Entry) -> bool:
        """Whether a file that was written again holds the same bytes; if so its new time is remembered."""
        known = self.store.known_one(entry.path)
        if self.root is None or known is None or known.digest is None or known.size != entry.size:
            return False
        try:
            same = digest((self.root / entry.path).read_bytes()) == known.digest
        except OSError:
            return False
        if same:
            self.store.touch(entry.path, entry.mtime_ns)
        return same

    def read_now(self, note: Note) -> None:
        """Read a note before its turn, because somebody asks about it."""
        if self.root is not None:
            self.take([read_note(self.root, note.path, self.config.files.max_note_size)])

    def take_delta(self) -> Delta:
        """What changed since this was last called."""
        delta, self.delta = self.delta, Delta()
        return delta

    def _connect(self) -> None:
        self.store = Store(self._index)
        self.vault = Vault(self.store, self.root, self._exists, self.read_now)
        self.vault.complete = self.root is None

    def _exists(self, path: str) -> bool:
        return self.root is not None and os.path.lexists(self.root / path)

    def _surface(self, path: str) -> Surface | None:
        """What links can lead to in a note, before it changes; while the folder is read, nobody is told of details."""
        return self.vault.surface(path) if self.vault.complete else None

    def _changed(self, path: str, before: Surface | None) -> None:
        self.delta.paths.add(path)
        after = self._surface(path)
        if before != after or after is None:
            self.vault.changed(path)
            for surface in (before, after):
                if surface is not None:
                    self.delta.keys.update(surface.keys)


def stale(known: dict[str, Known], entries: Iterable[Entry]) -> tuple[list[Change], list[Entry]]:
    """What a walk found against what the index knows: changes to write at once, and notes that have to be read."""
    changes: list[Change] = []
    to_read: list[Entry] = []
    seen: set[str] = set()
    for entry in entries:
        seen.add(entry.path)
        mine = known.get(entry.path)
        if mine is not None and _same(mine, entry):
            continue
        if entry.note:
            to_read.append(entry)
        if mine is None or mine.note != entry.note or not entry.note:
            changes.append(Listed(entry.path, entry.mtime_ns, entry.size, entry.note))
    changes += [Gone(path) for path in known if path not in seen]
    return changes, to_read


def _same(known: Known, entry: Entry) -> bool:
    if (known.mtime_ns, known.size, known.note) != (entry.mtime_ns, entry.size, entry.note):
        return False
    return known.digest is not None or not entry.note
