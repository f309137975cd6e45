"""Folding ranges: the lines of a note that can be folded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from notes_lsp.facts import BlockKind
from notes_lsp.frontmatter.outline import KeySymbol, header_outline
from notes_lsp.frontmatter.values import header
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.text.source import Source, Span

_REGION = re.compile(r"[ \t]*<!--\s*#?(region|endregion)\b.*", re.IGNORECASE)


class FoldKind(StrEnum):
    """What is hidden, as far as the protocol has a word for it."""

    BLOCK = "block"
    COMMENT = "comment"
    REGION = "region"


@dataclass(frozen=True, slots=True, order=True)
class Fold:
    """The first line, which stays, and the last that is hidden; both zero-based."""

    first: int
    last: int
    kind: FoldKind = FoldKind.BLOCK


def folding_ranges(vault: Vault, note: Note) -> list[Fold]:
    """The sections, lists, items, fences, tables, quotes, comments and regions of more than one line.

    Also the frontmatter, and each of its keys with a value of several lines or keys of its own.
    """
    source = Source(vault.text(note) or "")
    facts = vault.whole(note)
    found = {_fold(source, heading.section, FoldKind.BLOCK) for heading in facts.headings}
    found.update(
        _fold(source, region.span, FoldKind.COMMENT if region.kind is BlockKind.COMMENT else FoldKind.BLOCK)
        for region in facts.regions
        if region.kind is not BlockKind.PARAGRAPH
    )
    found.update(_regions(source, facts.opaque))
    found.update(_fold(source, span, FoldKind.BLOCK) for span in _keys(source.text))
    return sorted(fold for fold in found if fold.last > fold.first)


def _keys(text: str) -> Iterator[Span]:
    """The spans of all keys of the frontmatter."""
    read = header(text)
    waiting: list[KeySymbol] = header_outline(read.entries) if read is not None else []
    while waiting:
        key = waiting.pop()
        yield key.span
        waiting += key.children


def _fold(source: Source, span: Span, kind: FoldKind) -> Fold:
    """A fold that ends with its last line that holds anything, so that blank lines between two folds stay seen."""
    end = span.start + len(source.text[span.start : span.end].rstrip())
    return Fold(source.line_of(span.start), source.line_of(max(span.start, end - 1)), kind)


def _regions(source: Source, opaque: tuple[Span, ...]) -> Iterator[Fold]:
    """``<!-- #region -->`` to ``<!-- #endregion -->``, nested as they come."""
    opened: list[int] = []
    for span in opaque:
        line = source.line_of(span.start)
        match = _REGION.match(source.line_text(line))
        if match is None:
            continue
        if match[1].lower() == "region":
            opened.append(line)
        elif opened:
            yield Fold(opened.pop(), line, FoldKind.REGION)
