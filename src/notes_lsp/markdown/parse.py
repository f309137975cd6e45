"""Parse: the facts of one note from its path and text."""

from __future__ import annotations

import gc
import re
from bisect import bisect_left
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import replace
from operator import attrgetter
from typing import Any, TypeVar

from notes_lsp.facts import BlockKind, Facts, Frontmatter, Heading, Region
from notes_lsp.frontmatter.read import read_frontmatter
from notes_lsp.links.slugs import Slugger
from notes_lsp.markdown import blocks, metadata
from notes_lsp.markdown.blocks import Structure
from notes_lsp.markdown.plain_text import plain_text
from notes_lsp.text.source import Span
from notes_lsp.text.words import count

_T = TypeVar("_T")
_ANY_LINE_END = re.compile(r"\r\n?")
_TOML_FENCE = re.compile(r"\ufeff?\+\+\+[ \t]*(?:[\r\n]|$)")
# From here on a text is worth a pause of the garbage collector.
_LONG = 100_000
_by_span = attrgetter("span")


def parse(path: str, text: str) -> Facts:
    """All that the note at ``path`` says, by its ``text``.

    Total: any text gives facts, in time about linear in its length. Lines end at ``\\n``, ``\\r\\n`` and ``\\r``.
    """
    if len(text) < _LONG:
        return _parse(path, text)
    with _no_collecting():
        return _parse(path, text)


def _parse(path: str, text: str) -> Facts:
    frontmatter = read_frontmatter(text)
    source = text.replace("\0", "\ufffd")
    if "\r" in source:
        source = _ANY_LINE_END.sub("\n", source)
    body = frontmatter.span.end if frontmatter else _half_typed_header(text)
    structure = blocks.read_blocks(source, _lines_before(text, body))
    return _facts(path, text, frontmatter, structure, body)


@contextmanager
def _no_collecting() -> Generator[None]:
    """Parsing makes hundreds of thousands of objects and no cycles: looking for those takes two thirds of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _half_typed_header(text: str) -> int:
    """Where the text of a note begins whose TOML header is not closed yet: nowhere, since ``[[table]]`` is no link.

    Nothing else begins with such a line. An unclosed ``---`` is a rule, and the text below it is text.
    """
    return len(text) if _TOML_FENCE.match(text) else 0


def _lines_before(text: str, body: int) -> int:
    if not body:
        return 0
    head = text[:body]
    return head.count("\n") + head.count("\r") - head.count("\r\n") + 1


def _facts(path: str, text: str, frontmatter: Frontmatter | None, structure: Structure, body: int) -> Facts:
    place = _placing(text)
    headings = _headings(structure, len(text), place)
    found = structure.found
    regions = _placed(structure.regions, place)
    links = found.links + found.apart
    tags = found.tags
    if place is not _same:
        links, tags = _placed(links, place), _placed(tags, place)
    if frontmatter:
        links = metadata.frontmatter_links(text, frontmatter) + links
        tags = metadata.frontmatter_tags(text, frontmatter) + tags
        regions.insert(0, Region(BlockKind.FRONTMATTER, frontmatter.span))
    title, title_span = _title(path, frontmatter, headings)
    return Facts(
        path=path,
        title=title,
        title_span=title_span,
        aliases=(
            *(metadata.aliases(text, frontmatter) if frontmatter else ()),
            *(metadata.page_names(text, body) if "::" in text else ()),
        ),
        frontmatter=frontmatter,
        headings=tuple(headings),
        links=tuple(sorted(links, key=_by_span)),
        references=tuple(sorted(_placed(found.references, place), key=_by_span)),
        definitions=tuple(_placed(structure.definitions, place)),
        footnotes=tuple(sorted(_placed(found.footnotes, place), key=_by_span)),
        tags=tuple(sorted(tags, key=_by_span)),
        blocks=tuple(_placed(structure.blocks, place)),
        anchors=tuple(sorted(_placed(found.anchors, place), key=_by_span)),
        tasks=tuple(_placed(structure.tasks, place)),
        regions=tuple(regions),
        opaque=_disjoint(Span(place(span.start), place(span.end)) for span in found.opaque),
        problems=frontmatter.problems if frontmatter else (),
        words=count(text[body:] if body else text),
    )


def _same(offset: int) -> int:
    return offset


def _placing(text: str) -> Callable[[int], int]:
    """The map from offsets in the source with ``\\n`` only to offsets in the text."""
    if "\r\n" not in text:
        return _same
    removed = [match.start() - index for index, match in enumerate(re.finditer("\r\n", text))]
    return lambda offset: offset + bisect_left(removed, offset)


def _placed(facts: Iterable[_T], place: Callable[[int], int]) -> list[_T]:
    """The facts with every span moved to where it stands in the text."""
    if place is _same:
        return list(facts)
    return [_moved(fact, place) for fact in facts]


def _moved(fact: Any, place: Callable[[int], int]) -> Any:
    changes = {
        name: Span(place(value.start), place(value.end))
        for name in fact.__slots__
        if isinstance(value := getattr(fact, name), Span)
    }
    return replace(fact, **changes)


def _headings(structure: Structure, length: int, place: Callable[[int], int]) -> list[Heading]:
    slugger = Slugger()
    headings: list[Heading] = []
    open_ones: list[int] = []
    ends: list[int] = [length] * len(structure.headings)
    for index, raw in enumerate(structure.headings):
        while open_ones and structure.headings[open_ones[-1]].level >= raw.level:
            ends[open_ones.pop()] = place(raw.line_start)
        open_ones.append(index)
    for raw, end in zip(structure.headings, ends, strict=True):
        title = plain_text(raw.content, structure.references)
        span = Span(place(raw.span.start), place(raw.span.end))
        headings.append(
            Heading(
                level=raw.level,
                span=span,
                title_span=Span(place(raw.title_span.start), place(raw.title_span.end)),
                title=title,
                slug=slugger.unique(title),
                section=Span(span.start, end),
            )
        )
    return headings


def _title(path: str, frontmatter: Frontmatter | None, headings: list[Heading]) -> tuple[str, Span]:
    if frontmatter and (written := metadata.title(frontmatter)):
        return written
    for heading in headings:
        if heading.level == 1 and heading.title:
            return heading.title, heading.title_span
    stem = path.rpartition("/")[2]
    for extension in (".md", ".markdown"):
        if stem.lower().endswith(extension) and len(stem) > len(extension):
            return stem[: -len(extension)], Span(0, 0)
    return stem, Span(0, 0)


def _disjoint(spans: Iterable[Span]) -> tuple[Span, ...]:
    out: list[Span] = []
    for span in sorted(spans):
        if out and span.start < out[-1].end:
            out[-1] = Span(out[-1].start, max(out[-1].end, span.end))
        else:
            out.append(span)
    return tuple(out)
