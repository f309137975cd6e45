"""URL sites: what is known of single sites: which of their addresses are those of one and the same thing.

A rule takes the parts of an address and gives those of the plainest address of the same thing. Each is its own answer:
applied to what it gave, it changes nothing.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from notes_lsp.core import url_papers, url_posts
from notes_lsp.core.url_papers import of_doi_in
from notes_lsp.core.url_rules import Params, Rule, Web, keep, numbered, value_of, without

_YOUTUBE = re.compile(r"/(?:embed|shorts|live|watch|v|e)/([\w-]{11})")
_YOUTUBE_INNER = re.compile(r"/watch\?(?:.*&)?v=([\w-]{11})(?:&.*)?")
_VIMEO = re.compile(r"/(?:video/|channels/[^/]+/|groups/[^/]+/videos/)?(\d+)")
_VIDEO = re.compile(r"[\w-]{11}")
_ASIN = re.compile(
    r"(?:/-/[a-z]{2})?(?:/[^/]+)??(?:/(?:dp|gp/product|gp/aw/d|exec/obidos/(?:asin|tg/detail/-)|o/asin|d))/([A-Z0-9]{10})(?:/.*)?",
    re.IGNORECASE,
)
_GOOGLE_DOC = re.compile(
    r"/(document|spreadsheets|presentation|forms|drawings)(?:/u/\d+)?/d/([\w-]{20,})(?:/(?:edit|view|preview|copy|htmlview|mobilebasic))?"
)
_DRIVE_FILE = re.compile(r"/file(?:/u/\d+)?/d/([\w-]{10,})(?:/(?:view|edit|preview))?")
_DRIVE_FOLDER = re.compile(r"/drive(?:/u/\d+)?/folders/([\w-]{10,})")
_GOOGLE_BOOK = re.compile(r"/books/edition/[^/]*/([\w-]{12})")
_GIST = re.compile(r"/[^/]+/([0-9a-f]{20,})")
_BOOK = re.compile(r"/(?:[a-z]{2}/)?book/show/(\d+)(?:[.-].*)?")
_SPOTIFY = re.compile(r"/(?:intl-[a-z]{2}(?:-[a-z]+)?|embed)(/.+)")
_NOTION = re.compile(r"/(?:[^/]+/)?(?:[^/]+-)?([0-9a-f]{32})")
_APPLE = re.compile(r"/(?:[a-z]{2}/)?(app|podcast|book)/(?:[^/]+/)?(id\d+)")
_EXTENSION = re.compile(r"(?:/webstore)?/detail/(?:[^/]+/)?([a-p]{32})")
_ADD_ON = re.compile(r"/[a-z]{2,3}(?:-[A-Za-z]{2})?(/(?:firefox|android|thunderbird)/addon/.+)")
_ITEM = re.compile(r"/itm/(?:[^/]+/)?(\d{9,})")
_LISTING = re.compile(r"/(?:[a-z]{2}(?:-[a-z]{2})?/)?listing/(\d+)(?:/[^/]*)?")
_BRANCH = re.compile(r"/tree/(?:main|master|HEAD)")
_PULL = re.compile(r"(/pull/\d+)/(?:files|commits|checks)")


def of_site(web: Web, params: Params) -> Web:
    """The plainest address of what a canonical address leads to, by what is known of its site.

    Parameters that do not matter there are taken out of ``params``, which stay in order.
    """
    rule = _SITES.get(web.host) or _FAMILIES.get(".".join(web.host.rsplit(".", 2)[-2:])) or _rule_by_name(web)
    if rule is not None:
        web = rule(web, params)
    return of_doi_in(web, params)


def _rule_by_name(web: Web) -> Rule | None:
    """The rule of a site that has many domains, by what its host begins with."""
    if web.host.startswith(("amazon.", "smile.amazon.")):
        return _amazon
    if web.host.startswith(("google.", "books.google.")):
        return _google
    if web.host.startswith("ebay."):
        return _EBAY
    return url_posts.of_topic(web)


def _youtube(web: Web, params: Params) -> Web:
    short = _VIDEO.fullmatch(web.path[1:]) if web.host == "youtu.be" else None
    inner = _YOUTUBE_INNER.fullmatch(unquote(value_of(params, "u"))) if web.path == "/attribution_link" else None
    path = short or inner or _YOUTUBE.fullmatch(web.path)
    video = path[path.re.groups] if path else value_of(params, "v") if web.path == "/watch" else ""
    if video:
        params[:] = [("v", video)]
        return Web("youtube.com", "/watch", "", "")
    keep(params, "list", "v", "search_query", "query")
    if web.path.startswith("/@"):
        # Names are found whatever their case.
        web = web._replace(path=web.path.lower())
    return web._replace(host="youtube.com", fragment="") if web.host != "youtu.be" else web


def _youtube_mirror(web: Web, params: Params) -> Web:
    return _youtube(web, params) if web.path == "/watch" and value_of(params, "v") else web


def _github(web: Web, params: Params) -> Web:
    segments = web.path.split("/")
    # Owners and repositories are found whatever their case; branches and files are not.
    path = "/".join([*(segment.lower() for segment in segments[:3]), *segments[3:]])
    below = path.removeprefix("/".join(segments[:3]).lower())
    if pull := _PULL.fullmatch(below):
        path = path.removesuffix(below) + pull[1]
    elif _BRANCH.fullmatch(below):
        # What the page of a repository shows anyway.
        path = path.removesuffix(below)
    elif len(segments) > 5 and segments[3] == "raw":
        path = "/".join([*path.split("/")[:3], "blob", *segments[4:]])
    params[:] = [param for param in params if param not in (("tab", "readme-ov-file"), ("plain", "1"), ("raw", "true"))]
    return web._replace(path=path)


def _github_raw(web: Web, params: Params) -> Web:
    segments = web.path.split("/")
    if len(segments) < 5:
        return web
    return _github(Web("github.com", "/".join([*segments[:3], "blob", *segments[3:]]), "", ""), params)


def _gist(web: Web, _: Params) -> Web:
    found = _GIST.fullmatch(web.path)
    return web._replace(path=f"/{found[1]}") if found else web


def _wiki(web: Web, params: Params) -> Web:
    host = web.host.replace(".m.", ".", 1)
    path = web.path
    fragment = "" if web.fragment.startswith("/media/") else web.fragment
    params[:] = [param for param in params if param[0] not in _WIKI_LOOKS and param != ("action", "view")]
    title = value_of(params, "title")
    if path in ("", "/w/index.php") and params:
        # The script answers at both.
        path = f"/wiki/{title}" if title and len(params) == 1 else ""
        params[:] = [] if path else params
    if variant := _WIKI_VARIANT.fullmatch(path):
        path = f"/wiki/{variant[1]}"
    if host == "wikipedia.org" and path.startswith("/wiki/"):
        host = "en.wikipedia.org"
    if host == "wikidata.org" and path.startswith("/entity/"):
        path = f"/wiki/{path[8:]}"
    if path.startswith("/wiki/"):
        article = path[6:].replace("%20", "_")
        # The first letter of a title may be written small, but in a dictionary.
        if "wiktionary" not in host and len(article[:1].upper()) == 1:
            article = article[:1].upper() + article[1:]
        path = f"/wiki/{article}"
    return web._replace(host=host, path=path, fragment=fragment)


def _wikiwand(web: Web, params: Params) -> Web:
    found = re.fullmatch(r"/([a-z]{2,3})/(?:articles/)?([^/].*)", web.path)
    return _wiki(Web(f"{found[1]}.wikipedia.org", f"/wiki/{found[2]}", "", ""), params) if found else web


def _amazon(web: Web, params: Params) -> Web:
    found = _ASIN.fullmatch(web.path)
    if found is None:
        return web
    params.clear()
    return Web(web.host.removeprefix("smile."), f"/dp/{found[1].upper()}", "", "")


def _google(web: Web, params: Params) -> Web:
    book = _GOOGLE_BOOK.fullmatch(web.path)
    value = next((value for name, value in params if name == "id"), None)
    if book or (value and web.path in ("/books", "/books/about") and web.host.startswith("books.")):
        params[:] = [("id", book[1] if book else value)]
        return Web("books.google.com", "/books", "", "")
    if web.path == "/search":
        keep(params, "q", "tbm", "udm", "start", "tbs", "as_sitesearch")
    return web


def _google_docs(web: Web, params: Params) -> Web:
    if document := _GOOGLE_DOC.fullmatch(web.path):
        keep(params, "gid")
        sheet = web.fragment if document[1] == "spreadsheets" else ""
        return web._replace(path=f"/{document[1]}/d/{document[2]}", fragment=sheet)
    if folder := _DRIVE_FOLDER.fullmatch(web.path):
        params.clear()
        return web._replace(path=f"/drive/folders/{folder[1]}")
    file = _DRIVE_FILE.fullmatch(web.path)
    value = next((value for name, value in params if name == "id"), None)
    if file or (value and web.path in ("/open", "/uc")):
        params.clear()
        return Web("drive.google.com", f"/file/d/{file[1] if file else value}", "", "")
    return web


def _spotify(web: Web, params: Params) -> Web:
    params[:] = [param for param in params if param[0] not in ("si", "context", "nd", "dl_branch", "go")]
    found = _SPOTIFY.fullmatch(web.path)
    return web._replace(path=found[1]) if found and not _SPOTIFY.fullmatch(found[1]) else web


def _notion(web: Web, params: Params) -> Web:
    found = _NOTION.fullmatch(web.path)
    keep(params, "p", "v")
    return web._replace(host="notion.so", path=f"/{found[1]}") if found else web


def _apple(web: Web, params: Params) -> Web:
    found = _APPLE.fullmatch(web.path)
    if found is None:
        return web
    # An episode of a podcast.
    keep(params, "i")
    host = {"app": "apps", "podcast": "podcasts", "book": "books"}[found[1]]
    return Web(f"{host}.apple.com", f"/{found[1]}/{found[2]}", "", "")


def _bbc(web: Web, params: Params) -> Web:
    params[:] = [param for param in params if not param[0].lower().startswith(("ns_", "at_", "xtor", "ocid"))]
    if not web.path.startswith(("/news/", "/sport/")):
        return web
    return web._replace(host="bbc.com", path=web.path.removesuffix(".amp").replace("/amp/", "/", 1))


def _weixin(web: Web, params: Params) -> Web:
    if web.path == "/s":
        keep(params, "__biz", "mid", "idx", "sn")
    return web


def _at(host: str) -> Rule:
    """The rule of a site that has moved."""
    return lambda web, _: web._replace(host=host)


_WIKI_LOOKS = frozenset({"useskin", "useformat", "mobileaction", "veaction", "oldformat"})
_WIKI_VARIANT = re.compile(r"/(?:zh-[a-z]+|zh-hans|zh-hant|sr-e[cl])/(.+)")
_EBAY = numbered(_ITEM, r"/itm/\1")
_SITES: dict[str, Rule] = {
    **url_papers.SITES,
    **url_posts.SITES,
    **dict.fromkeys(("youtube.com", "music.youtube.com", "youtu.be", "youtube-nocookie.com"), _youtube),
    **dict.fromkeys(("vimeo.com", "player.vimeo.com"), numbered(_VIMEO, r"/\1", "vimeo.com", ("h",))),
    "github.com": _github,
    "gist.github.com": _gist,
    **dict.fromkeys(("docs.google.com", "drive.google.com"), _google_docs),
    "goodreads.com": numbered(_BOOK, r"/book/show/\1"),
    "open.spotify.com": _spotify,
    "notion.so": _notion,
    "raw.githubusercontent.com": _github_raw,
    **dict.fromkeys(("yewtu.be", "piped.video"), _youtube_mirror),
    "wikiwand.com": _wikiwand,
    **dict.fromkeys(("apps.apple.com", "itunes.apple.com", "podcasts.apple.com", "books.apple.com"), _apple),
    **dict.fromkeys(
        ("chrome.google.com", "chromewebstore.google.com"),
        numbered(_EXTENSION, r"/detail/\1", "chromewebstore.google.com"),
    ),
    "addons.mozilla.org": numbered(_ADD_ON, r"\1"),
    "docs.microsoft.com": _at("learn.microsoft.com"),
    "etsy.com": numbered(_LISTING, r"/listing/\1"),
    **dict.fromkeys(("bbc.co.uk", "bbc.com"), _bbc),
    "mp.weixin.qq.com": _weixin,
    "dropbox.com": without("dl", "raw", "st", "e"),
    "nytimes.com": without("smtyp", "unlocked_article_code", "referringsource", "partner", "emc", "pgtype"),
    "theguardian.com": without("cmp"),
    "bloomberg.com": without("sref", "leadsource"),
    "washingtonpost.com": without("itid", "wpisrc", "pwapi_token"),
    "wsj.com": without("mod", "st", "reflink"),
    "economist.com": without("giftid"),
    "wired.com": without("mbid"),
    "theatlantic.com": without("gift"),
    "reuters.com": without("taid"),
    "quora.com": without("share", "ch", "oid", "srid", "target_type"),
    "bilibili.com": without("share_source", "share_medium", "share_plat", "share_tag", "from", "unique_k", "timestamp"),
    "imdb.com": without("ref_"),
    "producthunt.com": without("ref"),
    "tiktok.com": without("is_copy_url", "is_from_webapp", "sender_device", "_r", "_t"),
}
"""By host."""
_FAMILIES: dict[str, Rule] = {
    **url_posts.FAMILIES,
    **dict.fromkeys(("wikipedia.org", "wiktionary.org", "wikimedia.org", "wikiquote.org", "wikibooks.org"), _wiki),
    **dict.fromkeys(("wikisource.org", "wikidata.org", "wikivoyage.org", "wikiversity.org"), _wiki),
}
"""By domain, for all hosts below it."""
