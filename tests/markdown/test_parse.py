"""Parsing names: titles, aliases, tags and slugs."""

from __future__ import annotations

import pytest

from notes_lsp.facts import LinkKind
from notes_lsp.links.slugs import Slugger, github_slug, gitlab_slug
from notes_lsp.markdown.parse import parse


@pytest.mark.parametrize(
    "text, tags",
    [
        ("#tag1,#tag2", ["tag1", "tag2"]),
        ("(#tag) [#b] '#c'", ["tag", "b", "c"]),
        ("#a/b/c", ["a/b/c"]),
        ("#-/_/tag", ["-/_/tag"]),
        ("#тег #café #你好 #日本語/かな #한국", ["тег", "café", "你好", "日本語/かな", "한국"]),
        ("#हिन्दी #😀party #e\u0301te", ["हिन्दी", "😀party", "e\u0301te"]),
        ("#end. #end/ #end! *#em* #你好。", ["end", "end", "end", "em", "你好"]),
        ("#tag221 #7x #y2024 #A", ["tag221", "7x", "y2024", "A"]),
        ("- #TODO x #meeting", ["TODO", "meeting"]),
        ("# Heading #in", ["in"]),
        ("| #a |\n|----|\n| #b |", ["a", "b"]),
        ("#100 #1", []),
        (r"\#x foo#bar page#section #", []),
        ("&#x41; &#65; ## #-- #_", []),
        ("[?](#tag) [README#i](x#y) [[a#b c]] [#x](y)", []),
        ("https://a.b/#c <https://a.b/#d> `#e` $#f$ %%#g%% <!-- #region -->", []),
        ("```\n#a\n```\n\n    #b\n\n<p>\n#c\n</p>", []),
        ("|:---:|\n# Title {#id}", []),
    ],
)
def test_tags_in_the_text(text: str, tags: list[str]) -> None:
    """A tag is ``#`` and a word of any script, not only digits, after a space or an opening mark."""
    found = parse("note.md", text).tags

    assert [tag.name for tag in found] == tags
    assert [text[slice(*tag.span)] for tag in found] == [f"#{name}" for name in tags]


@pytest.mark.parametrize(
    "header, tags",
    [
        ("tags: writing essay", ["writing", "essay"]),
        ("tags: hello, world", ["hello", "world"]),
        ("tags: [a, 'b/c', 2024]", ["a", "b/c", "2024"]),
        ("Tags:\n  - tags\n  - '#x'\n  -\n", ["tags", "x"]),
        ("tag: one", ["one"]),
        ("keywords: a b", ["a", "b"]),
        ("tags: aa a", ["aa", "a"]),
        ("tags: []", []),
        ("tags:", []),
        ("tags: ~", []),
        ("date: 2025-04-11T00:01:00+01:00\nsource: https://x:123\ndate-created: 1\ntags: [a]", ["a"]),
    ],
)
def test_tags_in_the_frontmatter(header: str, tags: list[str]) -> None:
    """A list or a string, with commas or spaces; the span is the bare word."""
    text = f"---\n{header}\n---\n#body"
    found = parse("note.md", text).tags

    assert [tag.name for tag in found] == [*tags, "body"]
    assert [text[slice(*tag.span)] for tag in found] == [*tags, "#body"]


@pytest.mark.parametrize(
    "header, aliases",
    [
        ("aliases: One", ["One"]),
        ("aliases: One, Two words", ["One", "Two words"]),
        ('aliases: [a, "b, c"]', ["a", "b, c"]),
        ("alias:\n- x y\n- 2026", ["x y", "2026"]),
        ("aliases: 2026", ["2026"]),
        ("aliases: []\ntags: null", []),
    ],
)
def test_aliases(header: str, aliases: list[str]) -> None:
    """A list, one string, or a string with commas; each with its own span."""
    text = f"---\n{header}\n---\n"
    found = parse("note.md", text).aliases

    assert [name for name, _ in found] == aliases
    assert [text[slice(*span)] for _, span in found] == aliases


@pytest.mark.parametrize(
    "path, text, title, written",
    [
        ("a/My note.md", "", "My note", ""),
        ("a/v1.2 plan.markdown", "## no", "v1.2 plan", ""),
        ("Node.js.md", "", "Node.js", ""),
        ("a.md", "x\n\n## two\n# One *b* #\n# Other", "One b", "One *b*"),
        ("a.md", "---\nTitle: 2024\n---\n# One", "2024", "2024"),
        ("a.md", "---\ntitle: ''\n---\n# One", "One", "One"),
        ("a.md", "---\ntitle:\n---\n", "a", ""),
        ("a.md", "---\ntitle: Yes it is\n---\n", "Yes it is", "Yes it is"),
    ],
)
def test_a_title_is_written_or_first_or_the_stem(path: str, text: str, title: str, written: str) -> None:
    """The ``title`` of the frontmatter, else the first H1, else the name of the file."""
    facts = parse(path, text)

    assert facts.title == title
    assert text[slice(*facts.title_span)] == written


def test_links_in_the_frontmatter() -> None:
    """Wiki links and URLs in values are links; a table of TOML that looks like one is not."""
    text = '---\nup: "[[Some note#x|y]]"\nsee:\n  - "[[b]]"\nsource: https://a.b/c\n---\n'
    toml = '+++\n[[bench]]\nname = "x"\n+++\n'

    assert [(link.kind, link.target, link.anchor, link.label) for link in parse("a.md", text).links] == [
        (LinkKind.WIKI, "Some note", "x", "y"),
        (LinkKind.WIKI, "b", None, None),
        (LinkKind.URL, "https://a.b/c", None, None),
    ]
    assert [text[slice(*link.span)] for link in parse("a.md", text).links] == [
        "[[Some note#x|y]]",
        "[[b]]",
        "https://a.b/c",
    ]
    assert parse("a.md", toml).links == ()


@pytest.mark.parametrize(
    "text, github, gitlab",
    [
        ("Header with words, and some; punctuation$%@?", "header-with-words-and-some-punctuation", None),
        ("Ünïcödé Заголовок", "ünïcödé-заголовок", None),
        ("A & B", "a--b", "a-b"),
        ("multi---hyphens", "multi---hyphens", "multi-hyphens"),
        ("foo_bar", "foo_bar", None),
        ("हिन्दी", "हिन्दी", None),
        ("🎉 party", "-party", None),
        ("C++", "c", None),
        ("!!!", "", None),
    ],
)
def test_slugs(text: str, github: str, gitlab: str | None) -> None:
    """GitHub keeps words, marks, hyphens and underscores; GitLab makes runs of hyphens one."""
    assert github_slug(text) == github
    assert gitlab_slug(text) == (github if gitlab is None else gitlab)


def test_a_slugger_skips_what_is_taken() -> None:
    """A number that some heading spells out is not given to another."""
    slugger = Slugger()

    assert [slugger.unique(text) for text in ["A", "A 1", "A", "a", "A 1", "", ""]] == [
        "a",
        "a-1",
        "a-2",
        "a-3",
        "a-1-1",
        "",
        "-1",
    ]
