r"""Row template: one result formatted by ``'{path}\t{title:>20}'``, and the display width of text."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from string import Formatter
from typing import cast

Row = Mapping[str, object]
"""One result: its fields by name. Values are texts, numbers, booleans, ``None``, lists, or mappings."""

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"t": "\t", "n": "\n", "0": "\0", "\\": "\\"}
_TEXT_SPEC = re.compile(r"(?:(?P<fill>.)?(?P<align>[<>^]))?(?P<width>\d+)?(?:\.(?P<most>\d+))?$", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class TemplateError(ValueError):
    """A template cannot be read, or asks for a field that is not there; the message says what can be done."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template that was read: texts, each followed by a field or by none."""

    pieces: tuple[tuple[str, str | None, str, str | None], ...]
    """Text, field, format, and conversion: ``q`` quotes for the shell, ``j`` writes JSON."""

    @property
    def fields(self) -> frozenset[str]:
        """The fields it asks for."""
        return frozenset(field for _, field, _, _ in self.pieces if field is not None)

    def check(self, known: Collection[str], among: Collection[str] = ()) -> None:
        """Make sure that it asks for fields among ``known`` only; ``among`` are those that are listed, or all.

        Raises:
            TemplateError: it does not; the message names those that there are.
        """
        for field in sorted(self.fields):
            if field not in known:
                close = get_close_matches(field, known, 1)
                hint = f"did you mean {close[0]}? There are" if close else "there are"
                raise TemplateError(f"there is no field {{{field}}} here; {hint}: {', '.join(among or known)}")

    def fill(self, row: Row) -> str:
        """The text for one result; a field that it lacks is empty.

        Raises:
            TemplateError: a format does not fit the value.
        """
        return "".join(
            text + (_formatted(row.get(field), spec, conversion, field) if field is not None else "")
            for text, field, spec, conversion in self.pieces
        )


def read_template(text: str) -> Template:
    """Read ``{field}``, ``{field:>20}``, ``{field!q}``, ``{{``, ``}}``, and the escapes for tab, line end and NUL.

    Raises:
        TemplateError: the braces do not match, or something else stands between them than a field.
    """
    unescaped = _ESCAPE.sub(lambda match: _ESCAPES.get(match[1], match[0]), text)
    try:
        pieces = tuple((text, field, spec or "", how) for text, field, spec, how in Formatter().parse(unescaped))
    except ValueError as error:
        raise TemplateError(f"the template {text!r} cannot be read: {error}") from None
    for _, field, _, conversion in pieces:
        if field == "" or conversion not in {None, "q", "j"}:
            what = "an empty {} (for a brace write {{)" if field == "" else f"!{conversion}; there are !q and !j"
            raise TemplateError(f"the template {text!r} holds {what}")
    return Template(pieces)


def format_value(value: object) -> str:
    """A value as a text: lists joined by commas, nothing for ``None``."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:g}" if abs(value) < 1e15 else repr(value)
        case list() | tuple():
            return ", ".join(map(format_value, cast("Sequence[object]", value)))
        case Mapping():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


def one_line(text: str) -> str:
    """A text without line ends and other control characters, so that it stays in its line of the terminal."""
    return _CONTROL.sub(" ", text)


def cut(text: str, width: int) -> str:
    """A text that takes no more than ``width`` cells of a terminal, with an ellipsis where it was longer."""
    cells = cells_of()
    if cells(text) <= width:
        return text
    kept = 0
    for number, character in enumerate(text):
        kept += cells(character)
        if kept > width - 1:
            return f"{text[:number]}…"
    return text


def _begun(text: str, width: int) -> str:
    """The beginning of a text, as much of it as ``width`` cells hold."""
    cells = cells_of()
    # No character takes less than one, but for those that combine.
    text = text[: 4 * width]
    while cells(text) > width:
        text = text[:-1]
    return text


def cells_of() -> Callable[[str], int]:
    """The function that tells how many cells of a terminal a text takes."""
    from rich.cells import cell_len

    return lambda text: len(text) if text.isascii() else cell_len(text)


def _formatted(value: object, spec: str, conversion: str | None, field: str) -> str:
    if conversion == "q":
        value = shlex.quote(format_value(value))
    elif conversion == "j":
        value = json.dumps(value, ensure_ascii=False)
    if not spec:
        return format_value(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return format(value, spec)
        except ValueError:
            pass
    found = _TEXT_SPEC.match(spec)
    if found is None:
        raise TemplateError(f"the format {spec!r} does not fit {{{field}}}; such as >20, <20 or .20 would")
    text = format_value(value)
    if found["most"]:
        text = _begun(text, int(found["most"]))
    missing = max(0, int(found["width"] or 0) - cells_of()(text))
    left = {">": missing, "^": missing // 2}.get(found["align"] or "<", 0)
    fill = found["fill"] or " "
    return fill * left + text + fill * (missing - left)
