"""Main: the server on standard input and output, or on a port of this machine."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import secrets
import sys

from notes_lsp.lsp.methods import COMMANDS, HANDLERS
from notes_lsp.lsp.server.server import NotesServer
from notes_lsp.lsp.transport.access_token import admit

TOKEN = "NOTES_LSP_TOKEN"  # noqa: S105  (the name of a variable)
"""The variable of the environment with the token that a client of a port has to send."""
_VALUES = 50_000
"""So many more values than before make Python look for cycles among the new ones."""


def serve_stdio() -> None:
    """Serve one client on standard input and output until it leaves."""
    _begin()
    server = NotesServer(HANDLERS, COMMANDS)
    server.start_io()
    sys.exit(server.exit_code())


def serve_tcp(port: int) -> None:
    """Serve one client on ``port`` of the loopback interface until it leaves; one that knows the token.

    The token is that of the environment, else a new one; it is told on the standard error stream.
    """
    _begin()
    asyncio.run(_serve_one(port, os.environ.get(TOKEN) or secrets.token_urlsafe(24)))


async def _serve_one(port: int, token: str) -> None:
    server = NotesServer(HANDLERS, COMMANDS)
    left = asyncio.Event()
    served: list[asyncio.StreamWriter] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        message = await admit(reader, writer, token)
        if message is None or served:
            writer.close()
            return
        served.append(writer)
        server.protocol.set_writer(writer)
        server.inbox.put(message)
        reading = asyncio.create_task(server.inbox.read_stream(reader))
        try:
            await server.handle_inbox()
        finally:
            reading.cancel()
            # From Python 3.12 on, a server is closed only once all its connections are.
            writer.close()
            left.set()

    async with await asyncio.start_server(connected, "127.0.0.1", port) as listening:
        host, at = listening.sockets[0].getsockname()
        # A token that somebody chose is known to them, and is no text for a log.
        said = json.dumps({"token": f"${TOKEN}" if os.environ.get(TOKEN) else token})
        sys.stderr.write(f"notes-lsp: listening on {host}:{at}; initializationOptions: {said}\n")
        sys.stderr.flush()
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
