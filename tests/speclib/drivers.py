"""Drivers: the ways in which a vault may reach a server before it is asked.

``wire`` starts a process on a finished folder, ``cold`` does so within this process, and in ``warm`` the notes
arrive one by one, in random order, the note with the cursor typed last. All must lead to the same answers.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote, urlsplit

from speclib.positions import Json, Lines
from speclib.wire import Client

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from speclib.inprocess import InProcessServer

_OWN_FOLDERS = ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")
"""What a server must not find, or leave, in the home of whoever runs the tests."""


class Driver(Protocol):
    """One conversation with one server about one vault."""

    name: str
    capabilities: Json
    """What the server advertised, once open."""
    encoding: str
    """The position encoding in force, once open."""

    def open(self, folder: Path, notes: Mapping[str, str], open_path: str, encoding: str, client: str) -> None:
        """Begin: ``notes`` (path to text) come to be in the empty folder, ``open_path`` is open in the editor."""

    def request(self, method: str, params: Json) -> Json:
        """Ask; raises :class:`speclib.wire.ResponseError` and :class:`speclib.wire.WireError`."""

    def notify(self, method: str, params: Json) -> None:
        """Tell."""

    def diagnostics(self, path: str) -> list[Json]:
        """What the user is shown about a note now."""

    def registered(self, method: str) -> bool:
        """Whether the server asked for a method after the handshake."""

    def applied(self) -> list[Json]:
        """The workspace edits that the server has asked the client to apply so far."""

    def settle(self) -> None:
        """Wait until the server has digested what it was told, as far as one can know."""

    def close(self) -> None:
        """End, leaving nothing behind; safe to call twice."""


class WireDriver:
    """The server as a process, over standard input and output."""

    name = "wire"

    def __init__(self, command: Sequence[str], *, timeout: float = 20.0, quiet: float = 0.0) -> None:
        """For servers that tell nothing of their indexing, ``quiet`` is how many seconds to wait after opening."""
        self._command = command
        self._timeout = timeout
        self._quiet = quiet
        self._folder: Path | None = None
        self.client: Client | None = None
        self.capabilities: Json = {}
        self.encoding = "utf-16"

    def open(self, folder: Path, notes: Mapping[str, str], open_path: str, encoding: str, client: str) -> None:
        """Write the notes, start the server, open the note."""
        write_notes(folder, notes)
        self._folder = folder
        self.client = Client(self._command, cwd=folder, env=own_folders(folder), profile=client, timeout=self._timeout)
        self.client.initialize(folder, encodings=offer(encoding))
        self.capabilities = self.client.capabilities
        self.encoding = self.client.encoding
        if open_path:
            self.notify("textDocument/didOpen", did_open(folder, open_path, notes[open_path]))
        if self._quiet:
            time.sleep(self._quiet)
        self.settle()

    def request(self, method: str, params: Json) -> Json:
        """Ask and wait."""
        return self._client.request(method, params)

    def notify(self, method: str, params: Json) -> None:
        """Tell."""
        self._client.notify(method, params)

    def diagnostics(self, path: str) -> list[Json]:
        """Pulled where the server offers that, else the last ones it pushed."""
        assert self._folder
        uri = (self._folder / path).as_uri()
        if offers(self.capabilities, "diagnosticProvider") or self.registered("textDocument/diagnostic"):
            report = self.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
            return list(report.get("items") or [])
        pushed = [
            params["diagnostics"]
            for params in self._client.received("textDocument/publishDiagnostics")
            if same_uri(params["uri"], uri)
        ]
        return list(pushed[-1]) if pushed else []

    def registered(self, method: str) -> bool:
        """Whether the server registered the method; a moment is allowed for that, since it may come late."""
        return self._client.wait(lambda: method in self._client.registrations, timeout=0.3)

    def applied(self) -> list[Json]:
        """The edits of ``workspace/applyEdit``."""
        return self._client.applied

    def settle(self) -> None:
        """Wait for the end of every progress under way."""
        self._client.wait(lambda: not self._client.busy())

    def close(self) -> None:
        """End the process."""
        if self.client:
            self.client.close()

    @property
    def _client(self) -> Client:
        assert self.client, "open first"
        return self.client


class _InProcessDriver:
    """What cold and warm share: everything but how the notes arrive."""

    name = "in process"

    def __init__(self, start: Callable[[], InProcessServer]) -> None:
        """``start`` gives a fresh server for each conversation."""
        self._start = start
        self._folder: Path | None = None
        self._server: InProcessServer | None = None
        self.capabilities: Json = {}
        self.encoding = "utf-16"

    def request(self, method: str, params: Json) -> Json:
        """Ask."""
        return self.server.request(method, params)

    def notify(self, method: str, params: Json) -> None:
        """Tell."""
        self.server.notify(method, params)

    def diagnostics(self, path: str) -> list[Json]:
        """What the server says of a note."""
        assert self._folder
        return self.server.diagnostics((self._folder / path).as_uri())

    def registered(self, method: str) -> bool:
        """In process all is known from the start, and the client is the one who tells of changes on disk."""
        return method == "workspace/didChangeWatchedFiles"

    def applied(self) -> list[Json]:
        """The edits of ``workspace/applyEdit``."""
        return self.server.applied()

    def settle(self) -> None:
        """Let the server finish what it does in the background."""
        self.server.settle()

    def close(self) -> None:
        """Let go."""
        if self._server:
            self._server.close()
            self._server = None

    @property
    def server(self) -> InProcessServer:
        """The server, once open."""
        assert self._server, "open first"
        return self._server

    def begin(self, folder: Path, encoding: str, client: str) -> None:
        """Start the server on a folder."""
        self._folder = folder
        self._server = self._start()
        self._server.start(folder, encoding, client)
        self.capabilities = self._server.capabilities()
        self.encoding = encoding


class ColdDriver(_InProcessDriver):
    """The server in this process, started on the finished folder."""

    name = "cold"

    def open(self, folder: Path, notes: Mapping[str, str], open_path: str, encoding: str, client: str) -> None:
        """Write the notes, start, open the note."""
        write_notes(folder, notes)
        self.begin(folder, encoding, client)
        if open_path:
            self.notify("textDocument/didOpen", did_open(folder, open_path, notes[open_path]))
        self.settle()


class WarmDriver(_InProcessDriver):
    """The server in this process, started on an empty folder; everything arrives while it runs."""

    name = "warm"

    def __init__(self, start: Callable[[], InProcessServer], seed: int = 0) -> None:
        """``seed`` decides the order and the chunks."""
        super().__init__(start)
        self._seed = seed

    def open(self, folder: Path, notes: Mapping[str, str], open_path: str, encoding: str, client: str) -> None:
        """Write the notes one by one, some first with another text, and type the open one."""
        chance = random.Random(self._seed)  # noqa: S311 - wanted: the same order each time
        self.begin(folder, encoding, client)
        order = sorted(path for path in notes if path != open_path)
        chance.shuffle(order)
        for path in order:
            if chance.random() < 0.3:
                write_notes(folder, {path: f"# Draft\n\n[[{open_path}]] #draft ^draft\n"})
                self._touched(folder, path, 1)
            write_notes(folder, {path: notes[path]})
            self._touched(folder, path, 1 if chance.random() < 0.5 else 2)
        if open_path:
            self._type(folder, open_path, notes[open_path], chance)
        self.settle()

    def _touched(self, folder: Path, path: str, kind: int) -> None:
        self.notify("workspace/didChangeWatchedFiles", watched(folder, path, kind))

    def _type(self, folder: Path, path: str, text: str, chance: random.Random) -> None:
        self.notify("textDocument/didOpen", did_open(folder, path, ""))
        whole, text = text, text.removeprefix("\ufeff")
        done = 0
        version = 1
        while done < len(text):
            chunk = text[done : done + chance.randint(1, max(8, len(text) // 12))]
            if text[done + len(chunk) - 1 : done + len(chunk) + 1] == "\r\n":
                chunk += "\n"
            place = Lines(text[:done]).position(done, self.encoding)
            version += 1
            self.notify(
                "textDocument/didChange",
                {
                    "textDocument": {"uri": (folder / path).as_uri(), "version": version},
                    "contentChanges": [{"range": {"start": place, "end": place}, "text": chunk}],
                },
            )
            done += len(chunk)
        write_notes(folder, {path: whole})
        self._touched(folder, path, 1)


def own_folders(folder: Path) -> dict[str, str]:
    """The environment by which a vault's server and commands find no settings but their own, nor leave any behind."""
    return {name: str(folder.parent / "home" / name) for name in _OWN_FOLDERS}


