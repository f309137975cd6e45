"""The inbox: messages come out whole and in order however they come in, and long work makes way for them."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest

from notes_lsp.lsp.transport import inbox
from notes_lsp.lsp.transport.framing import Malformed
from notes_lsp.lsp.transport.inbox import Inbox
from speclib.wire import framed


class Handled:
    """What was done with messages."""

    def __init__(self) -> None:
        """Nothing so far."""
        self.seen: list[Any] = []

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Take it as it is."""
        return data

    def handle_message(self, message: Any) -> None:
        """Begin a request, which is answered in the next turn of the loop; take a notification at once."""
        if message.get("method") == "break":
            raise ValueError("a bug")
        if "id" in message:
            asyncio.get_running_loop().call_soon(self.seen.append, ("answered", message["id"]))
        else:
            self.seen.append(("told", message["method"]))

    def call_off(self, request_id: int | str) -> None:
        """Note what was called off."""
        self.seen.append(("called off", request_id))

    def complain(self, malformed: Malformed) -> None:
        """Note what was no message."""
        self.seen.append(("complained", malformed.code))


def handled(*messages: dict[str, Any]) -> tuple[list[Any], list[str]]:
    """What happens to messages that have all come already, and what was reported."""
    done = Handled()
    reported: list[str] = []

    async def run() -> None:
        box = Inbox()
        for message in (*messages, None):
            box.put(message)
        await box.handle(done, lambda error: reported.append(str(error)))

    asyncio.run(run())
    return done.seen, reported


def test_a_request_is_answered_before_the_next_edit_is_taken() -> None:
    """It was asked about the text before that edit."""
    seen, _ = handled({"id": 1, "method": "ask"}, {"method": "edit"}, {"id": 2, "method": "ask"})

    assert seen == [("answered", 1), ("told", "edit"), ("answered", 2)]


def test_what_was_called_off_meanwhile_is_not_begun() -> None:
    """Who types fast asks again and again; only the last question is worth an answer."""
    cancel = {"method": "$/cancelRequest", "params": {"id": 1}}

    seen, _ = handled({"id": 1, "method": "ask"}, {"method": "edit"}, cancel, {"id": 2, "method": "ask"})

    assert seen == [("called off", 1), ("told", "edit"), ("told", "$/cancelRequest"), ("answered", 2)]


def test_a_message_that_breaks_something_costs_only_itself() -> None:
    """It is reported, and the next one is handled."""
    seen, reported = handled({"method": "break"}, {"method": "edit"})

    assert seen == [("told", "edit")]
    assert reported == ["a bug"]


def test_a_pipe_is_read_to_its_end() -> None:
    """By a thread that puts in what comes, piece by piece."""
    reading, writing = os.pipe()
    done = Handled()
    stream = framed({"method": "one"}) + framed({"method": "two"})

    ended: list[bool] = []

    async def run() -> None:
        box = Inbox()
        box.read_descriptor(reading, lambda: ended.append(True))
        for at in range(0, len(stream), 7):
            os.write(writing, stream[at : at + 7])
            await asyncio.sleep(0)
        os.close(writing)
        await asyncio.wait_for(box.handle(done, lambda _: None), 10)

    asyncio.run(run())
    os.close(reading)
    assert done.seen == [("told", "one"), ("told", "two")]
    assert ended == [True]


def test_long_work_waits_until_the_client_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """While messages keep coming it waits, but not for ever; in silence it goes on at once."""
    monkeypatch.setattr(inbox, "_CALM", 0.05)
    monkeypatch.setattr(inbox, "_PATIENCE", 0.3)

    async def run() -> tuple[float, float, bool]:
        loop = asyncio.get_running_loop()
        box = Inbox()
        began = loop.time()
        await box.calm()
        silent = loop.time() - began
        handling = asyncio.create_task(box.handle(Handled(), lambda _: None))

        async def chatter() -> None:
            while True:
                box.put({"method": "edit"})
                await asyncio.sleep(0.01)

        talking = asyncio.create_task(chatter())
        await asyncio.sleep(0.03)
        began = loop.time()
        await box.calm()
        patient = loop.time() - began
        talking.cancel()
        box.put({"method": "edit"})
        waits = box.waiting
        box.put(None)
        await handling
        return silent, patient, waits

    silent, patient, waits = asyncio.run(run())

    assert silent < patient
    assert patient >= 0.25
    assert waits
