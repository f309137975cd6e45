"""links: what notes link to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from notes_lsp.cli.shell.arguments import notes_named
from notes_lsp.cli.shell.complete import complete_notes
from notes_lsp.cli.shell.formats import Shape
from notes_lsp.cli.shell.output import Output, open_vault, results, show
from notes_lsp.cli.shell.positions import Positions
from notes_lsp.cli.shell.row_template import Row
from notes_lsp.facts import Link
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links import names

_KINDS = ("note", "file", "url", "missing")
_SHAPE = Shape(
    ("path", "line", "column", "kind", "target", "title", "anchor", "url", "written", "label"),
    text="{written} -> {leads}",
    table=("line", "kind", "leads", "written"),
    paths="target",
    besides=("leads",),
)


@click.command()
@click.argument("notes", nargs=-1, required=True, metavar="NOTE...", shell_complete=complete_notes)
@click.option(
    "--kind", multiple=True, type=click.Choice(_KINDS), help="Only what leads to notes, other files, out, or nowhere."
)
@results(_SHAPE)
def links(notes: tuple[str, ...], kind: tuple[str, ...], out: Output) -> int:
    """The links of notes, in the order of the text, and where each of them leads.

    --format path gives the notes and files that they lead to. NOTE is a path or a name; - reads names.
    """
    with open_vault(out.vault) as at:
        vault = at.folder.current_vault()
        rows = _rows(Positions(vault), notes_named(at, notes))
        return show(out, at.root.path, (row for row in rows if not kind or row["kind"] in kind))


def _rows(places: Positions, notes: Iterable[Note]) -> Iterator[Row]:
    for note in notes:
        for link in places.vault.facts(Link, note):
            kind, led, title = _led(places.vault, note, link)
            yield {
                **places.of(note, link.span),
                "kind": kind,
                "target": led if kind in {"note", "file"} else None,
                "title": title,
                "anchor": link.anchor,
                "url": led if kind == "url" else None,
                "leads": led or "nothing",
                "written": places.source(note).text[link.span.start : link.span.end],
                "label": link.label,
            }


def _led(vault: Vault, note: Note, link: Link) -> tuple[str, str | None, str | None]:
    """The kind of what a link leads to, where that is, and what it is called."""
    if names.address(note.path, link).external:
        anchor = "" if link.anchor is None else f"#{link.anchor}"
        return "url", f"{link.target}{anchor}", None
    found = vault.destination(note, link)
    if found is not None:
        return "file" if found.note.is_file else "note", found.note.path, found.note.title
    return "missing", None, None
