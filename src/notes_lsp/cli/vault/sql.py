"""sql: the vault in a shell for SQL, whichever is installed, on a copy that is removed afterwards."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from notes_lsp.cli.shell.output import CommandError, exit_code_command, open_vault, vault_option
from notes_lsp.index.sql.export import write_copy
from notes_lsp.index.sql.views import VIEWS
from notes_lsp.workspace.subprocesses import find_program

_SHELLS: dict[str, tuple[str, ...]] = {
    "litecli": ("litecli", "{file}"),
    "usql": ("usql", "sqlite3:{file}"),
    "sqlite3": ("sqlite3", "-header", "-column", "{file}"),
    "sqlite-utils": ("sqlite-utils", "shell", "{file}"),
    "duckdb": ("duckdb", "{file}"),
}
"""What is looked for, the most comfortable first, and how each is told of a database."""


@click.command()
@click.argument("arguments", nargs=-1)
@click.option(
    "--shell", metavar="COMMAND", help="This one instead: 'sqlite3 -box', with {file} or the file at the end."
)
@vault_option
@exit_code_command
def sql(arguments: tuple[str, ...], shell: str | None, vault: Path | None) -> int:
    """Open a shell for SQL on the views: litecli, usql or sqlite3, whichever is installed.

    The shell gets a private copy, in which every view is a table, and which is removed when the shell ends: whatever
    is done there, no note and no index is changed. `query` asks the vault as it is, without any shell.
    ARGUMENTS go to the shell.
    """
    command = _command(shell)
    with open_vault(vault) as at, tempfile.TemporaryDirectory(prefix="notes-lsp-") as folder:
        file = Path(folder) / f"{at.root.path.name or 'notes'}.db"
        write_copy(at.folder.current_vault(), file)
        if sys.stdin.isatty():
            print(f"A copy of {at.root.path}: {', '.join(view.name for view in VIEWS)}.", file=sys.stderr)
        return _run([*_with_file(command, file), *arguments])


def _command(shell: str | None) -> Sequence[str]:
    """The shell to start.

    Raises:
        CommandError: there is none.
    """
    if shell is not None:
        try:
            words = shlex.split(shell)
        except ValueError as error:
            raise CommandError(f"--shell {shell!r} cannot be read: {error}") from None
        program = find_program(words[0]) if words else None
        if program is None:
            raise CommandError(f"there is no program {words[0] if words else ''!r} here")
        return [program, *words[1:]]
    for name, command in _SHELLS.items():
        program = find_program(name)
        if program is not None:
            return [program, *command[1:]]
    raise CommandError(
        f"no shell for SQL is installed, such as {', '.join(_SHELLS)}; notes-lsp query answers statements without one"
    )


def _with_file(command: Sequence[str], file: Path) -> list[str]:
    filled = [word.replace("{file}", str(file)) for word in command]
    return filled if any("{file}" in word for word in command) else [*filled, str(file)]


def _run(command: Sequence[str]) -> int:
    """The exit code of the shell, which gets Ctrl-C for itself; whatever ends us, the copy is removed."""
    try:
        process = subprocess.Popen(command)  # noqa: S603  (the user's own shell)
    except OSError as error:
        raise CommandError(f"{command[0]} cannot be started: {error.strerror}") from None

    def leave(number: int, _frame: object) -> None:
        process.terminate()
        sys.exit(128 + number)

    endings = [number for name in ("SIGTERM", "SIGHUP") if (number := getattr(signal, name, None)) is not None]
    before = {number: signal.signal(number, leave) for number in endings}
    before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
