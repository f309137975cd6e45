"""Mending: how to mend what a note says wrong by itself: labels, footnotes, block ids, headings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import count

from rapidfuzz import fuzz, process

from notes_lsp.facts import Block, Definition, Footnote, Reference
from notes_lsp.ide.values import Action
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.text.source import Edit, Span

_MAX_SUGGESTIONS = 3
_MIN_LIKENESS = 60
_NBSP_HEADING = re.compile(r"^ {0,3}#{1,6}(\u00a0)", re.MULTILINE)
_LINE_END = re.compile(r"\r\n|\n|\r")
_FOOTNOTE_LINE = re.compile(r" {0,3}\[\^[^\]\s]+\]:")


def fixes(vault: Vault, note: Note, within: Span) -> list[Action]:
    """What can be done about the labels, footnotes, block ids and headings that touch ``within``."""
    text = vault.text(note) or ""
    return [
        *_of_labels(vault, note, within),
        *_of_footnotes(vault, note, text, within),
        *_of_definitions(vault, note, text, within),
        *_of_blocks(vault, note, within),
        *_of_headings(vault, note, text, within),
    ]


def _of_labels(vault: Vault, note: Note, within: Span) -> Iterator[Action]:
    broken = [one for one in vault.facts(Reference, note) if one.explicit and _touches(one.label_span, within)]
    if not broken:
        return
    labels = {one.key: one.label for one in vault.facts(Definition, note)}
    for reference in broken:
        if reference.key not in labels:
            new = (labels[key] for key in _alike(reference.key, labels))
            yield from _changes("broken-reference", reference.label_span, new, "[{}]".format)


def _of_footnotes(vault: Vault, note: Note, text: str, within: Span) -> Iterator[Action]:
    footnotes = vault.facts(Footnote, note)
    written = {one.key: text[one.label_span.start : one.label_span.end] for one in footnotes if one.definition}
    for mark in footnotes:
        if mark.definition or mark.key in written or not _touches(mark.label_span, within):
            continue
        new = (written[key] for key in _alike(mark.key, written))
        yield from _changes("broken-footnote", mark.label_span, new, "[^{}]".format)
        label = text[mark.label_span.start : mark.label_span.end]
        edits = (_footnote_below(text, label),)
        yield Action(f"Write the footnote [^{label}]", "broken-footnote", mark.label_span, edits)


def _footnote_below(text: str, label: str) -> Edit:
    """A footnote at the end of a note, to be filled: right below another one, else behind an empty line."""
    body = text.rstrip()
    found = _LINE_END.search(text)
    end = found[0] if found else "\n"
    last = re.split(_LINE_END, body)[-1]
    between = end if _FOOTNOTE_LINE.match(last) else end + end if body else ""
    return Edit(Span(len(body), len(text)), f"{between}[^{label}]: {end}")


def _of_definitions(vault: Vault, note: Note, text: str, within: Span) -> Iterator[Action]:
    """To remove the second definition of a label, where it has its lines for itself."""
    seen: set[str] = set()
    for one in vault.facts(Definition, note):
        if one.key in seen and _touches(one.label_span, within):
            start = text.rfind("\n", 0, one.span.start) + 1
            line_end = _LINE_END.search(text, one.span.end)
            end = line_end.end() if line_end else len(text)
            if not text[start : one.span.start].strip() and not text[one.span.end : end].strip():
                title = f"Remove this definition of [{one.label}]"
                yield Action(title, "duplicate-definition", one.label_span, (Edit(Span(start, end), ""),))
        seen.add(one.key)


def _of_blocks(vault: Vault, note: Note, within: Span) -> Iterator[Action]:
    blocks = vault.facts(Block, note)
    ids = {block.id.casefold() for block in blocks}
    seen: set[str] = set()
    for block in blocks:
        if block.id.casefold() in seen and _touches(block.span, within):
            new = next(name for number in count(2) if (name := f"{block.id}-{number}").casefold() not in ids)
            yield Action(f"Change to ^{new}", "duplicate-block", block.span, (Edit(block.span, f"^{new}"),))
        seen.add(block.id.casefold())


def _of_headings(vault: Vault, note: Note, text: str, within: Span) -> Iterator[Action]:
    if "#\u00a0" not in text:
        return
    opaque = vault.whole(note).opaque
    for match in _NBSP_HEADING.finditer(text):
        span = Span(*match.span(1))
        if _touches(span, within) and not any(one.start <= span.start < one.end for one in opaque):
            yield Action("Write a space, for a heading", "nbsp-heading", span, (Edit(span, " "),), preferred=True)


def _alike(word: str, others: Iterable[str]) -> list[str]:
    """What somebody who wrote ``word`` may have meant, likeliest first."""
    hits = process.extract(word, list(others), scorer=fuzz.ratio, limit=_MAX_SUGGESTIONS, score_cutoff=_MIN_LIKENESS)
    return [text for text, _, _ in hits]


def _changes(code: str, span: Span, new: Iterable[str], shown: Callable[[str], str]) -> Iterator[Action]:
    for number, text in enumerate(new):
        yield Action(f"Change to {shown(text)}", code, span, (Edit(span, text),), preferred=number == 0)


def _touches(span: Span, within: Span) -> bool:
    return span.start <= within.end and within.start <= span.end
