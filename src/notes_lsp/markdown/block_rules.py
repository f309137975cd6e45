"""Block rules: markdown-it-py's block parser with places on its tokens, and the blocks of notes that it does not know.

markdown-it-py says on which lines a block stands, but not where on a line its content begins. While a rule runs that
is known exactly (``bMarks``, ``tShift``), so the rules here leave it on their tokens: ``meta["pieces"]`` holds the
stretches of the source that make up the inline content of a block, one for each line.
"""

from __future__ import annotations

from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import heading as atx_rule
from markdown_it.rules_block import reference as reference_rule
from markdown_it.rules_block import table as table_rule
from markdown_it.token import Token
from mdit_py_plugins.footnote.index import footnote_def as footnote_rule

from notes_lsp.markdown import site_blocks
from notes_lsp.text.source import Span

BlockRule = Callable[[StateBlock, int, int, bool], bool]
"""A block rule of markdown-it-py: state, first line, line after the last, silent; whether it matched."""

# Lists count two levels and quotes one. Twice as many still leave Python's stack room to spare.
_MAX_LEVELS = 100

# Any block but a paragraph begins with one of these, or is a table, which its second line gives away.
_BLOCK_STARTS = frozenset("#>-+*_=~`<|:[$%0123456789")
_TABLE_RULE_STARTS = frozenset("|-:")
_INTERRUPTS = ["paragraph", "reference", "blockquote", "list"]


def parse_blocks(source: str, first_line: int) -> tuple[StateBlock, list[Token]]:
    """The block tokens of a text whose lines end in ``\\n``, from a line on; places are offsets in that text."""
    tokens: list[Token] = []
    state = StateBlock(source, _PARSER, {}, tokens)
    if first_line < state.lineMax:
        _PARSER.block.tokenize(state, first_line, state.lineMax)
    return state, tokens


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": _MAX_LEVELS})
    rules = parser.block.ruler
    rules.at("heading", _heading, {"alt": ["paragraph", "reference", "blockquote"]})
    rules.at("reference", _definition, {"alt": []})
    rules.at("paragraph", _paragraph, {"alt": []})
    rules.disable("lheading")
    # Last, since whatever a header's line could begin (a heading, a list) begins before its table can.
    rules.before("paragraph", "columns", _table, {"alt": ["paragraph", "reference"]})
    rules.before("code", "prose", _prose, {"alt": []})
    rules.before("prose", "holder", site_blocks.holder, {"alt": []})
    rules.before("prose", "raw", site_blocks.raw, {"alt": []})
    rules.before("fence", "comment", _delimited("%%", "comment", lambda _: True), {"alt": _INTERRUPTS})
    # Only where the first line is nothing but the mark may blank lines follow: "$$ is short for money" is prose.
    rules.before("fence", "math", _delimited("$$", "math", lambda rest: not rest), {"alt": _INTERRUPTS})
    rules.before("reference", "footnote_def", _footnote, {"alt": ["paragraph", "reference", "blockquote"]})
    return parser


def _prose(state: StateBlock, start: int, _end: int, silent: bool) -> bool:  # noqa: FBT001 (markdown-it's signature)
    """A paragraph that begins with a letter, before a dozen rules look at it and shake their heads."""
    if silent or state.is_code_block(start):
        return False
    if state.src[state.bMarks[start] + state.tShift[start]] in _BLOCK_STARTS or _may_rule_table(state, start + 1):
        return False
    return _paragraph(state, start, _end, silent)


def _paragraph(state: StateBlock, start: int, _end: int, _silent: bool) -> bool:  # noqa: FBT001
    """A paragraph or a setext heading, which one cannot tell apart before its last line."""
    terminators = state.md.block.ruler.getRules("paragraph")
    end = state.lineMax
    outer = state.parentType
    state.parentType = "paragraph"
    line = start + 1
    level = 0
    while line < end and not state.isEmpty(line):
        # Deeper than three columns it would be code, but code cannot interrupt a paragraph.
        if state.sCount[line] - state.blkIndent > 3:
            line += 1
            continue
        at = state.bMarks[line] + state.tShift[line]
        char = state.src[at]
        if char in "-=" and state.sCount[line] >= state.blkIndent:
            text = state.src[at : state.eMarks[line]].rstrip(" \t")
            if not text.strip(char):
                level = 1 if char == "=" else 2
                break
        # A negative count marks a lazy line of a quote, which has been looked at there.
        if (
            state.sCount[line] >= 0
            and (char in _BLOCK_STARTS or _may_rule_table(state, line + 1))
            and any(rule(state, line, end, True) for rule in terminators)  # noqa: FBT003
        ):
            break
        line += 1
    state.parentType = outer
    state.line = line + 1 if level else line
    token = state.push("setext" if level else "paragraph", "", 0)
    token.map = [start, state.line]
    token.meta["pieces"] = _pieces(state, start, line)
    if level:
        token.meta["level"] = level
        token.meta["end"] = state.bMarks[line] + len(state.src[state.bMarks[line] : state.eMarks[line]].rstrip(" \t"))
    return True


