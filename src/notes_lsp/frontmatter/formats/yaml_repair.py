"""YAML repair: the message for YAML that does not parse, and what to parse instead.

A repair replaces characters one for one, so that every offset stays true: a *hole* is a character that means nothing
to YAML and stands for the character that was there, a space for what is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from notes_lsp.frontmatter.formats import tree
from notes_lsp.frontmatter.formats.tree import Problems
from notes_lsp.frontmatter.formats.yaml_scan import FaultKind, Scan, YamlToken, scan_yaml
from notes_lsp.text.source import Span

_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_LENIENT = frozenset("\x85\u2028\u2029\ufeff")
_PRIVATE_USE = range(0xE000, 0xF8FF)
_LINE_END = re.compile(r"\r\n|\n|\r")
_NO_CONTENT = re.compile(r"(?:[ \t\ufeff]*+(?:#[^\r\n]*+)?+(?:\r\n|\n|\r))*+(?:[ \t\ufeff]*+(?:#[^\r\n]*+)?+\Z)?")
_ENTRY = re.compile(
    r"""[ ]*+(?:"[^"\r\n]*+"|'[^'\r\n]*+'|(?!-[ \t])[^\s#\]\[{}"',%@`][^\r\n]*?)[ \t]*+:(?=[ \t\r\n]|\Z)"""
)
_VALUE_ON_LINE = re.compile(r"""[ \t]*+(?:-[ \t]++)*+(?:[^\s"'\[\]{}#][^\r\n:]*+:[ \t]++)?""")
_COMPLETE_QUOTE = re.compile(r""""(?:[^"\\\r\n]|\\.)*+"|'(?:[^'\r\n]|'')*+'""")
_ODD_COLON = re.compile(r"[\w-]++(?: [\w-]++)*+(\uff1a|:[\u00a0\u2007\u202f\u3000])")
_SPECIAL = frozenset("\"'[]{}#:&*!|>%@`,?-\\")
_FAR = 100_000
"""How many characters are looked at to find out what a broken header means."""
_DEEP_LINE = re.compile(rf"^[ \t?-]{{{tree.MAX_NESTING}}}", re.MULTILINE)
_WORD = re.compile(r"[^\s,\]}]++")


@dataclass(slots=True)
class RepairedYaml:
    """The text of a header, with what has been repaired in it."""

    original: str
    text: str
    body: Span
    hole: str
    told: set[int] = field(default_factory=set[int])
    """The lines, by their beginnings, of which a problem has been told."""

    def restored(self, value: str, span: Span) -> str:
        """A value read from ``span`` with what was there in place of the holes."""
        if self.hole not in value:
            return value
        here = range(span.start, span.end)
        chars = iter([self.original[index] for index in here if self.text[index] == self.hole])
        return re.sub(self.hole, lambda _: next(chars, self.hole), value)

    def has_line_end(self, start: int, end: int) -> bool:
        """Whether a line ends between two offsets."""
        return _LINE_END.search(self.text, start, end) is not None

    def replace(self, positions: Iterable[int], by: str) -> bool:
        """Put ``by`` at each position that is no line end; answer whether that changed anything."""
        kept = ("", "\r", "\n", " ", by, self.hole)
        wanted = [position for position in positions if self.text[position : position + 1] not in kept]
        if wanted:
            first, last = min(wanted), max(wanted) + 1
            chars = list(self.text[first:last])
            for position in wanted:
                chars[position - first] = by
            self.text = self.text[:first] + "".join(chars) + self.text[last:]
        return bool(wanted)


def source_of(text: str, body: Span, problems: Problems) -> RepairedYaml:
    """A header ready to be parsed: control characters, which YAML forbids, are problems and read as they are."""
    inside = text[body.start : body.end]
    hole = next((chr(code) for code in _PRIVATE_USE if chr(code) not in inside), "\ufffd")
    source = RepairedYaml(text, text[: body.end], body, hole)
    odd = [match.start() for match in _UNREADABLE.finditer(text, body.start, body.end)]
    for position in odd:
        char = text[position]
        if char not in _LENIENT and not "\ud800" <= char <= "\udfff":
            problems.add(tree.SYNTAX, Span(position, position + 1), f"U+{ord(char):04X} is not allowed in YAML.")
    source.replace((position for position in odd if position != body.start or text[position] != "\ufeff"), hole)
    return source


