"""Canonical URLs: one key for all addresses of the same resource.

Two addresses are the same where nearly everybody would say so: another scheme, a tracking parameter, a mobile page, a
slash at the end. In doubt they are not: a missed meeting costs little, a wrong one says what is not true.
"""

from __future__ import annotations

import re
import unicodedata

from notes_lsp.facts import Link, LinkKind
from notes_lsp.urls.encoding import IN_FRAGMENT, IN_NAME, IN_PATH, IN_VALUE, normalize_escapes
from notes_lsp.urls.rules import Web
from notes_lsp.urls.schemes import key_of, repository_url, web_address
from notes_lsp.urls.sites import of_site
from notes_lsp.urls.social import is_question
from notes_lsp.urls.tracking import is_tracking
from notes_lsp.urls.wrappers import may_wrap, unwrap

_LONGEST = 2048
"""Code points. What is longer holds data rather than leads anywhere, and stands for itself."""
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_NOWHERE = frozenset({"data", "javascript", "about", "blob", "c", "d"})
_JUNK = re.compile(r"[\t\r\n]+")
_AMPERSAND = re.compile(r"&(?:amp;|#38;)+")
_MARKDOWN_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*", re.IGNORECASE)
_COOKIELESS = re.compile(r"/\(S\([a-z0-9]{24}\)\)(?=/|$)", re.IGNORECASE)
_PREFIXES = ("www.", "m.", "mobile.", "amp.")
_INDEX = frozenset({"index.html", "index.htm", "index.xhtml", "index.shtml", "default.html", "default.htm"})
_INDEX_SCRIPT = frozenset({"index.php", "index.asp", "index.aspx", "default.asp", "default.aspx", "index.jsp"})
_DATED = re.compile(r"/(?:19|20)\d\d/")
_DATED_AMP = re.compile(r"^(?:/amp)+(?=/(?:19|20)\d\d/\d\d?/.)")
_IN_MEDIA = re.compile(r"t=[\d:.,hms]+|t=npt:[\d:.,]+|xywh=(?:p\w+:)?[\d.,]+", re.IGNORECASE)
_IN_DOCUMENT = re.compile(r"(?:page|view|zoom|search|nameddest|pagemode|toolbar)=[^/]*", re.IGNORECASE)
_RUN = re.compile(r"[A-Za-z0-9]{24,}")
_PACKED = re.compile(r"[a-z]\w*:([\w\-]{24,})")
_ALWAYS_ROUTES = frozenset({"mail.google.com", "web.telegram.org"})


def normalize_link(link: Link) -> str:
    """The address that a link out of the vault has, as meant: escapes resolved, ``mailto:``, ``doi:`` added."""
    target = link.target if link.anchor is None else f"{link.target}#{link.anchor}"
    if link.kind in (LinkKind.INLINE, LinkKind.DEFINITION) and "\\" in target:
        target = _MARKDOWN_ESCAPE.sub(r"\1", target)
    if link.kind is LinkKind.AUTOLINK and not _SCHEME.match(target):
        return f"mailto:{target}"
    if link.kind is LinkKind.URL and not _SCHEME.match(target):
        # The number of a paper in the frontmatter, whose key says what it is.
        return f"doi:{target}" if target.startswith("10.") else f"arxiv:{target}"
    return target


def browser_url(link: Link) -> str:
    """The address that a browser opens for a link out of the vault: that of the paper, where it is named by number."""
    address = normalize_link(link)
    scheme, _, rest = address.partition(":")
    scheme = scheme.lower()
    return web_address(scheme, rest) or address if scheme in {"doi", "arxiv", "hdl", "pmid"} else address


def canonical_url(url: str) -> str | None:
    """The key of what a URL leads to: equal keys are the same thing. ``None`` where it leads nowhere outside.

    Total, and ``resource(resource(url)) == resource(url)``: the key of a web address is itself one, without what does
    not matter. Percent-encoding follows RFC 3986, section 6.2.2; hosts are compared by their Unicode form.
    """
    text = _tidy(url)
    if len(text) > _LONGEST:
        return text
    scheme = _SCHEME.match(text)
    if scheme is None:
        web = text if text.startswith("//") else repository_url(text)
        return _of_web(web) if web else None
    name, rest = scheme[1].lower(), text[scheme.end() :]
    if name in {"http", "https"}:
        return _of_web(text)
    if name in _NOWHERE:
        return None
    web = web_address(name, rest)
    return _of_web(web) if web else key_of(name, rest)


