"""Semantic tokens: the tokens of a note that only notes have, frontmatter included."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from notes_lsp.facts import Link, LinkKind, PropertyType, Tag
from notes_lsp.frontmatter.formats.tree import HeaderEntry, Node
from notes_lsp.frontmatter.values import Header, header
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.text.source import Span

_COMMENTS = {"yaml": re.compile(r"(?<=\s)#[^\r\n]*"), "toml": re.compile(r"#[^\r\n]*")}
_LONGEST_WORD = 10
_MAX_COUNT = 20_000
"""Tokens of one note; more than that no editor bears."""
_LINE = re.compile(r"[^\r\n]+")


class TokenKind(StrEnum):
    """The kinds, by the protocol's own names, so that every theme has colours for them."""

    KEY = "property"
    TEXT = "string"
    NUMBER = "number"
    """Also dates: what is counted and sorted."""
    WORD = "keyword"
    """True, false and null."""
    ALIAS = "variable"
    """Of YAML: what stands for a value written elsewhere."""
    COMMENT = "comment"
    LINK = "class"
    TAG = "enumMember"


_KINDS = {
    PropertyType.NUMBER: TokenKind.NUMBER,
    PropertyType.DATE: TokenKind.NUMBER,
    PropertyType.DATETIME: TokenKind.NUMBER,
    PropertyType.BOOLEAN: TokenKind.WORD,
    PropertyType.NULL: TokenKind.WORD,
}


@dataclass(frozen=True, slots=True, order=True)
class SemanticToken:
    """A piece of one line."""

    span: Span
    kind: TokenKind


def semantic_tokens(vault: Vault, note: Note) -> list[SemanticToken]:
    """The tokens of a note in the order of its text, none of them touching two lines or another token.

    They are a function of this note's text alone: whether a link leads anywhere is told by diagnostics, which know when
    that changes. Of the body there are only wiki links and tags; the rest of Markdown every editor colours itself.
    """
    text = vault.text(note) or ""
    inner = sorted((*_links(vault, note), *_tags(vault, note)))
    found = header(text)
    outer = sorted(set(_of_header(text, found))) if found is not None else []
    return list(islice(_by_line(text, _around(outer, inner)), _MAX_COUNT))


def _links(vault: Vault, note: Note) -> Iterator[SemanticToken]:
    for link in vault.facts(Link, note):
        span = Span(link.target_span.start, max(link.target_span.end, link.anchor_span.end))
        if link.kind is LinkKind.WIKI and span.end > span.start:
            yield SemanticToken(span, TokenKind.LINK)


def _tags(vault: Vault, note: Note) -> Iterator[SemanticToken]:
    return (SemanticToken(tag.span, TokenKind.TAG) for tag in vault.facts(Tag, note) if tag.span.end > tag.span.start)


def _of_header(text: str, found: Header) -> Iterator[SemanticToken]:
    told: list[SemanticToken] = []
    waiting: list[HeaderEntry | Node] = list(found.entries)
    while waiting:
        one = waiting.pop()
        node = one.node if isinstance(one, HeaderEntry) else one
        key = _table_name(text, node) if found.format == "toml" else None
        if key is None and isinstance(one, HeaderEntry):
            key = one.key_span
        if node.alias:
            told.append(SemanticToken(node.span, TokenKind.ALIAS))
            key = None if key == node.span else key
        elif node.type not in (PropertyType.LIST, PropertyType.OBJECT):
            told.append(SemanticToken(node.span, _kind(node)))
        else:
            waiting += node.entries
            waiting += node.items
        if key is not None:
            told.append(SemanticToken(key, TokenKind.KEY))
    yield from told
    if found.format in _COMMENTS:
        yield from _comments(text, found, told)


def _kind(node: Node) -> TokenKind:
    # What is too long to be read is nothing to the rest of the program, but it is no word.
    is_unread = node.type is PropertyType.NULL and node.span.end - node.span.start > _LONGEST_WORD
    return TokenKind.TEXT if is_unread else _KINDS.get(node.type, TokenKind.TEXT)


def _table_name(text: str, node: Node) -> Span | None:
    """What stands between the brackets of a table's header in TOML; ``None`` where the node has no header."""
    written = text[node.span.start : node.span.end]
    name = written.strip("[]")
    is_header = (node.type is PropertyType.OBJECT or bool(node.items)) and written.startswith("[") and "," not in name
    if not is_header or any(inner.span != node.span for inner in node.items) or "\n" in name:
        return None
    start = node.span.start + len(written) - len(written.lstrip("["))
    return Span(start, start + len(name))


def _comments(text: str, found: Header, told: Iterable[SemanticToken]) -> Iterator[SemanticToken]:
    """What stands behind a ``#`` between the tokens."""
    start, end = found.body
    for token in (*sorted(told), SemanticToken(Span(end, end), TokenKind.COMMENT)):
        for match in _COMMENTS[found.format].finditer(text, start, max(start, token.span.start)):
            yield SemanticToken(Span(*match.span()), TokenKind.COMMENT)
        start = max(start, token.span.end)


def _around(outer: list[SemanticToken], inner: list[SemanticToken]) -> Iterator[SemanticToken]:
    """All tokens, the outer ones cut where inner ones stand in them; of two that overlap otherwise the first."""
    done = number = 0
    for token in outer:
        while number < len(inner) and inner[number].span.start < token.span.start:
            if inner[number].span.start >= done:
                yield inner[number]
                done = inner[number].span.end
            number += 1
        start = max(done, token.span.start)
        while number < len(inner) and inner[number].span.start < token.span.end:
            one = inner[number]
            number += 1
            if one.span.start >= start:
                yield SemanticToken(Span(start, one.span.start), token.kind)
                yield one
                start = one.span.end
        yield SemanticToken(Span(start, max(start, token.span.end)), token.kind)
        done = max(done, start, token.span.end)
    for one in inner[number:]:
        if one.span.start >= done:
            yield one
            done = one.span.end


def _by_line(text: str, found: Iterable[SemanticToken]) -> Iterator[SemanticToken]:
    """Each token in pieces that stay on their lines, without the blanks that indent them."""
    for token in found:
        for match in _LINE.finditer(text, *token.span):
            start = match.end() - len(match[0].lstrip())
            end = match.start() + len(match[0].rstrip())
            if start < end:
                yield SemanticToken(Span(start, end), token.kind)