def content_start(source: RepairedYaml, position: int) -> int:
    """The beginning of the first line from ``position`` on that is neither blank nor a comment; else the body's end."""
    match = _NO_CONTENT.match(source.text, position, source.body.end)
    start = match.end() if match else position
    return start + source.text.startswith("\ufeff", start)


def line_start(source: RepairedYaml, position: int) -> int:
    """Where the line of ``position`` begins."""
    text = source.text
    return max(source.body.start, text.rfind("\n", 0, position) + 1, text.rfind("\r", 0, position) + 1)


def is_prose(source: RepairedYaml) -> bool:
    """Whether what is no YAML is no header either but text between two rules.

    Text has as many lines of words as of keys, or begins with a list; quotes, tables and emphasis are Markdown's.
    """
    first = content_start(source, source.body.start)
    if source.text.startswith(("{", "- "), first):
        return source.text.startswith("-", first)
    entries = loose = 0
    for start, end in _lines(source, source.body.start, min(source.body.end, source.body.start + _FAR)):
        line = source.text[start:end]
        if _ENTRY.match(line) and not line.startswith((">", "*", "|")):
            entries += 1
        elif line[:1] not in ("", " ", "\t", "#", "-", "]", "}") and not tree.is_placeholder_value(line):
            loose += len(line.split()) > 1
    return not tree.is_placeholder_value(source.original[source.body.start : source.body.end]) and loose >= entries


def prepare_yaml(source: RepairedYaml, start: int, problems: Problems) -> None:
    """Make what begins at ``start`` fit for any parser: nothing is nested too deep, and tabs between values are spaces.

    An entry that is nested deeper than ``MAX_NESTING`` is told of and passed over. Parsers differ in where they give
    up on nesting and in which tabs they take; here it is decided for all of them.
    """
    text, end = source.text, source.body.end
    brackets = text.count("[", start, end) + text.count("{", start, end)
    if brackets <= tree.MAX_NESTING and not _DEEP_LINE.search(text, start, end) and "\t" not in text[start:end]:
        return
    position = start
    while position < end:
        found = scan_yaml(source.text, position, end, limit=tree.MAX_NESTING)
        source.replace(found.spaces, " ")
        source.replace(found.inside, source.hole)
        fault = found.fault
        if fault is None or fault.kind is not FaultKind.DEPTH:
            return
        problems.limit(Span(fault.at, fault.at + 1), f"Values nested deeper than {tree.MAX_TREE_DEPTH} are not read.")
        entry = line_start(source, found.entry)
        position = _next_entry(source, entry, end - entry)
        source.replace(range(entry, position), " ")


def repair(source: RepairedYaml, at: int, start: int, entry: int, problems: Problems) -> bool:
    """Tell what is wrong and change the source so that the parser comes further; ``False`` where nothing helps.

    ``at`` is where the parser gave up, ``start`` where it began, and ``entry`` the beginning of the line with the
    entry that is to blame. A line is told of once.
    An entry with a placeholder of a template in it is not told of, since it will be another when the template is
    filled in.
    """
    end = _next_entry(source, entry)
    at = max(at, entry)
    templated = tree.is_placeholder_value(source.original[entry:end])
    indent = -1 if entry == start else _indentation(source, entry)
    advice = _advice(source, scan_yaml(source.text, entry, source.body.end, indent=indent, until=at), entry, at)
    line = line_start(source, advice.span.start)
    if not templated and line not in source.told:
        source.told.add(line)
        problems.add(tree.SYNTAX, _visible(source, advice.span), advice.message)
    if not templated and source.replace(advice.positions, advice.by):
        return True
    here = line_start(source, advice.span.start)
    if source.replace(_special_characters(source, here), source.hole):
        return True
    return source.replace(range(here, _line_end(source, here)), " ") or source.replace(range(entry, end), " ")


class _Advice(NamedTuple):
    """What is wrong, where, and which characters to replace."""

    span: Span
    message: str
    positions: Iterable[int] = ()
    by: str = " "


