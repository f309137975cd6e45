"""Formats: dates formatted and parsed by the formats of Moment.js and ``strftime``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TOKEN = re.compile(
    r"\[([^\]]*)\]|\\(.)|("
    r"YYYY|GGGG|gggg|MMMM|DDDD|dddd|LLLL|llll|LTS|MMM|DDD(?:o)?|ddd|SSS|LLL|lll|LT|YY|GG|gg|MM|Mo|DD|Do|do|dd|ww|wo|WW|"
    r"Wo|HH|hh|kk|mm|ss|SS|ZZ|Qo|LL|ll|[YGMDdwWHhkmsSQEeAaZXxLl])",
    re.DOTALL,
)
_LOCAL = {
    "LTS": "h:mm:ss A",
    "LT": "h:mm A",
    "LLLL": "dddd, MMMM D, YYYY h:mm A",
    "LLL": "MMMM D, YYYY h:mm A",
    "LL": "MMMM D, YYYY",
    "L": "MM/DD/YYYY",
    "llll": "ddd, MMM D, YYYY h:mm A",
    "lll": "MMM D, YYYY h:mm A",
    "ll": "MMM D, YYYY",
    "l": "M/D/YYYY",
}
_STRFTIME = re.compile(r"%([-#]?)(.)", re.DOTALL)
_DIRECTIVES = {
    "Y": "YYYY",
    "m": "MM",
    "d": "DD",
    "y": "YY",
    "B": "MMMM",
    "b": "MMM",
    "A": "dddd",
    "a": "ddd",
    "H": "HH",
    "M": "mm",
    "S": "ss",
    "I": "hh",
    "p": "A",
    "j": "DDDD",
    "V": "WW",
    "G": "GGGG",
    "u": "E",
    "e": "D",
    "%": "[%]",
    "F": "YYYY-MM-DD",
    "T": "HH:mm:ss",
    "R": "HH:mm",
    "z": "ZZ",
    "s": "X",
}
_SHORT_DIRECTIVES = {"m": "M", "d": "D", "H": "H", "M": "m", "S": "s", "I": "h", "j": "DDD"}
_STEPS = (
    (frozenset({"s", "ss", "X", "x"}), timedelta(seconds=1)),
    (frozenset({"m", "mm"}), timedelta(minutes=1)),
    (frozenset({"H", "HH", "h", "hh", "k", "kk"}), timedelta(hours=1)),
)


class _Part(NamedTuple):
    """A piece of a format: a token, or a text that stands for itself."""

    token: str
    literal: str


def format_date(style: str, when: datetime) -> str:
    """A moment in a format; what is no token stands for itself. Names are English, weeks are those of ISO 8601.

    The tokens are those of https://momentjs.com/docs/#/displaying/format/; a format with ``%`` is one of ``strftime``.
    """
    return "".join(_write(part.token, when) if part.token else part.literal for part in _parts(style))


def read_day(style: str, text: str) -> date | None:
    """The first day that is written as ``text`` in a format; ``None`` where there is none.

    A week is its Monday, a month its first day. What :func:`written` makes of the day is ``text`` again, case aside.
    """
    found = _pattern(style).fullmatch(text)
    if found is None:
        return None
    try:
        day = _assembled({name: value for name, value in found.groupdict().items() if value is not None})
    except (ValueError, OverflowError):
        return None
    if day is None or format_date(style, datetime(day.year, day.month, day.day)).casefold() != text.casefold():  # noqa: DTZ001  (a day has no zone)
        return None
    return day


def step(style: str) -> timedelta:
    """The least time after which a format writes something else: a second, a minute, an hour or a day."""
    tokens = {part.token for part in _parts(style)}
    return next((length for names, length in _STEPS if names & tokens), timedelta(days=1))


def has_tokens(style: str) -> bool:
    """Whether a format says anything of the time at all."""
    return any(part.token for part in _parts(style))


@lru_cache(maxsize=64)
def _parts(style: str) -> tuple[_Part, ...]:
    return tuple(_split(_STRFTIME.sub(_as_token, _quoted(style)) if "%" in style else style))


def _quoted(style: str) -> str:
    """A format of ``strftime`` with all that stands for itself between brackets."""
    out, last = "", 0
    for match in _STRFTIME.finditer(style):
        out += (f"[{style[last : match.start()]}]" if match.start() > last else "") + match[0]
        last = match.end()
    return out + (f"[{style[last:]}]" if last < len(style) else "")


def _as_token(match: re.Match[str]) -> str:
    known = _SHORT_DIRECTIVES.get(match[2]) if match[1] else _DIRECTIVES.get(match[2])
    return known or f"[{match[0]}]"


def _split(style: str) -> Iterator[_Part]:
    last = 0
    for match in _TOKEN.finditer(style):
        if match.start() > last:
            yield _Part("", style[last : match.start()])
        last = match.end()
        if match[3] is None:
            yield _Part("", match[1] if match[1] is not None else match[2])
        elif match[3] in _LOCAL:
            yield from _split(_LOCAL[match[3]])
        else:
            yield _Part(match[3], "")
    if last < len(style):
        yield _Part("", style[last:])


def _write(token: str, when: datetime) -> str:
    iso = when.isocalendar()
    hour = when.hour % 12 or 12
    table: dict[str, Callable[[], str]] = {
        "YYYY": lambda: f"{when.year:04}",
        "YY": lambda: f"{when.year % 100:02}",
        "Y": lambda: str(when.year),
        "Q": lambda: str((when.month + 2) // 3),
        "Qo": lambda: _ordinal((when.month + 2) // 3),
        "MMMM": lambda: _MONTHS[when.month - 1],
        "MMM": lambda: _MONTHS[when.month - 1][:3],
        "MM": lambda: f"{when.month:02}",
        "M": lambda: str(when.month),
        "Mo": lambda: _ordinal(when.month),
        "DDDD": lambda: f"{when.timetuple().tm_yday:03}",
        "DDD": lambda: str(when.timetuple().tm_yday),
        "DDDo": lambda: _ordinal(when.timetuple().tm_yday),
        "DD": lambda: f"{when.day:02}",
        "D": lambda: str(when.day),
        "Do": lambda: _ordinal(when.day),
        "dddd": lambda: _DAYS[when.weekday()],
        "ddd": lambda: _DAYS[when.weekday()][:3],
        "dd": lambda: _DAYS[when.weekday()][:2],
        "d": lambda: str(iso.weekday % 7),
        "do": lambda: _ordinal(iso.weekday % 7),
        "e": lambda: str(iso.weekday - 1),
        "E": lambda: str(iso.weekday),
        "HH": lambda: f"{when.hour:02}",
        "H": lambda: str(when.hour),
        "hh": lambda: f"{hour:02}",
        "h": lambda: str(hour),
        "kk": lambda: f"{when.hour or 24:02}",
        "k": lambda: str(when.hour or 24),
        "mm": lambda: f"{when.minute:02}",
        "m": lambda: str(when.minute),
        "ss": lambda: f"{when.second:02}",
        "s": lambda: str(when.second),
        "SSS": lambda: f"{when.microsecond // 1000:03}",
        "SS": lambda: f"{when.microsecond // 10_000:02}",
        "S": lambda: str(when.microsecond // 100_000),
        "A": lambda: "AM" if when.hour < 12 else "PM",
        "a": lambda: "am" if when.hour < 12 else "pm",
        "X": lambda: str(int(when.timestamp())),
        "x": lambda: str(int(when.timestamp() * 1000)),
        "ZZ": lambda: when.strftime("%z"),
        "Z": lambda: f"{zone[:3]}:{zone[3:5]}" if (zone := when.strftime("%z")) else "",
    }
    for names, number in ((("GGGG", "gggg"), f"{iso.year:04}"), (("GG", "gg"), f"{iso.year % 100:02}")):
        table |= dict.fromkeys(names, lambda number=number: number)  # type: ignore[misc]
    for letter in "wW":
        table |= {
            letter * 2: lambda: f"{iso.week:02}",
            letter: lambda: str(iso.week),
            f"{letter}o": lambda: _ordinal(iso.week),
        }
    return table[token]() if token in table else token


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


_READ = {
    "YYYY": ("year", r"\d{4}"),
    "Y": ("year", r"\d{1,4}"),
    "YY": ("short", r"\d{2}"),
    "GGGG": ("iso", r"\d{4}"),
    "gggg": ("iso", r"\d{4}"),
    "MMMM": ("monthname", r"[A-Za-z]+"),
    "MMM": ("monthname", r"[A-Za-z]{3}"),
    "MM": ("month", r"\d{2}"),
    "M": ("month", r"\d{1,2}"),
    "Mo": ("month", r"\d{1,2}(?=[a-z])[a-z]{2}"),
    "Q": ("quarter", r"[1-4]"),
    "DD": ("day", r"\d{2}"),
    "D": ("day", r"\d{1,2}"),
    "Do": ("day", r"\d{1,2}(?=[a-z])[a-z]{2}"),
    "DDDD": ("yearday", r"\d{3}"),
    "DDD": ("yearday", r"\d{1,3}"),
    "WW": ("week", r"\d{2}"),
    "W": ("week", r"\d{1,2}"),
    "ww": ("week", r"\d{2}"),
    "w": ("week", r"\d{1,2}"),
}


@lru_cache(maxsize=64)
def _pattern(style: str) -> re.Pattern[str]:
    out = ""
    seen: set[str] = set()
    for part in _parts(style):
        name, pattern = _READ.get(part.token, ("", r"[^/]*?")) if part.token else ("", re.escape(part.literal))
        if name in seen:
            # ``YYYY/YYYY-MM-DD`` says the year twice; both are compared when the day is written again.
            out += pattern
        else:
            seen |= {name} if name else set()
            out += f"(?P<{name}>{pattern})" if name else pattern
    return re.compile(out, re.IGNORECASE)


def _assembled(found: dict[str, str]) -> date | None:
    numbers = {name: int(re.sub(r"\D", "", value)) for name, value in found.items() if value[:1].isdigit()}
    if "monthname" in found:
        beginning = found["monthname"].casefold()
        numbers["month"] = next(
            (number for number, name in enumerate(_MONTHS, 1) if name.casefold().startswith(beginning)), 0
        )
    year = numbers.get("year", 2000 + numbers["short"] if "short" in numbers else None)
    if "week" in numbers and ("iso" in numbers or year is not None):
        return date.fromisocalendar(numbers.get("iso", year or 0), numbers["week"], 1)
    if year is None:
        return None
    if "yearday" in numbers:
        return date(year, 1, 1) + timedelta(days=numbers["yearday"] - 1)
    if "quarter" in numbers and "month" not in numbers:
        return date(year, numbers["quarter"] * 3 - 2, 1)
    if "day" in numbers and "month" not in numbers:
        return None
    return date(year, numbers.get("month", 1), numbers.get("day", 1))
