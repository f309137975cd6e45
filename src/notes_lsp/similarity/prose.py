"""Prose: the words of a note that its writer wrote, without markup, for comparison with other notes."""

from __future__ import annotations

import re

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_REMARK = re.compile(
    r"^[ \t]*%%(?:(?!^[ \t]*%%[^\n]+%%).)*?(?!^%%[^\n]+%%)%%|%%(?:[^\n]|\n(?![ \t]*(?:\n|%%)))*?%%",
    re.MULTILINE | re.DOTALL,
)
"""From the beginning of a line it may go on for many, up to one with a comment of its own; else for a paragraph."""
_ONE_LINE_REMARK = re.compile(r"^[ \t]*%%[^\n]*?%%[ \t]*$", re.MULTILINE)
_LAZY = (
    r"(?:(?<=[^\s>])|(?<=[^\s>] )|(?<=[^\s>]  ))\n[ \t]*(?![ \t\n>]|#{1,6}[ \t]|[-*+][ \t]|\d{1,9}[.)][ \t]|```|~~~).+"
)
"""A line behind one with words goes on with the quotation, as long as it begins nothing else."""
_QUOTED = rf"[ \t]*>.*(?:{_LAZY}){{0,3}}"
"""Not more than three such lines: a quotation that is wrapped has a few, but a text that was put below one has all."""
_QUOTE = re.compile(rf"^{_QUOTED}(?:\n{_QUOTED})*", re.MULTILINE)
_BLOCKQUOTE = re.compile(r"<blockquote\b.*?</blockquote>", re.DOTALL)
_QUOTE_BLOCK = re.compile(r"^#\+BEGIN_QUOTE\b.*?#\+END_QUOTE", re.MULTILINE | re.DOTALL)
_CALLOUT = re.compile(r"[ \t]*>[ \t]*\[!(?!(?:quote|cite)\b)", re.IGNORECASE)
_EMBED = re.compile(r"!\[\[[^\[\]\n]*\]\]")
_LINK_LINE = re.compile(
    r"^[ \t]*(?:[-*+][ \t]+|\d{1,9}[.)][ \t]+)?(?:\[[ xX]\][ \t]+)?"
    r"(?:\[\[[^\[\]\n]*\]\]|\[[^\[\]\n]*\]\([^()\n]*\))[ \t]*$",
    re.MULTILINE,
)
_TARGET = re.compile(r"\[\[[^\[\]|\n]*\|")
_DESTINATION = re.compile(r"\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*(?:\n[^()\n]+)?\)")
_HTML = re.compile(r"<(?:/?[A-Za-z])[^<>]*>")
_HASHTAG = re.compile(r"#(?<![\w#]#)[^\W\d][\w/-]*")
_ADDRESS = re.compile(r"https?://[^\s<>|)\]]+")


def prose_text(text: str) -> str:
    """A text without quotations, embeds, comments, addresses, tags and HTML; of links what is read of them.

    Total; linear.
    """
    if "<!--" in text:
        text = _without(text, _COMMENT, "-->")
    if "%%" in text:
        # Where one is never closed, or never opened, nobody knows which of them belong together.
        text = _ONE_LINE_REMARK.sub(" ", text) if text.count("%%") % 2 else _without(text, _REMARK, "%%")
    if ">" in text:
        text = _QUOTE.sub(lambda match: match[0] if _CALLOUT.match(match[0]) else "", text)
    text = _without(text, _BLOCKQUOTE, "</blockquote>")
    text = _without(text, _QUOTE_BLOCK, "#+END_QUOTE")
    if "[[" in text:
        text = _TARGET.sub(" ", _EMBED.sub(" ", text))
    if "](" in text:
        text = _DESTINATION.sub(" ", text)
    if "://" in text:
        text = _ADDRESS.sub(" ", text)
    if "<" in text:
        text = _HTML.sub(" ", text)
    return _HASHTAG.sub(" ", text) if "#" in text else text


def is_list_of_links(text: str) -> bool:
    """Whether more of a text stands in lines that are nothing but a link than elsewhere."""
    links = sum(len(match[0]) for match in _LINK_LINE.finditer(text))
    return links * 2 > len(text.strip())


def _without(text: str, pattern: re.Pattern[str], end: str) -> str:
    """A text without what a pattern matches that ends with ``end``."""
    # No further than the last end of one: to look for it behind every beginning would take for ever.
    last = text.rfind(end) + len(end)
    return pattern.sub(" ", text[:last]) + text[last:] if last >= len(end) else text
