"""Inline content: the links, tags, code and comments of one paragraph, heading or table cell, in one pass.

Brackets are matched with a stack, as the appendix "A parsing strategy" of CommonMark 0.31 describes, which is linear
and gives every span for nothing. Emphasis is not looked at: it moves no link.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Container
from dataclasses import dataclass, field

from notes_lsp.facts import Anchor, Footnote, Link, LinkKind, Reference, Tag
from notes_lsp.markdown import inline_grammar as markup
from notes_lsp.text.source import Span

_SPECIAL = re.compile(r"[\\`<\[\]$#%:]")
_ESCAPABLE = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_RUN = re.compile(r"`+")
_WIKI_TEXT = r"(?:[^\[\]\\\n#]++|\\.)*+(?:#(?:[^\[\]\\\n]++|\\.|\[[^\[\]\n]*+\])*+)?+"
_WIKI = re.compile(rf"\[\[({_WIKI_TEXT}(?:\n{_WIKI_TEXT})?)\]\]")
_PATH_LIKE = re.compile(r"[./#:]")
_FOOTNOTE = re.compile(r"\[\^([^\s\[\]]+)\]")
_LABEL = re.compile(r"\[((?:[^\[\]\\]++|\\.)*+)\]", re.DOTALL)
_AUTOLINK = re.compile(
    r"<([A-Za-z][A-Za-z0-9+.\-]{1,31}:[^<>\x00-\x20]*"
    r"|[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]++@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*)>"
)
_MAX_LABEL = 999


@dataclass(slots=True)
class InlineFacts:
    """What was found so far, in the order in which it ended."""

    links: list[Link] = field(default_factory=list[Link])
    apart: list[Link] = field(default_factory=list[Link])
    """Links of definitions and HTML blocks, which stand in nobody's label."""
    references: list[Reference] = field(default_factory=list[Reference])
    footnotes: list[Footnote] = field(default_factory=list[Footnote])
    tags: list[Tag] = field(default_factory=list[Tag])
    anchors: list[Anchor] = field(default_factory=list[Anchor])
    opaque: list[Span] = field(default_factory=list[Span])


@dataclass(slots=True)
class _Opener:
    at: int
    """Where ``[`` or ``![`` begins."""
    inside: int
    """Where what it opens begins."""
    image: bool
    holds_bracket: bool = False


@dataclass(slots=True)
class _Scan:
    content: str
    place: Callable[[int], int]
    known: Container[str]
    found: InlineFacts
    floor: int = 0
    """Nothing before this can be looked back at: it belongs to something."""
    openers: list[_Opener] = field(default_factory=list[_Opener])
    dead: int = 0
    """How many of the openers, from the first, have a link in them and so cannot become one."""
    promised: int = -1
    """Where the label of the last reference to nothing begins."""
    runs: dict[int, list[int]] | None = None
    """Where the runs of backticks of each length begin, once one was met."""
    last: dict[str, int] = field(default_factory=dict[str, int])
    """Where a closing mark stands last, so that many unclosed opening marks do not each look for one."""

    def closing(self, mark: str, after: int) -> int:
        """Where the next ``mark`` ends that begins at ``after`` or later; 0 where there is none."""
        if mark not in self.last:
            self.last[mark] = self.content.rfind(mark)
        return self.content.index(mark, after) + len(mark) if after <= self.last[mark] else 0

    def span(self, start: int, end: int) -> Span:
        return Span(self.place(start), self.place(end))


def scan_inline(
    content: str, place: Callable[[int], int], known: Container[str], found: InlineFacts, start: int = 0
) -> None:
    """Add to ``found`` what inline content holds from ``start`` on.

    ``place`` gives the offset in the text of an offset in the content, and never falls; ``known`` holds the keys of
    the labels that the note defines.
    """
    state = _Scan(content, place, known, found, start)
    search = _SPECIAL.search
    match = search(content, start)
    while match:
        at = match.start()
        state.floor = _HANDLERS[content[at]](state, at)
        match = search(content, state.floor)


def _escape(state: _Scan, at: int) -> int:
    follows = state.content[at + 1 : at + 2]
    return at + 2 if follows in _ESCAPABLE else at + 1


