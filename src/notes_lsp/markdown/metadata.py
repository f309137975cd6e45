"""Metadata: what the frontmatter says of the note itself: its title, aliases, tags and links."""

from __future__ import annotations

import re

from notes_lsp.facts import Frontmatter, Link, Property, PropertyType, Tag
from notes_lsp.markdown import inline_grammar as markup
from notes_lsp.text.source import Span

_ALIASES = frozenset({"aliases", "alias"})
_TAGS = frozenset({"tags", "tag", "keywords"})
_ARXIV = frozenset({"arxiv", "arxivid", "arxiv-id", "arxiv_id"})
_PAGE_NAMES = frozenset({"alias", "aliases", "title"})
_BLANK = re.compile(r"\s*")
_PAGE_PROPERTY = re.compile(r"[ \t]*([A-Za-z][\w-]*):: ?([^\r\n]*)(?:\r?\n|\Z)")
_COMMA = re.compile(r"[^,]+")
_COMMA_OR_SPACE = re.compile(r"[^\s,]+")
_WIKI = re.compile(r"!?\[\[([^\[\]\n]*)\]\]")
_CONTAINERS = frozenset({PropertyType.LIST, PropertyType.OBJECT})


def title(frontmatter: Frontmatter) -> tuple[str, Span] | None:
    """The ``title`` and where its value stands; ``None`` where there is none or it is empty."""
    for entry in frontmatter.properties:
        # What is left of a value that cannot be read is a guess, and a note must not be known by a guess.
        broken = any(
            problem.span.end > entry.key_span.start and problem.span.start <= entry.value_span.end
            for problem in frontmatter.problems
        )
        if entry.key.lower() == "title" and entry.index is None and _is_text(entry) and not broken:
            value = " ".join(entry.value.split())
            if value:
                return value, entry.value_span
    return None


def aliases(text: str, frontmatter: Frontmatter) -> list[tuple[str, Span]]:
    """The aliases, from a list or a string with commas, each with its own place."""
    return [
        alias
        for entry in frontmatter.properties
        if entry.key.lower() in _ALIASES and _is_text(entry)
        for alias in ([_whole(text, entry)] if entry.index is not None else _parts(text, entry, _COMMA))
        if alias[0]
    ]


def page_names(text: str, body: int) -> list[tuple[str, Span]]:
    """The names that a page of Logseq says of itself in the first lines of its text, ``alias:: a, b`` or ``title:: a``.

    ``body`` is where the text begins.
    """
    found: list[tuple[str, Span]] = []
    begin = _BLANK.match(text, body)
    line = _PAGE_PROPERTY.match(text, begin.end() if begin else body)
    while line is not None:
        key, written = line[1].lower(), Span(*line.span(2))
        if key in _PAGE_NAMES:
            parts = [written] if key == "title" else [Span(*part.span()) for part in _COMMA.finditer(text, *written)]
            for part in parts:
                value = text[part.start : part.end]
                name = value.strip().removeprefix("[[").removesuffix("]]").strip()
                start = part.start + value.index(name)
                found.append((name, Span(start, start + len(name))))
        line = _PAGE_PROPERTY.match(text, line.end())
    return [(name, span) for name, span in found if name]


def frontmatter_tags(text: str, frontmatter: Frontmatter) -> list[Tag]:
    """The tags, from a list or a string with commas or spaces, without ``#``."""
    out: list[Tag] = []
    for entry in frontmatter.properties:
        if entry.key.lower() not in _TAGS or not _is_text(entry):
            continue
        for word, span in _parts(text, entry, _COMMA_OR_SPACE):
            name = word.lstrip("#")
            if name.strip("/"):
                out.append(Tag(name, Span(span.start + len(word) - len(name), span.end)))
    return out


def frontmatter_links(text: str, frontmatter: Frontmatter) -> list[Link]:
    """The wiki links and URLs in the values."""
    out: list[Link] = []
    for entry in frontmatter.properties:
        if entry.type in _CONTAINERS:
            continue
        start, end = entry.value_span
        value = text[start:end]
        if "[[" in value:
            out += [
                markup.wiki_link(value, match.start(), match.start(1), match.end(1), start.__add__)
                for match in _WIKI.finditer(value)
            ]
        if "://" in value:
            out += _urls(value, start)
        elif "/" in value or "." in value:
            out += _identifiers(entry.key.lower().rpartition(".")[2], value, start)
    return out


def _identifiers(key: str, value: str, start: int) -> list[Link]:
    """The paper that a value is the number of, by its name before a colon, or by its key."""
    at = 1 if value[:1] in {'"', "'"} else 0
    bounds = markup.identifier_bounds(value, value.find(":"), 0) if ":" in value[:8] else None
    if not bounds:
        end = markup.doi_end(value, at) if key == "doi" else markup.arxiv_end(value, at) if key in _ARXIV else 0
        bounds = (at, end)
    rest = value[bounds[1] :].strip("\"' \t\n")
    whole = bounds[0] == at and bounds[1] and (not rest or rest.startswith("#"))
    return [markup.url_link(value, *bounds, start.__add__)] if whole else []


def _urls(value: str, start: int) -> list[Link]:
    out: list[Link] = []
    floor = 0
    colon = value.find("://")
    while colon >= 0:
        bounds = markup.url_bounds(value, colon, floor)
        if bounds and not _in_wiki(value, bounds[0]):
            floor = bounds[1]
            out.append(markup.url_link(value, bounds[0], bounds[1], start.__add__))
        colon = value.find("://", colon + 3)
    return out


def _in_wiki(value: str, at: int) -> bool:
    return value.rfind("[[", 0, at) > value.rfind("]]", 0, at)


def _is_text(entry: Property) -> bool:
    return entry.type not in _CONTAINERS and entry.type is not PropertyType.NULL


def _whole(text: str, entry: Property) -> tuple[str, Span]:
    value = entry.value.strip()
    return value, _find(text, value, entry.value_span)


def _parts(text: str, entry: Property, pattern: re.Pattern[str]) -> list[tuple[str, Span]]:
    out: list[tuple[str, Span]] = []
    rest = entry.value_span
    for match in pattern.finditer(entry.value):
        part = match[0].strip()
        if part:
            span = _find(text, part, rest)
            out.append((part, span))
            rest = Span(min(span.end, rest.end), rest.end) if span != rest else rest
    return out


def _find(text: str, part: str, within: Span) -> Span:
    """Where a part of a value stands; all of the value where escapes or folding keep it from being found."""
    at = text.find(part, within.start, within.end)
    return within if at < 0 else Span(at, at + len(part))
