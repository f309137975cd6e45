"""Heads: what stands for the whole of a note: its frontmatter, its title, or else its first line; and its name."""

from __future__ import annotations

import re

from notes_lsp.facts import Heading
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links.names import key
from notes_lsp.text.source import Span

_FIRST_LINE = re.compile(r"\s*([^\r\n]*)")


def title_area(vault: Vault, note: Note, offset: int) -> Span | None:
    """What to mark as the thing that is spoken of, where ``offset`` stands in the head of a note; else ``None``."""
    start = vault.body_start(note)
    if offset < start or (offset == start and start):
        return note.title_span if note.title_span.end > note.title_span.start else Span(0, start)
    for heading in vault.facts(Heading, note):
        if heading.title_span == note.title_span:
            if heading.span.contains(offset):
                return heading.title_span
            break
    first = _FIRST_LINE.match(vault.text(note) or "", start)
    line = Span(*first.span(1)) if first else Span(start, start)
    return line if offset <= line.end else None


def is_unmistakable(vault: Vault, note: Note) -> bool:
    """Whether no other note is called by this one's title."""
    found = vault.store.connection.execute(
        "SELECT 1 FROM all_names WHERE key = ? AND note <> ? LIMIT 1", (key(note.title), note.id)
    )
    return found.fetchone() is None


def modified_time(vault: Vault, note: Note) -> int:
    """When a note was last written to disk, in nanoseconds; 0 where it is not there."""
    row = vault.store.connection.execute("SELECT mtime_ns FROM main.notes WHERE id = ?", (note.id,)).fetchone()
    return int(row[0]) if row else 0
