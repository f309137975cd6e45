"""Infer: a schema in the short form that the existing notes satisfy."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from notes_lsp.facts import Property, PropertyType
from notes_lsp.frontmatter.formats.write import HeaderValue, literal, write_key
from notes_lsp.schemas.property_rules import impossible_day

MAX_CHOICES = 8
_MIN_USES = 3
"""So often each value is used on average where values are taken for a choice."""
_LONGEST_CHOICE = 30
_RARE = 0.02
"""Keys in a smaller part of the notes are left out."""
_FREE = frozenset(("title", "id", "name", "description", "desc", "summary", "date", "created", "updated", "modified"))
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS = {
    PropertyType.TEXT: "text",
    PropertyType.NUMBER: "number",
    PropertyType.BOOLEAN: "boolean",
    PropertyType.DATE: "date",
    PropertyType.DATETIME: "datetime",
    PropertyType.LINK: "link",
    PropertyType.OBJECT: "table",
    PropertyType.LIST: "list",
}


@dataclass(slots=True)
class _Key:
    notes: int = 0
    values: int = 0
    """Notes where it is not empty."""
    lists: int = 0
    types: Counter[PropertyType] = field(default_factory=Counter[PropertyType])
    texts: Counter[str] = field(default_factory=Counter[str])


def infer_schema(notes: Iterable[Sequence[Property]]) -> tuple[dict[str, HeaderValue], list[str], int]:
    """What the headers of some notes have in common: a word of the short form for each key, most frequent first.

    Also the keys that every one of them has with a value, and how many notes with a header there were. Where notes
    disagree on a key's type, the schema allows what they do: no note that it is made of violates it.
    """
    keys: dict[str, _Key] = {}
    total = 0
    for properties in notes:
        total += bool(properties)
        _count(keys, properties)
    ordered = sorted(keys.items(), key=lambda one: (-one[1].notes, one[0]))
    found: dict[str, HeaderValue] = {
        name: _meaning(name, seen)
        for name, seen in ordered
        if seen.notes >= max(1, _RARE * total) and name != "$schema"
    }
    required = [name for name in found if keys[name].values == total]
    return found, required, total


def as_toml(
    name: str, selectors: Mapping[str, HeaderValue], found: Mapping[str, HeaderValue], required: Sequence[str]
) -> str:
    """A schema as a table for the settings."""
    lines = [f"[schemas.{write_key('toml', name)}]"]
    lines += [f"{selector} = {literal('toml', value)}" for selector, value in selectors.items()]
    lines += [f"required = {literal('toml', list(required))}"] if required else []
    reserved = {"folder", "type", "tag", "file", "schema", "required", "closed", "keys"}
    plain = {one: value for one, value in found.items() if one not in reserved}
    lines += [f"{write_key('toml', one)} = {literal('toml', value)}" for one, value in plain.items()]
    rest = {one: value for one, value in found.items() if one in reserved}
    if rest:
        lines += ["", f"[schemas.{write_key('toml', name)}.keys]"]
        lines += [f"{write_key('toml', one)} = {literal('toml', value)}" for one, value in rest.items()]
    return "\n".join(lines) + "\n"


def _count(keys: dict[str, _Key], properties: Sequence[Property]) -> None:
    filled: set[str] = set()
    for entry in properties:
        if "." in entry.key:
            continue
        seen = keys.setdefault(entry.key, _Key())
        if entry.index is None:
            seen.notes += 1
            seen.lists += entry.type is PropertyType.LIST
        if entry.type is not PropertyType.NULL:
            filled.add(entry.key)
        if entry.type is not PropertyType.NULL and (entry.type is not PropertyType.LIST or entry.index is not None):
            seen.types[PropertyType.DATE if _is_day(entry) else entry.type] += 1
            seen.texts[entry.value] += 1
    for name in filled:
        keys[name].values += 1


def _is_day(entry: Property) -> bool:
    """Whether a text is a day, as JSON has no other way to write one."""
    if entry.type is not PropertyType.TEXT or not _DAY.fullmatch(entry.value):
        return False
    return impossible_day(*map(int, entry.value.split("-"))) is None and not entry.value.startswith("0000")


def _meaning(name: str, seen: _Key) -> HeaderValue:
    has_single = seen.values > seen.lists
    choices = list(seen.texts)
    uses = seen.texts.total()
    if (
        not seen.lists
        and set(seen.types) == {PropertyType.TEXT}
        and name.lower() not in _FREE
        and len(choices) <= MAX_CHOICES
        and uses >= _MIN_USES * len(choices)
        and all(len(choice) <= _LONGEST_CHOICE for choice in choices)
    ):
        return [choice for choice, _ in sorted(seen.texts.items(), key=lambda one: (-one[1], one[0]))]
    words = list(dict.fromkeys(_WORDS[kind] for kind, _ in seen.types.most_common() if kind in _WORDS))
    if "text" in words:
        # Every link, number and date is a text, too.
        words = ["text", *(word for word in words if word in ("boolean", "table", "list"))]
    elif "datetime" in words:
        words = [word for word in words if word != "date"]
    if not words:
        return "list" if seen.lists else "any"
    if seen.lists and len(words) > 1:
        return "list | " + " | ".join(words) if has_single else "list"
    listed = [f"[{words[0]}]"] if seen.lists else []
    return " | ".join([*listed, *words]) if has_single else " | ".join(listed)
