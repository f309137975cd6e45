"""Values: what the vault's answers are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from notes_lsp.facts import Link
from notes_lsp.index.vault import resolve
from notes_lsp.index.vault.resolve import Candidate
from notes_lsp.links import anchors
from notes_lsp.text.source import Span


@dataclass(frozen=True, slots=True)
class Note:
    """A note or another file of the vault, without its text."""

    id: int
    path: str
    kind: int
    title: str
    title_span: Span
    mtime_ns: int
    size: int
    words: int

    @property
    def is_file(self) -> bool:
        """An attachment rather than a note."""
        return self.kind == resolve.FILE

    @property
    def is_read(self) -> bool:
        """Its text has been read; until then only its path is known."""
        return self.kind != 0


class Mention(NamedTuple):
    """A link seen from its target."""

    source: Note
    link: Link


class Destination(NamedTuple):
    """Where a link leads."""

    note: Note
    anchor: str | None
    """The anchor as meant; ``None`` where the link has none."""
    place: anchors.AnchorTarget | None
    """The place its anchor means; ``None`` where it has none or nothing answers to it."""
    rivals: list[Candidate]
    """All that answered at the same level, the chosen one first."""


class LinkTargets(NamedTuple):
    """All of a note that a link can lead to: while it stays the same, no other note's diagnostics can change."""

    keys: frozenset[str]
    names: tuple[tuple[str, str], ...]
    headings: tuple[tuple[int, str, str], ...]
    ids: tuple[str, ...]