def offers(capabilities: Json, name: str) -> bool:
    """Whether a capability is advertised: an empty object says so too."""
    return capabilities.get(name) not in (None, False)


def offer(encoding: str) -> list[str]:
    """The position encodings to offer so that a server picks ``encoding`` if it can."""
    return [encoding] if encoding == "utf-16" else [encoding, "utf-16"]


def write_notes(folder: Path, notes: Mapping[str, str]) -> None:
    """Write files, and the folders they need, byte for byte as given."""
    for path, text in notes.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8", "surrogatepass"))


def did_open(folder: Path, path: str, text: str) -> Json:
    """The params of ``textDocument/didOpen``; an editor drops the byte order mark."""
    uri = (folder / path).as_uri()
    text = text.removeprefix("\ufeff")
    return {"textDocument": {"uri": uri, "languageId": "markdown", "version": 1, "text": text}}


def watched(folder: Path, path: str, kind: int) -> Json:
    """The params of ``workspace/didChangeWatchedFiles``: 1 created, 2 changed, 3 deleted."""
    return {"changes": [{"uri": (folder / path).as_uri(), "type": kind}]}


def same_uri(one: str, other: str) -> bool:
    """Whether two file URIs name one file, however they are escaped."""
    return path_of_uri(one) == path_of_uri(other)


def path_of_uri(uri: str) -> str:
    """The path in a ``file:`` URI, unescaped; other URIs as they are."""
    parts = urlsplit(uri)
    return unquote(parts.path) if parts.scheme == "file" else uri
