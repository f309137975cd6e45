"""Accepting a completion item: what stands in the line afterwards, done as editors do it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from speclib.positions import Json, Lines

_WORD_BEFORE = re.compile(r"\w*$")
_SNIPPET = re.compile(
    r"\\(?P<escaped>[\\$}])"
    r"|\$(?P<stop>\d+)"
    r"|\$\{(?P<braced>\d+)\}"
    r"|\$\{(?P<holder>\d+):(?P<default>(?:\\.|[^\\}])*)\}"
    r"|\$\{(?P<choice>\d+)\|(?P<choices>(?:\\.|[^\\|])*)\|\}"
)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The text after accepting an item, and where the cursor stands then."""

    label: str
    text: str
    cursor: int

    def line(self) -> str:
        """The cursor's line with ``<|>`` at the cursor."""
        marked = self.text[: self.cursor] + "<|>" + self.text[self.cursor :]
        lines = Lines(marked)
        return lines.line(lines.position(self.cursor, "utf-32")["line"])


def items_of(result: Json) -> tuple[list[Json], bool]:
    """The items of an answer in the order a client shows them, and whether the list is incomplete.

    The list's defaults are filled in.
    """
    if result is None:
        return [], False
    if isinstance(result, list):
        return sorted(result, key=_order), False
    defaults = result.get("itemDefaults") or {}
    items = [_with_defaults(item, defaults) for item in result.get("items") or []]
    return sorted(items, key=_order), bool(result.get("isIncomplete"))


def visible(items: list[Json], text: str, offset: int, encoding: str, *, fuzzy: bool) -> list[Json]:
    """The items that a client still shows for what has been typed.

    A strict client wants ``filterText`` (or the label) to begin with the typed text, which is what the item's edit
    replaces; a ``fuzzy`` one wants the typed characters in order, and is content with those of the word before the
    cursor, as many editors are. Neither minds case.
    """
    lines = Lines(text)
    before = _WORD_BEFORE.search(text[:offset])
    word = before[0].casefold() if before else ""
    kept: list[Json] = []
    for item in items:
        start, _ = _replaced(item, lines, offset, encoding)
        typed = text[start:offset].casefold()
        match = str(item.get("filterText") or item["label"]).casefold()
        if match.startswith(typed) or (fuzzy and any(_subsequence(one, match) for one in (typed, word))):
            kept.append(item)
    return kept


def accept(item: Json, text: str, offset: int, encoding: str) -> Accepted:
    """The text after the item is accepted at ``offset``."""
    lines = Lines(text)
    start, end = _replaced(item, lines, offset, encoding)
    edit = item.get("textEdit")
    new = edit["newText"] if edit else item.get("textEditText") or item.get("insertText") or item["label"]
    cursor = None
    if item.get("insertTextFormat") == 2:
        new, cursor = plain(new)
    at = start + (len(new) if cursor is None else cursor)
    out = text[:start] + new + text[end:]
    extra = sorted(
        ((*lines.span(more["range"], encoding), more["newText"]) for more in item.get("additionalTextEdits") or []),
        reverse=True,
    )
    for first, last, inserted in extra:
        shift = 0 if first < start else len(new) - (end - start)
        out = out[: first + shift] + inserted + out[last + shift :]
        if first < start:
            at += len(inserted) - (last - first)
    return Accepted(str(item["label"]), out, at)


def plain(snippet: str) -> tuple[str, int | None]:
    """A snippet's text, and where its cursor goes: at ``$0``, or at its end when there is none."""
    out: list[str] = []
    length = done = 0
    final = None
    for match in _SNIPPET.finditer(snippet):
        out.append(snippet[done : match.start()])
        length += match.start() - done
        done = match.end()
        groups = match.groupdict()
        piece = groups["escaped"] or ""
        if groups["default"] is not None:
            piece = re.sub(r"\\(.)", r"\1", groups["default"])
        elif groups["choices"] is not None:
            piece = groups["choices"].split(",")[0]
        if "0" in (groups["stop"], groups["braced"], groups["holder"]):
            final = length
        out.append(piece)
        length += len(piece)
    return "".join(out) + snippet[done:], final


def _replaced(item: Json, lines: Lines, offset: int, encoding: str) -> tuple[int, int]:
    edit = item.get("textEdit")
    if edit:
        start, end = lines.span(edit.get("range") or edit["replace"], encoding)
        return start, max(end, offset) if edit.get("range") else end
    before = _WORD_BEFORE.search(lines.text[:offset])
    return (before.start() if before else offset), offset


def _with_defaults(item: Json, defaults: Json) -> Json:
    item = dict(item)
    for name in ("insertTextFormat", "insertTextMode", "commitCharacters", "data"):
        if name in defaults:
            item.setdefault(name, defaults[name])
    range_ = defaults.get("editRange")
    if range_ and not item.get("textEdit"):
        new = item.get("textEditText") or item.get("insertText") or item["label"]
        item["textEdit"] = {"newText": new, **(range_ if "insert" in range_ else {"range": range_})}
    return item


def _order(item: Json) -> str:
    return str(item.get("sortText") or item["label"])


def _subsequence(typed: str, text: str) -> bool:
    rest = iter(text)
    return all(char in rest for char in typed)
