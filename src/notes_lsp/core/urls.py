"""URLs: the key of what a web address leads to, so that two addresses of the same thing have the same key.

Two addresses are the same where nearly everybody would say so: another scheme, a tracking parameter, a mobile page, a
slash at the end. In doubt they are not: a missed meeting costs little, a wrong one says what is not true.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote

from notes_lsp.core.facts import Link, LinkKind
from notes_lsp.core.url_papers import doi_of
from notes_lsp.core.url_posts import is_question
from notes_lsp.core.url_rules import Web
from notes_lsp.core.url_sites import of_site
from notes_lsp.core.url_tracking import is_tracking
from notes_lsp.core.url_wrappers import may_wrap, unwrapped

_LONGEST = 2048
"""Code points. What is longer holds data rather than leads anywhere, and stands for itself."""
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_NOWHERE = frozenset({"data", "javascript", "about", "blob", "c", "d"})
_JUNK = re.compile(r"[\t\r\n]+")
_AMPERSAND = re.compile(r"&(?:amp;|#38;)+")
_MARKDOWN_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*", re.IGNORECASE)
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PLAIN = re.compile(r"[A-Za-z0-9\-._~/:@!$'()*,;=&]*")
_PREFIXES = ("www.", "m.", "mobile.", "amp.")
_INDEX = frozenset({"index.html", "index.htm", "index.xhtml", "index.shtml", "default.html", "default.htm"})
_INDEX_SCRIPT = frozenset({"index.php", "index.asp", "index.aspx", "default.asp", "default.aspx", "index.jsp"})
_CLONED = re.compile(r"//(?:git@)?((?:github|gitlab|bitbucket|codeberg)\.(?:com|org)/.+)")
_CLONING = frozenset({"git", "ssh", "git+ssh", "git+https", "git+http"})
_NOT_DIALLED = re.compile(r"[-.() ]|%20")
_DATED = re.compile(r"/(?:19|20)\d\d/")
_IN_MEDIA = re.compile(r"(?:t|start|page|view|zoom|search|xywh)=[^/]*", re.IGNORECASE)
_IN_PATH, _IN_NAME, _IN_VALUE, _IN_FRAGMENT = "/?#%;\\", "&=+#%", "&+#%", "%"
"""What keeps its percent-encoding, since written plainly it would mean something else there."""


def written(link: Link) -> str:
    """The address that a link out of the vault has, as meant: escapes resolved, ``mailto:`` added."""
    target = link.target if link.anchor is None else f"{link.target}#{link.anchor}"
    if link.kind in (LinkKind.INLINE, LinkKind.DEFINITION) and "\\" in target:
        target = _MARKDOWN_ESCAPE.sub(r"\1", target)
    if link.kind is LinkKind.AUTOLINK and not _SCHEME.match(target):
        return f"mailto:{target}"
    return target


def resource(url: str) -> str | None:
    """The key of what a URL leads to: equal keys are the same thing. ``None`` where it leads nowhere outside.

    Total, and ``resource(resource(url)) == resource(url)``: the key of a web address is itself one, without what does
    not matter. Percent-encoding follows RFC 3986, section 6.2.2; hosts are compared by their Unicode form.
    """
    text = _tidy(url)
    if len(text) > _LONGEST:
        return text
    scheme = _SCHEME.match(text)
    if scheme is None:
        return _of_web(text) if text.startswith("//") else None
    name, rest = scheme[1].lower(), text[scheme.end() :]
    if name in {"http", "https"}:
        return _of_web(text)
    if name in _NOWHERE:
        return None
    if name in {"doi", "arxiv", "urn", "info"}:
        return _of_identifier(name, rest)
    if name in _CLONING and (cloned := _CLONED.fullmatch(rest)):
        return _of_web(f"https://{cloned[1]}")
    return _of_program(name, rest)


def place(url: str) -> str:
    """The place in a page that a URL names, which its key leaves out: a heading, a line, a second; else empty."""
    fragment = _tidy(url).partition("#")[2].partition(":~:")[0]
    return "" if _route(fragment) else _canonical(fragment, _IN_FRAGMENT)


def has_path(key: str) -> bool:
    """Whether the key of a web address is that of a page, rather than of a whole site."""
    return "/" in key.partition("://")[2]


def _tidy(url: str) -> str:
    text = _JUNK.sub("", url.strip())
    return _AMPERSAND.sub("&", text).strip() if "&" in text else text.strip()


def _of_identifier(scheme: str, rest: str) -> str:
    if scheme == "arxiv":
        return _of_web(f"https://arxiv.org/abs/{rest}") or f"arxiv:{rest}"
    bare = rest.lower().removeprefix("doi:").removeprefix("doi/") if scheme != "doi" else rest.lstrip("/")
    if scheme == "urn" and rest[:5].lower() == "isbn:":
        return f"urn:isbn:{rest[5:].replace('-', '').lower()}"
    if doi_of(f"/{bare.strip()}", is_resolver=True):
        return _of_web(f"https://doi.org/{bare.strip()}") or f"{scheme}:{rest}"
    return f"{scheme}:{rest}"


def _of_program(scheme: str, rest: str) -> str:
    """The key of what another program than a browser opens."""
    if scheme == "mailto":
        return f"mailto:{_canonical(rest.partition('?')[0], _IN_PATH).lower()}".strip()
    if scheme == "tel":
        # RFC 3966, section 5.1.1: what makes a number easier to read is no part of it.
        return f"tel:{_NOT_DIALLED.sub('', rest)}"
    if scheme == "file":
        path = rest.partition("#")[0]
        path = path.removeprefix("//localhost") if path.startswith("//localhost/") else path
        return f"file:{'' if path.startswith('//') or not path.startswith('/') else '//'}{_canonical(path, _IN_PATH)}"
    if scheme == "spotify" and rest.count(":") == 1:
        return _of_web(f"https://open.spotify.com/{rest.replace(':', '/')}")
    return f"{scheme}:{rest}"


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
    while web is not None and (inner := unwrapped(web.host, web.path, web.query, web.fragment)) is not None:
        text, web = inner, _read(inner)
    if web is None:
        return text, True
    params = _params(web.query, web.host) if web.query else []
    path = _path(_canonical(web.path, _IN_PATH), bool(params))
    fragment = _route(_canonical(_route(web.fragment), _IN_FRAGMENT)) if web.fragment else ""
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
        bare = path.rstrip("/")
        folder, _, last = bare.rpartition("/")
        is_index = last.lower() in _INDEX or (last.lower() in _INDEX_SCRIPT and not has_query)
        if is_index or (last == "amp" and _is_article(folder)):
            path = folder
        elif last.endswith((".amp", ".amp.html")) and _is_article(bare.replace(".amp", "")):
            path = bare.replace(".amp", "")
        elif last.endswith(".git") and last != ".git":
            path = bare[:-4]
        else:
            return bare


def _is_article(path: str) -> bool:
    """Whether a path is that of a text rather than of a section: it ends in a phrase or a page, or it is dated."""
    last = path.rpartition("/")[2]
    return last.count("-") > 1 or last.endswith((".html", ".htm")) or _DATED.search(path) is not None


def _params(query: str, host: str) -> list[tuple[str, str | None]]:
    """The parameters by name, those that only tell where the reader came from left out."""
    found: list[tuple[str, str | None]] = []
    for part in query.split("&"):
        name, _, value = part.replace("+", "%20").partition("=")
        name = _canonical(name, _IN_NAME)
        if part not in ("", "=") and not is_tracking(name, value, host):
            found.append((name, _canonical(value, _IN_VALUE) if value else None))
    # By name alone: where a name stands twice, the order may matter.
    return sorted(found, key=lambda param: param[0])


def _route(fragment: str) -> str:
    """The fragment where it says which page an application shows; a place within a page is left out.

    An anchor, a line or a second of a film is the same page; a route (``#/inbox``, ``#!topic``) or a setting
    (``#gid=7``) may be another one.
    """
    fragment = fragment.partition(":~:")[0]
    if not fragment.strip("/!") or _IN_MEDIA.fullmatch(fragment):
        return ""
    if "=" in fragment and all(is_tracking(*part.partition("=")[::2]) for part in fragment.split("&")):
        return ""
    return fragment if fragment[0] == "!" or "/" in fragment or "=" in fragment else ""


def _canonical(text: str, encoded: str) -> str:
    """The text with everything written plainly but what ``encoded`` holds, blanks and what cannot be seen."""
    if _PLAIN.fullmatch(text):
        return text
    text = _STRAY_PERCENT.sub("%25", text)
    if "%" in text:
        text = _ESCAPES.sub(lambda match: _decoded(match[0], encoded), text)
    if " " in text:
        text = text.replace(" ", "%20")
    if not text.isprintable():
        text = "".join([char if char.isprintable() else _quoted(char) for char in text])
    return text if text.isascii() else unicodedata.normalize("NFC", text)


@lru_cache(maxsize=1024)
def _decoded(escapes: str, encoded: str) -> str:
    plain = bytes.fromhex(escapes.replace("%", "")).decode("utf-8", "surrogateescape")
    return "".join(
        _quoted(char) if char in encoded or char == " " or not char.isprintable() else char for char in plain
    )


@lru_cache(maxsize=1024)
def _quoted(char: str) -> str:
    if "\udc80" <= char <= "\udcff":
        return f"%{ord(char) - 0xDC00:02X}"
    return quote(char, safe="", errors="surrogatepass")
