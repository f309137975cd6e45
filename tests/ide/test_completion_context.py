"""Prompts: what a half-typed text asks for, and that no text is too odd to be asked about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notes_lsp.ide.completion.context import (
    Callout,
    FootnoteLabel,
    PathAnchor,
    PathTarget,
    Prompt,
    ReferenceLabel,
    TagName,
    TaskState,
    VaultBlock,
    VaultHeading,
    WikiAnchor,
    WikiLabel,
    WikiTarget,
    prompt_at,
)
from notes_lsp.markdown.parse import parse


def asked(marked: str) -> Prompt | None:
    """What is asked for at ``<|>``."""
    offset = marked.index("<|>")
    text = marked.replace("<|>", "")
    return prompt_at(parse("a.md", text), text, offset)


@pytest.mark.parametrize(
    "marked,kind,typed,closing",
    [
        ("[[<|>", WikiTarget, "", "]]"),
        ("[[my no<|>]", WikiTarget, "my no", "]"),
        ("[[my no<|>]]", WikiTarget, "my no", ""),
        ("[[a]] [[b<|> [[c]]", WikiTarget, "b", "]]"),
        ("![[a<|>", WikiTarget, "a", "]]"),
        ("[[a#h<|>", WikiAnchor, "h", "]]"),
        ("[[a#g#h<|>]]", WikiAnchor, "h", ""),
        ("[[a#^b<|>", WikiAnchor, "b", "]]"),
        ("[[a|l<|>]]", WikiLabel, "l", ""),
        ("[[^^some words<|>", VaultBlock, "some words", "]]"),
        ("[[##head<|>", VaultHeading, "head", "]]"),
        ("[x](a<|>", PathTarget, "a", ")"),
        ("[x](a<|>)", PathTarget, "a", ""),
        ('[x](a<|> "t")', PathTarget, "a", ""),
        ("[x](a<|> b", PathTarget, "a", ")"),
        ("[x](a(b<|>", PathTarget, "a(b", ")"),
        ("[x](<a b<|>", PathTarget, "a b", ">)"),
        ("[x](<a b<|>)", PathTarget, "a b", ">"),
        ("[x](<a b<|>>)", PathTarget, "a b", ""),
        ("[x](a.md#h<|>", PathAnchor, "h", ")"),
        ("[x](#h<|>)", PathAnchor, "h", ""),
        ("[x](##h<|>)", VaultHeading, "h", ""),
        ("[d]: a<|>", PathTarget, "a", ""),
        ("[d]: <a<|>", PathTarget, "a", ">"),
        ('<img src="a<|>">', PathTarget, "a", ""),
        ("<a href='a<|>", PathTarget, "a", "'"),
        ("[x][l<|>", ReferenceLabel, "l", "]"),
        ("[l<|>]", ReferenceLabel, "l", ""),
        ("x[^n<|>", FootnoteLabel, "n", "]"),
        ("a #t/u<|>", TagName, "t/u", ""),
        ("#t<|>", TagName, "t", ""),
        ("- [<|>", TaskState, "", "] "),
        ("- [<|>] do", TaskState, "", ""),
        ("> [!n<|>", Callout, "n", "] "),
    ],
)
def test_what_is_asked_for(marked: str, kind: type[Prompt], typed: str, closing: str) -> None:
    """The kind of thing, what was typed of it, and what is missing behind the cursor."""
    prompt = asked(marked)

    assert isinstance(prompt, kind)
    assert (prompt.typed, prompt.closing) == (typed, closing)


@pytest.mark.parametrize(
    "marked",
    [
        "<|>",
        "[<|>",
        "(a<|>",
        "[[a]]<|>",
        r"\[[a<|>",
        r"\[x](a<|>",
        "[x](a b<|>",
        "[x](a)<|>",
        "[x](https://a<|>",
        "# <|>",
        "#<|>",
        "> ##<|>",
        "a#t<|>",
        "`[[a<|>`",
        "```\n[[a<|>\n",
        "    [[a<|>",
        "<!-- [[a<|> -->",
        "%% [[a<|> %%",
        "$$\n[[a<|>\n$$",
        "https://example.org/[[a<|>",
        "---\ntitle: '[[a<|>'\n---\n",
        "[[" + "a" * 300 + "<|>",
    ],
)
def test_where_nothing_is_asked(marked: str) -> None:
    """In code, comments, math, addresses and headers, behind what is finished or escaped, and where words are typed."""
    assert asked(marked) is None


def test_an_image_wants_files() -> None:
    """Behind ``![`` and in ``<img>``."""
    for marked in ("![x](a<|>", '<img src="a<|>'):
        prompt = asked(marked)
        assert isinstance(prompt, PathTarget)
        assert prompt.image


PIECES = [
    "[[",
    "]]",
    "[",
    "]",
    "(",
    ")",
    "<",
    ">",
    "#",
    "^",
    "|",
    "!",
    "`",
    "$",
    "%%",
    "a",
    " ",
    "\n",
    "\r\n",
    "\\",
    '"',
    "- ",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12), st.lists(st.sampled_from(PIECES), max_size=8))
def test_the_span_is_what_was_typed_up_to_the_cursor(before: list[str], after: list[str]) -> None:
    """On the cursor's line, ending at the cursor; whatever is missing behind it is made of closing signs."""
    head = "".join(before)
    text = head + "".join(after)

    prompt = prompt_at(parse("a.md", text), text, len(head))

    if prompt is not None:
        assert prompt.span.end == len(head)
        assert text[prompt.span.start : prompt.span.end].endswith(prompt.typed)
        assert not {"\n", "\r"} & set(text[prompt.span.start : prompt.span.end])
        assert set(prompt.closing) <= set("])>\"' ")
