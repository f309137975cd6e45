"""Day formats: what Moment.js would write, and the day that is read back from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notes_lsp.dates.formats import format_date, has_tokens, read_day, step

MORNING = datetime(2024, 5, 9, 8, 7, 6, 543_210, tzinfo=UTC)


@pytest.mark.parametrize(
    "style, text",
    [
        ("YYYY-MM-DD", "2024-05-09"),
        ("dddd, MMMM Do YYYY, h:mm:ss a", "Thursday, May 9th 2024, 8:07:06 am"),
        ("ddd, hA", "Thu, 8AM"),
        ("[Today is] dddd", "Today is Thursday"),
        ("YY/M/D [at] HH:mm", "24/5/9 at 08:07"),
        ("GGGG-[W]WW-E", "2024-W19-4"),
        ("gggg-[W]ww", "2024-W19"),
        ("DDDD DDD Q Qo", "130 130 2 2nd"),
        ("SSS SS S", "543 54 5"),
        ("LL", "May 9, 2024"),
        ("\\DD", "D9"),
        ("X", "1715242026"),
        ("ZZ Z", "+0000 +00:00"),
        ("%Y-%m-%d %H:%M", "2024-05-09 08:07"),
        ("%-d. %B, week %V; 100%%", "9. May, week 19; 100%"),
        ("", ""),
        ("Tag", "Tamg"),
    ],
)
def test_written_as_moment_writes_it(style: str, text: str) -> None:
    """Tokens become numbers and names; brackets keep words; a percent sign makes it a format of ``strftime``."""
    assert format_date(style, MORNING) == text


DAYS = st.datetimes(min_value=datetime(1000, 1, 1), max_value=datetime(9998, 12, 31))  # noqa: DTZ001  (Hypothesis adds zones)
WHOLE = ("YYYY-MM-DD", "DD.MM.YYYY", "YYYYMMDD", "D MMMM YYYY", "YYYY/MM/YYYY-MM-DD", "dddd Do MMM YYYY", "YYYY-DDDD")


@given(DAYS, st.sampled_from(WHOLE))
def test_what_is_written_is_read(when: datetime, style: str) -> None:
    """A format that says the whole day gives the day back."""
    assert read_day(style, format_date(style, when)) == when.date()


@given(DAYS)
def test_weeks_and_months_begin_where_they_begin(when: datetime) -> None:
    """A week is read as its Monday, a month as its first day."""
    assert read_day("GGGG-[W]WW", format_date("GGGG-[W]WW", when)) == (when - timedelta(days=when.weekday())).date()
    assert read_day("YYYY-MM", format_date("YYYY-MM", when)) == when.date().replace(day=1)


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_format_and_any_text_are_met(style: str, text: str) -> None:
    """Nothing that a user types into a setting raises; a day is read only where it is written so again."""
    format_date(style, MORNING)
    day = read_day(style, text)
    assert day is None or format_date(style, datetime(day.year, day.month, day.day)).casefold() == text.casefold()  # noqa: DTZ001


@pytest.mark.parametrize("text", ["2024-02-30", "2024-5-9", "x2024-05-09", "2024-05-09 ", "tomorrow", ""])
def test_what_is_no_day_is_none(text: str) -> None:
    """A day has to be there in the calendar, and to be written just so."""
    assert read_day("YYYY-MM-DD", text) is None


def test_steps() -> None:
    """An id that is taken waits for the next moment that its format can tell."""
    assert [step(style).total_seconds() for style in ("YYYYMMDDHHmmss", "YYYYMMDDHHmm", "DDHH", "YYYYMMDD")] == [
        1,
        60,
        3600,
        86400,
    ]
    assert has_tokens("YYYY")
    assert not has_tokens("[id]")
