"""Over the wire: whatever a client sends and however its folders are called, it is answered; nothing is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from served import SOON, Editor, Start
from speclib.wire import ResponseError

pytestmark = pytest.mark.wire


def codes(editor: Editor, uri: str) -> list[str]:
    """The codes of the diagnostics of a note."""
    report = editor.client.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
    return [item["code"] for item in report["items"]]


def fails(editor: Editor, method: str, params: Any) -> int:
    """The code of the error that a request is answered with."""
    with pytest.raises(ResponseError) as caught:
        editor.client.request(method, params)
    return caught.value.code


# Roots


def test_folders_come_and_go_with_their_notes_open(editor: Editor, tmp_path: Path) -> None:
    """An open note moves to whichever folder serves it, and stays itself when none does."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "there.md").write_text("# There\n", encoding="utf-8")
    note = (other / "note.md").as_uri()
    editor.open_uri(note, "[[there]]\n")
    folder = {"uri": other.as_uri(), "name": "other"}
    assert not editor.ask("textDocument/definition", note, 0, 3)

    def change(added: list[Any], removed: list[Any]) -> None:
        event = {"event": {"added": added, "removed": removed}}
        editor.client.notify("workspace/didChangeWorkspaceFolders", event)

    change([folder], [])
    editor.eventually(lambda: bool(editor.ask("textDocument/definition", note, 0, 3)), answer=True)
    change([], [folder])
    editor.eventually(lambda: bool(editor.ask("textDocument/definition", note, 0, 3)), answer=False)
    assert editor.definition("one.md") == ["hub.md"]


def test_without_a_root_the_nearest_marker_makes_one(start: Start, root: Path) -> None:
    """A client that names no folder is served from the one with a marker above the first note it opens."""
    editor = start(root, initialize=False)
    editor.client.initialize(None)

    editor.open("sub/two.md", "[[Hub#Rose]]\n")

    editor.eventually(lambda: editor.definition("sub/two.md"), ["hub.md"])


def test_a_note_in_the_home_folder(start: Start, environment: Mapping[str, str]) -> None:
    """It is served by itself: links inside it work, and none into the unknown is called broken."""
    home = Path(environment["HOME"])
    home.mkdir(parents=True)
    editor = start(home, initialize=False)
    editor.client.initialize(None)

    editor.open("note.md", "[[#Here]] [[elsewhere]] [[#nowhere]]\n\n# Here\n")

    assert editor.definition("note.md") == ["note.md"]
    assert codes(editor, editor.uri("note.md")) == ["broken-anchor"]


def test_a_buffer_without_a_file(editor: Editor) -> None:
    """A buffer that was never saved has an outline and links of its own, under the URI its editor gave it."""
    editor.open_uri("untitled:Untitled-1", "[[#Here]]\n\n# Here\n")

    (found,) = editor.ask("textDocument/definition", "untitled:Untitled-1", 0, 4)
    assert (found.get("targetUri") or found["uri"]) == "untitled:Untitled-1"
    symbols = editor.client.request("textDocument/documentSymbol", {"textDocument": {"uri": "untitled:Untitled-1"}})
    assert [symbol["name"] for symbol in symbols] == ["Here"]


@pytest.mark.parametrize("spelled", ["{root}", "{root}/", "{root}/.", "{root}/sub/..", "file:///"])
def test_a_folder_opened_as_a_note(editor: Editor, root: Path, spelled: str) -> None:
    """It is a note by itself, of which no other note of the vault ever hears."""
    editor.open("one.md", "[[hib]]\n[link](hib.md)\n")
    editor.open_uri(spelled.format(root=root.as_uri()), "# Hib\n\n[[#Hib]] [[hub]]\n")
    everything = {"start": {"line": 0, "character": 0}, "end": {"line": 2, "character": 0}}

    offered = editor.client.request(
        "textDocument/codeAction",
        {"textDocument": {"uri": editor.uri("one.md")}, "range": everything, "context": {"diagnostics": []}},
    )

    assert [action["title"] for action in offered]
    assert editor.mentions("hub.md") == ["sub/two.md"]


@pytest.mark.parametrize("name", ["with space", "münchen", "C# 100%", "🌱", "a+b&c;d", "~tilde's"])
def test_roots_of_any_name(start: Start, tmp_path: Path, name: str) -> None:
    """However a folder is called and however its URI spells that, its notes are found in it."""
    root = tmp_path / name
    root.mkdir()
    (root / "a.md").write_text("[[b]]\n", encoding="utf-8")
    (root / "b.md").write_text("text\n", encoding="utf-8")

    editor = start(root)

    assert editor.definition("a.md") == ["b.md"]
    assert editor.mentions("b.md") == ["a.md"]


