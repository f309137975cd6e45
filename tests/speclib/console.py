"""Consoles: what a shell prints when commands are run in a section's vault, as a transcript."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from speclib.conversation import Answer
from speclib.drivers import own_folders, write_notes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from speclib.conversation import Conversation
    from speclib.model import Question
    from speclib.positions import Json

PROGRAM = "notes-lsp"
_SECONDS = 30.0
_SHIM = '#!/bin/sh\nexec "{python}" -P -c "from notes_lsp.cli.main import main; main(prog_name=\'notes-lsp\')" "$@"\n'
_FOR_THE_SHELL = re.compile(r"""[|&;<>$`*?~()\\{}]""")
_QUOTED = re.compile(r"'[^']*'")


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a command."""

    stdout: str
    stderr: str
    code: int


class ConsoleDriver:
    """No server at all: the vault on disk, and commands run in it; where ``run`` is given, plain ones by that."""

    name = "console"
    encoding = "utf-32"

    def __init__(self, run: Callable[[Sequence[str], Path, Mapping[str, str]], Ran] | None = None) -> None:
        """``run`` takes the arguments, the current folder and the environment of one run of the program."""
        self.capabilities: Json = {}
        self.run = run

    def open(self, folder: Path, notes: Mapping[str, str], open_path: str, encoding: str, client: str) -> None:
        """Write the notes."""
        del open_path, encoding, client
        write_notes(folder, notes)

    def request(self, method: str, params: Json) -> Json:
        """Nobody is there to be asked."""
        raise NotImplementedError(f"{method}: no server runs in a section of commands alone ({params})")

    def notify(self, method: str, params: Json) -> None:
        """Nobody is there to be told."""

    def diagnostics(self, path: str) -> list[Json]:
        """None."""
        del path
        return []

    def registered(self, method: str) -> bool:
        """Nothing is."""
        del method
        return False

    def applied(self) -> list[Json]:
        """No edits."""
        return []

    def settle(self) -> None:
        """Nothing is under way between commands."""

    def close(self) -> None:
        """Nothing is open."""


def console(conversation: Conversation, question: Question) -> Answer:
    """The transcript: each command behind ``$``, what it printed, and ``[exit N]`` where it did not end well.

    What it wrote to the standard error stream stands below what it wrote to standard output. The vault's folder is
    called ``/vault``, the home ``/home``.
    """
    folder = conversation.folder
    run = getattr(conversation.driver, "run", None)
    environment = environment_of(folder)
    rows: list[str] = []
    for command in commands_of(question.expected):
        rows += [f"{'$' if number == 0 else '>'} {line}" for number, line in enumerate(command.split("\n"))]
        words = _plain_words(command) if run else None
        ran = run(words, folder, environment) if run and words else _in_a_shell(command, folder, environment)
        said = ran.stdout + ("\n" if ran.stdout and not ran.stdout.endswith("\n") and ran.stderr else "") + ran.stderr
        said = said.replace(f"{folder}", "/vault").replace(environment["HOME"], "/home")
        rows += said.removesuffix("\n").split("\n") if said else []
        if ran.code:
            rows.append(f"[exit {ran.code}]")
    return Answer(tuple(rows))


def commands_of(transcript: str) -> list[str]:
    """The commands of a transcript; one may go on in lines that begin with ``> `` directly below it."""
    commands: list[str] = []
    goes_on = False
    for line in transcript.split("\n"):
        if line.startswith("$ "):
            commands.append(line[2:])
            goes_on = True
        elif goes_on and line.startswith("> "):
            commands[-1] += f"\n{line[2:]}"
        else:
            goes_on = False
    return commands


def environment_of(folder: Path) -> dict[str, str]:
    """The environment of a shell in a vault: a home of its own beside it, the program on PATH, nothing personal."""
    home = folder.parent / "home"
    shim = home / "bin" / PROGRAM
    if not shim.exists():
        shim.parent.mkdir(parents=True, exist_ok=True)
        shim.write_text(_SHIM.format(python=sys.executable), encoding="utf-8")
        shim.chmod(0o755)
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("NOTES_LSP_", "XDG_", "LC_"))}
    for name in ("NO_COLOR", "FORCE_COLOR", "EDITOR", "VISUAL", "LANG", "CI"):
        ours.pop(name, None)
    own = {
        "HOME": str(home),
        "PATH": f"{shim.parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "COLUMNS": "80",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }
    return {**ours, **own, **own_folders(folder)}


def _plain_words(command: str) -> list[str] | None:
    """The arguments of a command that needs no shell; ``None`` where it does."""
    if _FOR_THE_SHELL.search(_QUOTED.sub("", command)):
        return None
    words = shlex.split(command)
    return words[1:] if words[:1] == [PROGRAM] else None


def _in_a_shell(command: str, folder: Path, environment: Mapping[str, str]) -> Ran:
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_SECONDS,
        check=False,
    )
    return Ran(done.stdout.decode(errors="backslashreplace"), done.stderr.decode(errors="replace"), done.returncode)
