"""Sharing and sketches: how much two texts have in common, whatever is done to them."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invented_prose import Prose
from notes_lsp.similarity.shingles import Overlap, Shingles, are_forms, is_template_note, shares, shingles_of
from notes_lsp.similarity.sketches import sketch
from notes_lsp.text.words import length, words

TEXTS = st.text(st.sampled_from("abc vwf\n.>#[]|%<!-{}é東京が\u0301\u2028"), max_size=200)


def worded(text: str) -> Shingles:
    """The wording of a text without frontmatter."""
    return shingles_of(text, 0)


def share(one: str, other: str, *others: str) -> Overlap:
    """How much of one text stands in another, where some more are known."""
    return shares(worded(one), [worded(other)], [worded(third) for third in others])[0]


@given(TEXTS)
def test_a_sketch_is_total_sorted_and_small(text: str) -> None:
    """Any text has one, of at most 256 numbers, rising, the same each time and in capitals."""
    numbers = sketch(text)

    assert numbers == sorted(set(numbers))
    assert len(numbers) <= 256
    assert all(0 <= number < 2**32 for number in numbers)
    assert sketch(text) == numbers
    assert sketch("".join(char.upper() if char.isascii() else char for char in text)) == numbers


@given(TEXTS, TEXTS)
def test_shares_are_total_and_between_none_and_all(one: str, other: str) -> None:
    """Whatever the texts are, no more is shared than there is, and nothing raises."""
    found = share(one, other)

    assert 0 <= found.shared <= found.own <= worded(one).count
    assert is_template_note("a.md", one) in (True, False)


@given(st.integers(0, 1000), st.booleans())
def test_a_text_stands_whole_in_itself_and_in_another_order(seed: int, shuffled: bool) -> None:  # noqa: FBT001
    """A copy has all of it; with its paragraphs in another order all but the words at their seams."""
    paragraphs = Prose(seed).paragraphs(6, 5)
    other = list(paragraphs)
    if shuffled:
        random.Random(seed).shuffle(other)  # noqa: S311  (no secret)

    found = share("\n\n".join(paragraphs), "\n\n".join(other))

    assert found.shared == found.own if other == paragraphs else found.part > 0.9
    assert share("\n\n".join(other), "\n\n".join(paragraphs)).part == pytest.approx(found.part, abs=0.05)
    assert len({*sketch("\n\n".join(paragraphs))} & {*sketch("\n\n".join(other))}) >= 4


def test_a_short_note_with_every_fifth_word_replaced_shares_numbers_with_what_it_was() -> None:
    """Of two hundred rewrites of 140 words hardly any has less than two numbers to be found by."""
    lost = 0
    for seed in range(200):
        prose = Prose(seed)
        said = prose.text(140).split()
        rewritten = [prose.word() + prose.word() if prose.random.random() < 0.2 else word for word in said]
        lost += len({*sketch(" ".join(said))} & {*sketch(" ".join(rewritten))}) < 2

    assert lost <= 6


@given(st.integers(0, 1000))
def test_texts_that_have_nothing_in_common_share_nothing(seed: int) -> None:
    """Two texts by different hands, in the same language."""
    assert share(Prose(seed).text(200), Prose(seed + 10_000).text(200)).part < 0.1


def test_copies_share_all_and_the_percentage_is_that_of_one() -> None:
    """A note all of which stands in one three times as long shares everything; the long one a third."""
    short, rest = Prose(1).text(100), Prose(2).text(200)

    assert share(short, f"{short}\n\n{rest}").part == 1.0
    assert 0.28 < share(f"{short}\n\n{rest}", short).part < 0.38


def test_a_changed_word_costs_one_word() -> None:
    """Not the words round it, though they are in runs no more."""
    said = Prose(3).text(200).split()
    for place in range(2, len(said), 5):
        said[place] = "anything"

    assert share(" ".join(said), Prose(3).text(200)).part == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize("number", [3, 5, 12])
def test_what_many_notes_have_in_common_is_nobodys_own(number: int) -> None:
    """Cards from one template share nothing, though four fifths of their words are the same."""
    template = Prose(4).text(160)
    cards = [f"{template}\n\n{Prose(100 + card).text(40)}" for card in range(number)]

    assert share(cards[0], cards[1], *cards[2:]).part < 0.3


def test_a_duplicate_among_cards_is_found() -> None:
    """Only what is its own is compared: the text that was filled in, twice."""
    template = Prose(4).text(160)
    cards = [f"{template}\n\n{Prose(100 + card).text(60)}" for card in range(5)]
    copy = f"{template}\n\n{Prose(100).text(60)}, and more"

    found = share(cards[0], copy, *cards[1:])

    assert (found.part > 0.9, 55 <= found.own <= 65) == (True, True)


@pytest.mark.parametrize(
    "first, last, at_once, sentence",
    [(0x4E00, 0x9000, 2, "\u3002"), (0x3041, 0x3090, 2, "\u3002"), (0x0E01, 0x0E2E, 5, " ")],
    ids=["Han", "kana", "Thai"],
)
def test_a_changed_word_costs_one_word_in_scripts_without_spaces(
    first: int, last: int, at_once: int, sentence: str
) -> None:
    """With a fifth of all words replaced, four fifths are shared, as elsewhere; and the notes find each other."""
    at_random = random.Random(first)  # noqa: S311  (no secret)

    def word() -> str:
        return "".join(chr(at_random.randint(first, last)) for _ in range(at_once))

    said = [word() + (sentence if place % 9 == 8 else "") for place in range(300)]
    edited = [word() if at_random.random() < 0.2 else each for each in said]
    every_fifth = [word() if place % 5 == 4 else each for place, each in enumerate(said)]

    for other in (edited, every_fifth):
        assert share("".join(said), "".join(other)).part == pytest.approx(0.8, abs=0.06)
        assert len({*sketch("".join(said))} & {*sketch("".join(other))}) >= 2


def test_a_word_of_the_other_answers_for_one() -> None:
    """A common word that was replaced is not shared because it stands elsewhere."""
    said = [word for each in Prose(3).text(160).split() for word in (each, "the")]
    replaced = [f"x{place}" if place % 5 == 3 else word for place, word in enumerate(said)]

    assert share(" ".join(said), " ".join(replaced)).part == pytest.approx(0.8, abs=0.05)


@pytest.mark.parametrize("broken", ["%% n\n\n{}", "{}\n\nn %%", "n %%\n\n{}\n\n%% c %%", "%%\n\n{}\n\n%% c %%\n\n%%"])
def test_a_comment_that_lost_an_end_takes_no_text_with_it(broken: str) -> None:
    """Where the marks do not belong together, the text between them is text."""
    text = Prose(3).text(60)

    assert set(words(text)) <= set(words(worded(broken.format(text)).text))


def test_a_sketch_knows_no_punctuation_and_no_case_of_any_script() -> None:
    """Typographic quotes, dashes, composed accents, capitals, and what is quoted or only linked change nothing."""
    text = "Écrire «\u00a0l’été\u00a0» — ДВАЖДЫ, [[note|see there]]、東京！" * 3
    other = 'e\u0301crire "l\'e\u0301te\u0301" - дважды [see there](note.md) 東京! ' * 3

    assert sketch(text) == sketch(f"{other}\n\n> quoted by somebody, and forgotten\n") != []


FORM = "# {}\n\n## Why\n\nSay in a line what it is for.\n\n## Who\n\nName those that help.\n\n## When\n\nName a day.\n"


@pytest.mark.parametrize(
    "one, other, expected",
    [
        (FORM.format("Tea"), FORM.format("Milk"), True),
        (FORM.format("Tea") + "\nIt is hot.\n", FORM.format("Milk") + "\nDate: 2024-05-12\n", True),
        (FORM.format("Tea"), FORM.format("Tea"), False),
        (FORM.format("Tea"), FORM.format("Milk").replace("## When", "## Where"), False),
        (FORM.format("Tea"), "# Milk\n\n## Why\n\nSay in a line what it is for.\n", False),
        (FORM.format("Tea") + Prose(1).text(40), FORM.format("Milk") + Prose(1).text(30) + " no", False),
        (FORM.format("Tea") + Prose(1).text(90), FORM.format("Milk") + Prose(1).text(90), False),
        ("", "", False),
    ],
)
def test_two_fillings_of_a_form_are_known(one: str, other: str, expected: bool) -> None:  # noqa: FBT001
    """By their titles, headings and short sections; a text under a new title, or a revised one, is none."""
    assert are_forms(worded(one), worded(other)) is expected


def test_the_passage_is_shown_without_what_is_left_of_links() -> None:
    """Neither brackets of links nor marks of lists and headings stand in it."""
    line = (
        "- For all [[notes/Formulas|formulas]] in [this book](https://example.org/b) there is a proof, see [[Proof]]."
    )

    passage = share(f"{line} {Prose(1).text(40)}", f"{line} {Prose(1).text(40)}").passage

    assert passage.startswith("For all formulas in this book there is a proof, see Proof.")


def test_three_versions_of_one_text_are_versions() -> None:
    """Each was edited elsewhere, so that what two of them have the third has not."""
    text = Prose(5).sentences(60)
    versions = [" ".join(each for at, each in enumerate(text) if at % 5 != version) for version in range(3)]

    assert share(versions[0], versions[1], versions[2]).part > 0.7


def test_a_third_copy_is_no_witness_against_the_other_two() -> None:
    """What stands in three copies of a note comes from no template."""
    text = Prose(6).text(200)

    assert share(text, text, text).part == 1.0
    assert share(text, text, *[text] * 10) == Overlap(0, 0)


def test_quotes_embeds_comments_tags_and_addresses_are_not_the_writers() -> None:
    """What is left are the words that a reader reads and the writer wrote; a callout is written, a quote is not."""
    text = (
        "a <b class='x'>b</b> <!-- c --> %% d %% #e ![[f]] [[g/h|i]] [j](k l.md) https://example.org/m\n"
        "> n\n> o\n\n> [!note] p\n> q\n\n> [!quote] r\n> s\n\nt ^u\n"
    )

    assert words(worded(text).text) == ["a", "b", "i", "j", "note", "p", "q", "t", "u"]


@pytest.mark.parametrize(
    "text",
    [
        "a\n\n%% n\n- n\n\nn\n%%\n\nb\n\n%% n %%\n",
        "a\n\n> n\ngoes on\nand on\n\nb\n",
        "a\n\n> n\nn\nn\nn\nb\n",
        "a\n\n> n  \ngoes on\n\nb\n",
        "a\n\n>\nb\n",
        "a\n> n\n# b\n",
        "a\n> n\n- b\n",
        "a\n<blockquote>\n<p>n</p>\n\nn\n</blockquote>\nb\n",
        "a\n#+BEGIN_QUOTE\nn\n#+END_QUOTE\nb\n",
        "a\n%%\nn\n\nn\n%%\nb\n",
        "a <blockquote> b",
    ],
)
def test_a_quotation_goes_as_far_as_it_is_shown(text: str) -> None:
    """Lines that go on with it without a sign, its tags, and comments of several lines."""
    assert words(worded(text).text) == ["a", "b"]


@pytest.mark.parametrize(
    "path, text, expected",
    [
        ("templates/daily.md", "", True),
        ("notes/_templates/card.md", "", True),
        ("T/Template - card.md", "", True),
        ("x/🗂️ 99 - Templates/card.md", "", True),
        ("Showcases & Templates/card.md", "", False),
        ("daily-template.md", "", True),
        ("Plugins/Templates.md", "How to use them", False),
        ("a.md", "# {{title}}\n\nmany words that follow on it\n", True),
        ("a.md", "---\ncreated: <% tp.date.now() %>\n---\n", True),
        ("a.md", f"{{{{x}}}} {'word ' * 15}", True),
        ("a.md", f"{{{{x}}}} {'word ' * 50}", False),
        ("a.md", "```\n# {{title}}\n```\n\nWrite `{{title}}` where it shall stand.\n", False),
        ("a.md", "# {{< figure >}}\n", False),
    ],
)
def test_templates_are_known(path: str, text: str, expected: bool) -> None:  # noqa: FBT001
    """By their folder, their name, or the places to be filled in; not a page that explains these."""
    assert is_template_note(path, text) is expected


@pytest.mark.parametrize(
    "text",
    [
        "<!--" * 50_000,
        "%%" * 50_001,
        "](" * 50_000,
        "[[" * 50_000,
        "> " * 50_000,
        "<%" * 20_000,
        "```" * 30_000,
        "#+BEGIN_QUOTE\n" * 20_000 + "</blockquote>",
        "<blockquote>" * 20_000 + "#+END_QUOTE",
        "a" * 500_000,
    ],
)
def test_odd_texts_take_no_longer_than_their_length(text: str) -> None:
    """A tenth of a million characters of openings that nothing closes are read in a moment."""
    began = time.process_time()
    share(text, f"{text} x")
    sketch(text)
    is_template_note("a.md", text)

    assert time.process_time() - began < 5


def test_words_of_scripts_without_spaces_are_pieces() -> None:
    """From each character on; other scripts have words, marks included, whatever form they are written in."""
    text = "東京都に日 don’t Straße e\u0301té हिन्दी การเปรียบเทียบ"
    thai = "การเปรียบเทียบ"

    assert words(text) == [
        *("東京都", "京都に", "都に日"),
        *("don", "t", "strasse", "été", "हिन्दी"),
        *(thai[start : start + 9] for start in range(len(thai) - 8)),
    ]
    assert length(text) == round(5 / 2 + 5 + 14 / 5)
    assert length("Two words") == 2


def test_texts_without_spaces_are_compared_as_well() -> None:
    """Japanese with a sentence left out shares the rest."""
    sentences = [
        f"{chr(0x3042 + n % 70)}{chr(0x4E00 + 7 * n)}{chr(0x5000 + 11 * n)}を見{chr(0x4E00 + 3 * n)}た。"
        for n in range(60)
    ]

    found = share("".join(sentences), "".join(each for at, each in enumerate(sentences) if at % 5))

    assert 0.75 < found.part < 0.85
    assert {*sketch("".join(sentences))} & {*sketch("".join(sentences[6:]))}