def fragment_of(url: str) -> str:
    """The place in a page that a URL names, which its key leaves out: a heading, a line, a second; else empty."""
    page, _, fragment = _tidy(url).partition("#")
    fragment = fragment.partition(":~:")[0]
    host, _, path = page.partition("//")[2].partition("/")
    return "" if _route(fragment, host.lower(), path) else normalize_escapes(fragment, IN_FRAGMENT)


def has_path(key: str) -> bool:
    """Whether the key of a web address is that of a page, rather than of a whole site."""
    return "/" in key.partition("://")[2]


def _tidy(url: str) -> str:
    text = _JUNK.sub("", url.strip())
    return _AMPERSAND.sub("&", text).strip() if "&" in text else text.strip()


def _of_web(text: str) -> str:
    key, settled = _key(text)
    # What a site's rule or a wrapper changed may show more than the address did.
    while not settled:
        before, (key, settled) = key, _key(key)
        settled = settled or key == before
    return key


def _key(text: str) -> tuple[str, bool]:
    """The key of a web address, and whether it is sure to be its own key."""
    web = _read(text)
    while web is not None and (inner := unwrap(web.host, web.path, web.query, web.fragment)) is not None:
        text, web = inner, _read(inner)
    if web is None:
        return text, True
    path = normalize_escapes(web.path, IN_PATH)
    params = _params(web.query, web.host, path) if web.query else []
    path = _path(path, bool(params))
    fragment = web.fragment
    if fragment:
        page = path + "&".join([value for _, value in params if value])
        fragment = _route(normalize_escapes(_route(fragment, web.host, page), IN_FRAGMENT), web.host, page)
    if web.fragment.isdecimal() and is_question(web.host, path):
        # An answer, as the page of its question has it.
        fragment = web.fragment
    plain = Web(_host(web.host, path), path, "", fragment)
    count = len(params)
    best = of_site(plain, params)
    query = "&".join([name if value is None else f"{name}={value}" for name, value in params])
    key = f"https://{best.host}{best.path}{query and f'?{query}'}{best.fragment and f'#{best.fragment}'}"
    return key, best == plain and not may_wrap(best.host) and len(params) == count


def _read(text: str) -> Web | None:
    """The parts of a web address, as written; ``None`` where it has no host."""
    rest, _, fragment = text.partition("//")[2].partition("#")
    rest, _, query = rest.partition("?")
    host, slash, path = rest.replace("\\", "/").partition("/")
    host = _tidy_host(host)
    return Web(host, slash + path, query, fragment) if host.strip(".:@[]") else None


def _tidy_host(written_host: str) -> str:
    """Host and port, folded, with what logs in before them; standard ports left out."""
    who, at, host = "".join(written_host.split()).rpartition("@")
    if host.isascii():
        host = host.lower()
    else:
        host = unicodedata.normalize("NFC", unicodedata.normalize("NFC", host).lower()).replace("\u3002", ".")
    bare = ""
    while bare != host and (host.startswith(".") or not host[-1:].isalpha()):
        bare, host = host, host.strip(".").rstrip(":").removesuffix(":80").removesuffix(":443")
    if "xn--" in host:
        name, colon, port = host.partition(":")
        host = ".".join(map(_unicode_label, name.split("."))) + colon + port
    return f"{who}{at}{host}"


def _unicode_label(label: str) -> str:
    """A label of an internationalised domain name in Unicode (RFC 3492); as it is where it is none."""
    if not label.startswith("xn--"):
        return label
    try:
        decoded = label[4:].encode("ascii").decode("punycode")
        sound = decoded.encode("punycode").decode("ascii") == label[4:]
    except (UnicodeError, ValueError, OverflowError):
        return label
    folded = unicodedata.normalize("NFC", decoded.lower())
    return (
        decoded
        if sound and decoded and decoded == folded and all(char.isalnum() or char == "-" for char in decoded)
        else label
    )


