"""Inline grammar: the small grammars of inline content, each recognised at one offset.

Every function takes content and offsets in it, looks no further than it must, and fails by answering ``0`` or
``None``. ``place`` turns an offset in the content into one in the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from notes_lsp.facts import Anchor, Link, LinkKind
from notes_lsp.text.source import Span

Place = Callable[[int], int]
_Target = tuple[str, Span, str | None, Span]

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+:(?!%20|\s)")
_SCHEME_WITH_HOST = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+://")
_ESCAPED_OR_HASH = re.compile(r"\\.|#", re.DOTALL)
_LINE_END = re.compile(r"[ \t]*\n[ \t]*")

_SPACE = re.compile(r"[ \t\n]*+")
_ANGLE_DESTINATION = re.compile(r"<((?:[^<>\\\n]++|\\.)*+)>", re.DOTALL)
_PLAIN_DESTINATION = re.compile(r"[^\x00-\x20\x7f()\\<][^\x00-\x20\x7f()\\]*+(?=\))")
_PAREN_OR_END = re.compile(r"\\[!-/:-@\[-`{-~]|[()\x00-\x20\x7f]")
_TITLE = re.compile(r'"(?:[^"\\]++|\\.)*+"|\'(?:[^\'\\]++|\\.)*+\'|\((?:[^()\\]++|\\.)*+\)', re.DOTALL)
_MAX_PARENS = 32

_ATTRIBUTE_VALUE = r"\"[^\"]*+\"|'[^']*+'|[^\s\"'=<>`]++"
_TAG = re.compile(
    rf"</[A-Za-z][A-Za-z0-9\-]*+\s*+>"
    rf"|<[A-Za-z][A-Za-z0-9\-]*+(?:\s++[A-Za-z_:][A-Za-z0-9:._\-]*+(?:\s*+=\s*+(?:{_ATTRIBUTE_VALUE}))?+)*+\s*+/?>"
)
_ATTRIBUTE = re.compile(rf"\s([A-Za-z_:][A-Za-z0-9:._\-]*+)\s*+=\s*+({_ATTRIBUTE_VALUE})")

_TAG_RUN = re.compile(r"[^\s!-,.:-@\[-\^`{-~\u2000-\u200c\u200e-\u206f]+")
# No "{": pandoc's {#id} is an attribute.
_BEFORE_TAG = frozenset(" \t\n([\"'*~=,;|>")
_URL = re.compile(r"[^\s<>\"`|，。、；：！？（）｛｝「」『』【】〔〕〖〗《》〈〉“”‘’«»‹›…\u200b\u2060\ufeff]+")
_URL_TAIL = "?!.,:;*_~'\\،؛؟।"
_DOI = re.compile(r" ?10\.\d{4,9}(?:\.\d+)*/(?=\w)")
_ARXIV = re.compile(r" ?(?:\d{4}\.\d{4,5}|[a-z\-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?(?![\w/]|\.\d)")
_ENTITY_AT_END = re.compile(r"&[A-Za-z0-9]+$")
_LONGEST_MARKED = 400
_BRACKET = re.compile(r"[()\[\]{}]")
_PAIRS = {")": "(", "]": "[", "}": "{"}


class InlineDestination(NamedTuple):
    """What stands in the parentheses of an inline link."""

    start: int
    stop: int
    angle: bool
    end: int
    """After the closing parenthesis."""


def label_key(label: str) -> str:
    """A label as it is compared: case-folded, white space collapsed (CommonMark 0.31, "matches")."""
    return " ".join(label.split()).casefold()


def wiki_link(content: str, begin: int, start: int, stop: int, place: Place) -> Link:
    """The link ``[[...]]`` whose inside is ``start`` to ``stop``; it begins at ``begin``, with a ``!`` if it embeds."""
    bar = content.find("|", start, stop)
    target_stop = stop if bar < 0 else bar
    # Written "\|" for a table's sake, outside of one: the backslash belongs to neither side.
    if bar > start and content[bar - 1] == "\\":
        target_stop = bar - 1
    span, embed = Span(place(begin), place(stop + 2)), content[begin] == "!"
    external = _SCHEME_WITH_HOST.match(content, start, target_stop) is not None
    to = _split(content, start, target_stop, place, whole=external)
    if bar < 0:
        return _link(LinkKind.WIKI, span, to, embed=embed)
    label, label_span = _one_line(content[bar + 1 : stop]), Span(place(bar + 1), place(stop))
    return _link(LinkKind.WIKI, span, to, label, label_span, embed=embed)


def inline_link(content: str, begin: int, inside: int, close: int, to: InlineDestination, place: Place) -> Link:
    """The link ``[label](to)`` or image: it begins at ``begin``, its label is ``inside`` to ``close``."""
    external = has_scheme(content, to.start, to.stop)
    return _link(
        LinkKind.INLINE,
        Span(place(begin), place(to.end)),
        _split(content, to.start, to.stop, place, whole=external),
        _one_line(content[inside:close]),
        Span(place(inside), place(close)),
        embed=content[begin] == "!",
        angle=to.angle,
    )


def definition_link(content: str, start: int, stop: int, place: Place, *, angle: bool) -> Link:
    """The link of a definition, whose destination is ``start`` to ``stop``."""
    external = has_scheme(content, start, stop)
    span = Span(place(start - angle), place(stop + angle))
    return _link(LinkKind.DEFINITION, span, _split(content, start, stop, place, whole=external), angle=angle)


def url_link(content: str, start: int, stop: int, place: Place) -> Link:
    """The link that a bare URL is."""
    span = Span(place(start), place(stop))
    return _link(LinkKind.URL, span, _split(content, start, stop, place, whole=True))


def autolink(content: str, start: int, stop: int, place: Place) -> Link:
    """The link ``<...>`` whose inside is ``start`` to ``stop``."""
    span = Span(place(start - 1), place(stop + 1))
    return _link(LinkKind.AUTOLINK, span, _split(content, start, stop, place, whole=True), angle=True)


def _link(
    kind: LinkKind,
    span: Span,
    to: _Target,
    label: str | None = None,
    label_span: Span | None = None,
    *,
    embed: bool = False,
    angle: bool = False,
) -> Link:
    """A link; one without a label has an empty one at its end."""
    target, target_span, anchor, anchor_span = to
    return Link(
        kind=kind,
        embed=embed,
        span=span,
        target=target,
        target_span=target_span,
        anchor=anchor,
        anchor_span=anchor_span,
        label=label,
        label_span=Span(span.end, span.end) if label_span is None else label_span,
        angle=angle,
    )


def has_scheme(content: str, start: int, stop: int) -> bool:
    """Whether a destination begins with a scheme. ``Re: a.md`` does not: no URL has a space there."""
    return _SCHEME.match(content, start, stop) is not None


def destination(content: str, paren: int) -> InlineDestination | None:
    """The destination and title in the parentheses that open at ``paren``."""
    start = _space(content, paren + 1)
    bounds = link_destination(content, start)
    if bounds is None:
        # Nothing at all is a destination too.
        return InlineDestination(start, start, angle=False, end=start + 1) if content.startswith(")", start) else None
    start, stop, after = bounds
    angle = after > stop
    at = _space(content, after)
    if at > after and (title := _TITLE.match(content, at)):
        at = _space(content, title.end())
    return InlineDestination(start, stop, angle, at + 1) if content.startswith(")", at) else None


def link_destination(content: str, at: int) -> tuple[int, int, int] | None:
    """Start and stop of the destination at ``at``, without its ``<>``, and where it ends with them; not an empty one.

    CommonMark 0.31, "Links": in angle brackets, or without spaces and with balanced parentheses.
    """
    if content.startswith("<", at):
        angle = _ANGLE_DESTINATION.match(content, at)
        return (at + 1, angle.end() - 1, angle.end()) if angle else None
    if plain := _PLAIN_DESTINATION.match(content, at):
        return at, plain.end(), plain.end()
    depth = 0
    stop = len(content)
    for match in _PAREN_OR_END.finditer(content, at):
        char = match[0]
        if char == "(":
            depth += 1
            if depth > _MAX_PARENS:
                return None
        elif char == ")" and depth:
            depth -= 1
        elif char[0] != "\\":
            stop = match.start()
            break
    return (at, stop, stop) if stop > at and depth == 0 else None


def link_title(content: str, at: int) -> int:
    """Where the title that begins at ``at`` ends; 0 where there is none."""
    title = _TITLE.match(content, at)
    return title.end() if title else 0


def tag_end(content: str, at: int) -> int:
    """Where the tag whose ``#`` stands at ``at`` ends; 0 where there is none."""
    run = _TAG_RUN.match(content, at + 1)
    if not run or (at and not _may_precede_tag(content[at - 1])):
        return 0
    name = run[0]
    if not name.isascii():
        name = name[: next((index for index, char in enumerate(name) if not _in_tag(char)), len(name))]
    name = name.rstrip("/")
    if name.isdigit() or not name.strip("-_/"):
        return 0
    return at + 1 + len(name)


