"""tags: the tags of a vault as the tree that they are, with how many notes have them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from notes_lsp.cli.shell.filters import Filters, filters
from notes_lsp.cli.shell.formats import Shape
from notes_lsp.cli.shell.output import Output, open_vault, results, show
from notes_lsp.cli.shell.row_template import Row
from notes_lsp.ide.listing.listing import NoteFields, TagCount, select_notes, tag_tree

_SHAPE = Shape(
    ("tag", "notes", "total", "depth"),
    text="{indent}{name} {total}",
    table=("tag", "notes", "total"),
    piped="{tag}",
    terminal="line",
    besides=("indent", "name"),
)


@click.command()
@filters
@click.option("--sort", type=click.Choice(["name", "count"]), default="name", help="By name, or the most used first.")
@results(_SHAPE)
def tags(chosen: Filters, sort: str, out: Output) -> int:
    """The tags of all notes, or of those that are chosen.

    A terminal is shown a tree with how many notes have the tag or one below it (total); a pipe gets the tags, each as
    most notes write it. notes are those with the tag itself.
    """
    with open_vault(out.vault) as at:
        known = NoteFields(at.folder.current_vault())
        selection = chosen.selection(at)
        among = None if selection.is_empty else select_notes(known, selection)
        found = tag_tree(known.vault, among)
        if sort == "count":
            found.sort(key=lambda tag: -tag.total)
        return show(out, at.root.path, _rows(found, is_tree=sort == "name"))


def _rows(found: Iterable[TagCount], *, is_tree: bool) -> Iterator[Row]:
    for tag in found:
        depth = tag.name.count("/")
        yield {
            "tag": tag.name,
            "notes": tag.notes,
            "total": tag.total,
            "depth": depth,
            "indent": "  " * depth if is_tree else "",
            "name": tag.name.rpartition("/")[2] if is_tree else tag.name,
        }
