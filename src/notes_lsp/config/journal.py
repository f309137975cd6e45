"""Journal: where the notes of days, weeks and months are, how they are called, and which of them a name means."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from notes_lsp.config.settings import Config, Monthly, Weekly
from notes_lsp.dates import natural as daynames
from notes_lsp.dates.formats import format_date, read_day
from notes_lsp.dates.ranges import day_written
from notes_lsp.links import names
from notes_lsp.text.filenames import safe_name

_FORMATS = (
    ("YYYY-MM-DD", re.compile(r"\d{4}-\d{2}-\d{2}")),
    ("YYYYMMDD", re.compile(r"(?:19|20)\d{6}")),
    ("YYYY_MM_DD", re.compile(r"\d{4}_\d{2}_\d{2}")),
    ("YYYY.MM.DD", re.compile(r"\d{4}\.\d{2}\.\d{2}")),
    ("DD-MM-YYYY", re.compile(r"\d{2}-\d{2}-\d{4}")),
    ("DD.MM.YYYY", re.compile(r"\d{2}\.\d{2}\.\d{4}")),
)
_SPLIT = tuple(
    (style, re.compile(rf"(?P<folder>(?:.*/)?)(?P<day>{shape})"))
    for style, shape in (
        ("YYYY/MM/DD", r"\d{4}/\d{2}/\d{2}"),
        ("YYYY-MM/DD", r"\d{4}-\d{2}/\d{2}"),
        ("YYYY/MM-DD", r"\d{4}/\d{2}-\d{2}"),
        ("YYYY/MM/MM-DD", r"\d{4}/\d{2}/\d{2}-\d{2}"),
        ("YYYY/MMDD", r"\d{4}/\d{4}"),
    )
)
"""Formats whose last part alone is no day."""
_FOLDERS = ("YYYY-MM-DD", "YYYY-MM", "YYYY-[W]WW", "YYYY_MM", "MM-MMMM", "MM-MMM", "MMMM", "MMM", "YYYY", "MM", "DD")
_UNITS = {"daily": "day", "weekly": "week", "monthly": "month"}
_MONTH_STYLES = ("YYYY-MM", "MMMM YYYY", "YYYY MMMM", "MMM YYYY")
_BEGINNINGS = frozenset({"next", "last", "this", "in"})
_OFFSET = re.compile(
    r"(?P<number>[+-]\d{1,4})|(?P<word>last|next) (?P<unit>day|week|month)"
    r"|(?:(?P<ago>\d{1,4}) (?P<far>day|week|month)s? ago)|in (?P<in>\d{1,4}) (?P<later>day|week|month)s?"
)
_LETTERS = re.compile(r"[A-Za-z]+")


class Period(StrEnum):
    """A length of time that has a note."""

    DAY = "daily"
    WEEK = "weekly"
    MONTH = "monthly"


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where the notes of one period are kept and how they are called."""

    folder: str
    """Below the root; empty for the root."""
    style: str
    """A format of :mod:`notes_lsp.dates.formats`; a slash in it divides folders."""
    template: str
    used: bool = True
    """The settings say so, or there are such notes."""


def format_of_period(config: Config, period: Period, found: tuple[str, str] | None) -> Keeping:
    """How the notes of a period are kept: as the settings say, else as ``found`` by :func:`kept_already`."""
    days = config.daily
    folder, style = found or ("", "")
    if days.format:
        # Folders that are found are of the names that are found; the settings name others.
        folder = folder if days.format.endswith(style or "/") else ""
        style = days.format
    folder = days.folder or folder
    if period is Period.DAY:
        used = bool(found or days.format or days.folder or days.template)
        return Keeping(folder.strip("/"), style or "YYYY-MM-DD", days.template, used)
    other, usual = (config.weekly, Weekly()) if period is Period.WEEK else (config.monthly, Monthly())
    return Keeping((other.folder or folder).strip("/"), other.format, other.template, used=other != usual)


