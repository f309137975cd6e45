"""Boilerplate: what a template left behind goes, what several notes say of themselves stays."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from notes_lsp.similarity.boilerplate import split_boilerplate
from notes_lsp.similarity.terms import count_terms

TEMPLATE = "## What was decided\n\n%% leave this line %%\nWrite down who came to it.\n"


def test_lines_of_a_template_go() -> None:
    """Headings, comments and sentences that four others have letter by letter go; the frontmatter stays."""
    header = "---\nkind of note: a meeting note\n---\n"
    others = [f"{header}{TEMPLATE}\nother {number}" for number in range(4)]
    text = f"{header}{TEMPLATE}\nworms and a heap\n"
    own = f"{header}\n\nworms and a heap\n"
    assert split_boilerplate(text, len(header), others) == (own, TEMPLATE.replace("\n\n", "\n"))
    assert split_boilerplate(text, len(header), others[:3]) == (text, "")


def test_what_notes_share_stays() -> None:
    """A tag, a link or a word in a line of its own is nothing that a template left behind."""
    text = "#soil\n- [[The long title of a note]]\n- [a](the/long/path.md)\nhttps://example.org/one/two/three\nworms\n"
    assert split_boilerplate(text, 0, [text] * 9) == (text, "")


PIECES = ["# a", "one two three\r\n", "x\n", "\u2028", "%%\n", "\x0c", "", "Über\u0308 機械学習", "%20two_three ", "\r"]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_nothing_is_lost(text: str) -> None:
    """Whatever a text holds, without others nothing goes, and with them every word is on one of both sides."""
    assert split_boilerplate(text, 0, []) == (text, "")
    own, left_out = split_boilerplate(text, 0, [text] * 5)
    assert len(own) + len(left_out) == len(text)
    assert count_terms(own) + count_terms(left_out) == count_terms(text)
