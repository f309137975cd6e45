"""Site blocks: the blocks that generators of sites add to Markdown: those that hold Markdown, and those that hold none.

``!!! note``, ``??? tip`` and ``=== "Tab"`` (Python-Markdown) hold the lines below that are indented by four columns.
What stands between ``{{< highlight >}}`` or ``{% raw %}`` and its end is another language.
"""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock

from notes_lsp.text.source import Span

_INDENT = 4
_HOLDER = re.compile(r'(?:!!!|\?\?\?)\+?[ \t]+[^\n"]*(?:"([^\n]*)")?[^\n"]*$|===[!+]{0,2}[ \t]+"([^\n]*)"[ \t]*$')
_RAW = re.compile(
    r"\{\{[<%][ \t]*(?P<hugo>highlight|code[\w-]*|raw|literal|mermaid|katex|math|chem)\b(?:[^}\n]*[^}\n/])?[>%]\}\}"
    r"|\{%-?[ \t]*(?P<liquid>highlight|raw|verbatim|comment|mermaid)\b[^}\n]*%\}"
)


def holder(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 (markdown-it's signature)
    """A line that opens a block, and the indented lines below it, which are Markdown."""
    at = state.bMarks[start] + state.tShift[start]
    if state.src[at] not in "!?=" or state.is_code_block(start):
        return False
    opened = _HOLDER.match(state.src, at, state.eMarks[start])
    last = _below(state, start, end) if opened is not None else start
    if opened is None or last == start:
        return False
    if silent:
        return True
    token = state.push("container_open", "", 1)
    token.map = [start, last + 1]
    group = 1 if opened.start(1) >= 0 else 2
    if opened.end(group) > opened.start(group):
        title = state.push("paragraph", "", 0)
        title.map = [start, start + 1]
        title.meta["pieces"] = [Span(*opened.span(group))]
    outer, line_max, indent = state.parentType, state.lineMax, state.blkIndent
    state.parentType, state.lineMax, state.blkIndent = "container", last + 1, state.sCount[start] + _INDENT
    state.md.block.tokenize(state, start + 1, last + 1)
    state.parentType, state.lineMax, state.blkIndent = outer, line_max, indent
    state.push("container_close", "", -1)
    state.line = last + 1
    return True


def raw(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    """A tag of a template whose content is another language, up to the tag that closes it."""
    at = state.bMarks[start] + state.tShift[start]
    if state.src[at] != "{" or state.is_code_block(start):
        return False
    opened = _RAW.match(state.src, at, state.eMarks[start])
    if opened is None:
        return False
    name = opened["hugo"] or opened["liquid"]
    closing = rf"\{{\{{[<%][ \t]*/[ \t]*{re.escape(name)}\b" if opened["hugo"] else rf"\{{%-?[ \t]*end{name}\b"
    unclosed: set[str] = state.env.setdefault("unclosed", set())
    closed = re.compile(closing).search(state.src, opened.end()) if name not in unclosed else None
    if closed is None:
        # No other one of this name is closed either: none of them looks again.
        unclosed.add(name)
        return False
    last = start
    while last + 1 < end and state.eMarks[last] < closed.end():
        last += 1
    if not silent:
        token = state.push("code_block", "", 0)
        token.map = [start, last + 1]
        state.line = last + 1
    return True


def _below(state: StateBlock, start: int, end: int) -> int:
    """The last line of what is indented below a line; the line itself where nothing is."""
    indent = state.sCount[start] + _INDENT
    last = start
    for line in range(start + 1, end):
        if state.isEmpty(line):
            continue
        if state.sCount[line] < indent:
            break
        last = line
    return last