def _code(state: _Scan, at: int) -> int:
    content = state.content
    if state.runs is None:
        state.runs = {}
        for run in _RUN.finditer(content):
            state.runs.setdefault(run.end() - run.start(), []).append(run.start())
    inside = at + 1
    while content.startswith("`", inside):
        inside += 1
    length = inside - at
    starts = state.runs.get(length, ())
    closing = bisect_left(starts, inside)
    if closing == len(starts):
        return inside
    end = starts[closing] + length
    state.found.opaque.append(state.span(at, end))
    return end


def _angle(state: _Scan, at: int) -> int:
    content = state.content
    if autolink := _AUTOLINK.match(content, at):
        link = markup.autolink(content, autolink.start(1), autolink.end(1), state.place)
        state.found.links.append(link)
        state.found.opaque.append(link.span)
        return autolink.end()
    if content.startswith("<!--", at):
        # "<!-->" and "<!--->" are comments too.
        end = state.closing("-->", at + 2)
        if end:
            state.found.opaque.append(state.span(at, end))
        return end or at + 1
    if content.startswith("<?", at):
        return state.closing("?>", at + 2) or at + 1
    if content.startswith("<![CDATA[", at):
        return state.closing("]]>", at + 9) or at + 1
    if content.startswith("<!", at) and content[at + 2 : at + 3].isalpha():
        return state.closing(">", at + 2) or at + 1
    end = markup.html_end(content, at)
    if not end:
        return at + 1
    markup.attributes(content, at, end, state.place, state.found.links, state.found.anchors)
    return end


def _dollar(state: _Scan, at: int) -> int:
    end = markup.math_end(state.content, at)
    if not end:
        return at + (2 if state.content.startswith("$$", at) else 1)
    state.found.opaque.append(state.span(at, end))
    return end


def _percent(state: _Scan, at: int) -> int:
    if not state.content.startswith("%%", at):
        return at + 1
    end = state.content.find("%%", at + 2) + 2
    if end < at + 4:
        # No other one follows, so that none of the text before it is looked through again.
        return at + 2
    state.found.opaque.append(state.span(at, end))
    return end


def _hash(state: _Scan, at: int) -> int:
    end = markup.tag_end(state.content, at)
    if not end:
        return at + 1
    state.found.tags.append(Tag(state.content[at + 1 : end], state.span(at, end)))
    return end


def _colon(state: _Scan, at: int) -> int:
    bounds = markup.url_bounds(state.content, at, state.floor)
    if not bounds and at and state.content[at - 1] in "iIvV":
        bounds = markup.identifier_bounds(state.content, at, state.floor)
    if not bounds:
        return at + 1
    link = markup.url_link(state.content, *bounds, state.place)
    state.found.links.append(link)
    state.found.opaque.append(link.span)
    return bounds[1]


def _open(state: _Scan, at: int) -> int:
    content = state.content
    image = at > state.floor and content[at - 1] == "!"
    begin = at - 1 if image else at
    if (
        content.startswith("[[", at)
        and (wiki := _WIKI.match(content, at))
        and (image or not _is_label(content, wiki.end()))
    ):
        state.found.links.append(markup.wiki_link(content, begin, wiki.start(1), wiki.end(1), state.place))
        _note_bracket(state)
        if not image:
            state.dead = len(state.openers)
        return wiki.end()
    _note_bracket(state)
    if content.startswith("[^", at) and (footnote := _FOOTNOTE.match(content, at)):
        start, end = footnote.span(1)
        # With a destination behind it, it is a link whose label begins with "^".
        if not content.startswith("(", end + 1) or not markup.destination(content, end + 1):
            _add_footnote(state, at, start, end)
            return end + 1
    state.openers.append(_Opener(begin, at + 1, image))
    return at + 1


def _is_label(content: str, at: int) -> bool:
    """Whether what ends at ``at`` is the label of a Markdown link, ``[[1]](note.md)``, and not a wiki link."""
    to = markup.destination(content, at) if content.startswith("(", at) else None
    return to is not None and _PATH_LIKE.search(content, to.start, to.stop) is not None


def _note_bracket(state: _Scan) -> None:
    if state.openers:
        state.openers[-1].holds_bracket = True


