"""Date of a place: the date that a place in a note belongs to, by what the note says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from notes_lsp.dates.ranges import begun_in
from notes_lsp.facts import Heading, Property
from notes_lsp.frontmatter.known_keys import CREATED, plain_key
from notes_lsp.links.names import stem

_DAY = re.compile(
    r"(?<!\d)((?:19|20)\d\d)([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?=\D|$|(?:[0-2]\d[0-5]\d){1,2}(?:\D|$)|\d{6}(?:\D|$))"
)
_WRITTEN = re.compile(r"(?<![\d/=-])((?:19|20)\d\d)(-)(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?![\d/-])")


def day_at(
    line: str, offset: int, headings: Iterable[Heading], path: str, properties: Iterable[Property]
) -> date | None:
    """The day of what stands at ``offset``: that of its line, of the sections it is in, of the note's path or header.

    The nearest counts: a log of many days knows better than its header. ``None`` where none of them says a day; when a
    file was written last says nothing about when its lines were.
    """
    around = [heading for heading in headings if heading.section.start <= offset < heading.section.end]
    for text in (line, *(heading.title for heading in reversed(around))):
        if found := _first(_WRITTEN, text):
            return found
    if found := _first(_DAY, stem(path)) or _first(_DAY, begun_in(path) or ""):
        return found
    values = {plain_key(entry.key): entry.value for entry in reversed(list(properties))}
    days = (_first(_DAY, values[key][:10]) for key in CREATED if key in values)
    return next((day for day in days if day), None)


def _first(pattern: re.Pattern[str], text: str) -> date | None:
    for match in pattern.finditer(text):
        try:
            return date(int(match[1]), int(match[3]), int(match[4]))
        except ValueError:
            continue
    return None
