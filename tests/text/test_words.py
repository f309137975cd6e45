"""What a word is, in any script, and how many of them a text has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notes_lsp.text.words import count, length, words


@pytest.mark.parametrize(
    "text, counted",
    [
        pytest.param("", 0, id="nothing"),
        pytest.param("Don't stop_here: 3.14", 6, id="ASCII"),
        pytest.param("Füße im e\u0301te\u0301", 3, id="accents, composed or not"),
        pytest.param("हिन्दी भाषा, தமிழ் மொழி", 4, id="vowel signs of India"),
        pytest.param("ދިވެހި ބަސް, ܐܲܪܡܝܐ, ߒߞߏ߫, পাওয়া", 5, id="vowel signs and tones of other scripts"),
        pytest.param("שָׁלוֹם עוֹלָם", 2, id="Hebrew with points"),
        pytest.param("السَّلَامُ عَلَيْكُمْ", 2, id="Arabic with points"),
        pytest.param("한국어 문장", 2, id="Korean, which has spaces"),
        pytest.param("東京都に行きます。", 8, id="kana and Han, sign by sign as word processors count"),
        pytest.param("การเปรียบเทียบ", 3, id="Thai, by five letters"),
        pytest.param("បាយ។ ទឹក", 2, id="Khmer, whose full stop is none"),
        pytest.param("a東b京", 4, id="scripts that stand together"),
    ],
)
def test_words_are_counted_as_readers_see_them(text: str, counted: int) -> None:
    """Marks and points belong to the word they stand in."""
    assert count(text) == counted


@pytest.mark.parametrize(
    "one, other",
    [
        pytest.param("عَلَيْكُمْ كتـــاب", "عليكم كتاب", id="points and stretching in Arabic"),
        pytest.param("שָׁלוֹם", "שלום", id="points in Hebrew"),
        pytest.param("e\u0301té ÉTÉ", "été été", id="accents and case"),
        pytest.param("ទឹកបាយស។ទឹកត្រី៕", "ទឹកបាយស ទឹកត្រី", id="full stops in Khmer"),
        pytest.param("ရေနွေး။", "ရေနွေး", id="full stops in Burmese"),
        pytest.param("カフェ・ラテ", "カフェ ラテ", id="the middle dot of katakana"),
    ],
)
def test_what_reads_the_same_has_the_same_words(one: str, other: str) -> None:
    """However it is written."""
    assert words(one) == words(other)


def test_every_script_without_spaces_gives_pieces() -> None:
    """Otherwise a sentence were one word, and another one as soon as a letter of it changes."""
    for letter in "ก ກ က က ក ᥐ ᨠ ᬓ ꦏ":
        if letter != " ":
            assert len(words(letter * 20)) == 12, letter
    for sign in "あ 漢 ㄅ ꀀ 𗀀":
        if sign != " ":
            assert len(words(sign * 20)) == 18, sign


def test_digits_and_letters_of_thai_are_apart() -> None:
    """A number in a text is a word of its own, as it is in every other script."""
    assert words("ปี๒๕๖๗นี้") == ["ปี", "๒๕๖๗", "นี้"]


@given(st.text())
def test_any_text_has_words(text: str) -> None:
    """As many as are found where none is a piece, and the same however often it is asked."""
    assert words(text) == words(text)
    assert count(text) >= 0
    assert length(text) <= count(text)
