"""Wrappers: URLs that only carry another URL: archives, redirects, mobile pages."""

from __future__ import annotations

import re
from urllib.parse import unquote

_ARCHIVED = re.compile(
    r"/(?:web/)?(?:\d{4,14}(?:[a-z]{2}_)?\*?|\d{8}-\d{6}|\*|newest|oldest|today|latest|save|o/\w+)/(.+)"
)
_ARCHIVED_LATEST = re.compile(r"/(https?:/.+)", re.IGNORECASE)
_AMP_CACHED = re.compile(r"/(?:amp|[a-z])(?:/s)?/(.+\..+)")
_CACHED = re.compile(r"cache:(?:(?!https?:)[\w-]+:)?(.+)")
_DEFENDED = re.compile(r"/v3/__(.+?)__;.*", re.DOTALL)
_DEFENDED_SIGN = re.compile(r"-([0-9A-F]{2})")
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+(?:[:/?#]|$)")
_SCHEME = re.compile(r"(https?):/{1,2}(?=[^/])", re.IGNORECASE)

_ARCHIVES = frozenset(
    {
        "web.archive.org",
        "archive.org",
        "archive.is",
        "archive.ph",
        "archive.today",
        "archive.md",
        "archive.fo",
        "archive.li",
        "archive.vn",
    }
)
_PREFIXES = frozenset(
    {
        "12ft.io",
        "r.jina.ai",
        "outline.com",
        "txtify.it",
        "href.li",
        "via.hypothes.is",
        "freedium.cfd",
        "removepaywall.com",
    }
)
_REDIRECTS = {
    ("youtube.com", "/redirect"): ("q",),
    ("l.facebook.com", "/l.php"): ("u",),
    ("lm.facebook.com", "/l.php"): ("u",),
    ("l.messenger.com", "/l.php"): ("u",),
    ("l.instagram.com", "/"): ("u",),
    ("l.threads.com", "/"): ("u",),
    ("t.umblr.com", "/redirect"): ("z",),
    ("slack-redir.net", "/link"): ("url",),
    ("steamcommunity.com", "/linkfilter/"): ("url", "u"),
    ("link.zhihu.com", "/"): ("target",),
    ("link.csdn.net", "/"): ("target",),
    ("link.juejin.cn", "/"): ("target",),
    ("vk.com", "/away.php"): ("to",),
    ("duckduckgo.com", "/l/"): ("uddg",),
    ("linkedin.com", "/redir/redirect"): ("url",),
    ("linkedin.com", "/safety/go"): ("url",),
    ("getpocket.com", "/redirect"): ("url",),
    ("hyp.is", "/go"): ("url",),
    ("medium.com", "/r/"): ("url",),
    ("t.me", "/iv"): ("url",),
    ("translate.google.com", "/translate"): ("u",),
    ("webcitation.org", "/query"): ("url",),
    ("12ft.io", "/proxy"): ("q",),
}
_ANYWHERE = {
    "out.reddit.com": ("url",),
    "redirect.viglink.com": ("u",),
    "go.skimresources.com": ("url",),
    "click.linksynergy.com": ("murl",),
    "exit.sc": ("url",),
}
"""Those that redirect whatever the path is."""
_CACHES = ("safelinks.protection.outlook.com", "cdn.ampproject.org", ".translate.goog")
_HOSTS = (
    _ARCHIVES
    | _PREFIXES
    | _ANYWHERE.keys()
    | {host for host, _ in _REDIRECTS}
    | {"webcache.googleusercontent.com", "urldefense.com", "urldefense.proofpoint.com"}
)


def may_wrap(host: str) -> bool:
    """Whether the addresses of a host carry others."""
    return host in _HOSTS or host.startswith("google.") or host.endswith(_CACHES) or "proxy" in host


def unwrap(host: str, path: str, query: str, fragment: str) -> str | None:
    """The address that an archive, a redirect or a page made for phones stands for; ``None`` for all others.

    It is shorter than the address it is taken from.
    """
    host = host.removeprefix("www.")
    if not may_wrap(host):
        return None
    inner = _inner(host, path, query, path + (query and f"?{query}") + (fragment and f"#{fragment}"))
    return _address(inner) if inner else None


def _inner(host: str, path: str, query: str, rest: str) -> str:
    """What a host carries; empty where it is nothing."""
    if host in _ARCHIVES:
        found = _ARCHIVED.match(rest) or _ARCHIVED_LATEST.match(rest)
        return found[1] if found else ""
    names = _REDIRECTS.get((host, path)) or _REDIRECTS.get((host, f"{path}/")) or _ANYWHERE.get(host)
    if names is not None:
        return _first_value(query, names)
    if host in _PREFIXES:
        return rest.lstrip("/?")
    if host.startswith("google.") and path == "/url":
        return _first_value(query, ("url", "q"))
    if host.endswith(_CACHES[0]):
        return _first_value(query, ("url",))
    if host.endswith(_CACHES[1]) or host.startswith("google."):
        amp = _AMP_CACHED.match(rest)
        return amp[1] if amp else ""
    if host.endswith(_CACHES[2]):
        return _translated(host, rest)
    return _guarded(host, path, query, rest)


def _guarded(host: str, path: str, query: str, rest: str) -> str:
    """What a copy in a cache, a filter of mail or the proxy of a library leads to."""
    if host == "webcache.googleusercontent.com":
        cached = _CACHED.match(_first_value(query, ("q",)))
        return cached[1] if cached else ""
    if host == "urldefense.com":
        defended = _DEFENDED.match(rest)
        return defended[1] if defended else ""
    if host == "urldefense.proofpoint.com":
        written = _first_value(query, ("u",)).replace("_", "/")
        return _DEFENDED_SIGN.sub(lambda sign: chr(int(sign[1], 16)), written)
    if path == "/login":
        value = _first_value(query, ("url", "qurl"))
        # Mostly it is not encoded, and goes on to the end.
        plain = query.partition("url=")[2]
        return plain if plain.startswith(("http://", "https://")) else value
    return ""


def _translated(host: str, rest: str) -> str:
    name = host.removesuffix(_CACHES[2]).replace("--", "\0").replace("-", ".").replace("\0", "-")
    return f"{name}{rest}"


def _first_value(query: str, names: tuple[str, ...]) -> str:
    """The decoded value of the first of some parameters that a query has; empty where it has none of them."""
    for name in names:
        for part in query.split("&"):
            if part.startswith(f"{name}="):
                return unquote(part[len(name) + 1 :])
    return ""


def _address(inner: str) -> str | None:
    text = inner.strip()
    if scheme := _SCHEME.match(text):
        return f"{scheme[1].lower()}://{text[scheme.end() :]}"
    return f"//{text}" if _HOST.match(text) else None