def _advice(source: RepairedYaml, found: Scan, entry: int, at: int) -> _Advice:
    text = source.text
    kind, at, since = found.fault or (None, at, at)
    at = min(at, max(entry, source.body.end - 1))
    char = text[at : at + 1]
    line, line_end = line_start(source, at), _line_end(source, at)
    quote = since if kind is FaultKind.QUOTE else _unclosed_quote(source, entry, at)
    if quote is not None:
        span = Span(quote, _line_end(source, quote))
        return _Advice(span, f"The quote {text[quote]} is never closed.", (quote,))
    match kind:
        case FaultKind.TAB:
            tabs = _leading_tabs(source, entry, _next_entry(source, entry)) or [at]
            return _Advice(Span(at, at + 1), "YAML is indented with spaces, not with tabs.", tabs)
        case FaultKind.DIRECTIVE:
            return _Advice(Span(since, _line_end(source, since)), "A key cannot begin with `%`: put it in quotes.")
        case FaultKind.START:
            shown = "a backtick" if char == "`" else f"`{char}`"
            return _quote_it(source, at, f"A value cannot begin with {shown}: put it in quotes.")
        case FaultKind.ESCAPE:
            message = "There is no such escape in double quotes: write `\\\\`, or use single quotes."
            return _Advice(Span(at, at + 2), message, (at,), source.hole)
        case FaultKind.PREFIX:
            return _quote_it(source, since, f"A value cannot begin with `{text[since : since + 1]}`: put it in quotes.")
        case FaultKind.BLOCK_HEADER:
            sign = text[since : since + 1]
            message = f"The text of `{sign}` begins on the next line; if the sign is text, use quotes."
            return _quote_it(source, since, message)
        case FaultKind.LIST:
            return _quote_it(source, at, "A list begins on a line of its own; if `- ` is text, put it in quotes.")
        case FaultKind.COLON:
            return _stray_colon(source, found.last, line, line_end, at)
        case FaultKind.NO_COLON:
            return _without_colon(source, line_start(source, since))
        case _:
            return _misplaced(source, found, line, line_end, at)


def _misplaced(source: RepairedYaml, found: Scan, line: int, line_end: int, at: int) -> _Advice:
    """What to say where each value is right for itself, but the one at ``at`` cannot stand there."""
    text, last = source.text, found.last
    char = text[at : at + 1]
    if found.brackets:
        return _open_bracket(source, found.brackets[-1], at)
    if line == at and text.startswith("---", at):
        return _Advice(
            Span(at, line_end), "A second document begins here: only the first is read.", range(at, source.body.end)
        )
    if last is not None and last.kind == "alias" and not source.has_line_end(last.end, at):
        return _quote_it(source, last.start, "A value cannot begin with `*`: put it in quotes.")
    if text.startswith("-", at) and not text[line:at].strip():
        message = "A list item stands here under a key that has a value already."
        return _Advice(Span(at, line_end), message, range(line, line_end))
    if char == "," and not text[at + 1 : line_end].strip():
        return _Advice(Span(at, at + 1), "A comma stands after the value: leave it out.", (at,))
    if char == ",":
        message = "The value ends before this comma: put several between `[` and `]`, or one text in quotes as a whole."
        return _Advice(Span(at, line_end), message)
    if text[line:at].strip():
        message = "Text stands after the end of the value: put the whole value in quotes."
        return _Advice(Span(at, line_end), message)
    return _Advice(Span(at, line_end), "This line does not fit what stands above it: look at its indentation.")


def _quote_it(source: RepairedYaml, position: int, message: str) -> _Advice:
    word = _WORD.match(source.text, position, source.body.end)
    return _Advice(Span(position, word.end() if word else position + 1), message, (position,), source.hole)


def _unclosed_quote(source: RepairedYaml, entry: int, at: int) -> int | None:
    """The quote that should have been closed on its line: what closes it stands in a later entry."""
    text = source.text
    value = _VALUE_ON_LINE.match(text, entry, source.body.end)
    start = value.end() if value else entry
    if not text.startswith(('"', "'"), start) or _COMPLETE_QUOTE.match(text, start, source.body.end):
        return None
    following = content_start(source, _after_line(source, start))
    return start if following <= at and _ENTRY.match(text, following, source.body.end) else None


def _stray_colon(source: RepairedYaml, last: YamlToken | None, line: int, line_end: int, at: int) -> _Advice:
    scalar = last.start if last else at
    if not source.has_line_end(scalar, at):
        message = "`: ` stands inside a value without quotes: put the value in quotes."
        return _Advice(Span(at, at + 1), message, (at,), source.hole)
    first = line_start(source, scalar)
    if last is not None and last.kind == "plain" and not source.text[first:scalar].strip():
        return _without_colon(source, first)
    message = "This key is indented under one that has a value already."
    return _Advice(Span(at - len(source.text[line:at].lstrip()), at), message, range(line, line_end))


