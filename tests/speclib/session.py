"""Our server in this process: the real session on an event loop of its own, with lists where the pipes would be.

What takes time without being an answer is cut short: nobody waits for the pause between typing and publishing, and
cattrs' functions, which take longer to make than most conversations, are made once for all sessions.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from pygls.protocol import default_converter

from notes_lsp.lsp.methods import COMMANDS, HANDLERS
from notes_lsp.lsp.server.server import NotesServer
from notes_lsp.workspace.workspace import ServedFolder, Workspace
from speclib.drivers import offer, offers, same_uri
from speclib.inprocess import InProcessServer
from speclib.profiles import capabilities_of, client_info
from speclib.wire import ResponseError

if TYPE_CHECKING:
    from speclib.positions import Json

_CONVERTER = default_converter()  # type: ignore[no-untyped-call]


class Session(InProcessServer):
    """Everything but the process and its pipes is the real thing: framing aside, the same bytes go in and out."""

    def start(self, root: Path, encoding: str, client: str) -> None:
        """Initialize on a folder."""
        self._loop = asyncio.new_event_loop()
        self._cache = tempfile.TemporaryDirectory()
        self._written: list[Json] = []
        self._answers: dict[int, Json] = {}
        self._applied: list[Json] = []
        self._next = 0
        self._server = NotesServer(HANDLERS, COMMANDS, Path(self._cache.name))
        self._server.publisher.typing_pause = 0.0
        self._server.protocol.set_writer(self, include_headers=False)
        self._server.protocol._converter = _CONVERTER
        capabilities = capabilities_of(client, offer(encoding))
        result = self.request(
            "initialize",
            {
                "processId": None,
                "clientInfo": client_info(client),
                "rootUri": root.as_uri(),
                "workspaceFolders": [{"uri": root.as_uri(), "name": root.name}],
                "capabilities": capabilities,
            },
        )
        self._capabilities: Json = result["capabilities"]
        self.notify("initialized", {})
        self.settle()

    def capabilities(self) -> Json:
        """What initialize answered."""
        return self._capabilities

    def request(self, method: str, params: Json) -> Json:
        """Ask and wait."""
        self._next += 1
        number = self._next
        self._read({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        self._loop.run_until_complete(asyncio.wait_for(self._answered(number), 30))
        answer = self._answers.pop(number)
        if "error" in answer:
            raise ResponseError(answer["error"]["code"], answer["error"]["message"])
        return answer.get("result")

    def notify(self, method: str, params: Json) -> None:
        """Tell."""
        self._read({"jsonrpc": "2.0", "method": method, "params": params})

    def diagnostics(self, uri: str) -> list[Json]:
        """Pulled where the server offers that, else what it pushed last."""
        if offers(self._capabilities, "diagnosticProvider"):
            report = self.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
            return list(report.get("items") or [])
        self.settle()
        pushed = [
            message["params"]["diagnostics"]
            for message in self._written
            if message.get("method") == "textDocument/publishDiagnostics" and same_uri(message["params"]["uri"], uri)
        ]
        return list(pushed[-1]) if pushed else []

    def applied(self) -> list[Json]:
        """The edits of ``workspace/applyEdit``."""
        return self._applied

    def settle(self) -> None:
        """Finish scans and delayed diagnostics."""
        self._loop.run_until_complete(asyncio.wait_for(self._settled(), 30))

    def close(self) -> None:
        """Let go."""
        self._loop.run_until_complete(self._server.files.close())
        self._server.shutdown()  # type: ignore[no-untyped-call]
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()
        self._cache.cleanup()

    def write(self, data: bytes) -> None:
        """Take what the server sends; its requests are answered as a patient client would."""
        message = json.loads(data)
        if "method" not in message:
            self._answers[message["id"]] = message
            return
        self._written.append(message)
        if "id" not in message:
            return
        result: Any = None
        if message["method"] == "workspace/applyEdit":
            self._applied.append(message["params"]["edit"])
            result = {"applied": True}
        if message["method"] == "workspace/configuration":
            result = [None for _ in message["params"]["items"]]
        self._loop.call_soon(self._take, {"jsonrpc": "2.0", "id": message["id"], "result": result})

    def _read(self, message: Json) -> None:
        async def take() -> None:
            self._take(message)

        self._loop.run_until_complete(take())

    def _take(self, message: Json) -> None:
        protocol = self._server.protocol
        protocol.handle_message(protocol.structure_message(json.loads(json.dumps(message))))

    async def _answered(self, number: int) -> None:
        while number not in self._answers:  # noqa: ASYNC110  (nothing to wait on)
            await asyncio.sleep(0)

    async def _settled(self) -> None:
        for folder in list(self._server.files.folders()):
            await self._server.files.ready(folder)
        publisher = self._server.publisher
        while publisher._timer is not None or publisher._task is not None:
            if publisher._timer is not None:
                publisher._now()
            await asyncio.sleep(0)


class UnwatchedSession(Session):
    """A session that does not watch the disk: who changes a file has to tell, as most editors do.

    A watch stands a quarter of a second after it was asked for, and then reads the folder again.
    """

    def start(self, root: Path, encoding: str, client: str) -> None:
        """Initialize on a folder."""
        with patch.object(Workspace, "_watch", _watch_nothing):
            super().start(root, encoding, client)


async def _watch_nothing(_: Workspace, served: ServedFolder) -> None:
    await served.stop.wait()
