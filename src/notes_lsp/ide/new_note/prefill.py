"""Prefill: the properties that schemas require of a new note, and typed words converted to values."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

from notes_lsp.config.settings import Config, Severity
from notes_lsp.dates.ranges import day_alike, day_meant, looks_like_day
from notes_lsp.frontmatter.common_keys import ALIAS_KEYS, TAG_KEYS
from notes_lsp.frontmatter.edit import leaves
from notes_lsp.frontmatter.formats.write import HeaderValue
from notes_lsp.frontmatter.values import header, to_plain, value_at
from notes_lsp.links import names
from notes_lsp.markdown.parse import parse
from notes_lsp.schemas.convert import convert_value
from notes_lsp.schemas.keys import describe, keys_of, required_of, values_at
from notes_lsp.schemas.messages import FORMAT_PHRASES, TYPE_PHRASES
from notes_lsp.schemas.select import Schema
from notes_lsp.schemas.validate import Violation, violations
from notes_lsp.text.globs import matches

_TEXT_KEYS = frozenset({"title", "id", "type", "description", "author"})
_LIST_KEYS = ALIAS_KEYS | TAG_KEYS | {"cssclasses"}
_WHOLE = re.compile(r"-?(?:0|[1-9]\d{0,14})")
_DECIMAL = re.compile(r"-?(?:0|[1-9]\d{0,14})\.\d{1,15}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class MissingProperty(NamedTuple):
    """A key that a schema asks for and a note does not have."""

    key: str
    schema: str
    about: str
    """What the schema says of it, in prose; may be empty."""
    kind: str
    """Its type in words; may be empty."""
    choices: tuple[str, ...]


class Usual(NamedTuple):
    """How the notes that there are have a key."""

    is_list: bool = False
    is_day: bool = False


class NotOfTypeError(ValueError):
    """A word that is no value of what the schema wants; the message says what it wants."""


def missing_properties(config: Config, path: str, text: str) -> list[MissingProperty]:
    """What the schemas ask for that a note, by its path and text, does not have yet, in their order."""
    found = header(text)
    said = to_plain(found.entries) if found is not None else {}
    out: dict[str, MissingProperty] = {}
    for schema in _schemas(config, path, text, said):
        for key in required_of(schema):
            if said.get(key) in (None, "", []) and key not in out:
                about, kind = describe(schema, (key,))
                values, _ = values_at(schema, (key,))
                out[key] = MissingProperty(key, schema.name, about, kind, tuple(map(str, values)))
    return list(out.values())


def convert_values(
    config: Config,
    path: str,
    text: str,
    given: Sequence[tuple[str, HeaderValue]],
    usual: Callable[[str], Usual] = lambda _: Usual(),
    today: dt.date | None = None,
) -> dict[str, HeaderValue]:
    """Values for keys, as a note's schemas, its own header, or else the other notes have them.

    A dot in a key leads into a table, unless the key itself is known with it. Texts become what they mean there: a key
    that is given twice is a list; so is one of a list type whose words stand between commas; a key of days takes
    ``next friday``. What is no text is kept.

    Args:
        config: the settings, with the schemas.
        path: where the note will be.
        text: the note so far: what its template says, and what is given as it was written.
        given: pairs of a key and a value.
        usual: how other notes have a key, folded and with dots.
        today: what days in words are counted from.

    Raises:
        NotOfTypeError: a word is no value of the type that is wanted, or a key stands where no table is.
    """
    found = header(text)
    said = dict(to_plain(found.entries)) if found is not None else {}
    said |= {key: value for key, value in given if names.key(key) in ("type", "tags")}
    asked = _Asked(_schemas(config, path, text, said), said, usual, today)
    values: dict[tuple[str, ...], list[HeaderValue]] = {}
    for key, value in given:
        for inner, one in leaves(value, asked.path(key)):
            values.setdefault(inner, []).append(one)
    out: dict[str, HeaderValue] = {}
    for inner, each in values.items():
        _put(out, inner, asked.value(inner, each))
    return out


def faults(config: Config, path: str, text: str) -> list[Violation]:
    """In what the header of a note that is being made is not what the schemas that speak of it ask for."""
    if config.severity("schema") is Severity.OFF:
        return []
    found = header(text)
    said = to_plain(found.entries) if found is not None else {}
    return [one for schema in _schemas(config, path, text, said) for one in violations(schema, said)]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is known of the keys of the note that is being made."""

    schemas: Sequence[Schema]
    said: Mapping[str, object]
    usual: Callable[[str], Usual]
    today: dt.date | None

    def path(self, key: str) -> tuple[str, ...]:
        """The keys, from the outside in, that a key with dots means, each spelled as it is there already."""
        whole = self._spelled((), key)
        parts = key.split(".")
        if whole is not None or len(parts) == 1 or not all(part.strip() for part in parts):
            return (whole or key,)
        found: tuple[str, ...] = ()
        for part in parts:
            found = (*found, self._spelled(found, part.strip()) or part.strip())
        return found

    def _spelled(self, table: tuple[str, ...], key: str) -> str | None:
        here = value_at(self.said, table)
        known = list(cast("Mapping[str, object]", here)) if isinstance(here, Mapping) else []
        known += (name for schema in self.schemas for name in keys_of(schema, table))
        folded = names.key(key)
        return key if key in known else next((name for name in known if names.key(name) == folded), None)

    def value(self, path: tuple[str, ...], each: Sequence[HeaderValue]) -> HeaderValue:
        """The value that is meant by what was given for the key at a path, once or several times."""
        schema = next((one for one in self.schemas if path[-1] in keys_of(one, path[:-1])), None)
        choices, kinds = values_at(schema, path) if schema is not None else ([], set[str]())
        usual = Usual()
        is_list = "array" in kinds and "string" not in keys_of_type(schema, path)
        if schema is None or not (choices or kinds):
            usual = self.usual(names.key(".".join(path)))
            is_list = names.key(path[-1]) in _LIST_KEYS or usual.is_list or isinstance(value_at(self.said, path), list)
        if is_list:
            kinds -= {"array"}
        elif usual.is_day:
            kinds |= {"day"}
        values: list[HeaderValue] = []
        for one in each:
            for part in one if isinstance(one, list) else one.split(",") if is_list and isinstance(one, str) else [one]:
                word = part.strip() if is_list and isinstance(part, str) else part
                if not (is_list and word == ""):
                    named = ".".join(path)
                    values.append(_one(named, word, choices, kinds, self.today) if isinstance(word, str) else word)
        return values if is_list or len(each) > 1 or isinstance(each[0], list) else values[0]


