"""Time spans: what dates mean, in ISO 8601, in words, and as file names have them."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notes_lsp.dates.ranges import begun_with, moment, past_time_span, time_span

TODAY = date(2024, 3, 31)  # a Sunday, at the end of a month


def days(first: str, behind: str) -> tuple[datetime, datetime]:
    """From the beginning of one day to that of another."""
    return datetime.fromisoformat(first), datetime.fromisoformat(behind)


@pytest.mark.parametrize(
    "text, meant",
    [
        ("2024", days("2024-01-01", "2025-01-01")),
        ("2024-12", days("2024-12-01", "2025-01-01")),
        ("2024-02-29", days("2024-02-29", "2024-03-01")),
        ("2024/2/9", days("2024-02-09", "2024-02-10")),
        ("20240229", days("2024-02-29", "2024-03-01")),
        ("2024-02-29T10:30", days("2024-02-29T10:30", "2024-02-29T10:31")),
        ("2024-02-29 10:30:59Z", days("2024-02-29T10:30:59", "2024-02-29T10:31:00")),
        ("202402291030", days("2024-02-29T10:30", "2024-02-29T10:31")),
        ("today", days("2024-03-31", "2024-04-01")),
        ("Yesterday", days("2024-03-30", "2024-03-31")),
        ("tomorrow", days("2024-04-01", "2024-04-02")),
        ("in 2 days", days("2024-04-02", "2024-04-03")),
        ("friday", days("2024-04-05", "2024-04-06")),
        ("last friday", days("2024-03-29", "2024-03-30")),
        ("this week", days("2024-03-25", "2024-04-01")),
        ("last week", days("2024-03-18", "2024-03-25")),
        ("next month", days("2024-04-01", "2024-05-01")),
        ("last month", days("2024-02-01", "2024-03-01")),
        ("this year", days("2024-01-01", "2025-01-01")),
        ("2024-W13", days("2024-03-25", "2024-04-01")),
        ("May 2023", days("2023-05-01", "2023-06-01")),
        ("december", days("2024-12-01", "2025-01-01")),
        ("12 May 2023", days("2023-05-12", "2023-05-13")),
        ("May 12, 2023", days("2023-05-12", "2023-05-13")),
        ("12th May", days("2024-05-12", "2024-05-13")),
        ("12. Sept. 2023", days("2023-09-12", "2023-09-13")),
        ("12.5.2023", days("2023-05-12", "2023-05-13")),
    ],
)
def test_a_date_means_a_stretch_of_time(text: str, meant: tuple[datetime, datetime]) -> None:
    """As long as what was written is exact."""
    assert time_span(text, TODAY) == meant


@pytest.mark.parametrize(
    "text, meant",
    [
        ("friday", days("2024-03-29", "2024-03-30")),
        ("2 weeks ago", days("2024-03-17", "2024-03-18")),
        ("2w", days("2024-03-17", "2024-03-18")),
        ("1 month ago", days("2024-02-29", "2024-03-01")),
        ("1y", days("2023-03-31", "2023-04-01")),
        ("2024-05", days("2024-05-01", "2024-06-01")),
        ("december", days("2023-12-01", "2024-01-01")),
        ("dec 5", days("2023-12-05", "2023-12-06")),
        ("feb 5", days("2024-02-05", "2024-02-06")),
        ("tomorrow", days("2024-04-01", "2024-04-02")),
    ],
)
def test_of_what_has_been_words_mean_the_past(text: str, meant: tuple[datetime, datetime]) -> None:
    """A weekday is the last one; of a shorter month it is the last day."""
    assert past_time_span(text, TODAY) == meant


@pytest.mark.parametrize("text", ["", "2024-02-30", "2024-13", "25:00", "the other day", "9999", "9999-12-31", "x2024"])
def test_what_is_no_date_means_none(text: str) -> None:
    """Nor does a date at the end of all time."""
    assert time_span(text, TODAY) is None


@pytest.mark.parametrize(
    "stem, written",
    [
        ("2024-05-12", "2024-05-12"),
        ("2024-05-12 Spring meeting", "2024-05-12"),
        ("202406231200", "2024-06-23T12:00"),
        ("20240623 plan", "2024-06-23"),
        ("2024_05_12-x", "2024-05-12"),
        ("2024-13-12", None),
        ("1234567890123", None),
        ("v2024-05-12", None),
    ],
)
def test_a_name_may_begin_with_a_date(stem: str, written: str | None) -> None:
    """Which is given back in ISO 8601."""
    assert begun_with(stem) == written


@given(st.text(alphabet="0123456789-:T wdmytoaslnxfri", max_size=16), st.dates())
def test_any_text_means_something_or_nothing(text: str, today: date) -> None:
    """Nothing is raised, and no stretch of time is empty."""
    for found in (moment(text), time_span(text, today), past_time_span(text, today)):
        assert found is None or found.start < found.end
