"""A stub server for testing the library itself: wiki links by stem and headings, and on demand every misbehaviour.

Run as ``python stub.py [MODE ...]``; modes: ``crash``, ``hang``, ``noise``, ``chatty``, ``error``, ``stays``, ``mute``.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

MODES = set(sys.argv[1:])
TEXTS: dict[str, str] = {}
STATE: dict[str, Any] = {"root": Path(), "next": 0}
LINK = re.compile(r"\[\[([^\]|#\n]*)\]\]")


def send(message: dict[str, Any]) -> None:
    """Write one message."""
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    sys.stdout.buffer.flush()


def read() -> dict[str, Any]:
    """The next message; ends the process at the end of the input."""
    length = 0
    while (line := sys.stdin.buffer.readline()) not in {b"\r\n", b""}:
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    if not length:
        sys.exit(0)
    message: dict[str, Any] = json.loads(sys.stdin.buffer.read(length))
    return message


def path_of(uri: str) -> Path:
    """The path of a file URI."""
    return Path(unquote(urlsplit(uri).path))


def text_of(path: Path) -> str:
    """The text of a note as the editor has it."""
    return TEXTS.get(str(path)) or path.read_bytes().decode("utf-8-sig")


def at(line: int, start: int, end: int) -> dict[str, Any]:
    """A range within a line."""
    return {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}


def uri_of(path: Path) -> str:
    """The URI of a path."""
    return "file://" + quote(str(path))


def notes() -> list[Path]:
    """All notes."""
    return sorted(Path(STATE["root"]).rglob("*.md"))


def definition(params: dict[str, Any]) -> Any:
    """The note whose stem the link under the cursor names."""
    line = text_of(path_of(params["textDocument"]["uri"])).split("\n")[params["position"]["line"]]
    for match in LINK.finditer(line):
        if match.start() <= params["position"]["character"] <= match.end():
            found = [note for note in notes() if note.stem == match[1]]
            return [{"uri": uri_of(note), "range": at(0, 0, 0)} for note in found]
    return None


def references(params: dict[str, Any]) -> Any:
    """All links that say the same as the one under the cursor."""
    targets = {location["uri"] for location in definition(params) or []}
    found = []
    for note in notes():
        for number, line in enumerate(text_of(note).split("\n")):
            for match in LINK.finditer(line):
                if match[1] in {path_of(target).stem for target in targets}:
                    found += [{"uri": uri_of(note), "range": at(number, match.start(), match.end())}]
    return found


def diagnostics(params: dict[str, Any]) -> Any:
    """A warning at each link without a note."""
    stems = {note.stem for note in notes()}
    items = []
    for number, line in enumerate(text_of(path_of(params["textDocument"]["uri"])).split("\n")):
        for match in LINK.finditer(line):
            if match[1] not in stems:
                range_ = at(number, match.start(), match.end())
                items.append({"range": range_, "severity": 2, "code": "dead", "message": "no note"})
    return {"kind": "full", "items": items}


def completion(params: dict[str, Any]) -> Any:
    """All notes, as snippets."""
    position = params["position"]
    line = text_of(path_of(params["textDocument"]["uri"])).split("\n")[position["line"]]
    start = line.rfind("[[", 0, position["character"]) + 2
    if start < 2:
        return None
    close = "" if line[position["character"] :].startswith("]]") else "]]"
    range_ = at(position["line"], start, position["character"])
    return [
        {
            "label": note.stem,
            "insertTextFormat": 2,
            "textEdit": {"range": range_, "newText": note.stem.replace("$", "\\$") + close + "$0"},
        }
        for note in notes()
    ]


def symbols(params: dict[str, Any]) -> Any:
    """The headings, nested."""
    top: list[Any] = []
    stack: list[tuple[int, list[Any]]] = [(0, top)]
    for number, line in enumerate(text_of(path_of(params["textDocument"]["uri"])).split("\n")):
        if match := re.match(r"(#+) (.*)", line):
            while stack[-1][0] >= len(match[1]):
                stack.pop()
            range_ = at(number, 0, len(line))
            children: list[Any] = []
            node = {"name": match[2], "kind": 15, "range": range_, "selectionRange": range_, "children": children}
            stack[-1][1].append(node)
            stack.append((len(match[1]), children))
    return top


def initialize(params: dict[str, Any]) -> Any:
    """What the stub can do."""
    STATE["root"] = path_of(params["rootUri"])
    return {
        "capabilities": {
            "textDocumentSync": 1,
            "definitionProvider": True,
            "referencesProvider": True,
            "completionProvider": {},
            "documentSymbolProvider": True,
            **({} if "mute" in MODES else {"diagnosticProvider": {}}),
        }
    }


def shutdown(params: Any) -> Any:
    """Nothing, with thanks."""
    del params


ANSWERS: dict[str, Callable[[Any], Any]] = {
    "initialize": initialize,
    "textDocument/definition": definition,
    "textDocument/references": references,
    "textDocument/completion": completion,
    "textDocument/documentSymbol": symbols,
    "textDocument/diagnostic": diagnostics,
    "shutdown": shutdown,
}


def misbehave(message: dict[str, Any]) -> None:
    """What the modes ask for when a definition is asked for."""
    if message["method"] != "textDocument/definition":
        return
    if "crash" in MODES:
        sys.stderr.write("stub: crashing as told\n")
        sys.stderr.flush()
        os._exit(3)
    if "hang" in MODES:
        time.sleep(600)
    if "noise" in MODES:
        sys.stdout.buffer.write(b"hello, I am no header\n")
    if "chatty" in MODES:
        for method in ("workspace/configuration", "client/registerCapability"):
            STATE["next"] += 1
            params = {"items": [{"section": "stub"}], "registrations": [{"id": "1", "method": "x/y"}]}
            send({"id": f"s{STATE['next']}", "method": method, "params": params})
            STATE[method] = read()["result"]
        told = json.dumps(STATE["workspace/configuration"])
        send({"method": "window/logMessage", "params": {"type": 3, "message": told}})


def main() -> None:
    """Serve."""
    while True:
        message = read()
        method = message.get("method", "")
        if method == "exit":
            if "stays" in MODES:
                time.sleep(600)
            return
        if method in {"textDocument/didOpen", "textDocument/didChange"}:
            params = message["params"]
            changes = params.get("contentChanges") or [{"text": params["textDocument"]["text"]}]
            TEXTS[str(path_of(params["textDocument"]["uri"]))] = changes[-1]["text"]
        if "id" not in message or not method:
            continue
        misbehave(message)
        if method not in ANSWERS or ("error" in MODES and method == "textDocument/definition"):
            send({"id": message["id"], "error": {"code": -32601, "message": f"no {method}"}})
        else:
            send({"id": message["id"], "result": ANSWERS[method](message.get("params"))})


if __name__ == "__main__":
    main()
