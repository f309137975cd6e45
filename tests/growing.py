"""Growing vaults: notes that have everything a note can have, as many as wanted, and how much work a question is."""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType
from typing import Any

from notes_lsp.index.store.changes import Parsed, prepare_rows
from notes_lsp.index.store.store import Store
from notes_lsp.index.vault.vault import Vault
from notes_lsp.markdown.parse import parse

_WORDS = re.findall(
    r"\w+",
    "garden river house paper theory answer question system memory pattern reading writing science history travel "
    "kitchen window morning evening language number colour shadow engine forest market method nature people reason",
)
_STEPS = 100
"""Steps of SQLite's machine between two counts."""


def path_of(number: int) -> str:
    """The path of a note: folders hold a hundred."""
    return f"area {number // 100}/note {number}.md"


def text_of(number: int) -> str:
    """A note that has everything: properties, names, tags, headings, tasks, addresses, links, one of them broken."""
    before, after, far = max(0, number - 1), max(0, number - 2), number * 7 // 11
    words = [_WORDS[(number * step + step) % len(_WORDS)] for step in range(1, 13)]
    return (
        f"---\ntitle: Title {number}\nid: id-{number}\naliases: [Alias {number}, Second {number}]\n"
        f"tags: [common, area/{number // 20}]\ncreated: 2024-0{number % 9 + 1}-1{number % 10}\nstatus: open\n"
        f"rating: {number % 5}\nup: '[[note {number // 10}]]'\n---\n# Title {number}\n\n"
        f"{' '.join(words)} of number{number} and number{far}. See [[note {before}]], [[Title {after}|next]], "
        f"[there](<note {after}.md#part {after}>), [[note {far}#Log]] and [[nobody {number}]].\n\n"
        f"Alias {far} is named, as is Title {far}. #own/{number // 20} #common [a][ref] and a footnote[^1].\n\n"
        f"## Log\n\n- [ ] do {words[0]} 📅 2025-01-1{number % 10} ^task\n- [x] done {words[1]}\n\n"
        f"## part {number}\n\n<https://example.org/{number}> and [shared](https://example.org/both/{number // 2}).\n\n"
        f"{' '.join(reversed(words))} makes number{before} and number{after}, word{number % 97} word{number % 89}.\n\n"
        f"[ref]: https://example.com/{number}/page\n[^1]: Note.\n"
    )


def grow(store: Store, numbers: Iterable[int]) -> None:
    """Add notes to an index."""
    changes: list[Parsed] = []
    for number in numbers:
        path, text = path_of(number), text_of(number)
        changes.append(Parsed(number, len(text), text.encode(), prepare_rows(parse(path, text), text)))
    store.apply(changes)


def vault_of(store: Store) -> Vault:
    """The vault of an index that holds all there is."""
    vault = Vault(store, Path("/vault"), lambda _: False, lambda _: None)
    vault.complete = True
    return vault


def open_note(vault: Vault, number: int, more: str = "") -> None:
    """Let a buffer shadow a note, with something more at its end."""
    path, text = path_of(number), text_of(number) + more
    vault.store.open_note(prepare_rows(parse(path, text), text))
    vault.changed(path)


class Work:
    """What a question costs: steps of SQLite's machine, and calls of functions in Python."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.steps = 0
        self.calls = 0


def work_of(connection: sqlite3.Connection, ask: Callable[[], Any]) -> Work:
    """How much work a question is, in SQLite on a connection and in Python."""
    calls = 0

    def call(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event.endswith("call")

    sys.setprofile(call)
    try:
        work = steps_of(connection, ask)
    finally:
        sys.setprofile(None)
    work.calls = calls
    return work


def steps_of(connection: sqlite3.Connection, ask: Callable[[], Any]) -> Work:
    """How much work a question is in SQLite on a connection; what it takes in Python is not looked at."""
    work = Work()

    def count() -> int:
        work.steps += _STEPS
        return 0

    connection.set_progress_handler(count, _STEPS)
    try:
        ask()
    finally:
        connection.set_progress_handler(None, 0)
    return work
