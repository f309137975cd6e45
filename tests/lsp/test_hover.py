"""Folds, selections, hints, lenses, highlights and document links, asked of vaults in memory."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexing import the_note, vault_of
from notes_lsp.ide.navigation.code_lens import code_lenses
from notes_lsp.ide.navigation.document_highlight import find_highlights
from notes_lsp.ide.navigation.document_link import document_links, resolve_document_link
from notes_lsp.ide.structure.folding_range import FoldKind, folding_ranges
from notes_lsp.ide.structure.inlay_hint import title_hints
from notes_lsp.ide.structure.selection_range import selection_ranges
from notes_lsp.text.source import Span


def test_folds_of_every_kind() -> None:
    """Sections, frontmatter, lists, fences, tables, quotes, comments and regions fold; single lines do not."""
    text = (
        "---\ntitle: x\n---\n# A\n\n- one\n  - two\n\n```\ncode\n```\n\n## B\n\n| a |\n| - |\n| b |\n\n> q\n> r\n\n"
        "<!--\nc\n-->\n\n<!-- #region -->\n\ntext\n\n<!-- #endregion -->\n\n# C\n"
    )
    vault = vault_of({"n.md": text})

    found = {(fold.first, fold.last, fold.kind) for fold in folding_ranges(vault, the_note(vault, "n.md"))}

    assert found >= {
        (0, 2, FoldKind.BLOCK),
        (3, 29, FoldKind.BLOCK),
        (5, 6, FoldKind.BLOCK),
        (8, 10, FoldKind.BLOCK),
        (12, 29, FoldKind.BLOCK),
        (14, 16, FoldKind.BLOCK),
        (18, 19, FoldKind.BLOCK),
        (21, 23, FoldKind.COMMENT),
        (25, 29, FoldKind.REGION),
    }
    assert all(first < last for first, last, _ in found)
    assert not any(first == 31 for first, _, _ in found)


@given(st.text("# ab[]()-*>|`\n\t", max_size=60), st.integers(0, 60))
def test_selections_grow(text: str, offset: int) -> None:
    """Each selection holds the one before and the cursor, and the last is the whole text."""
    vault = vault_of({"n.md": text})
    offset = min(offset, len(text))

    found = selection_ranges(vault, the_note(vault, "n.md"), offset)

    assert found[-1] == Span(0, len(text))
    assert all(span.start <= offset <= span.end for span in found)
    for inner, outer in itertools.pairwise(found):
        assert outer.start <= inner.start <= inner.end <= outer.end
        assert inner != outer


@pytest.mark.timeout(10)
@pytest.mark.parametrize("unit", ["`", "_> ", "`x ", "==> "])
def test_a_selection_in_a_line_like_a_book(unit: str) -> None:
    """However long the line is and whatever marks it is full of, what is marked round the cursor is found at once."""
    text = unit * (100_000 // len(unit)) + "here is *the word* meant"
    vault = vault_of({"n.md": text})

    found = selection_ranges(vault, the_note(vault, "n.md"), text.index("word"))

    assert [text[span.start : span.end] for span in found[:3]] == ["word", "the word", "*the word*"]


def test_a_selection_grows_from_a_part_of_a_link_to_its_section() -> None:
    """From the word to the target, the link, the line, the section, the note."""
    text = "# A\n\nsee [[my note#part|label]] here\n\n## B\n"
    vault = vault_of({"n.md": text})

    found = selection_ranges(vault, the_note(vault, "n.md"), text.index("note"))

    shown = [text[span.start : span.end] for span in found]
    assert shown[0] == "note"
    for expected in ("my note", "[[my note#part|label]]", "see [[my note#part|label]] here"):
        assert expected in shown


OPAQUE = {
    "202406231200.md": "# Why mulch\n",
    "2024-06-23.md": "# A day\n",
    "4f3a9c.md": "# By hash\n",
    "tea.md": "# All about tea\n",
    "20240101.md": "",
}


@pytest.mark.parametrize(
    "link, shown",
    [
        ("[[202406231200]]", ["Why mulch"]),
        ("[[202406231200#x]]", ["Why mulch"]),
        ("[[4f3a9c]]", ["By hash"]),
        ("[[202406231200|said]]", []),  # the label tells it
        ("[[tea]]", []),  # a word tells it
        ("[[2024-06-23]]", []),  # a date tells it
        ("[[20240101]]", []),  # there is no title to tell
        ("[[209912312359]]", []),  # nor a note
    ],
)
def test_hints_tell_what_a_link_does_not(link: str, shown: list[str]) -> None:
    """Only a link whose name is an id gets the title of its note behind it."""
    vault = vault_of({**OPAQUE, "n.md": f"see {link}\n"})

    found = title_hints(vault, the_note(vault, "n.md"), Span(0, 100))

    assert [hint.text for hint in found] == shown
    assert all(hint.offset == 4 + len(link) for hint in found)


def test_lenses_count_mentions() -> None:
    """The note counts backlinks from others; headings and blocks count every mention, their own note's included."""
    vault = vault_of(
        {
            "n.md": "# N\n\n## A\n\n## B\n\npar ^id\n\n[[#A]]\n",
            "x.md": "[[n]] [[n#A]] [[n#^id]] [[n#A]] [[n#nope]]\n",
        }
    )

    found = [(lens.label, lens.span) for lens in code_lenses(vault, the_note(vault, "n.md"))]

    assert [label for label, _ in found] == ["5 backlinks", "3 mentions", "1 mention"]


