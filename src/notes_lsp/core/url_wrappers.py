"""URL wrappers: addresses that only carry another one: archives, redirects, pages made lighter."""

from __future__ import annotations

import re
from urllib.parse import unquote

_ARCHIVED = re.compile(r"/(?:web/)?(?:\d{4,14}(?:[a-z]{2}_)?\*?|newest|oldest|today|latest)/(.+)")
_AMP_CACHED = re.compile(r"/(?:amp|[a-z])(?:/s)?/(.+\..+)")
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
_PREFIXES = frozenset({"12ft.io", "r.jina.ai", "outline.com", "txtify.it", "href.li"})
_REDIRECTS = {
    ("google.com", "/url"): ("url", "q"),
    ("youtube.com", "/redirect"): ("q",),
    ("l.facebook.com", "/l.php"): ("u",),
    ("lm.facebook.com", "/l.php"): ("u",),
    ("l.instagram.com", "/"): ("u",),
    ("out.reddit.com", "/"): ("url",),
    ("t.umblr.com", "/redirect"): ("z",),
    ("slack-redir.net", "/link"): ("url",),
    ("steamcommunity.com", "/linkfilter/"): ("url",),
    ("link.zhihu.com", "/"): ("target",),
    ("vk.com", "/away.php"): ("to",),
    ("duckduckgo.com", "/l/"): ("uddg",),
}
_CACHES = ("safelinks.protection.outlook.com", "cdn.ampproject.org")
_HOSTS = _ARCHIVES | _PREFIXES | {host for host, _ in _REDIRECTS}


def may_wrap(host: str) -> bool:
    """Whether the addresses of a host carry others."""
    return host in _HOSTS or host.startswith("google.") or host.endswith(_CACHES)


def unwrapped(host: str, path: str, query: str, fragment: str) -> str | None:
    """The address that an archive, a redirect or a page made for phones stands for; ``None`` for all others.

    It is shorter than the address it is taken from.
    """
    host = host.removeprefix("www.")
    if not may_wrap(host):
        return None
    rest = path + (query and f"?{query}") + (fragment and f"#{fragment}")
    inner = ""
    if host in _ARCHIVES and (archived := _ARCHIVED.match(rest)):
        inner = archived[1]
    elif host in _PREFIXES:
        inner = rest.lstrip("/")
    elif (names := _REDIRECTS.get((host, path))) is not None:
        inner = _first_value(query, names)
    elif host.endswith(_CACHES[0]):
        inner = _first_value(query, ("url",))
    elif host.endswith(_CACHES[1]) or host.startswith("google."):
        amp = _AMP_CACHED.match(rest)
        inner = amp[1] if amp else ""
    return _address(inner) if inner else None


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
