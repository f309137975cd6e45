"""Attribute lists: the ids that ``{#id .class}`` gives to headings, blocks and spans, in all its common forms."""

from __future__ import annotations

import re
from collections.abc import Iterator

_WORD = r"(?:#[^\s#{}]+|\.[\w:.\-]+|[\w:.\-]+=(?:\"[^\"{}]*\"|'[^'{}]*'|[^\s{}\"']*)|-)"
_LIST = rf"(?<![\\{{])\{{:?[ \t]*{_WORD}(?:[ \t]+{_WORD})*[ \t]*\}}(?!\}})"
_ANYWHERE = re.compile(_LIST)
_AT_END = re.compile(rf"(?:[ \t]+#+)?[ \t]*({_LIST})[ \t]*\Z")
_ID = re.compile(r"(?<=[{: \t])(?:#([^\s#{}]+)|id=[\"']?([^\s\"'{}]+))")
_TARGET = re.compile(r"^\(([\w:.\-]+)\)=[ \t]*$", re.MULTILINE)
_CELL_LABEL = re.compile(r"^[ \t]*#\|[ \t]*label:[ \t]*([\w:.\-]+)[ \t]*$", re.MULTILINE)

_TERM = re.compile(r"^[^\n:][^\n]*(?=\n:[ \t])", re.MULTILINE)
_INCLUDE = re.compile(
    r"\{\{[<%][ \t]*[\w-]*include\b"
    r"|^:::[ \t]*[A-Za-z_][\w-]*[.:-]\w"
    r"|\{\{[ \t]*#\w*include\b"
    r"|\{%-?[ \t]*include\w*\b"
    r"|\{![^!\n]+!\}"
    r"|-{1,}8<-{1,}"
)


def title_end(content: str) -> int:
    """Where the title of a heading ends before its attribute list; the length of the content where it has none.

    Hashes that close the heading may stand before the list. A title of nothing else keeps it.
    """
    found = _AT_END.search(content) if content.endswith("}") else None
    return found.start() if found is not None and content[: found.start()].strip() else len(content)


def lists(content: str) -> Iterator[tuple[int, int]]:
    """Where the attribute lists of inline content are, as Pandoc, kramdown and Python-Markdown write them."""
    if "{" in content:
        yield from (match.span() for match in _ANYWHERE.finditer(content))


def ids(content: str, start: int = 0, end: int | None = None) -> Iterator[tuple[str, int, int]]:
    """The ids in a stretch of an attribute list, each with where it stands without its ``#``."""
    for match in _ID.finditer(content, start, len(content) if end is None else end):
        group = match.lastindex or 1
        yield match[group], match.start(group), match.end(group)


def attribute_targets(content: str) -> Iterator[tuple[str, int, int]]:
    """The ids that MyST gives to what follows, ``(id)=`` on a line of its own."""
    if ")=" in content:
        yield from ((match[1], match.start(1), match.end(1)) for match in _TARGET.finditer(content))


def includes(content: str) -> Iterator[tuple[int, int]]:
    """Where another file is included, as Quarto, mdBook, Liquid and others do, or a page is made of code."""
    yield from (match.span() for match in _INCLUDE.finditer(content))


def defined_terms(content: str) -> Iterator[tuple[int, int]]:
    """The terms of a list of definitions, each a line before one that begins with a colon; some programs name them."""
    yield from (match.span() for match in _TERM.finditer(content))


def labels_of_code(text: str) -> Iterator[tuple[str, int, int]]:
    """The ids of a block of code: those of its first line, and of Quarto's ``#| label:``."""
    first = text.find("\n")
    for start, end in lists(text[: first if first >= 0 else len(text)]):
        yield from ids(text, start, end)
    if "#|" in text:
        yield from ((match[1], match.start(1), match.end(1)) for match in _CELL_LABEL.finditer(text))
