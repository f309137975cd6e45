"""Blocks: the structure of a note's body, walked once, with the facts that blocks hold and the runs of inline content.

All places are offsets in the source given, whose lines end in ``\\n`` only.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from notes_lsp.facts import ANY_ID, Anchor, Block, BlockKind, Definition, Footnote, Region, Task
from notes_lsp.links.slugs import github_slug
from notes_lsp.markdown import attributes, inline
from notes_lsp.markdown import block_rules as rules
from notes_lsp.markdown import inline_grammar as markup
from notes_lsp.markdown.inline import InlineFacts
from notes_lsp.markdown.plain_text import plain_text
from notes_lsp.text.source import Span

_MAY_HOLD_IDS = re.compile(r"\{|\)=|-8<-|\n:[ \t]|^:::")
_MACRO = re.compile(r"<!--[ \t]*\w+:\w+[ \t]")
"""A comment that a program puts something in the place of, ``<!-- md:option name -->``."""
_MADE_TITLE = re.compile(
    r"\A<!--.*?-->\Z|<(?:div|span|badge|[A-Z][A-Za-z0-9]*[a-z])\b(?![^<>]*\bid=)[^<>]*>(?!</)", re.DOTALL
)
"""What programs make an anchor of that nobody can know: a title of a mere comment, badges in a title."""
_TASK = re.compile(r"\[([^\[\]\n])\](?=[ \t\n]|$)")
_BLOCK_ID = re.compile(r"(?:^|(?<=[ \t\n])|(?<=\]\]))\^([A-Za-z0-9][A-Za-z0-9_-]*)[ \t]*$", re.MULTILINE)
_LONE_BLOCK_ID = re.compile(r"\^([A-Za-z0-9][A-Za-z0-9_-]*)")
_DEFINITION_LABEL = re.compile(r"\[((?:[^\[\]\\]++|\\.)*+)\]:[ \t\n]*+", re.DOTALL)
_HTML_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_HTML_RAW = re.compile(r"(<(script|style)\b[^<>]*+>).*?(?:</\2\s*+>|\Z)", re.DOTALL | re.IGNORECASE)
_CELL_BREAK = re.compile(r"\\?\|")
_CONTAINERS = {
    "bullet_list": BlockKind.LIST,
    "ordered_list": BlockKind.LIST,
    "list_item": BlockKind.ITEM,
    "blockquote": BlockKind.QUOTE,
    "footnote_reference": None,
    "container": None,
}
_OPAQUE = {
    "fence": BlockKind.FENCE,
    "code_block": BlockKind.CODE,
    "comment": BlockKind.COMMENT,
    "math": BlockKind.MATH,
}


@dataclass(slots=True)
class RawHeading:
    """A heading before its title is read."""

    level: int
    span: Span
    title_span: Span
    line_start: int
    content: str


@dataclass(slots=True)
class Structure:
    """What the body holds."""

    found: InlineFacts
    references: dict[str, Any]
    """The definitions as markdown-it-py keeps them."""
    headings: list[RawHeading] = field(default_factory=list[RawHeading])
    definitions: list[Definition] = field(default_factory=list[Definition])
    blocks: list[Block] = field(default_factory=list[Block])
    tasks: list[Task] = field(default_factory=list[Task])
    regions: list[Region] = field(default_factory=list[Region])


@dataclass(slots=True)
class _Frame:
    """A container that the walk is in."""

    kind: str
    span: Span
    last: Span | None = None
    """The last block in it so far."""


@dataclass(slots=True)
class _Walk:
    state: StateBlock
    out: Structure
    known: set[str]
    frames: list[_Frame]

    @property
    def source(self) -> str:
        return self.state.src


def read_blocks(source: str, first_line: int) -> Structure:
    """The structure of the source from a line on."""
    state, tokens = rules.parse_blocks(source, first_line)
    out = Structure(InlineFacts(), state.env.get("references", {}))
    walk = _Walk(state, out, set(), [_Frame("root", Span(0, len(source)))])
    for token in tokens:
        if token.type == "definition":
            _definition(walk, token)
    for token in tokens:
        _block(walk, token)
    return out


def _block(walk: _Walk, token: Token) -> None:
    kind = token.type
    if kind == "paragraph":
        span = _whole(walk, token)
        walk.out.regions.append(Region(BlockKind.PARAGRAPH, span))
        _paragraph(walk, token, span)
    elif kind in {"atx", "setext"}:
        _heading(walk, token)
    elif kind.endswith("_close"):
        frame = walk.frames.pop()
        walk.frames[-1].last = frame.span
    elif kind.endswith("_open"):
        span = _whole(walk, token)
        name = kind.removesuffix("_open")
        if region := _CONTAINERS[name]:
            walk.out.regions.append(Region(region, span))
        if name == "footnote_reference":
            _footnote(walk, token, span)
        walk.frames.append(_Frame(name, span))
    elif kind in _OPAQUE:
        span = _whole(walk, token)
        walk.out.regions.append(Region(_OPAQUE[kind], span))
        walk.out.found.opaque.append(Span(span.start, token.meta.get("end", span.end)))
        if kind == "fence":
            labels = attributes.labels_of_code(walk.source[span.start : span.end])
            walk.out.found.anchors += [
                Anchor(id_, Span(span.start + start, span.start + end)) for id_, start, end in labels
            ]
        walk.frames[-1].last = span
    elif kind == "table":
        _table(walk, token)
    elif kind == "html_block":
        _html(walk, token)
    elif kind == "hr":
        walk.frames[-1].last = _whole(walk, token)


def _whole(walk: _Walk, token: Token) -> Span:
    """The lines of a block, without blank ones at its end and without the last line end."""
    state = walk.state
    first, last = token.map or (0, 1)
    while last - 1 > first and state.isEmpty(last - 1):
        last -= 1
    return Span(state.bMarks[first], state.eMarks[last - 1])


def _paragraph(walk: _Walk, token: Token, span: Span) -> None:
    content, place = _content(walk.source, token.meta["pieces"])
    frame = walk.frames[-1]
    if lone := _LONE_BLOCK_ID.fullmatch(content):
        named = Span(place(0), place(len(content)))
        walk.out.blocks.append(Block(lone[1], named, frame.last or span))
        return
    start = 0
    named = span
    if frame.kind == "list_item" and frame.last is None:
        named = frame.span
        if task := _TASK.match(content):
            start = task.end()
            line_end = content.find("\n", start)
            line_end = len(content) if line_end < 0 else line_end
            line_end = start + len(content[start:line_end].rstrip(" \t"))
            walk.out.tasks.append(Task(task[1], content[start:line_end].strip(), Span(place(0), place(line_end))))
    inline.scan_inline(content, place, walk.known, walk.out.found, start)
    if _MAY_HOLD_IDS.search(content):
        _attributes(walk, content, place)
    if "^" in content:
        _block_ids(walk, content, place, named)
    frame.last = span


def _block_ids(walk: _Walk, content: str, place: Callable[[int], int], named: Span) -> None:
    for match in _BLOCK_ID.finditer(content):
        start = place(match.start(1) - 1)
        if any(span.start <= start < span.end for span in reversed(walk.out.found.opaque[-50:])):
            continue
        # At the margin below a list or a quote it is a lazy line of its last paragraph, but names all of it.
        below = len(walk.frames) > 1 and match.end() == len(content) and content[match.start() - 1] == "\n"
        outermost = walk.frames[1].span if below else named
        at_margin = start == 0 or walk.source[start - 1] == "\n"
        walk.out.blocks.append(
            Block(match[1], Span(start, place(match.end(1))), outermost if below and at_margin else named)
        )


def _heading(walk: _Walk, token: Token) -> None:
    content, place = _content(walk.source, token.meta["pieces"])
    span = Span(token.meta.get("start", place(0)), token.meta["end"])
    stop = len(content)
    if "^" in content and (match := _BLOCK_ID.search(content)) and match.end() == len(content) and match.start():
        walk.out.blocks.append(Block(match[1], Span(place(match.start(1) - 1), place(match.end(1))), span))
        stop = len(content[: match.start(1) - 1].rstrip(" \t"))
    if "{" in content:
        stop = attributes.title_end(content[:stop])
    inline.scan_inline(content, place, walk.known, walk.out.found)
    if "{" in content:
        _attributes(walk, content, place)
    if "<" in content and (match := _MADE_TITLE.search(content)):
        walk.out.found.anchors.append(Anchor(ANY_ID, Span(place(match.start()), place(match.end()))))
    walk.out.headings.append(
        RawHeading(
            token.meta["level"],
            span,
            Span(place(0), place(stop)),
            walk.state.bMarks[(token.map or [0])[0]],
            content[:stop],
        )
    )
    walk.frames[-1].last = span


def _attributes(walk: _Walk, content: str, place: Callable[[int], int]) -> None:
    """The ids of attribute lists in content that was read already; what looks like a tag in one is none."""
    found = walk.out.found
    named = list(attributes.attribute_targets(content))
    named += [(ANY_ID, start, end) for start, end in attributes.includes(content)]
    if "\n:" in content:
        terms = attributes.defined_terms(content)
        named += [(github_slug(plain_text(content[start:end], {})), start, end) for start, end in terms]
    for start, end in attributes.lists(content):
        begin, stop = place(start), place(end)
        if any(span.start <= begin < span.end for span in reversed(found.opaque[-50:])):
            continue
        found.tags = [tag for tag in found.tags if not begin <= tag.span.start < stop]
        named += attributes.ids(content, start, end)
    found.anchors += [Anchor(id_, Span(place(start), place(end))) for id_, start, end in named]


def _table(walk: _Walk, token: Token) -> None:
    span = _whole(walk, token)
    walk.out.regions.append(Region(BlockKind.TABLE, span))
    rows: list[Span] = token.meta["rows"]
    last = rows[-1]
    lone = _LONE_BLOCK_ID.fullmatch(walk.source[last.start : last.end].rstrip(" \t")) if len(rows) > 1 else None
    if lone:
        rows.pop()
        named = Span(last.start, last.start + lone.end())
        table = Span(span.start, rows[-1].end if len(rows) > 1 else span.end)
        walk.out.blocks.append(Block(lone[1], named, table))
    for row in rows:
        cells = _cells(walk.source, row)
        for cell in cells[: token.meta["columns"]]:
            content, place = _cell_content(walk.source, cell)
            inline.scan_inline(content, place, walk.known, walk.out.found)
            if "{" in content:
                _attributes(walk, content, place)
        # More cells than the header has are shown nowhere (GitHub Flavored Markdown 0.29, "Tables").
        walk.out.found.opaque += cells[token.meta["columns"] :]
    walk.frames[-1].last = span


def _cells(source: str, row: Span) -> list[Span]:
    """The cells of a row, split at each ``|`` that no backslash stands before.

    Outer bars are optional, and what they cut off is no cell (GitHub Flavored Markdown 0.29, "Tables").
    """
    start, stop = _strip(source, row.start, row.end)
    cells: list[Span] = []
    for match in _CELL_BREAK.finditer(source, start, stop):
        if match[0] == "|":
            cells.append(Span(start, match.start()))
            start = match.end()
    cells.append(Span(start, stop))
    if cells[0].start == cells[0].end:
        del cells[0]
    if cells and cells[-1].start == cells[-1].end:
        del cells[-1]
    return [Span(*_strip(source, cell.start, cell.end)) for cell in cells]


def _strip(source: str, start: int, stop: int) -> tuple[int, int]:
    text = source[start:stop]
    return start + len(text) - len(text.lstrip(" \t")), start + len(text.rstrip(" \t"))


def _cell_content(source: str, cell: Span) -> tuple[str, Callable[[int], int]]:
    """A cell's content with ``\\|`` as ``|``, which is done before anything else is read in it, code included."""
    text = source[cell.start : cell.end]
    if "\\|" not in text:
        return text, cell.start.__add__
    pieces: list[Span] = []
    start = cell.start
    for index, char in enumerate(text):
        if char == "|":
            pieces.append(Span(start, cell.start + index - 1))
            start = cell.start + index
    pieces.append(Span(start, cell.end))
    return text.replace("\\|", "|"), _placing(pieces, 0)


