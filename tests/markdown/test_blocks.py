"""Parsing blocks: headings, block ids, tasks, regions, and where nothing is read."""

from __future__ import annotations

import pytest

from notes_lsp.facts import BlockKind
from notes_lsp.markdown.parse import parse
from notes_lsp.text.source import Span


def cut(text: str, span: Span) -> str:
    """The text that a span covers."""
    return text[span.start : span.end]


@pytest.mark.parametrize(
    "text, level, whole, written, title",
    [
        ("# a", 1, "# a", "a", "a"),
        ("x\n### b c  ", 3, "### b c", "b c", "b c"),
        ("## Foo ##", 2, "## Foo ##", "Foo", "Foo"),
        ("## C# #", 2, "## C# #", "C#", "C#"),
        ("#\tTab", 1, "#\tTab", "Tab", "Tab"),
        ("> - # in", 1, "# in", "in", "in"),
        ("a *b*\n  c\n===  ", 1, "a *b*\n  c\n===", "a *b*\n  c", "a b c"),
        ("> a\n> b\n> ---", 2, "a\n> b\n> ---", "a\n> b", "a b"),
        (
            "# A [[b|c]] ~~`d`~~ **e**&amp;<i>f</i> ![g](h) \\*",
            1,
            "# A [[b|c]] ~~`d`~~ **e**&amp;<i>f</i> ![g](h) \\*",
            "A [[b|c]] ~~`d`~~ **e**&amp;<i>f</i> ![g](h) \\*",
            "A c d e&f g *",
        ),
        (
            "# [a](b) [[c]][^1] snake_case",
            1,
            "# [a](b) [[c]][^1] snake_case",
            "[a](b) [[c]][^1] snake_case",
            "a c snake_case",
        ),
        ("# 見出し 😀\r\nx", 1, "# 見出し 😀", "見出し 😀", "見出し 😀"),
        ("# a ^id", 1, "# a ^id", "a", "a"),
        ("#", 1, "#", "", ""),
    ],
)
def test_a_heading_is_its_markers_and_its_title(text: str, level: int, whole: str, written: str, title: str) -> None:
    """Closing hashes and underlines belong to the heading, not to its title; the title as read has no markup."""
    [heading] = parse("note.md", text).headings

    assert (heading.level, cut(text, heading.span)) == (level, whole)
    assert (cut(text, heading.title_span), heading.title) == (written, title)


@pytest.mark.parametrize(
    "text",
    ["#tag", "I like C# a lot", r"\# a", "    # a", "```\n# a\n```", "####### a", "---\n# a\n---\n", "A\n\n-\n-"],
)
def test_what_is_not_a_heading(text: str) -> None:
    """Without a space, inside a line, escaped, in code or in frontmatter it is none."""
    assert parse("note.md", text).headings == ()


def test_an_unclosed_link_does_not_swallow_the_heading_below() -> None:
    """While a link is half typed the outline stays."""
    assert [heading.title for heading in parse("note.md", "[[cp1\n# H\n").headings] == ["H"]


def test_sections_reach_to_the_next_heading_of_their_rank() -> None:
    """A section ends where a heading of the same or a higher rank begins its line, or with the text."""
    text = "# A\n## B\nb\n### C\n> ## D\n# E\ne"
    facts = parse("note.md", text)

    assert [(heading.title, cut(text, heading.section)) for heading in facts.headings] == [
        ("A", "# A\n## B\nb\n### C\n> ## D\n"),
        ("B", "## B\nb\n### C\n"),
        ("C", "### C\n"),
        ("D", "## D\n"),
        ("E", "# E\ne"),
    ]


def test_slugs_are_unique_in_a_note() -> None:
    """Of two headings of one text the second gets a number that no other heading took."""
    facts = parse("note.md", "# A\n# A 1\n# A\n# `A`\n# B_c d!")

    assert [heading.slug for heading in facts.headings] == ["a", "a-1", "a-2", "a-3", "b_c-d"]