def _may_precede_tag(char: str) -> bool:
    if char.isascii():
        return char in _BEFORE_TAG
    return unicodedata.category(char)[0] in "PZ"


def _in_tag(char: str) -> bool:
    if char in "-_/\u200d":
        return True
    # What stands for a character that could not be read.
    if char == "\ufffd":
        return False
    category = unicodedata.category(char)
    return category[0] in "LMN" or category in {"So", "Sk", "Cs", "Cn", "Co"}


def url_bounds(content: str, colon: int, floor: int) -> tuple[int, int] | None:
    """Where the bare URL whose scheme ends at ``colon`` begins and ends; it does not begin before ``floor``.

    As in GitHub Flavored Markdown 0.29, "Autolinks (extension)", and what GitHub does: punctuation at the end is the
    sentence's, a closing bracket is the URL's only if it closes one in the URL, and only a letter of a scheme may not
    stand before it, since many scripts write no blank there.
    """
    if not content.startswith("://", colon):
        return None
    start = colon - 5 if content[colon - 1 : colon] in {"s", "S"} else colon - 4
    if start < floor or content[start:colon].lower() not in {"http", "https"}:
        return None
    if start and content[start - 1].isascii() and content[start - 1].isalpha():
        return None
    rest = _URL.match(content, colon + 3)
    if not rest or not (content[colon + 3].isalnum() or content[colon + 3] == "["):
        return None
    end = _before_tail(content, colon + 3, _balanced_end(content, colon + 3, rest.end()))
    if content.endswith("==", colon + 3, end) and _is_marked(content, start):
        end = _before_tail(content, colon + 3, end - 2)
    return (start, end) if end > colon + 3 else None


