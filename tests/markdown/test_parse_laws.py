"""Laws of parsing: total on every text, spans that lie in it and say what the facts say, and time that is linear."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notes_lsp.facts import Facts, LinkKind
from notes_lsp.markdown.parse import parse
from notes_lsp.text.source import Source, Span

MARKS = st.text(alphabet="[]()!#|\\^`$%<>-*_ \t\n\r:/\"'.ah1é😀\u2028\x0b\x0c\0", max_size=60)
ATOMS = st.lists(
    st.sampled_from(
        [
            *"[]()!#|\\^`$%<>-*_:",
            *(
                "[[",
                "]]",
                "![[",
                "](",
                "[a]",
                "[a]: b",
                "[^1]",
                "[^1]: ",
                "%%",
                "$$",
                "```",
                "<!--",
                "-->",
                "<a id='x'>",
            ),
            *(
                "#tag",
                " ^id",
                "https://a.b/c",
                "<https://a.b>",
                "- [ ] ",
                "- ",
                "> ",
                "1. ",
                "# ",
                "---",
                "===",
                "|-|",
                "\\|",
            ),
            *(
                "\n",
                "\n",
                "\n",
                "\n\n",
                "\r\n",
                "\r",
                "    ",
                "\t",
                " ",
                "word",
                "é",
                "😀",
                "\u2028",
                "\0",
                "---\ntags: [a]\n---\n",
            ),
        ]
    ),
    max_size=25,
).map("".join)
TEXTS = st.one_of(ATOMS, MARKS, st.text(max_size=80))


def spans(value: object) -> Iterator[Span]:
    """Every span in a value, however deep."""
    if isinstance(value, Span):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from spans(item)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from spans(getattr(value, name))


def check(text: str, facts: Facts) -> None:
    """What is true of the facts of any text."""
    for span in spans(facts):
        assert 0 <= span.start <= span.end <= len(text)
    _check_links(text, facts)
    for tag in facts.tags:
        shown = text[slice(*tag.span)]
        assert shown in {tag.name, f"#{tag.name}"} or facts.frontmatter
    for block in facts.blocks:
        assert text[slice(*block.span)] == f"^{block.id}"
        assert block.block.start <= block.span.start
    for reference in facts.references:
        assert text[reference.span.start] in "[!"
        assert text[reference.span.end - 1] == "]"
        assert " ".join(text[slice(*reference.label_span)].split()).casefold() == reference.key or "\n" in text
    for footnote in facts.footnotes:
        assert text.startswith("[^", footnote.span.start)
    for task in facts.tasks:
        assert text.startswith(f"[{task.state}]", task.span.start) or "\0" in text
    for heading in facts.headings:
        assert heading.span.start <= heading.title_span.start <= heading.title_span.end <= heading.span.end
        assert heading.section.start == heading.span.start
        assert heading.section.end >= heading.span.end
    _check_order(text, facts)


def _check_links(text: str, facts: Facts) -> None:
    brackets = {
        LinkKind.WIKI: ("[[", "]]"),
        LinkKind.INLINE: ("[", ")"),
        LinkKind.AUTOLINK: ("<", ">"),
    }
    for link in facts.links:
        shown = text[slice(*link.span)]
        start, end = brackets.get(link.kind, ("", ""))
        assert shown.startswith(("!" if link.embed and start else "") + start)
        assert shown.endswith(end)
        assert link.span.start <= link.target_span.start <= link.target_span.end == link.anchor_span.start
        assert link.anchor_span.end <= link.span.end
        assert (link.anchor is None) == (link.anchor_span.start == link.anchor_span.end)
        assert link.span.start <= link.label_span.start <= link.label_span.end <= link.span.end
        written = text[slice(*link.target_span)]
        assert written == link.target or any(odd in written for odd in "\n\r\0|")


def _check_order(text: str, facts: Facts) -> None:
    for facts_of_a_kind in (facts.headings, facts.links, facts.tags, facts.footnotes, facts.references, facts.tasks):
        assert sorted(facts_of_a_kind, key=lambda fact: fact.span) == list(facts_of_a_kind)
    for one, other in zip(facts.headings, facts.headings[1:], strict=False):
        assert one.span.end <= other.span.start
    for one_span, other_span in zip(facts.opaque, facts.opaque[1:], strict=False):
        assert one_span.end <= other_span.start
    source = Source(text)
    for region in facts.regions:
        first, last = source.line_of(region.span.start), source.line_of(region.span.end)
        assert region.span.start == source.line_span(first).start
        assert region.span.end == source.line_span(last).end


@given(TEXTS)
@example("")
@example("\r\n" * 3)
@example("[[a\r\n|b]]")
@example("- %%\n  $$\n")
@example(">\t- [a]: <b\n>   c")
def test_any_text_has_facts_with_true_spans(text: str) -> None:
    """Nothing raises, every span lies in the text, and what the text says there is what the fact says."""
    check(text, parse("note.md", text))


@given(ATOMS)
def test_every_prefix_of_a_text_has_facts(text: str) -> None:
    """A note is typed from its beginning: each state on the way is a note."""
    for end in range(len(text)):
        check(text[:end], parse("note.md", text[:end]))


@given(ATOMS, st.sampled_from(["\r\n", "\r"]))
def test_line_ends_change_no_fact(text: str, end: str) -> None:
    """A note saved with other line ends says the same, but where it has none within a fact."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    facts, other = parse("note.md", plain), parse("note.md", plain.replace("\n", end))

    assert [(link.kind, link.target, link.anchor, link.label) for link in facts.links] == [
        (link.kind, link.target, link.anchor, link.label) for link in other.links
    ]
    assert [heading.title for heading in facts.headings] == [heading.title for heading in other.headings]
    assert [tag.name for tag in facts.tags] == [tag.name for tag in other.tags]
    assert [region.kind for region in facts.regions] == [region.kind for region in other.regions]


@given(ATOMS)
def test_parsing_depends_on_nothing_but_the_text(text: str) -> None:
    """The parser is one for all notes and remembers none."""
    first = parse("note.md", text)
    parse("other.md", "[a]: b\n\n[^1]: c\n\n# x\n")

    assert parse("note.md", text) == first


# Each asks something of the parser that a careless one answers in square time or by recursion.
@pytest.mark.parametrize(
    "atom",
    [
        *("[", "[[", "]", "](", "[a](", "[a](b[", "[a][b", "[a][b]", "![", "[a]: b\n", "[^a]:", "[a](b 'c"),
        *("a<!--", "<a ", "<a b='", "a<?", "<div>\n<!--", "<div>\n<script ", "<xx:", "<a@"),
        *("`", "`a``", "$a ", "$$ a\n\n", "%% a\n\n", "- %% a\n", "\\", "\\|"),
        *("#", "#a/", "https://a(", "://", " ^a\n", " ^"),
        *(">", "> ", "- ", "1. ", "- a\n", "|a|\n|-|\n", "|a", "a\n-\n", "# [*", "*_", "\t", "\r\n"),
    ],
)
def test_a_pathological_text_is_read_like_any_other(atom: str) -> None:
    """Twice the text takes about twice the steps, and never more stack than there is."""
    small, large = (steps(atom * (size // len(atom))) for size in (3_000, 12_000))

    assert large < 8 * small + 20_000


def steps(text: str) -> int:
    """How many function calls it takes to parse a text: a measure that does not depend on the machine."""
    count = 0

    def trace(_frame: object, event: str, _arg: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(trace)
    try:
        parse("note.md", text)
    finally:
        sys.setprofile(before)
    return count
