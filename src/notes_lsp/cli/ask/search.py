"""search: the notes in which words stand, with the lines that show it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import click

from notes_lsp.cli.shell.filters import Filters, filters_and_in
from notes_lsp.cli.shell.formats import Shape
from notes_lsp.cli.shell.output import Output, open_vault, results, show
from notes_lsp.cli.shell.positions import Positions
from notes_lsp.cli.shell.row_template import Row, one_line
from notes_lsp.cli.shell.terminal import paint
from notes_lsp.ide.listing.listing import NoteFields, select_notes
from notes_lsp.index.search.full_text import SearchResult
from notes_lsp.index.search.full_text import full_text_search as ask
from notes_lsp.text.source import Span

_SHAPE = Shape(
    ("path", "line", "column", "title", "snippet", "score"),
    text="{snippet}",
    table=("path", "line", "snippet"),
    terminal="line",
)
_MAX_COUNT = 50
_WITHOUT = re.compile(r"-[^\W\d_]{2,}")


class _Query(click.Command):
    """A command to which ``-word`` is no heap of options, but a word that shall not be there."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        without = [word for word in args[:end] if _WITHOUT.match(word)]
        rest = [word for word in args[:end] if not _WITHOUT.match(word)]
        return super().parse_args(ctx, [*rest, "--", *args[end + 1 :], *without] if without else args)


@click.command(cls=_Query)
@click.argument("query", nargs=-1, required=True)
@filters_and_in
@results(_SHAPE, limit=_MAX_COUNT)
def search(query: tuple[str, ...], chosen: Filters, out: Output) -> int:
    """The notes that say QUERY, the best first, each with the line that shows it.

    All words have to be there, in any order; "a phrase" as it stands; one OR other; -without; title:word; begin*.
    Words of the title count most.
    """
    with open_vault(out.vault) as at:
        vault = at.folder.current_vault()
        selection = chosen.selection(at)
        most = (out.limit or _MAX_COUNT) if selection.is_empty else vault.count()[0]
        hits = {hit.note.id: hit for hit in ask(vault, " ".join(query), most)}
        notes = select_notes(NoteFields(vault), selection, (hit.note for hit in hits.values()))
        return show(out, at.root.path, _rows(Positions(vault), (hits[note.id] for note in notes), out))


def _rows(places: Positions, hits: Iterable[SearchResult], out: Output) -> Iterator[Row]:
    for hit in hits:
        row: dict[str, object] = {
            "path": hit.note.path,
            "line": hit.line + 1,
            "column": _column(places.source(hit.note).line_text(hit.line), hit),
            "title": hit.note.title,
            "snippet": hit.snippet,
            "score": round(hit.score, 3),
        }
        if out.style.color:
            row["styled"] = _styled(hit.snippet, hit.matched)
        yield row


def _column(line: str, hit: SearchResult) -> int:
    """The column of the first word that answers, from 1; of the snippet where none does."""
    shown = hit.snippet.removeprefix("…")
    start = line.find(shown.removesuffix("…"))
    first = hit.matched[0].start - (len(hit.snippet) - len(shown)) if hit.matched else 0
    return max(0, start) + max(0, first) + 1


def _styled(text: str, matched: Iterable[Span]) -> str:
    parts: list[str] = []
    done = 0
    for span in matched:
        parts += (one_line(text[done : span.start]), paint(one_line(text[span.start : span.end]), "1;31"))
        done = span.end
    return "".join((*parts, one_line(text[done:])))
