"""Read: the frontmatter of a note as properties with exact spans, and its problems."""

from __future__ import annotations

import re
from functools import lru_cache

from notes_lsp.facts import Frontmatter, Property
from notes_lsp.frontmatter.formats.json import json_end, read_json
from notes_lsp.frontmatter.formats.toml import read_toml
from notes_lsp.frontmatter.formats.tree import HeaderEntry, Problems, flatten
from notes_lsp.frontmatter.formats.yaml import read_yaml
from notes_lsp.text.source import Span

_OPENING = re.compile(r"\ufeff?(---|\+\+\+)[ \t]*+(\r\n|\n|\r)")
_YAML_CLOSING = re.compile(r"(?<=[\r\n])(?:---|\.\.\.)(?=[ \t]*+(?:[\r\n]|\Z))")
_TOML_CLOSING = re.compile(r"(?<=[\r\n])\+\+\+(?=[ \t]*+(?:[\r\n]|\Z))")
_JSON_OPENING = re.compile(r"\ufeff?(?=\{\s*+(?:\}|\"(?:[^\"\\\r\n]|\\.)*+\"\s*+:))")
_BLOCK_SCALAR = re.compile(r"[|>][^\r\n]*+\s++")


def read_frontmatter(text: str) -> Frontmatter | None:
    """The frontmatter of a note; ``None`` where the text has none. Spans are offsets in ``text``. Never raises.

    Frontmatter stands at the very start of the text: YAML between ``---`` and ``---`` or ``...``, TOML between two
    ``+++``, or a JSON object. What stands between two ``---`` and is plain prose is no frontmatter.

    A property's ``value_span`` covers the value as written, with its quotes or brackets and without trailing line ends,
    anchor and tag; see :func:`inner_span`. An empty value is empty where it would stand. What an alias stands for has
    the alias for both of its spans. :func:`.formats.tree.flatten` says how nested values are keyed.
    """
    found = read_tree(text)
    return found[0] if found is not None else None


@lru_cache(maxsize=4)
def read_tree(text: str) -> tuple[Frontmatter, list[HeaderEntry]] | None:
    """The same, with the tree that it was made of, not to be changed.

    What was read last is kept: whoever asks of a note wants the header that was read when its facts were.
    """
    opening = _OPENING.match(text)
    if opening is None:
        return _json(text)
    yaml = opening[1] == "---"
    closing = (_YAML_CLOSING if yaml else _TOML_CLOSING).search(text, opening.end())
    if closing is None:
        return None
    span, body = Span(opening.start(1), closing.end()), Span(opening.end(), closing.start())
    problems = Problems()
    entries = read_yaml(text, body, problems) if yaml else read_toml(text, body, problems)
    return None if entries is None else _frontmatter("yaml" if yaml else "toml", span, body, entries, problems)


def inner_span(text: str, prop: Property) -> Span:
    """The span of what a value's quotes enclose, or of a block scalar's text; of other values their ``value_span``."""
    start, end = prop.value_span
    for quote in ('"""', "'''", '"', "'"):
        closed = end - start >= 2 * len(quote) and text.startswith(quote, start) and text.endswith(quote, start, end)
        if closed:
            return Span(start + len(quote), end - len(quote))
    block = _BLOCK_SCALAR.match(text, start, end)
    return Span(block.end(), end) if block and re.search(r"[\r\n]", block[0]) else prop.value_span


def _json(text: str) -> tuple[Frontmatter, list[HeaderEntry]] | None:
    opening = _JSON_OPENING.match(text)
    end = json_end(text, opening.end()) if opening else None
    if opening is None or end is None:
        return None
    span = Span(opening.end(), end)
    problems = Problems()
    return _frontmatter("json", span, span, read_json(text, span, problems), problems)


def _frontmatter(
    name: str, span: Span, body: Span, entries: list[HeaderEntry], problems: Problems
) -> tuple[Frontmatter, list[HeaderEntry]]:
    properties = flatten(entries, problems)
    return Frontmatter(name, span, body, properties, problems.in_order()), entries