def _put(out: dict[str, HeaderValue], path: tuple[str, ...], value: HeaderValue) -> None:
    table = out
    for number, name in enumerate(path[:-1], 1):
        inner = table.setdefault(name, {})
        if not isinstance(inner, dict):
            raise NotOfTypeError(f"“{'.'.join(path[:number])}” is no table, and so there is no “{'.'.join(path)}”")
        table = inner
    if path[-1] in table:
        raise NotOfTypeError(f"“{'.'.join(path)}” is given as a table, and as a value")
    table[path[-1]] = value


def _schemas(config: Config, path: str, text: str, said: Mapping[str, object]) -> list[Schema]:
    if not config.schemas.rules and "$schema" not in said:
        return []
    tags = {names.key(tag.name) for tag in parse(path, text).tags}
    raw = said.get("tags")
    tags |= {names.key(one.strip().lstrip("#")) for one in (raw.split(",") if isinstance(raw, str) else ())}
    return config.schemas.applying(path, said, tags, matches)


def keys_of_type(schema: Schema | None, path: tuple[str, ...]) -> set[str]:
    """The types that a schema names for a key itself, not for the elements of its list."""
    kind = keys_of(schema, path[:-1]).get(path[-1], {}).get("type") if schema is not None else None
    return (
        {kind} if isinstance(kind, str) else {one for one in cast("list[object]", kind or []) if isinstance(one, str)}
    )


def _one(key: str, word: str, choices: Sequence[object], kinds: set[str], today: dt.date | None) -> HeaderValue:
    if choices:
        for choice in choices:
            if str(choice).casefold() == word.strip().casefold() and isinstance(choice, (str, int, float, bool)):
                return choice
        if not kinds - {"string"} or "string" not in kinds:
            raise NotOfTypeError(f"“{key}” is one of {', '.join(map(str, choices))}, not “{word}”")
    for kind in ("boolean", "integer", "number", "date", "datetime", "date-time"):
        if kind in kinds and (found := convert_value(word, word, kind)):
            return found[0]
    if kinds & {"date", "datetime", "day"} and today is not None and (day := day_meant(word, today)) is not None:
        return day
    if kinds & {"datetime", "date-time", "day"} and (moment := _moment(word)) is not None:
        return moment
    if "day" in kinds:
        return _no_day(key, word)
    if not kinds:
        return word if names.key(key) in _TEXT_KEYS | _LIST_KEYS else _guessed(word)
    if "link" in kinds and not word.startswith("[["):
        return f"[[{word}]]"
    if kinds & {"string", "text", "link", "url", "email", "uri"} and not kinds & {"date", "datetime", "date-time"}:
        return word
    if kinds & {"null"} and not word:
        return None
    wants = " or ".join(
        FORMAT_PHRASES.get(kind, TYPE_PHRASES.get(kind, kind)) for kind in sorted(kinds - {"string"} or kinds)
    )
    raise NotOfTypeError(f"“{key}” wants {wants}, not “{word}”{_meant(word)}")


def _no_day(key: str, word: str) -> HeaderValue:
    """A word for a key of days that means none: kept where it may be meant so, refused where it is a slip."""
    hint = _meant(word)
    if hint or looks_like_day(word):
        raise NotOfTypeError(f"“{key}” holds days, and “{word}” is none{hint}")
    return _guessed(word)


def _meant(word: str) -> str:
    close = day_alike(word)
    return f"; did you mean {close}?" if close else ""


def _moment(word: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(word)
    except ValueError:
        return None


def _guessed(word: str) -> HeaderValue:
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