def test_a_note_nobody_mentions_has_no_lens() -> None:
    """Nothing is said where there is nothing to count."""
    vault = vault_of({"n.md": "# N\n## A\n"})

    assert code_lenses(vault, the_note(vault, "n.md")) == []


def highlighted(text: str, at: str) -> list[str]:
    """What is highlighted with the cursor in ``at``, a tilde marking the declaration."""
    vault = vault_of({"n.md": text, "b.md": "# B\n## S\n"})
    found = find_highlights(vault, the_note(vault, "n.md"), text.index(at) + 1)
    return [("~" if each.declaration else "") + text[each.span.start : each.span.end] for each in found]


@pytest.mark.parametrize(
    "text, at, shown",
    [
        ("[[b]] [x](b.md) [[b#S]]\n", "[[b]]", ["[[b]]", "[x](b.md)"]),
        ("[[b#S]] [[b]] [[b#s]]\n", "[[b#S]]", ["[[b#S]]", "[[b#s]]"]),
        ("#t and #t/u, #t\n", "#t", ["#t", "#t"]),
        ("# H\n[[#H]] and [[#h]]\n", "H", ["~H", "[[#H]]", "[[#h]]"]),
        ("a[^1] b[^1]\n\n[^1]: n\n", "[^1]", ["1", "1", "~1"]),
        ("[x][k] [k]\n\n[k]: b.md\n", "[x]", ["k", "k", "~k"]),
        ("<https://a.b> https://a.b https://c.d\n", "https://a.b>", ["<https://a.b>", "https://a.b"]),
        ("[[gone]] [[gone]] [[other]]\n", "[[gone", ["[[gone]]", "[[gone]]"]),
        ("plain words\n", "plain", []),
    ],
)
def test_highlights(text: str, at: str, shown: list[str]) -> None:
    """What means the same is highlighted, in this note alone."""
    assert highlighted(text, at) == shown


def test_document_links_lead_somewhere() -> None:
    """Only links that lead anywhere are underlined; asked for, each says where it goes."""
    text = "[[b]] [[gone]] [m](mailto:a@b.c) <https://a.b>\n"
    vault = vault_of({"n.md": text, "b.md": "# Bee\n"})
    note = the_note(vault, "n.md")

    spans = document_links(vault, note)

    assert [text[span.start : span.end] for span in spans] == ["[[b]]", "[m](mailto:a@b.c)", "https://a.b"]
    answers = [resolve_document_link(vault, note, span.start) for span in spans]
    assert [(answer[0].url, answer[1]) for answer in answers if answer] == [
        (None, "Bee"),
        ("mailto:a@b.c", "mailto:a@b.c"),
        ("https://a.b", "https://a.b"),
    ]
    assert resolve_document_link(vault, note, 3) is None
