"""Property rules: what can be said of one frontmatter value from its key and its text alone, or from numbers."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator, Mapping

from notes_lsp.facts import PropertyType
from notes_lsp.frontmatter.common_keys import DATE_KEYS, KNOWN_KEYS
from notes_lsp.frontmatter.formats.tree import is_placeholder
from notes_lsp.text.source import Span

MIN_NOTES = 20
"""So many other notes must agree before a note is told that it differs."""
_MAX_OTHERWISE = 0.05
EVERYWHERE = 100
"""So many notes must have a key before it is missed in one that has not."""
_SHORTEST_KEY = 4
_SHORTEST_GUESS = 6
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?!\d).*)?")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_DATE_WORDS = frozenset(("today", "now", "last-modified", "lastmod", "auto", "none", "never", "undated"))
"""What generators of sites take for a date that they find out; so are ``git ...`` and ``:filename``."""
_DIGIT = re.compile(r"\d")
_COMMENTED = re.compile(r"[ \t]*(#[^\W\d][\w/-]*(?:[, \t]+#[^\W\d][\w/-]*)*)[ \t]*(?=[\r\n])")
_BRACKETS = re.compile(r"\[\[|\]\]|\|")
# Dots, pluses and the like stand in the tags of some programs.
_NO_TAG = re.compile(r"[!?;()\[\]{}<>\"$%^*=|\\~`]")
_SCALARS = {
    PropertyType.NUMBER: "a number",
    PropertyType.BOOLEAN: "true or false",
    PropertyType.DATE: "a date",
    PropertyType.DATETIME: "a date with a time",
    PropertyType.TEXT: "text",
    PropertyType.LINK: "a link",
}
_DATES = (PropertyType.DATE, PropertyType.DATETIME)


def date_fault(key: str, value: str, kind: PropertyType) -> str | None:
    """Why a value is no date, where it looks like one or stands where dates stand; ``None`` where it may be one.

    ``key`` is folded. Dates of other shapes, numbers and placeholders are left alone.
    """
    if kind is PropertyType.BOOLEAN and key in DATE_KEYS:
        return f"`{value}` is no date; write it as 2024-05-12."
    if kind is not PropertyType.TEXT or is_placeholder(value) or "{{" in value or "<%" in value:
        return None
    text = value.strip()
    found = _YEAR_FIRST.fullmatch(text)
    if found:
        day = impossible_day(int(found[1]), int(found[3]), int(found[4]))
        is_date = found[2] == "-" or key in DATE_KEYS
        return (day or _impossible_time(found[5], found[6])) if is_date else None
    if key not in DATE_KEYS or not text:
        return None
    found = _YEAR_LAST.fullmatch(text)
    if found:
        one, other, year = int(found[1]), int(found[3]), int(found[4])
        return impossible_day(year, other, one) and impossible_day(year, one, other)
    if text.lower() in _DATE_WORDS or text.startswith(("git ", ":")):
        return None
    if not _DIGIT.search(text) and not text.startswith("[") and len(text) <= 40:
        return f"“{text}” is no date; write it as 2024-05-12."
    return None


def impossible_day(year: int, month: int, day: int) -> str | None:
    """Why there is no such day; ``None`` where there is."""
    if not 1 <= month <= 12:
        return f"There is no month {month}."
    if year < 1:
        return None
    last = calendar.monthrange(year, month)[1]
    name = calendar.month_name[month]
    return None if 1 <= day <= last else f"There is no such day: {name} {year} has {last} days."


def _impossible_time(hour: str | None, minute: str | None) -> str | None:
    if hour is None or (int(hour) <= 24 and int(minute or 0) < 60):
        return None
    return f"There is no such time: {hour}:{minute}."


def as_date(value: str) -> str | None:
    """The day that a text plainly means, in ISO 8601; ``None`` where it may mean several or none."""
    text = value.strip()
    found = _YEAR_FIRST.fullmatch(text)
    if found and _impossible_time(found[5], found[6]):
        return None
    if found:
        year, one, other = int(found[1]), int(found[3]), int(found[4])
        # 2024-31-12: the day and the month have changed places.
        month, day = (one, other) if one <= 12 else (other, one)
        return None if impossible_day(year, month, day) else f"{year:04}-{month:02}-{day:02}"
    found = _YEAR_LAST.fullmatch(text)
    if found:
        one, other, year = int(found[1]), int(found[3]), int(found[4])
        days = {(month, day) for month, day in ((one, other), (other, one)) if not impossible_day(year, month, day)}
        if found[2] == "." and not impossible_day(year, other, one):
            days = {(other, one)}  # with dots the day comes first
        return f"{year:04}-{next(iter(days))[0]:02}-{next(iter(days))[1]:02}" if len(days) == 1 else None
    for shape in ("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%Y%m%d"):
        try:
            return dt.datetime.strptime(text, shape).date().isoformat()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    return None


def tag_fault(value: str, kind: PropertyType) -> str | None:
    """Why a value of ``tags`` can be no tag; ``None`` where it can."""
    if kind is PropertyType.OBJECT:
        return "A tag is one word, not a table of keys."
    if kind is PropertyType.LINK:
        return "A tag is one word, not a link."
    if kind not in (PropertyType.TEXT, PropertyType.NUMBER) or "{{" in value or "<%" in value:
        return None
    for word in value.replace(",", " ").split():
        name = word.lstrip("#")
        if name.rstrip("/").isdigit():
            return f"#{name} is a number and no tag: a tag has a letter in it."
        if _NO_TAG.search(name):
            return f"#{name} is no tag: a tag consists of letters, digits, `-`, `_` and `/`."
    return None


def commented_tags(text: str, span: Span) -> Span | None:
    """The tags that are none, because they stand behind an empty value in YAML, where ``#`` begins a comment."""
    found = _COMMENTED.match(text, span.start)
    return Span(*found.span(1)) if found else None


