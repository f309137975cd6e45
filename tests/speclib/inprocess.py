"""What the in-process drivers need of a server: implement it over the real session, nothing else is asked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from speclib.positions import Json


class InProcessServer(ABC):
    """A language server without a process: method names and plain JSON in, plain JSON out, in the calling thread.

    Positions are in the encoding that :meth:`start` was given.
    """

    @abstractmethod
    def start(self, root: Path, encoding: str, client: str) -> None:
        """Begin on a folder, as ``initialize`` and ``initialized`` would, speaking ``encoding``.

        ``client`` is the name of a profile, see :func:`speclib.profiles.capabilities_of`.
        """

    @abstractmethod
    def capabilities(self) -> Json:
        """The server capabilities that ``initialize`` would answer with."""

    @abstractmethod
    def request(self, method: str, params: Json) -> Json:
        """The result of a request.

        An error answer is raised as :class:`speclib.wire.ResponseError`; a bug in the server as it is.
        """

    @abstractmethod
    def notify(self, method: str, params: Json) -> None:
        """Take a notification; its effect is there for the next request."""

    @abstractmethod
    def diagnostics(self, uri: str) -> list[Json]:
        """The diagnostics of a note now, as the protocol writes them."""

    def applied(self) -> list[Json]:
        """The workspace edits sent with ``workspace/applyEdit`` so far; none where the server never does."""
        return []

    @abstractmethod
    def settle(self) -> None:
        """Finish all background work: scanning, pending changes on disk, delayed diagnostics."""

    @abstractmethod
    def close(self) -> None:
        """Release files and threads."""
