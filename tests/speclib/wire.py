"""The wire client: a language server's process, spoken to over its standard input and output.

Used by specs, wire tests, the conformance suite and benchmarks. Every wait has a limit, what the server asks is
answered, and no process outlives its client.
"""

from __future__ import annotations

import atexit
import contextlib
import itertools
import json
import os
import queue
import signal
import subprocess
import threading
import time
import weakref
from collections import deque
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

from speclib.profiles import capabilities_of, client_info

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from speclib.positions import Json

_RUNNING: weakref.WeakSet[Client] = weakref.WeakSet()


class WireError(Exception):
    """The conversation failed: the message ends with the server's last words on its standard error."""


class ServerDiedError(WireError):
    """The process ended, or closed its output, while an answer was awaited."""


class TimedOutError(WireError):
    """No answer within the time allowed."""


class ResponseError(Exception):
    """The server answered a request with an error."""

    def __init__(self, code: int, message: str) -> None:
        """Keep the protocol's error ``code`` beside its message."""
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Pending:
    """A request under way; see :meth:`Client.send`."""

    def __init__(self, client: Client, number: int, method: str) -> None:
        """Made by the client."""
        self.number = number
        self.method = method
        self._client = client
        self._reply: Json = None
        self._done = threading.Event()
        self.answered_at = 0.0
        """``time.perf_counter()`` at the moment the answer was read, in seconds."""

    def settle(self, reply: Json) -> None:
        """Called by the reading thread with the response message, or ``None`` when there will be none."""
        self.answered_at = time.perf_counter()
        self._reply = reply
        self._done.set()

    def result(self, timeout: float | None = None) -> Json:
        """The result, waited for at most ``timeout`` seconds.

        Raises:
            ResponseError: the server answered with an error.
            TimedOutError: it did not answer in time.
            ServerDiedError: it never will.
        """
        limit = self._client.timeout if timeout is None else timeout
        if not self._done.wait(limit):
            raise TimedOutError(self._client.report(f"no answer to {self.method} within {limit:g} s"))
        if self._reply is None:
            raise ServerDiedError(self._client.report(f"the server ended before it answered {self.method}"))
        if error := self._reply.get("error"):
            raise ResponseError(error.get("code", 0), error.get("message", ""))
        return self._reply.get("result")


