"""Prompt: what a half-typed text at the cursor asks for; a closed union that completion matches on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from notes_lsp.core.text import Span

_WIKI_STOP = re.compile(r"[\r\n]|\]\]")


@dataclass(frozen=True, slots=True)
class WikiTarget:
    """``[[typed``: a note."""

    typed: str
    span: Span
    """What the chosen text replaces: from behind ``[[`` to the cursor."""
    closing: str
    """The brackets that are missing behind the cursor."""
    rest: str
    """What already follows the cursor inside the link, such as ``#heading`` or ``|label``."""


@dataclass(frozen=True, slots=True)
class WikiAnchor:
    """``[[target#typed``: a heading of a note, or ``[[target#^typed``: a block of it."""

    target: str
    typed: str
    """Without ``#`` and ``^``."""
    block: bool
    span: Span
    """From behind the last ``#`` (and ``^``) to the cursor."""
    closing: str


Prompt = WikiTarget | WikiAnchor


def prompt_at(text: str, offset: int) -> Prompt | None:
    """What is asked for at ``offset``, judged by its line alone; ``None`` where nothing can be completed.

    Whether the place is inside code or a comment is not decided here.
    """
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    before = text[start:offset]
    open_at = _open_brackets(before)
    if open_at is None:
        return None
    inner = start + open_at + 2
    typed = text[inner:offset]
    end = _line_end(text, offset)
    after = text[offset:end]
    return _wiki(typed, inner, offset, after)


def _wiki(typed: str, inner: int, offset: int, after: str) -> Prompt | None:
    if "|" in typed:
        return None
    closing = _closing(after)
    if "#" not in typed:
        rest = _rest(after)
        return WikiTarget(typed, Span(inner, offset), "" if rest else closing, rest)
    target, _, _ = typed.partition("#")
    last = typed.rindex("#") + 1
    block = typed[last : last + 1] == "^"
    first = last + 1 if block else last
    return WikiAnchor(target, typed[first:], block, Span(inner + first, offset), "" if _rest(after) else closing)


def _open_brackets(before: str) -> int | None:
    """Where the ``[[`` that the cursor is inside of begins; ``None`` where it is closed, escaped or not there."""
    at = before.rfind("[[")
    if at < 0 or "]]" in before[at:]:
        return None
    escapes = 0
    while at - escapes > 0 and before[at - escapes - 1] == "\\":
        escapes += 1
    return at if escapes % 2 == 0 else None


def _closing(after: str) -> str:
    return "]" * (2 - min(2, len(after) - len(after.lstrip("]"))))


def _rest(after: str) -> str:
    """What follows the cursor up to the link's own ``]]``: only when the link is closed on this line."""
    close = after.find("]]")
    opened = after.find("[[")
    if close <= 0 or 0 <= opened < close:
        return ""
    return after[:close]


def _line_end(text: str, offset: int) -> int:
    ends = [end for end in (text.find("\n", offset), text.find("\r", offset)) if end >= 0]
    return min(ends, default=len(text))
