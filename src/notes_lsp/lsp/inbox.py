"""Inbox: the client's messages, each read whole as it comes, handled one after the other in their order."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Protocol, cast

LOG = logging.getLogger(__name__)

_CHUNK = 65536
_CALM = 0.05
"""Seconds without a message after which nobody is taken to be in the middle of something."""
_PATIENCE = 1.0
"""Seconds after which whoever waits for calm goes on all the same."""

Message = dict[str, Any]


class Handling(Protocol):
    """What messages are handed to."""

    def structure_message(self, data: Message) -> Any:
        """Read a message."""
        ...

    def handle_message(self, message: Any) -> None:
        """Handle a message; of a request, begin to."""
        ...

    def call_off(self, request_id: int | str) -> None:
        """Answer a request that the client no longer wants answered."""
        ...


class Inbox:
    """Messages on their way. They are put in by whoever reads the stream, and handled on the event loop.

    Each request is begun before the message behind it is looked at, so that it is answered for the text it was asked
    about; one that was called off meanwhile is not begun at all.
    """

    def __init__(self) -> None:
        """Begin without messages, and without anybody who has said anything yet."""
        self._messages: deque[Message | None] = deque()
        self._last = float("-inf")
        self._arrived = asyncio.Event()

    @property
    def waiting(self) -> bool:
        """Whether a message has arrived that is not handled yet; long work asks now and then, and makes way."""
        return bool(self._messages)

    async def calm(self) -> None:
        """Wait until the client has been silent for a moment, but no longer than a second.

        Messages come in flocks: behind an edit stands the question about it.
        """
        await asyncio.sleep(0)
        limit = time.monotonic() + _PATIENCE
        while (now := time.monotonic()) < limit and (self.waiting or now < self._last + _CALM):  # noqa: ASYNC110
            await asyncio.sleep(min(max(self._last + _CALM - now, 0.001), limit - now))

    def put(self, message: Message | None) -> None:
        """Take a message, from the thread of the loop; ``None`` says that none will follow."""
        self._messages.append(message)
        self._arrived.set()

    def read_descriptor(self, descriptor: int) -> None:
        """Read a file descriptor to its end by a thread of its own. Called on the loop."""
        loop = asyncio.get_running_loop()

        def arrived() -> None:
            self._arrived.set()

        def read() -> None:
            framing = Framing()
            ended = False
            while not ended:
                try:
                    data = os.read(descriptor, _CHUNK)
                except OSError:
                    data = b""
                ended = not data
                # Appended here and now, so that work on the loop sees that somebody waits.
                self._messages.extend(framing.feed(data))
                if ended:
                    self._messages.append(None)
                try:
                    loop.call_soon_threadsafe(arrived)
                except RuntimeError:  # the loop is closed
                    return

        # Not joined at the end: nobody can wake it but the client.
        threading.Thread(target=read, name="inbox", daemon=True).start()

    async def read_stream(self, reader: asyncio.StreamReader) -> None:
        """Read a stream to its end."""
        framing = Framing()
        try:
            while data := await reader.read(_CHUNK):
                for message in framing.feed(data):
                    self.put(message)
        except ConnectionError:
            pass
        finally:
            self.put(None)

    async def handle(self, handling: Handling, report: Callable[[Exception], None]) -> None:
        """Hand every message on until there are no more; ``report`` is told of what cannot be handled."""
        while True:
            while not self._messages:
                self._arrived.clear()
                # Whatever came in between has set it again.
                if not self._messages:
                    await self._arrived.wait()
            message = self._messages.popleft()
            if message is None:
                return
            self._last = time.monotonic()
            try:
                if self._is_called_off(message):
                    handling.call_off(message["id"])
                else:
                    handling.handle_message(handling.structure_message(message))
            except Exception as error:  # noqa: BLE001  (one message never ends the session)
                report(error)
            # Here a request that can be answered without waiting for anything is answered.
            await asyncio.sleep(0)
            self._last = time.monotonic()

    def _is_called_off(self, message: Message) -> bool:
        number = message.get("id")
        if number is None or "method" not in message or not self._messages:
            return False
        return any(later is not None and _calls_off(later, number) for later in tuple(self._messages))


def _calls_off(message: Message, number: int | str) -> bool:
    if message.get("method") != "$/cancelRequest":
        return False
    params: Any = message.get("params")
    return isinstance(params, dict) and cast("Message", params).get("id") == number


class Framing:
    """Messages out of bytes, as the base protocol of LSP frames them: headers, an empty line, a body of so many bytes.

    What is no header, no length or no JSON object is passed over.
    """

    def __init__(self) -> None:
        """Begin at a header."""
        self._data = bytearray()
        self._length: int | None = None
        self._in_body = False

    def feed(self, data: bytes) -> Iterator[Message]:
        """The messages that are complete once ``data`` has come."""
        self._data += data
        while True:
            if self._in_body:
                length = self._length or 0
                if len(self._data) < length:
                    return
                body = bytes(self._data[:length])
                del self._data[:length]
                self._in_body, self._length = False, None
                message = _message(body)
                if message is not None:
                    yield message
                continue
            end = self._data.find(b"\n")
            if end < 0:
                return
            line = bytes(self._data[:end]).strip()
            del self._data[: end + 1]
            self._header(line)

    def _header(self, line: bytes) -> None:
        name, colon, value = line.partition(b":")
        if colon and name.strip().lower() == b"content-length" and value.strip().isdigit():
            self._length = int(value)
        elif not line and self._length is not None:
            self._in_body = True


def _message(body: bytes) -> Message | None:
    try:
        found: object = json.loads(body)
    except (ValueError, RecursionError) as error:
        LOG.warning("a message is no JSON: %s", error)
        return None
    if isinstance(found, dict):
        return cast("Message", found)
    LOG.warning("a message is no JSON object")
    return None
