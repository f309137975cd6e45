"""Validate: frontmatter validated against JSON Schema 2020-12, each violation at its value.

A schema comes from a stranger as much as a note does. It is looked through before it is used, patterns run with a limit
in milliseconds, a check stops after a number of steps, and no reference leaves the schema: nothing is ever fetched.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast

import regex

from notes_lsp.frontmatter.formats.tree import is_link, is_placeholder
from notes_lsp.frontmatter.values import ValuePath
from notes_lsp.schemas.messages import Violation, missing_together, short, violations_of
from notes_lsp.schemas.select import Schema

__all__ = ["Violation", "schema_fault", "violations"]

MAX_VIOLATIONS = 50
MAX_VALIDATION_STEPS = 20_000
"""Keywords that one check of one note may look at."""
MAX_SCHEMA_NODES = 20_000
"""Values in one schema."""
MAX_SCHEMA_DEPTH = 60
MAX_PATTERN = 500
"""Characters of one pattern."""
PATTERN_MS = 20
"""How long one pattern may look at one text."""
_DATA = frozenset(("enum", "const", "default", "examples"))
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATETIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)\s*(?:[Zz]|[+-]\d{2}(?::?\d{2})?)?)?"
)
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_MARKDOWN_LINK = re.compile(r"\[[^\]]*\]\(\S+\)")


class ValidationLimitError(Exception):
    """A check that would take too long."""


def schema_fault(schema: Schema) -> str | None:
    """What keeps a schema from being used, in plain words; ``None`` where all is well. Never raises."""
    try:
        reason = _looked_through(schema.document)
        if reason is not None:
            return reason
        steps, validator = _validator(schema)
        steps.left = MAX_VALIDATION_STEPS
        # A reference that leads nowhere, or round in circles, shows when it is followed.
        for _ in islice(validator.iter_errors({}), MAX_VIOLATIONS):
            pass
    except RecursionError:
        return "this schema is nested too deeply, or refers to itself without end"
    except ValidationLimitError:
        return "this schema takes too long to check"
    except Exception as error:  # noqa: BLE001  (whatever a stranger's schema does to the library, it is not used)
        return f"this is no JSON Schema: {short(getattr(error, 'message', None) or str(error))}"
    return None


def violations(schema: Schema, header: Mapping[str, object]) -> list[Violation]:
    """In what a header, as :func:`notes_lsp.frontmatter.values.plain` has it, is not what a schema asks for.

    At most ``MAX_VIOLATIONS``. Never raises: a check that takes too long is given up, which is a violation, too.
    """
    instance: object = {key: value for key, value in header.items() if key != "$schema"}
    if schema.short:
        instance = _without_empty(instance)
    found: dict[tuple[ValuePath, str], Violation] = {}
    try:
        steps, validator = _validator(schema)
        steps.left = MAX_VALIDATION_STEPS
        for error in islice(validator.iter_errors(instance), 4 * MAX_VIOLATIONS):
            for violation in islice(violations_of(schema.name, error), MAX_VIOLATIONS):
                found.setdefault((violation.path, violation.message), violation)
            if len(found) >= MAX_VIOLATIONS:
                break
    except (ValidationLimitError, RecursionError):
        return [Violation(schema.name, (), f"The schema {schema.name} takes too long to check.")]
    except Exception as error:  # noqa: BLE001  (as above)
        return [Violation(schema.name, (), f"The schema {schema.name} cannot be checked: {short(str(error))}")]
    return missing_together(found.values())


def _without_empty(value: object) -> object:
    if isinstance(value, dict):
        table = cast("dict[str, object]", value)
        return {name: _without_empty(one) for name, one in table.items() if one is not None}
    if isinstance(value, list):
        # Up to the first empty element, which is about to be written: the places of the others stay what they are.
        items = [_without_empty(one) for one in cast("list[object]", value)]
        return items[: items.index(None)] if None in items else items
    return value


@dataclass(slots=True)
class _Steps:
    left: int = MAX_VALIDATION_STEPS

    def spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise ValidationLimitError


def _validator(schema: Schema) -> tuple[_Steps, Any]:
    known = schema.memory.get("validator")
    if known is not None:
        return cast("tuple[_Steps, Any]", known)
    # The library takes a tenth of a second to load, which nobody without schemas should pay.
    import jsonschema  # noqa: PLC0415
    import referencing  # noqa: PLC0415
    from jsonschema import validators  # noqa: PLC0415

    draft = jsonschema.Draft202012Validator
    formats = jsonschema.FormatChecker(formats=())
    for name, is_good in _CHECKS.items():
        formats.checks(name)(is_good)
    document = cast("dict[str, object]", _without_addresses(schema.document))
    draft.check_schema(document, format_checker=jsonschema.FormatChecker(formats=()))
    steps = _Steps()
    own: dict[str, Callable[..., Any]] = {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "uniqueItems": _unique,
    }
    keywords = {
        name: _counted(own.get(name) or keyword, steps)
        for name, keyword in cast("dict[str, Any]", draft.VALIDATORS).items()
    }
    extend = cast("Any", validators).extend
    registry = cast("Any", referencing).Registry()
    made: Any = extend(draft, keywords)(document, registry=registry, format_checker=formats)
    schema.memory["validator"] = (steps, made)
    return steps, made


def _looked_through(document: object) -> str | None:
    waiting: list[tuple[object, int]] = [(document, 0)]
    nodes = 0
    mixed: set[str] = set()
    while waiting:
        node, depth = waiting.pop()
        nodes += 1
        if nodes > MAX_SCHEMA_NODES:
            return f"this schema has more than {MAX_SCHEMA_NODES:,} parts"
        if depth > MAX_SCHEMA_DEPTH:
            return f"this schema is nested deeper than {MAX_SCHEMA_DEPTH}"
        if isinstance(node, list):
            waiting += ((one, depth + 1) for one in cast("list[object]", node))
        if not isinstance(node, Mapping):
            continue
        table = cast("Mapping[str, object]", node)
        mixed |= {"patternProperties", "additionalProperties", "unevaluatedProperties"} & table.keys()
        for name in _REFERENCES:
            reference = table.get(name)
            if isinstance(reference, str):
                reason = _unresolved(reference, document)
                if reason is not None:
                    return reason
        for pattern in _patterns(table):
            reason = _bad_pattern(pattern)
            if reason is not None:
                return reason
        waiting += ((value, depth + 1) for name, value in table.items() if name not in _DATA)
    if "patternProperties" in mixed and len(mixed) > 1:
        return "`patternProperties` beside `additionalProperties` or `unevaluatedProperties` is not supported"
    return None


def _unresolved(reference: str, document: object) -> str | None:
    shown = short(reference)
    if not reference.startswith("#"):
        return f"`{shown}` leads out of this schema: nothing is ever fetched, only `#/...` is followed"
    if not reference.startswith("#/") and reference != "#":
        return None  # an anchor, which the library looks for
    node = document
    for part in reference.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(node, Mapping) and name in node:
            node = cast("Mapping[str, object]", node)[name]
        elif isinstance(node, list) and name.isdecimal() and int(name) < len(cast("list[object]", node)):
            node = cast("list[object]", node)[int(name)]
        else:
            return f"`{shown}` leads nowhere in this schema"
    return None


def _patterns(table: Mapping[str, object]) -> Iterator[str]:
    pattern = table.get("pattern")
    if isinstance(pattern, str):
        yield pattern
    named = table.get("patternProperties")
    if isinstance(named, Mapping):
        yield from (str(name) for name in cast("Mapping[object, object]", named))


def _bad_pattern(pattern: str) -> str | None:
    if len(pattern) > MAX_PATTERN:
        return f"a pattern is longer than {MAX_PATTERN} characters"
    if re.search(r"\{[^}]*\d{4,}", pattern) or sum(map(int, re.findall(r"\{,?(\d{1,3})", pattern))) > 1_000:
        return f"the pattern `{short(pattern)}` repeats too often"
    try:
        regex.compile(pattern)
    except (regex.error, RecursionError, OverflowError) as error:
        return f"`{short(pattern)}` is no pattern: {short(str(error))}"
    return None


def _without_addresses(node: object) -> object:
    """The schema without ``$schema`` and ``$id``, by which parts of it could change what it is and where it is."""
    if isinstance(node, Mapping):
        table = cast("Mapping[str, object]", node)
        return {
            name: value if name in _DATA else _without_addresses(value)
            for name, value in table.items()
            if not (name in ("$schema", "$id") and isinstance(value, str))
        }
    if isinstance(node, list):
        return [_without_addresses(one) for one in cast("list[object]", node)]
    return node.isoformat() if isinstance(node, (dt.date, dt.time)) else node


def _counted(keyword: Callable[..., Any], steps: _Steps) -> Callable[..., Iterator[Any]]:
    def check(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[Any]:
        steps.spend()
        yield from keyword(validator, value, instance, schema) or ()

    return check


def _matches(pattern: str, text: str) -> bool:
    try:
        return regex.search(pattern, text, timeout=PATTERN_MS / 1000) is not None
    except TimeoutError:
        raise ValidationLimitError from None


def _pattern(_: Any, pattern: str, instance: Any, __: Any) -> Iterator[Any]:
    from jsonschema import ValidationError  # noqa: PLC0415

    if isinstance(instance, str) and not _matches(pattern, instance):
        yield ValidationError("")


def _pattern_properties(validator: Any, patterns: dict[str, Any], instance: Any, _: Any) -> Iterator[Any]:
    if not isinstance(instance, dict):
        return
    table = cast("dict[str, Any]", instance)
    for pattern, inner in patterns.items():
        for name, value in table.items():
            if _matches(pattern, name):
                yield from validator.descend(value, inner, path=name, schema_path=pattern)


def _unique(_: Any, wanted: bool, instance: Any, __: Any) -> Iterator[Any]:  # noqa: FBT001  (the library's shape)
    from jsonschema import ValidationError  # noqa: PLC0415

    if wanted and isinstance(instance, list):
        seen = [json.dumps(one, sort_keys=True) for one in cast("list[object]", instance)]
        if len(set(seen)) < len(seen):
            again = next(index for index, one in enumerate(seen) if one in seen[:index])
            yield ValidationError("", path=(again,))


def _is_date(value: object) -> bool:
    if not isinstance(value, str) or is_placeholder(value):
        return True
    if not _DATE.fullmatch(value):
        return False
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_datetime(value: object) -> bool:
    if not isinstance(value, str) or is_placeholder(value):
        return True
    found = _DATETIME.fullmatch(value)
    if found is None or not _is_date(found[1]):
        return False
    try:
        dt.time.fromisoformat(found[2].replace(",", ".")[:15] if found[2] else "00:00")
    except ValueError:
        return False
    return True


def _is_link(value: object) -> bool:
    if not isinstance(value, str) or is_placeholder(value):
        return True
    return is_link(value) or _ADDRESS.fullmatch(value) is not None or _MARKDOWN_LINK.fullmatch(value) is not None


_CHECKS: Mapping[str, Callable[[object], bool]] = {
    "date": _is_date,
    "date-time": lambda value: not isinstance(value, str) or (len(value) > 10 and _is_datetime(value)),
    "datetime": _is_datetime,
    "link": _is_link,
    "uri": lambda value: not isinstance(value, str) or _ADDRESS.fullmatch(value) is not None,
    "email": lambda value: not isinstance(value, str) or "@" in value,
}
