"""dups: the notes most of whose own words stand in another note as well, the nearest duplicates first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count

import click

from notes_lsp.cli.shell.arguments import notes_named
from notes_lsp.cli.shell.complete import complete_notes
from notes_lsp.cli.shell.formats import Shape
from notes_lsp.cli.shell.output import Output, open_vault, results, show
from notes_lsp.cli.shell.row_template import Row
from notes_lsp.ide.diagnostics.duplicates import (
    Duplicate,
    all_duplicates,
    best_of_each_two,
    duplicates_either_way,
    is_linked,
)
from notes_lsp.index.vault.vault import Vault

_SHAPE = Shape(
    ("path", "other", "percent", "shared", "own", "group", "linked", "title", "other_title", "passage"),
    text="{percent:>3} % also in {other}",
    table=("percent", "path", "other", "passage"),
)


@click.command()
@click.argument("notes", nargs=-1, metavar="[NOTE]...", shell_complete=complete_notes)
@results(_SHAPE)
def dups(notes: tuple[str, ...], out: Output) -> int:
    """The notes most of whose own words stand in another note as well, best first; of all notes, or of those named.

    Quotations, embeds and what comes from a template do not count; [duplicates] in the settings says how much is much.
    Notes that are duplicates of each other have the same number as their group.
    """
    with open_vault(out.vault) as at:
        vault, config = at.folder.current_vault(), at.folder.config
        if not notes:
            return show(out, at.root.path, _rows(vault, all_duplicates(vault, config)))
        found = (double for note in notes_named(at, notes) for double in duplicates_either_way(vault, note, config))
        return show(out, at.root.path, _rows(vault, best_of_each_two(found)))


def _rows(vault: Vault, found: Iterable[Duplicate]) -> Iterator[Row]:
    doubles = list(found)
    groups = _groups(doubles)
    for double in doubles:
        yield {
            "path": double.note.path,
            "other": double.other.path,
            "percent": double.percent,
            "shared": double.share.shared,
            "own": double.share.own,
            "group": groups[double.note.id],
            "linked": is_linked(vault, double),
            "title": double.note.title,
            "other_title": double.other.title,
            "passage": double.share.passage,
        }


def _groups(doubles: Iterable[Duplicate]) -> dict[int, int]:
    """A number for each note, the same for all that are joined by duplicates, from 1 in the order given."""
    group_of: dict[int, list[int]] = {}
    for double in doubles:
        one = group_of.setdefault(double.note.id, [double.note.id])
        other = group_of.setdefault(double.other.id, [double.other.id])
        if one is not other:
            one += other
            group_of |= dict.fromkeys(other, one)
    numbers: dict[int, int] = {}
    counter = count(1)
    for members in group_of.values():
        if members[0] not in numbers:
            numbers |= dict.fromkeys(members, next(counter))
    return numbers
