"""New properties: what the schemas ask of a note that is being made, and typed words as the values that they mean."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple, cast

from notes_lsp.core import names
from notes_lsp.core.conversions import converted
from notes_lsp.core.findings import matches
from notes_lsp.core.header_values import header, plain
from notes_lsp.core.header_write import Value
from notes_lsp.core.parse import parse
from notes_lsp.core.property_rules import ALIAS_KEYS, TAG_KEYS
from notes_lsp.core.schema_keys import described, keys_of, required_of, values_of
from notes_lsp.core.schema_rules import Schema
from notes_lsp.core.schema_words import FORMATS, TYPES
from notes_lsp.core.settings import Config

_TEXT_KEYS = frozenset({"title", "id", "type", "description", "author"})
_LIST_KEYS = ALIAS_KEYS | TAG_KEYS | {"cssclasses"}
_WHOLE = re.compile(r"-?(?:0|[1-9]\d{0,14})")
_DECIMAL = re.compile(r"-?(?:0|[1-9]\d{0,14})\.\d{1,15}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Wanted(NamedTuple):
    """A key that a schema asks for and a note does not have."""

    key: str
    schema: str
    about: str
    """What the schema says of it, in prose; may be empty."""
    kind: str
    """Its type in words; may be empty."""
    choices: tuple[str, ...]


class NotOfTypeError(ValueError):
    """A word that is no value of what the schema wants; the message says what it wants."""


def wanted(config: Config, path: str, text: str) -> list[Wanted]:
    """What the schemas ask for that a note, by its path and text, does not have yet, in their order."""
    found = header(text)
    said = plain(found.entries) if found is not None else {}
    out: dict[str, Wanted] = {}
    for schema in _schemas(config, path, text, said):
        for key in required_of(schema):
            if said.get(key) in (None, "", []) and key not in out:
                about, kind = described(schema, (key,))
                values, _ = values_of(schema, (key,))
                out[key] = Wanted(key, schema.name, about, kind, tuple(map(str, values)))
    return list(out.values())


def typed(config: Config, path: str, text: str, given: Sequence[tuple[str, str]]) -> dict[str, Value]:
    """Pairs of a key and a word as values of the types that the schemas of a note want, else of those they look like.

    A key that is given twice is a list; so is one of a list type whose words stand between commas.

    Raises:
        NotOfTypeError: a word is no value of the type that a schema wants.
    """
    found = header(text)
    said = dict(plain(found.entries)) if found is not None else {}
    said |= {key: word for key, word in given if names.key(key) in ("type", "tags")}
    schemas = _schemas(config, path, text, said)
    words: dict[str, list[str]] = {}
    for key, word in given:
        words.setdefault(key, []).append(word)
    return {key: _value(schemas, key, each) for key, each in words.items()}


def _schemas(config: Config, path: str, text: str, said: Mapping[str, object]) -> list[Schema]:
    if not config.schemas.rules and "$schema" not in said:
        return []
    tags = {names.key(tag.name) for tag in parse(path, text).tags}
    raw = said.get("tags")
    tags |= {names.key(one.strip().lstrip("#")) for one in (raw.split(",") if isinstance(raw, str) else ())}
    return config.schemas.applying(path, said, tags, matches)


def _value(schemas: Sequence[Schema], key: str, words: Sequence[str]) -> Value:
    schema = next((one for one in schemas if key in keys_of(one)), None)
    choices, kinds = values_of(schema, (key,)) if schema is not None else ([], set[str]())
    is_list = "array" in kinds and "string" not in keys_of_type(schema, key)
    if schema is None or not (choices or kinds):
        is_list = names.key(key) in _LIST_KEYS
    if is_list or len(words) > 1:
        parts = [part.strip() for word in words for part in (word.split(",") if is_list else [word])]
        return [_one(key, part, choices, kinds - {"array"}) for part in parts if part]
    return _one(key, words[0], choices, kinds)


def keys_of_type(schema: Schema | None, key: str) -> set[str]:
    """The types that a schema names for a key itself, not for the elements of its list."""
    kind = keys_of(schema).get(key, {}).get("type") if schema is not None else None
    return (
        {kind} if isinstance(kind, str) else {one for one in cast("list[object]", kind or []) if isinstance(one, str)}
    )


def _one(key: str, word: str, choices: Sequence[object], kinds: set[str]) -> Value:
    if choices:
        for choice in choices:
            if str(choice).casefold() == word.strip().casefold() and isinstance(choice, (str, int, float, bool)):
                return choice
        if not kinds - {"string"} or "string" not in kinds:
            raise NotOfTypeError(f"“{key}” is one of {', '.join(map(str, choices))}, not “{word}”")
    for kind in ("boolean", "integer", "number", "date", "datetime", "date-time"):
        if kind in kinds and (found := converted(word, word, kind)):
            return found[0]
    if kinds & {"datetime", "date-time"} and (moment := _moment(word)) is not None:
        return moment
    if not kinds:
        return word if names.key(key) in _TEXT_KEYS | _LIST_KEYS else _guessed(word)
    if "link" in kinds and not word.startswith("[["):
        return f"[[{word}]]"
    if kinds & {"string", "text", "link", "url", "email", "uri"} and not kinds & {"date", "datetime", "date-time"}:
        return word
    if kinds & {"null"} and not word:
        return None
    wants = " or ".join(FORMATS.get(kind, TYPES.get(kind, kind)) for kind in sorted(kinds - {"string"} or kinds))
    raise NotOfTypeError(f"“{key}” wants {wants}, not “{word}”")


def _moment(word: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(word)
    except ValueError:
        return None


def _guessed(word: str) -> Value:
    """The value that a word would be in YAML, where it can be only that one."""
    if word in ("true", "false"):
        return word == "true"
    if _WHOLE.fullmatch(word):
        return int(word)
    if _DECIMAL.fullmatch(word):
        return float(word)
    if _DAY.fullmatch(word):
        try:
            return dt.date.fromisoformat(word)
        except ValueError:
            return word
    return word