def kept_already(paths: Iterable[str]) -> tuple[str, str] | None:
    """The folder and the format of the names of most notes that are called by a day; ``None`` where none is.

    Folders that are called by the same day's year or month belong to the format: ``log/2024/05/2024-05-12.md`` is
    ``YYYY/MM/YYYY-MM-DD`` in ``log``.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for path in paths:
        folder, _, name = path.rpartition("/")
        stem = names.strip_extension(name)
        if not stem[:1].isdigit() or stem == name:
            continue
        for style, pattern in _FORMATS:
            day = read_day(style, stem) if pattern.fullmatch(stem) else None
            if day is not None:
                counts[_divided(folder, day, style)] += 1
                break
        else:
            split = _split_day(folder, stem)
            if split is not None:
                counts[split] += 1
    return max(counts, key=lambda one: (counts[one], one)) if counts else None


def _split_day(folder: str, stem: str) -> tuple[str, str] | None:
    """The folder and the format of a note whose path is a day only together with its folders, as ``2024/06/07.md``."""
    whole = f"{folder}/{stem}"
    for style, pattern in _SPLIT:
        found = pattern.fullmatch(whole)
        if found is not None and read_day(style, found["day"]) is not None:
            return (found["folder"] or "").rstrip("/"), style
    return None


def path_of(kept: Keeping, start: dt.datetime, extension: str = "md") -> str:
    """The path of the note of the period that begins at ``start``."""
    segments = [safe_name(segment) for segment in format_date(kept.style, start).split("/") if segment.strip(". ")]
    return "/".join([*kept.folder.split("/"), *segments] if kept.folder else segments) + f".{extension}"


def link_of(kept: Keeping, start: dt.datetime) -> str:
    """What a link calls that note: its stem where that alone tells the period, else its whole path."""
    whole = names.strip_extension(path_of(kept, start))
    stem = whole.rpartition("/")[2]
    last = kept.style.rpartition("/")[2]
    return stem if read_day(last, stem) == start.date() else whole


def parse_period(kept: Keeping, target: str) -> dt.date | None:
    """The first day of the period whose note a link's target names; ``None`` where it names none."""
    bare = names.strip_extension(target.strip().removeprefix("/"))
    stem = bare.rpartition("/")[2]
    inside = bare.removeprefix(f"{kept.folder}/") if kept.folder else bare
    day = read_day(kept.style, inside)
    if day is None and "/" in kept.style and "/" not in bare:
        # A day is called by its whole date where the name of its file is a part of that.
        day = read_day("YYYY-MM-DD", bare) if _is_split(kept.style) else None
    if day is None and "/" not in bare:
        day = read_day(kept.style.rpartition("/")[2], stem)
    return day if day is not None and _says_all(kept.style) else None


def _is_split(style: str) -> bool:
    """Whether the last part of a format is no day by itself."""
    return any(style == one or style.endswith(f"/{one}") for one, _ in _SPLIT)


def start_of(period: Period, day: dt.date) -> dt.date:
    """The first day of the period that a day is in."""
    if period is Period.WEEK:
        return day - dt.timedelta(days=day.weekday())
    return day.replace(day=1) if period is Period.MONTH else day


def day_of(words: str, today: dt.date, period: Period, kept: Keeping) -> dt.date | None:
    """The first day of the period that words mean; ``None`` where they mean none.

    Understood is what the note would be called, a day of ISO 8601, ``-1`` and ``+2`` periods, ``last week``, ``next
    month``, and all that completion takes for a day.
    """
    typed = " ".join(words.split())
    folded = typed.casefold()
    day: dt.date | None = today if folded in ("", "now", f"this {_UNITS[period]}") else None
    day = day or parse_period(kept, typed) or read_day("YYYY-MM-DD", typed) or read_day("YYYYMMDD", typed)
    if day is None and period is Period.WEEK:
        day = read_day("GGGG-[W]WW", typed)
    if day is None and period is Period.MONTH:
        day = next(filter(None, (read_day(style, typed) for style in _MONTH_STYLES)), None)
    if day is None:
        day = day_written(typed)
    if day is None:
        day = _counted(folded, today, period)
    if day is None and folded not in _BEGINNINGS:
        found = daynames.days(typed, today)
        day = found[0][1] if found else None
    return start_of(period, day) if day is not None else None


def _counted(folded: str, today: dt.date, period: Period) -> dt.date | None:
    """The day so many periods from today, the unit of ``last month`` being what it says."""
    match = _OFFSET.fullmatch(folded)
    if match is None:
        return None
    unit = match["unit"] or match["far"] or match["later"] or _UNITS[period]
    amount = {"last": -1, "next": 1}.get(match["word"] or "", 0) or int(match["number"] or match["ago"] or match["in"])
    amount = -amount if match["ago"] else amount
    try:
        return daynames.shift_day(today, amount, unit)
    except (ValueError, OverflowError):
        return None


def _says_all(style: str) -> bool:
    """Whether a format tells one period from another: ``[Log]`` alone does not."""
    return bool(_LETTERS.search(re.sub(r"\[[^\]]*\]", "", style)))


def _divided(folder: str, day: dt.date, style: str) -> tuple[str, str]:
    segments = folder.split("/") if folder else []
    when = dt.datetime(day.year, day.month, day.day)  # noqa: DTZ001  (a day has no zone)
    while segments:
        part = next((one for one in _FOLDERS if format_date(one, when) == segments[-1]), None)
        if part is None:
            break
        style = f"{part}/{style}"
        segments.pop()
    return "/".join(segments), style