def _close(state: _Scan, at: int) -> int:
    if not state.openers:
        return at + 1
    opener = state.openers.pop()
    alive = opener.image or len(state.openers) >= state.dead
    state.dead = min(state.dead, len(state.openers))
    if not alive:
        return at + 1
    content = state.content
    if content.startswith("(", at + 1) and (inside := markup.destination(content, at + 1)):
        _discard_inside(state, opener)
        state.found.links.append(markup.inline_link(content, opener.at, opener.inside, at, inside, state.place))
        return _became_link(state, opener, inside.end)
    return _reference(state, opener, at)


def _reference(state: _Scan, opener: _Opener, at: int) -> int:
    """What follows ``]`` where no destination does: a label, an empty one, or nothing."""
    content = state.content
    label = _LABEL.match(content, at + 1)
    if label and label.end(1) - label.start(1) <= _MAX_LABEL and not label[1].startswith("^") and label[1].strip():
        key = markup.label_key(label[1])
        reference = Reference(
            state.span(opener.at, label.end()), key, state.span(label.start(1), label.end(1)), explicit=True
        )
        if key in state.known:
            _discard_inside(state, opener)
            state.found.references.append(reference)
            return _became_link(state, opener, label.end())
        # To nothing: text for CommonMark, so that what looks like the label may still begin something of its own.
        if state.promised != opener.at and _may_promise(content, opener, at):
            state.found.references.append(reference)
            state.promised = at + 1
        return at + 1
    if opener.holds_bracket or at - opener.inside > _MAX_LABEL or not content[opener.inside : at].strip():
        return at + 1
    key = markup.label_key(content[opener.inside : at])
    collapsed = content.startswith("[]", at + 1)
    end = at + 3 if collapsed else at + 1
    known = key in state.known
    if known or (collapsed and _may_promise(content, opener, at)):
        if known:
            _discard_inside(state, opener)
        state.found.references.append(
            Reference(state.span(opener.at, end), key, state.span(opener.inside, at), explicit=collapsed)
        )
        return _became_link(state, opener, end) if known else end
    return at + 1


def _may_promise(content: str, opener: _Opener, at: int) -> bool:
    """Whether brackets with an unknown label are meant as a reference: ``matrix[i][j]`` and ``- [ ][x]`` are not."""
    before = content[opener.at - 1 : opener.at] if opener.at else ""
    if before in {"]", ")", "_"} or (before.isascii() and before.isalnum()):
        return False
    return bool(content[opener.inside : min(at, opener.inside + 9)].strip())


def _became_link(state: _Scan, opener: _Opener, end: int) -> int:
    """Forget what cannot be true any more now that ``opener`` and its ``]`` are a link; where to go on."""
    if state.promised == opener.at and not opener.image:
        begin = state.place(opener.at)
        references = state.found.references
        for index in range(len(references) - 1, max(len(references) - 3, -1), -1):
            promise = references[index]
            if promise.label_span.start == begin + 1 and promise.span.start < begin:
                del references[index]
                break
    if not opener.image:
        state.dead = len(state.openers)
    return end


def _discard_inside(state: _Scan, opener: _Opener) -> None:
    """A link's label holds no links and no tags, but images; an image's holds nothing at all."""
    begin = state.place(opener.inside)
    found = state.found
    while found.tags and found.tags[-1].span.start >= begin:
        found.tags.pop()
    kept: list[Link] = []
    while found.links and found.links[-1].span.start >= begin:
        link = found.links.pop()
        if not opener.image and (link.embed or link.kind is LinkKind.HTML):
            kept.append(link)
    found.links += reversed(kept)
    while found.references and found.references[-1].span.start >= begin:
        found.references.pop()


def _add_footnote(state: _Scan, at: int, start: int, end: int) -> None:
    label = state.content[start:end]
    state.found.footnotes.append(
        Footnote(state.span(at, end + 1), markup.label_key(label), state.span(start, end), definition=False)
    )


_HANDLERS: dict[str, Callable[[_Scan, int], int]] = {
    "\\": _escape,
    "`": _code,
    "<": _angle,
    "$": _dollar,
    "%": _percent,
    "#": _hash,
    ":": _colon,
    "[": _open,
    "]": _close,
}
