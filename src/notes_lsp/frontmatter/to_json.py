"""To JSON: the flat properties of a note as one JSON object."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

from notes_lsp.facts import Property, PropertyType
from notes_lsp.text.numbers import parse_number


def as_json(properties: Iterable[Property]) -> str:
    """The object that the properties are of, keys as written: the inverse of ``header_tree.flatten``.

    Numbers, booleans and nulls are those of JSON, dates are texts in ISO 8601, links are texts. What the properties
    leave open, such as keys with dots of their own, is settled in favour of what is nested. Total.
    """
    return json.dumps(_nested(properties), ensure_ascii=False, separators=(",", ":"))


def _nested(properties: Iterable[Property]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    objects: dict[tuple[str, int | None], dict[str, Any]] = {}
    lists: dict[str, list[Any]] = {}
    for one in properties:
        value = _value(one)
        is_element = one.index is not None and one.key in lists and len(lists[one.key]) == one.index
        if is_element:
            lists[one.key].append(value)
        else:
            holder, name = _holder(one, whole, objects)
            holder[name] = value
        if isinstance(value, list):
            lists[f"{one.key}.{one.index}" if is_element else one.key] = value
        elif isinstance(value, dict):
            objects[one.key, one.index] = value
            if is_element:
                # What was in the element before is not in this one, though its keys are the same.
                for stale in [key for key in lists if key.startswith(f"{one.key}.")]:
                    del lists[stale]
    return whole


def _holder(
    one: Property, whole: dict[str, Any], objects: dict[tuple[str, int | None], dict[str, Any]]
) -> tuple[dict[str, Any], str]:
    """The object that a property is an entry of, and its own key there."""
    end = len(one.key)
    while (end := one.key.rfind(".", 0, end)) > 0:
        found = objects.get((one.key[:end], one.index))
        if found is not None:
            return found, one.key[end + 1 :]
    return whole, one.key


def _value(one: Property) -> Any:
    match one.type:
        case PropertyType.OBJECT:
            return {}
        case PropertyType.LIST:
            return []
        case PropertyType.NULL:
            return None
        case PropertyType.BOOLEAN:
            return one.value == "true"
        case PropertyType.NUMBER:
            found = parse_number(one.value)
            # JSON has neither infinity nor what is no number.
            return one.value if isinstance(found, float) and not math.isfinite(found) else found
        case _:
            return one.value
