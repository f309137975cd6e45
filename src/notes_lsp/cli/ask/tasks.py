"""tasks: the tasks of notes, with their states and days."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from difflib import get_close_matches

import click

from notes_lsp.cli.shell.filters import Filters, day_range, filters
from notes_lsp.cli.shell.formats import Shape
from notes_lsp.cli.shell.output import Output, open_vault, results, show
from notes_lsp.cli.shell.positions import Positions
from notes_lsp.cli.shell.row_template import Row
from notes_lsp.dates.ranges import moment
from notes_lsp.dates.tasks import task_day
from notes_lsp.ide.listing.listing import NoteFields, select_notes
from notes_lsp.index.search.lists import tasks_of_all

_DAYS = ("due", "scheduled", "start", "completed")
_SHAPE = Shape(
    ("path", "line", "column", "state", "status", "text", *_DAYS, "title"),
    text="[{state}] {text}",
    table=("path", "line", "state", "due", "text"),
    terminal="line",
)
_STATES = ("open", "done", "cancelled", "all")
_MIN_WORD = 3
"""Letters from which on a state is meant as a word."""
_DONE, _CANCELLED = ("x", "X"), ("-",)


@click.command()
@filters
@click.option(
    "--state",
    default="open",
    metavar="STATE",
    help="open (the default), done, cancelled, all, or the characters between the brackets, such as '/!'.",
)
@click.option("--due", metavar="DATE", help="Due on this day, or in this week, month or year.")
@click.option("--due-before", metavar="DATE", help="Due before that.")
@click.option("--due-after", metavar="DATE", help="Due then or later.")
@click.option("--overdue", is_flag=True, help="Due before today.")
@click.option(
    "--sort", type=click.Choice(["path", "due"]), default="path", help="By place, or by the day they are due."
)
@results(_SHAPE)
def tasks(
    chosen: Filters,
    state: str,
    due: str | None,
    due_before: str | None,
    due_after: str | None,
    *,
    overdue: bool,
    sort: str,
    out: Output,
) -> int:
    """The open tasks of all notes, or of those that are chosen.

    Days are found as the common plugins write them: 📅 2024-05-12, due:: 2024-05-12, @due(2024-05-12).
    """
    since, until = day_range("due", due_after, due_before, due)
    if overdue:
        today = date.today().isoformat()  # noqa: DTZ011  (the day it is where the user is)
        found = moment(today)
        until = min(filter(None, (until, found and found.start)))
    is_wanted = _states(state)
    with open_vault(out.vault) as at:
        vault = at.folder.current_vault()
        selection = chosen.selection(at)
        among = None if selection.is_empty else select_notes(NoteFields(vault), selection)
        rows: Iterable[Row] = _rows(
            Positions(vault), {note.id for note in among} if among is not None else None, is_wanted
        )
        if since or until:
            rows = (
                row
                for row in rows
                if (day := moment(str(row["due"]))) is not None
                and (since is None or day.start >= since)
                and (until is None or day.start < until)
            )
        if sort == "due":
            rows = sorted(rows, key=lambda row: str(row["due"] or "~"))
        return show(out, at.root.path, rows)


def _states(wanted: str) -> Callable[[str], bool]:
    match wanted.casefold():
        case "all":
            return lambda _: True
        case "open":
            return lambda state: state not in (*_DONE, *_CANCELLED)
        case "done":
            return lambda state: state in _DONE
        case "cancelled":
            return lambda state: state in _CANCELLED
        case _:
            close = get_close_matches(wanted.casefold(), _STATES, 1)
            if not wanted or close or (len(wanted) >= _MIN_WORD and wanted.isalpha()):
                hint = f"; did you mean {close[0]}?" if close else ""
                message = (
                    f"--state: {wanted!r} is no state; there are {', '.join(_STATES)}, and signs such as '/!'{hint}"
                )
                raise click.BadOptionUsage("state", message)
            return lambda state: state in wanted


def _rows(places: Positions, wanted: set[int] | None, is_wanted: Callable[[str], bool]) -> Iterator[Row]:
    for note, task in tasks_of_all(places.vault):
        if is_wanted(task.state) and (wanted is None or note.id in wanted):
            status = "done" if task.state in _DONE else "cancelled" if task.state in _CANCELLED else "open"
            yield {
                **places.of(note, task.span),
                "state": task.state,
                "status": status,
                "text": task.text,
                **{which: task_day(task.text, which) for which in _DAYS},
                "title": note.title,
            }
