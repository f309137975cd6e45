"""Conditions: what a note's properties must say, as ``status=done``, ``due<tomorrow``, ``rating>=4`` or ``!draft``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from notes_lsp.dates.ranges import TimeSpan, looks_like_day, moment, time_span
from notes_lsp.links.names import key as folded

_CONDITION = re.compile(
    r"\s*(?P<no>!?)\s*(?P<key>[^=<>!~]+?)\s*(?:(?P<how>==|!=|<=|>=|!~|=|<|>|~)\s*(?P<wanted>.*?)\s*)?"
)
_OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "~", "!~")
ORDERS = ("=", "!=", "<", "<=", ">", ">=")
"""The operators that compare a value with another, in the order of what they are about."""
_MORE = re.compile(r"[=<>~!]+")
_MEANT = {
    "=>": ">=",
    "=<": "<=",
    ">>": ">",
    "<<": "<",
    "<>": "!=",
    "><": "!=",
    "=~": "~",
    "~=": "~",
    "=!": "!=",
    "==<": "<=",
    "==>": ">=",
    "===": "=",
    "!==": "!=",
    "=!~": "!~",
    "!~=": "!~",
    "~~": "~",
    ">==": ">=",
    "<==": "<=",
}
"""Operators of other languages, and slips, by those that are meant."""
_IMPOSSIBLE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?:[T ].*)?", re.DOTALL)
_WIKI = re.compile(r"!?\[\[([^\[\]|#]*)[^\[\]]*\]\]")
_TRUTHS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


class ConditionError(ValueError):
    """A condition that cannot be read; the message says what can be written."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What some value of a key must be like."""

    key: str
    how: str
    """``has``, ``lacks``, or how it is compared."""
    wanted: str = ""
    period: TimeSpan | None = None
    """What is wanted, as a date."""
    pattern: re.Pattern[str] | None = None

    @property
    def is_number(self) -> bool:
        """Whether what is wanted is a number."""
        return _number(self.wanted) is not None

    def holds(self, values: Iterable[object]) -> bool:
        """Whether it holds for a note with these values of the key; of a list, one that fits is enough."""
        found = [value for value in _each(values) if value is not None and value != ""]
        match self.how:
            case "has":
                return bool(found)
            case "lacks":
                return not found
            case "=" if not self.wanted:
                return not found
            case "!=" if not self.wanted:
                return bool(found)
            case "!=":
                return not any(_compares(value, "=", self) for value in found)
            case "!~":
                return not any(_compares(value, "~", self) for value in found)
            case how:
                return any(_compares(value, how, self) for value in found)


def read_condition(text: str, today: date) -> Condition:
    """Read a condition: a key, ``=``, ``!=``, ``<``, ``<=``, ``>``, ``>=``, ``~`` or ``!~``, a value.

    A key alone asks that there is a value, ``!key`` that there is none. A date may be written in words.

    Raises:
        ConditionError: it cannot be read.
    """
    found = _CONDITION.fullmatch(text)
    if found is None or (found["no"] and found["how"]):
        raise ConditionError(
            f"{text!r} is no condition; such as status=done, due<tomorrow, rating>=4, title~plan, !draft"
        )
    if found["how"] is None:
        return Condition(found["key"], "lacks" if found["no"] else "has")
    how = "=" if found["how"] == "==" else found["how"]
    wanted = found["wanted"]
    _check_value(found["key"], found["how"], wanted, today)
    if how in {"~", "!~"}:
        try:
            return Condition(found["key"], how, wanted, pattern=re.compile(wanted, re.IGNORECASE))
        except re.error as error:
            raise ConditionError(f"{wanted!r} is no regular expression: {error}") from None
    return Condition(found["key"], how, wanted, time_span(wanted, today))


