"""Context: what completion is asked for at a cursor in frontmatter, in all three formats, however broken."""

from __future__ import annotations

import re
from dataclasses import dataclass

from notes_lsp.text.source import Span

_LONGEST_LINE = 2_000
_OPENING = re.compile(r"\ufeff?(---|\+\+\+)[ \t]*+(?:\r\n|\n|\r)")
_CLOSINGS = {
    "---": re.compile(r"(?<=[\r\n])(?:---|\.\.\.)(?=[ \t]*+(?:[\r\n]|\Z))"),
    "+++": re.compile(r"(?<=[\r\n])\+\+\+(?=[ \t]*+(?:[\r\n]|\Z))"),
}
_JSON_OPENING = re.compile(r"\ufeff?\{\s*+(?:[\"}]|\Z)")
_JSON_CLOSING = re.compile(r"(?<=[\r\n])\}(?=[ \t]*+(?:[\r\n]|\Z))")
_BLANK_LINE = re.compile(r"(?:\r\n|\n|\r)[ \t]*+(?:\r\n|\n|\r|\Z)")
_LINE_END = re.compile(r"\r\n|\n|\r")

_YAML_KEY = re.compile(r"([ \t]*)([\"']?)([^\s\"':#\[\]{},&*!|>%@`-][^\"':#]*)?")
_YAML_PAIR = re.compile(
    r"([ \t]*)(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'#\[\]{}&*!|>%@`-][^:#]*?))[ \t]*:([ \t]*)((?<=\s).*|)"
)
_YAML_ITEM = re.compile(r"([ \t]*)-[ \t]+(.*)")
_TOML_KEY = re.compile(r"([ \t]*)(\"?)([\w-]*)")
_TOML_PAIR = re.compile(r"[ \t]*(?:\"([^\"]*)\"|([\w.-]+))[ \t]*=([ \t]*)(.*)")
_TOML_TABLE = re.compile(r"[ \t]*\[\[?([^\[\]]+)\]\]?[ \t]*(?:#.*)?")
_SCALAR = re.compile(r"([\"']?)([^\"'\[\]{}#]*)")
_DASHES = re.compile(r"[ \t]*(?:-[ \t]+)+")
_BLANK = re.compile(r"[ \t]|\Z")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*+"|\'[^\']*+\'')
_KEY_IN_BRACKETS = re.compile(r"([\"']?)([\w-]*)")
_JSON_TOKEN = re.compile(r'"((?:[^"\\\r\n]|\\.)*+)("?)|[{}\[\],:]|[^\s"{}\[\],:]+')


@dataclass(frozen=True, slots=True)
class HeaderPrompt:
    """What is asked for in a header."""

    format: str
    """``yaml``, ``toml`` or ``json``."""
    asks_key: bool
    """For a key, else for a value."""
    key: str
    """Whose value it is, dotted; of a key the table it stands in, empty at the top."""
    typed: str
    """Without the quote before it."""
    span: Span
    """What the chosen text replaces, the quote before it included; it ends at the cursor."""
    quote: str
    in_list: bool
    """An element between brackets or behind a dash."""
    flow: bool
    """Between brackets, where commas end a value."""
    gap: str
    """A blank that is missing before the value."""
    rest: str
    """What stands behind the cursor on its line."""
    body: Span
    """What stands between the fences, or, where there is no second one yet, up to the first blank line."""


def header_prompt(text: str, offset: int) -> HeaderPrompt | None:
    """What the header at the start of a text asks for at the cursor; ``None`` elsewhere, in comments and in links."""
    if len(_line(text, offset)[1]) > _LONGEST_LINE:
        return None
    opening = _OPENING.match(text)
    if opening is not None and opening.end() <= offset:
        closing = _CLOSINGS[opening[1]].search(text, opening.end()) or _BLANK_LINE.search(text, opening.end() - 1)
        body = Span(opening.end(), max(closing.start() if closing else len(text), opening.end()))
        if offset > body.end:
            return None
        # The cursor may not stand on the closing fence itself.
        if closing is not None and offset == body.end and text[body.end : body.end + 1] in ("-", "+", "."):
            return None
        return (_yaml if opening[1] == "---" else _toml)(text, offset, body)
    if _JSON_OPENING.match(text):
        closing = _JSON_CLOSING.search(text) or _BLANK_LINE.search(text)
        body = Span(0, closing.end() if closing else len(text))
        return _json(text, offset, body) if 0 < offset <= body.end else None
    return None


