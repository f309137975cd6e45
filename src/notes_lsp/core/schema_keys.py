"""Schema keys: which keys a schema knows in a table of a header, and what it says of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from notes_lsp.core.schema_rules import Schema
from notes_lsp.core.schema_words import FORMATS, TYPES

_MOST_STEPS = 200
_INNER = ("allOf", "anyOf", "oneOf")

Meaning = Mapping[str, object]
"""What JSON Schema says of one value."""


def keys_of(schema: Schema, table: Sequence[str] = ()) -> dict[str, Meaning]:
    """The keys that a schema knows in the table at a path of keys, with what it says of each, in its order."""
    found: dict[str, Meaning] = {}
    for part in _at(schema, table):
        for name, meaning in _table(part.get("properties")).items():
            found.setdefault(name, _table(meaning))
    return found


def required_of(schema: Schema, table: Sequence[str] = ()) -> list[str]:
    """The keys that a schema asks for in the table at a path, in its order."""
    return [
        name
        for part in _at(schema, table, choices=False)
        for name in _list(part.get("required"))
        if isinstance(name, str)
    ]


def values_of(schema: Schema, path: Sequence[str]) -> tuple[list[object], set[str]]:
    """The values to choose from for the key at a path or an element of its list, and its types and formats."""
    values: list[object] = []
    kinds: set[str] = set()
    waiting = list(_at(schema, path))
    for part in waiting[:_MOST_STEPS]:
        values += (one for one in _list(part.get("enum")) if one not in values)
        values += [part["const"]] if "const" in part and part["const"] not in values else []
        kind = part.get("type")
        kinds |= {one for one in (*_list(kind), kind, part.get("format")) if isinstance(one, str)}
        items = part.get("items")
        if isinstance(items, Mapping):
            waiting += _parts(schema, cast("Meaning", items))
            for inner in _parts(schema, cast("Meaning", items)):
                values += (one for one in _list(inner.get("enum")) if one not in values)
                kinds |= {one for one in (inner.get("type"), inner.get("format")) if isinstance(one, str)}
    return values, kinds


def described(schema: Schema, path: Sequence[str]) -> tuple[str, str]:
    """What a schema says of a key in prose, and its type in words; both may be empty."""
    description, kinds = "", dict[str, None]()
    for part in _at(schema, path):
        text = part.get("description") or part.get("title")
        if isinstance(text, str) and not description:
            description = text
        for kind in (
            part.get("format"),
            *([part["type"]] if isinstance(part.get("type"), str) else _list(part.get("type"))),
        ):
            if isinstance(kind, str) and not (kind == "string" and part.get("format") in FORMATS):
                kinds[FORMATS.get(kind, TYPES.get(kind, kind))] = None
    return description, " or ".join(kinds)


def _at(schema: Schema, path: Sequence[str], *, choices: bool = True) -> list[Meaning]:
    """All that a schema says of the value at a path; ``choices`` takes in what is said of some cases only."""
    parts = list(_parts(schema, schema.document, choices=choices))
    for step in path:
        inner = [
            part
            for outer in parts
            for name, meaning in _table(outer.get("properties")).items()
            if name == step
            for part in _parts(schema, _table(meaning), choices=choices)
        ]
        parts = inner[:_MOST_STEPS]
    return parts


def _parts(schema: Schema, meaning: Meaning, *, choices: bool = True) -> Iterator[Meaning]:
    waiting = [meaning]
    for _ in range(_MOST_STEPS):
        if not waiting:
            return
        part = waiting.pop(0)
        yield part
        reference = part.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/"):
            target: object = schema.document
            for name in reference[2:].split("/"):
                target = _table(target).get(name.replace("~1", "/").replace("~0", "~"))
            waiting.append(_table(target))
        for keyword in _INNER if choices else _INNER[:1]:
            waiting += [_table(one) for one in _list(part.get(keyword))]


def _table(value: object) -> Meaning:
    return cast("Meaning", value) if isinstance(value, Mapping) else {}


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []
