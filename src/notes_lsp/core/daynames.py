"""Day names: natural words for days."""

from __future__ import annotations

import re
from datetime import date, timedelta

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_STEM = re.compile(
    r"\d{4}-\d{2}-\d{2}|(?:19|20)\d{6}|\d{4}_\d{2}_\d{2}|\d{4}\.\d{2}\.\d{2}|\d{2}-\d{2}-\d{4}|\d{2}\.\d{2}\.\d{4}"
)
_OFFSET = re.compile(r"in (\d{1,3}) (day|week)s?|(\d{1,3}) (day|week)s? ago|([+-]\d{1,3})d?")
_DAY_OF_MONTH = re.compile(
    r"(?:(?P<month>[a-z]{3,9})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?|(?P<day_before>\d{1,2})(?:st|nd|rd|th|\.)? "
    r"(?P<month_behind>[a-z]{3,9})\.?)(?:,? (?P<year>\d{4}))?"
)
_LEAST = 3
"""Letters it takes before a word is taken for a day."""


def days(typed: str, today: date) -> list[tuple[str, date]]:
    """The days that a typed text may mean, with the words for each, the likeliest first; empty for any other text.

    ``tod`` is today; ``fri`` and ``next fri`` the coming Friday, ``last fri`` the past one; ``in 3 days``,
    ``2 weeks ago``, ``+3``, ``oct 5`` and ``12 May 2023`` are understood as well.
    """
    query = " ".join(typed.casefold().split())
    if offset := _OFFSET.fullmatch(query):
        return _shifted(query, offset, today)
    if len(query) < _LEAST:
        return []
    found = [(words, day) for words, day in _spoken(today) if words.startswith(query)]
    if day_of_month := _DAY_OF_MONTH.fullmatch(query):
        found += _in_month(day_of_month, today)
    return found


def month_named(name: str) -> int | None:
    """The month, from 1, that a word of at least three letters begins or is; ``None`` where it is none."""
    word = name.casefold().removesuffix(".")
    return next(
        (number for number, month in enumerate(_MONTHS, 1) if len(word) >= _LEAST and month.startswith(word)), None
    )


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


def _shifted(query: str, match: re.Match[str], today: date) -> list[tuple[str, date]]:
    ahead, unit, behind, past_unit, signed = match.groups()
    length = int(signed or ahead or behind) * (7 if "week" in (unit, past_unit) else 1)
    try:
        return [(query, today + timedelta(days=-length if behind else length))]
    except OverflowError:
        return []


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
