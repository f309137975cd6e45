"""Convert: a frontmatter value converted to another type, where the result is evident."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, cast

from rapidfuzz import fuzz, process

from notes_lsp.frontmatter.formats.tree import is_link
from notes_lsp.frontmatter.formats.write import HeaderValue
from notes_lsp.schemas.property_rules import as_date
from notes_lsp.text.numbers import parse_number

_TRUE = frozenset(("true", "yes", "y", "on", "x", "1", "done"))
_FALSE = frozenset(("false", "no", "n", "off", "0"))
_MIN_LIKENESS = 55


def convert_value(value: object, raw: str, wanted: str) -> list[HeaderValue]:
    """A value as a type, a format or a property's type wants it; nothing where it is not evident, or it is one already.

    ``raw`` is the value as written, without quotes: what YAML took for ``true`` may have been the word ``yes``.
    """
    text = raw.strip()
    match wanted:
        case "number" | "integer":
            found = (
                parse_number(text)
                if isinstance(value, str) and text[-1:].isdigit() and not text.startswith("0x")
                else None
            )
            whole = isinstance(found, int) or (isinstance(found, float) and wanted == "number")
            return [found] if isinstance(found, (int, float)) and whole else []
        case "boolean":
            folded = str(value).casefold().strip()
            return [True] if folded in _TRUE else [False] if folded in _FALSE else []
        case "string" | "text":
            return [text] if isinstance(value, (bool, int, float)) else []
        case "date":
            day = as_date(text) or as_date(text.partition("T")[0].partition(" ")[0])
            return [dt.date.fromisoformat(day)] if day is not None else []
        case "datetime" | "date-time":
            day = as_date(text) if wanted == "datetime" else None
            return [dt.date.fromisoformat(day)] if day is not None else []
        case "link":
            return (
                [f"[[{text}]]"]
                if isinstance(value, str) and text and not is_link(text) and not set("[]|") & set(text)
                else []
            )
        case "array" | "list":
            return [_listed(value)] if isinstance(value, (str, int, float)) else []
        case _:
            return []


def nearest(value: object, allowed: Sequence[object], most: int) -> list[object]:
    """The allowed values that are most like one that is not allowed, the likeliest first."""
    choices = {index: str(one).casefold() for index, one in enumerate(allowed)}
    hits = process.extract(str(value).casefold(), choices, scorer=fuzz.WRatio, limit=most, score_cutoff=_MIN_LIKENESS)
    return [allowed[index] for _, _, index in hits]


def starting_value(schema: Any, today: dt.date) -> HeaderValue:
    """What a key begins with, by what its schema says: its default, the first of its values, else something empty."""
    if not isinstance(schema, dict):
        return ""
    known = cast("dict[str, Any]", schema)
    values: Any = known.get("enum")
    first = _first(values)
    for value in (known.get("default"), known.get("const"), first):
        if isinstance(value, (str, int, float, bool)):
            return value
    kind: Any = known.get("type")
    if isinstance(kind, list):
        kind = _first(known["type"])
    match kind:
        case "boolean":
            return False
        case "array":
            return []
        case "object":
            return {}
        case "number" | "integer":
            least: Any = known.get("minimum")
            return least if isinstance(least, (int, float)) else 0
        case _:
            return today if known.get("format") in ("date", "datetime") else ""


def _first(values: object) -> object:
    return cast("list[object]", values)[0] if isinstance(values, list) and values else None


def _listed(value: str | float) -> list[HeaderValue]:
    if isinstance(value, str) and "," in value and not is_link(value.strip()):
        return [part.strip() for part in value.split(",") if part.strip()]
    return [value]