def test_a_root_behind_a_link(start: Start, root: Path, tmp_path: Path) -> None:
    """A vault is served under the name it was opened by, and the buffers of either name are the same notes."""
    link = tmp_path / "link"
    link.symlink_to(root)

    editor = start(link)
    editor.open("one.md", "[[sub/two]]\n")

    assert editor.definition("one.md") == ["sub/two.md"]
    assert editor.definition_at((root / "one.md").as_uri()) == ["sub/two.md"]


# Texts


def test_edits_beyond_the_text_are_clamped(editor: Editor) -> None:
    """Positions past a line or past the end mean its end; CRLF and emoji count as the protocol says."""
    editor.open("one.md", "🌱🌱 x\r\n[[hub]]\r\n")

    def at(line: int, column: int, to_line: int, to_column: int, text: str) -> dict[str, Any]:
        start, end = {"line": line, "character": column}, {"line": to_line, "character": to_column}
        return {"range": {"start": start, "end": end}, "text": text}

    editor.change("one.md", at(0, 5, 0, 999, "[[sub/two]]"), at(99, 0, 99, 9, "[[hub#Rose]]"))

    assert editor.definition("one.md", 0, 8) == ["sub/two.md"]
    assert editor.definition("one.md", 1, 3) == ["hub.md"]
    assert editor.definition("one.md", 2, 3) == ["hub.md"]
    editor.change("one.md", {"text": "[[sub/two]]"})
    assert editor.definition("one.md", 0, 99) == ["sub/two.md"]


def test_half_a_character(editor: Editor) -> None:
    """JSON can spell a lone surrogate, which no text can hold: it is replaced, and all else is served."""
    body = {
        "jsonrpc": "2.0",
        "method": "textDocument/didOpen",
        "params": {
            "textDocument": {
                "uri": editor.uri("one.md"),
                "languageId": "markdown",
                "version": 1,
                "text": "\ud800 [[hub]]",
            }
        },
    }
    data = json.dumps(body).encode()
    editor.client.send_bytes(b"Content-Length: %d\r\n\r\n" % len(data) + data)

    assert editor.definition("one.md", 0, 4) == ["hub.md"]
    assert editor.mentions("hub.md") == ["one.md", "sub/two.md"]


# The protocol


def test_what_is_not_understood_is_answered(editor: Editor) -> None:
    """An unknown method, with parameters or without, and parameters that are none: an error each; the server lives."""
    assert fails(editor, "textDocument/teleport", {"x": 1}) == -32601
    assert fails(editor, "textDocument/teleport", None) == -32601
    assert fails(editor, "textDocument/definition", {"textDocument": 7}) == -32602
    assert fails(editor, "textDocument/definition", None) == -32602
    editor.client.notify("textDocument/teleported", {"x": 1})
    editor.client.notify("$/whatever", None)
    editor.client.notify("textDocument/didChange", {"textDocument": 7})

    assert editor.definition("one.md") == ["hub.md"]


def test_order_is_kept(start: Start, root: Path) -> None:
    """Before initialize and after shutdown nothing is answered but with the error that the protocol has for it."""
    editor = start(root, initialize=False)
    question = {"textDocument": {"uri": editor.uri("one.md")}, "position": {"line": 0, "character": 3}}
    assert fails(editor, "textDocument/definition", question) == -32002
    editor.client.initialize(root)
    assert editor.definition("one.md") == ["hub.md"]

    editor.client.request("shutdown", None)

    assert fails(editor, "textDocument/definition", question) == -32600
    editor.client.notify("exit", None)
    assert editor.client.process.wait(SOON) == 0


@pytest.mark.parametrize("method", ["workspace/executeCommand", "textDocument/references", "workspace/diagnostic"])
def test_goodbye_is_answered_whatever_is_begun(start: Start, root: Path, method: str) -> None:
    """So is everything that was asked before it, be it with the error for what is called off."""
    editor = start(root)
    slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    place = {"textDocument": {"uri": editor.uri("hub.md")}, "position": {"line": 0, "character": 0}}
    command = {"command": "notes.query", "arguments": [{"sql": slow}]}
    question = {**place, **command, "context": {"includeDeclaration": True}, "previousResultIds": []}
    asked = [editor.client.send(method, question) for _ in range(3)]

    assert editor.client.request("shutdown", None) is None

    assert {_error(one) for one in asked} <= {None, -32800}
    editor.client.notify("exit", None)
    assert editor.client.process.wait(SOON) == 0


