"""Note hover: what is shown of a whole note at its title: tags, dates, tasks and placeholders."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from notes_lsp.dates.ranges import begun_in
from notes_lsp.facts import Link, LinkKind, Property, Tag
from notes_lsp.frontmatter.known_keys import CREATED, MODIFIED, plain_key
from notes_lsp.ide.values import Card
from notes_lsp.index.vault.title_area import modified_time, title_area
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links import names
from notes_lsp.links.attachments import is_attachment

_MAX_COUNT = 8
_MAX_LINKS = 500
_DAY = re.compile(r"(\d{4})([-_./]?)(\d\d)\2(\d\d)(?=\D|\d{4}(?!\d)|\d{6}(?!\d)|$)")
_MOMENT = re.compile(r"(\d{10})(\d{3})?$")
"""Seconds since 1970, or thousandths of them: such numbers stand for any moment from 2001 to 2286."""


def note_card(vault: Vault, note: Note, offset: int, now: datetime) -> Card | None:
    """The card of a note of a folder where ``offset`` stands in its head; ``None`` elsewhere.

    It is empty where the head is any first line, of a note without a title, and there is no more to tell than its size.
    """
    span = title_area(vault, note, offset) if vault.root is not None else None
    if span is None:
        return None
    missing, tags = _missing(vault, note), _tags(vault, note)
    if not (missing or tags or note.title_span.end > note.title_span.start or vault.body_start(note)):
        return Card(span, "")
    lines = [missing, " · ".join([*tags, *_days(vault, note, now), _words(note)])]
    return Card(span, "\n\n".join(line for line in lines if line))


def _missing(vault: Vault, note: Note) -> str:
    """The notes that the note links to and nobody has written yet."""
    if not vault.complete or vault.root is None:
        return ""
    found: dict[str, str] = {}
    for link in vault.facts(Link, note)[:_MAX_LINKS]:
        target = names.unescape(link).strip()
        address = names.address(note.path, link)
        if link.kind is LinkKind.HTML or not target or address.external or address.here or is_attachment(target):
            continue
        key = names.path_key(target)
        if key not in found and vault.destination(note, link) is None and not vault.exists(target):
            found[key] = target
    shown = [f"`{target}`" for target in list(found.values())[:_MAX_COUNT]]
    more = [f"{len(found) - _MAX_COUNT} more"] if len(found) > _MAX_COUNT else []
    return f"Not written yet: {', '.join([*shown, *more])}" if shown else ""


def _tags(vault: Vault, note: Note) -> list[str]:
    tags: dict[str, str] = {}
    for tag in vault.facts(Tag, note):
        tags.setdefault(names.key(tag.name), tag.name)
    shown = [f"#{tag}" for tag in list(tags.values())[:_MAX_COUNT]]
    if not shown:
        return []
    more = f" and {len(tags) - _MAX_COUNT} more" if len(tags) > _MAX_COUNT else ""
    return [" ".join(shown) + more]


def _days(vault: Vault, note: Note, now: datetime) -> list[str]:
    created, modified = _created(vault, note, now), _first_day(vault, note, MODIFIED, now)
    days = [f"created {_said(created, now.date())}"] if created is not None else []
    if modified is not None:
        return [*days, f"modified {_said(modified, now.date())}"]
    try:
        modified = datetime.fromtimestamp(modified_time(vault, note) / 1_000_000_000, now.tzinfo).date()
    except (OSError, OverflowError, ValueError):
        return days
    if modified.year > 1970:
        days.append(f"modified {_said(modified, now.date())}")
    return days


def _created(vault: Vault, note: Note, now: datetime) -> date | None:
    """The day a note says that it was begun, in its frontmatter or in the name of its file."""
    said = _first_day(vault, note, CREATED, now)
    return said if said is not None else _day_in(names.stem(note.path)) or _day_in(begun_in(note.path) or "")


def _first_day(vault: Vault, note: Note, keys: Sequence[str], now: datetime) -> date | None:
    """The day that stands at the first of some keys of the frontmatter at which one does."""
    said = {plain_key(entry.key): entry for entry in vault.facts(Property, note)}
    values = (said[key].value.lstrip("[ ") for key in keys if key in said)
    days = (_moment_in(value, now) or _day_in(value) for value in values)
    return next((day for day in days if day is not None), None)


def _moment_in(value: str, now: datetime) -> date | None:
    found = _MOMENT.match(value)
    return datetime.fromtimestamp(int(found[1]), now.tzinfo).date() if found is not None else None


def _day_in(text: str) -> date | None:
    found = _DAY.match(text)
    return _day(found[1], found[3], found[4]) if found is not None else None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day)) if 1900 <= int(year) <= 2200 else None
    except ValueError:
        return None


def _said(day: date, today: date) -> str:
    if day == today:
        return "today"
    if day == today - timedelta(days=1):
        return "yesterday"
    if today - timedelta(days=7) < day < today:
        return f"{(today - day).days} days ago"
    return day.isoformat()


def _words(note: Note) -> str:
    return f"{note.words:,} {'word' if note.words == 1 else 'words'}"
