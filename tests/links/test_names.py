"""Names: what a note may be called, and which spellings ask for the same."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notes_lsp.facts import Link, NameKind
from notes_lsp.links import names
from notes_lsp.links.names import Address
from notes_lsp.markdown.parse import parse


def link(text: str) -> Link:
    """The one link of a text."""
    (found,) = parse("n.md", text).links
    return found


@given(st.text(max_size=20))
def test_a_key_is_a_fixed_point_of_spelling(text: str) -> None:
    """Case, composition and white space make no difference to a key, and a key is the key of itself."""
    text = text.replace("%", "")
    key = names.key(text)

    assert names.key(key) == key
    assert names.key(text.swapcase().swapcase()) == names.key(text.swapcase().swapcase().casefold())
    assert names.key(unicodedata.normalize("NFD", text)) == key
    assert names.key(f"  {text}\t") == key


@pytest.mark.parametrize("spelling", ["Straße", "STRASSE", "straße", "strasse", "Stra%C3%9Fe", " Straße "])
def test_spellings_of_one_name(spelling: str) -> None:
    """Folding is Unicode's full case folding, after percent-decoding."""
    assert names.key(spelling) == "strasse"


@pytest.mark.parametrize(
    "path, bare",
    [
        ("a/b.md", "a/b"),
        ("b.MD", "b"),
        ("b.markdown", "b"),
        ("b.md.md", "b.md"),
        ("Node.js", "Node.js"),
        ("v1.2 plan", "v1.2 plan"),
        ("Dr. Smith", "Dr. Smith"),
        (".md", ".md"),
        ("a/.md", "a/.md"),
        ("a.md/b", "a.md/b"),
        ("", ""),
    ],
)
def test_only_markdown_extensions_are_left_out(path: str, bare: str) -> None:
    """What is no extension of a note belongs to the name."""
    assert names.strip_extension(path) == bare


def test_names_of_a_path() -> None:
    """A note is called by its path and by each end of it."""
    assert [(name.key, name.whole) for name in names.names_of_path("A/b c/D.md")] == [
        ("a/b c/d", True),
        ("b c/d", False),
        ("d", False),
    ]


def test_names_of_an_index_note() -> None:
    """An index note is also called by its folder, but an attachment of that name is not."""
    assert [
        (name.key, name.whole) for name in names.names_of_path("a/b/README.md") if name.kind is NameKind.FOLDER
    ] == [("a/b", True), ("b", False)]
    assert {name.kind for name in names.names_of_path("a/index.png")} == {NameKind.PATH}
    assert {name.kind for name in names.names_of_path("index.md")} == {NameKind.PATH}


def test_names_of_a_text() -> None:
    """A written title and the aliases; the stem is no title, and what is said twice is one name."""
    facts = parse("n.md", "---\ntitle: T\naliases: [t, B, b, '']\n---\n")

    assert [(name.key, name.kind) for name in names.names_of_text(facts)] == [
        ("t", NameKind.TITLE),
        ("b", NameKind.ALIAS),
    ]
    assert names.names_of_text(parse("n.md", "text")) == []


@pytest.mark.parametrize(
    "written, asks",
    [
        ("[[b]]", Address(key="b")),
        ("[[b.md]]", Address(key="b")),
        ("[[ a / B.md ]]", Address(key="a/b")),
        ("[[/a/b]]", Address(path="a/b")),
        ("[[./b]]", Address(path="x/b")),
        ("[[../b]]", Address(path="b")),
        ("[[../../b]]", Address()),
        ("[[C# notes]]", Address(key="c", whole_key="c# notes")),
        ("[[b#h]]", Address(key="b", whole_key="b#h")),
        ("[[#h]]", Address(here=True, whole_key="#h")),
        ("[[https://e.org]]", Address(external=True)),
        ("[[mailto:me@e.org]]", Address(external=True)),
        ("[[note: on colons]]", Address(key="note: on colons")),
        ("[[b%20c]]", Address(key="b c")),
        ("[t](b.md)", Address(path="x/b", key="b")),
        ("[t](b)", Address(path="x/b", key="b")),
        ("[t](./b.md)", Address(path="x/b")),
        ("[t](/b.md)", Address(path="b", page_key="b")),
        ("[t](/B/c/)", Address(path="b/c", page_key="b/c")),
        ("[t](@/b/_index.md)", Address(path="b/_index", page_key="b")),
        ("[t](b.html)", Address(path="x/b.html", key="b.html", page_key="b")),
        ("[t](../b/index.html)", Address(path="b/index.html", page_key="b")),
        ("[t](../c/)", Address(path="c", page_key="c")),
        ("[t](../b.md#h)", Address(path="b")),
        ("[t](../../b.md)", Address()),
        ("[t](a%20b.md)", Address(path="x/a b", key="a b")),
        ("[t](<a b.md>)", Address(path="x/a b", key="a b")),
        (r"[t](a\_b.md)", Address(path="x/a_b", key="a_b")),
        ("[t](b.md?raw=true)", Address(path="x/b", key="b")),
        ("[t](#h)", Address(here=True)),
        ("[t](https://e.org/b.md)", Address(external=True)),
        ("[t](//e.org/b.md)", Address(external=True)),
        ("[t](zotero:x)", Address(external=True)),
        ("<https://e.org>", Address(external=True)),
        ("https://e.org", Address(external=True)),
    ],
)
def test_what_a_link_asks_for(written: str, asks: Address) -> None:
    """From a note in the folder x: a path, a key, or both, by the rules of its own syntax."""
    assert names.address("x/n.md", link(written)) == asks


@given(st.text(alphabet="a/.#%? \\[]|^:\u0301\ud800", max_size=10))
def test_any_target_asks_for_something(target: str) -> None:
    """Whatever is written as a target has an address."""
    assert isinstance(names.wiki_address("x/n.md", target), Address)
    assert isinstance(names.key(target), str)
    assert isinstance(names.path_key(target), str)


@pytest.mark.parametrize(
    "folder, path, found",
    [
        ("", "a/b.md", "a/b.md"),
        ("a", "./b//c", "a/b/c"),
        ("a/b", "../c", "a/c"),
        ("a", "..", ""),
        ("", "", ""),
        ("", "..a", "..a"),
        ("", "../a", None),
        ("a", "b/../../../a/b", None),
    ],
)
def test_a_path_means_a_place_below_the_root_or_none(folder: str, path: str, found: str | None) -> None:
    """Whoever leaves the root does not come back to it by its name."""
    assert names.join_path(folder, path) == found