def identifier_bounds(content: str, colon: int, floor: int) -> tuple[int, int] | None:
    """Where ``doi:10.1000/182`` or ``arXiv:1706.03762`` begins and ends, as papers are cited, by the colon in it."""
    name = content[max(floor, colon - 5) : colon].lower()
    start = colon - (3 if name.endswith("doi") else 5)
    if start < floor or (name != "arxiv" and start != colon - 3):
        return None
    before = content[start - 1] if start else " "
    if before.isascii() and (before.isalnum() or before in "_-/.:@&=?"):
        return None
    end = doi_end(content, colon + 1) if start == colon - 3 else arxiv_end(content, colon + 1)
    return (start, end) if end else None


def doi_end(content: str, at: int) -> int:
    """Where the DOI that begins at an offset, or after a blank there, ends, as a bare URL does; 0 where none does."""
    found = _DOI.match(content, at)
    rest = _URL.match(content, found.end()) if found else None
    return _before_tail(content, at, _balanced_end(content, rest.start(), rest.end())) if rest else 0


def arxiv_end(content: str, at: int) -> int:
    """Where the number of a preprint that begins at an offset, or after a blank there, ends; 0 where there is none."""
    found = _ARXIV.match(content, at)
    return found.end() if found else 0


def _before_tail(content: str, start: int, end: int) -> int:
    while end > start and content[end - 1] in _URL_TAIL:
        end -= 1
        if content[end] == ";" and (entity := _ENTITY_AT_END.search(content, max(start, end - 32), end)):
            end = entity.start()
    return end


