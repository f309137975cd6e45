"""Exit: the process ends when its client is gone, whatever it is doing."""

from __future__ import annotations

import logging
import os
import select
import time
from collections.abc import Callable

from notes_lsp.workspace.subprocesses import end_workers
from notes_lsp.workspace.threads import start_thread

LOG = logging.getLogger(__name__)

_GRACE = 5.0
"""Seconds that a process which has to end may take to do so by itself."""
_PERIOD = 2.0
"""Seconds between two looks at a process, where the system cannot tell that one ended."""


class Outlet:
    """A file descriptor that answers are written to, as pygls writes; once nobody reads there, ``gone`` is called."""

    def __init__(self, descriptor: int, gone: Callable[[], None]) -> None:
        """Write to ``descriptor``, without a buffer: what is in one at the end could not be written any more."""
        self._descriptor = descriptor
        self._gone = gone
        self._closed = False

    def write(self, data: bytes) -> None:
        """Write all of ``data``; waits for a client that is slow to read."""
        rest = memoryview(data)
        while rest and not self._closed:
            try:
                rest = rest[os.write(self._descriptor, rest) :]
            except BlockingIOError:  # the client made it so for itself, and thereby for us
                select.select([], [self._descriptor], [])
            except OSError as error:
                LOG.info("the client does not listen any more: %s", error)
                self._closed = True
                self._gone()

    def close(self) -> None:
        """Write nothing from now on."""
        self._closed = True


def end_soon(exit_code: Callable[[], int]) -> None:
    """End the process in a few seconds, with what ``exit_code`` says then, unless it has ended by itself.

    Whoever waits for something that never comes (a file on a disk that is gone, a client that does not read) would
    stay for ever.
    """

    def end() -> None:
        time.sleep(_GRACE)
        end_workers()
        os._exit(exit_code())

    start_thread(end, "ending")


def watch_process(pid: int, gone: Callable[[], None]) -> None:
    """Call ``gone``, from a thread of its own, when the process ``pid`` has ended.

    A process that is not there in the first place, or that belongs to somebody else, is not watched: the client is in
    another container then, and its number means nothing here.
    """
    if pid <= 0 or not _is_there(pid):
        return

    def wait() -> None:
        try:
            descriptor = os.pidfd_open(pid)
        except (AttributeError, OSError):  # not on this system, or it is gone already
            while _is_there(pid):
                time.sleep(_PERIOD)
        else:
            ended = select.poll()
            ended.register(descriptor, select.POLLIN)
            ended.poll()
            os.close(descriptor)
        LOG.info("the client's process %d is gone", pid)
        gone()

    start_thread(wait, "client")


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (OSError, OverflowError):
        return False
    return True
