"""Parsing links: every way to write one, with what stands where."""

from __future__ import annotations

import pytest

from notes_lsp.facts import Facts, Link, LinkKind
from notes_lsp.markdown.parse import parse


def links(text: str, *kinds: LinkKind) -> list[Link]:
    """The links of a text, of some kinds or of all."""
    return [link for link in parse("note.md", text).links if not kinds or link.kind in kinds]


def drawn(text: str, link: Link) -> tuple[str, str, str, str]:
    """A link as its spans show it: all of it, the target, the anchor with its ``#``, the label."""
    spans = (link.span, link.target_span, link.anchor_span, link.label_span)
    whole, target, anchor, label = (text[start:end] for start, end in spans)
    return whole, target, anchor, label


@pytest.mark.parametrize(
    "text, whole, target, anchor, label",
    [
        ("see [[note]] now", "[[note]]", "note", None, None),
        ("[[note#heading]]", "[[note#heading]]", "note", "heading", None),
        ("[[a#b#c]]", "[[a#b#c]]", "a", "b#c", None),
        ("[[#here|there]]", "[[#here|there]]", "", "here", "there"),
        ("[[n#^id1]]", "[[n#^id1]]", "n", "^id1", None),
        ("[[T#]]", "[[T#]]", "T", "", None),
        (r"[[F\##Section #3]]", r"[[F\##Section #3]]", r"F\#", "Section #3", None),
        ("[[T#head|]]", "[[T#head|]]", "T", "head", ""),
        ("[[n|shown|twice]]", "[[n|shown|twice]]", "n", None, "shown|twice"),
        ("[[]]", "[[]]", "", None, None),
        ("[[|]]", "[[|]]", "", None, ""),
        ("[[y z]]", "[[y z]]", "y z", None, None),
        ("![[pic.png]]", "![[pic.png]]", "pic.png", None, None),
        ("😀 [[αβγ]]", "[[αβγ]]", "αβγ", None, None),
        ("# A [[b]] ##", "[[b]]", "b", None, None),
        ("> - x [[b]]", "[[b]]", "b", None, None),
        ("[[[a]]]", "[[a]]", "a", None, None),
        ("[[Note: Sub#Head]]", "[[Note: Sub#Head]]", "Note: Sub", "Head", None),
        ("[[https://a.b/c#d]]", "[[https://a.b/c#d]]", "https://a.b/c#d", None, None),
        (r"[[a\|b]]", r"[[a\|b]]", "a", None, "b"),
    ],
)
def test_a_wiki_link_is_target_anchor_and_label(
    text: str, whole: str, target: str, anchor: str | None, label: str | None
) -> None:
    """The inside of ``[[...]]`` is split at its first ``|``, and what is before that at its first unescaped ``#``."""
    [link] = links(text)

    assert link.kind is LinkKind.WIKI
    assert link.embed == whole.startswith("!")
    assert (link.target, link.anchor, link.label) == (target, anchor, label)
    assert drawn(text, link) == (whole, target, "" if anchor is None else f"#{anchor}", label or "")


@pytest.mark.parametrize(
    "text",
    [
        "[[half typed",
        "[[half\n\ntyped]]",
        "[[cp1\n# heading]]",
        "[[three\nlines\nlong]]",
        r"\[[x]]",
        r"[[x]\]",
        "`[[x]]`",
        "```\n[[x]]\n```",
        "~~~\n[[x]]\n~~~",
        "    [[x]]",
        "<!-- [[x]] -->",
        "a <!-- [[x]] --> b",
        "<div>\n[[x]]\n</div>",
        "%%[[x]]%%",
        "%%\n\n[[x]]\n\n%%",
        "a $x_[[x]]$ b",
        "$$\n[[x]]\n$$",
        "[t](<[[x]]>)",
    ],
)
def test_what_is_not_a_wiki_link(text: str) -> None:
    """Half-typed, escaped, in code, in a comment, in HTML, in mathematics or in an address it is none."""
    assert links(text, LinkKind.WIKI) == []


@pytest.mark.parametrize(
    "text, target, label",
    [
        ("[[a long\nname]]", "a long name", None),
        ("> [[a long\n> name|label]]", "a long name", "label"),
        ("[[a|its long  \n   label]]", "a", "its long label"),
        ("[[a long\r\nname]]", "a long name", None),
    ],
)
def test_a_wiki_link_may_go_over_one_line_end(text: str, target: str, label: str | None) -> None:
    """A line end, as a wrapped paragraph has it, reads as a space; the spans hold it as written."""
    [link] = links(text)

    assert (link.target, link.label) == (target, label)
    assert drawn(text, link)[0].startswith("[[")
    assert drawn(text, link)[0].endswith("]]")


