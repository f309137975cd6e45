"""Killing: the command line run in a process that kills itself just before it writes a file for the nth time."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_CHANGES = {"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.symlink"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["notes_lsp.cli.write.rename", "notes_lsp.workspace.folder", "notes_lsp.cli.main"])


def is_killed(arguments: Sequence[str], folders: Sequence[Path], number: int) -> bool:
    """Run a verb that is killed before its change with this number, from 0, below the folders.

    Returns:
        Whether it came that far; if not, it ended with 0.
    """
    process = _context.Process(
        target=_run, args=(list(arguments), [str(folder) for folder in folders], number, dict(os.environ))
    )
    process.start()
    process.join(60)
    assert process.exitcode in {0, -signal.SIGKILL}, process.exitcode
    return process.exitcode != 0


def _run(arguments: list[str], folders: list[str], number: int, environment: dict[str, str]) -> None:
    os.environ.update(environment)
    from notes_lsp.cli.main import main  # noqa: PLC0415  (loaded before the hook is there)

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

    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.addaudithook(kill)
    sys.argv = ["notes-lsp", *arguments]
    main()
