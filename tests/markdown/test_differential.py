"""Differential test: links and headings stand where pulldown-cmark, a parser of other making, says they do."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from notes_lsp.facts import LinkKind
from notes_lsp.markdown.parse import parse

pyromark = pytest.importorskip("pyromark", reason="pyromark, which brings pulldown-cmark, is not installed")

OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_WIKILINKS
)

# Left out of what is generated, since here the two differ on purpose or by the block parser we build on:
# - "$", "%%": mathematics and comments are opaque for us; pulldown-cmark knows other mathematics and no comments.
# - Definitions: "[a]: b" begins a paragraph in CommonMark, and the line after it continues that; markdown-it-py ends
#   the block there, so that an indented line or a lone "-" below it differs. The notes written out have definitions.
# - Tables whose header is not the first line of its paragraph are tables for us alone.
# - Footnotes: "[^1][x](y)" is no footnote for pulldown-cmark; written out below.
# - Collapsed references: of "[a][]" pulldown-cmark reports only "[a]".
# - "\t" and four spaces below a table: an indented row is code for us and a row for pulldown-cmark.
ATOMS = [
    *(
        "[",
        "]",
        "(",
        ")",
        "[a]",
        "(b)",
        "[x](y)",
        "![i](j)",
        "<https://a.b>",
        "(<",
        '"t")',
        "[[w]]",
        "[[w|l]]",
        "![[e]]",
    ),
    *(
        "`",
        "``",
        "`c`",
        "*",
        "**",
        "_",
        "\\",
        "<",
        ">",
        "<a b='c'>",
        "</a>",
        "<!-- c -->",
        "<b",
        "\\[",
        "\\]",
        "!",
        "&amp;",
    ),
    *("a", "b", " ", " ", '"', "'", "é", "😀", "|", "\n", "\n", "\n\n", "\n> ", "\n- ", "\n  ", "\n1. "),
    *("\n# ", "\n## ", " #", "\n===", "\n---", "\n```\n", "\n\n| a | b |\n|---|---|\n| c | [x](y) |\n\n"),
]

NOTES = [
    "# Title with [a link](b.md) #\n\nText [x](<y z.md#a> 'title') and ![i](j.png).\n\nSetext *two*\nlines\n===\n",
    "- a [b](c)\n  - d [e](f_(g))\n\n    h ![i](j)\n- k\n\n> q [l](m)\n> > r <https://n.o>\nlazy [p](q)\n",
    "| a [b](c) | d |\n|---|:-:|\n| `e` | [f](g 'h') |\n| [[i]] | ![[j]] |\n\nafter [k](l)\n",
    "[a][b] [b] [c] [[d]] [e [f](g) h](i) [![j](k)](l)\n\n[b]: <m n> 'o'\n[p]:\n  q\n",
    "x[^1] y[^zwei].\n\n[^1]: one [a](b)\n\n    more [c](d)\n\n[^zwei]: two\n",
    "`[a](b)` ``[c]`(d)`` \\[e](f) [g\\](h) [i](j\\)k) <k@l.m> <b>[n](o)</b>\n",
    "```\n[a](b)\n```\n\n~~~~\n# c\n~~~\n~~~~\n\n    [d](e)\n\n<div>\n[f](g)\n</div>\n\n<div>\n\n[h](i)\n\n</div>\n",
    "# é 😀 [ü](v)\n\n日本語 [リンク](ノート.md#見出し) 🗺 <https://例え.jp>\n\n> # 引用 [a](b)\n",
    "1. a\n   # b [c](d)\n2. e\n   ---\n\nf\n---\n\n***\n\n####### no\n#no\n###### yes\n",
    "[a](b\nc) [d](e\n'f') [g\nh](i) [j]( <k> ) [l]() [](m) [n](o \"p\" q) [r](s(t)u) [v](w(x)\n",
]


def theirs(text: str) -> set[tuple[str, int, int]]:
    """What pulldown-cmark finds: kind, start and end in code points; of a heading only where it begins."""
    encoded = text.encode()
    found = set()
    for event, where in pyromark.events_with_range(text, options=OPTIONS):
        kind = _kind(event)
        if kind:
            start, end = (len(encoded[: where[side]].decode()) for side in ("start", "end"))
            found.add((kind, start, start if kind.startswith("H") else end))
    return found


def _kind(event: Any) -> str | None:
    opened = event.get("Start") if isinstance(event, dict) else None
    if not isinstance(opened, dict):
        return None
    [(name, of)] = opened.items()
    if name == "Heading":
        return str(of["level"])
    if name not in {"Link", "Image"}:
        return None
    if isinstance(of["link_type"], dict):
        return "wiki"
    return {"Inline": "inline", "Autolink": "autolink", "Email": "autolink"}.get(of["link_type"], "reference")


def ours(text: str) -> set[tuple[str, int, int]]:
    """The same of our facts."""
    facts = parse("note.md", text)
    kinds = {LinkKind.WIKI: "wiki", LinkKind.INLINE: "inline", LinkKind.AUTOLINK: "autolink"}
    defined = {definition.key for definition in facts.definitions}
    return {
        *((kinds[link.kind], *link.span) for link in facts.links if link.kind in kinds),
        *(("reference", *reference.span) for reference in facts.references if reference.key in defined),
        *((f"H{heading.level}", heading.span.start, heading.span.start) for heading in facts.headings),
    }


@pytest.mark.parametrize("text", NOTES)
def test_notes_as_people_write_them(text: str) -> None:
    """Headings, links, images, references and autolinks stand at the same places for both parsers."""
    expected = theirs(text)

    assert expected
    assert ours(text) == expected


@settings(max_examples=400, derandomize=True)  # two parsers never agree on all there is
@given(st.lists(st.sampled_from(ATOMS), max_size=14).map("".join))
def test_generated_notes(text: str) -> None:
    """The same for notes put together at random, but for what the comment above names."""
    assume("]:" not in text and "\n    " not in text and "[[[" not in text)
    expected = theirs(text)
    links = {(start, end) for kind, start, end in expected if kind in {"inline", "reference"}}
    # A link's label holds no other link for us, but CommonMark leaves autolinks and embeds in it alone.
    within = {
        item
        for item in expected
        if item[0] in {"autolink", "wiki", "inline"} and any(start < item[1] and item[2] < end for start, end in links)
    }

    assert ours(text) - within == expected - within
