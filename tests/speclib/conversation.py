"""Conversations: a section played step by step against a server, each question rendered as rows of plain text.

Rows are what specs hold and what is compared: no wording that a server is free to choose, places counted from 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from speclib.drivers import did_open, offers, path_of_uri, watched, write_notes
from speclib.model import Change, Place, Question, Section
from speclib.positions import Json, Lines

if TYPE_CHECKING:
    from pathlib import Path

    from speclib.drivers import Driver

WITHOUT_NOTE = frozenset({"workspace-symbols", "will-rename", "console"})
"""The questions about a whole vault."""
WITHOUT_CURSOR = frozenset(
    {"diagnostics", "symbols", "links", "folding", "prefixes", "raw", "code-lens", "inlay-hints", "tokens"}
)
"""The questions about a whole note."""


NOT_SPOKEN = "does not speak "
"""How the report begins of a server that speaks another position encoding than the one asked for."""


class UnsupportedError(Exception):
    """The server does not advertise what a question needs."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A rendered answer: rows, none of them where the server had nothing to say."""

    rows: tuple[str, ...]
    results: tuple[str, ...] = ()
    """Of a completion: beside each row, what was inserted, for comparing servers that label differently."""

    @property
    def text(self) -> str:
        """The rows as a spec holds them."""
        return "\n".join(self.rows) if self.rows else "none"


class Conversation:
    """One section, one driver, one encoding.

    ``lenient`` is for servers that are not ours: capabilities may be missing, completion is filtered fuzzily.
    """

    def __init__(self, section: Section, driver: Driver, folder: Path, encoding: str, *, lenient: bool = False) -> None:
        """Nothing happens before :meth:`begin`."""
        self.section = section
        self.driver = driver
        self.folder = folder.resolve()
        self.lenient = lenient
        self.files: dict[str, str] = {path: note.text for path, note in section.notes.items()}
        self._offered = encoding
        self._open: dict[str, int] = {}

    def begin(self) -> None:
        """Start the server on the section's vault, with the note in question open.

        Raises:
            UnsupportedError: the section insists on a position encoding that the server does not speak.
        """
        path = self._first_path()
        self.driver.open(self.folder, self.files, path, self._offered, self.section.client)
        if path:
            self._open[path] = 1
        if self.section.encodings and self.driver.encoding != self._offered:
            raise UnsupportedError(f"{NOT_SPOKEN}{self._offered}, but {self.driver.encoding}")

    @property
    def encoding(self) -> str:
        """The position encoding in force."""
        return self.driver.encoding

    def perform(self, change: Change) -> None:
        """Let a change happen: typed where the note is open, on disk where it is not."""
        known = change.path in self.files
        if change.text is None:
            self.files.pop(change.path, None)
            (self.folder / change.path).unlink(missing_ok=True)
            if self._open.pop(change.path, None):
                self.driver.notify("textDocument/didClose", {"textDocument": {"uri": self.uri(change.path)}})
            self._tell_watcher(change.path, 3)
        elif change.path in self._open:
            self.type(change.path, change.text)
        else:
            write_notes(self.folder, {change.path: change.text})
            self.files[change.path] = change.text
            self._tell_watcher(change.path, 2 if known else 1)
        self.driver.settle()

    def type(self, path: str, text: str) -> None:
        """Give an open note a new text by one change of the part that differs."""
        before, text = self.text(path), text.removeprefix("\ufeff")
        start = 0
        while start < min(len(before), len(text)) and before[start] == text[start]:
            start += 1
        tail = 0
        while tail < min(len(before), len(text)) - start and before[-1 - tail] == text[-1 - tail]:
            tail += 1
        if "\r" in before + text:
            start = tail = 0
        self._open[path] += 1
        range_ = Lines(before).range(start, len(before) - tail, self.encoding)
        new = text[start : len(text) - tail]
        sync = self.driver.capabilities.get("textDocumentSync")
        kind = sync.get("change") if isinstance(sync, dict) else sync
        change = {"text": text} if kind == 1 else {"range": range_, "text": new}
        self.driver.notify(
            "textDocument/didChange",
            {"textDocument": {"uri": self.uri(path), "version": self._open[path]}, "contentChanges": [change]},
        )
        self.files[path] = text

    def ensure_open(self, path: str) -> None:
        """Open a note in the editor unless it is; nobody asks about a note that is not shown."""
        if path in self.files and path not in self._open:
            self.driver.notify("textDocument/didOpen", did_open(self.folder, path, self.files[path]))
            self._open[path] = 1
            self.driver.settle()

    def ask(self, method: str, params: Json) -> Json:
        """The result of a request."""
        return self.driver.request(method, params)

    def ask_at(self, method: str, place: Place, **more: Json) -> Json:
        """The result of a request about a place in a note."""
        self.ensure_open(place.path)
        return self.ask(method, {**self.at(place), **more})

    def ask_of(self, method: str, path: str, **more: Json) -> Json:
        """The result of a request about a whole note."""
        self.ensure_open(path)
        return self.ask(method, {"textDocument": {"uri": self.uri(path)}, **more})

    def at(self, place: Place) -> Json:
        """A place as the protocol writes it."""
        position = Lines(self.text(place.path)).position(self.shift(place), self.encoding)
        return {"textDocument": {"uri": self.uri(place.path)}, "position": position}

    def shift(self, place: Place) -> int:
        """The offset of a place in the text as an editor has it, without byte order mark."""
        return place.offset - self.files[place.path].startswith("\ufeff")

    def text(self, path: str) -> str:
        """The text of a note as an editor has it; empty where there is no such note."""
        return self.files.get(path, "").removeprefix("\ufeff")

    def uri(self, path: str) -> str:
        """The URI of a path of the vault."""
        return (self.folder / path).as_uri()

    def path(self, uri: str) -> str:
        """The path in the vault behind a URI; what is not in it is given whole."""
        path = path_of_uri(uri)
        prefix = self.folder.as_posix() + "/"
        return path.removeprefix(prefix)

    def shown(self, path: str, range_: Json) -> str:
        """A range of a note as specs write it."""
        lines = Lines(self.text(path))
        return lines.shown(*lines.span(range_, self.encoding))

    def under(self, path: str, range_: Json) -> str:
        """The text of a range of a note."""
        lines = Lines(self.text(path))
        start, end = lines.span(range_, self.encoding)
        return lines.text[start:end]

    def need(self, *capabilities: str) -> None:
        """Check that the server offers one of these.

        Raises:
            UnsupportedError: it offers none of them.
        """
        for name in capabilities:
            method = f"textDocument/{name.removesuffix('Provider')}"
            if offers(self.driver.capabilities, name) or self.driver.registered(method):
                return
        raise UnsupportedError(capabilities[0])

    def _first_path(self) -> str:
        if self.section.is_console:
            return ""
        for step in self.section.steps:
            if isinstance(step, Question) and step.kind not in WITHOUT_NOTE:
                if step.kind.startswith("code-action") and "from" in step.options:
                    return self._existing(self.section.cursor(step, step.options["from"]).path)
                of_note = "in" in step.options or step.kind in WITHOUT_CURSOR
                return self._existing(self.section.note_of(step) if of_note else self.section.place(step).path)
        return self._existing(self.section.main)

    def _existing(self, path: str) -> str:
        return path if path in self.files else ""

    def _tell_watcher(self, path: str, kind: int) -> None:
        if not self.lenient or self.driver.registered("workspace/didChangeWatchedFiles"):
            self.driver.notify("workspace/didChangeWatchedFiles", watched(self.folder, path, kind))
