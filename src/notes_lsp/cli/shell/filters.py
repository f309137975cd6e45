"""Filters: the options by which verbs select notes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import click

from notes_lsp.cli.shell.arguments import note_named, resolve_paths
from notes_lsp.cli.shell.complete import complete_files, complete_notes, complete_tags
from notes_lsp.cli.shell.output import CommandError
from notes_lsp.cli.shell.vaults import OpenVault
from notes_lsp.dates.ranges import TimeSpan, past_time_span, time_span
from notes_lsp.ide.listing.check_filters import check_condition, check_tag
from notes_lsp.ide.listing.conditions import Condition, ConditionError, read_condition
from notes_lsp.ide.listing.listing import FIELDS, Selection
from notes_lsp.text.source import clean

FilterCommand = Callable[..., Any]
Range = tuple[datetime | None, datetime | None]
"""From when on, and before when."""


@dataclass(frozen=True, slots=True)
class Filters:
    """The options as they were written, dates and conditions read."""

    paths: tuple[str, ...]
    tags: tuple[str, ...]
    where: tuple[Condition, ...]
    links_to: tuple[str, ...]
    linked_by: tuple[str, ...]
    orphan: bool
    created: Range
    modified: Range

    def selection(self, at: OpenVault, sort: tuple[str, ...] = ()) -> Selection:
        """What they ask for in a vault.

        Raises:
            CommandError: a note or a folder is not there, or no note has a tag or a key.
        """
        tags = tuple(tuple(part.strip() for part in clean(tag).split(",") if part.strip()) for tag in self.tags)
        vault, config = at.folder.current_vault(), at.folder.config
        with report_unknown_names():
            for condition in self.where:
                check_condition(vault, config, FIELDS, condition)
            for tag in (tag for group in tags for tag in group):
                check_tag(vault, tag)
        return Selection(
            # The names on standard input may be none at all, and then no note is meant.
            below=resolve_paths(at, self.paths) if self.paths else None,
            tags=tags,
            where=self.where,
            links_to=tuple(note_named(at, name) for name in self.links_to),
            linked_by=tuple(note_named(at, name) for name in self.linked_by),
            orphan=self.orphan,
            created=self.created,
            modified=self.modified,
            sort=sort,
        )


@contextmanager
def report_unknown_names() -> Generator[None]:
    """Tell of a name that no note has as of any other mistake of a command."""
    try:
        yield
    except ConditionError as error:
        raise CommandError(str(error)) from None


def filters(command: FilterCommand) -> FilterCommand:
    """Add the options and the argument ``PATH...``; the command is called with ``chosen=Filters(...)``."""
    return _with(_choosing(command), (_PATHS, *_OPTIONS))


def filters_and_in(command: FilterCommand) -> FilterCommand:
    """As :func:`filters`, for a verb whose argument is something else: what is below is said by ``--in PATH``."""
    return _with(_choosing(command), (_IN, *_OPTIONS))


def day_range(name: str, after: str | None, before: str | None, within: str | None) -> Range:
    """The time that options say, such as ``--due-after``, ``--due-before`` and ``--due``, in days to come or past.

    Raises:
        click.UsageError: one of them is no date.
    """
    return _range(name, after, before, within, _today(), time_span)


def _with(command: FilterCommand, options: Sequence[FilterCommand]) -> FilterCommand:
    for option in reversed(options):
        command = option(command)
    return command


def _choosing(command: FilterCommand) -> FilterCommand:
    @functools.wraps(command)
    def run(*args: Any, **options: Any) -> Any:
        today = _today()
        paths, tags, where = (options.pop(name) for name in ("paths", "tag", "where"))
        links_to, linked_by, orphan = (options.pop(name) for name in ("links_to", "linked_by", "orphan"))
        ranges = {
            name: _range(
                name,
                options.pop(f"{name}_after"),
                options.pop(f"{name}_before"),
                options.pop(name),
                today,
                past_time_span,
            )
            for name in ("created", "modified")
        }
        chosen = Filters(paths, tags, _conditions(where, today), links_to, linked_by, orphan=orphan, **ranges)
        return command(*args, chosen=chosen, **options)

    return run


def _conditions(where: tuple[str, ...], today: date) -> tuple[Condition, ...]:
    try:
        return tuple(read_condition(clean(text), today) for text in where)
    except ConditionError as error:
        raise click.BadOptionUsage("where", str(error)) from None


def _range(
    name: str,
    after: str | None,
    before: str | None,
    within: str | None,
    today: date,
    read: Callable[..., TimeSpan | None],
) -> Range:
    since, until = (
        _read(f"{name}{which}", written, today, read).start if written is not None else None
        for which, written in (("-after", after), ("-before", before))
    )
    if within is not None:
        found = _read(name, within, today, read)
        since = max(since or found.start, found.start)
        until = min(until or found.end, found.end)
    return since, until


def _read(option: str, written: str, today: date, read: Callable[..., TimeSpan | None]) -> TimeSpan:
    found = read(written, today)
    if found is None:
        raise _no_date(option, written)
    return found


def _today() -> date:
    return date.today()  # noqa: DTZ011  (the day it is where the user is)


def _no_date(option: str, written: str) -> click.UsageError:
    examples = "2024-05-12, 2024-05, yesterday, last friday, 2 weeks ago, last month"
    return click.BadOptionUsage(option, f"--{option}: {written!r} is no date; such as {examples}")


_PATHS = click.argument("paths", nargs=-1, metavar="[PATH]...", shell_complete=complete_files)
_IN = click.option(
    "--in",
    "paths",
    multiple=True,
    metavar="PATH",
    shell_complete=complete_files,
    help="In this folder, or in this note.",
)
_OPTIONS = (
    click.option(
        "--tag",
        "-t",
        multiple=True,
        metavar="TAG",
        shell_complete=complete_tags,
        help="With this tag or one below; a,b for any; !a for not.",
    ),
    click.option(
        "--where",
        "-w",
        multiple=True,
        metavar="COND",
        help="With such a property: status=done, due<tomorrow, rating>=4, title~plan (a regular expression), author, "
        "!draft. Also path, title, stem, folder, words, size, created, modified, tags, aliases.",
    ),
    click.option(
        "--links-to", multiple=True, metavar="NOTE", shell_complete=complete_notes, help="That link to this note."
    ),
    click.option(
        "--linked-by", multiple=True, metavar="NOTE", shell_complete=complete_notes, help="That this note links to."
    ),
    click.option("--orphan", is_flag=True, help="That no other note links to."),
    click.option("--created", help="Begun on this day, or in this month or year.", metavar="DATE"),
    click.option("--created-after", help="Begun then or later, by their header or file name.", metavar="DATE"),
    click.option("--created-before", help="Begun before that.", metavar="DATE"),
    click.option("--modified", help="Last written on this day, or in this month or year.", metavar="DATE"),
    click.option("--modified-after", help="Last written then or later, by the file's time.", metavar="DATE"),
    click.option("--modified-before", help="Last written before that.", metavar="DATE"),
)
