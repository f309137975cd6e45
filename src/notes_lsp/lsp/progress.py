"""Progress: tells the client how far the reading of a folder is, where it wants to know."""

from __future__ import annotations

import uuid
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from lsprotocol import types

if TYPE_CHECKING:
    from notes_lsp.lsp.server import NotesServer

_FEW = 100
"""Fewer notes are read before anyone could look."""


class ScanProgress:
    """Called with how many notes are read of how many; speaks of nothing that is over in a moment."""

    def __init__(self, server: NotesServer, name: str) -> None:
        """Report to the client of ``server`` about the folder called ``name``."""
        self._server = server
        self._name = name
        self._token: str | None = None
        self._begun = False
        self._percent = -1

    def __call__(self, done: int, total: int) -> None:
        """Say that ``done`` of ``total`` notes are read."""
        if self._token is None:
            window = self._server.capabilities.window
            if total < _FEW or done == total or not (window and window.work_done_progress):
                return
            self._token = str(uuid.uuid4())
            asked = self._server.protocol.send_request(
                types.WINDOW_WORK_DONE_PROGRESS_CREATE, types.WorkDoneProgressCreateParams(self._token)
            )
            asked.add_done_callback(self._begin)
        percent = 100 * done // total
        if self._begun and percent != self._percent:
            self._percent = percent
            value: Any = types.WorkDoneProgressReport(message=f"{done}/{total} notes", percentage=percent)
            if done == total:
                value = types.WorkDoneProgressEnd(message=f"{total} notes")
            self._notify(value)

    def _begin(self, asked: Future[Any]) -> None:
        if asked.cancelled() or asked.exception() is not None or self._percent == 100:
            return
        self._begun = True
        self._notify(types.WorkDoneProgressBegin(title=f"Reading {self._name}", cancellable=False, percentage=0))

    def _notify(self, value: Any) -> None:
        if self._token is not None:
            self._server.protocol.notify(types.PROGRESS, types.ProgressParams(self._token, value))
