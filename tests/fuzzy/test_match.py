"""Matching: the kinds of match keep their order, the numbers are bounded, and a haystack overlooks no plain match."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notes_lsp.fuzzy import match as matching
from notes_lsp.fuzzy.match import RankingSignals, fold, fold_path, quality
from notes_lsp.fuzzy.name_index import Haystack

WORDS = st.text("abß é東", min_size=1, max_size=4)
NAMES = st.lists(WORDS, min_size=1, max_size=4).map(lambda words: fold(" ".join(words))).filter(bool)


@pytest.mark.parametrize(
    "query,name,least,most",
    [
        ("black tea", "black tea", matching.EXACT, matching.EXACT),
        ("bla", "black tea", matching.PREFIX, matching.EXACT),
        ("tea", "black tea", matching.WORD, matching.PREFIX),
        ("te bl", "black tea", matching.TERMS, matching.WORD),
        ("bt", "black tea", matching.ACRONYM, matching.TERMS + 0.05),
        ("blte", "black tea", matching.RUN_TOGETHER, matching.TERMS),
        ("lack", "black tea", matching.INSIDE, matching.RUN_TOGETHER),
        ("blcak", "black tea", matching.SCATTERED, matching.INSIDE),
        ("blavk t", "black tea", matching.SCATTERED, matching.INSIDE),
        ("plnt", "planet", matching.SCATTERED, matching.INSIDE),
        ("xyz", "black tea", 0, 0),
        ("", "black tea", 0, 0),
    ],
)
def test_each_kind_of_match_has_its_place(query: str, name: str, least: float, most: float) -> None:
    """Exact before prefix before word before words before initials before inside before slips before scattered."""
    assert least <= quality(query, name) <= most


@pytest.mark.parametrize(
    "text,folded",
    [
        ("Kräuter-Spirale", "krauter spirale"),
        ("v1.2 plan", "v1 2 plan"),
        ("Straße", "strasse"),
        ("🌱 Seedlings", "🌱 seedlings"),
        ("東京の庭", "東京の庭"),
        ("C++", "c"),
        ("  -- ", ""),
    ],
)
def test_what_nobody_types_is_folded_away(text: str, folded: str) -> None:
    """Case, accents and punctuation do not count; signs that are no punctuation do."""
    assert fold(text) == folded


def test_a_path_keeps_its_slashes() -> None:
    """Segments are folded one by one."""
    assert fold_path("Projects/v1.2 Plan/É") == "projects/v1 2 plan/e"


@given(NAMES, NAMES)
def test_quality_is_a_share_and_only_the_name_itself_is_perfect(query: str, name: str) -> None:
    """From 0 to 1, and 1 only letter by letter."""
    found = quality(query, name)

    assert 0 <= found <= 1
    assert (found == matching.EXACT) == (query == name)


@given(NAMES, st.data())
def test_the_beginning_of_a_name_matches_it(name: str, data: st.DataObject) -> None:
    """Whatever one has typed of a name so far, it is found."""
    typed = name[: data.draw(st.integers(1, len(name)))].strip()

    assert not typed or quality(typed, name) >= matching.PREFIX


@pytest.mark.parametrize("name", [field.name for field in fields(RankingSignals)])
def test_every_circumstance_speaks_for_a_note(name: str) -> None:
    """More of it never makes a note less likely, and all of it makes no other match beat a name spelled out."""
    assert matching.likelihood(0.5, RankingSignals(**{name: 1.0})) > matching.likelihood(0.5, RankingSignals())

    everything = RankingSignals(**{field.name: 1.0 for field in fields(RankingSignals)})
    spelled_out = matching.likelihood(matching.EXACT, RankingSignals())
    assert matching.likelihood(matching.PREFIX + 0.06, everything) < spelled_out


@given(st.lists(NAMES, min_size=1, max_size=12), st.data())
def test_a_haystack_finds_what_begins_like_the_query(names: list[str], data: st.DataObject) -> None:
    """Every name of which a word begins with the query, or all of whose words are typed in any order."""
    wanted = data.draw(st.sampled_from(names))
    words = data.draw(st.permutations(wanted.split(" ")))
    word = words[0][: data.draw(st.integers(1, len(words[0])))]

    assert names.index(wanted) in Haystack(names).search(word)
    assert names.index(wanted) in Haystack(names).search(" ".join(words))


@given(st.lists(NAMES, max_size=12), NAMES)
def test_a_haystack_gives_each_number_once(names: list[str], query: str) -> None:
    """Numbers of names, without duplicates."""
    found = Haystack(names).search(query)

    assert len(found) == len(set(found))
    assert set(found) <= set(range(len(names)))


def test_a_haystack_draws_the_best_first() -> None:
    """Of too many names those that come first are drawn, since they come in the order of their standing."""
    found = Haystack([f"note {number}" for number in range(5000)]).search("note")

    assert set(range(100)) <= set(found)
    assert len(found) < 1000


def test_a_haystack_finds_slips() -> None:
    """Swapped, missing, doubled and wrong letters, also in one word of several."""
    names = ["krauterspirale", "black tea", "green tea", "compost"]
    stack = Haystack(names)

    for query, number in [("kruaterspi", 0), ("blcak", 1), ("gren tea", 2), ("comppost", 3), ("compist", 3)]:
        assert number in stack.search(query), query
        assert quality(query, names[number]) > 0, query