def _yaml(text: str, offset: int, body: Span) -> HeaderPrompt | None:
    start, line, rest = _line(text, offset)
    pair = _YAML_PAIR.fullmatch(line)
    item = _YAML_ITEM.fullmatch(line)
    lines = _LINE_END.split(text[body.start : start])[:-1]
    if item is not None:
        owner = _owner(lines, len(item[1]))
        pair = _YAML_PAIR.fullmatch(item[2])
        if owner is None or pair is None:
            return _element(owner, item[2], offset, rest, body) if owner else None
        return _yaml_value(f"{owner}.{_name(pair)}", pair, offset, rest, body)
    if pair is not None:
        return _yaml_value(".".join((*_parents(lines, len(pair[1])), _name(pair))), pair, offset, rest, body)
    found = _YAML_KEY.fullmatch(line)
    if found is None:
        return None
    typed = found[3] or ""
    span = Span(offset - len(typed) - len(found[2]), offset)
    parents = ".".join(_parents(lines, len(found[1])))
    return HeaderPrompt("yaml", True, parents, typed, span, found[2], False, False, "", rest, body)  # noqa: FBT003


def _name(pair: re.Match[str]) -> str:
    return next((part for part in pair.groups()[1:4] if part is not None), "")


def _yaml_value(key: str, pair: re.Match[str], offset: int, rest: str, body: Span) -> HeaderPrompt | None:
    if pair[6].startswith(("[", "{")):
        return _in_brackets("yaml", key, pair[6], offset, rest, body)
    return _value("yaml", key, pair[6], offset, rest, body, gap="" if pair[5] else " ")


def _element(owner: str, written: str, offset: int, rest: str, body: Span) -> HeaderPrompt | None:
    if written.startswith(("[", "{")) and not written.startswith("[["):
        return _in_brackets("yaml", owner, written, offset, rest, body)
    return _value("yaml", owner, written, offset, rest, body, in_list=True)


def _owner(lines: list[str], indent: int) -> str | None:
    """The key whose list an element is part of."""
    for number in range(len(lines) - 1, -1, -1):
        pair = _YAML_PAIR.fullmatch(_undashed(lines[number].split(" #")[0]))
        if pair is None or len(pair[1]) > indent or (lines[number].lstrip().startswith("-") and len(pair[1]) == indent):
            continue
        return None if pair[6].strip() else ".".join((*_parents(lines[:number], len(pair[1])), _name(pair)))
    return None


def _parents(lines: list[str], indent: int) -> list[str]:
    found: list[str] = []
    for line in reversed(lines):
        pair = _YAML_PAIR.fullmatch(_undashed(line.split(" #")[0]))
        if indent and pair is not None and len(pair[1]) < indent:
            found.append(_name(pair))
            indent = len(pair[1])
    return found[::-1]


def _undashed(line: str) -> str:
    """A line with blanks for the dashes before its first key, which stands that much further in."""
    dashes = _DASHES.match(line)
    return " " * len(dashes[0]) + line[dashes.end() :] if dashes else line


def _toml(text: str, offset: int, body: Span) -> HeaderPrompt | None:
    start, line, rest = _line(text, offset)
    lines = _LINE_END.split(text[body.start : start])[:-1]
    table = next((match[1].strip() for line in reversed(lines) if (match := _TOML_TABLE.fullmatch(line))), "")
    opened = _open_array(lines)
    if opened is not None:
        return _value(
            "toml", _dotted(table, opened), line.rpartition(",")[2].lstrip(), offset, rest, body, in_list=True
        )
    pair = _TOML_PAIR.fullmatch(line)
    if pair is not None:
        key = _dotted(table, pair[1] if pair[1] is not None else pair[2])
        if pair[4].startswith(("[", "{")):
            return _in_brackets("toml", key, pair[4], offset, rest, body)
        return _value("toml", key, pair[4], offset, rest, body, gap="" if pair[3] else " ")
    found = _TOML_KEY.fullmatch(line)
    if found is None:
        return None
    span = Span(offset - len(found[3]) - len(found[2]), offset)
    return HeaderPrompt("toml", True, table, found[3], span, found[2], False, False, "", rest, body)  # noqa: FBT003


def _open_array(lines: list[str]) -> str | None:
    """The key whose array was opened on a line above and not closed since."""
    for line in reversed(lines):
        pair = _TOML_PAIR.fullmatch(line)
        if pair is not None:
            is_open = pair[4].startswith("[") and "]" not in pair[4]
            return (pair[1] if pair[1] is not None else pair[2]) if is_open else None
        if "]" in line:
            return None
    return None


