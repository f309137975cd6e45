"""Served: a client of a real server process, with the few gestures that wire tests are made of."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from notes_lsp.workspace.disk.roots import resolve_path, uri_to_path
from speclib.wire import Client

SOON = 15.0
"""Seconds within which anything happens on the slowest of machines; what is waited for comes in a fraction of one."""


class Editor:
    """A client of one server, with the few gestures that the tests are made of."""

    def __init__(self, client: Client, root: Path) -> None:
        """Speak through ``client`` of notes below ``root``."""
        self.client = client
        self.root = root

    def uri(self, path: str) -> str:
        """The URI of a note."""
        return (self.root / path).as_uri()

    def open(self, path: str, text: str) -> None:
        """Open a buffer."""
        self.open_uri(self.uri(path), text)

    def open_uri(self, uri: str, text: str) -> None:
        """Open a buffer that may be anywhere."""
        item = {"uri": uri, "languageId": "markdown", "version": 1, "text": text}
        self.client.notify("textDocument/didOpen", {"textDocument": item})

    def change(self, path: str, *changes: dict[str, Any]) -> None:
        """Type."""
        document = {"uri": self.uri(path), "version": 2}
        self.client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": list(changes)})

    def close(self, path: str) -> None:
        """Close a buffer."""
        self.client.notify("textDocument/didClose", {"textDocument": {"uri": self.uri(path)}})

    def ask(self, method: str, uri: str, line: int = 0, column: int = 0, **more: Any) -> Any:
        """Ask something about a place."""
        position = {"line": line, "character": column}
        return self.client.request(method, {"textDocument": {"uri": uri}, "position": position, **more})

    def definition(self, path: str, line: int = 0, column: int = 3) -> list[str]:
        """Where the link at a place leads, as paths below the root."""
        return self.definition_at(self.uri(path), line, column)

    def definition_at(self, uri: str, line: int = 0, column: int = 3) -> list[str]:
        """Where the link at a place leads, as paths below the root."""
        found = self.ask("textDocument/definition", uri, line, column) or []
        return [self.path_of(target.get("targetUri") or target["uri"]) for target in found]

    def mentions(self, path: str) -> list[str]:
        """The notes that link to a note."""
        found = self.ask("textDocument/references", self.uri(path), context={"includeDeclaration": False}) or []
        return sorted({self.path_of(location["uri"]) for location in found})

    def path_of(self, uri: str) -> str:
        """The path of a URI below the root."""
        path = uri_to_path(uri)
        assert path is not None
        return resolve_path(path).relative_to(resolve_path(self.root)).as_posix()

    def eventually(self, question: Callable[[], Any], answer: Any) -> float:
        """Ask until the answer is right; returns how many seconds that took."""
        began = time.monotonic()
        while True:
            found = question()
            if found == answer:
                return time.monotonic() - began
            assert time.monotonic() - began < SOON, f"still {found!r}, not {answer!r}"
            time.sleep(0.02)


Start = Callable[..., Editor]
"""Starts a server on a root; see the fixture."""
