"""URL posts: which addresses are those of one and the same post, question or person, on sites where people talk."""

from __future__ import annotations

import re

from notes_lsp.core.url_rules import Params, Rule, Web, keep, numbered, without

_ANSWER = re.compile(r"/(?:questions/\d+/[^/]*/|a/)(\d+)(?:/\d+)?")
_QUESTION = re.compile(r"/(?:questions|q)/(\d+)(?:/[^/]*)?")
_STATUS = re.compile(
    r"/(?:[^/]+|i/web|i)/status(?:es)?/(\d+)(?:/(?:photo|video)/\d+|/mediaviewer|/likes|/retweets|/quotes)?"
)
_REDDIT_POST = re.compile(r"/(?:(?:r|user)/[^/]+/)?comments/(\w+)(?:/[^/]*(?:/(\w+))?)?")
_TOPIC = re.compile(r"/t/(?:(?!\d+/)[^/]+/)?(\d+)(?:/\d+)?")
_TOPIC_HOSTS = ("forum.", "forums.", "discourse.", "community.", "discuss.", "meta.", "talk.")
_MEDIUM = re.compile(r"(?:/(?:@[^/]+|[\w.-]+))?/(?:[^/]*-)?([0-9a-f]{11,12})")
_ACTIVITY = re.compile(r"/(?:posts/.*-|feed/update/urn:li:)activity[:-](\d{12,})(?:-[\w-]*)?")
_INSTAGRAM = re.compile(r"/(?:[\w.]+/)?(?:p|reels?|tv)/([\w-]+)")


def is_question(host: str, path: str) -> bool:
    """Whether an address is that of a question where each answer is a thing of its own, named by the fragment."""
    return _QUESTION.fullmatch(path) is not None and FAMILIES.get(".".join(host.rsplit(".", 2)[-2:])) is _stack


def of_topic(web: Web) -> Rule | None:
    """The rule of a forum, by what its host begins with."""
    return _TOPICS if web.host.startswith(_TOPIC_HOSTS) and web.path.startswith("/t/") else None


def _stack(web: Web, params: Params) -> Web:
    if answer := _ANSWER.fullmatch(web.path):
        params.clear()
        return web._replace(path=f"/a/{answer[1]}")
    if question := _QUESTION.fullmatch(web.path):
        params.clear()
        path = f"/a/{web.fragment}" if web.fragment.isdecimal() else f"/questions/{question[1]}"
        return web._replace(path=path, fragment="")
    return web


def _twitter(web: Web, params: Params) -> Web:
    keep(params, "q", "f")
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
    found = _MEDIUM.fullmatch(web.path)
    return Web("medium.com", f"/p/{found[1]}", "", "") if found else web


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


_TOPICS = numbered(_TOPIC, r"/t/\1")
SITES: dict[str, Rule] = {
    **dict.fromkeys(("twitter.com", "x.com"), _twitter),
    **dict.fromkeys(("nitter.net", "xcancel.com", "fxtwitter.com", "vxtwitter.com", "fixupx.com"), _twitter_mirror),
    **dict.fromkeys(("reddit.com", "redd.it", "old.reddit.com", "new.reddit.com", "np.reddit.com"), _reddit),
    **dict.fromkeys(("i.reddit.com", "sh.reddit.com", "amp.reddit.com"), _reddit),
    "instagram.com": _instagram,
    "scribe.rip": _medium_mirror,
}
"""By host."""
FAMILIES: dict[str, Rule] = {
    **dict.fromkeys(("stackoverflow.com", "stackexchange.com", "superuser.com", "serverfault.com"), _stack),
    **dict.fromkeys(("askubuntu.com", "mathoverflow.net", "stackapps.com"), _stack),
    "medium.com": _medium,
    "linkedin.com": _linkedin,
    "facebook.com": _facebook,
    "substack.com": _substack,
}
"""By domain, for all hosts below it."""
