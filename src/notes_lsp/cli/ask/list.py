"""list: the notes that meet conditions, for the eye and for the next program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import click

from notes_lsp.cli.shell.arguments import note_named
from notes_lsp.cli.shell.complete import complete_notes
from notes_lsp.cli.shell.filters import Filters, filters, report_unknown_names
from notes_lsp.cli.shell.formats import Shape
from notes_lsp.cli.shell.output import Output, open_vault, results, show
from notes_lsp.cli.shell.row_template import Row
from notes_lsp.config.settings import Config
from notes_lsp.ide.listing.check_filters import check_key, is_known_key
from notes_lsp.ide.listing.listing import FIELDS, NoteFields, select_notes
from notes_lsp.index.vault.properties import key_counts
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.text.source import Encoding, Source

SHAPE = Shape(
    FIELDS,
    text="{title}",
    table=("title", "path", "modified", "tags"),
    piped="path",
    more=True,
)
_PLACE = ("line", "column")
_MAX_ALIKE = 20


@click.command("list")
@filters
@click.option("--match", "-m", metavar="QUERY", help='That say this, the best first: words, "a phrase", OR, -without.')
@click.option(
    "--related",
    multiple=True,
    metavar="NOTE",
    shell_complete=complete_notes,
    help="That are like this note, the most similar first.",
)
@click.option(
    "--sort",
    "-s",
    multiple=True,
    metavar="FIELD",
    help="By this field or property; -FIELD for the greatest first. By default by path, with --match the best first.",
)
@results(SHAPE)
def list_notes(chosen: Filters, match: str | None, related: tuple[str, ...], sort: tuple[str, ...], out: Output) -> int:
    """The notes, all or those that answer to all that is asked for.

    PATH is a folder, a note by path or name, or - for the names on standard input. A terminal is shown a table; a pipe
    gets paths. Templates know every property of the frontmatter besides: --format '{due}\\t{title}'.
    """
    with open_vault(out.vault) as at:
        vault = at.folder.current_vault()
        known = NoteFields(vault)
        orders = tuple(part for each in sort for part in each.split(",") if part.strip("-"))
        with report_unknown_names():
            for order in orders:
                check_key(vault, at.folder.config, FIELDS, order.strip("-"), "to sort by")
        among = _matching(vault, match) if match else None
        for name in related:
            alike = _like(vault, note_named(at, name))
            among = alike if among is None else [note for note in among if note in alike]
        notes = select_notes(known, chosen.selection(at, orders), among)
        return show(with_properties(out, vault, at.folder.config), at.root.path, note_rows(known, notes, out))


def note_rows(known: NoteFields, notes: Iterable[Note], out: Output) -> Iterator[Row]:
    """What is printed of notes: of each only what the format asks for, since some of it costs a little."""
    wanted = wanted_fields(out)
    more = tuple(name for name in wanted if name not in FIELDS and name not in {*_PLACE, "file"})
    for note in notes:
        row: dict[str, object] = {name: known.of(note, name) for name in FIELDS if name in wanted or name == "path"}
        for name in more:
            values = known.values(note, name)
            row[name] = values[0] if len(values) == 1 else list(values)
        if not wanted.isdisjoint(_PLACE) or out.style.format == "line":
            row["line"] = title_line(known.vault, note)
        yield row


def wanted_fields(out: Output) -> frozenset[str]:
    """The fields that a format shows."""
    template = out.template
    if template is not None:
        found = template.fields
    else:
        found = {
            "path": frozenset({"path"}),
            "line": frozenset({"path", "title"}),
            "table": frozenset(out.shape.table),
        }.get(out.style.format, frozenset(out.shape.columns))
    return found | {"title"} if out.interactive else found


def with_properties(out: Output, vault: Vault, config: Config) -> Output:
    """The output, its template held against the fields, and the properties that there are or may be.

    Raises:
        TemplateError: it asks for what no note has, and nothing declares.
    """
    template = out.template
    if template is not None:
        fields = (*FIELDS, *_PLACE, "file")
        for name in sorted(template.fields - {*fields}):
            if not is_known_key(vault, config, fields, name):
                template.check((*fields, *key_counts(vault)), among=fields)
    return replace(out, shape=replace(out.shape, more=True))


def title_line(vault: Vault, note: Note) -> int:
    """The line that a note's title stands in, from 1."""
    if note.title_span.start == 0:
        return 1
    return Source(vault.text(note) or "").position(note.title_span.start, Encoding.UTF32).line + 1


def _like(vault: Vault, note: Note) -> list[Note]:
    from notes_lsp.index.similar.find import find_similar

    return [one.note for one in find_similar(vault, note, _MAX_ALIKE)]


def _matching(vault: Vault, query: str) -> list[Note]:
    from notes_lsp.index.search.full_text import full_text_search

    return [hit.note for hit in full_text_search(vault, query, vault.count()[0])]
