"""Killing: the command line run in a process that kills itself just before it writes a file for the nth time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

_CHANGES = {"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.symlink"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class Killer:
    """A process with the program loaded, which runs each verb in a fork of itself."""

    def __enter__(self) -> Self:
        """Start it."""
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._process.communicate()

    def is_killed(self, arguments: Sequence[str], folders: Sequence[Path], number: int) -> bool:
        """Run a verb that is killed before its change with this number, from 0, below the folders.

        Returns:
            Whether it came that far; if not, it ended with 0.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {"arguments": arguments, "folders": [str(folder) for folder in folders], "number": number}
        self._process.stdin.write(json.dumps(asked | {"at": str(Path.cwd())}) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        assert code in {0, -signal.SIGKILL}
        return code != 0


def _serve() -> None:
    from notes_lsp.cli.main import main  # noqa: PLC0415  (loaded once, before any fork)
    from notes_lsp.cli.write import rename  # noqa: F401, PLC0415

    for line in sys.stdin.buffer:
        child = os.fork()
        if not child:
            asked = json.loads(line)
            os.chdir(asked["at"])
            nothing = os.open(os.devnull, os.O_RDWR)
            os.dup2(nothing, 0)
            os.dup2(nothing, 1)
            sys.argv = ["notes-lsp", *asked["arguments"]]
            _kill_at(asked["number"], asked["folders"])
            main()
            return
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()


def _kill_at(number: int, folders: Sequence[str]) -> None:
    left = number

    def kill(event: str, args: tuple[Any, ...]) -> None:
        nonlocal left
        if event == "open":
            if not isinstance(args[2], int) or not args[2] & _WRITING:
                return
        elif event not in _CHANGES:
            return
        if not any(str(args[0]).startswith(folder) for folder in folders):
            return
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1

    sys.addaudithook(kill)


if __name__ == "__main__":
    _serve()
