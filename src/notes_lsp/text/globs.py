"""Globs: lines of gitignore(5) as pathspec reads them, each safe to read and to ask."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

MAX_STARS = 3
"""How many runs of ``*`` a pattern may have, not counting a ``**/`` that begins it and one that ends it.

Every other multiplies the tries of a regular expression by the length of a name: for one of 250 letters three take 20
milliseconds at the worst, four take a second, sixty for ever.
"""

MAX_LETTERS = 8192
"""Of a line: twice the longest path that systems take."""

_STARS = re.compile(r"\*+(?!\*)(?!/?$)")
_ABOUT_NAMES = re.compile(r"!?(?:/?(?:\*\*/)+)?[^/]*/?")


@dataclass(frozen=True, slots=True)
class Glob:
    """One pattern, for callers who walk from folder to folder and ask of every path by itself.

    ``text`` is the line without the spaces after it. A ``negated`` pattern takes paths back in; one of ``only_folders``
    means no file; one ``about_names`` looks at a path's last name alone. ``regex`` is made for paths of files and finds
    those below a folder that is meant, too: then the ``/`` after that folder is in a group.
    """

    text: str
    negated: bool
    only_folders: bool
    about_names: bool
    regex: re.Pattern[str]


def read_glob(line: str) -> Glob | None:
    """The pattern of a line; ``None`` for a comment and a blank line; ``ValueError`` says what is wrong with it."""
    pattern = _read(line)
    regex: re.Pattern[str] | None = pattern.regex  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if regex is None:
        return None
    text = line.rstrip()
    return Glob(text, not pattern.include, text.endswith("/"), _ABOUT_NAMES.fullmatch(text) is not None, regex)


def first_for_file(globs: Iterable[Glob], path: str, name: str) -> Glob | None:
    """The first pattern that means this file by itself; one that means a folder above it does not count."""
    for glob in globs:
        if glob.only_folders:
            continue
        found = glob.regex.search(name if glob.about_names else path)
        if found is not None and found.lastindex is None:
            return glob
    return None


def first_for_folder(globs: Iterable[Glob], path: str, name: str) -> Glob | None:
    """The first pattern that means this folder by itself; its path and name come without a ``/`` after them."""
    for glob in globs:
        seen = name if glob.about_names else path
        found = glob.regex.search(f"{seen}/" if glob.only_folders else seen)
        if found is not None and (found.end() > len(seen) if glob.only_folders else found.lastindex is None):
            return glob
    return None


def any_of(lines: Iterable[str]) -> GitIgnoreSpec:
    """Lines as one, for callers who ask of files anywhere; those that cannot be read are left out, each alone."""
    patterns: list[GitIgnoreSpecPattern] = []
    for line in lines:
        try:
            patterns.append(_read(line))
        except ValueError:
            continue
    return GitIgnoreSpec(patterns)


def _read(line: str) -> GitIgnoreSpecPattern:
    """One line; ``ValueError`` if it is broken, too long, or has too many stars to be asked safely."""
    if len(line) > MAX_LETTERS:
        raise ValueError(f"more than {MAX_LETTERS} letters")
    if not line.startswith("#") and len(_STARS.findall(line.rstrip().lstrip("!/").removeprefix("**/"))) > MAX_STARS:
        raise ValueError(f"more than {MAX_STARS} stars: {line!r}")
    with warnings.catch_warnings():
        # What brackets may mean to Python one day is nothing that the writer of an ignore file could act on.
        warnings.filterwarnings("ignore", r"Possible (nested set|set \w+)", FutureWarning)
        try:
            return GitIgnoreSpecPattern(line)
        except re.error as error:
            raise ValueError(f"{error}: {line!r}") from error


def matches(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether a path matches one of some patterns as in ``.gitignore``; a pattern that is none matches nothing."""
    return bool(patterns) and _spec(patterns).match_file(path)


@cache
def _spec(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    return any_of(patterns)