def _dotted(table: str, key: str) -> str:
    return f"{table}.{key}" if table else key


def _json(text: str, offset: int, body: Span) -> HeaderPrompt | None:
    stack: list[list[str]] = []
    expects_key = False
    typed, start, quote = "", offset, ""
    for match in _JSON_TOKEN.finditer(text, 0, offset):
        piece = match[0]
        typed, start, quote = "", offset, ""
        if piece == "{":
            stack.append([piece, ""])
            expects_key = True
        elif piece == "[":
            stack.append([piece, ""])
            expects_key = False
        elif piece in ("}", "]"):
            if stack:
                stack.pop()
            expects_key = False
        elif piece == ",":
            expects_key = bool(stack) and stack[-1][0] == "{"
            if expects_key:
                stack[-1][1] = ""
        elif piece == ":":
            expects_key = False
        elif piece.startswith('"') and match[2]:
            if expects_key and stack:
                stack[-1][1] = match[1]
            if match.end() == offset:
                return None
        elif match.end() == offset:
            typed, start, quote = (
                (match[1], match.start(), '"') if piece.startswith('"') else (piece, match.start(), "")
            )
    if not stack:
        return None
    _, _, rest = _line(text, offset)
    if expects_key and stack[-1][0] == "{" and not stack[-1][1]:
        key = ".".join(level[1] for level in stack[:-1] if level[1])
        return HeaderPrompt("json", True, key, typed, Span(start, offset), quote, False, False, "", rest, body)  # noqa: FBT003
    key = ".".join(level[1] for level in stack if level[1])
    before = text[:start].rstrip()[-1:]
    if before not in (":", "[", ",") or "[[" in typed:
        return None
    gap = " " if text[:start].endswith(":") else ""
    in_list = stack[-1][0] == "["
    return HeaderPrompt("json", False, key, typed, Span(start, offset), quote, in_list, in_list, gap, rest, body)  # noqa: FBT003


def _in_brackets(format_: str, key: str, written: str, offset: int, rest: str, body: Span) -> HeaderPrompt | None:
    """The prompt in a list or table that was opened on the cursor's line; ``written`` begins with its bracket."""
    sign = "=" if format_ == "toml" else ":"
    stack: list[list[str]] = []
    start, over, position = 0, False, 0
    while position < len(written):
        char = written[position]
        blank = not written[start:position].strip()
        if char in "\"'" and blank:
            string = _QUOTED.match(written, position)
            if string is None:
                break
            position, over = string.end(), True
            continue
        if char in "[{" and blank:
            stack.append([char, ""])
            start, over = position + 1, False
        elif char in "]}":
            stack[-1:] = []
            over = True
        elif char == "," and stack:
            start, over = position + 1, False
            stack[-1][1] = ""
        elif char == sign and stack and stack[-1] == ["{", ""] and (sign == "=" or _BLANK.match(written, position + 1)):
            stack[-1][1] = written[start:position].strip().strip("\"'")
            start, over = position + 1, False
        position += 1
    typed = written[start:].lstrip()
    if not stack or over:
        return None
    path = ".".join((key, *(level[1] for level in stack if level[1])))
    if stack[-1] == ["{", ""]:
        found = _KEY_IN_BRACKETS.fullmatch(typed)
        span = Span(offset - len(typed), offset)
        if found is None:
            return None
        return HeaderPrompt(format_, True, path, found[2], span, found[1], False, True, "", rest, body)  # noqa: FBT003
    gap = " " if format_ == "yaml" and written.endswith(sign) else ""
    in_list = stack[-1][0] == "["
    return _value(format_, path, typed, offset, rest, body, in_list=in_list, flow=True, gap=gap)


def _value(
    format_: str,
    key: str,
    written: str,
    offset: int,
    rest: str,
    body: Span,
    *,
    in_list: bool = False,
    flow: bool = False,
    gap: str = "",
) -> HeaderPrompt | None:
    found = _SCALAR.fullmatch(written)
    if found is None:
        return None
    span = Span(offset - len(written), offset)
    return HeaderPrompt(format_, False, key, found[2], span, found[1], in_list, flow, gap, rest, body)  # noqa: FBT003


def _line(text: str, offset: int) -> tuple[int, str, str]:
    """Where the cursor's line begins, and what stands on it before and behind the cursor."""
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    end = _LINE_END.search(text, offset)
    return start, text[start:offset].removeprefix("\ufeff"), text[offset : end.start() if end else len(text)]
