"""Selecting: the options by which verbs choose notes, and the selection that they say."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import click

from notes_lsp.cli.naming import note_named, paths_below
from notes_lsp.cli.vaults import Opened
from notes_lsp.core.conditions import Condition, ConditionError, read_condition
from notes_lsp.core.periods import past_period
from notes_lsp.features.listing import Selection

Command = Callable[..., Any]
_Range = tuple[datetime | None, datetime | None]


@dataclass(frozen=True, slots=True)
class Filters:
    """The options as they were written, dates and conditions read."""

    paths: tuple[str, ...]
    tags: tuple[str, ...]
    where: tuple[Condition, ...]
    links_to: tuple[str, ...]
    linked_by: tuple[str, ...]
    orphan: bool
    created: _Range
    modified: _Range

    def selection(self, at: Opened, sort: tuple[str, ...] = ()) -> Selection:
        """What they ask for in a vault.

        Raises:
            CommandError: a note or a folder is not there.
        """
        return Selection(
            below=paths_below(at, self.paths),
            tags=tuple(tuple(part.strip() for part in tag.split(",") if part.strip()) for tag in self.tags),
            where=self.where,
            links_to=tuple(note_named(at, name) for name in self.links_to),
            linked_by=tuple(note_named(at, name) for name in self.linked_by),
            orphan=self.orphan,
            created=self.created,
            modified=self.modified,
            sort=sort,
        )


def filters(command: Command) -> Command:
    """Add the options and the argument ``PATH...``; the command is called with ``chosen=Filters(...)``."""

    @functools.wraps(command)
    def run(*args: Any, **options: Any) -> Any:
        today = date.today()  # noqa: DTZ011  (the day it is where the user is)
        paths, tags, where = (options.pop(name) for name in ("paths", "tag", "where"))
        links_to, linked_by, orphan = (options.pop(name) for name in ("links_to", "linked_by", "orphan"))
        ranges = {
            name: _range(name, options.pop(f"{name}_after"), options.pop(f"{name}_before"), options.pop(name), today)
            for name in ("created", "modified")
        }
        chosen = Filters(paths, tags, _conditions(where, today), links_to, linked_by, orphan=orphan, **ranges)
        return command(*args, chosen=chosen, **options)

    for option in reversed(_OPTIONS):
        run = option(run)
    return run


def _conditions(where: tuple[str, ...], today: date) -> tuple[Condition, ...]:
    try:
        return tuple(read_condition(text, today) for text in where)
    except ConditionError as error:
        raise click.BadOptionUsage("where", str(error)) from None


def _range(name: str, after: str | None, before: str | None, within: str | None, today: date) -> _Range:
    since = _start(f"{name}-after", after, today) if after else None
    until = _start(f"{name}-before", before, today) if before else None
    if within:
        found = past_period(within, today)
        if found is None:
            raise _no_date(name, within)
        since = max(since or found.start, found.start)
        until = min(until or found.end, found.end)
    return since, until


def _start(option: str, written: str, today: date) -> datetime:
    found = past_period(written, today)
    if found is None:
        raise _no_date(option, written)
    return found.start


def _no_date(option: str, written: str) -> click.UsageError:
    examples = "2024-05-12, 2024-05, yesterday, last friday, 2 weeks ago, last month"
    return click.BadOptionUsage(option, f"--{option}: {written!r} is no date; such as {examples}")


_OPTIONS = (
    click.argument("paths", nargs=-1, metavar="[PATH]..."),
    click.option(
        "--tag", "-t", multiple=True, metavar="TAG", help="With this tag or one below; a,b for any; !a for not."
    ),
    click.option(
        "--where",
        "-w",
        multiple=True,
        metavar="COND",
        help="With such a property: status=done, due<tomorrow, rating>=4, title~plan (a regular expression), author, "
        "!draft. Also path, title, stem, folder, words, size, created, modified, tags, aliases.",
    ),
    click.option("--links-to", multiple=True, metavar="NOTE", help="That link to this note."),
    click.option("--linked-by", multiple=True, metavar="NOTE", help="That this note links to."),
    click.option("--orphan", is_flag=True, help="That no other note links to."),
    click.option("--created", help="Begun on this day, or in this month or year.", metavar="DATE"),
    click.option("--created-after", help="Begun then or later, by their header or file name.", metavar="DATE"),
    click.option("--created-before", help="Begun before that.", metavar="DATE"),
    click.option("--modified", help="Last written on this day, or in this month or year.", metavar="DATE"),
    click.option("--modified-after", help="Last written then or later, by the file's time.", metavar="DATE"),
    click.option("--modified-before", help="Last written before that.", metavar="DATE"),
)
