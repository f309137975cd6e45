"""Keys: the keys that a schema knows in a table of frontmatter, with their descriptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from rapidfuzz.distance import OSA

from notes_lsp.schemas.messages import FORMAT_PHRASES, TYPE_PHRASES
from notes_lsp.schemas.select import Schema

_MAX_STEPS = 200
_SHORTEST = 4
"""Letters of a key that may be a slip."""
_INNER = ("allOf", "anyOf", "oneOf")

Meaning = Mapping[str, object]
"""What JSON Schema says of one value."""


def keys_of(schema: Schema, table: Sequence[str] = ()) -> dict[str, Meaning]:
    """The keys that a schema knows in the table at a path of keys, with what it says of each, in its order."""
    found: dict[str, Meaning] = {}
    for part in _with_items(schema, _at(schema, table)):
        for name, meaning in _table(part.get("properties")).items():
            found.setdefault(name, _table(meaning))
    return found


def required_of(schema: Schema, table: Sequence[str] = ()) -> list[str]:
    """The keys that a schema asks for in the table at a path, in its order."""
    return [
        name
        for part in _with_items(schema, _at(schema, table, choices=False), choices=False)
        for name in _list(part.get("required"))
        if isinstance(name, str)
    ]


def slips_of(schema: Schema, there: Sequence[str], missing: Sequence[str]) -> dict[str, str]:
    """The keys at the top that a schema does not know and that are one slip away from one it misses, by that one."""
    known = {name.casefold() for name in keys_of(schema)}
    unknown = [name for name in there if name.casefold() not in known and len(name) >= _SHORTEST]
    return {
        wanted: name
        for wanted in missing
        for name in unknown
        if wanted not in there and OSA.distance(wanted.casefold(), name.casefold(), score_cutoff=1) == 1
    }


def values_at(schema: Schema, path: Sequence[str]) -> tuple[list[object], set[str]]:
    """The values to choose from for the key at a path or an element of its list, and its types and formats."""
    values: list[object] = []
    kinds: set[str] = set()
    for part in _with_items(schema, _at(schema, path)):
        values += (one for one in _list(part.get("enum")) if one not in values)
        values += [part["const"]] if "const" in part and part["const"] not in values else []
        kind = part.get("type")
        kinds |= {one for one in (*_list(kind), kind, part.get("format")) if isinstance(one, str)}
    return values, kinds


def describe(schema: Schema, path: Sequence[str]) -> tuple[str, str]:
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
            if isinstance(kind, str) and not (kind == "string" and part.get("format") in FORMAT_PHRASES):
                kinds[FORMAT_PHRASES.get(kind, TYPE_PHRASES.get(kind, kind))] = None
    return description, " or ".join(kinds)


def _at(schema: Schema, path: Sequence[str], *, choices: bool = True) -> list[Meaning]:
    """All that a schema says of the value at a path; ``choices`` takes in what is said of some cases only."""
    parts = list(_parts(schema, schema.document, choices=choices))
    for step in path:
        inner = [
            part
            for outer in _with_items(schema, parts, choices=choices)
            for meaning in _below(outer, step)
            for part in _parts(schema, meaning, choices=choices)
        ]
        parts = inner[:_MAX_STEPS]
    return parts


def _below(part: Meaning, key: str) -> Iterator[Meaning]:
    """What is said of the value of a key in a table: by its name, else of all keys that are not named."""
    meaning = _table(part.get("properties")).get(key, part.get("additionalProperties"))
    if isinstance(meaning, Mapping):
        yield cast("Meaning", meaning)


def _with_items(schema: Schema, parts: Sequence[Meaning], *, choices: bool = True) -> list[Meaning]:
    """Parts, and what they say of the elements where the value is a list, of lists of lists too."""
    found = list(parts)
    for part in found:  # grows while it is walked
        listed = [part.get("items"), part.get("contains"), *_list(part.get("prefixItems"))]
        for items in listed:
            if isinstance(items, Mapping) and len(found) < _MAX_STEPS:
                found += _parts(schema, cast("Meaning", items), choices=choices)
    return found[:_MAX_STEPS]


def _parts(schema: Schema, meaning: Meaning, *, choices: bool = True) -> Iterator[Meaning]:
    waiting = [meaning]
    for _ in range(_MAX_STEPS):
        if not waiting:
            return
        part = waiting.pop(0)
        yield part
        waiting += _referred(schema, part.get("$ref"))
        for keyword in _INNER if choices else _INNER[:1]:
            waiting += [_table(one) for one in _list(part.get(keyword))]
        if choices:
            waiting += [_table(part[keyword]) for keyword in ("then", "else") if keyword in part]
            waiting += [_table(one) for one in _table(part.get("dependentSchemas")).values()]


def _referred(schema: Schema, reference: object) -> Iterator[Meaning]:
    """What a reference leads to, which is always a place in the same schema."""
    if not isinstance(reference, str) or not reference.startswith("#"):
        return
    if reference == "#" or reference.startswith("#/"):
        target: object = schema.document
        for name in reference.split("/")[1:]:
            target = _table(target).get(name.replace("~1", "/").replace("~0", "~"))
        yield _table(target)
        return
    definitions = [_table(one) for one in _table(schema.document.get("$defs")).values()]
    yield from (one for one in definitions if one.get("$anchor") == reference[1:])


def _table(value: object) -> Meaning:
    return cast("Meaning", value) if isinstance(value, Mapping) else {}


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []
