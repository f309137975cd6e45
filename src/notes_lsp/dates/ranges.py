"""Ranges: the time span that a written date means: ``2024``, ``2024-05-12T10:30``, ``last month``."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import NamedTuple

from notes_lsp.dates.natural import day_words, days, month_named
from notes_lsp.links.names import strip_extension

_ISO = re.compile(
    r"(?P<year>\d{4})(?:[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2})"
    r"(?:[T ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?)?)?)?"
)
_DIGITS = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})(?:[T-]?(\d{2})(\d{2})(\d{2})?)?(?!\d)")
_DAY_FIRST = re.compile(r"(\d{4})[-_.](\d{2})[-_.](\d{2})(?!\d)")
_DIVIDED = re.compile(r"(?:^|/)((?:19|20)\d{2})[-_./](\d{2})[-_./](\d{2})(?=/|$|[ _])")
_SPAN = re.compile(r"(?P<which>last|this|next) (?P<unit>week|month|year)")
_AGO = re.compile(r"(?P<many>\d{1,4}) ?(?P<unit>d|w|m|y|day|week|month|year)s?(?: ago)?")
_WEEK = re.compile(r"(?P<year>\d{4})-?w(?P<week>\d{2})")
_MONTH = re.compile(r"(?P<name>[a-z]{3,9}\.?)(?:,? (?P<year>\d{4}))?")
_DOTTED = re.compile(r"(?P<day>\d{1,2})\. ?(?P<month>\d{1,2})\. ?(?P<year>\d{4})")
_BARE = re.compile(r"[a-z]{3,9}\.?(?: \d{1,2}(?:st|nd|rd|th)?)?|\d{1,2}(?:st|nd|rd|th|\.)? [a-z]{3,9}\.?")
_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*")


_LOOKS = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}(?:[T ].*)?", re.DOTALL)
_BEGINNINGS = frozenset({"next", "last", "this", "in"})
_LIKENESS = 0.75
_SHORTEST_SLIP = 4


class TimeSpan(NamedTuple):
    """A half-open stretch of time, in local time without a zone."""

    start: datetime
    end: datetime


def time_span(text: str, today: date) -> TimeSpan | None:
    """What a date in ISO 8601 or in words means: a year, month, week, day or minute; ``None`` where it means none."""
    written = moment(text)
    if written is not None:
        return written
    words = " ".join(text.casefold().split())
    try:
        if found := _SPAN.fullmatch(words):
            return _unit(found["unit"], {"last": -1, "this": 0, "next": 1}[found["which"]], today)
        if found := _WEEK.fullmatch(words):
            return _week(date.fromisocalendar(int(found["year"]), int(found["week"]), 1))
        if found := _DOTTED.fullmatch(words):
            return _day(date(int(found["year"]), int(found["month"]), int(found["day"])))
        if (found := _MONTH.fullmatch(words)) and (month := month_named(found["name"])):
            return _month(int(found["year"] or today.year), month)
        meant = days(words, today) if words not in _BEGINNINGS else []
        return _day(meant[0][1]) if meant else None
    except (ValueError, OverflowError):
        return None


def day_meant(text: str, today: date) -> date | None:
    """The one day that a date in digits or in words means; ``None`` where it means none, or another length of time."""
    span = time_span(text, today)
    return span.start.date() if span is not None and span == _day(span.start.date()) else None


def day_written(text: str) -> date | None:
    """The day that is written in digits: ``2024-05-12``, ``2024/5/12``, ``20240512``, ``12.5.2024``."""
    try:
        if found := _DOTTED.fullmatch(text.strip()):
            return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None
    span = moment(text)
    return span.start.date() if span is not None and span == _day(span.start.date()) else None


def looks_like_day(text: str) -> bool:
    """Whether a text is written in digits as days are, be there such a day or not."""
    return _LOOKS.fullmatch(text.strip()) is not None


def day_alike(text: str) -> str | None:
    """The words for a day, a week, a month or a year that a text is a slip of; ``None`` where it is like none."""
    words = " ".join(text.casefold().split())
    if len(words) < _SHORTEST_SLIP:
        return None
    spans = [f"{which} {unit}" for which in ("last", "this", "next") for unit in ("week", "month", "year")]
    close = get_close_matches(words, [*day_words(), *spans], 1, _LIKENESS)
    return close[0] if close and close[0] != words else None


def past_time_span(text: str, today: date) -> TimeSpan | None:
    """As :func:`time_span`, of what has been: ``friday`` is the last one, and ``2 weeks`` the day two weeks ago."""
    words = " ".join(text.casefold().split())
    if _WEEKDAY.fullmatch(words):
        return time_span(f"last {words}", today)
    if found := _AGO.fullmatch(words):
        many = int(found["many"])
        try:
            match found["unit"][0]:
                case "d":
                    return _day(today - timedelta(days=many))
                case "w":
                    return _day(today - timedelta(days=7 * many))
                case "m":
                    return _day(_months_before(today, many))
                case _:
                    return _day(_months_before(today, 12 * many))
        except (ValueError, OverflowError):
            return None
    span = time_span(text, today)
    if span is not None and span.start.date() > today and _BARE.fullmatch(words):
        # A day or a month without its year has been, too.
        return time_span(f"{words} {today.year - 1}", today) or span
    return span


def moment(text: str) -> TimeSpan | None:
    """What a date means that is written in ISO 8601, or as digits alone, such as ``202406231200``."""
    text = text.strip()
    found = _ISO.fullmatch(text) or _DIGITS.fullmatch(text)
    if found is None:
        return None
    parts = [int(part) for part in found.groups() if part is not None]
    try:
        match parts:
            case [year]:
                return TimeSpan(_local(year, 1, 1), _local(year + 1, 1, 1))
            case [year, month]:
                return _month(year, month)
            case [year, month, day]:
                return _day(date(year, month, day))
            case [year, month, day, hour, minute, *seconds]:
                start = datetime(year, month, day, hour, minute, sum(seconds))  # noqa: DTZ001  (local time)
                return TimeSpan(start, start + timedelta(seconds=1 if seconds else 60))
            case _:
                return None
    except (ValueError, OverflowError):
        return None


def begun_with(stem: str) -> str | None:
    """The date that a file's name begins with, in ISO 8601; ``None`` where it begins with none."""
    found = _DAY_FIRST.match(stem) or _DIGITS.match(stem)
    if found is None:
        return None
    parts = [part for part in found.groups() if part]
    day = "-".join(parts[:3])
    written = f"{day}T{':'.join(parts[3:])}" if len(parts) > 3 else day
    return written if moment(written) is not None else None


