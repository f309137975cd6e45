"""Notes: the notes of one folder and what each of them says: its text, its facts, what can be linked to in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from notes_lsp.facts import Anchor, Block, Facts, Heading, Link, Tag
from notes_lsp.index.store import rows
from notes_lsp.index.store.store import Store, note_id
from notes_lsp.index.vault import resolve
from notes_lsp.index.vault.values import LinkTargets, Note
from notes_lsp.links import anchors, names
from notes_lsp.text.key_ranges import range_beginning_with, range_below
from notes_lsp.text.source import Span

F = TypeVar("F")

_MAX_WHOLE = 32
_AT_ONCE = 50
_NOTE = "id, path, kind, title, title_start, title_end, mtime_ns, size, words"


class Notes:
    """The questions that are about notes one by one; where links lead is asked of the whole ``Vault``."""

    def __init__(self, store: Store, read: Callable[[Note], None]) -> None:
        """Ask ``store``; ``read`` reads a note from disk whose turn has not come yet."""
        self.store = store
        self.prefixes = False
        """A name that nothing answers to means the one note whose file name begins with it, as zk has it."""
        self.label_first = False
        """Wiki links are written ``[[label|target]]``, as in the wikis of GitHub and GitLab."""
        self._read = read
        self._run = store.connection.execute
        self._whole: dict[int, tuple[str, Facts]] = {}
        self._opened: dict[int, Facts] = {}
        """What open notes say, as long as their buffers are what was parsed last."""
        self._counted: tuple[tuple[int, int], int, float] | None = None
        """How many notes are on disk, and how many of them are read, in which edition of the index."""

    def note(self, path: str) -> Note | None:
        """The note or file at a path relative to the root."""
        return self.note_by_id(note_id(path))

    def note_without_extension(self, path: str) -> Note | None:
        """The note at a path that lacks its extension."""
        row = self._run(
            f"SELECT {_NOTE} FROM all_notes WHERE kind <> ? AND id IN (SELECT note FROM all_names WHERE key = ? "
            "AND kind = 'path' AND whole)",
            (resolve.FILE, names.path_key(path)),
        ).fetchone()
        return _note(row) if row else None

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

    def notes_below(self, prefix: str, *, within_folder: bool) -> list[Note]:
        """The notes whose path begins with ``prefix``, by path; ``within_folder`` leaves out those in folders below."""
        return [
            _note(row)
            for row in self._run(
                f"SELECT {_NOTE} FROM all_notes WHERE kind <> ? AND path >= ? AND path < ? ORDER BY path",
                (resolve.FILE, *range_beginning_with(prefix)),
            )
            if not within_folder or "/" not in row[1][len(prefix) :]
        ]

    def is_folder(self, path: str) -> bool:
        """Whether any note lies below a path."""
        found = self._run("SELECT 1 FROM all_notes WHERE path > ? AND path < ?", range_below(path))
        return found.fetchone() is not None

    def paths_behind(self, path: str, most: int) -> list[str]:
        """The paths of the next notes behind a path, in the order of paths; no attachments."""
        rows_found = self._run(
            "SELECT path FROM all_notes WHERE kind <> ? AND path > ? ORDER BY path LIMIT ?", (resolve.FILE, path, most)
        )
        return [row[0] for row in rows_found]

    def count(self) -> tuple[int, int]:
        """How many notes there are, and how many of them are read."""
        count = "SELECT count(*), total(kind = 1) FROM"
        edition = self.store.edition
        if self._counted is None or self._counted[0] != edition:
            self._counted = (edition, *self._run(f"{count} main.notes WHERE kind <> 2").fetchone())
        opened = "IN (SELECT id FROM temp.open_notes)"
        hidden = self._run(f"{count} main.notes WHERE +kind <> 2 AND id {opened}").fetchone()
        shown = self._run(f"{count} temp.open_notes WHERE kind <> 2").fetchone()
        _, total, read = self._counted
        return total - hidden[0] + shown[0], int(read - hidden[1] + shown[1])

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
        opened = self._opened.get(note.id)
        if opened is not None:
            found: Iterable[Any] = getattr(opened, rows.FACT_TABLES[kind][1])
            return list(map(names.label_first, found) if kind is Link and self.label_first else found)
        self._ensure(note)
        shape = rows.layout(kind)
        read = self.reader(kind)
        return [
            read(row)
            for row in self._run(f"SELECT {shape.names} FROM all_{shape.table} WHERE note = ? ORDER BY n", (note.id,))
        ]

    def whole(self, note: Note) -> Facts:
        """All facts of a note at once, opaque places and regions included; parsed from its text when first asked."""
        text = self.text(note) or ""
        known = self._whole.get(note.id)
        if known is None or known[0] != text:
            if len(self._whole) > _MAX_WHOLE:
                self._whole.clear()
            from notes_lsp.markdown.parse import parse  # noqa: PLC0415  (heavy, and most commands never need it)

            known = self._whole[note.id] = (text, parse(note.path, text))
        return known[1]

    def remember(self, path: str, text: str, facts: Facts) -> None:
        """Keep the facts of a buffer that was just parsed: what is asked of it need not be read from rows again."""
        self._whole[note_id(path)] = (text, facts)
        self._opened[note_id(path)] = facts

    def forget(self, path: str) -> None:
        """Say that a buffer is closed. Called by the workspace alone."""
        self._opened.pop(note_id(path), None)

    def body_start(self, note: Note) -> int:
        """The offset where a note's text begins behind its frontmatter."""
        row = self._run("SELECT body_start FROM all_notes WHERE id = ?", (note.id,)).fetchone()
        return row[0] if row else 0

    def surface(self, path: str) -> LinkTargets:
        """What links can lead to in the note at ``path``; empty where there is none."""
        note = note_id(path)
        found = self._run("SELECT key, kind, text FROM all_names WHERE note = ?", (note,)).fetchall()
        headings = self._run("SELECT level_, title_, slug_ FROM all_headings WHERE note = ? ORDER BY n", (note,))
        ids = self._run(
            "SELECT id_ FROM all_blocks WHERE note = ?1 UNION ALL SELECT id_ FROM all_anchors WHERE note = ?1", (note,)
        )
        return LinkTargets(
            frozenset(key for key, _, _ in found),
            tuple(sorted((kind, text) for _, kind, text in found)),
            tuple(headings),
            tuple(id_ for (id_,) in ids),
        )

    def places(self, note: Note) -> anchors.NoteAnchors:
        """All that an anchor into a note can mean."""
        return anchors.NoteAnchors(self.facts(Heading, note), self.facts(Block, note), self.facts(Anchor, note))

    def tagged(self, tag: str) -> list[tuple[Note, Tag]]:
        """Every place of a tag, given by its key, and of the tags below it; by path and place."""
        rows_found = self._run(
            "SELECT note, n FROM all_tags WHERE key = ? OR (key > ? AND key < ?)", (tag, *range_below(tag))
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
