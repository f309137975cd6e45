"""URL sites: what is known of single sites: which of their addresses are those of one and the same thing.

A rule takes the parts of an address and gives those of the plainest address of the same thing. Each is its own answer:
applied to what it gave, it changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import unquote

Params = list[tuple[str, "str | None"]]


class Web(NamedTuple):
    """The parts of a web address; the path begins with a slash or is empty."""

    host: str
    path: str
    query: str
    fragment: str


Rule = Callable[[Web, Params], Web]
"""Gives the address of the same thing; takes out of the parameters what does not matter."""

_DOI = re.compile(r"(10\.\d{4,9}(?:\.\d+)*)/(.+)")
_DOI_FOLDERS = (
    "doi abs full fulltext pdf epdf epub html fullhtml pdfdirect pdfplus reader book article articles chapter content "
    "referenceworkentry referencework protocol lens early recent"
)
_DOI_FOLDER_SET = frozenset(_DOI_FOLDERS.split())
_DOI_TAIL = re.compile(
    r"(?:/(?:full|fulltext|abstract|summary|meta|pdf|epdf|html|references)|(?:v\d+)?\.(?:full|abstract|short|full-text)"
    r"(?:\.pdf)?|\.pdf)$"
)
_PREPRINT_VERSION = re.compile(r"^(10\.1101/.+?)v\d+$")
_NATURE = re.compile(r"/articles/(s\d{5}-\d{3}-\d{4,5}-[\dx]|nature\d+|srep\d+)(?:\.pdf)?", re.IGNORECASE)
_ZENODO = re.compile(r"/records?/(\d+)")
_ARXIV = re.compile(
    r"/(?:abs|pdf|html|ps|format|src|e-print)/(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Za-z]{2})?/\d{7})(?:v\d+)?(?:\.pdf)?",
)
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(.+)")
_YOUTUBE = re.compile(r"/(?:embed|shorts|live|v|e)/([\w-]{11})")
_VIDEO = re.compile(r"[\w-]{11}")
_ANSWER = re.compile(r"/(?:questions/\d+/[^/]*/|a/)(\d+)(?:/\d+)?")
_QUESTION = re.compile(r"/(?:questions|q)/(\d+)(?:/[^/]*)?")
_STATUS = re.compile(r"/(?:[^/]+|i/web|i)/status(?:es)?/(\d+)(?:/(?:photo|video)/\d+)?")
_REDDIT_POST = re.compile(r"/(?:(?:r|user)/[^/]+/)?comments/(\w+)(?:/[^/]*(?:/(\w+))?)?")
_ASIN = re.compile(
    r"(?:/[^/]+)??(?:/(?:dp|gp/product|gp/aw/d|exec/obidos/(?:asin|tg/detail/-)|o/asin|d))/([A-Z0-9]{10})(?:/.*)?",
    re.IGNORECASE,
)
_GOOGLE_DOC = re.compile(
    r"/(document|spreadsheets|presentation|forms|drawings)(?:/u/\d+)?/d/([\w-]{20,})(?:/(?:edit|view|preview|copy|htmlview|mobilebasic))?"
)
_DRIVE_FILE = re.compile(r"/file(?:/u/\d+)?/d/([\w-]{10,})(?:/(?:view|edit|preview))?")
_GOOGLE_BOOK = re.compile(r"/books/edition/[^/]*/([\w-]{12})")
_TOPIC = re.compile(r"/t/(?:[^/]+/)?(\d+)(?:/\d+)?")
_TOPIC_HOSTS = ("forum.", "forums.", "discourse.", "community.", "discuss.", "meta.", "talk.")
_GIST = re.compile(r"/[^/]+/([0-9a-f]{20,})")
_BOOK = re.compile(r"/(?:[a-z]{2}/)?book/show/(\d+)(?:[.-].*)?")
_SPOTIFY = re.compile(r"/(?:intl-[a-z]{2}(?:-[a-z]+)?|embed)(/.+)")
_NOTION = re.compile(r"/(?:[^/]+/)?(?:[^/]+-)?([0-9a-f]{32})")
_PUBMED = re.compile(r"/(?:pubmed|m/pubmed)/(\d+)")
_PMC = re.compile(r"/(?:pmc/)?articles/(PMC\d+)(?:/pdf(?:/.*)?)?", re.IGNORECASE)


def of_site(web: Web, params: Params) -> Web:
    """The plainest address of what a canonical address leads to, by what is known of its site.

    Parameters that do not matter there are taken out of ``params``, which stay in order.
    """
    rule = _SITES.get(web.host) or _FAMILIES.get(".".join(web.host.rsplit(".", 2)[-2:])) or _rule_by_name(web)
    if rule is not None:
        web = rule(web, params)
    doi = doi_of(web.path, is_resolver=web.host in _RESOLVERS) if "/10." in web.path else ""
    if not doi and web.host == "journals.plos.org":
        doi = next((doi_of(f"/{value}", is_resolver=True) for name, value in params if name == "id" and value), "")
    return _of_doi(doi, params) if doi else web


def _rule_by_name(web: Web) -> Rule | None:
    """The rule of a site that has many domains, by what its host begins with."""
    if web.host.startswith(("amazon.", "smile.amazon.")):
        return _amazon
    if web.host.startswith(("google.", "books.google.")):
        return _google
    return _topic if web.host.startswith(_TOPIC_HOSTS) and web.path.startswith("/t/") else None


def doi_of(path: str, *, is_resolver: bool) -> str:
    """The DOI that a path holds, folded: they are compared without regard to case (ISO 26324); else empty.

    Anywhere but at a resolver it must stand where publishers have the work itself, not its figures or citations.
    """
    plain = unquote(path)
    at = plain.find("/10.")
    found = _DOI.fullmatch(plain, at + 1) if at >= 0 else None
    if found is None:
        return ""
    if is_resolver:
        return found[0].lower().strip() if at == 0 else ""
    folder = plain[:at].rpartition("/")[2].lower()
    doi = _DOI_TAIL.sub("", found[0])
    doi = _PREPRINT_VERSION.sub(r"\1", _DOI_TAIL.sub("", doi))
    # Below a work there are its figures, supplements and metrics; no publisher of these has slashes in its DOIs' ends.
    return doi.lower() if folder in _DOI_FOLDER_SET and doi.count("/") == 1 else ""


def _of_doi(doi: str, params: Params) -> Web:
    params.clear()
    if arxiv := _ARXIV_DOI.fullmatch(doi):
        return _arxiv(Web("arxiv.org", f"/abs/{arxiv[1]}", "", ""), params)
    # What means something else in a path, or in an address as a whole, stays encoded.
    encoded = "".join(f"%{ord(char):02X}" if char in "?#%;\\ " or not char.isprintable() else char for char in doi)
    return Web("doi.org", f"/{encoded}", "", "")


def _arxiv(web: Web, params: Params) -> Web:
    found = _ARXIV.fullmatch(web.path)
    if found is None:
        return web
    params.clear()
    return Web("arxiv.org", f"/abs/{found[1]}", "", "")


def _youtube(web: Web, params: Params) -> Web:
    short = _VIDEO.fullmatch(web.path[1:]) if web.host == "youtu.be" else None
    path = short or _YOUTUBE.fullmatch(web.path)
    value = next((value for name, value in params if name == "v" and value), None)
    video = path[path.re.groups] if path else value if web.path == "/watch" else None
    if video:
        params[:] = [("v", video)]
        return Web("youtube.com", "/watch", "", "")
    _keep(params, "list", "v", "search_query", "query")
    return web._replace(host="youtube.com", fragment="") if web.host != "youtu.be" else web


def _vimeo(web: Web, params: Params) -> Web:
    found = re.fullmatch(r"/(?:video/)?(\d+)", web.path)
    if found is None:
        return web
    _keep(params, "h")
    return Web("vimeo.com", f"/{found[1]}", "", "")


def _github(web: Web, params: Params) -> Web:
    segments = web.path.split("/")
    # Owners and repositories are found whatever their case; branches and files are not.
    path = "/".join([*(segment.lower() for segment in segments[:3]), *segments[3:]])
    if len(segments) == 3:
        params[:] = [param for param in params if param != ("tab", "readme-ov-file")]
    return web._replace(path=path)


def _gist(web: Web, _: Params) -> Web:
    found = _GIST.fullmatch(web.path)
    return web._replace(path=f"/{found[1]}") if found else web


def _wiki(web: Web, params: Params) -> Web:
    host = web.host.replace(".m.", ".", 1)
    path = web.path
    title = next((value for name, value in params if name == "title"), None)
    if path == "/w/index.php" and title and len(params) == 1:
        path = f"/wiki/{title}"
        params.clear()
    if path.startswith("/wiki/"):
        article = path[6:].replace("%20", "_")
        # The first letter of a title may be written small, but in a dictionary.
        if "wiktionary" not in host and len(article[:1].upper()) == 1:
            article = article[:1].upper() + article[1:]
        path = f"/wiki/{article}"
    params[:] = [param for param in params if param[0] not in ("useskin", "useformat", "mobileaction", "veaction")]
    return web._replace(host=host, path=path)


def _stack(web: Web, params: Params) -> Web:
    if answer := _ANSWER.fullmatch(web.path):
        params.clear()
        return web._replace(path=f"/a/{answer[1]}")
    if question := _QUESTION.fullmatch(web.path):
        params.clear()
        return web._replace(path=f"/questions/{question[1]}")
    return web


def _twitter(web: Web, params: Params) -> Web:
    _keep(params, "q", "f")
    if status := _STATUS.fullmatch(web.path):
        params.clear()
        return Web("x.com", f"/i/status/{status[1]}", "", "")
    # Names are found whatever their case.
    path = web.path.lower() if web.path.count("/") == 1 else web.path
    return web._replace(host="x.com", path=path)


def _reddit(web: Web, params: Params) -> Web:
    short = re.fullmatch(r"/(\w+)", web.path) if web.host == "redd.it" else None
    post = _REDDIT_POST.fullmatch(web.path)
    if short or post:
        params.clear()
    if short:
        return Web("reddit.com", f"/comments/{short[1]}", "", "")
    if post:
        return Web("reddit.com", f"/comments/{post[1]}" + (f"/_/{post[2]}" if post[2] else ""), "", "")
    host = "reddit.com" if web.host.endswith("reddit.com") else web.host
    parts = web.path.split("/")
    if parts[1:2] == ["r"]:
        parts[2:3] = [part.lower() for part in parts[2:3]]
    return web._replace(host=host, path="/".join(parts))


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
        _keep(params, "q", "tbm", "udm", "start", "tbs", "as_sitesearch")
    return web


def _google_docs(web: Web, params: Params) -> Web:
    if document := _GOOGLE_DOC.fullmatch(web.path):
        _keep(params, "gid")
        sheet = web.fragment if document[1] == "spreadsheets" else ""
        return web._replace(path=f"/{document[1]}/d/{document[2]}", fragment=sheet)
    file = _DRIVE_FILE.fullmatch(web.path)
    value = next((value for name, value in params if name == "id"), None)
    if file or (value and web.path in ("/open", "/uc")):
        params.clear()
        return Web("drive.google.com", f"/file/d/{file[1] if file else value}", "", "")
    return web


def _topic(web: Web, params: Params) -> Web:
    found = _TOPIC.fullmatch(web.path)
    if found is None:
        return web
    params.clear()
    return web._replace(path=f"/t/{found[1]}")


def _goodreads(web: Web, params: Params) -> Web:
    found = _BOOK.fullmatch(web.path)
    if found is None:
        return web
    params.clear()
    return web._replace(path=f"/book/show/{found[1]}")


def _spotify(web: Web, params: Params) -> Web:
    params[:] = [param for param in params if param[0] not in ("si", "context", "nd", "dl_branch", "go")]
    found = _SPOTIFY.fullmatch(web.path)
    return web._replace(path=found[1]) if found and not _SPOTIFY.fullmatch(found[1]) else web


def _notion(web: Web, params: Params) -> Web:
    found = _NOTION.fullmatch(web.path)
    _keep(params, "p", "v")
    return web._replace(host="notion.so", path=f"/{found[1]}") if found else web


def _ncbi(web: Web, params: Params) -> Web:
    if paper := _PUBMED.fullmatch(web.path):
        params.clear()
        return Web("pubmed.ncbi.nlm.nih.gov", f"/{paper[1]}", "", "")
    if article := _PMC.fullmatch(web.path):
        params.clear()
        return Web("pmc.ncbi.nlm.nih.gov", f"/articles/{article[1].upper()}", "", "")
    return web


def _nature(web: Web, params: Params) -> Web:
    found = _NATURE.fullmatch(web.path)
    return _of_doi(f"10.1038/{found[1].lower()}", params) if found else web


def _zenodo(web: Web, params: Params) -> Web:
    found = _ZENODO.fullmatch(web.path)
    return _of_doi(f"10.5281/zenodo.{found[1]}", params) if found else web


def _substack(web: Web, _: Params) -> Web:
    found = re.fullmatch(r"/pub/([\w-]+)(/p/.+)", web.path)
    return web._replace(host=f"{found[1].lower()}.substack.com", path=found[2]) if found else web


def _without(*names: str) -> Rule:
    def rule(web: Web, params: Params) -> Web:
        params[:] = [param for param in params if param[0] not in names]
        return web

    return rule


def _keep(params: Params, *names: str) -> None:
    params[:] = [param for param in params if param[0] in names]


_RESOLVERS = frozenset({"doi.org", "dx.doi.org"})
_SITES: dict[str, Rule] = {
    **dict.fromkeys(("arxiv.org", "export.arxiv.org", "browse.arxiv.org", "xxx.lanl.gov"), _arxiv),
    **dict.fromkeys(("ar5iv.org", "ar5iv.labs.arxiv.org", "alphaxiv.org"), _arxiv),
    **dict.fromkeys(("youtube.com", "music.youtube.com", "youtu.be", "youtube-nocookie.com"), _youtube),
    **dict.fromkeys(("vimeo.com", "player.vimeo.com"), _vimeo),
    "github.com": _github,
    "gist.github.com": _gist,
    **dict.fromkeys(("twitter.com", "x.com"), _twitter),
    **dict.fromkeys(("reddit.com", "redd.it", "old.reddit.com", "new.reddit.com", "np.reddit.com"), _reddit),
    **dict.fromkeys(("i.reddit.com", "sh.reddit.com", "amp.reddit.com"), _reddit),
    **dict.fromkeys(("docs.google.com", "drive.google.com"), _google_docs),
    "goodreads.com": _goodreads,
    "open.spotify.com": _spotify,
    "notion.so": _notion,
    **dict.fromkeys(("ncbi.nlm.nih.gov", "pmc.ncbi.nlm.nih.gov", "pubmed.ncbi.nlm.nih.gov"), _ncbi),
    "nature.com": _nature,
    "zenodo.org": _zenodo,
    "open.substack.com": _substack,
    "instagram.com": _without("img_index", "hl"),
    "facebook.com": _without("__tn__", "__xts__", "__cft__[0]", "fref", "hc_ref", "rdid", "share_url"),
    "imdb.com": _without("ref_"),
    "producthunt.com": _without("ref"),
    "tiktok.com": _without("is_copy_url", "is_from_webapp", "sender_device", "_r", "_t"),
}
"""By host."""
_FAMILIES: dict[str, Rule] = {
    **dict.fromkeys(("wikipedia.org", "wiktionary.org", "wikimedia.org", "wikiquote.org", "wikibooks.org"), _wiki),
    **dict.fromkeys(("wikisource.org", "wikidata.org", "wikivoyage.org", "wikiversity.org"), _wiki),
    **dict.fromkeys(("stackoverflow.com", "stackexchange.com", "superuser.com", "serverfault.com"), _stack),
    **dict.fromkeys(("askubuntu.com", "mathoverflow.net", "stackapps.com"), _stack),
    "medium.com": _without("source", "sk", "gi"),
    "linkedin.com": _without("originalSubdomain", "lipi", "refId", "trackingId"),
}
"""By domain, for all hosts below it."""
