"""Day names: natural words for days, and how a vault writes them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notes_lsp.dates import natural as daynames

WEDNESDAY = date(2024, 6, 26)


@pytest.mark.parametrize(
    "typed,words,day",
    [
        ("tod", "today", date(2024, 6, 26)),
        ("Today", "today", date(2024, 6, 26)),
        ("tom", "tomorrow", date(2024, 6, 27)),
        ("yes", "yesterday", date(2024, 6, 25)),
        ("fri", "friday", date(2024, 6, 28)),
        ("next fri", "next friday", date(2024, 6, 28)),
        ("last fri", "last friday", date(2024, 6, 21)),
        ("next wed", "next wednesday", date(2024, 7, 3)),
        ("last wed", "last wednesday", date(2024, 6, 19)),
        ("this mon", "this monday", date(2024, 6, 24)),
        ("in 3 days", "in 3 days", date(2024, 6, 29)),
        ("2 weeks ago", "2 weeks ago", date(2024, 6, 12)),
        ("+3", "+3", date(2024, 6, 29)),
        ("-1", "-1", date(2024, 6, 25)),
        ("oct 5", "5 october", date(2024, 10, 5)),
        ("5 oct", "5 october", date(2024, 10, 5)),
        ("5th oct", "5 october", date(2024, 10, 5)),
        ("5 oct 2023", "5 october 2023", date(2023, 10, 5)),
        ("Oct. 5, 2023", "5 october 2023", date(2023, 10, 5)),
    ],
)
def test_days_are_understood(typed: str, words: str, day: date) -> None:
    """The first meaning of what was typed on a Wednesday."""
    assert daynames.days(typed, WEDNESDAY)[0] == (words, day)


@pytest.mark.parametrize("typed", ["", "to", "plan", "31 feb", "fridge", "in days", "+9999"])
def test_other_words_are_no_days(typed: str) -> None:
    """Nothing is made of them."""
    assert daynames.days(typed, WEDNESDAY) == []


@given(st.text(max_size=12), st.dates())
def test_no_text_is_too_odd(typed: str, today: date) -> None:
    """Whatever is typed, on whatever day, there is an answer."""
    for words, _ in daynames.days(typed, today):
        assert words
