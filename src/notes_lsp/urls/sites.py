"""Sites: the canonical addresses of the pages of single sites.

A rule takes the parts of an address and gives those of the plainest address of the same thing. Each is its own answer:
applied to what it gave, it changes nothing.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from notes_lsp.urls import forges as url_forges
from notes_lsp.urls import papers as url_papers
from notes_lsp.urls import social as url_posts
from notes_lsp.urls.papers import of_doi_in
from notes_lsp.urls.rules import Params, UrlRule, Web, keep, numbered_rule, value_of, without

_YOUTUBE = re.compile(r"/(?:embed|shorts|live|watch|v|e)/([\w-]{11})")
_YOUTUBE_INNER = re.compile(r"/watch\?(?:.*&)?v=([\w-]{11})(?:&.*)?")
_VIMEO = re.compile(
    r"/(?:video/|channels/[^/]+/|groups/[^/]+/videos/|(?:album|showcase)/\d+/video/)?(\d+)(?:/([0-9a-f]{8,12}))?"
)
_VIDEO = re.compile(r"[\w-]{11}")
_ASIN = re.compile(
    r"(?:/-/[a-z]{2})?(?:/[^/]+)??(?:/(?:dp|gp/product|gp/aw/d|exec/obidos/(?:asin|tg/detail/-)|o/asin|d))/([A-Z0-9]{10})(?:/.*)?",
    re.IGNORECASE,
)
_GOOGLE_DOC = re.compile(
    r"(?:/a/[^/]+)?/(document|spreadsheets|presentation|forms|drawings)(?:/u/\d+)?/d/([\w-]{20,})(?:/(?:edit|view|preview|copy|htmlview|mobilebasic))?"
)
_DRIVE_FILE = re.compile(r"/file(?:/u/\d+)?/d/([\w-]{10,})(?:/(?:view|edit|preview))?")
_DRIVE_FOLDER = re.compile(r"/drive(?:/u/\d+)?/folders/([\w-]{10,})")
_GOOGLE_BOOK = re.compile(r"/books/edition/[^/]*/([\w-]{12})")
_BOOK = re.compile(r"/(?:[a-z]{2}/)?book/show/(\d+)(?:[.-].*)?")
_SPOTIFY = re.compile(r"/(?:intl-[a-z]{2}(?:-[a-z]+)?|embed)(/.+)")
_SEARCHED = frozenset({"q", "tbm", "udm", "start", "tbs", "lr", "cr", "kgmid", "near", "ibp"})
_NOTION = re.compile(r"/(?:[^/]+/)?(?:[^/]+-)?([0-9a-f]{32})")
_APPLE = re.compile(r"/(?:[a-z]{2}/)?(app|podcast|book)/(?:[^/]+/)?(id\d+)")
_EXTENSION = re.compile(r"(?:/webstore)?/detail/(?:[^/]+/)?([a-p]{32})")
_ADD_ON = re.compile(r"/[a-z]{2,3}(?:-[A-Za-z]{2})?(/(?:firefox|android|thunderbird)/addon/.+)")
_ITEM = re.compile(r"/itm/(?:[^/]+/)?(\d{9,})")
_LISTING = re.compile(r"/(?:[a-z]{2}(?:-[a-z]{2})?/)?listing/(\d+)(?:/[^/]*)?")
_TWITCH_VIDEO = re.compile(r"/(?:videos|[^/]+/v(?:ideo)?)/(\d+)")
_TWITCH_CLIP = re.compile(r"/[^/]+/clip/([\w-]+)")
_HELD = re.compile(r"(/details/[^/]+(?:/[^/]+\.\w+)?)(?:/page/\w+)?(?:/mode/\w+)?")
_WORK = re.compile(r"/(works/OL\d+W|books/OL\d+M|authors/OL\d+A)(?:/(?!edit$|history$|editions$)[^/]+)?")
_CATALOGUED = re.compile(r"/(?:title/(?:[^/]+/)?)?(?:oclc/)?(\d+)")
_STEAM = re.compile(r"/(?:agecheck/)?(app|sub|bundle)/(\d+)(?:/[^/]*)?")
_CARD = re.compile(r"/([bc])/(\w{8})(?:/[^/]*)?")
_DESIGN = re.compile(r"/(?:file|design)/(\w{20,})(?:/[^/]*)?")
_SONG = re.compile(r"/(?:[a-z]{2}/)?(album|artist|song|music-video|playlist)/(?:[^/]+/)?((?:pl\.)?[\w-]*\d[\w-]*)")
_NOT_VIDEOS = frozenset({"videoseries", "live_stream"})
"""As long as the name of a video, and where it would stand."""


def of_site(web: Web, params: Params) -> Web:
    """The plainest address of what a canonical address leads to, by what is known of its site.

    Parameters that do not matter there are taken out of ``params``, which stay in order.
    """
    rule = _SITES.get(web.host) or _FAMILIES.get(".".join(web.host.rsplit(".", 2)[-2:])) or _rule_by_name(web)
    if rule is not None:
        web = rule(web, params)
    return of_doi_in(web, params)


def _rule_by_name(web: Web) -> UrlRule | None:
    """The rule of a site that has many domains, by what its host begins with."""
    if web.host.startswith(("amazon.", "smile.amazon.")):
        return _amazon
    if web.host.startswith(("google.", "books.google.", "maps.google.")):
        return _google
    if web.host.startswith("ebay."):
        return _EBAY
    return url_forges.of_lab(web) or url_papers.paper_rule_for_host(web) or url_posts.social_rule_for_host(web)


def _youtube(web: Web, params: Params) -> Web:
    short = _VIDEO.fullmatch(web.path[1:]) if web.host == "youtu.be" else None
    inner = _YOUTUBE_INNER.fullmatch(unquote(value_of(params, "u"))) if web.path == "/attribution_link" else None
    path = short or inner or _YOUTUBE.fullmatch(web.path)
    video = path[path.re.groups] if path else value_of(params, "v") if web.path == "/watch" else ""
    if video and video not in _NOT_VIDEOS:
        # Some programs begin the parameters a second time.
        params[:] = [("v", video.partition("?")[0] or video)]
        return Web("youtube.com", "/watch", "", "")
    _YOUTUBE_NOISE(web, params)
    if web.path in ("/playlist", "/embed/videoseries") and value_of(params, "list"):
        keep(params, "list")
        return Web("youtube.com", "/playlist", "", "")
    if web.path.startswith(("/@", "/c/", "/user/", "/channel/")):
        web = web._replace(path=web.path.removesuffix("/featured"))
    if web.path.startswith("/@"):
        # Names are found whatever their case.
        web = web._replace(path=web.path.lower())
    host = web.host if web.host in ("youtu.be", "music.youtube.com") else "youtube.com"
    return web._replace(host=host, fragment="")


def _youtube_mirror(web: Web, params: Params) -> Web:
    return _youtube(web, params) if web.path == "/watch" and value_of(params, "v") else web


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
    if host == "wikidata.org" and (item := re.fullmatch(r"/(?:entity|wiki/Special:EntityPage)/(\w+)", path)):
        path = f"/wiki/{item[1]}"
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
    if web.path == "/search" and value_of(params, "q"):
        params[:] = [param for param in params if param[0] in _SEARCHED or param[0].startswith("as_")]
    if web.host.startswith("maps.") and not web.path.startswith("/maps/"):
        web = web._replace(path="/maps" + web.path.removeprefix("/maps"))
    if web.path == "/maps" or web.path.startswith("/maps/"):
        without("entry", "g_ep", "g_st", "shorturl", "authuser", "hl", "coh")(web, params)
        # A blank, as maps write it.
        return web._replace(host=web.host.removeprefix("maps."), path=web.path.replace("%20", "+"))
    return web


def _google_docs(web: Web, params: Params) -> Web:
    if document := _GOOGLE_DOC.fullmatch(web.path):
        sheet = web.fragment if document[1] == "spreadsheets" else ""
        if document[1] == "spreadsheets" and (number := value_of(params, "gid")):
            sheet = sheet if sheet.startswith("gid=") else f"gid={number}"
        params.clear()
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
    without("pvs", "source")(web, params)
    if found:
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
    noise = ("ns_", "at_", "xtor", "ocid", "pinned_post_")
    params[:] = [param for param in params if not param[0].lower().startswith(noise)]
    if not web.path.startswith(("/news/", "/sport/")):
        return web
    return web._replace(host="bbc.com", path=web.path.removesuffix(".amp").replace("/amp/", "/", 1))


def _weixin(web: Web, params: Params) -> Web:
    if web.path == "/s" and value_of(params, "__biz"):
        keep(params, "__biz", "mid", "idx", "sn")
    return web


def _vimeo(web: Web, params: Params) -> Web:
    found = _VIMEO.fullmatch(web.path)
    if found is None:
        return web
    # Without the second number, what is not listed is not shown.
    hidden = found[2] or value_of(params, "h")
    params[:] = [("h", hidden)] if hidden else []
    return Web("vimeo.com", f"/{found[1]}", "", "")


def _twitch(web: Web, params: Params) -> Web:
    without("t", "filter", "sort", "tt_content", "tt_medium")(web, params)
    clip = re.fullmatch(r"/([\w-]+)", web.path) if web.host == "clips.twitch.tv" else _TWITCH_CLIP.fullmatch(web.path)
    if clip and clip[1] not in ("embed", "create"):
        params.clear()
        return Web("clips.twitch.tv", f"/{clip[1]}", "", "")
    if web.host == "player.twitch.tv" and (number := value_of(params, "video").removeprefix("v")).isdecimal():
        params.clear()
        return Web("twitch.tv", f"/videos/{number}", "", "")
    if web.host == "twitch.tv" and web.path.count("/") == 1:
        return web._replace(path=web.path.lower())
    return numbered_rule(_TWITCH_VIDEO, r"/videos/\1")(web, params) if web.host == "twitch.tv" else web


def _archive(web: Web, params: Params) -> Web:
    found = _HELD.fullmatch(web.path)
    if found is None:
        return web
    without("view", "q", "ui", "wrapper")(web, params)
    fragment = "" if web.fragment.startswith(("page/", "mode/")) else web.fragment
    return web._replace(path=found[1], fragment=fragment)


def _copied(web: Web, _: Params) -> Web:
    """A page as it was once, by its number: one library under many names."""
    return web._replace(host="archive.ph") if re.fullmatch(r"/\w{4,6}", web.path) else web


def _catalogue(web: Web, params: Params) -> Web:
    if web.path.startswith(("/title/", "/oclc/")):
        return numbered_rule(_CATALOGUED, r"/oclc/\1", "worldcat.org")(web, params)
    return web


def _play(web: Web, params: Params) -> Web:
    if web.path == "/store/apps/details" and value_of(params, "id"):
        keep(params, "id")
    return web


def _at(host: str) -> UrlRule:
    """The rule of a site that has moved."""
    return lambda web, _: web._replace(host=host)


_YOUTUBE_NOISE = without(
    *("si", "feature", "app", "ab_channel", "pp", "t", "start", "time_continue", "sub_confirmation", "index"),
    *(
        "autoplay",
        "rel",
        "start_radio",
        "playnext",
        "view_as",
        "gl",
        "hl",
        "persist_gl",
        "cbrd",
        "ucbcb",
        "themerefresh",
    ),
)
_WIKI_LOOKS = frozenset({"useskin", "useformat", "mobileaction", "veaction", "oldformat"})
_WIKI_VARIANT = re.compile(r"/(?:zh-[a-z]+|zh-hans|zh-hant|sr-e[cl])/(.+)")
_EBAY = numbered_rule(_ITEM, r"/itm/\1")
_SITES: dict[str, UrlRule] = {
    **url_papers.PAPER_SITES,
    **url_posts.SOCIAL_SITES,
    **url_forges.FORGE_SITES,
    **dict.fromkeys(("youtube.com", "music.youtube.com", "gaming.youtube.com", "youtu.be"), _youtube),
    "youtube-nocookie.com": _youtube,
    **dict.fromkeys(("vimeo.com", "player.vimeo.com"), _vimeo),
    **dict.fromkeys(("twitch.tv", "clips.twitch.tv", "player.twitch.tv"), _twitch),
    **dict.fromkeys(("docs.google.com", "drive.google.com"), _google_docs),
    "goodreads.com": numbered_rule(_BOOK, r"/book/show/\1"),
    "open.spotify.com": _spotify,
    "notion.so": _notion,
    **dict.fromkeys(("yewtu.be", "piped.video"), _youtube_mirror),
    "wikiwand.com": _wikiwand,
    **dict.fromkeys(("apps.apple.com", "itunes.apple.com", "podcasts.apple.com", "books.apple.com"), _apple),
    **dict.fromkeys(
        ("chrome.google.com", "chromewebstore.google.com"),
        numbered_rule(_EXTENSION, r"/detail/\1", "chromewebstore.google.com"),
    ),
    "archive.org": _archive,
    **dict.fromkeys(("archive.is", "archive.today", "archive.md", "archive.fo", "archive.li", "archive.vn"), _copied),
    "msn.com": without("ocid", "cvid", "ei", "pc"),
    "openlibrary.org": numbered_rule(_WORK, r"/\1"),
    **dict.fromkeys(("worldcat.org", "search.worldcat.org"), _catalogue),
    "store.steampowered.com": numbered_rule(_STEAM, r"/\1/\2"),
    "trello.com": numbered_rule(_CARD, r"/\1/\2"),
    "figma.com": numbered_rule(_DESIGN, r"/design/\1", kept=("node-id",)),
    "music.apple.com": numbered_rule(_SONG, r"/\1/\2", kept=("i",)),
    "soundcloud.com": without("si", "in"),
    "play.google.com": _play,
    "bing.com": without("form", "cvid", "qs", "sp", "pq", "sc", "sk", "ghc", "lq", "ghsh", "ghacc", "ghpl", "refig"),
    "duckduckgo.com": without("t", "atb", "hps"),
    "ft.com": without("accesstoken", "sharetype", "segmentid"),
    "spiegel.de": without("sara_ref"),
    **dict.fromkeys(("edition.cnn.com", "us.cnn.com"), _at("cnn.com")),
    "addons.mozilla.org": numbered_rule(_ADD_ON, r"\1"),
    "docs.microsoft.com": _at("learn.microsoft.com"),
    "etsy.com": numbered_rule(_LISTING, r"/listing/\1"),
    **dict.fromkeys(("bbc.co.uk", "bbc.com"), _bbc),
    "mp.weixin.qq.com": _weixin,
    "dropbox.com": without("dl", "raw", "st", "e"),
    "nytimes.com": without(
        "smtyp", "unlocked_article_code", "referringsource", "searchresultposition", "partner", "emc", "pgtype"
    ),
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
}
"""By host."""
_FAMILIES: dict[str, UrlRule] = {
    **url_papers.PAPER_FAMILIES,
    **url_posts.SOCIAL_FAMILIES,
    "notion.site": _notion,
    **dict.fromkeys(("wikipedia.org", "wiktionary.org", "wikimedia.org", "wikiquote.org", "wikibooks.org"), _wiki),
    **dict.fromkeys(("wikisource.org", "wikidata.org", "wikivoyage.org", "wikiversity.org"), _wiki),
}
"""By domain, for all hosts below it."""