@pytest.mark.parametrize(
    "text, whole, target, anchor, label",
    [
        ('[t](note.md "title")', '[t](note.md "title")', "note.md", None, "t"),
        ("[t](n.md#h)", "[t](n.md#h)", "n.md", "h", "t"),
        ("[t](<dir with space/n.md#h>)", "[t](<dir with space/n.md#h>)", "dir with space/n.md", "h", "t"),
        ("[p](foo_(bar).md)", "[p](foo_(bar).md)", "foo_(bar).md", None, "p"),
        (r"[p](foo\(bar.md)", r"[p](foo\(bar.md)", r"foo\(bar.md", None, "p"),
        ("[f](file%20with%20spaces)", "[f](file%20with%20spaces)", "file%20with%20spaces", None, "f"),
        ("[](2)", "[](2)", "2", None, ""),
        ("[]()", "[]()", "", None, ""),
        ("[a]( b )", "[a]( b )", "b", None, "a"),
        ("[x](#nope)", "[x](#nope)", "", "nope", "x"),
        ("[x](https://h/a#b)", "[x](https://h/a#b)", "https://h/a#b", None, "x"),
        ("[m](mailto:a@b)", "[m](mailto:a@b)", "mailto:a@b", None, "m"),
        ("[r](Re:%20x.md#h)", "[r](Re:%20x.md#h)", "Re:%20x.md", "h", "r"),
        ("![alt](a.png 'b')", "![alt](a.png 'b')", "a.png", None, "alt"),
        ("[a [b] `]` c](d)", "[a [b] `]` c](d)", "d", None, "a [b] `]` c"),
        ("αβγ🗺[x](y)", "[x](y)", "y", None, "x"),
        ("a\u2028b\f[x](y)", "[x](y)", "y", None, "x"),
    ],
)
def test_an_inline_link_is_target_anchor_and_label(
    text: str, whole: str, target: str, anchor: str | None, label: str
) -> None:
    """The destination is kept as written, without angle brackets and title; a URL stays whole."""
    [link] = links(text, LinkKind.INLINE)

    assert (link.target, link.anchor, link.label) == (target, anchor, label)
    assert drawn(text, link) == (whole, target, "" if anchor is None else f"#{anchor}", label)
    assert link.embed == whole.startswith("!")
    assert link.angle == ("<" in whole)


@pytest.mark.parametrize(
    "text", ["[la bel](url title)", "[a](<b)", "[a](b", "[a] (b)", r"[a\](b)", "`[a](b)`", "[](a b)"]
)
def test_what_is_not_an_inline_link(text: str) -> None:
    """A space in a bare destination, an unclosed bracket or a gap make it text."""
    assert links(text, LinkKind.INLINE) == []


@pytest.mark.parametrize(
    "text, expected",
    [
        ("[a [b](c) d](e)", ["[b](c)"]),
        ("[a [[b]] c](d)", ["[[b]]"]),
        ("[a https://b.c d](e)", ["[a https://b.c d](e)"]),
        ("[a <https://b.c> d](e)", ["[a <https://b.c> d](e)"]),
        ("[![a](b.png)](c.md)", ["[![a](b.png)](c.md)", "![a](b.png)"]),
        ("[![[a.png]]](c.md)", ["[![[a.png]]](c.md)", "![[a.png]]"]),
        ("![a [b](c) d](e)", ["![a [b](c) d](e)"]),
        ("[[a]](b)", ["[[a]]"]),
    ],
)
def test_links_in_links(text: str, expected: list[str]) -> None:
    """A link holds no link; what an image is in is one still."""
    assert [text[slice(*link.span)] for link in links(text)] == expected


@pytest.mark.parametrize(
    "text, target",
    [
        ("see https://a.b/c.", "https://a.b/c"),
        ("(https://a.b/c_(d))", "https://a.b/c_(d)"),
        ("(https://a.b/c)", "https://a.b/c"),
        ("**https://a.b**", "https://a.b"),
        ("HTTP://a.b?c=d&e=f#g!", "HTTP://a.b?c=d&e=f#g"),
        ("见https://a.b/c，好", "https://a.b/c"),
        ("é2https://a.b/c", "https://a.b/c"),
        ("_https://a.b/c_", "https://a.b/c"),
        ("==https://a.b/c==", "https://a.b/c"),
        ("==see https://a.b/c.==", "https://a.b/c"),
        ("a==b== https://a.b/c?d==", "https://a.b/c?d=="),
        ("{{https://a.b/c}}", "https://a.b/c"),
        ("https://a.b/{c}/d", "https://a.b/{c}/d"),
        ("«https://a.b/c»", "https://a.b/c"),
        ("https://a.b/c&quot;, d", "https://a.b/c"),
        ("https://a.b/c&d=e; f", "https://a.b/c&d=e"),
        ("https://a.b/c\u200b, d", "https://a.b/c"),
        ("https://a.b/c，好", "https://a.b/c"),
        ("https://", None),
        ("xhttps://a.b", None),
        ("www.a.b", None),
        ("`https://a.b`", None),
    ],
)
def test_a_bare_url_ends_before_the_sentence_does(text: str, target: str | None) -> None:
    """Punctuation at the end and a bracket opened before belong to the sentence."""
    found = links(text, LinkKind.URL)

    assert [link.target for link in found] == ([] if target is None else [target])
    assert all(drawn(text, link)[:2] == (target, target) for link in found)


