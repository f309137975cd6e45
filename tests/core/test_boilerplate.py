"""Boilerplate: what a template left behind goes, what several notes say of themselves stays."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from notes_lsp.core.boilerplate import without_boilerplate

TEMPLATE = "## What was decided\n\n%% leave this line %%\nWrite down who came to it.\n"


def test_lines_of_a_template_go() -> None:
    """Headings, comments and sentences that four others have letter by letter go; the frontmatter stays."""
    header = "---\nkind of note: a meeting note\n---\n"
    others = [f"{header}{TEMPLATE}\nother {number}" for number in range(4)]
    text = f"{header}{TEMPLATE}\nworms and a heap\n"
    assert without_boilerplate(text, len(header), others) == f"{header}\n\nworms and a heap\n"
    assert without_boilerplate(text, len(header), others[:3]) == text


def test_what_notes_share_stays() -> None:
    """A tag, a link or a word in a line of its own is nothing that a template left behind."""
    text = "#soil\n- [[The long title of a note]]\n- [a](the/long/path.md)\nhttps://example.org/one/two/three\nworms\n"
    assert without_boilerplate(text, 0, [text] * 9) == text


@given(st.lists(st.sampled_from(["# a", "one two three\r\n", "x\n", "\u2028", "%%\n", "\x0c", ""])).map("".join))
def test_nothing_is_added(text: str) -> None:
    """Whatever a text holds, without others nothing goes, and with them nothing comes."""
    assert without_boilerplate(text, 0, []) == text
    assert len(without_boilerplate(text, 0, [text] * 5)) <= len(text)