def _is_marked(content: str, at: int) -> bool:
    """Whether a highlight, ``==...``, is open at an offset, as far as its line can be seen."""
    seen = max(0, at - _LONGEST_MARKED)
    return content.count("==", content.rfind("\n", seen, at) + 1 or seen, at) % 2 == 1


def _balanced_end(content: str, start: int, end: int) -> int:
    depth = {"(": 0, "[": 0, "{": 0}
    for match in _BRACKET.finditer(content, start, end):
        char = match[0]
        if char in depth:
            depth[char] += 1
            continue
        depth[_PAIRS[char]] -= 1
        if depth[_PAIRS[char]] < 0:
            return match.start()
    return end


def math_end(content: str, at: int) -> int:
    """Where the mathematics that open at ``at`` end, ``$a$`` or ``$$a$$``; 0 where there are none.

    As in pandoc's ``tex_math_dollars``: no white space inside the marks and no digit after the last, so that prices
    stay prices; and no ASCII letter before the first. Where scripts have no blanks, formulas stand between letters.
    """
    if content.startswith("$$", at):
        end = content.find("$$", at + 2)
        return end + 2 if end > at + 2 else 0
    before = content[at - 1 : at] if at else ""
    if (before.isascii() and before.isalnum()) or content[at + 1 : at + 2].strip() == "":
        return 0
    end = content.find("$", at + 1)
    while end > 0 and content[end - 1] == "\\":
        end = content.find("$", end + 1)
    if end < 0 or content[end - 1].isspace() or content[end + 1 : end + 2].isdigit():
        return 0
    return end + 1


_COMPONENT = re.compile(r"<[A-Z][A-Za-z0-9]*[a-z.]")
"""The tag of a component, ``<RepoLink``, which is no element of HTML."""


def html_end(content: str, at: int) -> int:
    """Where the HTML tag that begins at ``at`` ends; 0 where there is none."""
    tag = _TAG.match(content, at)
    return tag.end() if tag else 0


def html_tags(content: str) -> list[Span]:
    """Every HTML tag of a text that is HTML."""
    return [Span(*tag.span()) for tag in _TAG.finditer(content)]


def attributes(content: str, start: int, stop: int, place: Place, links: list[Link], anchors: list[Anchor]) -> None:
    """Add the links and anchors of the HTML tag between two offsets."""
    for match in _ATTRIBUTE.finditer(content, start, stop):
        name = match[1].lower()
        begin, end = match.span(2)
        quoted = content[begin] in "\"'"
        begin, end = begin + quoted, end - quoted
        if name == "id" or (name == "name" and content[start + 1 : start + 3].lower().strip() == "a"):
            anchors.append(Anchor(content[begin:end], Span(place(begin), place(end))))
        elif name in {"href", "src"} and ((external := has_scheme(content, begin, end)) or quoted):
            if name == "href" and not external and _COMPONENT.match(content, start) and _is_bare(content[begin:end]):
                continue
            to = _split(content, begin, end, place, whole=external)
            links.append(_link(LinkKind.HTML, Span(place(begin), place(end)), to, embed=name == "src"))


def _is_bare(target: str) -> bool:
    """Whether a target says neither where it begins nor, if at the root, that it is a page: a component knows more."""
    return not target.startswith(("./", "../", "#")) and (target[:1] != "/" or "." in target)


def _split(content: str, start: int, stop: int, place: Place, *, whole: bool) -> _Target:
    """Target and anchor of a destination, split at its first ``#`` that no backslash stands before."""
    cut = -1
    if not whole and content.find("#", start, stop) >= 0:
        for match in _ESCAPED_OR_HASH.finditer(content, start, stop):
            if match[0] == "#":
                cut = match.start()
                break
    end = place(stop)
    if cut < 0:
        return _one_line(content[start:stop]), Span(place(start), end), None, Span(end, end)
    middle = place(cut)
    anchor = _one_line(content[cut + 1 : stop])
    return _one_line(content[start:cut]), Span(place(start), middle), anchor, Span(middle, end)


def _one_line(text: str) -> str:
    return _LINE_END.sub(" ", text) if "\n" in text else text


def _space(content: str, at: int) -> int:
    match = _SPACE.match(content, at)
    return match.end() if match else at