@pytest.mark.parametrize("inside", ["https://a.b/c#d", "me@example.org", "zotero://select/x"])
def test_an_autolink_is_what_is_between_the_angle_brackets(inside: str) -> None:
    """The span has the brackets, the target has not; nothing is cut off as an anchor."""
    text = f"a <{inside}> b"
    [link] = links(text)

    assert (link.kind, link.target, link.anchor, link.angle) == (LinkKind.AUTOLINK, inside, None, True)
    assert drawn(text, link) == (f"<{inside}>", inside, "", "")


def test_table_cells_unescape_bars() -> None:
    """In a cell ``\\|`` is a ``|``, and spans lead to where it is written."""
    text = "| a [[x\\|y]] | [l](m\\|n) |\n|---|---|\n| `\\|` [[p#q\\|r]] | [[s]] | [[excess]] |"
    found = links(text)

    assert [(link.target, link.anchor, link.label) for link in found] == [
        ("x", None, "y"),
        ("m|n", None, "l"),
        ("p", "q", "r"),
        ("s", None, None),
    ]
    assert drawn(text, found[0]) == (r"[[x\|y]]", "x", "", "y")
    assert drawn(text, found[1]) == (r"[l](m\|n)", r"m\|n", "", "l")
    assert drawn(text, found[2]) == (r"[[p#q\|r]]", "p", "#q", "r")


def test_html_has_links_and_anchors() -> None:
    """A quoted ``href`` or ``src`` is a link; ``id`` is an anchor, and so is the ``name`` of an ``<a>``."""
    text = (
        'x <a id="i" name=\'n\' href="h.md#j">y</a> <img src="z.png"> <a href=bare>\n\n'
        '<div id=d>\n<!-- <a id="no"> -->\n<input name="no">\n<script src="s.js">a = \'<a id="no">\'</script>\n</div>\n'
    )
    facts = parse("note.md", text)

    assert [(link.target, link.anchor, link.embed) for link in facts.links] == [
        ("h.md", "j", False),
        ("z.png", None, True),
        ("s.js", None, True),
    ]
    assert all(
        drawn(text, link)[:3] == (drawn(text, link)[0], link.target, f"#{link.anchor or ''}".rstrip("#"))
        for link in facts.links
    )
    assert [(anchor.id, text[slice(*anchor.span)]) for anchor in facts.anchors] == [("i", "i"), ("n", "n"), ("d", "d")]


def references(facts: Facts, text: str) -> list[tuple[str, str, bool]]:
    """The uses of labels: as written, the key, whether explicit."""
    return [(text[slice(*ref.span)], ref.key, ref.explicit) for ref in facts.references]


def test_a_definition_after_its_uses_is_a_link() -> None:
    """What stands in a label is no link, but the definition further down, and HTML below, are."""
    text = '[one], ![one]\n\n[one]: b.md\n\n<a href="c.md">\n'

    assert [link.target for link in parse("a.md", text).links] == ["b.md", "c.md"]


def test_references_are_full_collapsed_or_shortcut() -> None:
    """A label used explicitly counts whether or not it is defined, a shortcut only where it is."""
    text = "[t][La  Bel] [la bel][] [LA\nBEL] [gone] [t][gone] [gone][] ![i][la bel]\n\n[la bel]: a.md#b 'c'"

    assert references(parse("note.md", text), text) == [
        ("[t][La  Bel]", "la bel", True),
        ("[la bel][]", "la bel", True),
        ("[LA\nBEL]", "la bel", False),
        ("[t][gone]", "gone", True),
        ("[gone][]", "gone", True),
        ("![i][la bel]", "la bel", True),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "[][]",
        "[][][]",
        "- [ ][x]",
        "matrix[i][j]",
        "f()[a][b]",
        "[!note] x",
        "> [!tip]- y",
        "[x]",
        "[a\n\nb][c",
        "[a][^b]",
    ],
)
def test_brackets_that_are_no_reference(text: str) -> None:
    """Brackets that code, tasks and callouts are full of mean nothing."""
    assert parse("note.md", text).references == ()