def _without_colon(source: RepairedYaml, line: int) -> _Advice:
    end = _line_end(source, line)
    start = line + len(source.text[line:end]) - len(source.text[line:end].lstrip())
    odd = _ODD_COLON.match(source.text, start, end)
    if odd:
        sign = f"`{odd[1][0]}`" if odd[1][0] != ":" else "`:` with a no-break space"
        return _Advice(Span(*odd.span(1)), f"This is {sign}, where YAML wants `: `.", range(start, end))
    stuck = re.compile(r"[\w-]++:[^\s/]").match(source.text, start, end)
    message = "This is no `key: value`: a colon is missing, or the line belongs to the value above and is not indented."
    if stuck:
        message = "A space is missing after the colon."
    elif not source.text[start:end].strip("- \t"):
        message = "A header ends with three dashes, not with more or fewer."
    elif source.text.startswith("-", start):
        message = "A space is missing after the dash."
    return _Advice(Span(start, end), message, range(start, end))


def _open_bracket(source: RepairedYaml, bracket: int, at: int) -> _Advice:
    text, end = source.text, _line_end(source, bracket)
    tags = [match.start(1) for match in re.finditer(r"[\[,\s](#)", text[bracket:end])]
    if tags:
        positions = [bracket + tag for tag in tags]
        message = "`#` begins a comment here: leave it out, or put the word in quotes."
        return _Advice(Span(positions[0], positions[0] + 1), message, positions, source.hole)
    close = {"[": "]", "{": "}"}.get(text[bracket : bracket + 1])
    if close is None:
        return _Advice(Span(at, end), "This is not valid YAML here: look at the brackets and commas before it.")
    if at >= end or close not in text[bracket:end]:
        return _Advice(Span(bracket, end), f"`{text[bracket]}` is never closed.", (bracket,))
    return _Advice(Span(at, min(at + 1, source.body.end)), f"A comma or `{close}` is missing here.")


def _leading_tabs(source: RepairedYaml, start: int, end: int) -> list[int]:
    return [
        position
        for begin, stop in _lines(source, start, end)
        for position in range(begin, stop)
        if source.text[position] == "\t" and not source.text[begin:position].strip()
    ]


def _special_characters(source: RepairedYaml, line: int) -> list[int]:
    """What could mean anything to YAML in the value on a line."""
    end = _line_end(source, line)
    value = _VALUE_ON_LINE.match(source.text, line, end)
    start = value.end() if value else line
    if start == line:
        return []
    return [position for position in range(start, end) if source.text[position] in _SPECIAL]


def _visible(source: RepairedYaml, span: Span) -> Span:
    """The span without white space at its end; at least one character where the body has one."""
    length = len(source.original[span.start : min(span.end, source.body.end)].rstrip())
    return Span(span.start, min(span.start + max(length, 1), source.body.end))


def _next_entry(source: RepairedYaml, entry: int, far: int = _FAR) -> int:
    """Where the next entry of the outermost mapping begins within so many characters, else the end of these."""
    text = source.text
    indent = _indentation(source, entry)
    far = min(source.body.end, entry + far)
    for start, end in _lines(source, _after_line(source, entry), far):
        outermost = not text[start : start + indent].strip(" ") and text[start + indent : end][:1] not in (
            " ",
            "\t",
            "",
        )
        if outermost and _ENTRY.match(text, start, min(end + 1, source.body.end)):
            return start
    return max(far, _line_end(source, entry))


def _indentation(source: RepairedYaml, line: int) -> int:
    text = source.text[line : _line_end(source, line)]
    return len(text) - len(text.lstrip(" "))


def _line_end(source: RepairedYaml, position: int) -> int:
    match = _LINE_END.search(source.text, position, source.body.end)
    return match.start() if match else source.body.end


def _after_line(source: RepairedYaml, position: int) -> int:
    match = _LINE_END.search(source.text, position, source.body.end)
    return match.end() if match else source.body.end


def _lines(source: RepairedYaml, start: int, end: int) -> Iterable[tuple[int, int]]:
    """The lines from ``start`` to ``end``, without their line ends."""
    while start < end:
        match = _LINE_END.search(source.text, start, end)
        yield start, match.start() if match else end
        start = match.end() if match else end
