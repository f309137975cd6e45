"""Vault: every question asked of one folder of notes, each answered from the index as it is at this moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from notes_lsp.facts import Link, LinkKind
from notes_lsp.index.store import changes
from notes_lsp.index.store.store import Store, note_id
from notes_lsp.index.vault import destinations as linking
from notes_lsp.index.vault import resolve
from notes_lsp.index.vault.notes import Notes
from notes_lsp.index.vault.resolve import Candidate
from notes_lsp.index.vault.values import Destination, LinkTargets, Mention, Note
from notes_lsp.links import anchors, names
from notes_lsp.text.source import Span

if TYPE_CHECKING:
    from notes_lsp.index.vault.catalog import Catalog

__all__ = ["Destination", "LinkTargets", "Mention", "Note", "Vault"]

_MAX_LATE = 500


class Vault(Notes):
    """The questions. Facts are stored and knowledge is asked: nothing here is kept but the catalog of names."""

    def __init__(
        self, store: Store, root: Path | None, exists: Callable[[str], bool], read: Callable[[Note], None]
    ) -> None:
        """Ask ``store``.

        Args:
            store: the index with this process's overlay.
            root: the vault's folder, ``None`` for a note outside every vault.
            exists: whether a path relative to the root is there on disk, ignored or not.
            read: reads a note from disk whose turn has not come yet.
        """
        super().__init__(store, read)
        self.root = root
        self.exists = exists
        self.complete = True
        """Every note on disk has been read; until then what is not found may still turn up."""
        self._catalog: Catalog | None = None
        self._reading: tuple[Catalog, Iterator[None], set[int]] | None = None
        """A catalog that is being read, what reads it, and the notes that changed meanwhile."""
        self._said: dict[str, tuple[tuple[int, int], dict[str, list[int]]]] = {}
        """What the notes on disk say of a property, in which edition of the index."""
        self._late: set[int] = set()
        """Notes that were read since the catalog was, while the vault is not complete."""

    @property
    def catalog(self) -> Catalog:
        """All names of all notes, in memory, for completion; read now if :meth:`warm` has not done that before."""
        while self._catalog is None:
            self.warm()
        self._catch_up(self._catalog)
        return self._catalog

    def warm(self) -> bool:
        """Go on for a few milliseconds with reading all names into memory; returns whether that is done."""
        if self._catalog is not None:
            self._catch_up(self._catalog)
            if not self._catalog.worn:
                return True
        if self._reading is None:
            from notes_lsp.index.vault.catalog import Catalog  # noqa: PLC0415  (heavy, and most commands never need it)

            begun = Catalog()
            self._reading = (begun, begun.read(self.store.connection), set())
        begun, steps, changed = self._reading
        for _ in steps:
            return False
        for note in changed:
            begun.refresh(self.store.connection, note)
        self._catalog, self._reading = begun, None
        return True

    def changed(self, path: str) -> None:
        """Say that the facts of a note changed, so that the catalog follows. Called by the workspace alone."""
        number = note_id(path)
        if self._reading is not None:
            self._reading[2].add(number)
        if self._catalog is None:
            return
        if self.complete or self._run("SELECT 1 FROM temp.open_notes WHERE id = ?", (number,)).fetchone():
            self._catalog.refresh(self.store.connection, number)
        else:
            # While a vault is read for the first time, everything changes, and nobody could keep up.
            self._late.add(number)

    def _catch_up(self, catalog: Catalog) -> None:
        """Take what changed while the vault was being read, or have all read anew, when there is time for that."""
        if not self.complete or not self._late:
            return
        late, self._late = self._late, set()
        catalog.worn = catalog.worn or len(late) > _MAX_LATE
        for number in late if len(late) <= _MAX_LATE else ():
            catalog.refresh(self.store.connection, number)

    def forget_names(self) -> None:
        """Say that the names of any note may have changed. Called by the workspace alone."""
        self._catalog = self._reading = None
        self._late.clear()

    def candidates(self, source: Note, link: Link) -> list[Candidate]:
        """All notes and files that answer to a link at the best level, best first; empty for external links."""
        address = names.address(source.path, link)
        return linking.destinations_of(
            self, linking.names_asked_for(self, [address]), source.path, link, address
        ).candidates

    def is_tie(self, source: Note, rivals: Sequence[Candidate]) -> bool:
        """Whether several answered to a link of ``source`` equally well, so that the choice among them is arbitrary."""
        return resolve.is_tie(rivals, source.path)

    def asking_for(self, keys: Iterable[str]) -> set[str]:
        """The paths of the notes with a link that may lead to something of one of these names."""
        return {note.path for note in self.notes_by_ids(self.numbers_asking_for(keys)).values()}

    def numbers_asking_for(self, keys: Iterable[str]) -> set[int]:
        """The ids of the notes with a link that may lead to something of one of these names."""
        keys = set(keys)
        if self.prefixes:
            keys |= {key[:end] for key in keys for end in range(1, len(key))}
        columns = resolve.LABEL_FIRST if self.label_first else resolve.TARGET_FIRST
        return {note for note, _ in resolve.links_asking_for(self.store.connection, keys, columns)}

    def destination(self, source: Note, link: Link) -> Destination | None:
        """Where a link leads; ``None`` where nothing answers, or the link leads out of the vault."""
        return linking.destinations(self, source, [link])[0]

    def destinations(self, source: Note, links: Sequence[Link]) -> list[Destination | None]:
        """Where links of one note lead, as :meth:`destination` has it, by a few questions for all of them together."""
        return linking.destinations(self, source, links)

    def destinations_in_turn(
        self, source: Note, links: Sequence[Link]
    ) -> Iterator[list[tuple[Link, Destination | None]]]:
        """Links of one note with where they lead, some at a time, for whoever cannot wait for all of them."""
        return linking.destinations_in_turn(self, source, links)

    def mentions(self, note: Note) -> list[Mention]:
        """Every link that leads to a note, to any place in it, but for its own; by path and place."""
        return [mention for mention in linking.leading_to(self, note) if mention.source.id != note.id]

    def mentions_with_own(self, note: Note) -> list[Mention]:
        """Every link that leads to a note, its own included; by path and place."""
        found = {*linking.leading_to(self, note), *linking.here(self, note)}
        return sorted(found, key=lambda mention: (mention.source.path, mention.link.span))

    def citing(self, url: str) -> list[Mention]:
        """Every link to what an address outside the vault leads to, however it is written; by path and place."""
        from notes_lsp.urls import canonical as urls  # noqa: PLC0415  (heavy, and most commands never need it)

        key = urls.canonical_url(url)
        if key is None:
            return []
        return linking.citations_of(self, changes.url_hash(key), key)

    def named(self, source: Note, name: str) -> Destination | None:
        """The note that ``[[name]]`` would lead to."""
        nowhere = Span(0, 0)
        target, mark, anchor = name.partition("#")
        return self.destination(
            source,
            Link(
                *(LinkKind.WIKI, False, nowhere, target, nowhere),
                *(anchor if mark else None, nowhere, None, nowhere),
            ),
        )

    def notes_saying(self, properties: Iterable[str], note: Note) -> list[Note]:
        """The notes with one of these properties (by key) whose value, written plainly, is one of a note's names."""
        keys = {key for (key,) in self._run("SELECT key FROM all_names WHERE note = ?", (note.id,))}
        opened = {number for (number,) in self._run("SELECT id FROM temp.open_notes")}
        found: set[int] = set()
        for key in properties:
            said = self._said_on_disk(key)
            found.update(number for name in keys for number in said.get(name, ()) if number not in opened)
            in_buffers = self._run("SELECT note, value_ FROM temp.open_properties WHERE folded = ?", (key,))
            found.update(number for number, value in in_buffers if names.path_key(value) in keys)
        return list(self.notes_by_ids(found).values())

    def _said_on_disk(self, key: str) -> dict[str, list[int]]:
        """By the keys of the names that they may be: the values of a property in the notes on disk."""
        known = self._said.get(key)
        if known is None or known[0] != self.store.edition:
            said: dict[str, list[int]] = {}
            for number, value in self._run("SELECT note, value_ FROM main.properties WHERE folded = ?", (key,)):
                said.setdefault(names.path_key(value), []).append(number)
            known = self._said[key] = (self.store.edition, said)
        return known[1]

    def mentions_of_place(self, note: Note, is_meant: Callable[[anchors.AnchorTarget], bool]) -> list[Mention]:
        """Every link whose anchor leads to a place in a note, its own links included; by path and place."""
        places = self.places(note)
        found: list[Mention] = []
        for mention in self.mentions_with_own(note):
            anchor = names.anchor_text(mention.link)
            place = anchors.find(anchor, places) if anchor else None
            if place is not None and is_meant(place):
                found.append(mention)
        return found

    def mentions_of_nothing(self, source: Note, link: Link) -> list[Mention]:
        """Every link that asks for the same thing as a link that nothing answers to."""
        address = names.address(source.path, link)
        keys = [key for key in (address.key, address.path) if key is not None]
        found = linking.with_keys(self, keys)
        return [mention for mention in found if not self.candidates(mention.source, mention.link)]
