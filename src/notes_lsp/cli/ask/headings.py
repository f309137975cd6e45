"""headings: the headings of notes, as places to go to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from notes_lsp.cli.shell.filters import Filters, filters
from notes_lsp.cli.shell.formats import Shape
from notes_lsp.cli.shell.output import Output, open_vault, results, show
from notes_lsp.cli.shell.positions import Positions
from notes_lsp.cli.shell.row_template import Row
from notes_lsp.facts import Heading
from notes_lsp.ide.listing.listing import NoteFields, select_notes
from notes_lsp.index.vault.vault import Note

_SHAPE = Shape(
    ("path", "line", "column", "level", "heading", "slug", "title"),
    text="{marks} {heading}",
    table=("path", "line", "level", "heading"),
    terminal="line",
    besides=("marks",),
)


@click.command()
@filters
@click.option("--level", "most", type=click.IntRange(1, 6), default=6, help="Only down to this level.")
@results(_SHAPE)
def headings(chosen: Filters, most: int, out: Output) -> int:
    """The headings of all notes, or of those that are chosen, in the order of the text."""
    with open_vault(out.vault) as at:
        vault = at.folder.current_vault()
        notes = select_notes(NoteFields(vault), chosen.selection(at))
        return show(out, at.root.path, _rows(Positions(vault), notes, most))


def _rows(places: Positions, notes: Iterable[Note], most: int) -> Iterator[Row]:
    for note in notes:
        for heading in places.vault.facts(Heading, note):
            if heading.level <= most:
                yield {
                    **places.of(note, heading.title_span),
                    "level": heading.level,
                    "heading": heading.title,
                    "slug": heading.slug,
                    "title": note.title,
                    "marks": "#" * heading.level,
                }
