"""Start: the server on standard input and output, or on a port of this machine."""

from __future__ import annotations

import logging
import sys

from notes_lsp.lsp.handlers import COMMANDS, HANDLERS
from notes_lsp.lsp.server import NotesServer


def serve_stdio() -> None:
    """Serve one client on standard input and output until it leaves."""
    _log()
    NotesServer(HANDLERS, COMMANDS).start_io()


def serve_tcp(port: int) -> None:
    """Serve one client on ``port`` of the loopback interface until it leaves."""
    _log()
    NotesServer(HANDLERS, COMMANDS).start_tcp("127.0.0.1", port)


def _log() -> None:
    # Editors show the standard error stream as errors, so only what somebody should act on goes there.
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("pygls").setLevel(logging.CRITICAL)
