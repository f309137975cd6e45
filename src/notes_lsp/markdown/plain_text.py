"""Plain text: what a reader sees of a heading, without its markup."""

from __future__ import annotations

import re
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

_MARKUP = re.compile(r"[\\`*_~\[\]<&%]")
_COMMENT_OR_FOOTNOTE = re.compile(r"%%.*?%%|\[\^[^\s\[\]]+\](?!\()")
_WIKI = re.compile(r"\[\[([^\[\]|\n]*)(?:\|([^\[\]\n]*))?\]\]")
# No heading that is read is longer; one that is not read need not be made readable.
_LONGEST = 2_000


def plain_text(content: str, references: dict[str, Any]) -> str:
    """The text of inline content as read: markup stripped, white space collapsed.

    ``references`` are the definitions as markdown-it-py keeps them; a reference to one of them loses its brackets.
    """
    if _MARKUP.search(content) and len(content) <= _LONGEST:
        content = _COMMENT_OR_FOOTNOTE.sub("", content)
        tokens = _PARSER.inline.parse(content, _PARSER, {"references": references}, [])
        content = "".join(_texts(tokens))
    return " ".join(content.split())


def _texts(tokens: list[Token]) -> list[str]:
    texts: list[str] = []
    for token in tokens:
        if token.type in {"text", "text_special", "code_inline"}:
            texts.append(token.content)
        elif token.type in {"softbreak", "hardbreak"}:
            texts.append(" ")
        elif token.type == "image":
            texts += _texts(token.children or [])
    return texts


def _wiki(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 (markdown-it's signature)
    if not state.src.startswith("[[", state.pos):
        return False
    match = _WIKI.match(state.src, state.pos)
    if not match:
        return False
    if not silent:
        token = state.push("text_special", "", 0)
        token.content = match[1] if match[2] is None else match[2]
    state.pos = match.end()
    return True


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("strikethrough")
    parser.inline.ruler.before("link", "wiki", _wiki)
    return parser


_PARSER = _parser()
