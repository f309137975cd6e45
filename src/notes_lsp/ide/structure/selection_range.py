"""Selection ranges: the growing spans around a cursor, from a part of a link to the whole note."""

from __future__ import annotations

import re
from collections.abc import Iterator

from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.text.source import Source, Span

_MARKED = re.compile(r"(\*\*|__|~~|==|\*|_|(?<!`)`++)(?=\S)(.+?)(?<=\S)\1(?!`)")
_WINDOW = 1_000
"""So many code points before and behind the cursor are looked at for marks: a line may be a whole book."""


def selection_ranges(vault: Vault, note: Note, offset: int) -> list[Span]:
    """Spans that hold ``offset``, the smallest first, each inside the next; the last is the whole text."""
    text = vault.text(note) or ""
    source = Source(text)
    facts = vault.whole(note)
    spans: set[Span] = {Span(0, len(text)), source.line_span(source.line_of(offset))}
    for link in facts.links:
        spans.update((link.target_span, link.anchor_span, link.label_span, link.span))
    for heading in facts.headings:
        body = Span(min(heading.span.end + 1, heading.section.end), heading.section.end)
        spans.update((heading.title_span, heading.span, _trimmed(text, body), _trimmed(text, heading.section)))
    for found in (facts.tags, facts.footnotes, facts.references, facts.definitions, facts.regions, facts.tasks):
        spans.update(fact.span for fact in found)
    if facts.frontmatter is not None:
        spans.update((facts.frontmatter.body, facts.frontmatter.span))
        spans.update(entry.value_span for entry in facts.frontmatter.properties)
    spans.add(_word(text, offset))
    spans.update(_emphasis(source, offset))
    around = sorted(
        (span for span in spans if span.start <= offset <= span.end and span.end > span.start),
        key=lambda span: (span.end - span.start, span.start),
    )
    return _nested(around) or [Span(0, len(text))]


def _nested(around: list[Span]) -> list[Span]:
    """Only spans that hold the one before: what merely overlaps is no larger thing."""
    kept: list[Span] = []
    for span in around:
        if not kept or (span.start <= kept[-1].start and span.end >= kept[-1].end and span != kept[-1]):
            kept.append(span)
    return kept


def _trimmed(text: str, span: Span) -> Span:
    return Span(span.start, span.start + len(text[span.start : span.end].rstrip()))


def _emphasis(source: Source, offset: int) -> Iterator[Span]:
    """What is emphasised or set as code on the line, without and with its marks."""
    line = source.line_span(source.line_of(offset))
    first, last = max(line.start, offset - _WINDOW), min(line.end, offset + _WINDOW)
    for match in _MARKED.finditer(source.text, first, last):
        yield Span(*match.span(2))
        yield Span(*match.span())


def _word(text: str, offset: int) -> Span:
    start = end = offset
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    return Span(start, end)
