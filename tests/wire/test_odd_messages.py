"""Odd messages: every request is answered, whatever is wrong with it; nothing is a traceback, and the server lives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from notes_lsp.workspace.disk.roots import resolve_path
from served import SOON, Editor
from speclib.console import environment_of
from speclib.drivers import write_notes
from speclib.ours import COMMAND
from speclib.wire import Client, framed

pytestmark = pytest.mark.wire

HOVER = "textDocument/hover"
PLAIN = "workspace/symbol"
INVALID_REQUEST, NOT_FOUND, INVALID_PARAMS, PARSE_ERROR = -32600, -32601, -32602, -32700

REQUESTS: dict[str, tuple[Any, Any, int | None]] = {
    "no jsonrpc": ({"id": 99, "method": PLAIN, "params": {"query": ""}}, 99, None),
    "another jsonrpc": ({"jsonrpc": "1.0", "id": 99, "method": PLAIN, "params": {"query": ""}}, 99, None),
    "jsonrpc of another type": ({"jsonrpc": 2, "id": 99, "method": PLAIN, "params": {"query": ""}}, 99, None),
    "an id with a fraction": ({"id": 1.5, "method": PLAIN, "params": {"query": ""}}, 1.5, None),
    "an id that is a text": ({"id": "ünïque", "method": PLAIN, "params": {"query": ""}}, "ünïque", None),
    "an empty id": ({"id": "", "method": PLAIN, "params": {"query": ""}}, "", None),
    "a negative id": ({"id": -1, "method": PLAIN, "params": {"query": ""}}, -1, None),
    "a huge id": ({"id": 10**300, "method": PLAIN, "params": {"query": ""}}, 10**300, None),
    "an id of nothing": ({"id": None, "method": PLAIN, "params": {"query": ""}}, None, INVALID_REQUEST),
    "an id that is an object": ({"id": {"a": 1}, "method": PLAIN, "params": {"query": ""}}, None, INVALID_REQUEST),
    "an id that is a list": ({"id": [1], "method": PLAIN, "params": {"query": ""}}, None, INVALID_REQUEST),
    "an id that is true": ({"id": True, "method": PLAIN, "params": {"query": ""}}, None, INVALID_REQUEST),
    "an id without an end": ({"id": float("inf"), "method": PLAIN, "params": {"query": ""}}, None, INVALID_REQUEST),
    "a method that is a number": ({"id": 99, "method": 5}, 99, INVALID_REQUEST),
    "a method that is null": ({"id": 99, "method": None}, 99, INVALID_REQUEST),
    "a method that is a list": ({"id": 99, "method": ["shutdown"]}, 99, INVALID_REQUEST),
    "an empty method": ({"id": 99, "method": ""}, 99, NOT_FOUND),
    "an unknown method": ({"id": 99, "method": "\ud800", "params": {}}, 99, NOT_FOUND),
    "unknown, with a scalar": ({"id": 99, "method": "x", "params": 5}, 99, NOT_FOUND),
    "no method": ({"id": 99}, 99, INVALID_REQUEST),
    "params that are a number": ({"id": 99, "method": HOVER, "params": 5}, 99, INVALID_PARAMS),
    "params that are a text": ({"id": 99, "method": HOVER, "params": "hub.md"}, 99, INVALID_PARAMS),
    "params that are a list": ({"id": 99, "method": HOVER, "params": [1, 2]}, 99, INVALID_PARAMS),
    "params that are true": ({"id": 99, "method": HOVER, "params": True}, 99, INVALID_PARAMS),
    "no params": ({"id": 99, "method": HOVER}, 99, INVALID_PARAMS),
    "a notification with an id": ({"id": 99, "method": "textDocument/didSave", "params": {}}, 99, INVALID_REQUEST),
    "initialized with an id": ({"id": 99, "method": "initialized", "params": {}}, 99, INVALID_REQUEST),
    "a command of another type": (
        {"id": 99, "method": "workspace/executeCommand", "params": {"command": 5}},
        99,
        INVALID_PARAMS,
    ),
    "arguments of another type": (
        {"id": 99, "method": "workspace/executeCommand", "params": {"command": "notes.query", "arguments": 5}},
        99,
        INVALID_PARAMS,
    ),
    "a batch": ([{"jsonrpc": "2.0", "id": 99, "method": PLAIN, "params": {"query": ""}}], None, INVALID_REQUEST),
    "an empty batch": ([], None, INVALID_REQUEST),
    "a bare number": (17, None, INVALID_REQUEST),
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """One server for all that it is sent here, since it lives through it all."""
    root = resolve_path(tmp_path_factory.mktemp("odd")) / "vault"
    write_notes(root, {".notes-lsp.toml": "", "hub.md": "# Hub\n", "one.md": "[[hub]]\n"})
    with Client(COMMAND, cwd=root, env=environment_of(root)) as client:
        client.initialize(root)
        yield Editor(client, root)


@pytest.mark.parametrize("message,number,code", REQUESTS.values(), ids=REQUESTS.keys())
def test_a_request_is_answered(served: Editor, message: Any, number: Any, code: int | None) -> None:
    """With the error that fits, to the id that it had if it was one."""
    served.client.strays.clear()
    served.client.send_bytes(framed(message))

    assert served.client.wait(lambda: bool(served.client.strays))
    (answer,) = served.client.strays
    assert answer["id"] == number
    assert answer.get("error", {}).get("code") == code
    assert "Traceback" not in served.client.errors()


DISREGARDED: dict[str, Any] = {
    "a response to nothing": {"id": 5, "result": None},
    "a response to a text": {"id": "who knows", "result": {"applied": True}},
    "a response to a list": {"id": [1], "result": None},
    "a response to null": {"id": None, "result": None},
    "an error for nothing": {"id": 5, "error": {"code": -1, "message": "no"}},
    "an error without a code": {"id": "x", "error": {}},
    "an error that is a text": {"id": None, "error": "no"},
    "a result and an error": {"id": 5, "result": 1, "error": None},
    "a method of another type": {"method": 5},
    "an unknown notification": {"method": "textDocument/exploded", "params": 5},
    "a request without an id": {"method": HOVER, "params": {}},
    "exit of another type": {"method": ["exit"]},
    "a cancellation of nothing": {"method": "$/cancelRequest", "params": {"id": 5}},
    "a cancellation of a list": {"method": "$/cancelRequest", "params": {"id": [1]}},
    "a cancellation without an id": {"method": "$/cancelRequest", "params": {}},
    "progress for nobody": {"method": "$/progress", "params": {"token": {"a": 1}, "value": 5}},
    "a trace of another kind": {"method": "$/setTrace", "params": {"value": "loud"}},
}


@pytest.mark.parametrize("message", DISREGARDED.values(), ids=DISREGARDED.keys())
def test_what_needs_no_answer_gets_none(served: Editor, message: Any) -> None:
    """It is passed over, with an id of null as without one."""
    served.client.strays.clear()
    served.client.send_bytes(framed(message))

    assert served.definition("one.md") == ["hub.md"]
    assert served.client.strays == []
    assert "Traceback" not in served.client.errors()


def test_goodbye_without_a_version(editor: Editor) -> None:
    """Who forgets which JSON-RPC it speaks means the one that there is."""
    editor.client.send_bytes(framed({"id": 99, "method": "shutdown"}) + framed({"method": "exit", "id": None}))

    assert editor.client.process.wait(SOON) == 0
    assert [stray["result"] for stray in editor.client.strays] == [None]


def test_a_stream_in_the_middle_of_nonsense(editor: Editor) -> None:
    """What surrounds a wrong length, a batch and garbage is answered as ever."""
    question = {"textDocument": {"uri": editor.uri("one.md")}, "position": {"line": 0, "character": 3}}
    asked = framed({"jsonrpc": "2.0", "id": 900, "method": "textDocument/definition", "params": question})
    for nonsense in (
        b"Content-Length: 3\r\n\r\n" + asked.partition(b"\r\n\r\n")[2].replace(b"900", b"901"),
        b"Content-Length: 9999\r\n\r\n" + asked.partition(b"\r\n\r\n")[2].replace(b"900", b"902"),
        b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n" + asked.partition(b"\r\n\r\n")[2].replace(b"900", b"903"),
        b"Content-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: here\r\n\r\n",
        b"Content-Length: 5\r\n\r\n\xff\xff\xff\xff\xff",
        b"x" * 300_000,
    ):
        editor.client.send_bytes(nonsense)
    editor.client.send_bytes(asked)

    def answered() -> set[Any]:
        return {stray["id"] for stray in editor.client.strays if "result" in stray}

    assert editor.client.wait(lambda: answered() == {900, 901, 902, 903}), editor.client.strays
    assert editor.definition("one.md") == ["hub.md"]
