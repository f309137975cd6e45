"""Globs: one pattern of gitignore(5) as a regular expression."""

from __future__ import annotations

import re

_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\s",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}


def glob_regex(glob: str) -> str | None:
    r"""A regular expression, without groups, for whole paths that a glob means; ``None`` if it can match nothing.

    The glob comes without the slash before or after it that says where it is anchored and what it is for. ``*`` and
    ``?`` stay within one name, ``**`` between slashes is any number of folders, ``[a-z]``, ``[!a-z]`` and
    ``[[:alpha:]]`` are one character but never a slash, and ``\\`` takes the next character as it is. Where git sees
    bytes we see characters: ``?`` matches an ``é``. To be used with ``re.DOTALL``.

    Within a name, whatever stands between two stars is matched as early as possible and never tried again (atomic
    groups): later matches could not help, and a hostile pattern cannot take exponential time.
    """
    done: list[str] = []
    name: list[list[str]] = [[]]
    at = 0
    while at < len(glob):
        char = glob[at]
        if char == "/":
            done += (_name_regex(name), "/")
            name = [[]]
        elif char == "*":
            end = at + len(glob[at:]) - len(glob[at:].lstrip("*"))
            alone = end - at > 1 and name == [[]] and (end == len(glob) or glob[end] == "/")
            if alone and end == len(glob):
                return "".join(done) + ".*"
            if alone:
                done.append("(?:.*/)?")
            else:
                name.append([])
            at = end + 1 if alone else end
            continue
        elif char == "?":
            name[-1].append("[^/]")
        elif char == "[":
            found = _bracket(glob, at)
            if found is None:
                return None
            regex, at = found
            name[-1].append(regex)
        elif char == "\\":
            at += 1
            if at == len(glob):
                return None
            name[-1].append(re.escape(glob[at]))
        else:
            name[-1].append(re.escape(char))
        at += 1
    return "".join(done) + _name_regex(name)


def _name_regex(pieces: list[list[str]]) -> str:
    """The pieces of one name with stars between them."""
    first, *rest = ("".join(piece) for piece in pieces)
    if not rest:
        return first
    *middle, last = rest
    return first + "".join(f"(?>[^/]*?{piece})" for piece in middle) + "[^/]*" + last


def _bracket(glob: str, start: int) -> tuple[str, int] | None:
    """The regular expression of ``[...]`` at ``start`` and the offset of its ``]``; ``None`` if it is broken."""
    at = start + 1
    negated = glob[at : at + 1] in {"!", "^"}
    at += negated
    members: list[str] = []
    previous = ""  # what a range could begin with
    first = True
    while first or glob[at : at + 1] != "]":
        first = False
        char = glob[at : at + 1]
        if not char:
            return None
        following = glob[at + 1 : at + 2]
        if char == "-" and previous and following not in {"", "]"}:
            at += 1 + (following == "\\")
            last = glob[at : at + 1]
            if not last:
                return None
            if previous <= last:
                members.append(f"{re.escape(previous)}-{re.escape(last)}")
            previous = ""
        elif char == "[" and following == ":":
            close = glob.find("]", at + 2)
            if close < 0:
                return None
            if close == at + 2 or glob[close - 1] != ":":
                members.append(r"\[")
                previous = "["
            elif (named := _CLASSES.get(glob[at + 2 : close - 1])) is not None:
                members.append(named)
                at, previous = close, ""
            else:
                return None
        else:
            if char == "\\":
                at += 1
                char = glob[at : at + 1]
                if not char:
                    return None
            members.append(re.escape(char))
            previous = char
        at += 1
    inside = "".join(members)
    if negated:
        return f"[^/{inside}]", at
    return (f"(?!/)[{inside}]" if inside else "(?!)"), at
