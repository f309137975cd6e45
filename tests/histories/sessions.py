"""Sessions: servers as histories need them: several on one cache, told of the disk by whom and when one likes."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from threading import Event
from typing import Any

from pygls.protocol import default_converter
from watchfiles import Change

from notes_lsp.lsp.methods import COMMANDS, HANDLERS
from notes_lsp.lsp.server.server import NotesServer
from notes_lsp.workspace.disk import watch
from notes_lsp.workspace.workspace import ServedFolder
from speclib.profiles import capabilities_of
from speclib.wire import Client

Json = Any
_CONVERTER = default_converter()  # type: ignore[no-untyped-call]
_PULLS: dict[str, Json] = {"textDocument": {"diagnostic": {}}, "workspace": {"diagnostics": {"refreshSupport": True}}}


def capabilities(*, pulls: bool) -> Json:
    """What a client says it can do, one that pulls diagnostics or one that is pushed them."""
    found = capabilities_of("full", ["utf-16"])
    for part, wanted in _PULLS.items():
        for key in wanted:
            found[part].pop(key, None)
        if pulls:
            found[part].update(wanted)
    return found


class Here:
    """A server in this process. It runs only while it is spoken to, so that histories can be told step by step."""

    def __init__(self, roots: list[Path], cache: Path, *, pulls: bool) -> None:
        """Start on some roots, with indexes in ``cache``."""
        self.pulls = pulls
        self.loop = asyncio.new_event_loop()
        self.pushed: dict[str, list[Json]] = {}
        self.refreshed = 0
        self._answers: dict[int, Json] = {}
        self._next = 0
        self.server = NotesServer(HANDLERS, COMMANDS, cache)
        self.server.publisher.typing_pause = 0.0
        self.server.protocol.set_writer(self, include_headers=False)
        self.server.protocol._converter = _CONVERTER
        self.server.files._watch = _watch_nothing  # type: ignore[method-assign]
        folders = [{"uri": root.as_uri(), "name": root.name} for root in roots]
        given = {"processId": None, "rootUri": None, "workspaceFolders": folders}
        self.request("initialize", {**given, "capabilities": capabilities(pulls=pulls)})
        self.notify("initialized", {})

    def request(self, method: str, params: Json) -> Json:
        """Ask and wait."""
        self._next += 1
        number = self._next
        self._read({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        self.loop.run_until_complete(asyncio.wait_for(self._answered(number), 60))
        answer = self._answers.pop(number)
        assert "error" not in answer, answer
        return answer.get("result")

    def notify(self, method: str, params: Json) -> None:
        """Tell."""
        self._read({"jsonrpc": "2.0", "method": method, "params": params})

    def happened(self, root: Path, changes: set[tuple[str, bool]]) -> None:
        """Say, as a watch of the disk does, that paths below a root came or went (``True`` where they are there)."""
        files = self.server.files
        for served in files.served:
            if root != served.root.path and root not in served.root.path.parents:
                continue
            watcher = watch._Watcher(
                *(served.root.path, served.ignore, (".md", ".markdown"), watch.SETTINGS_FILES),
                *(lambda _: None, Event()),
            )
            kinds = {(Change.added if there else Change.deleted, str(root / path)) for path, there in changes}
            batch = watcher._batch(kinds)

            async def take(served: ServedFolder = served, batch: watch.Batch = batch) -> None:
                for path in batch.ignored:
                    served.folder.look_beside(path)
                files.take_paths(served, batch.paths)

            self.loop.run_until_complete(take())

    def turn(self, times: int) -> None:
        """Let the server run for a few steps of its loop."""
        self.loop.run_until_complete(_turns(times))

    def settle(self) -> None:
        """Let the server finish whatever it does."""
        self.loop.run_until_complete(asyncio.wait_for(self._settled(), 60))

    def close(self) -> None:
        """Let go."""
        self.loop.run_until_complete(self.server.files.close())
        self.server.shutdown()  # type: ignore[no-untyped-call]
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()

    def write(self, data: bytes) -> None:
        """Take what the server sends."""
        message = json.loads(data)
        if "method" not in message:
            self._answers[message["id"]] = message
        elif message["method"] == "textDocument/publishDiagnostics":
            self.pushed[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif message["method"] == "workspace/diagnostic/refresh":
            self.refreshed += 1
        if "method" in message and "id" in message:
            self.loop.call_soon(self._take, {"jsonrpc": "2.0", "id": message["id"], "result": None})

    def _read(self, message: Json) -> None:
        async def take() -> None:
            self._take(message)

        self.loop.run_until_complete(take())

    def _take(self, message: Json) -> None:
        protocol = self.server.protocol
        protocol.handle_message(protocol.structure_message(json.loads(json.dumps(message))))

    async def _answered(self, number: int) -> None:
        while number not in self._answers:
            if self.server.publisher._timer is not None:
                self.server.publisher._now()
            await asyncio.sleep(0)

    async def _settled(self) -> None:
        publisher = self.server.publisher
        await asyncio.sleep(0)
        while True:
            for folder in list(self.server.files.folders()):
                await self.server.files.ready(folder)
            if publisher._timer is None and publisher._task is None and not self.server._tasks:
                return
            if publisher._timer is not None:
                publisher._now()
            await asyncio.sleep(0)


class Away:
    """A server process, that watches the disk itself."""

    def __init__(self, roots: list[Path], cache: Path, *, pulls: bool) -> None:
        """Start on some roots, with indexes in ``cache``."""
        self.pulls = pulls
        self.client = Client([sys.executable, "-m", "notes_lsp", "serve"], env={"XDG_CACHE_HOME": str(cache)})
        folders = [{"uri": root.as_uri(), "name": root.name} for root in roots]
        given = {"processId": None, "rootUri": None, "workspaceFolders": folders}
        self.client.request("initialize", {**given, "capabilities": capabilities(pulls=pulls)})
        self.client.notify("initialized", {})

    @property
    def pushed(self) -> dict[str, list[Json]]:
        """The diagnostics last pushed, by URI."""
        return {one["uri"]: one["diagnostics"] for one in self.client.received("textDocument/publishDiagnostics")}

    def request(self, method: str, params: Json) -> Json:
        """Ask and wait."""
        return self.client.request(method, params)

    def notify(self, method: str, params: Json) -> None:
        """Tell."""
        self.client.notify(method, params)

    def happened(self, root: Path, changes: set[tuple[str, bool]]) -> None:
        """Nothing has to be said: the process watches."""

    def turn(self, times: int) -> None:
        """Let some time pass, which a question does."""
        for _ in range(times):
            self.client.request("workspace/symbol", {"query": "no such"})

    def settle(self) -> None:
        """Nobody can tell from outside; who compares does so again."""

    def close(self) -> None:
        """End the process."""
        self.client.close()


async def _watch_nothing(served: ServedFolder) -> None:
    await served.stop.wait()


async def _turns(times: int) -> None:
    for _ in range(times):
        await asyncio.sleep(0)
