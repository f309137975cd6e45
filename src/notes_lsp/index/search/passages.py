"""Passages: the paragraphs and list items of notes, found by their words, each with the block id it has or may get."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from notes_lsp.facts import BlockKind
from notes_lsp.index.vault import resolve
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.text.scripts import searchable
from notes_lsp.text.source import Span

_WORD = re.compile(r"\w+")
_MARKER = re.compile(r"(?:[-*+]|\d{1,9}[.)])\s+(?:\[.\]\s+)?")
_ID_LENGTH = 6


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, of a list item or on its own."""

    text: str
    span: Span
    id: str | None
    """The block id it has."""
    new_id: str
    """An id that no block of its note has; the same whenever the same text is asked about."""

    @property
    def first_line(self) -> str:
        """Its first line without list markers."""
        return _MARKER.sub("", self.text.strip().split("\n")[0])

    @property
    def end(self) -> int:
        """Where an id is added: behind its last word."""
        return self.span.start + len(self.text.rstrip())


def find_passages(vault: Vault, typed: str, most: int) -> list[Note]:
    """The notes in which every word of ``typed`` begins a word, the open ones first, then the better matches."""
    words = [word for word in _WORD.findall(typed.casefold()) if word]
    if not words:
        return []
    run = vault.store.connection.execute
    found: list[int] = []
    for number, body in run("SELECT note, body FROM temp.open_texts"):
        folded = body.casefold()
        if all(word in folded for word in words):
            found.append(number)
    phrase = " ".join(f'"{searchable(word)}"*' for word in words)
    rows = run("SELECT rowid FROM main.texts WHERE texts MATCH ? ORDER BY rank LIMIT ?", (phrase, most)).fetchall()
    if rows:
        marks = ", ".join("?" * len(rows))
        docs = [row[0] for row in rows]
        by_doc = dict(run(f"SELECT doc, id FROM main.notes WHERE doc IN ({marks})", docs))
        found += [by_doc[doc] for doc in docs if doc in by_doc]
    notes = (vault.note_by_id(number) for number in list(dict.fromkeys(found))[:most])
    return [note for note in notes if note is not None and note.kind != resolve.FILE]


def passages(vault: Vault, note: Note) -> list[Passage]:
    """The passages of a note in the order of its text; none of code, tables, quotes and headings."""
    text = vault.text(note) or ""
    facts = vault.whole(note)
    taken = {block.id.casefold() for block in facts.blocks}
    found: list[Passage] = []
    for region in facts.regions:
        span = region.span
        if region.kind is not BlockKind.PARAGRAPH or text[span.start : span.end].lstrip().startswith(">"):
            continue
        own = next((block for block in facts.blocks if span.start <= block.span.start <= span.end), None)
        content = text[span.start : span.end]
        found.append(Passage(content, span, own.id if own else None, _new_id(content, taken)))
    return found


def _new_id(text: str, taken: set[str]) -> str:
    digest = hashlib.blake2s(text.strip().encode()).hexdigest()
    for first in range(len(digest) - _ID_LENGTH):
        # An id of digits alone looks like a number, and some renderers take it for one.
        candidate = digest[first : first + _ID_LENGTH]
        if candidate not in taken and not candidate.isdigit():
            return candidate
    return digest
