"""Our server, as the drivers want it: the command of its process, and the same server in this process."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from speclib.inprocess import InProcessServer

COMMAND = (sys.executable, "-m", "notes_lsp", "serve")
"""Starts notes-lsp on standard input and output, from this checkout or this environment."""


def has_server() -> bool:
    """Whether there is a server to start."""
    return find_spec("notes_lsp.lsp.start") is not None


def in_process() -> Callable[[], InProcessServer] | None:
    """A maker of in-process servers, which are to be told of changes on disk; ``None`` where there is none."""
    if not has_server():
        return None
    from speclib.session import UnwatchedSession  # noqa: PLC0415  (where there is no server, nothing is asked of it)

    return UnwatchedSession
