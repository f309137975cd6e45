"""Progress: tells the client how far the reading of a folder is, where it wants to know."""

from __future__ import annotations

import uuid
from concurrent.futures import Future
from typing import Any

from lsprotocol import types
from pygls.protocol import LanguageServerProtocol

_FEW = 100
"""Fewer notes are read before anyone could look."""


class ScanProgress:
    """Called with how many notes are read of how many; speaks of nothing that is over in a moment."""

    def __init__(self, protocol: LanguageServerProtocol, name: str) -> None:
        """Report to the client that ``protocol`` speaks with about the folder called ``name``."""
        self._protocol = protocol
        self._name = name
        self._token: str | None = None
        self._begun = False
        self._percent = 0

    def __call__(self, done: int, total: int) -> None:
        """Say that ``done`` of ``total`` notes are read; equal numbers end it, and the next ones begin another."""
        if done >= total:
            self._end(total)
        elif self._token is None:
            self._ask(total)
        elif self._begun and 100 * done // total != self._percent:
            self._percent = 100 * done // total
            self._notify(types.WorkDoneProgressReport(message=f"{done}/{total} notes", percentage=self._percent))

    def _ask(self, total: int) -> None:
        window = self._protocol.client_capabilities.window
        if total < _FEW or not (window and window.work_done_progress):
            return
        token = self._token = str(uuid.uuid4())
        asked = self._protocol.send_request(
            types.WINDOW_WORK_DONE_PROGRESS_CREATE, types.WorkDoneProgressCreateParams(token)
        )
        asked.add_done_callback(lambda answer: self._begin(token, answer))

    def _begin(self, token: str, answer: Future[Any]) -> None:
        # By the time the client agrees, the work may be over: what is begun then would never end.
        if token == self._token and not answer.cancelled() and answer.exception() is None:
            self._begun = True
            self._notify(types.WorkDoneProgressBegin(title=f"Reading {self._name}", cancellable=False, percentage=0))

    def _end(self, total: int) -> None:
        if self._begun:
            self._notify(types.WorkDoneProgressEnd(message=f"{total} notes"))
        self._token, self._begun, self._percent = None, False, 0

    def _notify(self, value: Any) -> None:
        if self._token is not None:
            self._protocol.notify(types.PROGRESS, types.ProgressParams(self._token, value))
