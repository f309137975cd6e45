"""Conditions on properties: what fits, by the type of what there is."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notes_lsp.ide.listing.conditions import ConditionError, header_values_of, read_condition

TODAY = date(2024, 5, 12)
HEADER: dict[str, Any] = {
    "Status": "Growing",
    "rating": 4,
    "year": "1998",
    "draft": True,
    "due": "2024-05-13",
    "seen": "2024-05-12T10:30",
    "tags": ["soil", "#food"],
    "up": "[[Garden|the garden]]",
    "author": {"name": "Irma", "born": 1960},
    "jobs": [{"what": "dig"}, {"what": "sow"}],
    "empty": "",
    "nothing": None,
    "a.b": "dotted",
}


def holds(text: str) -> bool:
    """Whether a condition holds of the header above."""
    condition = read_condition(text, TODAY)
    return condition.holds(header_values_of(HEADER, condition.key))


@pytest.mark.parametrize(
    "text",
    [
        *("status", "!missing", "!empty", "!nothing", "empty=", "nothing=", "missing=", "status!="),
        *("status=growing", "STATUS == GROWING", "status!=done", "missing!=done", "status~^grow", "status!~done"),
        *("rating=4", "rating=4.0", "rating>3", "rating>=4", "rating<10", "rating<=4", "rating!=5"),
        *("year<2000", "year=1998", "year>=1998"),
        *("draft=true", "draft=yes", "draft!=false"),
        *("due=tomorrow", "due>today", "due<=2024-05-13", "due=2024-05", "due<june 1", "due>=2024"),
        *("seen=today", "seen<=today", "seen>2024-05-11", "seen>2024-05-12T10:29"),
        *("tags=soil", "tags=food", "tags!=weeds", "tags~oo"),
        *("up=garden", "up~garden", "author.name=irma", "author.born<1970", "jobs.what=sow", "a.b=dotted"),
    ],
)
def test_what_holds(text: str) -> None:
    """Numbers by size, dates by time, texts whatever their case, of a list any element, of a link its target."""
    assert holds(text)


@pytest.mark.parametrize(
    "text",
    [
        *("!status", "missing", "empty", "nothing", "status="),
        *("status=done", "status!=growing", "status~done$", "missing~x", "missing=x", "missing<3"),
        *("rating>4", "rating<4", "rating=5", "draft=false", "draft>3", "due=today", "due<2024", "due>2024-05"),
        *("seen>today", "seen<today", "tags!=soil", "tags=so", "author=irma", "author.what=x", "year>1998"),
    ],
)
def test_what_does_not_hold(text: str) -> None:
    """What a note does not say is neither greater nor less than anything."""
    assert not holds(text)


@pytest.mark.parametrize("text", ["", "=x", "!a=b", "a~(", "<3", "!"])
def test_what_cannot_be_read_is_said(text: str) -> None:
    """With an example of what can."""
    with pytest.raises(ConditionError):
        read_condition(text, TODAY)


@given(st.text(alphabet="ab=<>!~.( 1-", max_size=12), st.recursive(st.text("a1-", max_size=3), st.lists, max_leaves=4))
def test_any_condition_is_read_or_refused(text: str, value: object) -> None:
    """Nothing else is raised, whatever it is held against."""
    try:
        condition = read_condition(text, TODAY)
    except ConditionError:
        return
    assert condition.holds([value]) in {True, False}
