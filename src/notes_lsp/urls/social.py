"""Social: the canonical addresses of posts, questions and profiles on social sites."""

from __future__ import annotations

import re

from notes_lsp.urls.rules import Params, UrlRule, Web, keep, numbered_rule, value_of, without

_ANSWER = re.compile(r"/(?:questions/\d+/[^/]*/|a/)(\d+)(?:/\d+)?")
_QUESTION = re.compile(r"/(?:questions|q)/(\d+)(?:/[^/]*)?")
_STATUS = re.compile(
    r"/(?:[^/]+|i/web|i)/status(?:es)?/(\d+)(?:/(?:photo|video)/\d+|/mediaviewer|/likes|/retweets|/quotes)?"
)
_REDDIT_POST = re.compile(r"/(?:(?:r|user)/[^/]+/)?(?:comments|gallery)/(\w+)(?:/[^/]*(?:/(\w+))?)?")
_TOPIC = re.compile(r"/t/(?:(?!\d+/)[^/]+/)?(\d+)(?:/\d+)?")
_TOPIC_HOSTS = ("forum.", "forums.", "discourse.", "community.", "discuss.", "meta.", "talk.")
_MEDIUM = re.compile(r"(?:/(?:@[^/]+|[\w.-]+))?/(?:[^/]*-)?([0-9a-f]{11,12})")
_ACTIVITY = re.compile(r"/(?:posts/.*-|feed/update/urn:li:)activity[:-](\d{12,})(?:-[\w-]*)?")
_TOOT = re.compile(r"/(?:(?:web/|deck/)?@([\w.\-]+(?:@[\w.\-]+)?)/|users/([\w.\-]+)/statuses/)(\d{17,19})(?:/embed)?")
_BLOG = re.compile(r"([\w-]+)\.blogspot\.(?:com?\.)?[a-z]{2,3}")
_PIN = re.compile(r"/pin/(?:[^/]*--)?(\d+)")
_PINS = re.compile(r"(?:[a-z]{2}\.)?pinterest\.(?:com?\.)?[a-z]{2,3}")
_THREAD = re.compile(r"/(?:@[^/]+/post|t)/([\w-]+)")
_TIKTOK = re.compile(r"/(?:@[^/]*/video|v)/(\d+)(?:\.html)?")
_STORY = re.compile(r"/s/(\w{6})(?:/[^/]*)?")
_INSTAGRAM = re.compile(r"/(?:[\w.]+/)?(?:p|reels?|tv)/([\w-]+)")


def is_question(host: str, path: str) -> bool:
    """Whether an address is that of a question where each answer is a thing of its own, named by the fragment."""
    return _QUESTION.fullmatch(path) is not None and SOCIAL_FAMILIES.get(".".join(host.rsplit(".", 2)[-2:])) is _stack


def social_rule_for_host(web: Web) -> UrlRule | None:
    """The rule of what has many hosts: forums, blogs, pins and toots, by what their addresses look like."""
    if web.host.startswith(_TOPIC_HOSTS) and web.path.startswith("/t/"):
        return _TOPICS
    if ".blogspot." in web.host:
        return _blogspot
    if "pinterest." in web.host:
        return _pinterest
    return _toot if _TOOT.fullmatch(web.path) else None


def _stack(web: Web, params: Params) -> Web:
    if answer := _ANSWER.fullmatch(web.path):
        params.clear()
        return web._replace(path=f"/a/{answer[1]}")
    if question := _QUESTION.fullmatch(web.path):
        params.clear()
        path = f"/a/{web.fragment}" if web.fragment.isdecimal() else f"/questions/{question[1]}"
        return web._replace(path=path, fragment="")
    user = re.fullmatch(r"(/users/\d+)/[^/]+", web.path)
    return web._replace(path=user[1]) if user and not params else web


def _twitter(web: Web, params: Params) -> Web:
    _TWITTER_NOISE(web, params)
    if not web.path and web.fragment.startswith("!/"):
        web = web._replace(path=web.fragment[1:].rstrip("/"), fragment="")
    if status := _STATUS.fullmatch(web.path):
        params.clear()
        return Web("x.com", f"/i/status/{status[1]}", "", "")
    # Names are found whatever their case.
    path = web.path.lower() if web.path.count("/") == 1 else web.path
    return web._replace(host="x.com", path=path)


def _twitter_mirror(web: Web, params: Params) -> Web:
    return _twitter(web, params) if _STATUS.fullmatch(web.path) else web


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
    if parts[1:2] == ["u"] and len(parts) > 2:
        parts[1] = "user"
    if parts[1:2] in (["r"], ["user"]):
        parts[2:3] = [part.lower() for part in parts[2:3]]
    return web._replace(host=host, path="/".join(parts))


def _medium(web: Web, params: Params) -> Web:
    without("source", "sk", "gi")(web, params)
    if found := _MEDIUM.fullmatch(web.path):
        return Web("medium.com", f"/p/{found[1]}", "", "")
    return web._replace(path=web.path.lower()) if web.path.startswith("/@") and web.path.count("/") == 1 else web


