"""Our server, as the drivers want it: the command of its process, and the same server in this process."""

from __future__ import annotations

import contextlib
import os
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from speclib.console import Ran

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from speclib.inprocess import InProcessServer

COMMAND = (sys.executable, "-P", "-m", "notes_lsp", "serve")
"""Starts notes-lsp on standard input and output, from this checkout or this environment."""


def has_server() -> bool:
    """Whether there is a server to start."""
    return find_spec("notes_lsp.lsp.main") is not None


def run_in_process(arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Ran:
    """Run the command line in this process, which spares a start of Python."""
    from click.testing import CliRunner  # noqa: PLC0415  (as below)

    from notes_lsp.cli.main import main  # noqa: PLC0415

    with contextlib.chdir(folder):
        gone = dict.fromkeys(set(os.environ) - set(environment))
        result = CliRunner().invoke(main, list(arguments), env={**gone, **environment}, prog_name="notes-lsp")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.stdout, result.stderr, result.exit_code)


def in_process() -> Callable[[], InProcessServer] | None:
    """A maker of in-process servers, which are to be told of changes on disk; ``None`` where there is none."""
    if not has_server():
        return None
    from speclib.session import UnwatchedSession  # noqa: PLC0415  (where there is no server, nothing is asked of it)

    return UnwatchedSession