def _host(host: str, path: str) -> str:
    """The host without what says on which device it is read; a home page for phones may be a place of its own."""
    while True:
        prefix = next((prefix for prefix in _PREFIXES if host.startswith(prefix)), None)
        if prefix is None or "." not in host[len(prefix) :] or host[len(prefix) :].startswith("."):
            return host
        if prefix != "www." and (not path or (prefix == "amp." and not _is_article(path))):
            return host
        host = host[len(prefix) :]


def _path(path: str, has_query: bool) -> str:  # noqa: FBT001  (a fact about the address, not a mode)
    """The path without dot segments (RFC 3986, section 5.2.4), index files and slashes at its end."""
    if "/." in path:
        kept: list[str] = []
        for segment in path.split("/")[1:]:
            if segment == "..":
                del kept[-1:]
            elif segment != ".":
                kept.append(segment)
        path = "/" + "/".join(kept)
    if ";" in path:
        path = _SESSION.sub("", path)
    while True:
        bare = (_COOKIELESS.sub("", path) if "/(" in path else path).rstrip("/")
        bare = _DATED_AMP.sub("", bare) if bare.startswith("/amp/") else bare
        folder, _, last = bare.rpartition("/")
        is_index = last.lower() in _INDEX or (last.lower() in _INDEX_SCRIPT and not has_query)
        is_look = (last == "amp" and _is_article(folder)) or (last == "print" and _DATED.search(folder))
        if is_index or is_look:
            path = folder
        elif last.endswith((".amp", ".amp.html")) and _is_article(bare.replace(".amp", "")):
            path = bare.replace(".amp", "")
        elif last.endswith(".git") and last[:-4].strip("."):
            path = bare[:-4]
        else:
            return bare


def _is_packed(fragment: str) -> bool:
    """Whether letters and digits are mixed as no heading mixes them: all that a playground shows is in its address."""
    packed = _PACKED.fullmatch(fragment)
    runs = [packed[1].replace("-", "").replace("_", "")] if packed else _RUN.findall(fragment)
    return any(run.lower() != run and run.upper() != run and not run.isalpha() for run in runs)


def _is_article(path: str) -> bool:
    """Whether a path is that of a text rather than of a section: it ends in a phrase or a page, or it is dated."""
    last = path.rpartition("/")[2]
    return last.count("-") > 1 or last.endswith((".html", ".htm")) or _DATED.search(path) is not None


def _params(query: str, host: str, path: str) -> list[tuple[str, str | None]]:
    """The parameters by name, those that only tell where the reader came from left out."""
    found: list[tuple[str, str | None]] = []
    for part in query.split("&"):
        name, _, value = part.replace("+", "%20").partition("=")
        name = normalize_escapes(name, IN_NAME)
        if part not in ("", "=") and not is_tracking(name, value, host, path):
            found.append((name, normalize_escapes(value, IN_VALUE) if value else None))
    # By name alone: where a name stands twice, the order may matter.
    return sorted(found, key=lambda param: param[0])


def _route(fragment: str, host: str, page: str) -> str:
    """The fragment where it says which page an application shows; a place within a page is left out.

    An anchor, a line, a second of a film or a page of a document is the same; a route (``#/inbox``, ``#!topic``), a
    setting (``#gid=7``) or the whole of what is shown (``#eNp9kVFL...``) may be another one.
    """
    fragment = fragment.partition(":~:")[0]
    if not fragment.strip("/!") or _IN_MEDIA.fullmatch(fragment):
        return ""
    if _IN_DOCUMENT.fullmatch(fragment) and "pdf" in page.lower():
        return ""
    if host in _ALWAYS_ROUTES or "!(" in fragment or _is_packed(fragment):
        return fragment
    if "=" in fragment and all(is_tracking(*part.partition("=")[::2]) for part in fragment.split("&")):
        return ""
    return fragment if fragment[0] == "!" or "/" in fragment or "=" in fragment else ""