def begun_in(path: str) -> str | None:
    """The date that a note's path says, in ISO 8601: its file's name begins with it, or its folders and name are one.

    So are ``2024/06/07.md``, ``2024-06/07.md``, ``log/2024/06-07.md`` and ``2024/06/07/plan.md``. ``None`` without one.
    """
    bare = strip_extension(path)
    written = begun_with(bare.rpartition("/")[2])
    found = _DIVIDED.search(bare) if written is None else None
    day = "-".join(found.groups()) if found is not None else written
    return day if day is not None and moment(day) is not None else None


def _local(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day)  # noqa: DTZ001  (local time)


def _day(day: date) -> TimeSpan:
    start = _local(day.year, day.month, day.day)
    return TimeSpan(start, start + timedelta(days=1))


def _week(monday: date) -> TimeSpan:
    start = _day(monday).start
    return TimeSpan(start, start + timedelta(days=7))


def _month(year: int, month: int) -> TimeSpan:
    return TimeSpan(_local(year, month, 1), _local(year + month // 12, month % 12 + 1, 1))


def _months_before(day: date, many: int) -> date:
    """The same day some months ago, or the last day of that month where it has no such day."""
    number = day.year * 12 + day.month - 1 - many
    year, month = number // 12, number % 12 + 1
    last = (_month(year, month).end - timedelta(days=1)).day
    return date(year, month, min(day.day, last))


def _unit(unit: str, ahead: int, today: date) -> TimeSpan:
    match unit:
        case "week":
            return _week(today + timedelta(days=7 * ahead - today.weekday()))
        case "month":
            first = _months_before(today.replace(day=1), -ahead)
            return _month(first.year, first.month)
        case _:
            return TimeSpan(_local(today.year + ahead, 1, 1), _local(today.year + ahead + 1, 1, 1))
