"""open: a note in the editor of the user's choice, at the place that was named."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from notes_lsp.cli.shell.arguments import NoteArgument, place_named, suggest_notes, with_stdin
from notes_lsp.cli.shell.complete import complete_notes
from notes_lsp.cli.shell.editor import At, chosen_editor, command_for, edit
from notes_lsp.cli.shell.output import DONE, CommandError, exit_code_command, open_vault, vault_option
from notes_lsp.cli.shell.positions import Positions
from notes_lsp.cli.shell.vaults import OpenVault
from notes_lsp.text.source import escape_control

_PLUS = re.compile(r"\+[1-9][0-9]{0,8}")


@click.command("open")
@click.argument("notes", nargs=-1, required=True, metavar="NOTE...", shell_complete=complete_notes)
@click.option("--line", type=click.IntRange(min=1), metavar="N", help="At this line.")
@click.option("--editor", metavar="COMMAND", help="Instead of $VISUAL or $EDITOR.")
@click.option("--print", "only_print", is_flag=True, help="Only say what would be run.")
@vault_option
@exit_code_command
def open_notes(
    notes: tuple[str, ...], line: int | None, editor: str | None, *, only_print: bool, vault: Path | None
) -> int:
    """Open notes in $VISUAL or $EDITOR, at the heading, block or line that is named.

    NOTE is a path or a name as in [[name]], with #heading, #^block, :line or :line:column, or with +LINE before; what
    check, search and others print can be handed in as it is. - reads names. Where no note is called so, the likeliest
    one is opened.
    """
    with open_vault(vault) as at:
        places = [_place(at, _meant(at, name), at_line or line) for name, at_line in _with_lines(notes)]
    if not places:
        raise CommandError("nothing to open")
    if only_print:
        print(shlex.join(command_for(editor or chosen_editor(), places)))
        return DONE
    return edit(places, editor)


def _with_lines(arguments: Iterable[str]) -> list[tuple[str, int | None]]:
    """The names, each with the line that ``+12`` said of it, as editors take it: before it, or at the end."""
    found: list[tuple[str, int | None]] = []
    waiting: int | None = None
    for name in with_stdin(arguments):
        if _PLUS.fullmatch(name):
            waiting = int(name)
        else:
            found.append((name, waiting))
            waiting = None
    if found and waiting is not None:
        found[-1] = (found[-1][0], waiting)
    return found


def _meant(at: OpenVault, name: str) -> NoteArgument:
    try:
        return place_named(at, name)
    except CommandError:
        likely = suggest_notes(at, name.partition("#")[0], 1)
        if not likely:
            raise
        print(f"notes-lsp: no note is called {name!r}; opening {escape_control(likely[0].path)}", file=sys.stderr)
        return NoteArgument(likely[0])


def _place(at: OpenVault, named: NoteArgument, line: int | None) -> At:
    path = os.path.join(at.root.path, named.note.path)  # noqa: PTH118  (as text, which the command line is)
    if line is not None:
        return At(path, line)
    if named.place is None:
        return At(path, named.line, named.column)
    found = Positions(at.folder.current_vault()).of(named.note, named.place.at)
    return At(path, int(str(found["line"])), int(str(found["column"])))