def _may_rule_table(state: StateBlock, line: int) -> bool:
    if line >= state.lineMax:
        return False
    at = state.bMarks[line] + state.tShift[line]
    return at < state.eMarks[line] and state.src[at] in _TABLE_RULE_STARTS


def _pieces(state: StateBlock, start: int, end: int) -> list[Span]:
    """Where the content of the lines stands; one piece where nothing but white space comes between the lines."""
    first = state.bMarks[start] + state.tShift[start]
    last = state.bMarks[end - 1] + state.tShift[end - 1]
    last += len(state.src[last : state.eMarks[end - 1]].rstrip(" \t"))
    if all(state.bMarks[line] == state.eMarks[line - 1] + 1 for line in range(start + 1, end)):
        return [Span(first, last)]
    pieces = [Span(state.bMarks[line] + state.tShift[line], state.eMarks[line]) for line in range(start, end)]
    pieces[-1] = Span(pieces[-1].start, last)
    return pieces


def _heading(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    if not atx_rule(state, start, end, silent):
        return False
    if silent:
        return True
    _close, inline, opening = state.tokens.pop(), state.tokens.pop(), state.tokens.pop()
    begin = state.bMarks[start] + state.tShift[start]
    level = len(opening.markup)
    at = begin + level
    at = state.src.index(inline.content, at) if inline.content else min(at + 1, state.eMarks[start])
    token = state.push("atx", "", 0)
    token.map = [start, state.line]
    token.meta["level"] = level
    token.meta["start"] = begin
    token.meta["pieces"] = [Span(at, at + len(inline.content))]
    token.meta["end"] = max(at, begin + len(state.src[begin : state.eMarks[start]].rstrip(" \t")))
    return True


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    before = len(state.tokens)
    if not _may_rule_table(state, start + 1) or not table_rule(state, start, end, silent):
        return False
    if not state.src[state.bMarks[start + 1] : state.eMarks[start + 1]].strip("- \t"):
        # Under a single column a mere "---" is an underline, and an underline goes first.
        del state.tokens[before:]
        return False
    if silent:
        return True
    columns = sum(token.type == "th_open" for token in state.tokens[before:])
    del state.tokens[before:]
    token = state.push("table", "", 0)
    token.map = [start, state.line]
    token.meta["columns"] = columns
    token.meta["rows"] = [
        Span(state.bMarks[line] + state.tShift[line], state.eMarks[line])
        for line in range(start, state.line)
        if line != start + 1
    ]
    return True


def _definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    if not reference_rule(state, start, end, silent):
        return False
    if not silent:
        token = state.push("definition", "", 0)
        token.map = [start, state.line]
        token.meta["pieces"] = _pieces(state, start, state.line)
    return True


def _footnote(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    before = len(state.tokens)
    begin = state.bMarks[start] + state.tShift[start]
    if not footnote_rule(state, start, end, silent):
        return False
    if not silent:
        state.tokens[before].meta["start"] = begin
    return True


def _delimited(mark: str, name: str, may_hold_blanks: Callable[[str], bool]) -> BlockRule:
    """A rule for a block between a line that begins with ``mark`` and the next ``mark``; unclosed it is plain text.

    Whether blank lines may come between is decided from what follows the opening mark on its line.
    """

    def rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
        begin = state.bMarks[start] + state.tShift[start]
        if not state.src.startswith(mark, begin) or state.is_code_block(start):
            return False
        rest = state.src[begin + 2 : state.eMarks[start]].strip(" \t")
        if mark in rest:
            return False if silent else _one_line(state, start, rest)
        if state.src.find(mark, begin + 2) < 0:
            return False
        blanks = may_hold_blanks(rest)
        for line in range(start + 1, end):
            if state.isEmpty(line):
                if blanks:
                    continue
                return False
            if state.sCount[line] < state.blkIndent:
                return False
            at = state.src.find(mark, state.bMarks[line] + state.tShift[line], state.eMarks[line])
            if at >= 0:
                return silent or _close(state, start, line, at + 2)
        return False

    def _one_line(state: StateBlock, start: int, rest: str) -> bool:
        if not rest.endswith(mark) or rest.count(mark) != 1:
            return False
        state.line = start + 1
        token = state.push(name, "", 0)
        token.map = [start, state.line]
        return True

    def _close(state: StateBlock, start: int, line: int, after: int) -> bool:
        state.line = line + 1
        token = state.push(name, "", 0)
        token.map = [start, state.line]
        rest = state.src[after : state.eMarks[line]]
        if rest.strip(" \t"):
            token.meta["end"] = after
            tail = state.push("paragraph", "", 0)
            tail.map = [line, line + 1]
            at = after + len(rest) - len(rest.lstrip(" \t"))
            tail.meta["pieces"] = [Span(at, after + len(rest.rstrip(" \t")))]
        return True

    return rule


_PARSER = _parser()
