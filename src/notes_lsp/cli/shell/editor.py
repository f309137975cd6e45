"""Editor: files opened in the user's editor, at a line and column where known."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import PurePath
from typing import NamedTuple

from notes_lsp.workspace.subprocesses import find_program

_USUAL = ("nvim", "vim", "vi", "nano", "emacs")
_COLON = frozenset({"hx", "helix", "zed", "zeditor", "subl", "sublime_text", "lapce", "cursor-cli"})
"""Editors that take ``file:line:column``."""
_GOTO = frozenset({"code", "code-insiders", "codium", "vscodium", "cursor", "windsurf", "code-server"})
"""Editors that take ``-g file:line:column``."""
_PLUS_COMMA = frozenset({"nano", "pico"})
_PLUS_LINE = frozenset({"vi", "ex", "ed", "joe", "jed", "mg", "gedit", "mousepad", "xed", "less"})
_VIM = frozenset({"vim", "nvim", "gvim", "mvim", "neovide", "vimx"})


class At(NamedTuple):
    """A file, and a line and a column from 1 where they are known."""

    path: str
    line: int | None = None
    column: int | None = None


class NoEditorError(RuntimeError):
    """There is no editor, or it cannot be run; the message says so."""


def edit(places: list[At], editor: str | None = None) -> int:
    """Open files in ``editor``, else in $VISUAL or $EDITOR, and wait for it; its exit code.

    Raises:
        NoEditorError: there is none, or it is no command.
    """
    import subprocess

    command = command_for(editor or chosen_editor(), places)
    program = find_program(command[0])
    if program is None:
        raise NoEditorError(f"there is no program {command[0]}; set EDITOR")
    # What is printed already stands above what the editor prints.
    sys.stdout.flush()
    terminal = None if sys.stdin is None or sys.stdin.isatty() else _terminal()
    try:
        return subprocess.run([program, *command[1:]], check=False, stdin=terminal).returncode  # noqa: S603  (it is what the user wants)
    except OSError as error:
        raise NoEditorError(f"{command[0]}: {error.strerror}; set EDITOR") from None
    finally:
        if terminal is not None:
            os.close(terminal)


def command_for(editor: str, places: list[At]) -> list[str]:
    """The command that opens files in some editor.

    Raises:
        NoEditorError: what the editor is said to be is no command.
    """
    try:
        words = shlex.split(editor) or ["vi"]
    except ValueError as error:
        raise NoEditorError(f"{editor}: {error}; set EDITOR") from None
    name = PurePath(words[0]).name
    path, line, column = places[0]
    if len(places) == 1 and line is not None:
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


def chosen_editor() -> str:
    """The editor that the environment names, else one that is installed.

    Raises:
        NoEditorError: there is none.
    """
    wanted = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    found = wanted or next((name for name in _USUAL if find_program(name)), None)
    if found is None:
        raise NoEditorError("set EDITOR to the editor of your choice")
    return found


def _terminal() -> int | None:
    """The terminal, for an editor while standard input is a pipe."""
    try:
        return os.open("/dev/tty", os.O_RDWR)
    except OSError:
        return None
