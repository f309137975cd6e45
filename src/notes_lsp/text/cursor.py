"""Cursor: the innermost of the things that a cursor touches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from notes_lsp.text.source import Span


class _Spanned(Protocol):
    @property
    def span(self) -> Span: ...


S = TypeVar("S", bound=_Spanned)


def innermost(things: Iterable[S], offset: int) -> S | None:
    """The shortest of the things whose span touches ``offset``; a thing that holds the next character goes first.

    Between ``[[a]]`` and ``[[b]]`` the cursor belongs to what begins there.
    """
    return min(
        (thing for thing in things if thing.span.contains(offset)),
        key=lambda thing: (thing.span.end == offset, thing.span.end - thing.span.start),
        default=None,
    )
