"""Inbox: the client's messages, each read whole as it comes, handled one after the other in their order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import select
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol, cast

from notes_lsp.lsp.transport.framing import Framing, Malformed, Message

LOG = logging.getLogger(__name__)

_CHUNK = 65536
_CALM = 0.05
"""Seconds without a message after which nobody is taken to be in the middle of something."""
_PATIENCE = 1.0
"""Seconds after which whoever waits for calm goes on all the same."""


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

    def complain(self, malformed: Malformed) -> None:
        """Answer what came in the place of a message."""
        ...


class Inbox:
    """Messages on their way. They are put in by whoever reads the stream, and handled on the event loop.

    Each request is begun before the message behind it is looked at, so that it is answered for the text it was asked
    about; one that was called off meanwhile is not begun at all.
    """

    def __init__(self) -> None:
        """Begin without messages, and without anybody who has said anything yet."""
        self._messages: deque[Message | Malformed | None] = deque()
        self._last = float("-inf")
        self._arrived = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

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

    def put(self, message: Message | Malformed | None) -> None:
        """Take a message, from the thread of the loop; ``None`` says that none will follow."""
        self._messages.append(message)
        self._arrived.set()

    def leave(self) -> None:
        """Handle nothing any more, what has arrived already included."""
        self._messages.clear()
        self.put(None)

    def end(self) -> None:
        """Say, from any thread, that nobody is there any more who would send something."""
        self._messages.append(None)
        if self._loop is not None:
            # The loop may be closed already.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._arrived.set)

    def read_descriptor(self, descriptor: int, at_end: Callable[[], None]) -> None:
        """Read a file descriptor to its end by a thread of its own, which calls ``at_end`` then. Called on the loop."""
        self._loop = loop = asyncio.get_running_loop()

        def read() -> None:
            framing = Framing()
            try:
                while True:
                    data = _some_of(descriptor)
                    # Appended here and now, so that work on the loop sees that somebody waits.
                    self._messages.extend(framing.feed(data))
                    if not data:
                        return
                    loop.call_soon_threadsafe(self._arrived.set)
            except RuntimeError:  # the loop is closed
                return
            finally:
                # Whatever happened, nobody would hear the client from now on.
                at_end()
                self.end()

        # Not joined at the end: nobody can wake it but the client.
        threading.Thread(target=read, name="inbox", daemon=True).start()

    async def read_stream(self, reader: asyncio.StreamReader) -> None:
        """Read a stream to its end."""
        framing = Framing()
        try:
            ended = False
            while not ended:
                data = await reader.read(_CHUNK)
                for message in framing.feed(data):
                    self.put(message)
                ended = not data
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
                if isinstance(message, Malformed):
                    handling.complain(message)
                elif self._is_called_off(message):
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
        if not isinstance(number, int | str) or "method" not in message or not self._messages:
            return False
        return any(isinstance(later, dict) and _calls_off(later, number) for later in tuple(self._messages))


def _calls_off(message: Message, number: int | str) -> bool:
    if message.get("method") != "$/cancelRequest":
        return False
    params: Any = message.get("params")
    return isinstance(params, dict) and cast("Message", params).get("id") == number


def _some_of(descriptor: int) -> bytes:
    """The next bytes of a file descriptor, waited for; none at its end, or where it cannot be read any more."""
    while True:
        try:
            return os.read(descriptor, _CHUNK)
        except BlockingIOError:  # the client made it so for itself, and thereby for us
            select.select([descriptor], [], [])
        except OSError:
            return b""
