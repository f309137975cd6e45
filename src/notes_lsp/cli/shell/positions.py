"""Positions: offsets as lines and columns from 1, with the text of the line."""

from __future__ import annotations

from dataclasses import dataclass, field

from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.text.excerpt import line_around
from notes_lsp.text.source import Encoding, Source, Span


@dataclass(slots=True)
class Positions:
    """The places of a vault's notes; the text of the note asked about last is kept."""

    vault: Vault
    _note: int | None = None
    _source: Source = field(default_factory=lambda: Source(""))

    def of(self, note: Note, span: Span) -> dict[str, object]:
        """``path``, ``line`` and ``column`` of where a span of a note begins, as a row has them."""
        at = self.source(note).position(span.start, Encoding.UTF32)
        return {"path": note.path, "line": at.line + 1, "column": at.column + 1}

    def context(self, note: Note, span: Span) -> str:
        """The line in which a span begins."""
        return line_around(self.source(note).text, span.start)

    def source(self, note: Note) -> Source:
        """The text of a note with its lines."""
        if self._note != note.id:
            self._note, self._source = note.id, Source(self.vault.text(note) or "")
        return self._source