def _error(waiting: Any) -> int | None:
    try:
        waiting.result()
    except ResponseError as error:
        return error.code
    return None


def test_a_request_that_waits_can_be_cancelled(start: Start, root: Path) -> None:
    """It is answered with the error for that, and the server goes on."""
    for number in range(1000):
        (root / f"{number}.md").write_text("# x\n\n[[hub]] and *more*.\n" * 20, encoding="utf-8")
    editor = start(root)
    editor.open("one.md", "[[hub]]\n")
    question = {"textDocument": {"uri": editor.uri("hub.md")}, "position": {"line": 0, "character": 0}}
    waiting = editor.client.send("textDocument/references", {**question, "context": {"includeDeclaration": True}})

    editor.client.cancel(waiting)

    with pytest.raises(ResponseError) as caught:
        waiting.result()
    assert caught.value.code == -32800
    assert editor.definition("one.md") == ["hub.md"]


def test_leaving_without_goodbye_is_an_error(editor: Editor) -> None:
    """Exit without shutdown ends the server with 1, as the protocol asks."""
    editor.client.notify("exit", None)

    assert editor.client.process.wait(SOON) == 1


BREAKING = """
import sys
from lsprotocol import types
from notes_lsp.lsp import methods
from notes_lsp.lsp.server.server import Handler, NotesServer

def fail(server, params):
    raise RuntimeError("a bug")

table = tuple(
    Handler(row.method, fail, row.options) if row.method == types.TEXT_DOCUMENT_HOVER else row
    for row in methods.HANDLERS
)
NotesServer(table, methods.COMMANDS).start_io()
"""


def test_a_bug_costs_one_answer(start: Start, root: Path, tmp_path: Path) -> None:
    """A handler that raises is logged and answered with an error; the next question is answered as ever."""
    script = tmp_path / "breaking.py"
    script.write_text(BREAKING, encoding="utf-8")
    editor = start(root, command=(sys.executable, str(script)))

    question = {"textDocument": {"uri": editor.uri("one.md")}, "position": {"line": 0, "character": 3}}
    assert fails(editor, "textDocument/hover", question) == -32603

    assert editor.definition("one.md") == ["hub.md"]


# Processes


def children(pid: int) -> set[int]:
    """The processes that a process started, and those that they started."""
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    direct = {int(line) for line in found.stdout.split()}
    return direct.union(*(children(child) for child in direct))


def is_alive(pid: int) -> bool:
    """Whether a process is there and not a zombie."""
    found = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(found.stdout.strip()) and not found.stdout.startswith("Z")


@pytest.mark.skipif(sys.platform != "linux", reason="asks ps in the way of Linux")
@pytest.mark.parametrize("ending", ["exit", "pipe", "kill"])
def test_no_process_is_left(start: Start, root: Path, ending: str) -> None:
    """However the session ends, in the middle of reading many notes, the server and its workers end with it."""
    for number in range(3000):
        (root / f"{number}.md").write_text("# x\n\n[[hub]] and *more*.\n" * 20, encoding="utf-8")
    editor = start(root)
    process = editor.client.process
    editor.eventually(lambda: len(children(process.pid)) > 1, answer=True)
    family = {process.pid, *children(process.pid)}

    if ending == "exit":
        editor.client.shutdown()
    elif ending == "pipe":
        assert process.stdin is not None
        process.stdin.close()
    else:
        os.kill(process.pid, signal.SIGKILL)

    began = time.monotonic()
    while left := {pid for pid in family if pid != process.pid and is_alive(pid)}:
        assert time.monotonic() - began < SOON, f"{left} are left"
        time.sleep(0.05)
    process.wait(SOON)


def test_a_server_ends_with_its_client() -> None:
    """A client that is killed closes its end of the pipes; the server takes that for a goodbye."""
    script = (
        "import subprocess, sys, time\n"
        "server = subprocess.Popen([sys.executable, '-m', 'notes_lsp', 'serve'], stdin=subprocess.PIPE, "
        "stdout=subprocess.PIPE)\n"
        "print(server.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    client = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert client.stdout is not None
    server = int(client.stdout.readline())
    client.kill()
    client.wait()
    client.stdout.close()

    began = time.monotonic()
    while is_alive(server):
        assert time.monotonic() - began < SOON, "the server is left"
        time.sleep(0.05)
