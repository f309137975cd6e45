"""backlinks: who links to a note, or to a heading or a block of it, each mention in its line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from notes_lsp.cli.shell.arguments import NoteArgument, file_named, place_named, with_stdin
from notes_lsp.cli.shell.complete import complete_notes
from notes_lsp.cli.shell.formats import Shape
from notes_lsp.cli.shell.output import CommandError, Output, open_vault, results, show
from notes_lsp.cli.shell.positions import Positions
from notes_lsp.cli.shell.row_template import Row
from notes_lsp.cli.shell.vaults import OpenVault
from notes_lsp.ide.navigation.references import references

_SHAPE = Shape(
    ("path", "line", "column", "title", "context", "target"),
    text="{context}",
    table=("title", "line", "context"),
    terminal="line",
)


@click.command()
@click.argument("notes", nargs=-1, required=True, metavar="NOTE...", shell_complete=complete_notes)
@results(_SHAPE)
def backlinks(notes: tuple[str, ...], out: Output) -> int:
    """The links that lead to notes or other files, each with the line it stands in.

    NOTE is a path or a name, also of a heading or a block: note#heading, note#^block; - reads names.
    """
    with open_vault(out.vault) as at:
        vault = at.folder.current_vault()
        return show(out, at.root.path, _rows(Positions(vault), [_named(at, name) for name in with_stdin(notes)]))


def _named(at: OpenVault, name: str) -> NoteArgument:
    try:
        return place_named(at, name)
    except CommandError:
        file = file_named(at, name)
        if file is None:
            raise
        return NoteArgument(file)


def _rows(places: Positions, named: Iterable[NoteArgument]) -> Iterator[Row]:
    for one in named:
        if one.place is None:
            found = [(mention.source, mention.link.span) for mention in places.vault.mentions(one.note)]
        else:
            uses = references(places.vault, one.note, one.place.at.start)
            found = [(use.note, use.span) for use in uses if not use.declaration]
        for source, span in found:
            yield {
                **places.of(source, span),
                "title": source.title,
                "context": places.context(source, span),
                "target": one.note.path,
            }
