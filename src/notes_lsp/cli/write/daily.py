"""daily: the note of a day, a week or a month, made where it is not there yet."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from notes_lsp.cli.shell.editor import At, edit
from notes_lsp.cli.shell.output import DONE, CommandError, exit_code_command, vault_option
from notes_lsp.cli.shell.vaults import find_vault
from notes_lsp.cli.write.finish import (
    NewNoteOptions,
    creation_context,
    display_path,
    finish,
    print_note,
    written_when,
)
from notes_lsp.cli.write.stdin import is_text_there, split_stdin, text_and_words
from notes_lsp.config.journal import Keeping, Period, day_of, format_of_period, kept_already, parse_period, path_of
from notes_lsp.config.settings import Config
from notes_lsp.ide.new_note.draft import DraftRefusedError, NewNoteContext, NewNoteRequest, extension, periodic
from notes_lsp.links import names
from notes_lsp.text.source import escape_control
from notes_lsp.workspace.config.settings import read_config
from notes_lsp.workspace.writing.create import paths_of


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("when", nargs=-1, type=click.UNPROCESSED)
@click.option("--weekly", "-w", is_flag=True, help="The note of the week that WHEN is in.")
@click.option("--monthly", "-m", is_flag=True, help="The note of the month.")
@click.option("--edit", "-e", is_flag=True, help="Open it in $VISUAL or $EDITOR.")
@click.option("--dry-run", is_flag=True, help="Show it and write nothing.")
@click.option("--print-path", is_flag=True, help="Print its path and make nothing.")
@vault_option
@exit_code_command
def daily(
    when: tuple[str, ...],
    vault: Path | None,
    **asked: bool,
) -> int:
    """Print the path of today's note, made by its template where it is not there yet.

    WHEN is a day in plain words: yesterday, next fri, -1, 2024-05-12. A note that exists is never changed.
    What is piped in becomes the text of a new one; with - as the last argument it is waited for.
    """
    weekly, monthly = asked["weekly"], asked["monthly"]
    if weekly and monthly:
        raise click.UsageError("choose --weekly or --monthly, not both")
    period = Period.WEEK if weekly else Period.MONTH if monthly else Period.DAY
    root = find_vault(vault).path
    config, _, _ = read_config(root, None)
    paths = _paths(root, config)
    kept = format_of_period(config, period, kept_already(paths))
    now = written_when(None)
    is_awaited = when[-1:] == ("-",)
    words = " ".join(when[:-1] if is_awaited else when)
    start = day_of(words, now.date(), period, kept)
    if start is None:
        raise CommandError(f"“{words}” is no day; such as today, yesterday, next fri, -1, 2024-05-12")
    ways = NewNoteOptions(**{name: asked[name] for name in ("edit", "dry_run", "print_path")})
    at = creation_context(root, config, now, dry_run=ways.dry_run or ways.print_path)
    there = _there(root, config, kept, at, start, paths)
    if there is not None or ways.print_path:
        path = there or _path(config, kept, at, start)
        print(escape_control(display_path(root, path)))
        if there is not None and is_text_there():
            print_note(f"{display_path(root, path)} exists and is not changed: what is piped in went nowhere")
        return edit([At(str(root / path))]) if ways.edit and there is not None else DONE
    try:
        properties, text = split_stdin(text_and_words(when)[0])
        return finish(root, periodic(config, kept, start, at, NewNoteRequest(text=text, properties=properties)), ways)
    except DraftRefusedError as error:
        raise CommandError(str(error)) from None


def _paths(root: Path, config: Config) -> list[str]:
    """The paths to look for notes of days among; none are needed where the settings say where those are."""
    return [] if config.daily.format and config.daily.folder else paths_of(root, config)


def _path(config: Config, kept: Keeping, at: NewNoteContext, start: date) -> str:
    return path_of(kept, datetime.combine(start, at.now.timetz()), extension(config))


def _there(root: Path, config: Config, kept: Keeping, at: NewNoteContext, start: date, paths: list[str]) -> str | None:
    """The path of the note where it is there: in its place, else under the same name anywhere."""
    path = _path(config, kept, at, start)
    if (root / path).is_file():
        return path
    name = names.path_key(path.rpartition("/")[2])
    if parse_period(kept, names.stem(path)) != start:
        return None
    same = [
        one for one in paths if names.path_key(one.rpartition("/")[2]) == name and one.endswith((".md", ".markdown"))
    ]
    return min(same, key=len) if same else None