def _check_value(key: str, how: str, wanted: str, today: date) -> None:
    """Refuse what is a slip in whatever vault: an operator that is none, a value that is missing, an impossible day."""
    more = _MORE.match(wanted)
    if more is not None:
        rest = wanted[more.end() :].strip()
        # A text may begin with such a sign, and a regular expression with most of them.
        is_text = how in ("=", "==", "!=") and more[0] in ("<", ">") and not _is_likely_value(rest, today)
        meant = _MEANT.get(how + more[0])
        if meant is not None if how in ("~", "!~") else not is_text:
            hint = f"did you mean {key}{meant}{rest}?" if meant else f"there are {' '.join(_OPERATORS)}"
            raise ConditionError(f"{how + more[0]!r} is no comparison; {hint}")
    if not wanted and how not in ("=", "==", "!="):
        raise ConditionError(f"{key + how!r} lacks a value; such as {key}{how}4, or {key}= where there is none")
    if how not in ("~", "!~") and time_span(wanted, today) is None:
        is_day = _IMPOSSIBLE.fullmatch(wanted) or (how not in ("=", "==", "!=") and _is_year_first(wanted))
        if is_day:
            raise ConditionError(f"there is no day {wanted!r}; such as 2024-05-12, 2024-05, yesterday, last friday")


def _is_likely_value(text: str, today: date) -> bool:
    """Whether a text is empty or what one compares by size: a number, a day."""
    return not text or _number(text) is not None or looks_like_day(text) or time_span(text, today) is not None


def _is_year_first(text: str) -> bool:
    return looks_like_day(text) and text[:4].isdigit()


def header_values_of(header: Mapping[str, Any], key: str) -> Sequence[object]:
    """The values of a key in a header, case aside; those of nested keys under dots; nothing where there are none."""
    wanted = folded(key)
    found: list[object] = [value for name, value in header.items() if folded(name) == wanted]
    if found or "." not in key:
        return found
    head, _, rest = key.partition(".")
    for name, value in header.items():
        if folded(name) == folded(head):
            for inner in _each([value]):
                if isinstance(inner, Mapping):
                    found += header_values_of(cast("Mapping[str, Any]", inner), rest)
    return found


def _each(values: Iterable[object]) -> Iterator[object]:
    for value in values:
        if isinstance(value, list):
            yield from _each(cast("list[object]", value))
        else:
            yield value


def _compares(value: object, how: str, condition: Condition) -> bool:
    if isinstance(value, Mapping):
        return False
    wanted = condition.wanted
    if isinstance(value, bool):
        truth = _TRUTHS.get(wanted.casefold())
        return truth is not None and how == "=" and value is truth
    text = str(value)
    if how == "~":
        return condition.pattern is not None and condition.pattern.search(text) is not None
    number, other = _number(value), _number(wanted)
    if number is not None and other is not None:
        return _ordered(number, how, other)
    written = moment(text) if isinstance(value, str) else None
    if written is not None and condition.period is not None:
        return _in_time(written, how, condition.period)
    if how == "=":
        return any(folded(one) == folded(wanted) for one in _texts(text))
    return _ordered(folded(text), how, folded(wanted))


def _number(value: object) -> float | None:
    if isinstance(value, int | float):
        return float(value)
    try:
        return float(str(value)) if re.fullmatch(r"[+-]?\d+(\.\d+)?", str(value)) else None
    except ValueError:
        return None


def _texts(text: str) -> Iterator[str]:
    """A value and, where it is a link, what it names."""
    yield text
    if found := _WIKI.fullmatch(text.strip()):
        yield found[1].strip()
    if text.startswith("#"):
        yield text[1:]


def _in_time(value: TimeSpan, how: str, wanted: TimeSpan) -> bool:
    match how:
        case "=":
            return wanted.start <= value.start < wanted.end
        case "<":
            return value.start < wanted.start
        case "<=":
            return value.start < wanted.end
        case ">":
            return value.start >= wanted.end
        case _:
            return value.start >= wanted.start


def _ordered(one: Any, how: str, other: Any) -> bool:
    match how:
        case "=":
            return bool(one == other)
        case "<":
            return bool(one < other)
        case "<=":
            return bool(one <= other)
        case ">":
            return bool(one > other)
        case _:
            return bool(one >= other)
