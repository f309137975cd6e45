"""Slugs: the anchors that renderers make of headings."""

from __future__ import annotations

import re
import unicodedata

_NOT_WORD = re.compile(r"[^\w\- ]")
_SEPARATOR = re.compile(r"[\s-]+")
_RUNS = re.compile(r"-{2,}")
_KEPT = frozenset({"Nd", "Nl", "Pc"})


def github_slug(text: str) -> str:
    """The slug GitHub gives a heading's text: lower case, words and hyphens kept, each space a hyphen.

    Word characters are letters, marks, decimal digits and connectors such as ``_``, as in the filter of GitHub's
    html-pipeline; everything else, emoji included, is dropped and leaves its neighbours' hyphens side by side.
    """
    lowered = text.strip().lower()
    if lowered.isascii():
        return _NOT_WORD.sub("", lowered).replace(" ", "-")
    return "".join("-" if char == " " else char for char in lowered if char in "- " or _is_word(char))


def gitlab_slug(text: str) -> str:
    """The slug GitLab gives a heading's text: GitHub's, with runs of hyphens made one."""
    return _RUNS.sub("-", github_slug(text))


def words_slug(text: str) -> str:
    """The words of a text, lower case, joined by single hyphens; punctuation and symbols inside a word are dropped.

    This is the slug by which marksman calls a note (``String.Slug`` in its ``Misc.fs``), and what gardens call files.
    """
    found: list[str] = []
    for word in _SEPARATOR.split(text.lower()):
        kept = word if word.isalnum() else "".join(char for char in word if unicodedata.category(char)[0] not in "PS")
        if kept:
            found.append(kept)
    return "-".join(found)


class Slugger:
    """Gives the slugs of one note's headings, in order, each only once."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}

    def unique(self, text: str) -> str:
        """The slug of a heading's text; ``-1``, ``-2``, ... where it is taken, as GitHub does.

        A number that an earlier heading spelled out (``# A 1`` before two ``# A``) is skipped.
        """
        slug = github_slug(text)
        if slug not in self._next:
            self._next[slug] = 1
            return slug
        number = self._next[slug]
        while f"{slug}-{number}" in self._next:
            number += 1
        self._next[slug] = number + 1
        numbered = f"{slug}-{number}"
        self._next[numbered] = 1
        return numbered


def _is_word(char: str) -> bool:
    if char.isascii():
        return char.isalnum() or char == "_"
    category = unicodedata.category(char)
    return category[0] in "LM" or category in _KEPT
