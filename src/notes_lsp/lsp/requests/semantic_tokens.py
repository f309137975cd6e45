"""Semantic tokens: encoded as the protocol's numbers, whole, for a range, or as a delta."""

from __future__ import annotations

from collections.abc import Iterable

from lsprotocol import types

from notes_lsp.ide.structure.semantic_tokens import SemanticToken, TokenKind, semantic_tokens
from notes_lsp.lsp.server import convert
from notes_lsp.lsp.server.server import NotesServer
from notes_lsp.lsp.server.session import RequestContext
from notes_lsp.text.source import Span

LEGEND = types.SemanticTokensLegend(token_types=[kind.value for kind in TokenKind], token_modifiers=[])
_NUMBERS = {kind: number for number, kind in enumerate(TokenKind)}
_EACH = 5
"""Numbers for one token."""


def all_tokens(server: NotesServer, params: types.SemanticTokensParams) -> types.SemanticTokens | None:
    """The tokens of a note."""
    at = server.document(params.text_document.uri)
    if at is None:
        return None
    data = _encoded(at, semantic_tokens(at.vault, at.note))
    return types.SemanticTokens(data, _remembered(server, params.text_document.uri, data))


def tokens_in_range(server: NotesServer, params: types.SemanticTokensRangeParams) -> types.SemanticTokens | None:
    """The tokens of a note that touch a range."""
    at = server.document(params.text_document.uri)
    if at is None:
        return None
    within = Span(
        convert.offset(at.source, params.range.start, at.unit), convert.offset(at.source, params.range.end, at.unit)
    )
    found = (
        one
        for one in semantic_tokens(at.vault, at.note)
        if one.span.start <= within.end and within.start <= one.span.end
    )
    return types.SemanticTokens(_encoded(at, found))


def changed_tokens(
    server: NotesServer, params: types.SemanticTokensDeltaParams
) -> types.SemanticTokens | types.SemanticTokensDelta | None:
    """What changed since an earlier answer; all tokens where that is not the last one."""
    at = server.document(params.text_document.uri)
    if at is None:
        return None
    known, before = server.tokens.get(params.text_document.uri, ("", []))
    data = _encoded(at, semantic_tokens(at.vault, at.note))
    mark = _remembered(server, params.text_document.uri, data)
    if known != params.previous_result_id:
        return types.SemanticTokens(data, mark)
    return types.SemanticTokensDelta(list(_difference(before, data)), mark)


def _remembered(server: NotesServer, uri: str, data: list[int]) -> str | None:
    """The result id of an answer; ``None`` for a note that is not open, of which nothing is kept."""
    if uri not in server.versions:
        return None
    mark = str(int(server.tokens.get(uri, ("0", []))[0]) + 1)
    server.tokens[uri] = (mark, data)
    return mark


def _encoded(at: RequestContext, found: Iterable[SemanticToken]) -> list[int]:
    """Five numbers for each token: lines and columns from the one before, length, type, modifiers (LSP 3.17)."""
    data: list[int] = []
    line = column = 0
    for token in found:
        start = at.source.position(token.span.start, at.unit)
        end = at.source.position(token.span.end, at.unit)
        along = start.column - column if start.line == line else start.column
        data += (start.line - line, along, end.column - start.column, _NUMBERS[token.kind], 0)
        line, column = start
    return data


def _difference(before: list[int], after: list[int]) -> Iterable[types.SemanticTokensEdit]:
    """One edit between what both begin with and what both end with, in whole tokens."""
    if before == after:
        return
    most = min(len(before), len(after)) // _EACH
    first = next((n for n in range(most) if _token(before, n) != _token(after, n)), most)
    left = most - first
    last = next((n for n in range(left) if _token(before, -n - 1) != _token(after, -n - 1)), left)
    end = len(after) - last * _EACH
    yield types.SemanticTokensEdit(
        first * _EACH, len(before) - last * _EACH - first * _EACH, after[first * _EACH : end]
    )


def _token(data: list[int], number: int) -> list[int]:
    start = number * _EACH if number >= 0 else len(data) + number * _EACH
    return data[start : start + _EACH]
