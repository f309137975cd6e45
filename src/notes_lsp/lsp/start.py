"""Start: the server on standard input and output, or on a port of this machine."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys

from notes_lsp.lsp.handlers import COMMANDS, HANDLERS
from notes_lsp.lsp.server import NotesServer

_VALUES = 50_000
"""So many more values than before make Python look for cycles among the new ones."""


def serve_stdio() -> None:
    """Serve one client on standard input and output until it leaves."""
    _begin()
    server = NotesServer(HANDLERS, COMMANDS)
    server.start_io()
    sys.exit(server.exit_code())


def serve_tcp(port: int) -> None:
    """Serve one client on ``port`` of the loopback interface until it leaves."""
    _begin()
    asyncio.run(_serve_one(port))


async def _serve_one(port: int) -> None:
    server = NotesServer(HANDLERS, COMMANDS)
    left = asyncio.Event()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.protocol.set_writer(writer)
        reading = asyncio.create_task(server.inbox.read_stream(reader))
        try:
            await server.handle_inbox()
        finally:
            reading.cancel()
            left.set()

    async with await asyncio.start_server(connected, "127.0.0.1", port):
        await left.wait()
        await server.files.close()
    server.shutdown()  # type: ignore[no-untyped-call]


def _begin() -> None:
    # The thread that reads the client's messages gets its turn within a millisecond, however busy we are.
    sys.setswitchinterval(0.001)
    # Answers make thousands of values and hardly a cycle; to look for one after every 700 values delays them.
    gc.set_threshold(_VALUES)
    # Editors show the standard error stream as errors, so only what somebody should act on goes there.
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", force=True)
    logging.getLogger("pygls").setLevel(logging.CRITICAL)
