"""An adapter: VS Code's Markdown language server as a server of its own, its client's half of the work done here.

Run as ``python vscode_markdown.py node PATH/TO/main.js``. That server asks its client to parse Markdown and to read
files, wants its settings pushed whole, and expects to be told of changes on disk; a plain client does none of that.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.front_matter import front_matter_plugin

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from speclib.drivers import path_of_uri
from speclib.positions import Json, Lines
from speclib.wire import framed, read_message

SETTINGS: Json = {
    "markdown": {
        "server": {"log": "off"},
        "suggest": {"paths": {"enabled": True, "includeWorkspaceHeaderCompletions": "onDoubleHash"}},
        "preferredMdPathExtensionStyle": "auto",
        "occurrencesHighlight": {"enabled": True},
        "validate": {
            "enabled": True,
            "referenceLinks": {"enabled": "warning"},
            "fragmentLinks": {"enabled": "warning"},
            "fileLinks": {"enabled": "warning", "markdownFragmentLinks": "inherit"},
            "ignoredLinks": [],
            "unusedLinkDefinitions": {"enabled": "hint"},
            "duplicateLinkDefinitions": {"enabled": "warning"},
        },
    }
}
OPTIONS: Json = {
    "markdownFileExtensions": ["md", "markdown"],
    "i18lLocation": None,
    "excludePaths": ["**/.*", "**/node_modules/**"],
}
WATCHED_FILES = {"id": "files", "method": "workspace/didChangeWatchedFiles", "registerOptions": {"watchers": []}}


class Adapter:
    """Two pumps, one each way, that let pass what both sides understand."""

    def __init__(self, command: list[str]) -> None:
        """Start the server behind the adapter."""
        self.server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.root = Path()
        self.texts: dict[str, str] = {}
        self.parser = (
            MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).use(front_matter_plugin)
        )
        self.watchers: dict[int, str] = {}
        self.lock = threading.Lock()

    def run(self) -> int:
        """Serve until one side ends; the exit code of the server behind."""
        assert self.server.stdout
        threading.Thread(target=self.from_server, args=(self.server.stdout,), daemon=True).start()
        while (message := read_message(sys.stdin.buffer)) is not None:
            self.from_client(message)
            if message.get("method") == "exit":
                break
        self.server.terminate()
        return self.server.wait() and 0

    def from_client(self, message: Json) -> None:
        """Note what is opened and typed, add what the server wants to know, and pass on."""
        method, params = message.get("method"), message.get("params")
        if method == "initialize":
            self.root = Path(path_of_uri(params["rootUri"]))
            params["initializationOptions"] = OPTIONS
        elif method == "textDocument/didOpen":
            self.texts[path_of_uri(params["textDocument"]["uri"])] = params["textDocument"]["text"]
        elif method == "textDocument/didChange":
            self.change(params)
        elif method == "textDocument/didClose":
            self.texts.pop(path_of_uri(params["textDocument"]["uri"]), None)
        if str(message.get("id", "")) == WATCHED_FILES["id"]:
            return
        self.to_server(message)
        if method == "initialized":
            self.to_server(
                {"jsonrpc": "2.0", "method": "workspace/didChangeConfiguration", "params": {"settings": SETTINGS}}
            )
            registration = {"registrations": [WATCHED_FILES]}
            ask = {"id": WATCHED_FILES["id"], "method": "client/registerCapability", "params": registration}
            self.to_client({"jsonrpc": "2.0", **ask})
        elif method == "workspace/didChangeWatchedFiles":
            self.tell_watchers(params)

    def change(self, params: Json) -> None:
        """Apply a change to the adapter's own copy of an open note."""
        path = path_of_uri(params["textDocument"]["uri"])
        for change in params["contentChanges"]:
            text = self.texts.get(path, "")
            if "range" in change:
                start, end = Lines(text).span(change["range"], "utf-16")
                self.texts[path] = text[:start] + change["text"] + text[end:]
            else:
                self.texts[path] = change["text"]

    def tell_watchers(self, params: Json) -> None:
        """Turn changes on disk into those that the server's own watchers wait for."""
        kinds = {1: "create", 2: "change", 3: "delete"}
        for change in params["changes"]:
            for number, uri in self.watchers.items():
                if path_of_uri(uri) == path_of_uri(change["uri"]):
                    event = {"id": number, "uri": change["uri"], "kind": kinds[change["type"]]}
                    ask = {"id": f"watch-{number}", "method": "markdown/fs/watcher/onChange", "params": event}
                    self.to_server({"jsonrpc": "2.0", **ask})

    def from_server(self, stream: IO[bytes]) -> None:
        """Answer what only a Markdown client can, pass the rest on."""
        while (message := read_message(stream)) is not None:
            method = message.get("method", "")
            if method.startswith("markdown/") and "id" in message:
                result = self.answer(method, message.get("params"))
                self.to_server({"jsonrpc": "2.0", "id": message["id"], "result": result})
            elif not str(message.get("id", "")).startswith("watch-"):
                self.to_client(message)

    def answer(self, method: str, params: Json) -> Json:
        """What a Markdown client answers."""
        if method == "markdown/findMarkdownFilesInWorkspace":
            found = [*self.root.rglob("*.md"), *self.root.rglob("*.markdown")]
            return [uri_of(path) for path in found if not any(part.startswith(".") for part in path.parts)]
        if method == "markdown/fs/watcher/create":
            self.watchers[params["id"]] = params["uri"]
        if method == "markdown/fs/watcher/delete":
            self.watchers.pop(params["id"], None)
        if method.startswith("markdown/fs/watcher/"):
            return None
        path = Path(path_of_uri(params["uri"]))
        if method == "markdown/parse":
            text = params.get("text") or self.texts.get(str(path))
            return [plain(token) for token in self.parser.parse(text if text is not None else read(path))]
        if method == "markdown/fs/readFile":
            return list(path.read_bytes()) if path.is_file() else []
        if method == "markdown/fs/stat":
            return {"isDirectory": path.is_dir()} if path.exists() else None
        if method == "markdown/fs/readDirectory":
            return [[entry.name, {"isDirectory": entry.is_dir()}] for entry in sorted(path.iterdir())]
        return None

    def to_server(self, message: Json) -> None:
        """Send to the server behind."""
        assert self.server.stdin
        with self.lock:
            self.server.stdin.write(framed(message))
            self.server.stdin.flush()

    def to_client(self, message: Json) -> None:
        """Send to the client in front."""
        with self.lock:
            sys.stdout.buffer.write(framed(message))
            sys.stdout.buffer.flush()


def plain(token: Token) -> dict[str, Any]:
    """A token as VS Code's client sends it."""
    return {
        "type": token.type,
        "markup": token.markup,
        "content": token.content,
        "map": token.map,
        "children": [plain(child) for child in token.children] if token.children else None,
    }


def read(path: Path) -> str:
    """The text of a file; empty where there is none."""
    return path.read_bytes().decode("utf-8-sig", errors="replace") if path.is_file() else ""


def uri_of(path: Path) -> str:
    """A file's URI, with nothing escaped but what must be."""
    return "file://" + quote(str(path))


if __name__ == "__main__":
    sys.exit(Adapter(sys.argv[1:]).run())
