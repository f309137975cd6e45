"""tree: the hierarchy of notes, as walking up and down in the editor has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from notes_lsp.cli.shell.arguments import note_named
from notes_lsp.cli.shell.complete import complete_notes
from notes_lsp.cli.shell.formats import Shape
from notes_lsp.cli.shell.output import Output, open_vault, results, show
from notes_lsp.cli.shell.row_template import Row
from notes_lsp.ide.navigation.hierarchy import parents
from notes_lsp.index.vault.vault import Note, Vault

_SHAPE = Shape(
    ("path", "title", "depth", "parent"),
    text="{branch}{title}",
    table=("depth", "title", "path"),
    piped="{branch}{title}",
    terminal="{branch}{title}",
    besides=("branch",),
)
_Children = dict[int | None, list[Note]]


@click.command()
@click.argument("note", required=False, shell_complete=complete_notes)
@click.option("--depth", type=click.IntRange(min=1), metavar="N", help="No more than N levels.")
@results(_SHAPE)
def tree(note: str | None, depth: int | None, out: Output) -> int:
    """The hierarchy of all notes, or of those below NOTE.

    A note is below the one that its property up or parent names; else below the one that its dotted name continues
    (soil for soil.compost); else below the note of its folder.
    """
    with open_vault(out.vault) as at:
        vault = at.folder.current_vault()
        below = _by_parent(vault)
        tops = [note_named(at, note)] if note is not None else below.get(None, [])
        return show(out, at.root.path, _rows(tops, below, depth or 1_000))


def _by_parent(vault: Vault) -> _Children:
    """The notes below each note, by its id, by path; those below none under ``None``; each note is somewhere."""
    above: dict[int, Note | None] = {}
    notes = list(vault.notes())
    for note in notes:
        found = parents(vault, note)
        above[note.id] = found[0] if found else None
    below: _Children = {}
    for note in notes:
        parent = above[note.id]
        seen = {note.id: note.path}
        while parent is not None and parent.id not in seen:
            seen[parent.id] = parent.path
            parent = above.get(parent.id)
        # Of notes that are above each other, the one whose path comes first is the top.
        is_top = parent is not None and parent.id == note.id and note.path == min(seen.values())
        own = None if is_top else above[note.id]
        below.setdefault(own.id if own is not None else None, []).append(note)
    return below


def _rows(tops: Iterable[Note], below: _Children, most: int) -> Iterator[Row]:
    def walk(notes: list[Note], stem: str, parent: Note | None, depth: int) -> Iterator[Row]:
        for number, note in enumerate(notes):
            is_last = number == len(notes) - 1
            branch = stem + ("└─ " if is_last else "├─ ") if depth else ""
            yield {
                "path": note.path,
                "title": note.title,
                "depth": depth,
                "parent": parent.path if parent is not None else None,
                "branch": branch,
            }
            if depth + 1 < most:
                yield from walk(
                    below.get(note.id, []), stem + ("   " if is_last else "│  ") if depth else "", note, depth + 1
                )

    return walk(list(tops), "", None, 0)