class Client:
    """A running language server; use it in a ``with`` statement, or call :meth:`close`.

    Args:
        command: the server's command line.
        profile: which editor to pretend to be, a key of :data:`speclib.profiles.PROFILES`.
        timeout: seconds that any one answer may take.
        settings: what ``workspace/configuration`` is answered with, by section.
        answers: what to answer the server's other requests with: method to function of the params.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        profile: str = "full",
        timeout: float = 20.0,
        settings: Mapping[str, Json] | None = None,
        answers: Mapping[str, Callable[[Json], Json]] | None = None,
    ) -> None:
        """Start the process; say hello with :meth:`initialize`."""
        self.timeout = timeout
        self.profile = profile
        self.capabilities: Json = {}
        """What the server advertised; empty before :meth:`initialize`."""
        self.registrations: dict[str, Json] = {}
        """What it registered later, by method."""
        self.notifications: list[Json] = []
        """Every notification message received, in order."""
        self.requests: list[Json] = []
        """Every request message received from the server, in order."""
        self.strays: list[Json] = []
        """Every response received to nothing that was asked by :meth:`send`, in order."""
        self.settings = dict(settings or {})
        self.applied: list[Json] = []
        """The edits asked for by ``workspace/applyEdit``."""
        self._answers = dict(answers or {})
        self._numbers = itertools.count(1)
        self._pending: dict[int, Pending] = {}
        self._changed = threading.Condition()
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._last_words: deque[str] = deque(maxlen=200)
        self._ended = False
        self.process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            start_new_session=True,
        )
        assert self.process.stdin
        assert self.process.stdout
        assert self.process.stderr
        _RUNNING.add(self)
        self._threads = [
            threading.Thread(target=self._post, args=(self.process.stdin,), daemon=True),
            threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True),
            threading.Thread(target=self._listen, args=(self.process.stderr,), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        """The client itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def initialize(
        self,
        root: Path | None,
        *,
        encodings: Sequence[str] | None = None,
        options: Json = None,
        folders: Sequence[Path] | None = None,
    ) -> Json:
        """Do the handshake for a root folder and give back the server's answer.

        ``encodings`` replaces the profile's offer of position encodings.
        """
        roots = list(folders) if folders is not None else [root] if root else []
        result = self.request(
            "initialize",
            {
                "processId": os.getpid(),
                "clientInfo": client_info(self.profile),
                "rootUri": root.as_uri() if root else None,
                "rootPath": str(root) if root else None,
                "workspaceFolders": [{"uri": path.as_uri(), "name": path.name} for path in roots] or None,
                "capabilities": capabilities_of(self.profile, encodings),
                "initializationOptions": options,
            },
        )
        self.capabilities = (result or {}).get("capabilities") or {}
        self.notify("initialized", {})
        return result

    @property
    def encoding(self) -> str:
        """The position encoding agreed on."""
        return str(self.capabilities.get("positionEncoding") or "utf-16")

    def request(self, method: str, params: Json, timeout: float | None = None) -> Json:
        """Ask and wait; raises what :meth:`Pending.result` raises."""
        return self.send(method, params).result(timeout)

    def send(self, method: str, params: Json) -> Pending:
        """Ask without waiting."""
        pending = Pending(self, next(self._numbers), method)
        with self._changed:
            self._pending[pending.number] = pending
            ended = self._ended
        if ended:
            pending.settle(None)
        self._write(_message(method, params, id=pending.number))
        return pending

    def notify(self, method: str, params: Json) -> None:
        """Send a notification."""
        self._write(_message(method, params))

    def send_bytes(self, data: bytes) -> None:
        """Send bytes as they are, whatever they are."""
        self._outbox.put(data)

    def cancel(self, pending: Pending) -> None:
        """Tell the server that an answer is no longer wanted."""
        self.notify("$/cancelRequest", {"id": pending.number})

    def wait(self, condition: Callable[[], bool], timeout: float | None = None) -> bool:
        """Wait until ``condition`` holds, looking again whenever a message arrives; whether it came to hold."""
        with self._changed:
            return self._changed.wait_for(lambda: condition() or self._ended, timeout or self.timeout) and condition()

    def received(self, method: str) -> list[Json]:
        """The params of all notifications of one method so far, oldest first."""
        with self._changed:
            return [message.get("params") for message in self.notifications if message["method"] == method]

    def busy(self) -> bool:
        """Whether some progress that was begun has not ended."""
        open_tokens: set[str] = set()
        for params in self.received("$/progress"):
            kind = (params.get("value") or {}).get("kind")
            if kind == "begin":
                open_tokens.add(str(params["token"]))
            elif kind == "end":
                open_tokens.discard(str(params["token"]))
        return bool(open_tokens)

    def errors(self) -> str:
        """The last lines that the server wrote to its standard error."""
        return "\n".join(self._last_words)

    def report(self, what: str) -> str:
        """A message with the exit code and the server's last words."""
        if self._ended:
            # What it said before it closed its output may still be on its way.
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(1.0)
            self._threads[-1].join(1.0)
        code = self.process.poll()
        ending = "" if code is None else f" (exit code {code})"
        said = "\n".join(list(self._last_words)[-25:])
        return f"{what}{ending}" + (f"; on its standard error:\n{said}" if said else "")

    def shutdown(self, timeout: float | None = None) -> int:
        """Say goodbye politely and give back the exit code; raises :class:`TimedOutError` when the process stays."""
        self.request("shutdown", None, timeout)
        self.notify("exit", None)
        try:
            return self.process.wait(timeout or self.timeout)
        except subprocess.TimeoutExpired:
            raise TimedOutError(self.report("the process stays after exit")) from None

    def close(self) -> None:
        """End the process and all that it started, politely if it is quick; safe to call twice."""
        if self.process.poll() is None and not self._ended:
            with contextlib.suppress(WireError, ResponseError):
                self.shutdown(timeout=2.0)
        self.kill()

    def kill(self) -> None:
        """End the process group at once and wait for it."""
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            self.process.kill()
        self.process.wait()
        self._outbox.put(None)
        for thread in self._threads:
            thread.join(2)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            with contextlib.suppress(OSError, ValueError):
                if stream:
                    stream.close()
        _RUNNING.discard(self)

    def _write(self, message: Json) -> None:
        self._outbox.put(framed(message))

    def _post(self, stream: IO[bytes]) -> None:
        # A thread of its own: were the reader to write, two full pipes could block each other for ever.
        # A server that went away shows in the answer that never comes.
        with contextlib.suppress(OSError, ValueError):
            while (message := self._outbox.get()) is not None:
                stream.write(message)
                stream.flush()

    def _listen(self, stream: IO[bytes]) -> None:
        with contextlib.suppress(ValueError, OSError):
            for line in stream:
                self._last_words.append(line.decode(errors="replace").rstrip())

    def _read(self, stream: IO[bytes]) -> None:
        try:
            while (message := read_message(stream)) is not None:
                self._dispatch(message)
        except (ValueError, OSError) as error:
            self._last_words.append(f"(what the server wrote cannot be read: {error})")
        with self._changed:
            self._ended = True
            for pending in self._pending.values():
                pending.settle(None)
            self._pending.clear()
            self._changed.notify_all()

    def _dispatch(self, message: Json) -> None:
        with self._changed:
            if "method" not in message:
                pending = self._pending.pop(message.get("id"), None)
                if pending:
                    pending.settle(message)
                else:
                    self.strays.append(message)
            elif "id" in message:
                self.requests.append(message)
            else:
                self.notifications.append(message)
            self._changed.notify_all()
        if "method" in message and "id" in message:
            result = self._answer(message["method"], message.get("params"))
            self._write({"jsonrpc": "2.0", "id": message["id"], "result": result})

    def _answer(self, method: str, params: Json) -> Json:
        if method in self._answers:
            return self._answers[method](params)
        if method == "workspace/configuration":
            return [self.settings.get(item.get("section") or "") for item in params["items"]]
        if method == "client/registerCapability":
            for registration in params["registrations"]:
                self.registrations[registration["method"]] = registration.get("registerOptions")
        if method == "workspace/applyEdit":
            self.applied.append(params["edit"])
            return {"applied": True}
        return None


def read_message(stream: IO[bytes]) -> Json:
    """The next message of a stream, or ``None`` at its end; lines that are no header are skipped."""
    length = None
    while line := stream.readline():
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
        elif not line.strip() and length is not None:
            body = stream.read(length)
            return json.loads(body) if len(body) == length else None
    return None


def _message(method: str, params: Json, **more: Json) -> Json:
    """A message; one without params has no such member, since JSON-RPC knows no params that are null."""
    return {"jsonrpc": "2.0", **more, "method": method, **({} if params is None else {"params": params})}


def framed(message: Json) -> bytes:
    """A message as it goes over the wire."""
    body = json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


@atexit.register
def _kill_all() -> None:
    for client in list(_RUNNING):
        client.kill()
