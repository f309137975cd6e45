"""Messages: schema violations in plain words, with the data that quick fixes need."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from notes_lsp.frontmatter.values import ValuePath

TYPE_PHRASES = {
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a table of keys",
    "null": "nothing",
}
FORMAT_PHRASES = {
    "date": "a date, such as 2024-05-12",
    "date-time": "a date with a time, such as 2024-05-12T18:30:00Z",
    "datetime": "a date, with or without a time",
    "time": "a time",
    "link": "a link, such as [[note]]",
    "uri": "an address, such as https://example.org",
    "email": "an e-mail address",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a header is not what a schema asks for."""

    schema: str
    path: ValuePath
    """Of the value; for a missing key, of the table that lacks it."""
    message: str
    missing: tuple[str, ...] = ()
    """Keys that have to be added."""
    extra: str | None = None
    """The key that must not be there."""
    allowed: tuple[object, ...] = ()
    """Values to choose from."""
    types: tuple[str, ...] = ()
    """Types of JSON Schema that were expected, or formats."""


def violations_of(name: str, error: Any) -> Iterator[Violation]:
    """What one error of the library means; ``name`` is the schema's."""
    path: ValuePath = tuple(error.absolute_path)
    wanted, instance = error.validator_value, error.instance
    match error.validator:
        case "required":
            missing = tuple(one for one in wanted if one not in instance)
            yield Violation(name, path, "", missing=missing)
        case "dependentRequired":
            missing = tuple(
                one for key, needs in wanted.items() if key in instance for one in needs if one not in instance
            )
            yield Violation(name, path, "", missing=missing)
        case "additionalProperties" | "unevaluatedProperties" if wanted is False and isinstance(instance, dict):
            known = list(cast("dict[str, object]", error.schema.get("properties") or {}))
            for extra in cast("dict[str, object]", instance):
                if extra not in known:
                    near = difflib.get_close_matches(extra[:60], known, n=1)
                    hint = f" Did you mean `{near[0]}`?" if near else ""
                    message = f"{name} has no key `{short(extra)}`.{hint}"
                    yield Violation(name, (*path, extra), message, extra=extra, allowed=tuple(near))
        case _:
            allowed, types = _wanted(error)
            expected = _expected(error)
            yield Violation(name, path, f"Expected {expected} ({name}).", allowed=allowed, types=types)


def _wanted(error: Any) -> tuple[tuple[object, ...], tuple[str, ...]]:
    """The values to choose from and the types or formats that an error is about."""
    wanted = error.validator_value
    match error.validator:
        case "enum":
            return tuple(wanted), ()
        case "const":
            return (wanted,), ()
        case "type":
            formats = error.schema.get("format")
            return (), (formats,) if formats in FORMAT_PHRASES else (wanted,) if isinstance(wanted, str) else tuple(
                wanted
            )
        case "format":
            return (), (wanted,)
        case "anyOf" | "oneOf":
            parts = [_wanted(inner) for inner in error.context if not inner.path]
            return tuple(one for part in parts for one in part[0]), tuple(one for part in parts for one in part[1])
        case _:
            return (), ()


def _expected(error: Any) -> str:
    wanted = error.validator_value
    match error.validator:
        case "enum":
            return "one of " + _listed([_value(one) for one in wanted])
        case "const":
            return _value(wanted)
        case "type":
            formats = error.schema.get("format")
            if formats in FORMAT_PHRASES:
                return FORMAT_PHRASES[formats]
            types = (
                [wanted]
                if isinstance(wanted, str)
                else [one for one in wanted if [one, wanted] != ["number", ["string", "number"]]]
            )
            return _listed([TYPE_PHRASES.get(one, one) for one in types], "or")
        case "format":
            return str(FORMAT_PHRASES.get(wanted, wanted))
        case "pattern":
            return f"a text that matches /{short(wanted)}/"
        case "minimum":
            return f"a number of at least {wanted}"
        case "maximum":
            return f"a number of at most {wanted}"
        case "exclusiveMinimum":
            return f"a number above {wanted}"
        case "exclusiveMaximum":
            return f"a number below {wanted}"
        case "multipleOf":
            return f"a multiple of {wanted}"
        case "minLength":
            return f"a text of at least {wanted} characters"
        case "maxLength":
            return f"a text of at most {wanted} characters"
        case "minItems":
            return f"a list of at least {wanted}"
        case "maxItems":
            return f"a list of at most {wanted}"
        case "uniqueItems":
            return "each element of the list once"
        case "anyOf" | "oneOf":
            parts = [_expected(inner) for inner in error.context if not inner.path][:6]
            return " or ".join(dict.fromkeys(parts)) if parts else "another value"
        case "not":
            return "another value"
        case None:
            return "nothing here"
        case _:
            return f"what `{error.validator}` asks for"


def missing_together(found: Iterable[Violation]) -> list[Violation]:
    """The violations, with one for all keys that a table lacks."""
    missing: dict[ValuePath, dict[str, None]] = {}
    out: list[Violation] = []
    name = ""
    for violation in found:
        if violation.missing:
            missing.setdefault(violation.path, {}).update(dict.fromkeys(violation.missing))
            name = violation.schema
        else:
            out.append(violation)
    for path, keys in missing.items():
        listed = _listed([f"`{short(key)}`" for key in keys], "and")
        out.append(
            Violation(name, path, f"{listed} {'is' if len(keys) == 1 else 'are'} missing ({name}).", tuple(keys))
        )
    return out


def _listed(words: list[str], last: str = "or") -> str:
    if len(words) > 12:
        words = [*words[:12], "…"]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else "nothing"


def _value(value: object) -> str:
    return f"“{short(value)}”" if isinstance(value, str) else short(json.dumps(value, default=str))


def short(text: str) -> str:
    """A text on one line, cut to a length that a message bears."""
    line = " ".join(str(text).split())
    return line if len(line) <= 60 else line[:59] + "…"
