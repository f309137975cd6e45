"""Prompt: what a half-typed text at the cursor asks for; a closed union that completion matches on."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from notes_lsp.facts import Facts
from notes_lsp.links.names import is_external
from notes_lsp.text.source import Span


@dataclass(frozen=True, slots=True)
class CompletionContext:
    """What all prompts have in common."""

    typed: str
    span: Span
    """What the chosen text replaces: it ends at the cursor."""
    closing: str
    """What is missing after the cursor to end the construct: brackets, a parenthesis, a quote."""
    closed: str = field(default="", kw_only=True)
    """What directly follows the cursor of the characters that end the construct, as an editor that closes brackets by
    itself leaves them: an edit that takes them in leaves the cursor after them."""


@dataclass(frozen=True, slots=True)
class WikiTarget(CompletionContext):
    """``[[typed``: a note or a file."""

    rest: str
    """What already follows the cursor inside the link, such as ``#heading`` or ``|label``."""
    embed: bool = False
    """``![[typed``."""

    @property
    def replaces(self) -> Span:
        """The whole target, with what of it stands behind the cursor."""
        return Span(self.span.start, self.span.end + len(re.split(r"[#|\\]", self.rest, maxsplit=1)[0]))


@dataclass(frozen=True, slots=True)
class WikiAnchor(CompletionContext):
    """``[[target#typed``: a heading of a note, or ``[[target#^typed``: a block of it."""

    target: str
    parents: tuple[str, ...]
    """The headings before the last ``#``: ``[[target#parent#typed``."""
    block: bool
    whole: WikiTarget
    """The same read as the beginning of a name that holds a ``#``."""


@dataclass(frozen=True, slots=True)
class WikiLabel(CompletionContext):
    """``[[target#anchor|typed``: what the reader shall see."""

    target: str
    """With its anchor."""


@dataclass(frozen=True, slots=True)
class VaultBlock(CompletionContext):
    """``[[^^typed``: any block of the vault. The span begins behind ``[[``, ``typed`` behind ``^^``."""


@dataclass(frozen=True, slots=True)
class VaultHeading(CompletionContext):
    """``[[##typed`` or ``](##typed``: any heading of the vault. The span begins before ``##``, ``typed`` behind it."""

    wiki: bool
    angle: bool = False


@dataclass(frozen=True, slots=True)
class PathTarget(CompletionContext):
    """``](typed``, ``](<typed``, ``[label]: typed`` or ``src="typed``: a path in the style that is being typed."""

    angle: bool = False
    """Between ``<`` and ``>``, where spaces stand for themselves."""
    image: bool = False
    """Of an image or another file that is shown in its place."""


@dataclass(frozen=True, slots=True)
class PathAnchor(CompletionContext):
    """``](target#typed``: a heading by its slug; an empty ``target`` is the note itself."""

    target: str


@dataclass(frozen=True, slots=True)
class ReferenceLabel(CompletionContext):
    """``[text][typed`` or ``[typed``: the label of a definition."""


@dataclass(frozen=True, slots=True)
class FootnoteLabel(CompletionContext):
    """``[^typed``: a footnote of this note."""


@dataclass(frozen=True, slots=True)
class TagName(CompletionContext):
    """``#typed``: a tag; the span begins behind the ``#``."""


@dataclass(frozen=True, slots=True)
class TaskState(CompletionContext):
    """``- [typed``: the state of a task, one character."""


@dataclass(frozen=True, slots=True)
class Callout(CompletionContext):
    """``> [!typed``: the kind of a callout."""


Prompt = (
    WikiTarget
    | WikiAnchor
    | WikiLabel
    | VaultBlock
    | VaultHeading
    | PathTarget
    | PathAnchor
    | ReferenceLabel
    | FootnoteLabel
    | TagName
    | TaskState
    | Callout
)

_MAX_TYPED = 200
"""Nobody is asking any more when so much was typed since the brackets were opened."""

_INLINE = re.compile(r"\]\((?P<angle><?)(?P<typed>[^\s<>]*|(?<=<)[^<>]*)$")
_DEFINITION = re.compile(r"^ {0,3}\[(?!\^)[^\[\]]+\]:[ \t]+(?P<angle><?)(?P<typed>[^\s<>]*|(?<=<)[^<>]*)$")
_HTML = re.compile(
    r"<(?P<tag>[A-Za-z][\w\-]*)\b[^<>]*?\s(?:src|href|poster)\s*=\s*(?P<quote>[\"'])(?P<typed>[^\"'<>]*)$"
)
_FOOTNOTE = re.compile(r"\[\^(?P<typed>[^\[\]\s^]*)$")
_FULL_REFERENCE = re.compile(r"\]\[(?P<typed>[^\[\]]*)$")
_SHORTCUT = re.compile(r"(?<!\[)\[(?P<typed>[^\[\]\s^!][^\[\]]*)$")
_TASK = re.compile(r"^[\s>]*(?:[-*+]|\d{1,9}[.)])[ \t]+\[(?P<typed>[^\[\]^]?)$")
_CALLOUT = re.compile(r"^[ \t]*>[\s>]*\[!(?P<typed>[\w\-]*)$")
_TAG = re.compile(
    r"(?:^|(?<=[\s(\[\"'*~=,;|>。、，；！？（「『《]))#(?P<typed>[^\s!-,.:-@\[-^`{-~\u2000-\u200c\u200e-\u206f]*)$"
)
_HEADING = re.compile(r"^[\s>]*#{1,6}$")
_SHOWN_IN_PLACE = frozenset({"img", "audio", "video", "source", "embed", "track"})
_TITLE_AND_END = re.compile(r"[ \t]+(?:\"[^\"]*\"|'[^']*'|\([^()]*\))[ \t]*\)")


def prompt_at(facts: Facts, text: str, offset: int) -> Prompt | None:
    """What is asked for at ``offset`` of the text of a note with these facts; ``None`` where nothing can be completed.

    Nothing is asked for in the frontmatter, whose completion is another matter, nor in code, comments, math and URLs.
    A construct counts by the line that it is typed on: where it begins and where the cursor is, both must be prose.
    """
    header = facts.frontmatter
    if header is not None and offset <= header.span.end:
        return None
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    line = _Line(text[start:offset], text[offset : _line_end(text, offset)], start, offset)
    for recognise in _IN_THIS_ORDER:
        found = recognise(line)
        if found is not None:
            opened, prompt = found
            return None if prompt is None or _is_opaque(facts, opened, offset) else prompt
    return None


def tasks_or_labels(prompt: TaskState) -> ReferenceLabel:
    """The same read as the beginning of a label: ``- [a`` may be either."""
    return ReferenceLabel(prompt.typed, prompt.span, prompt.closing.rstrip(), closed=prompt.closed)


@dataclass(frozen=True, slots=True)
class _Line:
    before: str
    after: str
    start: int
    offset: int

    def span(self, match: re.Match[str]) -> Span:
        return Span(self.start + match.start("typed"), self.offset)

    def from_column(self, column: int) -> Span:
        return Span(self.start + column, self.offset)


_Found = tuple[int, Prompt | None] | None
"""Where the construct begins, as an offset, with what it asks for: ``None`` where it is plain that nothing is asked."""


def _wiki(line: _Line) -> _Found:
    before = line.before
    at = before.rfind("[[")
    if at < 0 or "]]" in before[at:] or "](" in before[at:] or _is_escaped(before, at):
        return None
    typed = before[at + 2 :]
    if len(typed) > _MAX_TYPED:
        return line.start + at, None
    return line.start + at, _wiki_prompt(line, typed, at + 2, embed=at > 0 and before[at - 1] == "!")


def _wiki_prompt(line: _Line, typed: str, inner: int, *, embed: bool) -> Prompt:
    rest = _rest(line.after)
    closing = "" if rest else _missing(line.after, "]]")
    closed = _closed(line.after, "]]", closing)
    whole = line.from_column(inner)
    if "|" in typed:
        written, _, label = typed.partition("|")
        span = line.from_column(inner + len(typed) - len(label))
        return WikiLabel(label, span, closing, written.removesuffix("\\"), closed=closed)
    if typed.startswith("^^"):
        return VaultBlock(typed[2:], whole, closing, closed=closed)
    if typed.startswith("##"):
        return VaultHeading(typed[2:], whole, closing, wiki=True, closed=closed)
    target = WikiTarget(typed, whole, closing, rest, embed, closed=closed)
    if "#" not in typed:
        return target
    name, *parents, last = typed.split("#")
    block = last.startswith("^")
    last = last[1:] if block else last
    span = line.from_column(inner + len(typed) - len(last))
    return WikiAnchor(last, span, closing, name, tuple(parents), block, target, closed=closed)


def _inline(line: _Line) -> _Found:
    match = _INLINE.search(line.before)
    if match is None or _is_escaped(line.before, match.start()):
        return None
    typed = match["typed"]
    if not match["angle"] and typed.count(")") >= typed.count("(") + 1:
        return None
    opener = _opening_bracket(line.before, match.start())
    if opener is None:
        return None
    image = opener > 0 and line.before[opener - 1] == "!"
    angle = bool(match["angle"])
    closing = _missing_angle(line.after) if angle else _missing_parenthesis(line.after)
    closed = _closed(line.after, ">)" if angle else ")", closing)
    return line.start + opener, _destination(line, match, (closing, closed), image=image, angle=angle)


def _definition(line: _Line) -> _Found:
    match = _DEFINITION.search(line.before)
    if match is None:
        return None
    closing = ">" if match["angle"] and ">" not in line.after else ""
    closed = _closed(line.after, match["angle"] and ">", closing)
    return line.start, _destination(line, match, (closing, closed), image=False, angle=bool(match["angle"]))


def _html(line: _Line) -> _Found:
    match = _HTML.search(line.before)
    if match is None:
        return None
    closing = "" if match["quote"] in line.after else match["quote"]
    image = match["tag"].lower() in _SHOWN_IN_PLACE
    ending = (closing, _closed(line.after, match["quote"], closing))
    return line.start + match.start(), _destination(line, match, ending, image=image, angle=False)


def _destination(
    line: _Line, match: re.Match[str], ending: tuple[str, str], *, image: bool, angle: bool
) -> Prompt | None:
    typed = match["typed"]
    closing, closed = ending
    span = line.span(match)
    if is_external(typed):
        return None
    if typed.startswith("##"):
        return VaultHeading(typed[2:], span, closing, wiki=False, angle=angle, closed=closed)
    if "#" in typed:
        target, _, anchor = typed.partition("#")
        return PathAnchor(anchor, Span(span.end - len(anchor), span.end), closing, target, closed=closed)
    return PathTarget(typed, span, closing, angle, image, closed=closed)


def _callout(line: _Line) -> _Found:
    match = _CALLOUT.search(line.before)
    if match is None:
        return None
    end = "" if line.after.startswith("]") else "]" if line.after.startswith(" ") else "] "
    return line.start, Callout(match["typed"], line.span(match), end, closed=_closed(line.after, "]", end))


def _footnote(line: _Line) -> _Found:
    match = _FOOTNOTE.search(line.before)
    if match is None or _is_escaped(line.before, match.start()):
        return None
    closing = _missing(line.after, "]")
    closed = _closed(line.after, "]", closing)
    return line.start + match.start(), FootnoteLabel(match["typed"], line.span(match), closing, closed=closed)


def _full_reference(line: _Line) -> _Found:
    match = _FULL_REFERENCE.search(line.before)
    if match is None or _is_escaped(line.before, match.start()):
        return None
    closing = _missing(line.after, "]")
    closed = _closed(line.after, "]", closing)
    return line.start + match.start(), ReferenceLabel(match["typed"], line.span(match), closing, closed=closed)


def _task(line: _Line) -> _Found:
    match = _TASK.search(line.before)
    if match is None:
        return None
    end = "" if line.after.startswith("]") else "]" if line.after.startswith(" ") else "] "
    return line.start, TaskState(match["typed"], line.span(match), end, closed=_closed(line.after, "]", end))


def _shortcut(line: _Line) -> _Found:
    match = _SHORTCUT.search(line.before)
    if match is None or _is_escaped(line.before, match.start()) or len(match["typed"]) > _MAX_TYPED:
        return None
    closing = _missing(line.after, "]")
    closed = _closed(line.after, "]", closing)
    return line.start + match.start(), ReferenceLabel(match["typed"], line.span(match), closing, closed=closed)


def _tag(line: _Line) -> _Found:
    match = _TAG.search(line.before)
    if match is None or _HEADING.match(line.before):
        return None
    return line.start + match.start("typed") - 1, TagName(match["typed"], line.span(match), "")


_IN_THIS_ORDER: tuple[Callable[[_Line], _Found], ...] = (
    *(_wiki, _inline, _definition, _html, _callout),
    *(_footnote, _full_reference, _task, _tag, _shortcut),
)


def _is_opaque(facts: Facts, opened: int, offset: int) -> bool:
    return any(span.start <= opened < span.end or span.start < offset < span.end for span in facts.opaque)


def _is_escaped(before: str, at: int) -> bool:
    escapes = len(before[:at]) - len(before[:at].rstrip("\\"))
    return escapes % 2 == 1


def _missing(after: str, brackets: str) -> str:
    """As many of the brackets as do not follow the cursor yet."""
    there = len(after) - len(after.lstrip(brackets[0]))
    return brackets[min(len(brackets), there) :]


def _closed(after: str, ending: str, missing: str) -> str:
    """What of ``ending`` directly follows the cursor: with what is missing of it, that is the whole ending."""
    there = ending.removeprefix(missing)
    return there if there and after.startswith(there) else ""


def _missing_parenthesis(after: str) -> str:
    """Nothing where the link goes on and is closed: directly, behind the rest of a destination, or behind a title."""
    depth = 0
    for at, char in enumerate(after):
        if char.isspace():
            return "" if _TITLE_AND_END.match(after, at) else ")"
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return ""
        if char == "<":
            break
    return ")"


def _missing_angle(after: str) -> str:
    close = after.find(">")
    if close < 0 or "<" in after[:close]:
        return ">" if after.startswith(")") else ">)"
    return ""


def _opening_bracket(before: str, close: int) -> int | None:
    """Where the ``[`` stands that the ``]`` at ``close`` closes; ``None`` where it is not on this line."""
    depth = 0
    for at in range(close, -1, -1):
        char = before[at]
        if char in "[]" and not _is_escaped(before, at):
            depth += 1 if char == "]" else -1
            if depth == 0:
                return at
    return None


def _rest(after: str) -> str:
    """What follows the cursor up to the link's own ``]]``: only when the link is closed on this line."""
    close = after.find("]]")
    opened = after.find("[[")
    if close <= 0 or 0 <= opened < close:
        return ""
    return "" if after.startswith("]") else after[:close]


def _line_end(text: str, offset: int) -> int:
    ends = [end for end in (text.find("\n", offset), text.find("\r", offset)) if end >= 0]
    return min(ends, default=len(text))
