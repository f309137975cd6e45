"""related: the notes that are about the same as a note, and why they are."""

from __future__ import annotations

from collections.abc import Iterator

import click

from notes_lsp.cli.shell.arguments import note_named
from notes_lsp.cli.shell.complete import complete_notes
from notes_lsp.cli.shell.formats import Shape
from notes_lsp.cli.shell.output import Output, open_vault, results, show
from notes_lsp.cli.shell.row_template import Row
from notes_lsp.ide.hover.similar import reasons
from notes_lsp.index.similar.find import find_similar
from notes_lsp.index.vault.vault import Note, Vault

_SHAPE = Shape(
    ("path", "title", "score", "linked", "why"),
    text="{title}: {why}",
    table=("score", "linked", "title", "why"),
)
_MAX_COUNT = 10


@click.command()
@click.argument("note", metavar="NOTE", shell_complete=complete_notes)
@click.option("--unlinked", is_flag=True, help="Only those that no link connects with it yet.")
@results(_SHAPE, _MAX_COUNT)
def related(note: str, unlinked: bool, out: Output) -> int:  # noqa: FBT001  (as click calls it)
    """The notes most similar to a note, best first, with what both share.

    Nothing but counting: the words both have and few others, and their links, tags and addresses. NOTE is a path or a
    name.
    """
    with open_vault(out.vault) as at:
        vault = at.folder.current_vault()
        return show(out, at.root.path, _rows(vault, note_named(at, note), out.limit or _MAX_COUNT, unlinked=unlinked))


def _rows(vault: Vault, note: Note, most: int, *, unlinked: bool) -> Iterator[Row]:
    for one in find_similar(vault, note, 3 * most if unlinked else most):
        if not (unlinked and one.is_linked):
            yield {
                "path": one.note.path,
                "title": one.note.title,
                "score": round(min(1.0, one.score), 3),
                "linked": one.is_linked,
                "why": reasons(vault, one),
            }