@pytest.mark.parametrize(
    "text, block_id, block",
    [
        ("one\ntwo ^12345", "12345", "one\ntwo ^12345"),
        ("one\n\ntwo\n^my-id", "my-id", "two\n^my-id"),
        ("- a ^x\n- b", "x", "- a ^x"),
        ("- a ^x\n  - c\n- b", "x", "- a ^x\n  - c"),
        ("- a\n- b\n\n^x", "x", "- a\n- b"),
        ("- a\n- b\n^x", "x", "- a\n- b\n^x"),
        ("> a\n> b\n\n^x", "x", "> a\n> b"),
        ("> a\n> b\n^x", "x", "> a\n> b\n^x"),
        ("| a |\n|---|\n| b |\n\n^x", "x", "| a |\n|---|\n| b |"),
        ("| a |\n|---|\n| b |\n^x", "x", "| a |\n|---|\n| b |"),
        ("```\na\n```\n^x", "x", "```\na\n```"),
        ("# a ^x", "x", "# a ^x"),
        ("> a ^x", "x", "> a ^x"),
        ("a ^x  \r\n\r\nb", "x", "a ^x  "),
    ],
)
def test_a_block_id_names_its_block(text: str, block_id: str, block: str) -> None:
    """At a line's end it names the paragraph, item or heading; alone below a block it names that block."""
    [found] = parse("note.md", text).blocks

    assert (found.id, cut(text, found.span), cut(text, found.block)) == (block_id, f"^{block_id}", block)


@pytest.mark.parametrize(
    "text", ["x ^2 y", "a^b", "a ^", "`a ^b`", "```\na ^b\n```", "[[n#^b]]", "a ^b c^", "%%a ^b%%", "a ^^"]
)
def test_what_is_not_a_block_id(text: str) -> None:
    """Inside a line, joined to a word, in code, in a link or in a comment it is none."""
    assert parse("note.md", text).blocks == ()


@pytest.mark.parametrize(
    "text, state, words, whole",
    [
        ("- [ ] do it", " ", "do it", "[ ] do it"),
        ("* [x] done  ", "x", "done", "[x] done"),
        ("1. [/] half\n   more", "/", "half", "[/] half"),
        ("> - [>] later", ">", "later", "[>] later"),
        ("- [ ]", " ", "", "[ ]"),
        ("- [X]\tTab", "X", "Tab", "[X]\tTab"),
        ("- [ ] [[a]] #b", " ", "[[a]] #b", "[ ] [[a]] #b"),
    ],
)
def test_a_task_is_an_item_with_a_state(text: str, state: str, words: str, whole: str) -> None:
    """Any one character is a state; the task goes to the end of the item's first line."""
    [task] = parse("note.md", text).tasks

    assert (task.state, task.text, cut(text, task.span)) == (state, words, whole)


@pytest.mark.parametrize("text", ["[ ] a", "- [] a", "- [xy] a", "- [x](y)", "- [[x]] a", "- a\n\n  [x] b", "- [x]y"])
def test_what_is_not_a_task(text: str) -> None:
    """Outside of an item, in its second paragraph, or without its space it is none."""
    assert parse("note.md", text).tasks == ()


