"""A server on a port: only a client that speaks the protocol and knows the token is answered."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, cast

import pytest

from speclib.wire import framed, read_message


class Served:
    """A server's process, and where it listens."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Wait until it says so."""
        assert process.stderr is not None
        said = process.stderr.readline()
        self.process = process
        self.port = int(said.split(";")[0].rpartition(":")[2])
        self.token = str(json.loads(said.partition("initializationOptions: ")[2])["token"])

    @contextlib.contextmanager
    def connect(self) -> Generator[IO[bytes]]:
        """A new connection."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=15) as made, made.makefile("rwb") as stream:
            yield cast("IO[bytes]", stream)


@pytest.fixture
def served(environment: Mapping[str, str], tmp_path: Path) -> Iterator[Served]:
    """A server on a free port."""
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "notes_lsp", "serve", "--tcp", "0"],
        cwd=tmp_path, env={**os.environ, **environment}, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        yield Served(process)
        process.kill()


def hello(root: Path, **options: str) -> Any:
    """The first message."""
    params = {"processId": None, "rootUri": root.as_uri(), "capabilities": {}, "initializationOptions": options}
    return {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}


def said_to(served: Served, data: bytes) -> bytes:
    """All that is answered to some bytes until the server hangs up."""
    with served.connect() as stream:
        stream.write(data)
        stream.flush()
        return stream.read()


def test_only_who_knows_the_token_is_served(served: Served, root: Path) -> None:
    """Browsers are hung up on, others are told what is missing; the server waits for the right one."""
    body = json.dumps(hello(root, token=served.token)).encode()
    post = b"POST / HTTP/1.1\r\nOrigin: https://evil.example\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    assert said_to(served, post) == b""
    assert said_to(served, b"Host: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body) == b""
    assert said_to(served, b"Content-Length: 99999999999\r\n\r\n") == b""
    for first in (hello(root), hello(root, token=served.token[:-1]), {"jsonrpc": "2.0", "id": 1, "method": "shutdown"}):
        answer = said_to(served, framed(first))
        assert b"initializationOptions.token" in answer
        assert b"capabilities" not in answer

    with served.connect() as stream:
        stream.write(framed(hello(root, token=served.token)))
        stream.flush()
        answer = read_message(stream)
        assert "definitionProvider" in answer["result"]["capabilities"]
        assert said_to(served, framed(hello(root, token=served.token))) == b""
        for number, method in ((2, "shutdown"), (None, "exit")):
            numbered = {"id": number} if number else {}
            stream.write(framed({"jsonrpc": "2.0", "method": method, **numbered}))
            stream.flush()
    assert served.process.wait(15) == 0
