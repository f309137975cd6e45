"""Functions: what the views need that SQL cannot say: lines, columns, days of tasks, and the full text."""

from __future__ import annotations

import math
import re
import sqlite3
from bisect import bisect_right
from collections.abc import Callable
from functools import cached_property
from itertools import accumulate
from typing import Any

from notes_lsp.dates.ranges import begun_in, moment
from notes_lsp.dates.tasks import task_day
from notes_lsp.index.search import full_text as search
from notes_lsp.index.search.full_text import SearchResult
from notes_lsp.index.vault.vault import Vault
from notes_lsp.links import names
from notes_lsp.text.numbers import parse_number

_LINE_END = re.compile(r"\r\n|\n|\r")
_MAX_TEXTS = 64
_MAX_STARTS = 4_000_000
"""Beginnings of lines kept in memory."""
_LONGEST_CONTEXT = 1_000
_LARGEST = 2**63
_NOT = re.compile(r"(?<!\S)NOT\s+(?=\S)")


OWN_FUNCTIONS = frozenset(
    (
        *("line_of", "column_of", "line_text", "text_between", "task_date", "is_address", "is_moment", "begun_in"),
        "number_of",
        *("search_rank", "search_line", "search_snippet"),
    )
)
"""Those that only views call; ``match`` is what ``MATCH`` calls."""


class Functions:
    """The functions of one connection, which ask a vault of their own; what they looked up is kept."""

    def __init__(self, vault: Vault | None) -> None:
        """Ask ``vault``; without one they are there to be named, but cannot be called."""
        self.failure: Exception | None = None
        """What went wrong in a function; SQLite only tells that something did."""
        self._asks = vault
        self._starts: dict[int, list[int]] = {}
        self._kept = 0
        self._texts: dict[int, str] = {}
        self._ranks: dict[str, dict[str, float]] = {}
        self._hits: dict[tuple[str, str], SearchResult | None] = {}
        self._matched: dict[str, str] = {}
        self._asked: str | None = None

    @property
    def _vault(self) -> Vault:
        if self._asks is None:
            raise LookupError("there is no vault to be asked")
        return self._asks

    def add_to(self, connection: sqlite3.Connection) -> None:
        """Let statements of a connection call them."""
        for name, count, function in (
            ("line_of", 2, self._line_of),
            ("column_of", 2, self._column_of),
            ("line_text", 2, self._line_text),
            ("text_between", 3, self._text_between),
            ("task_date", 2, _task_date),
            ("is_address", 1, _is_address),
            ("is_moment", 1, _is_moment),
            ("begun_in", 1, begun_in),
            ("number_of", 1, _number_of),
            ("match", 2, self._match),
            ("search_rank", 1, self._rank),
            ("search_line", 1, self._search_line),
            ("search_snippet", 1, self._snippet),
        ):
            connection.create_function(name, count, self._guarded(function))

    def expect(self, words: str) -> None:
        """Say what a statement searches for, so that rank and snippet are known whatever is looked at first."""
        self._asked = words

    def _guarded(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            try:
                return function(*arguments)
            except Exception as error:
                self.failure = error
                raise

        return call

    def _line_of(self, note: int, offset: int) -> int:
        return bisect_right(self._starts_of(note), offset)

    def _column_of(self, note: int, offset: int) -> int:
        starts = self._starts_of(note)
        return offset - starts[bisect_right(starts, offset) - 1] + 1

    def _line_text(self, note: int, offset: int) -> str:
        text, starts = self._text(note), self._starts_of(note)
        line = bisect_right(starts, offset) - 1
        end = starts[line + 1] if line + 1 < len(starts) else len(text)
        return text[starts[line] : end].strip()[:_LONGEST_CONTEXT]

    def _text_between(self, note: int, start: int, end: int) -> str:
        return self._text(note)[start:end]

    def _starts_of(self, note: int) -> list[int]:
        starts = self._starts.get(note)
        if starts is None:
            if self._kept > _MAX_STARTS:
                self._starts.clear()
                self._kept = 0
            starts = self._starts[note] = _starts(self._text(note))
            self._kept += len(starts)
        return starts

    def _text(self, note: int) -> str:
        text = self._texts.get(note)
        if text is None:
            if len(self._texts) >= _MAX_TEXTS:
                self._texts.clear()
            row = self._vault.store.connection.execute(
                "SELECT body FROM temp.all_texts WHERE note = ?", (note,)
            ).fetchone()
            text = self._texts[note] = row[0] if row else ""
        return text

    def _match(self, words: Any, path: Any) -> bool:
        words = "" if words is None else str(words)
        if path not in self._ranking(words):
            if path is not None and path not in self._paths:
                raise LookupError("MATCH is asked of search alone, as in: FROM search WHERE search MATCH 'words'")
            return False
        self._matched[path] = words
        return True

    @cached_property
    def _paths(self) -> frozenset[str]:
        """Of all notes and files: whatever is none of them is not what full text is asked of."""
        return frozenset(path for (path,) in self._vault.store.connection.execute("SELECT path FROM all_notes"))

    def _ranking(self, words: str) -> dict[str, float]:
        if words not in self._ranks:
            asked = _expression(words)
            self._ranks[words] = search.rank_all(self._vault, asked) if asked is not None else {}
        return self._ranks[words]

    def _rank(self, path: str) -> float | None:
        words = self._words(path)
        return self._ranking(words).get(path) if words is not None else None

    def _search_line(self, path: str) -> int | None:
        hit = self._hit(path)
        return hit.line + 1 if hit is not None else None

    def _snippet(self, path: str) -> str | None:
        hit = self._hit(path)
        return hit.snippet if hit is not None else None

    def _hit(self, path: str) -> SearchResult | None:
        words = self._words(path)
        if words is None or path not in self._ranking(words):
            return None
        if (words, path) not in self._hits:
            self._hits[words, path] = search.hit_in(self._vault, _expression(words) or "", path)
        return self._hits[words, path]

    def _words(self, path: str) -> str | None:
        return self._matched.get(path, self._asked)


def _starts(text: str) -> list[int]:
    """Where the lines of a text begin."""
    if "\r" not in text:
        starts = list(accumulate((len(line) + 1 for line in text.split("\n")), initial=0))
        starts.pop()
        return starts
    return [0, *(match.end() for match in _LINE_END.finditer(text))]


def _task_date(text: str, which: str) -> str | None:
    return task_day(text, which)


def _is_address(target: str) -> bool:
    return names.wiki_address("", target).external


def _number_of(written: str) -> int | float | str:
    """A number as YAML, TOML or JSON write it; what no database holds stays a text, as in JSON."""
    found = parse_number(written)
    if isinstance(found, str) or not math.isfinite(found):
        return written
    return found if abs(found) < _LARGEST else float(found)


def _is_moment(written: str) -> bool:
    return moment(written) is not None


def _expression(words: str) -> str | None:
    # SQLite writes ``one NOT two`` where people who search write ``one -two``.
    return search.expression(_NOT.sub("-", words))