def test_regions_are_whole_lines() -> None:
    """Every block has a region from the beginning of its first line to the end of its last."""
    text = (
        "---\na: b\n---\n\n- x\n  - y\n\n> q\n> q\n\n| a |\n|---|\n| b |\n\n```py\n\n```\n\n    code\n\n"
        "<div>\n</div>\n\n<!--\nc\n-->\n\n%%\nc\n\n%%\n\n$$\nm\n$$\n\np\np"
    )
    regions = parse("note.md", text).regions

    assert [(region.kind, cut(text, region.span)) for region in regions] == [
        (BlockKind.FRONTMATTER, "---\na: b\n---"),
        (BlockKind.LIST, "- x\n  - y"),
        (BlockKind.ITEM, "- x\n  - y"),
        (BlockKind.PARAGRAPH, "- x"),
        (BlockKind.LIST, "  - y"),
        (BlockKind.ITEM, "  - y"),
        (BlockKind.PARAGRAPH, "  - y"),
        (BlockKind.QUOTE, "> q\n> q"),
        (BlockKind.PARAGRAPH, "> q\n> q"),
        (BlockKind.TABLE, "| a |\n|---|\n| b |"),
        (BlockKind.FENCE, "```py\n\n```"),
        (BlockKind.CODE, "    code"),
        (BlockKind.HTML, "<div>\n</div>"),
        (BlockKind.COMMENT, "<!--\nc\n-->"),
        (BlockKind.COMMENT, "%%\nc\n\n%%"),
        (BlockKind.MATH, "$$\nm\n$$"),
        (BlockKind.PARAGRAPH, "p\np"),
    ]


def test_opaque_is_where_nothing_is_read() -> None:
    """Code, comments, mathematics and URLs, in order; an unclosed comment or formula is plain text."""
    text = (
        "a `b` ``c`` $d$ $$e$$ %%f%% <!-- g --> <https://h.i> https://j.k $5 and $6 %%l\n\n"
        "```\nm\n```\n\n    n\n\n%%\no\n\np %% [[q]]\n\n$$\nr\n\ns $$\n\n$$ t\n\n[[u]] $$\n\n<p>\n<!-- v -->\n</p>\n"
    )
    facts = parse("note.md", text)

    assert [cut(text, span) for span in facts.opaque] == [
        "`b`",
        "``c``",
        "$d$",
        "$$e$$",
        "%%f%%",
        "<!-- g -->",
        "<https://h.i>",
        "https://j.k",
        "```\nm\n```",
        "    n",
        "%%\no\n\np %%",
        "$$\nr\n\ns $$",
        "<!-- v -->",
    ]
    assert [link.target for link in facts.links] == ["https://h.i", "https://j.k", "q", "u"]


@pytest.mark.parametrize(
    "text, words",
    [
        ("", 0),
        ("one two-three, 4x!", 4),
        ("---\ntitle: not counted\n---\nbody text", 2),
        ("naïve café", 2),
        ("你好 world", 3),
        ("日本語テスト", 6),
        ("한국어 단어", 2),
        ("# a `b`\n\n- [[c]]", 3),
    ],
)
def test_words_are_counted_in_every_script(text: str, words: int) -> None:
    """Runs of letters and digits; of scripts without spaces each character."""
    assert parse("note.md", text).words == words


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_facts_are_the_same_with_every_line_end(end: str) -> None:
    """Line ends move spans and change nothing else."""
    lines = [
        "---",
        "tags: [a]",
        "---",
        "# T [[x]]",
        "",
        "> q [y](z)",
        "> #t ^i",
        "",
        "S",
        "==",
        "",
        "[d]: e#f",
        "",
        "- [ ] k\0",
    ]
    text = end.join(lines)
    facts, plain = parse("note.md", text), parse("note.md", "\n".join(lines))

    assert [cut(text, heading.title_span) for heading in facts.headings] == ["T [[x]]", "S"]
    assert [cut(text, link.span) for link in facts.links] == ["[[x]]", "[y](z)", "e#f"]
    assert [cut(text, tag.span) for tag in facts.tags] == ["a", "#t"]
    assert [cut(text, block.span) for block in facts.blocks] == ["^i"]
    assert [cut(text, task.span) for task in facts.tasks] == ["[ ] k\0"]
    assert len(facts.regions) == len(plain.regions)


def test_a_long_note_works_whole() -> None:
    """What stands after ten thousand lines counts like what stands before them."""
    text = "line with [[a]]\n" * 10_001 + "\n# End\n\n[[b]]\n"
    facts = parse("note.md", text)

    assert len(facts.links) == 10_002
    assert text[slice(*facts.links[-1].span)] == "[[b]]"
    assert [heading.title for heading in facts.headings] == ["End"]
