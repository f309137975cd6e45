"""URLs: which addresses are of the same thing, which are not, and the laws that any text keeps to."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notes_lsp.facts import Link
from notes_lsp.markdown.parse import parse
from notes_lsp.urls.canonical import browser_url, canonical_url, fragment_of, has_path, normalize_link
from url_pairs import DIFFERENT, SAME


@pytest.mark.parametrize("pair", SAME)
def test_addresses_of_the_same_thing_have_the_same_key(pair: str) -> None:
    """However it is written, what leads to the same place has the same key."""
    one, other = pair.split(" | ")
    assert canonical_url(one) == canonical_url(other)
    assert canonical_url(one) is not None


@pytest.mark.parametrize("pair", DIFFERENT)
def test_addresses_of_different_things_have_different_keys(pair: str) -> None:
    """What only looks alike is kept apart."""
    one, other = pair.split(" | ")
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize("pair", [*SAME, *DIFFERENT])
def test_the_key_of_a_key_is_itself(pair: str) -> None:
    """A key is an address like any other, and the plainest one."""
    for url in pair.split(" | "):
        key = canonical_url(url)
        assert key is not None
        assert canonical_url(key) == key


PIECES = (
    *("http://", "https://", "//", "doi:", "arxiv:", "mailto:", "www.", "m.", "amp.", "en.m.", "wikipedia.org/wiki/"),
    *(
        "youtu.be/",
        "youtube.com/watch?v=",
        "dQw4w9WgXcQ",
        "github.com",
        "/a",
        "/B",
        ".git",
        "/index.html",
        "/index.php",
    ),
    *(
        "/amp",
        "?utm_source=x",
        "&b=2",
        "?a=1",
        "?",
        "&",
        "=",
        "#",
        "#/",
        "#!",
        "#t=3",
        ":~:text=",
        "%2F",
        "%41",
        "%C3%A9",
    ),
    *("é", "e\u0301", "%E9", "%", "%2", "%25", "+", "..", "/../", "/./", "/", ":", ":80", ":443", "@", "[", "]"),
    *(
        "xn--mnchen-3ya",
        "xn--",
        ".",
        "\u3002",
        "10.1000/",
        "/doi/",
        "10.48550/arXiv.2101.00001",
        "arxiv.org/abs/",
        "v2",
    ),
    *("web.archive.org/web/2020/", "google.com/url?q=", "amazon.de/dp/3161484100", "reddit.com/r/Foo/comments/abc/x"),
    *(
        "x.com/a/status/12",
        "example.org",
        "\\",
        ";",
        "|",
        '"',
        "(",
        ")",
        "\u200d",
        "\u0338",
        "İ",
        "ß",
        "\u212a",
        " ",
        "\t",
    ),
    *(
        "stackoverflow.com/questions/1/x/2",
        "docs.google.com/document/d/",
        "abcdefghijklmnopqrstuvwxyz",
        "/edit",
        "\x1f",
    ),
    *(
        "forum.x.org/t/x/12",
        "books.google.com/books?id=",
        "notion.so/",
        "/R/",
        "nature.com/articles/nature12373",
        "\u2028",
    ),
    *("obsidian://open?", "obsidian://vault/", "file=a.md", "magnet:?xt=urn:btih:", "urn:", "isbn:", "080442957X"),
    *(
        "feed:",
        "view-source:",
        "hdl:",
        "pmid:",
        "ftp://",
        ":21",
        "a.blogspot.de",
        "maps.google.com/",
        "+",
        "gitlab.com",
    ),
    *("/-/tree/main", "/-/", "#page=3", ".pdf", "#pako:", "/(S(abcdefghijklmnopqrstuvwx))", "print=1", "youtube.com/"),
    *("embed/videoseries", "list=PL1", "clips.twitch.tv/", "twitch.tv/a/clip/B", "vimeo.com/1/abcdef0123", "/featured"),
    *("2020/01/", "some-long-title", "&amp;", "redd.it/ab", "/w/index.php?title=foo", "12ft.io/", "\u00a0", "\ud800"),
)


@settings(max_examples=500)
@given(st.one_of(st.lists(st.sampled_from(PIECES), max_size=9).map("".join), st.text().map("http://{}".format)))
def test_any_text_has_a_key_that_is_its_own(url: str) -> None:
    """Nothing is refused, and asking twice says the same."""
    key = canonical_url(url)

    assert key is None or canonical_url(key) == key
    assert fragment_of(url) == fragment_of(url)


@pytest.mark.parametrize("url", ["data:image/png;base64,AAAA", "javascript:void(0)", "about:blank", "a/b.md", ""])
def test_what_leads_nowhere_has_no_key(url: str) -> None:
    """Data and scripts are nothing that can be cited, and a path is none of ours."""
    assert canonical_url(url) is None


def test_an_address_of_thousands_of_characters_stands_for_itself() -> None:
    """What is that long holds data; taking it to pieces would cost and tell nothing."""
    url = "http://www.example.org/?state=" + "x" * 5000
    assert canonical_url(url) == url


@pytest.mark.parametrize(
    "url, at",
    [
        ("https://example.org/a#History", "History"),
        ("https://example.org/a#caf%C3%A9", "café"),
        ("https://example.org/a#:~:text=x", ""),
        ("https://example.org/#/routes", ""),
        ("https://example.org/a", ""),
    ],
)
def test_the_place_in_a_page_is_what_the_key_leaves_out(url: str, at: str) -> None:
    """An anchor is told apart from a route, which belongs to the key."""
    assert fragment_of(url) == at


@pytest.mark.parametrize(
    "text, url",
    [
        ("<me@example.org>", "mailto:me@example.org"),
        (r"[x](https://example.org/a_\(b\))", "https://example.org/a_(b)"),
        ("https://example.org/a#b", "https://example.org/a#b"),
        ("[x](//example.org/a#b)", "//example.org/a#b"),
        ("[[https://example.org/a|x]]", "https://example.org/a"),
    ],
)
def test_an_address_is_read_as_it_is_meant(text: str, url: str) -> None:
    """Escapes of Markdown are no part of an address."""
    (link,) = parse("n.md", text).links
    assert isinstance(link, Link)
    assert normalize_link(link) == url


@pytest.mark.parametrize(
    "text, address",
    [
        ("doi: 10.1000/xyz", "https://doi.org/10.1000/xyz"),
        ("[x](arXiv:1706.03762)", "https://arxiv.org/abs/1706.03762"),
        ("---\ndoi: 10.1000/xyz\n---\n", "https://doi.org/10.1000/xyz"),
        ("---\narxiv: 1706.03762\n---\n", "https://arxiv.org/abs/1706.03762"),
        ("<me@example.org>", "mailto:me@example.org"),
        ("https://example.org/a#b", "https://example.org/a#b"),
        ("<doi:not-one>", "doi:not-one"),
    ],
)
def test_what_is_opened_is_an_address_that_a_browser_knows(text: str, address: str) -> None:
    """A paper that is named by its number is opened where its library has it."""
    (link,) = parse("n.md", text).links

    assert browser_url(link) == address


def test_a_site_is_not_a_page_of_it() -> None:
    """A key without a path is that of a whole site."""
    assert not has_path("https://example.org")
    assert has_path("https://example.org/a")
