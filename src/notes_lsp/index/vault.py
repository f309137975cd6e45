"""Vault: every question asked of one folder of notes, each answered from the index as it is at this moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from notes_lsp.core import anchors, names
from notes_lsp.core.facts import Anchor, Block, Facts, Heading, Link, LinkKind, Tag
from notes_lsp.core.text import Span
from notes_lsp.index import changes, linking, resolve, rows
from notes_lsp.index.resolve import Candidate
from notes_lsp.index.store import Store, note_id
from notes_lsp.index.values import Destination, Mention, Note, Surface

if TYPE_CHECKING:
    from notes_lsp.index.catalog import Catalog

__all__ = ["Destination", "Mention", "Note", "Surface", "Vault"]

F = TypeVar("F")


_MOST_WHOLE = 32
_AT_ONCE = 50
_MOST_LATE = 500
_NOTE = "id, path, kind, title, title_start, title_end, mtime_ns, size, words"


class Vault:
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
        self.store = store
        self.root = root
        self.exists = exists
        self._read = read
        self.prefixes = False
        """A name that nothing answers to means the one note whose file name begins with it, as zk has it."""
        self.label_first = False
        """Wiki links are written ``[[label|target]]``, as in the wikis of GitHub and GitLab."""
        self.complete = True
        """Every note on disk has been read; until then what is not found may still turn up."""
        self._run = store.connection.execute
        self._catalog: Catalog | None = None
        self._reading: tuple[Catalog, Iterator[None], set[int]] | None = None
        """A catalog that is being read, what reads it, and the notes that changed meanwhile."""
        self._late: set[int] = set()
        """Notes that were read since the catalog was, while the vault is not complete."""
        self._whole: dict[int, tuple[str, Facts]] = {}

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
            from notes_lsp.index.catalog import Catalog  # noqa: PLC0415  (heavy, and most commands never need it)

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
        catalog.worn = catalog.worn or len(late) > _MOST_LATE
        for number in late if len(late) <= _MOST_LATE else ():
            catalog.refresh(self.store.connection, number)

    def forget_names(self) -> None:
        """Say that the names of any note may have changed. Called by the workspace alone."""
        self._catalog = self._reading = None
        self._late.clear()

    def remembered_keys(self, path: str) -> set[str] | None:
        """The keys of a note's title and aliases as they were when somebody last asked; ``None`` where nobody did."""
        if self._catalog is None:
            return None
        return {entry.key for entry in self._catalog.of_note(note_id(path))}

    def note(self, path: str) -> Note | None:
        """The note or file at a path relative to the root."""
        return self.note_by_id(note_id(path))

    def note_by_id(self, note: int) -> Note | None:
        """The note or file with an id."""
        row = self._run(f"SELECT {_NOTE} FROM all_notes WHERE id = ?", (note,)).fetchone()
        return _note(row) if row else None

    def notes_by_ids(self, notes: Iterable[int]) -> dict[int, Note]:
        """The notes and files with some ids, by id; those that are not there are left out."""
        wanted = list(notes)
        if len(wanted) == 1:
            one = self.note_by_id(wanted[0])
            return {one.id: one} if one is not None else {}
        found: dict[int, Note] = {}
        for first in range(0, len(wanted), _AT_ONCE):
            chunk = wanted[first : first + _AT_ONCE]
            # Always as many marks, so that the statement is prepared once.
            marks = ", ".join("?" * _AT_ONCE)
            filled = [*chunk, *[chunk[-1]] * (_AT_ONCE - len(chunk))]
            for row in self._run(f"SELECT {_NOTE} FROM all_notes WHERE id IN ({marks})", filled):
                found[row[0]] = _note(row)
        return found

    def notes(self) -> Iterator[Note]:
        """All notes, by path; no attachments."""
        for row in self._run(f"SELECT {_NOTE} FROM all_notes WHERE kind <> ? ORDER BY path", (resolve.FILE,)):
            yield _note(row)

    def paths_behind(self, path: str, most: int) -> list[str]:
        """The paths of the next notes behind a path, in the order of paths; no attachments."""
        rows_found = self._run(
            "SELECT path FROM all_notes WHERE kind <> ? AND path > ? ORDER BY path LIMIT ?", (resolve.FILE, path, most)
        )
        return [row[0] for row in rows_found]

    def count(self) -> tuple[int, int]:
        """How many notes there are, and how many of them are read."""
        total, read = self._run("SELECT count(*), total(kind = 1) FROM all_notes WHERE kind <> 2").fetchone()
        return total, int(read)

    def count_links(self) -> int:
        """How many links there are, of all kinds."""
        return int(self._run("SELECT count(*) FROM all_links").fetchone()[0])

    def text(self, note: Note) -> str | None:
        """The text of a note, the buffer's where it is open; ``None`` for attachments and for what cannot be read."""
        self._ensure(note)
        row = self._run("SELECT body FROM temp.open_texts WHERE note = ?", (note.id,)).fetchone()
        if row is None:
            row = self._run(
                "SELECT coalesce(whole, body) FROM main.texts WHERE rowid = (SELECT doc FROM main.notes WHERE id = ?)",
                (note.id,),
            ).fetchone()
        return row[0] if row else None

    def facts(self, kind: type[F], note: Note) -> list[F]:
        """The facts of one kind that a note states, in the order of its text."""
        self._ensure(note)
        shape = rows.layout(kind)
        read = self.reader(kind)
        return [
            read(row)
            for row in self._run(f"SELECT {shape.names} FROM all_{shape.table} WHERE note = ? ORDER BY n", (note.id,))
        ]

    def remember(self, path: str, text: str, facts: Facts) -> None:
        """Keep the facts of a text that was just parsed, so that ``whole`` need not parse it again."""
        self._whole[note_id(path)] = (text, facts)

    def surface(self, path: str) -> Surface:
        """What links can lead to in the note at ``path``; empty where there is none."""
        note = note_id(path)
        found = self._run("SELECT key, kind, text FROM all_names WHERE note = ?", (note,)).fetchall()
        headings = self._run("SELECT level_, title_, slug_ FROM all_headings WHERE note = ? ORDER BY n", (note,))
        ids = self._run(
            "SELECT id_ FROM all_blocks WHERE note = ?1 UNION ALL SELECT id_ FROM all_anchors WHERE note = ?1", (note,)
        )
        return Surface(
            frozenset(key for key, _, _ in found),
            tuple(sorted((kind, text) for _, kind, text in found)),
            tuple(headings),
            tuple(id_ for (id_,) in ids),
        )

    def whole(self, note: Note) -> Facts:
        """All facts of a note at once, opaque places and regions included; parsed from its text when first asked."""
        text = self.text(note) or ""
        known = self._whole.get(note.id)
        if known is None or known[0] != text:
            if len(self._whole) > _MOST_WHOLE:
                self._whole.clear()
            from notes_lsp.core.parse import parse  # noqa: PLC0415  (heavy, and most commands never need it)

            known = self._whole[note.id] = (text, parse(note.path, text))
        return known[1]

    def body_start(self, note: Note) -> int:
        """The offset where a note's text begins behind its frontmatter."""
        row = self._run("SELECT body_start FROM all_notes WHERE id = ?", (note.id,)).fetchone()
        return row[0] if row else 0

    def tagged(self, tag: str) -> list[tuple[Note, Tag]]:
        """Every place of a tag, given by its key, and of the tags below it; by path and place."""
        # Tags below ``a`` are the keys between ``a/`` and ``a0``, the character after the slash.
        rows_found = self._run(
            "SELECT note, n FROM all_tags WHERE key = ? OR (key > ? AND key < ?)", (tag, f"{tag}/", f"{tag}0")
        ).fetchall()
        shape = rows.layout(Tag)
        found: list[tuple[Note, Tag]] = []
        for note_number, n in rows_found:
            note = self.note_by_id(note_number)
            row = self._run(f"SELECT {shape.names} FROM all_tags WHERE note = ? AND n = ?", (note_number, n)).fetchone()
            if note is not None:
                found.append((note, shape.from_row(row)))
        return sorted(found, key=lambda pair: (pair[0].path, pair[1].span))

    def every(self, kind: type[F]) -> Iterator[tuple[Note, F]]:
        """The facts of one kind that all notes state, by path and place."""
        shape = rows.layout(kind)
        prefixed = ", ".join(f"f.{name}" for name, _ in shape.columns)
        note_columns = ", ".join(f"n.{name.strip()}" for name in _NOTE.split(","))
        width = len(_NOTE.split(","))
        for row in self._run(
            f"SELECT {note_columns}, {prefixed} FROM all_{shape.table} f JOIN all_notes n ON n.id = f.note "
            "ORDER BY n.path, f.n"
        ):
            yield _note(row), shape.from_row(row[width:])

    def places(self, note: Note) -> anchors.Places:
        """All that an anchor into a note can mean."""
        return anchors.Places(self.facts(Heading, note), self.facts(Block, note), self.facts(Anchor, note))

    def candidates(self, source: Note, link: Link) -> list[Candidate]:
        """All notes and files that answer to a link at the best level, best first; empty for external links."""
        address = names.address(source.path, link)
        return linking.answer(self, linking.asking(self, [address]), source.path, link, address).candidates

    def is_tie(self, source: Note, rivals: Sequence[Candidate]) -> bool:
        """Whether several answered to a link of ``source`` equally well, so that the choice among them is arbitrary."""
        return resolve.is_tie(rivals, source.path)

    def asking_for(self, keys: Iterable[str]) -> set[str]:
        """The paths of the notes with a link that may lead to something of one of these names."""
        keys = set(keys)
        if self.prefixes:
            keys |= {key[:end] for key in keys for end in range(1, len(key))}
        columns = resolve.LABEL_FIRST if self.label_first else resolve.TARGET_FIRST
        notes = {note for note, _ in resolve.asking(self.store.connection, keys, columns)}
        return {note.path for note in self.notes_by_ids(notes).values()}

    def destination(self, source: Note, link: Link) -> Destination | None:
        """Where a link leads; ``None`` where nothing answers, or the link leads out of the vault."""
        return linking.destinations(self, source, [link])[0]

    def destinations(self, source: Note, links: Sequence[Link]) -> list[Destination | None]:
        """Where links of one note lead, as :meth:`destination` has it, by a few questions for all of them together."""
        return linking.destinations(self, source, links)

    def mentions(self, note: Note) -> list[Mention]:
        """Every link that leads to a note, to any place in it, but for its own; by path and place."""
        return [mention for mention in linking.leading_to(self, note) if mention.source.id != note.id]

    def mentions_with_own(self, note: Note) -> list[Mention]:
        """Every link that leads to a note, its own included; by path and place."""
        found = {*linking.leading_to(self, note), *linking.here(self, note)}
        return sorted(found, key=lambda mention: (mention.source.path, mention.link.span))

    def citing(self, url: str) -> list[Mention]:
        """Every link to what an address outside the vault leads to, however it is written; by path and place."""
        from notes_lsp.core import urls  # noqa: PLC0415  (heavy, and most commands never need it)

        key = urls.resource(url)
        if key is None:
            return []
        return linking.citing(self, changes.url_hash(key), key)

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
        found: set[int] = set()
        for key in properties:
            rows_found = self._run("SELECT note, value_ FROM all_properties WHERE folded = ?", (key,))
            found.update(number for number, value in rows_found if names.path_key(value) in keys)
        notes = (self.note_by_id(number) for number in found)
        return [other for other in notes if other is not None]

    def note_without_extension(self, path: str) -> Note | None:
        """The note at a path that lacks its extension."""
        row = self._run(
            f"SELECT {_NOTE} FROM all_notes WHERE kind <> ? AND id IN (SELECT note FROM all_names WHERE key = ? "
            "AND kind = 'path' AND whole)",
            (resolve.FILE, names.path_key(path)),
        ).fetchone()
        return _note(row) if row else None

    def notes_below(self, prefix: str, *, within_folder: bool) -> list[Note]:
        """The notes whose path begins with ``prefix``, by path; ``within_folder`` leaves out those in folders below."""
        return [
            _note(row)
            for row in self._run(
                f"SELECT {_NOTE} FROM all_notes WHERE kind <> ? AND substr(path, 1, ?) = ? ORDER BY path",
                (resolve.FILE, len(prefix), prefix),
            )
            if not within_folder or "/" not in row[1][len(prefix) :]
        ]

    def is_folder(self, path: str) -> bool:
        """Whether any note lies below a path."""
        low, high = f"{path}/", f"{path}0"  # the character after the slash
        return self._run("SELECT 1 FROM all_notes WHERE path > ? AND path < ?", (low, high)).fetchone() is not None

    def mentions_of_place(self, note: Note, is_meant: Callable[[anchors.Place], bool]) -> list[Mention]:
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

    def reader(self, kind: type[F]) -> Callable[[Sequence[Any]], F]:
        """What makes a fact of its row; links as this vault's dialect has them."""
        read = rows.layout(kind).from_row
        if kind is Link and self.label_first:
            return lambda row: names.label_first(read(row))  # type: ignore[return-value]
        return read

    def _ensure(self, note: Note) -> None:
        if not note.is_read:
            row = self._run("SELECT kind FROM all_notes WHERE id = ?", (note.id,)).fetchone()
            if row is not None and row[0] == 0:
                self._read(note)


def _note(row: Sequence[Any]) -> Note:
    return Note(row[0], row[1], row[2], row[3], Span(row[4], row[5]), row[6], row[7], row[8])
