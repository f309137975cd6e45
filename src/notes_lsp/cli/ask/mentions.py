"""mentions: where notes are named in plain words, without a link."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from notes_lsp.cli.shell.arguments import notes_named
from notes_lsp.cli.shell.complete import complete_notes
from notes_lsp.cli.shell.formats import Shape
from notes_lsp.cli.shell.output import Output, open_vault, results, show
from notes_lsp.cli.shell.positions import Positions
from notes_lsp.cli.shell.row_template import Row
from notes_lsp.config.settings import Config
from notes_lsp.ide.code_actions.link_mentions import (
    Unlinked,
    every_mention_in,
    every_mention_of,
    mentions_in,
    mentions_of,
)
from notes_lsp.index.vault.vault import Note, Vault

_SHAPE = Shape(
    ("path", "line", "column", "written", "target", "title", "others", "text"),
    text="{text}",
    table=("path", "line", "written", "target"),
)


@click.command()
@click.argument("notes", nargs=-1, required=True, metavar="NOTE...", shell_complete=complete_notes)
@click.option("--in", "inside", is_flag=True, help="What NOTE names, instead of where it is named.")
@click.option("--all", "every", is_flag=True, help="Every place, also ordinary words, and in notes that link already.")
@results(_SHAPE)
def mentions(notes: tuple[str, ...], out: Output, *, inside: bool, every: bool) -> int:
    """Where other notes name a note in plain words, by its file name, title or aliases, and do not link to it.

    Of each note the first place is shown, and names that are ordinary words in this vault are left out.
    NOTE is a path or a name; - reads names.
    """
    with open_vault(out.vault) as at:
        vault, config = at.folder.current_vault(), at.folder.config
        found = (
            mention
            for note in notes_named(at, notes)
            for mention in _found(vault, note, config, inside=inside, every=every)
        )
        return show(out, at.root.path, _rows(Positions(vault), found))


def _found(vault: Vault, note: Note, config: Config, *, inside: bool, every: bool) -> list[Unlinked]:
    if inside:
        return (every_mention_in if every else mentions_in)(vault, note, config)
    return (every_mention_of if every else mentions_of)(vault, note, config)


def _rows(places: Positions, found: Iterable[Unlinked]) -> Iterator[Row]:
    for mention in found:
        yield {
            **places.of(mention.source, mention.span),
            "written": mention.written,
            "target": mention.target.path,
            "title": mention.target.title,
            "others": [other.path for other in mention.targets[1:]],
            "text": places.context(mention.source, mention.span),
        }
