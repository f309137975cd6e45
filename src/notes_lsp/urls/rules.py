"""Rules: what a rule for the URLs of one site takes and gives back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

Params = list[tuple[str, "str | None"]]


class Web(NamedTuple):
    """The parts of a web address; the path begins with a slash or is empty."""

    host: str
    path: str
    query: str
    fragment: str


UrlRule = Callable[[Web, Params], Web]
"""Gives the address of the same thing; takes out of the parameters what does not matter."""


def value_of(params: Params, name: str) -> str:
    """The value of the first parameter of a name; empty where there is none."""
    return next((value for key, value in params if key == name and value), "")


def keep(params: Params, *names: str) -> None:
    """Take all other parameters out."""
    params[:] = [param for param in params if param[0] in names]


def without(*names: str) -> UrlRule:
    """The rule of a site that has parameters of its own that do not matter; the names in lower case."""

    def rule(web: Web, params: Params) -> Web:
        params[:] = [param for param in params if param[0].lower() not in names]
        return web

    return rule


def numbered_rule(pattern: re.Pattern[str], path: str, host: str = "", kept: tuple[str, ...] = ()) -> UrlRule:
    """The rule of a site that has a number, or the like, for each thing, and words besides that nobody needs.

    What matches ``pattern`` becomes ``path``, a template of its groups, at ``host`` where one is given; of the
    parameters only those of the names ``kept`` stay.
    """

    def rule(web: Web, params: Params) -> Web:
        found = pattern.fullmatch(web.path)
        if found is None:
            return web
        keep(params, *kept)
        return Web(host or web.host, found.expand(path), "", "")

    return rule
