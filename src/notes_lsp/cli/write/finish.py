"""Finish: what ``new`` and ``daily`` share: the context, writing, printing and opening."""

from __future__ import annotations

import datetime as dt
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from notes_lsp.cli.shell.editor import At, edit
from notes_lsp.cli.shell.output import DONE, FAILED
from notes_lsp.config.journal import Keeping, Period, day_of
from notes_lsp.config.settings import Config
from notes_lsp.ide.new_note.draft import NewNote, NewNoteContext
from notes_lsp.text.source import escape_control
from notes_lsp.workspace.writing.create import create_file, free_id, ids_of, paths_of, reserve_id, there


@dataclass(frozen=True, slots=True)
class NewNoteOptions:
    """What is to happen with the note."""

    edit: bool
    dry_run: bool
    print_path: bool


def written_when(when: str | None) -> dt.datetime:
    """Now, or now on the day that ``--date`` names."""
    now = dt.datetime.now().astimezone()
    if when is None:
        return now
    day = day_of(when, now.date(), Period.DAY, Keeping("", "YYYY-MM-DD", ""))
    if day is None:
        raise click.BadOptionUsage("date", f"--date: {when!r} is no day; such as yesterday, last friday, 2024-05-12")
    return dt.datetime.combine(day, now.timetz())


def creation_context(root: Path, config: Config, now: dt.datetime, *, dry_run: bool) -> NewNoteContext:
    """The moment of a new note; where nothing is to be written, its id stays free."""

    def new_id() -> str:
        if dry_run:
            return free_id(config.new.id, now, ids_of(paths_of(root, config)))
        return reserve_id(root, config.new.id, now, lambda: paths_of(root, config))

    return NewNoteContext(now, root.name, new_id)


def finish(root: Path, made: NewNote, asked: NewNoteOptions) -> int:
    """Write a note, or show it where nothing is to be written; print its path; open it. The exit code."""
    if asked.dry_run:
        print(escape_control(display_path(root, made.path)))
        if not asked.print_path:
            print(f"\n{made.text}", end="")
        return DONE
    try:
        file = create_file(root, made.path, made.text)
    except FileExistsError:
        return offer_existing(root, there(root, made.path) or made.path, asked, "{} exists")
    print(escape_control(display_path(root, made.path)))
    return edit([_place(file, made)]) if asked.edit else DONE


def _place(file: Path, made: NewNote) -> At:
    if made.cursor is None:
        return At(str(file))
    before = made.text[: made.cursor]
    return At(str(file), before.count("\n") + 1, len(before) - before.rfind("\n"))


def offer_existing(root: Path, path: str, asked: NewNoteOptions, message: str) -> int:
    """Say that a note exists, and open it where the user, on a terminal, wants that. The exit code."""
    said = message.format(display_path(root, path))
    if (
        is_asking()
        and not asked.dry_run
        and not asked.print_path
        and click.confirm(f"{said}. Open it?", default=True, err=True)
    ):
        print(escape_control(display_path(root, path)))
        return edit([At(str(root / path))])
    if not (is_asking() and not asked.dry_run and not asked.print_path):
        print_note(said)
    return FAILED


def is_asking() -> bool:
    """Whether somebody is there to answer."""
    return bool(sys.stdin and sys.stdin.isatty() and sys.stderr.isatty())


def print_note(message: str) -> None:
    """Say something to the user that is no result."""
    print(f"notes-lsp: {escape_control(message)}", file=sys.stderr)


def display_path(root: Path, path: str) -> str:
    """How a note is called from the current folder: whole, where that is no part of the vault."""
    try:
        here = Path.cwd()
    except OSError:
        return str(root / path)
    near = here == root or here.is_relative_to(root) or root.is_relative_to(here)
    return os.path.relpath(root / path, here) if near else str(root / path)
