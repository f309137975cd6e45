"""Match: how well a typed text matches a name, and how likely a note is meant; deterministic scores."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_SEPARATORS = re.compile(r"[\s!-/:-@\[-`{-~\u2010-\u2027\u3000-\u303f\uff01-\uff0f]+")
_SEPARATORS_BUT_SLASH = re.compile(r"[\s!-.:-@\[-`{-~\u2010-\u2027\u3000-\u303f\uff01-\uff0f]+")

EXACT = 1.0
PREFIX = 0.90
WORD = 0.76
TERMS = 0.70
"""Every word that was typed begins a word of the name."""
ACRONYM = 0.66
RUN_TOGETHER = 0.64
"""Beginnings of successive words without the spaces: ``myno`` for ``My Note``."""
INSIDE = 0.56
TYPO = 0.46
SCATTERED = 0.30
"""All letters in their order, with others between them."""

_CLOSE = 0.06
"""At most this much is added for covering the name: never enough to reach the next kind."""


@dataclass(frozen=True, slots=True)
class RankingSignals:
    """What speaks for a note before a letter is typed; each from 0 to 1."""

    recency: float = 0.0
    """1 for the note edited last, falling with its rank."""
    opened: float = 0.0
    """1 for the note opened last in this session."""
    linked: float = 0.0
    """How much of what links into the vault asks for it, on a logarithmic scale."""
    near: float = 0.0
    """1 where it is one link away, less for two."""
    neighbours: float = 0.0
    """How often the notes one link away link there."""
    folder: float = 0.0
    """How much of the folder it shares with the note that is written in."""


# Found by trying on real vaults: tools/bench_ranking.py. What a checkout says of recency is nothing, so that this one
# is a guess.
_RECENCY = 0.04
_OPENED = 0.10
_LINKED = 0.20
_NEAR = 0.16
_NEIGHBOURS = 0.26
_FOLDER = 0.08
_SPELLED_OUT = 0.9
"""More than all circumstances together: who types a whole name means it."""


def likelihood(quality: float, circumstances: RankingSignals) -> float:
    """The number that candidates are ordered by: the quality of the match, moved by the circumstances.

    They move it further than one kind of match is from the next: what is linked all around is meant by a word of its
    name sooner than what is linked nowhere by its beginning. Only a name spelled out goes before everything.
    """
    return (
        quality
        + (_SPELLED_OUT if quality == EXACT else 0.0)
        + _RECENCY * circumstances.recency
        + _OPENED * circumstances.opened
        + _LINKED * circumstances.linked
        + _NEAR * circumstances.near
        + _NEIGHBOURS * circumstances.neighbours
        + _FOLDER * circumstances.folder
    )


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """The text as it is matched: no case, no accents, every run of punctuation and white space one space."""
    return fold_once(text)


def fold_once(text: str) -> str:
    """As :func:`fold`, for texts by the hundred thousand, which would only push each other out of its memory."""
    return _SEPARATORS.sub(" ", _plain(text)).strip()


def fold_path(path: str) -> str:
    """As :func:`fold`, with the slashes kept: ``Projects/v1.2 plan`` is ``projects/v1 2 plan``."""
    folded = _SEPARATORS_BUT_SLASH.sub(" ", _plain(path))
    return "/".join(segment.strip() for segment in folded.split("/"))


def quality(query: str, name: str) -> float:
    """How well ``name`` answers to ``query``, both folded: from 0, not at all, to 1, letter by letter."""
    if not query:
        return 0.0
    if name == query:
        return EXACT
    cover = _CLOSE * min(1.0, len(query) / (len(name) or 1))
    if name.startswith(query):
        return PREFIX + cover
    if f" {query}" in name or f"/{query}" in name:
        return WORD + cover
    words = name.replace("/", " ").split(" ")
    terms = query.split(" ")
    if len(terms) > 1 and _begin(terms, words):
        return TERMS + cover
    if len(query) > 1 and " " not in query and len(words) > 1:
        if "".join(word[0] for word in words if word).startswith(query):
            return ACRONYM + cover
        if _runs_together(query, words):
            return RUN_TOGETHER + cover
    if query in name:
        return INSIDE + cover
    return max(_typo(query, words, cover), _scattered(query, name, cover))


def most_slips(typed: str) -> int:
    """How many slips a typed word may hold: none in three letters, one in four, two in six."""
    return 0 if len(typed) < 4 else 1 if len(typed) < 6 else 2


def _plain(text: str) -> str:
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char) and char != "\ufe0f")


def _begin(terms: list[str], words: list[str]) -> bool:
    left = list(words)
    for term in terms:
        found = next((word for word in left if word.startswith(term)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _runs_together(query: str, words: list[str]) -> bool:
    """Whether the query falls into beginnings of successive words."""
    return any(word[:1] == query[0] and _eaten(query, words, first) for first, word in enumerate(words))


def _eaten(query: str, words: list[str], at: int) -> bool:
    if not query:
        return True
    if at == len(words):
        return False
    word = words[at]
    length = 0
    while length < len(word) and length < len(query) and word[length] == query[length]:
        length += 1
    return any(_eaten(query[taken:], words, at + 1) for taken in range(length, 0, -1))


def _typo(query: str, words: list[str], cover: float) -> float:
    total = 0
    left = list(words)
    for term in query.split(" "):
        best: tuple[int, str] | None = None
        for word in left:
            slips = 0 if word.startswith(term) else _slips(term, word)
            if slips is not None and (best is None or slips < best[0]):
                best = (slips, word)
        if best is None:
            return 0.0
        total += best[0]
        left.remove(best[1])
    # The first word of a name is the one people begin with.
    first = 0.02 if words and words[0] not in left else 0.0
    return TYPO + cover + first - 0.05 * total


def _slips(typed: str, word: str) -> int | None:
    most = most_slips(typed)
    if not most:
        return None
    from rapidfuzz.distance import OSA  # noqa: PLC0415  (a search in the shell does without)

    best = most + 1
    for length in (len(typed) - 1, len(typed), len(typed) + 1):
        best = min(best, OSA.distance(typed, word[:length], score_cutoff=most))
    return best if best <= most else None


def _scattered(query: str, name: str, cover: float) -> float:
    if len(query) < 3:
        return 0.0
    at = -1
    gaps = 0
    for char in query.replace(" ", ""):
        found = name.find(char, at + 1)
        if found < 0:
            return 0.0
        gaps += found > at + 1
        at = found
    return SCATTERED + cover + 0.08 / (1 + gaps)
