"""Threads: work that would keep the event loop, in a thread of its own where the system allows one."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


async def in_thread(work: Callable[[], T]) -> T:
    """What ``work`` gives, done in a thread, or here and now where the system allows no more of them.

    Cancelling stops only the waiting.
    """
    done: Future[T] = Future()
    # From now on it cannot be cancelled, so that the thread can always say what it found.
    done.set_running_or_notify_cancel()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001  (whoever waits gets it)
            done.set_exception(error)

    if not start_thread(run):
        run()
    return await asyncio.wrap_future(done)


def start_thread(run: Callable[[], object], name: str | None = None) -> bool:
    """Start a thread that the process does not wait for at its end; whether the system allows one more."""
    with contextlib.suppress(RuntimeError):
        threading.Thread(target=run, name=name, daemon=True).start()
        return True
    return False


def check_room(number: int) -> None:
    """Make sure that so many threads could be started, for what does not survive that some of its own cannot.

    They are started, and end at once. Systems count threads and processes of a user together.

    Raises:
        RuntimeError: the system does not allow so many.
    """
    go = threading.Event()
    started: list[threading.Thread] = []
    try:
        for _ in range(number):
            thread = threading.Thread(target=go.wait, daemon=True)
            thread.start()
            started.append(thread)
    finally:
        go.set()
        for thread in started:
            thread.join()
