"""Natural dates: dates in natural language, such as ``next friday``."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_STEM = re.compile(
    r"\d{4}-\d{2}-\d{2}|(?:19|20)\d{6}|\d{4}_\d{2}_\d{2}|\d{4}\.\d{2}\.\d{2}|\d{2}-\d{2}-\d{4}|\d{2}\.\d{2}\.\d{4}"
)
_OFFSET = re.compile(
    r"in (?P<ahead>\d{1,4}) (?P<unit>day|week|month|year)s?|(?P<ago>\d{1,4}) (?P<past>day|week|month|year)s? ago"
    r"|(?P<signed>[+-]\d{1,3})d?"
)
_NUMBERS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
}
_NUMBER = re.compile(rf"\b(?:{'|'.join(_NUMBERS)}|an?)\b(?= (?:day|week|month|year)s?\b)")
_DAY_OF_MONTH = re.compile(
    r"(?:(?P<month>[a-z]{3,9})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?|(?P<day_before>\d{1,2})(?:st|nd|rd|th|\.)? "
    r"(?P<month_behind>[a-z]{3,9})\.?)(?:,? (?P<year>\d{4}))?"
)
_MIN_COUNT = 3
"""Letters it takes before a word is taken for a day."""
_MIN_FURTHER = len("day bef")


def days(typed: str, today: date) -> list[tuple[str, date]]:
    """The days that a typed text may mean, with the words for each, the likeliest first; empty for any other text.

    ``tod`` is today; ``fri`` and ``next fri`` the coming Friday, ``last fri`` the past one; ``in 3 days``,
    ``two weeks ago``, ``day after tomorrow``, ``+3``, ``oct 5`` and ``12 May 2023`` are understood as well.
    """
    query = " ".join(typed.casefold().split())
    query = _NUMBER.sub(lambda match: str(_NUMBERS.get(match[0], 1)), query)
    if offset := _OFFSET.fullmatch(query):
        return _shifted(query, offset, today)
    if len(query) < _MIN_COUNT:
        return []
    found = [(words, day) for words, day in _spoken(today) if words.startswith(query)]
    found += [
        (words, day) for words, day in _further(today) if words.startswith(query) and len(query) >= len("day bef")
    ]
    if day_of_month := _DAY_OF_MONTH.fullmatch(query):
        found += _in_month(day_of_month, today)
    return found


def month_named(name: str) -> int | None:
    """The month, from 1, that a word of at least three letters begins or is; ``None`` where it is none."""
    word = name.casefold().removesuffix(".")
    return next(
        (number for number, month in enumerate(_MONTHS, 1) if len(word) >= _MIN_COUNT and month.startswith(word)), None
    )


def day_words() -> list[str]:
    """The words for days that need no number: ``today``, ``next friday`` and the like."""
    return [words for words, _ in (*_spoken(date.min.replace(year=2)), *_further(date.min.replace(year=2)))]


def is_day(stem: str) -> bool:
    """Whether a stem looks like a day as notes of days are called."""
    return _STEM.fullmatch(stem) is not None


def _spoken(today: date) -> list[tuple[str, date]]:
    monday = today - timedelta(days=today.weekday())
    found = [
        ("today", today),
        ("tomorrow", today + timedelta(days=1)),
        ("yesterday", today - timedelta(days=1)),
    ]
    for number, name in enumerate(_WEEKDAYS):
        ahead = (number - today.weekday() - 1) % 7 + 1
        behind = (today.weekday() - number - 1) % 7 + 1
        found.append((name, today + timedelta(days=ahead)))
        found.append((f"next {name}", today + timedelta(days=ahead)))
        found.append((f"last {name}", today - timedelta(days=behind)))
        found.append((f"this {name}", monday + timedelta(days=number)))
    found.append(("next week", today + timedelta(days=7)))
    found.append(("last week", today - timedelta(days=7)))
    return found


def _further(today: date) -> list[tuple[str, date]]:
    return [
        ("day after tomorrow", today + timedelta(days=2)),
        ("day before yesterday", today - timedelta(days=2)),
    ]


def _shifted(query: str, match: re.Match[str], today: date) -> list[tuple[str, date]]:
    length = int(match["signed"] or match["ahead"] or match["ago"]) * (-1 if match["ago"] else 1)
    try:
        return [(query, shift_day(today, length, match["unit"] or match["past"] or "day"))]
    except (ValueError, OverflowError):
        return []


def shift_day(day: date, length: int, unit: str) -> date:
    """The day so many days, weeks, months or years after a day; the last of a month that has no such day.

    Raises:
        ValueError: no calendar has that day.
        OverflowError: as above.
    """
    if unit in ("day", "week"):
        return day + timedelta(days=length * (7 if unit == "week" else 1))
    year, month = divmod(day.year * 12 + day.month - 1 + length * (12 if unit == "year" else 1), 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _in_month(match: re.Match[str], today: date) -> list[tuple[str, date]]:
    name = match["month"] or match["month_behind"]
    number = int(match["day"] or match["day_before"])
    year = int(match["year"]) if match["year"] else today.year
    behind = f" {match['year']}" if match["year"] else ""
    months = [index for index, month in enumerate(_MONTHS, 1) if month.startswith(name)]
    found: list[tuple[str, date]] = []
    for month in months:
        try:
            found.append((f"{number} {_MONTHS[month - 1]}{behind}", date(year, month, number)))
        except ValueError:
            continue
    return found
