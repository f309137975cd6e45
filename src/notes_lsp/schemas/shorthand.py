"""Shorthand: the short form of a schema, expanded to JSON Schema 2020-12."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Mapping
from typing import NamedTuple, cast

TYPE_WORDS: Mapping[str, Mapping[str, object]] = {
    "any": {},
    "text": {"type": ["string", "number"]},
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "datetime"},
    "link": {"type": "string", "format": "link"},
    "url": {"type": "string", "format": "uri"},
    "list": {"type": "array"},
    "table": {"type": "object"},
}
"""The words of the short form. A number passes for a text: nobody quotes the title ``1984``."""

_OTHER_WORDS = {
    "string": "text",
    "str": "text",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "checkbox": "boolean",
    "day": "date",
    "time": "datetime",
    "note": "link",
    "array": "list",
    "object": "table",
}
_OPTIONS = {
    "type",
    "values",
    "min",
    "max",
    "pattern",
    "description",
    "default",
    "required",
}
_PATTERN = re.compile(r"/(.*)/", re.DOTALL)


class ShorthandProblem(NamedTuple):
    """Something in a short schema that cannot be understood."""

    path: tuple[str, ...]
    message: str


class ExpandedSchema(NamedTuple):
    """A short schema written out."""

    document: dict[str, object]
    problems: list[ShorthandProblem]


def written_out(keys: Mapping[str, object], required: object, *, closed: bool) -> ExpandedSchema:
    """The JSON Schema that a short one stands for; what is wrong in it is left out and told.

    ``keys`` says of each key what its value is: a word of ``TYPES``, ``"[word]"`` for a list of them, ``"a | b"``, a
    list of the values to choose from, ``"/pattern/"``, or a table of ``type``, ``values``, ``min``, ``max``,
    ``pattern``, ``description``, ``default`` and ``required``.
    """
    problems: list[ShorthandProblem] = []
    properties: dict[str, object] = {}
    needed: list[str] = []
    if isinstance(required, list) and all(isinstance(one, str) for one in cast("list[object]", required)):
        needed = list(dict.fromkeys(cast("list[str]", required)))
    elif required is not None:
        problems.append(ShorthandProblem(("required",), 'expected a list of keys, such as ["title", "status"]'))
    for name, meaning in keys.items():
        found = _meaning(meaning)
        if isinstance(found, str):
            problems.append(ShorthandProblem((name,), found))
            continue
        properties[name] = found
        if isinstance(meaning, dict) and cast("dict[str, object]", meaning).get("required") is True:
            needed.append(name)
    document: dict[str, object] = {"type": "object", "properties": properties}
    if needed:
        document["required"] = list(dict.fromkeys(needed))
    if closed:
        document["additionalProperties"] = False
    return ExpandedSchema(document, problems)


def _meaning(meaning: object) -> dict[str, object] | str:
    """What is said of one key as JSON Schema, or what is wrong with it."""
    if isinstance(meaning, str):
        return _word(meaning)
    if isinstance(meaning, list):
        return _choice(cast("list[object]", meaning))
    if isinstance(meaning, dict):
        return _table(cast("dict[str, object]", meaning))
    return 'expected a type such as "date", a list of values, or a table'


def _word(meaning: str) -> dict[str, object] | str:
    word = meaning.strip()
    pattern = _PATTERN.fullmatch(word)
    if pattern:
        return {"type": "string", "pattern": pattern[1]}
    if "|" in word:
        parts = [_word(part) for part in word.split("|")]
        bad = next((part for part in parts if isinstance(part, str)), None)
        return bad or {"anyOf": parts}
    if word.startswith("[") and word.endswith("]"):
        inner = _word(word[1:-1])
        # A list with one element is often written without its brackets.
        return inner if isinstance(inner, str) else {"type": "array", "items": inner}
    known = TYPE_WORDS.get(_OTHER_WORDS.get(word, word))
    if known is not None:
        return dict(known)
    near = difflib.get_close_matches(word.lower()[:40], [*TYPE_WORDS, *_OTHER_WORDS], n=1)
    hint = f'; did you mean "{_OTHER_WORDS.get(near[0], near[0])}"?' if near else ": there are " + ", ".join(TYPE_WORDS)
    return f'there is no type "{word[:40]}"{hint}'


def _choice(values: list[object]) -> dict[str, object] | str:
    if not values or not all(isinstance(value, (str, int, float, bool, dt.date)) for value in values):
        return "expected a list of texts or numbers to choose from"
    return {"enum": [value.isoformat() if isinstance(value, dt.date) else value for value in values]}


def _table(table: dict[str, object]) -> dict[str, object] | str:
    unknown = next((name for name in table if name not in _OPTIONS), None)
    if unknown is not None:
        near = difflib.get_close_matches(unknown[:40], sorted(_OPTIONS), n=1)
        hint = f'; did you mean "{near[0]}"?' if near else ": there are " + ", ".join(sorted(_OPTIONS))
        return f'there is no "{unknown[:40]}" here{hint}'
    kind = table.get("type", "any" if "values" not in table else None)
    found: dict[str, object] | str = {} if kind is None else _meaning(kind)
    if isinstance(found, str):
        return found
    if "values" in table:
        values = table["values"]
        choice = _choice(cast("list[object]", values)) if isinstance(values, list) else "expected a list of values"
        if isinstance(choice, str):
            return choice
        if found.get("type") == "array":
            found["items"] = choice
        else:
            found |= choice
    for name, keyword in (("min", "minimum"), ("max", "maximum")):
        if name in table:
            if isinstance(table[name], bool) or not isinstance(table[name], (int, float)):
                return f'"{name}" is a number'
            found[keyword] = table[name]
    for name in ("pattern", "description"):
        if name in table:
            if not isinstance(table[name], str):
                return f'"{name}" is a text'
            found[name] = table[name]
    if "default" in table:
        default = table["default"]
        found["default"] = default.isoformat() if isinstance(default, dt.date) else default
    return found