@pytest.mark.parametrize(
    "text, expected",
    [
        ("[a][b](c)", []),
        ("[a][b][c]", ["[a][b]"]),
        ("[a][b][d]\n\n[d]: e", ["[b][d]"]),
        ("[a](b)[c][d]", []),
    ],
)
def test_a_label_to_nothing_may_begin_something_of_its_own(text: str, expected: list[str]) -> None:
    """Text in brackets belongs to one reference or link only."""
    assert [text[slice(*ref.span)] for ref in parse("note.md", text).references] == expected


@pytest.mark.parametrize(
    "text, label, target, anchor, angle",
    [
        ("[ab]: url", "ab", "url", None, False),
        ("> [ab]:\n> <a b.md#c> 'd'", "ab", "a b.md", "c", True),
        ("- x\n\n  [ab]: https://a.b#c", "ab", "https://a.b#c", None, False),
        ("[a\nb]: c.md", "a\nb", "c.md", None, False),
    ],
)
def test_a_definition_has_a_link(text: str, label: str, target: str, anchor: str | None, angle: bool) -> None:  # noqa: FBT001
    """``[label]: target`` is a definition, and its destination a link with spans of its own."""
    facts = parse("note.md", text)
    [definition] = facts.definitions
    [link] = facts.links

    assert (definition.label, text[slice(*definition.label_span)]) == (label, label)
    assert text[slice(*definition.span)].startswith("[")
    assert (link.kind, link.target, link.anchor, link.angle) == (LinkKind.DEFINITION, target, anchor, angle)
    assert drawn(text, link)[1:3] == (target, "" if anchor is None else f"#{anchor}")
    assert definition.target == target + ("" if anchor is None else f"#{anchor}")


def test_all_definitions_of_a_label_count() -> None:
    """The second definition of a label is a fact too, or nobody could be told of it."""
    facts = parse("note.md", "[a]: b\n[A]: c 'title'\n")

    assert [(definition.key, definition.target) for definition in facts.definitions] == [("a", "b"), ("a", "c")]


def test_footnotes_are_neither_links_nor_definitions() -> None:
    """``[^1]`` is a use, ``[^1]:`` at a line's beginning a definition that goes on to its last line."""
    text = "a[^1][^2][^b]\n\n[^1]: x\n    y [[z]]\n\n[^b]:Text\nno\n"
    facts = parse("note.md", text)

    assert [(text[slice(*note.span)], note.key, note.definition) for note in facts.footnotes] == [
        ("[^1]", "1", False),
        ("[^2]", "2", False),
        ("[^b]", "b", False),
        ("[^1]: x\n    y [[z]]", "1", True),
        ("[^b]:Text\nno", "b", True),
    ]
    assert all(text[slice(*note.label_span)] == note.key for note in facts.footnotes)
    assert (facts.definitions, facts.references) == ((), ())
    assert [link.target for link in facts.links] == ["z"]


def test_an_address_in_a_tag_needs_no_quotes() -> None:
    """HTML allows it, and nothing has to be written anew there when notes are renamed."""
    found = links("<a href=https://a.b/c#d>x</a> <a href=e.md>y</a>", LinkKind.HTML)

    assert [link.target for link in found] == ["https://a.b/c#d"]


@pytest.mark.parametrize(
    "text, target",
    [
        ("see doi:10.1000/xyz.", "doi:10.1000/xyz"),
        ("(DOI: 10.1000/xyz(b))", "DOI: 10.1000/xyz(b)"),
        ("arXiv:1706.03762v2, 2017", "arXiv:1706.03762v2"),
        ("arXiv: hep-th/9901001;", "arXiv: hep-th/9901001"),
        ("doi:10.1000", None),
        ("mydoi:10.1000/xyz", None),
        ("info:doi:10.1000/xyz", None),
        ("arXiv:17060.03762", None),
        ("`doi:10.1000/xyz`", None),
        ("---\ndoi: 10.1000/xyz\n---\n", "10.1000/xyz"),
        ("---\nids:\n  DOI: '10.1000/xyz' # c\n---\n", "10.1000/xyz"),
        ("---\narxiv: 2301.10230\n---\n", "2301.10230"),
        ("---\nsource: arXiv:1706.03762\n---\n", "arXiv:1706.03762"),
        ("---\nversion: 10.1000/xyz\n---\n", None),
        ("---\ndoi: 10.1000/xyz and more\n---\n", None),
        ("---\ndoi:\narxiv: ''\n---\n", None),
    ],
)
def test_a_paper_is_cited_by_its_number(text: str, target: str | None) -> None:
    """As papers cite each other, with a name and a colon; in the frontmatter the key may be the name."""
    found = links(text, LinkKind.URL)

    assert [link.target for link in found] == ([] if target is None else [target])
    assert all(text[slice(*link.target_span)] == link.target for link in found)
