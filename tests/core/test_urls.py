"""URLs: which addresses are of the same thing, which are not, and the laws that any text keeps to."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notes_lsp.core.facts import Link
from notes_lsp.core.parse import parse
from notes_lsp.core.urls import has_path, place, resource, written

SAME = """
http://example.org/a | https://example.org/a
https://www.example.org/a | https://example.org/a
HTTPS://Example.ORG/a | https://example.org/a
//example.org/a | https://example.org/a
https://example.org./a | https://example.org/a
https://example.org/ | https://example.org
https://example.org/a/ | https://example.org/a
http://example.org:80/a | https://example.org:443/a
https://m.example.org/story | https://example.org/story
https://mobile.example.org/story | https://example.org/story
https://münchen.de/a | https://xn--mnchen-3ya.de/a
https://MÜNCHEN.de/a | https://münchen.de/a
https://例え。jp/a | https://例え.jp/a
https://example.org/caf%C3%A9 | https://example.org/café
https://example.org/cafe%CC%81 | https://example.org/café
https://example.org/%7Eme/%61 | https://example.org/~me/a
https://example.org/a%2fb | https://example.org/a%2Fb
https://example.org/Foo_%28bar%29 | https://example.org/Foo_(bar)
https://example.org/a b | https://example.org/a%20b
https://example.org/./a/../b | https://example.org/b
https://example.org/docs/index.html | https://example.org/docs/
https://example.org/index.php | https://example.org
https://example.org/?a=1&b=2 | https://example.org/?b=2&a=1
https://example.org/?q=a+b | https://example.org/?q=a%20b
https://example.org/?a=1&amp;b=2 | https://example.org/?a=1&b=2
https://example.org/?a=1& | https://example.org/?a=1
https://example.org/a? | https://example.org/a
https://example.org/a?utm_source=news&utm_medium=mail | https://example.org/a
https://example.org/a?UTM_Source=news&id=7 | https://example.org/a?id=7
https://example.org/a?fbclid=x | https://example.org/a?gclid=y
https://example.org/a?mc_cid=1&mc_eid=2&_hsenc=3&msclkid=4&igshid=5 | https://example.org/a
https://example.org/a#top | https://example.org/a
https://example.org/a?ref=someone.example.com | https://example.org/a
https://example.org/a#:~:text=some%20words | https://example.org/a
https://example.org/paper.pdf#page=7 | https://example.org/paper.pdf
https://example.org/talk.mp4#t=90 | https://example.org/talk.mp4
https://app.example.org/#/ | https://app.example.org
https://www.example.org/2020/05/some-story/amp/ | https://example.org/2020/05/some-story
https://example.org/some-long-story?amp=1 | https://example.org/some-long-story
https://amp.example.org/some-long-story | https://example.org/some-long-story
https://www.google.com/amp/s/example.org/some-story | https://example.org/some-story
https://example-org.cdn.ampproject.org/c/s/example.org/story | https://example.org/story
https://web.archive.org/web/20200101120000/http://example.org/a?x=1 | https://example.org/a?x=1
https://web.archive.org/web/2020/example.org/a | https://example.org/a
https://web.archive.org/web/20200101120000id_/https://example.org/a | https://example.org/a
https://archive.ph/2020/https://example.org/a | https://example.org/a
https://12ft.io/https://example.org/a | https://example.org/a
https://www.google.com/url?sa=t&url=https%3A%2F%2Fexample.org%2Fa%3Fx%3D1 | https://example.org/a?x=1
https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2Fa&h=AT | https://example.org/a
https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Fa&data=05 | https://example.org/a
doi:10.1000/XYZ | https://doi.org/10.1000/xyz
urn:doi:10.1000/xyz | http://dx.doi.org/10.1000/xyz
info:doi/10.1000/xyz | https://doi.org/10.1000%2Fxyz
https://onlinelibrary.wiley.com/doi/full/10.1002/abc.123?casa_token=x | https://doi.org/10.1002/ABC.123
https://dl.acm.org/doi/pdf/10.1145/3411764.3445648 | https://dl.acm.org/doi/10.1145/3411764.3445648
https://www.tandfonline.com/doi/abs/10.1080/1.2 | https://doi.org/10.1080/1.2
https://link.springer.com/article/10.1007/s11192-009-0146-3 | https://doi.org/10.1007/s11192-009-0146-3
https://link.springer.com/content/pdf/10.1007/s11192-009-0146-3.pdf | https://doi.org/10.1007/s11192-009-0146-3
https://www.frontiersin.org/articles/10.3389/fpsyg.2013.00001/full | https://doi.org/10.3389/fpsyg.2013.00001
https://journals.plos.org/plosone/article?id=10.1371/journal.pone.0123456 | doi:10.1371/journal.pone.0123456
https://www.biorxiv.org/content/10.1101/2020.01.01.123456v2.full.pdf | https://doi.org/10.1101/2020.01.01.123456
https://www.nature.com/articles/s41586-020-2649-2 | https://doi.org/10.1038/s41586-020-2649-2
https://www.nature.com/articles/nature12373.pdf | https://doi.org/10.1038/nature12373
https://zenodo.org/record/1234567 | https://doi.org/10.5281/zenodo.1234567
https://arxiv.org/abs/2101.00001 | https://arxiv.org/pdf/2101.00001v3.pdf
https://arxiv.org/abs/2101.00001v1 | https://export.arxiv.org/abs/2101.00001
https://arxiv.org/abs/hep-th/9901001 | arXiv:hep-th/9901001
https://doi.org/10.48550/arXiv.2101.00001 | https://ar5iv.labs.arxiv.org/html/2101.00001
https://pubmed.ncbi.nlm.nih.gov/12345678/ | https://www.ncbi.nlm.nih.gov/pubmed/12345678
https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1234567/pdf/main.pdf | https://pmc.ncbi.nlm.nih.gov/articles/PMC1234567/
https://youtu.be/dQw4w9WgXcQ | https://www.youtube.com/watch?v=dQw4w9WgXcQ
https://youtu.be/dQw4w9WgXcQ?t=42&si=abc | https://m.youtube.com/watch?v=dQw4w9WgXcQ&feature=share
https://www.youtube.com/embed/dQw4w9WgXcQ?start=3 | https://www.youtube.com/shorts/dQw4w9WgXcQ
https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ | https://www.youtube.com/live/dQw4w9WgXcQ
https://www.youtube.com/watch?list=PL1&v=dQw4w9WgXcQ | https://music.youtube.com/watch?v=dQw4w9WgXcQ
https://www.youtube.com/playlist?list=PL1&si=x | https://youtube.com/playlist?list=PL1
https://player.vimeo.com/video/123 | https://vimeo.com/123
https://github.com/Foo/Bar.git | https://github.com/foo/bar
https://github.com/foo/bar?tab=readme-ov-file#install | https://github.com/foo/bar/
https://codeberg.org/foo/bar.git | https://codeberg.org/foo/bar
https://gist.github.com/me/0123456789abcdef0123456789abcdef | https://gist.github.com/0123456789abcdef0123456789abcdef
https://en.m.wikipedia.org/wiki/Zettelkasten | https://en.wikipedia.org/wiki/Zettelkasten#History
https://en.wikipedia.org/wiki/zettelkasten?wprov=sfla1 | https://en.wikipedia.org/w/index.php?title=Zettelkasten
https://de.wikipedia.org/wiki/Caf%C3%A9 | https://de.wikipedia.org/wiki/Café
https://stackoverflow.com/questions/11227809/why-is-it | https://stackoverflow.com/q/11227809/4711
https://stackoverflow.com/a/11227902 | https://stackoverflow.com/questions/11227809/why/11227902#11227902
https://old.reddit.com/r/Foo/comments/abc12/some_title/ | https://www.reddit.com/r/foo/comments/abc12/?share_id=x
https://redd.it/abc12 | https://www.reddit.com/comments/abc12
https://twitter.com/me/status/123?s=20&t=x | https://x.com/other/status/123
https://mobile.twitter.com/me/status/123/photo/1 | https://twitter.com/i/web/status/123
https://twitter.com/Me | https://x.com/me?ref_src=twsrc
https://www.amazon.com/Some-Title/dp/0374533555/ref=sr_1_1?qid=1 | https://www.amazon.com/gp/product/0374533555
https://smile.amazon.com/dp/0374533555 | https://www.amazon.com/exec/obidos/ASIN/0374533555/
https://docs.google.com/document/d/1aBcDeFgHiJkLmNoPqRsTuVw/edit?usp=sharing | https://docs.google.com/document/u/0/d/1aBcDeFgHiJkLmNoPqRsTuVw
https://drive.google.com/open?id=1aBcDeFgHiJk | https://drive.google.com/file/d/1aBcDeFgHiJk/view?usp=sharing
https://www.google.com/search?q=zettel&client=firefox&ei=x | https://google.com/search?q=zettel
https://books.google.de/books?id=AbCdEfGhIjKl&pg=PA1 | https://www.google.com/books/edition/_/AbCdEfGhIjKl
https://www.goodreads.com/book/show/34507927-how-to-take-smart-notes | https://goodreads.com/book/show/34507927
https://open.spotify.com/intl-de/track/4uLU6h?si=x | https://open.spotify.com/track/4uLU6h
https://www.notion.so/me/Plans-0123456789abcdef0123456789abcdef?pvs=4 | https://notion.so/0123456789abcdef0123456789abcdef
https://forum.example.org/t/some-topic/123/7 | https://forum.example.org/t/renamed-topic/123
https://open.substack.com/pub/someone/p/a-post?r=abc | https://someone.substack.com/p/a-post?r=abc
https://medium.com/@me/a-post-0123456789ab?source=friends_link&sk=1 | https://medium.com/@me/a-post-0123456789ab
https://www.imdb.com/title/tt0083658/?ref_=nv_sr_1 | https://m.imdb.com/title/tt0083658/
mailto:Me@Example.org?subject=Hi | mailto:me@example.org
""".strip().splitlines()
"""Two addresses of the same thing in each line."""

DIFFERENT = """
https://example.org/a | https://example.org/A
https://example.org/a | https://example.org/b
https://example.org/a | https://example.com/a
https://example.org/a | https://blog.example.org/a
https://example.org | https://m.example.org
https://example.org/a | ftp://example.org/a
https://example.org:8080/a | https://example.org/a
https://me@example.org/a | https://example.org/a
https://example.org/?id=1 | https://example.org/?id=2
https://example.org/?p=1 | https://example.org/
https://example.org/?q=cats | https://example.org/?q=dogs
https://example.org/index.php?title=A | https://example.org/index.php?title=B
https://example.org/?a=1&a=2 | https://example.org/?a=2&a=1
https://example.org/?q=a%2Bb | https://example.org/?q=a+b
https://example.org/?q=a%26b=1 | https://example.org/?q=a&b=1
https://example.org/a%2Fb | https://example.org/a/b
https://example.org/100%25 | https://example.org/100
https://example.org/a?ref=main | https://example.org/a?ref=dev
https://example.org/a?source=1 | https://example.org/a
https://example.org/a.html | https://example.org/a
https://example.org/components/amp | https://example.org/components
https://github.com/me/amp | https://github.com/me
https://amp.dev/a | https://dev/a
https://app.example.org/#/routes | https://app.example.org/#/settings
https://app.example.org/#!topic/1 | https://app.example.org/
https://mail.example.org/u/0/#inbox/FMf | https://mail.example.org/u/0/#inbox/FMg
https://example.org/map#12/48.1/11.5 | https://example.org/map#12/52.5/13.4
https://docs.google.com/spreadsheets/d/1aBcDeFgHiJkLmNoPqRsTuVw/edit#gid=0 | https://docs.google.com/spreadsheets/d/1aBcDeFgHiJkLmNoPqRsTuVw/edit#gid=7
https://web.archive.org/ | https://example.org/
https://web.archive.org/web/2020/https://example.org/a | https://web.archive.org/web/2020/https://example.org/b
https://archive.org/details/somebook | https://archive.org/details/otherbook
https://doi.org/10.1000/xyz | https://doi.org/10.1000/xyz2
https://www.pnas.org/doi/suppl/10.1073/pnas.1 | https://doi.org/10.1073/pnas.1
https://journals.example.org/article/10.1371/journal.pone.1/figures | https://doi.org/10.1371/journal.pone.1
https://example.org/list/10.1000/xyz | https://doi.org/10.1000/xyz
https://link.springer.com/chapter/10.1007/978-3-319-00000-0_1 | https://link.springer.com/book/10.1007/978-3-319-00000-0
https://arxiv.org/abs/2101.00001 | https://arxiv.org/abs/2101.00002
https://arxiv.org/list/cs.CL/recent | https://arxiv.org/list/cs.AI/recent
https://www.youtube.com/watch?v=dQw4w9WgXcQ | https://www.youtube.com/watch?v=dQw4w9WgXcR
https://www.youtube.com/watch?v=dQw4w9WgXcQ | https://www.youtube.com/watch?v=DQw4w9WgXcQ
https://www.youtube.com/playlist?list=PL1 | https://www.youtube.com/playlist?list=PL2
https://www.youtube.com/@one | https://www.youtube.com/@two
https://studio.youtube.com/ | https://youtube.com/
https://twemoji.twitter.com/ | https://twitter.com/
https://github.com/foo/bar | https://github.com/foo/bar/issues
https://github.com/foo/bar/blob/main/A.md | https://github.com/foo/bar/blob/main/a.md
https://github.com/foo?tab=repositories | https://github.com/foo
https://github.com/foo/bar | https://foo.github.io/bar
https://en.wikipedia.org/wiki/Bar | https://de.wikipedia.org/wiki/Bar
https://en.wikipedia.org/wiki/Bar | https://en.wikipedia.org/wiki/BAR
https://en.wikipedia.org/wiki/Bar | https://en.wikipedia.org/wiki/Talk:Bar
https://en.wikipedia.org/w/index.php?title=Bar&oldid=5 | https://en.wikipedia.org/wiki/Bar
https://en.wiktionary.org/wiki/polish | https://en.wiktionary.org/wiki/Polish
https://stackoverflow.com/questions/1/a | https://stackoverflow.com/questions/2/a
https://stackoverflow.com/questions/1/a | https://superuser.com/questions/1/a
https://stackoverflow.com/a/5 | https://stackoverflow.com/questions/5
https://www.reddit.com/r/a/comments/abc12/t/ | https://www.reddit.com/r/a/comments/abc12/t/def34/
https://twitter.com/me/status/123 | https://twitter.com/me/status/124
https://twitter.com/search?q=a | https://twitter.com/search?q=b
https://www.amazon.com/dp/0374533555 | https://www.amazon.com/dp/0374533556
https://www.amazon.com/dp/0374533555 | https://www.amazon.de/dp/0374533555
https://www.google.com/search?q=a | https://www.google.com/search?q=b
https://news.ycombinator.com/item?id=1 | https://news.ycombinator.com/item?id=2
https://example.org/t/some-topic/123 | https://example.org/t/other/123
https://open.spotify.com/track/4uLU6h | https://open.spotify.com/track/4ulu6h
mailto:a@example.org | mailto:b@example.org
zotero://select/items/1 | zotero://select/items/2
""".strip().splitlines()
"""Two addresses of different things in each line."""


@pytest.mark.parametrize("pair", SAME)
def test_addresses_of_the_same_thing_have_the_same_key(pair: str) -> None:
    """However it is written, what leads to the same place has the same key."""
    one, other = pair.split(" | ")
    assert resource(one) == resource(other)
    assert resource(one) is not None


@pytest.mark.parametrize("pair", DIFFERENT)
def test_addresses_of_different_things_have_different_keys(pair: str) -> None:
    """What only looks alike is kept apart."""
    one, other = pair.split(" | ")
    assert resource(one) != resource(other)


@pytest.mark.parametrize("pair", [*SAME, *DIFFERENT])
def test_the_key_of_a_key_is_itself(pair: str) -> None:
    """A key is an address like any other, and the plainest one."""
    for url in pair.split(" | "):
        key = resource(url)
        assert key is not None
        assert resource(key) == key


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
    *("2020/01/", "some-long-title", "&amp;", "redd.it/ab", "/w/index.php?title=foo", "12ft.io/", "\u00a0", "\ud800"),
)


@settings(max_examples=500)
@given(st.one_of(st.lists(st.sampled_from(PIECES), max_size=9).map("".join), st.text().map("http://{}".format)))
def test_any_text_has_a_key_that_is_its_own(url: str) -> None:
    """Nothing is refused, and asking twice says the same."""
    key = resource(url)

    assert key is None or resource(key) == key
    assert place(url) == place(url)


@pytest.mark.parametrize("url", ["data:image/png;base64,AAAA", "javascript:void(0)", "about:blank", "a/b.md", ""])
def test_what_leads_nowhere_has_no_key(url: str) -> None:
    """Data and scripts are nothing that can be cited, and a path is none of ours."""
    assert resource(url) is None


def test_an_address_of_thousands_of_characters_stands_for_itself() -> None:
    """What is that long holds data; taking it to pieces would cost and tell nothing."""
    url = "http://www.example.org/?state=" + "x" * 5000
    assert resource(url) == url


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
    assert place(url) == at


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
    assert written(link) == url


def test_a_site_is_not_a_page_of_it() -> None:
    """A key without a path is that of a whole site."""
    assert not has_path("https://example.org")
    assert has_path("https://example.org/a")