def _html(walk: _Walk, token: Token) -> None:
    span = _whole(walk, token)
    source = walk.source
    found = walk.out.found
    text = source[span.start : span.end]
    comments = [Span(span.start + match.start(), span.start + match.end()) for match in _HTML_COMMENT.finditer(text)]
    found.opaque += comments
    only_comment = len(comments) == 1 and text.strip() == source[slice(*comments[0])].strip()
    walk.out.regions.append(Region(BlockKind.COMMENT if only_comment else BlockKind.HTML, span))
    if comments:
        text = _HTML_COMMENT.sub(_blank, text)
        if any(_MACRO.match(source, comment.start) for comment in comments):
            found.anchors.append(Anchor(ANY_ID, span))
    # The tag of a script may have a source, what follows it is another language.
    text = _HTML_RAW.sub(lambda raw: raw[1] + _blank(raw)[len(raw[1]) :], text)
    for tag in markup.html_tags(text):
        markup.attributes(text, tag.start, tag.end, span.start.__add__, found.apart, found.anchors)
    walk.frames[-1].last = span


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _definition(walk: _Walk, token: Token) -> None:
    content, place = _content(walk.source, token.meta["pieces"])
    label = _DEFINITION_LABEL.match(content)
    bounds = markup.link_destination(content, label.end()) if label else None
    if not label or not bounds:
        return
    start, stop, after = bounds
    end = after
    space = len(content[after:]) - len(content[after:].lstrip(" \t\n"))
    if space and (title := markup.link_title(content, after + space)):
        end = title
    key = markup.label_key(label[1])
    walk.known.add(key)
    label_span = Span(place(label.start(1)), place(label.end(1)))
    walk.out.definitions.append(Definition(Span(place(0), place(end)), label[1], key, label_span, content[start:stop]))
    walk.out.found.apart.append(markup.definition_link(content, start, stop, place, angle=after > stop))


def _footnote(walk: _Walk, token: Token, span: Span) -> None:
    start: int = token.meta["start"]
    label: str = token.meta["label"]
    walk.out.found.footnotes.append(
        Footnote(
            Span(start, span.end),
            markup.label_key(label),
            Span(start + 2, start + 2 + len(label)),
            definition=True,
        )
    )


def _content(source: str, pieces: list[Span]) -> tuple[str, Callable[[int], int]]:
    """Inline content from its pieces, and where each of its offsets stands in the source."""
    if len(pieces) == 1:
        return source[pieces[0].start : pieces[0].end], pieces[0].start.__add__
    return "\n".join(source[piece.start : piece.end] for piece in pieces), _placing(pieces, 1)


def _placing(pieces: list[Span], gap: int) -> Callable[[int], int]:
    """The map from offsets in pieces joined by ``gap`` characters to offsets in the source.

    An offset between two pieces is the end of the first one.
    """
    starts: list[int] = []
    shifts: list[int] = []
    length = 0
    for piece in pieces:
        starts.append(length)
        shifts.append(piece.start - length)
        length += piece.end - piece.start + gap
    before = bisect_right if gap else bisect_left
    return lambda offset: offset + shifts[max(before(starts, offset) - 1, 0)]
