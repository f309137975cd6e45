"""Access token: which clients a server on a port accepts."""

from __future__ import annotations

import asyncio
import hmac
import json
from typing import Any, cast

from lsprotocol import types

JsonMessage = dict[str, Any]

_HEADERS = frozenset({b"content-length", b"content-type"})
MAX_HEADERS = 8
MAX_FIRST = 4_000_000
"""Bytes of the first message."""
PATIENCE_SECONDS = 10.0
"""In which it has to come."""


async def admit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, token: str) -> JsonMessage | None:
    """The first message of a connection without its token; ``None`` where it is not ``initialize`` with this token.

    A first line that is no header of the protocol, such as that of a browser, is not answered at all. Whoever speaks
    the protocol is told what is missing. All else of the connection is still to be read.
    """
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            message = await _first(reader)
    except (TimeoutError, OSError, EOFError, ValueError, RecursionError):
        return None
    if message is None:
        return None
    options = _mapping(_mapping(message.get("params")).get("initializationOptions"))
    given = options.pop("token", None)
    is_right = isinstance(given, str) and hmac.compare_digest(given.encode(errors="replace"), token.encode())
    if message.get("method") == types.INITIALIZE and is_right:
        return message
    if "id" in message:
        writer.write(_refusal(message["id"]))
    return None


async def _first(reader: asyncio.StreamReader) -> JsonMessage | None:
    length: int | None = None
    for _ in range(MAX_HEADERS):
        line = (await reader.readline()).strip()
        if not line:
            break
        name, colon, value = line.partition(b":")
        if not colon or name.strip().lower() not in _HEADERS:
            return None
        if name.strip().lower() == b"content-length":
            length = int(value)
    if length is None or not 0 < length <= MAX_FIRST:
        return None
    return _mapping(json.loads(await reader.readexactly(length)))


def _mapping(value: object) -> JsonMessage:
    return cast("JsonMessage", value) if isinstance(value, dict) else {}


def _refusal(number: object) -> bytes:
    message = "the token is missing or wrong: send it as initializationOptions.token in the first message, initialize"
    error = {"code": types.ErrorCodes.InvalidRequest.value, "message": message}
    body = json.dumps({"jsonrpc": "2.0", "id": number, "error": error}).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body
