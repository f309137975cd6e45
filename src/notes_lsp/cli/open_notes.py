"""open: a note in the editor of the user's choice, at the place that was named."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path, PurePath

import click

from notes_lsp.cli.completing import complete_notes
from notes_lsp.cli.naming import Named, likely_notes, place_named, with_stdin
from notes_lsp.cli.output import DONE, FAILED, CommandError, ending, open_vault, vault_option
from notes_lsp.cli.places import Places
from notes_lsp.cli.vaults import Opened

_USUAL = ("nvim", "vim", "vi", "nano", "emacs")
_COLON = frozenset({"hx", "helix", "zed", "zeditor", "subl", "sublime_text", "lapce", "cursor-cli"})
"""Editors that take ``file:line:column``."""
_GOTO = frozenset({"code", "code-insiders", "codium", "vscodium", "cursor", "windsurf", "code-server"})
"""Editors that take ``-g file:line:column``."""
_PLUS_COMMA = frozenset({"nano", "pico"})
_PLUS_LINE = frozenset({"vi", "ex", "ed", "joe", "jed", "mg", "gedit", "mousepad", "xed", "less"})
_VIM = frozenset({"vim", "nvim", "gvim", "mvim", "neovide", "vimx"})


@click.command("open")
@click.argument("notes", nargs=-1, required=True, metavar="NOTE...", shell_complete=complete_notes)
@click.option("--line", type=click.IntRange(min=1), metavar="N", help="At this line.")
@click.option("--editor", metavar="COMMAND", help="Instead of $VISUAL or $EDITOR.")
@click.option("--print", "only_print", is_flag=True, help="Only say what would be run.")
@vault_option
@ending
def open_notes(
    notes: tuple[str, ...], line: int | None, editor: str | None, *, only_print: bool, vault: Path | None
) -> int:
    """Open notes in $VISUAL or $EDITOR, at the heading, block or line that is named.

    NOTE is a path or a name as in [[name]], with #heading, #^block, :line or :line:column; what check, search and
    others print can be handed in as it is. - reads names. Where no note is called so, the likeliest one is opened.
    """
    with open_vault(vault) as at:
        found = [_meant(at, name) for name in with_stdin(notes)]
        places = [_place(at, named, line) for named in found]
    if not places:
        raise CommandError("nothing to open")
    if only_print:
        print(shlex.join(command_for(editor or _editor(), places)))
        return DONE
    return open_places(places, editor)


def open_places(places: list[tuple[str, int | None, int | None]], editor: str | None = None) -> int:
    """Open files, each at a line and a column from 1 where there are some; returns the editor's exit code.

    Raises:
        CommandError: there is no editor.
    """
    command = command_for(editor or _editor(), places)
    terminal = None if sys.stdin is None or sys.stdin.isatty() else _terminal()
    try:
        return subprocess.run(command, check=False, stdin=terminal).returncode  # noqa: S603  (it is what the user wants)
    except OSError as error:
        print(f"notes-lsp: {command[0]}: {error.strerror}; set EDITOR", file=sys.stderr)
        return FAILED


def command_for(editor: str, places: list[tuple[str, int | None, int | None]]) -> list[str]:
    """The command that opens files, each at a line and a column from 1 where there are some, in some editor."""
    words = shlex.split(editor) or ["vi"]
    name = PurePath(words[0]).name
    if len(places) == 1 and places[0][1] is not None:
        path, line, column = places[0]
        colons = f"{path}:{line}:{column or 1}"
        if name in _GOTO:
            return [*words, "-g", colons]
        if name in _COLON:
            return [*words, colons]
        if name in _PLUS_COMMA:
            return [*words, f"+{line},{column or 1}", path]
        if name in _VIM:
            return [*words, f"+call cursor({line},{column or 1})", path]
        if name in _PLUS_LINE:
            return [*words, f"+{line}", path]
        # emacs, kak, micro and most others
        return [*words, f"+{line}:{column or 1}", path]
    return [*words, *(path for path, _, _ in places)]


def _meant(at: Opened, name: str) -> Named:
    try:
        return place_named(at, name)
    except CommandError:
        likely = likely_notes(at, name.partition("#")[0], 1)
        if not likely:
            raise
        print(f"notes-lsp: no note is called {name!r}; opening {likely[0].path}", file=sys.stderr)
        return Named(likely[0])


def _place(at: Opened, named: Named, line: int | None) -> tuple[str, int | None, int | None]:
    path = os.path.join(at.root.path, named.note.path)  # noqa: PTH118  (as text, which the command line is)
    if line is not None:
        return path, line, None
    if named.place is None:
        return path, named.line, named.column
    found = Places(at.folder.settle()).of(named.note, named.place.at)
    return path, int(str(found["line"])), int(str(found["column"]))


def _editor() -> str:
    wanted = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    found = wanted or next((name for name in _USUAL if shutil.which(name)), None)
    if found is None:
        raise CommandError("set EDITOR to the editor of your choice")
    return found


def _terminal() -> int | None:
    """The terminal, for an editor whose standard input is where the names came from."""
    try:
        return os.open("/dev/tty", os.O_RDWR)
    except OSError:
        return None
