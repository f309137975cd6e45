"""Export: notes as one text, in an order, within a budget of tokens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from notes_lsp.facts import Link, Tag
from notes_lsp.index.vault.vault import Destination, Note, Vault
from notes_lsp.links import names
from notes_lsp.text.source import Edit, Span, apply_edits, escape_control
from notes_lsp.text.token_count import estimate_tokens

CUT = "[… cut]"
"""The last line of a note that did not fit whole."""
_DEEPEST = 8
_MIN_PIECE = 60
"""Tokens: less of a note than this tells nothing."""
_HEADER = 12
"""Tokens of what stands above each note."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One note of an export."""

    path: str
    title: str
    tags: tuple[str, ...]
    text: str
    tokens: int
    """About how many, its header included."""
    cut: bool = False
    """Only its beginning is here."""


def export_notes(vault: Vault, notes: Sequence[Note], budget: int | None = None) -> list[Piece]:
    """The notes, in their order, as far as a budget of tokens goes; what they embed stands in them, each thing once.

    A note that does not fit any more is cut at the end of a paragraph, and is the last.
    """
    left = budget
    pieces: list[Piece] = []
    # Where all notes come, an embed of one of them stays a link; where some may not fit, whatever comes first is whole.
    inlined: set[tuple[int, str | None]] = {(note.id, None) for note in (notes if budget is None else notes[:1])}
    for number, note in enumerate(notes):
        if left is not None and number and (left < _MIN_PIECE or (note.id, None) in inlined):
            if left < _MIN_PIECE:
                break
            continue
        inlined.add((note.id, None))
        text = _with_embeds(vault, note, Span(0, len(vault.text(note) or "")), inlined, 0).strip("\n")
        header = _HEADER + estimate_tokens(f"{note.path} {note.title}")
        tokens = header + estimate_tokens(text)
        cut = left is not None and tokens > left
        if cut and left is not None:
            text = _beginning(text, left - header)
            if not text and pieces:
                break
            tokens = header + estimate_tokens(text)
        tags = tuple(dict.fromkeys(tag.name for tag in vault.facts(Tag, note)))
        pieces.append(Piece(note.path, note.title, tags, text, tokens, cut))
        if cut:
            break
        left = left - tokens if left is not None else None
    return pieces


def follow_links(vault: Vault, start: Note, depth: int) -> list[Note]:
    """The note and those that its links lead to, up to so many links away, the best first.

    Nearer ones come first; of those equally near the one that more of the notes before it link to, then the one that
    is mentioned first. The same vault gives the same order.
    """
    found = {start.id: start}
    ring = [start]
    for _ in range(depth):
        counts: dict[int, int] = {}
        targets: dict[int, Note] = {}
        for note in ring:
            for target in dict.fromkeys(_targets(vault, note)):
                if target.id not in found:
                    counts[target.id] = counts.get(target.id, 0) + 1
                    targets.setdefault(target.id, target)
        # Python's sort keeps the order of those that are equal: that of the text.
        ring = sorted(targets.values(), key=lambda note: -counts[note.id])
        found.update((note.id, note) for note in ring)
        if not ring:
            break
    return list(found.values())


def _targets(vault: Vault, note: Note) -> Iterable[Note]:
    for link in vault.facts(Link, note):
        found = vault.destination(note, link)
        if found is not None and not found.note.is_file:
            yield found.note


def _with_embeds(vault: Vault, note: Note, span: Span, inlined: set[tuple[int, str | None]], depth: int) -> str:
    """A part of a note with the notes that it embeds in it, where they do not stand somewhere already."""
    text = vault.text(note) or ""
    edits: list[Edit] = []
    for link in vault.facts(Link, note) if depth < _DEEPEST else ():
        if not link.embed or link.span.start < span.start or link.span.end > span.end:
            continue
        found = vault.destination(note, link)
        if found is None or found.note.is_file or (found.anchor and found.place is None):
            continue
        if (found.note.id, None) in inlined or (found.note.id, found.anchor) in inlined:
            continue
        inlined.add((found.note.id, found.anchor))
        inner = _with_embeds(vault, found.note, _shown(vault, found), inlined, depth + 1).strip("\n")
        what = found.note.path + (f"#{found.anchor}" if found.anchor else "")
        edits.append(Edit(link.span, f"[embedded: {what}]\n\n{inner}\n\n[end of {what}]"))
    kept = [edit for number, edit in enumerate(edits) if not number or edit.span.start >= edits[number - 1].span.end]
    shifted = [Edit(Span(edit.span.start - span.start, edit.span.end - span.start), edit.text) for edit in kept]
    return apply_edits(text[span.start : span.end], shifted)


def _shown(vault: Vault, found: Destination) -> Span:
    if found.place is not None:
        return found.place.shows
    return Span(vault.body_start(found.note), len(vault.text(found.note) or ""))


def _beginning(text: str, budget: int) -> str:
    """As many paragraphs as a budget of tokens allows, then as many lines of the next, marked as cut; may be empty."""
    kept: list[str] = []
    left = budget - estimate_tokens(CUT) - 2
    for paragraph in text.split("\n\n"):
        cost = estimate_tokens(paragraph) + 1
        if cost > left:
            lines: list[str] = []
            for line in paragraph.split("\n"):
                cost = estimate_tokens(line) + 1
                if cost > left:
                    break
                lines.append(line)
                left -= cost
            kept += ["\n".join(lines)] if lines else []
            break
        kept.append(paragraph)
        left -= cost
    return "\n\n".join([*kept, CUT]) if kept else ""


def in_one_text(pieces: Iterable[Piece]) -> str:
    """All pieces one below the other, each under a line with its path and one with its title."""
    out: list[str] = []
    for piece in pieces:
        tags = f"\nTags: {', '.join(piece.tags)}" if piece.tags else ""
        title = piece.title or names.stem(piece.path)
        out.append(f"===== {escape_control(piece.path)} =====\nTitle: {title}{tags}\n\n{piece.text}\n")
    return "\n".join(out)