def alias_fault(value: str, kind: PropertyType) -> str | None:
    """Why a value of ``aliases`` can be no name of a note; ``None`` where it can."""
    if kind is PropertyType.OBJECT:
        return "This is read as a key with a value, not as a name: put it in quotes."
    if kind is PropertyType.LINK:
        return "An alias is a name, not a link: write it without the brackets."
    if kind is PropertyType.BOOLEAN:
        return f"This is taken for `{value}`, not for a name: put it in quotes."
    if kind is PropertyType.TEXT and "{{" not in value and "<%" not in value and _BRACKETS.search(value):
        return "No link can name this: `[[`, `]]` and `|` have a meaning of their own in links."
    return None


def unlike(kind: PropertyType, others: Mapping[PropertyType, int]) -> tuple[PropertyType, int] | None:
    """The type that a key has in nearly all other notes, and in how many, where a value plainly is of another.

    A list for a single value, a number for a text, a link for a text: those are habits and never told of.
    """
    total = sum(count for other, count in others.items() if other is not PropertyType.NULL)
    usual, count = max(others.items(), key=lambda one: one[1], default=(PropertyType.NULL, 0))
    if count < MIN_NOTES or total - count > _MAX_OTHERWISE * total or usual is kind:
        return None
    if kind not in _SCALARS or usual not in _SCALARS or (kind in _DATES and usual in _DATES):
        return None
    if PropertyType.LINK in (kind, usual) or (usual is PropertyType.TEXT and kind is not PropertyType.BOOLEAN):
        return None
    return usual, count


def is_custom(doubled: int, total: int) -> bool:
    """Whether it is the custom of a vault that notes share titles, aliases or ids, so that none is told of it."""
    return doubled > most_shared(total)


def most_shared(total: int) -> float:
    """So many of all titles, aliases or ids may be shared without being so by custom."""
    return max(MIN_NOTES, _MAX_OTHERWISE * total)


def type_phrase(kind: PropertyType) -> str:
    """A type in words, as part of a sentence."""
    return _SCALARS.get(kind, {PropertyType.LIST: "a list", PropertyType.OBJECT: "a table"}.get(kind, "empty"))


def likely_key(key: str, common: Mapping[str, int]) -> str | None:
    """The common key that a rare one is a slip of; ``None`` where it may be a word of its own.

    Keys are folded; ``common`` says in how many notes each stands. A slip is two letters swapped, or, in longer keys,
    one letter too many, missing or wrong; a plural, a number and another separator are no slips.
    """
    near = ((count, other) for count, other in _near(key, common) if _is_slip(key, other))
    return max(near, default=(0, None))[1]


def missed_key(key: str, common: Mapping[str, int], notes: int) -> str | None:
    """The key of nearly all ``notes`` that a rare one is a slip of, in a note that has not got it.

    With so many others as evidence one letter at the end, or in a short word, is a slip, too.
    """
    least = max(EVERYWHERE, (1 - _MAX_OTHERWISE) * notes)
    near = (
        (count, other)
        for count, other in _near(key, common)
        if count >= least and key[0] == other[0] and (len(key) != len(other) or len(key) > _SHORTEST_KEY)
    )
    return max(near, default=(0, None))[1]


def _near(key: str, common: Mapping[str, int]) -> Iterator[tuple[int, str]]:
    """The common keys at a distance of one slip."""
    if key in KNOWN_KEYS or len(key) < _SHORTEST_KEY or len(key) > 40 or "." in key:
        return
    from rapidfuzz.distance import OSA  # noqa: PLC0415  (verbs that check nothing do without)

    for other, count in common.items():
        if count < MIN_NOTES or abs(len(other) - len(key)) > 1 or len(other) < _SHORTEST_KEY or "." in other:
            continue
        if OSA.distance(key, other, score_cutoff=1) == 1:
            yield count, other


def _is_slip(key: str, other: str) -> bool:
    swapped = len(key) == len(other) and sorted(key) == sorted(other)
    return swapped or (len(other) >= _SHORTEST_GUESS and not _is_variant(key, other))


def _is_variant(key: str, other: str) -> bool:
    """Whether two keys at a distance of one letter are two words, such as a plural, or ``page1`` and ``page2``."""
    longer, shorter = (key, other) if len(key) > len(other) else (other, key)
    if len(longer) > len(shorter):
        return longer.startswith(shorter) or longer.endswith(shorter) or not longer.isalpha()
    return key[0] != other[0] or not (key.isalpha() and other.isalpha())
