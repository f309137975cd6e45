"""Series: which notes are pages of one diary, by what they are called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notes_lsp.dates.series import are_of_one_series

SERIES = """
2024-05-12.md | 2024-05-13.md
20240512.md | 20240513.md
2024_05_12.md | 2024_05_13.md
2024.05.12.md | 2024.05.13.md
12.05.2024.md | 13.05.2024.md
240512.md | 240513.md
daily.journal.2024.05.12.md | daily.journal.2024.05.13.md
old/2024-05-12.md | daily/2024-05-13.md
2024/05/12.md | 2024/05/13.md
2024/05/12.md | 2024/06/12.md
journal/2024/May/12.md | journal/2024/May/13.md
journal/2024/05-May/2024-05-12.md | journal/2024/06-June/2024-06-12.md
Monday 2024-05-13.md | Tuesday 2024-05-14.md
2024-05-13 Mon.md | 2024-05-14 Tue.md
2024-05-13 (Monday).md | 2024-05-14 (Tuesday).md
2024-05-13, Montag.md | 2024-05-14, Dienstag.md
12 May 2024.md | 13 May 2024.md
May 12th, 2024.md | May 13th, 2024.md
May 12, 2024.md | June 3, 2024.md
Sunday, May 12th, 2024.md | Monday, May 13th, 2024.md
12. März 2024.md | 3. April 2024.md
12 de mayo de 2024.md | 13 de mayo de 2024.md
12 мая 2024.md | 13 мая 2024.md
2024年5月12日.md | 2024年5月13日.md
2024年5月12日 星期日.md | 2024年5月13日 星期一.md
2024년 5월 12일.md | 2024년 5월 13일.md
2024-W12.md | 2024-W13.md
2024-Q1 review.md | 2024-Q2 review.md
Week 12.md | Week 13.md
2024 Week 12.md | 2024 Week 13.md
2024-05.md | 2024-06.md
May 2024.md | June 2024.md
2023.md | 2024.md
Review 2023.md | Review 2024.md
meeting 2024-05-12.md | meeting 2024-05-13.md
standup/2024-05-12 standup.md | standup/2024-05-13 standup.md
Monday.md | Tuesday.md
""".strip().splitlines()
"""Two of one series in each line."""

NONE = """
2024-05-12.md | 2024-05-12 1.md
2024-05-12.md | old/2024-05-12.md
2024-05-12.md | 2024-05-12 (conflicted copy).md
2024-05-12.md | 2024-05-12 (conflicted copy 2024-05-13).md
2024-05-12.md | 2024-05-12.sync-conflict-20240513-120000-ABC.md
202405121200.md | 202405131230.md
2024-05-12 tea.md | 2024-05-13 milk.md
chapter 1.md | chapter 2.md
note.md | note 1.md
compost.md | making soil.md
marching.md | aprils.md
the sunny side.md | the money side.md
A/compost.md | B/compost.md
room 2024a.md | room 2025b.md
""".strip().splitlines()
"""Two that are of none."""


@pytest.mark.parametrize("pair", SERIES)
def test_notes_called_by_days_are_a_series(pair: str) -> None:
    """In whatever way days, weeks, months and years are written."""
    one, other = pair.split(" | ")
    assert are_of_one_series(one, other)
    assert are_of_one_series(other, one)


@pytest.mark.parametrize("pair", NONE)
def test_other_notes_are_none(pair: str) -> None:
    """A copy of one and the same day is none, nor are notes that differ by more than the date."""
    one, other = pair.split(" | ")
    assert not are_of_one_series(one, other)


@given(st.text(max_size=60))
def test_no_note_is_of_one_series_with_itself(path: str) -> None:
    """Whatever it is called."""
    assert not are_of_one_series(path, path)