def _medium_mirror(web: Web, params: Params) -> Web:
    return _medium(web, params) if _MEDIUM.fullmatch(web.path) else web


def _linkedin(web: Web, params: Params) -> Web:
    without("originalsubdomain", "lipi", "refid", "trackingid", "trk", "rcm")(web, params)
    host = "linkedin.com" if re.fullmatch(r"[a-z]{2}\.linkedin\.com", web.host) else web.host
    if activity := _ACTIVITY.fullmatch(web.path):
        params.clear()
        return Web(host, f"/feed/update/urn:li:activity:{activity[1]}", "", "")
    path = web.path.lower() if web.path.startswith(("/in/", "/company/")) else web.path
    return web._replace(host=host, path=path)


def _facebook(web: Web, params: Params) -> Web:
    without("__tn__", "__xts__", "__cft__[0]", "fref", "hc_ref", "rdid", "share_url", "locale")(web, params)
    is_facebook = re.fullmatch(r"(?:[a-z]{2}-[a-z]{2}|web|mbasic|touch)\.facebook\.com", web.host)
    return web._replace(host="facebook.com") if is_facebook else web


def _instagram(web: Web, params: Params) -> Web:
    without("img_index", "hl")(web, params)
    found = _INSTAGRAM.fullmatch(web.path)
    return web._replace(path=f"/p/{found[1]}") if found else web


def _substack(web: Web, params: Params) -> Web:
    without("r", "s", "triedredirect", "isfreemail", "showwelcomeonshare", "publication_id", "post_id", "token")(
        web, params
    )
    if web.host != "open.substack.com":
        return web
    found = re.fullmatch(r"/pub/([\w-]+)(/p/.+)", web.path)
    return web._replace(host=f"{found[1].lower()}.substack.com", path=found[2]) if found else web


def _toot(web: Web, params: Params) -> Web:
    found = _TOOT.fullmatch(web.path)
    if found is None:
        return web
    params.clear()
    return web._replace(path=f"/@{(found[1] or found[2]).lower()}/{found[3]}", fragment="")


def _blogspot(web: Web, params: Params) -> Web:
    found = _BLOG.fullmatch(web.host)
    if found is None:
        return web
    # As for telephones; the country is that of the reader.
    params[:] = [param for param in params if param not in (("m", "1"), ("m", "0"))]
    return web._replace(host=f"{found[1]}.blogspot.com")


def _pinterest(web: Web, params: Params) -> Web:
    found = _PIN.fullmatch(web.path)
    if found is None or _PINS.fullmatch(web.host) is None:
        return web
    params.clear()
    return Web("pinterest.com", f"/pin/{found[1]}", "", "")


def _hacker_news(web: Web, params: Params) -> Web:
    if web.path == "/item" and value_of(params, "id"):
        keep(params, "id")
    return web


def _threads(web: Web, params: Params) -> Web:
    without("xmt", "slof")(web, params)
    return numbered_rule(_THREAD, r"/t/\1")(web._replace(host="threads.com"), params)


def _tiktok(web: Web, params: Params) -> Web:
    without("is_copy_url", "is_from_webapp", "sender_device", "_r", "_t")(web, params)
    return numbered_rule(_TIKTOK, r"/v/\1")(web, params)


_TOPICS = numbered_rule(_TOPIC, r"/t/\1")
_TWITTER_NOISE = without(
    *("s", "t", "src", "ref_src", "ref_url", "refsrc", "cxt", "cn", "lang", "twclid", "twgr", "twcamp", "twterm"),
    "original_referer",
)
SOCIAL_SITES: dict[str, UrlRule] = {
    **dict.fromkeys(("twitter.com", "x.com"), _twitter),
    **dict.fromkeys(("nitter.net", "xcancel.com", "fxtwitter.com", "vxtwitter.com", "fixupx.com"), _twitter_mirror),
    **dict.fromkeys(("reddit.com", "redd.it", "old.reddit.com", "new.reddit.com", "np.reddit.com"), _reddit),
    **dict.fromkeys(("i.reddit.com", "sh.reddit.com", "amp.reddit.com"), _reddit),
    "instagram.com": _instagram,
    "news.ycombinator.com": _hacker_news,
    "lobste.rs": numbered_rule(_STORY, r"/s/\1"),
    **dict.fromkeys(("threads.net", "threads.com"), _threads),
    "tiktok.com": _tiktok,
    "scribe.rip": _medium_mirror,
}
"""By host."""
SOCIAL_FAMILIES: dict[str, UrlRule] = {
    **dict.fromkeys(("stackoverflow.com", "stackexchange.com", "superuser.com", "serverfault.com"), _stack),
    **dict.fromkeys(("askubuntu.com", "mathoverflow.net", "stackapps.com"), _stack),
    "medium.com": _medium,
    "linkedin.com": _linkedin,
    "facebook.com": _facebook,
    "substack.com": _substack,
}
"""By domain, for all hosts below it."""
