"""Forges: the canonical addresses of repositories, files and questions on code hosting sites."""

from __future__ import annotations

import re

from notes_lsp.urls.rules import Params, UrlRule, Web, without

_GIST = re.compile(r"/[^/]+/([0-9a-f]{20,})")
_BRANCH = re.compile(r"/tree/(?:main|master|HEAD)")
_PULL = re.compile(r"(/pull/\d+)/(?:files|commits|checks)")
_MERGE = re.compile(r"(merge_requests/\d+)/(?:diffs|commits|pipelines)")
_WITHOUT_DASH = re.compile(r"(/[^/]+(?:/[^/]+)+?)/((?:issues|merge_requests)/\d+(?:/.*)?|(?:blob|tree|raw|commit)/.+)")
_LAB_BRANCH = re.compile(r"tree/(?:main|master|HEAD)")


def of_lab(web: Web) -> UrlRule | None:
    """The rule of a GitLab of one's own, by what its host begins with."""
    return _gitlab if web.host.startswith("gitlab.") else None


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
    elif len(segments) > 5 and segments[3] in {"raw", "blob"}:
        branch = segments[6:] if segments[4:6] == ["refs", "heads"] and len(segments) > 7 else segments[4:]
        path = "/".join([*path.split("/")[:3], "blob", *branch])
    params[:] = [param for param in params if param not in (("tab", "readme-ov-file"), ("plain", "1"), ("raw", "true"))]
    return web._replace(path=path)


def _github_raw(web: Web, params: Params) -> Web:
    segments = web.path.split("/")
    if len(segments) < 5:
        return web
    without("token")(web, params)
    return _github(Web("github.com", "/".join([*segments[:3], "blob", *segments[3:]]), "", ""), params)


def _gist(web: Web, _: Params) -> Web:
    found = _GIST.fullmatch(web.path)
    return web._replace(path=f"/{found[1]}") if found else web


def _gitlab(web: Web, params: Params) -> Web:
    path = web.path
    if "/-/" not in path and (old := _WITHOUT_DASH.fullmatch(path)):
        path = f"{old[1]}/-/{old[2]}"
    project, mark, below = path.partition("/-/")
    if not mark:
        # A project, found whatever its case; what is further below may be a file.
        return web._replace(path=path.lower()) if path.count("/") == 2 else web
    params[:] = [param for param in params if param not in (("ref_type", "heads"), ("inline", "false"))]
    if merge := _MERGE.fullmatch(below):
        below = merge[1]
    elif _LAB_BRANCH.fullmatch(below):
        return web._replace(path=project.lower())
    elif below.startswith("raw/"):
        below = f"blob/{below[4:]}"
    return web._replace(path=f"{project.lower()}/-/{below}")


FORGE_SITES: dict[str, UrlRule] = {
    "github.com": _github,
    "raw.githubusercontent.com": _github_raw,
    "gist.github.com": _gist,
}
"""By host."""
