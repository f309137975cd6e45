"""Terms: tokenization and term frequencies of a text, in any script."""

from __future__ import annotations

import re
import sys
import unicodedata
from array import array
from collections import Counter
from collections.abc import Set as AbstractSet
from itertools import pairwise
from zlib import crc32

from notes_lsp.text.scripts import MARKS, UNSPACED, UNSPACED_RUN, clusters, without_points
from notes_lsp.text.stopwords import STOPWORDS

LONGEST = 100_000
"""Code points of a text that are looked at: what a note is about shows long before."""
_MAX_COUNT = 512
"""Terms kept of a text, the most frequent ones: whoever writes of everything is like nobody."""
_TITLE = 2
"""A word of the title counts as if it stood there so many times more."""
_LONGEST_WORD = 40
_ESCAPED = re.compile("%[0-9A-Fa-f]{2}")
_ASCII = re.compile(r"[a-z0-9]{2,40}")
_ANY = re.compile(rf"{UNSPACED_RUN}|(?:[^\W_{UNSPACED}]|[{MARKS}])+")
_UNSPACED = re.compile(UNSPACED_RUN)


def terms(title: str, text: str) -> dict[str, int]:
    """The terms of a note with how often each stands in it, at most 255; a pure function of its title and text.

    Words are folded (NFC, case) and stopwords and single letters left out; a script without spaces between words gives
    each two neighbouring characters. Markup is not known here: the words of tags, links and addresses are words. Total;
    only the first ``LONGEST`` code points are read.
    """
    return of_counts(title, count_terms(text))


def count_terms(text: str) -> Counter[str]:
    """Every word of a text with how often it stands there, as :func:`terms` counts them before it chooses."""
    return Counter(_words(text[:LONGEST]))


def of_counts(title: str, words: Counter[str]) -> dict[str, int]:
    """As :func:`terms`, by the words of the text as they were counted."""
    counts = words.copy()
    for word in dict.fromkeys(_words(title[: 10 * _LONGEST_WORD])):
        counts[word] += _TITLE
    for word in STOPWORDS.intersection(counts):
        del counts[word]
    kept = counts.most_common(_MAX_COUNT) if len(counts) > _MAX_COUNT else counts.items()
    return {word: min(count, 255) for word, count in kept}


def note_names(path: str, title: str) -> str:
    """All that a note is called: its title, and its file name where that says something else."""
    stem = path.rpartition("/")[2].rpartition(".")[0]
    return title if stem == title else f"{title} {stem}"


def term_id(term: str) -> int:
    """The number of 32 bits that stands for a term."""
    return crc32(term.encode())


def pack_terms(found: dict[str, int]) -> bytes:
    """Terms as bytes: their numbers in rising order, then how often each stands there."""
    counts: dict[int, int] = {}
    for term, count in found.items():
        counts[crc32(term.encode())] = count
    numbers = array("I", sorted(counts))
    ordered = bytes(map(counts.__getitem__, numbers))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes() + ordered


def unpack_terms(data: bytes) -> tuple[array[int], bytes]:
    """The numbers of some terms, and how often each stands there."""
    size = len(data) // 5
    numbers = array("I")
    numbers.frombytes(data[: size * 4])
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers, data[size * 4 :]


def unspaced_runs(text: str, pairs: AbstractSet[str]) -> list[str]:
    """The stretches of scripts without spaces in a text all of whose neighbouring characters are among some pairs.

    Each once, the longest first: ``東京`` and ``京都`` give ``東京都`` where that stands in the text.
    """
    found: dict[str, int] = {}
    for run in _UNSPACED.findall(_folded(text[:LONGEST])):
        characters = clusters(run)
        stretch = characters[:1]
        for first, second in pairwise(characters):
            if first + second in pairs:
                stretch.append(second)
                continue
            if len(stretch) > 1:
                found.setdefault("".join(stretch), len(stretch))
            stretch = [second]
        if len(stretch) > 1:
            found.setdefault("".join(stretch), len(stretch))
    return sorted(found, key=lambda stretch: -found[stretch])


def is_pair(term: str) -> bool:
    """Whether a term is of a script without spaces between words."""
    return _UNSPACED.match(term) is not None


def _folded(text: str) -> str:
    return without_points(unicodedata.normalize("NFC", text)).casefold()


def _words(text: str) -> list[str]:
    if "%" in text:
        # ``Concepts%20and%20maps`` in an address is three words.
        text = _ESCAPED.sub(" ", text)
    if text.isascii():
        return _ASCII.findall(text.lower())
    found: list[str] = []
    for line in text.split("\n"):
        # Most lines of most languages are, and are read ten times as fast.
        found += _ASCII.findall(line.lower()) if line.isascii() else _words_of_any_script(line)
    return found


def _words_of_any_script(text: str) -> list[str]:
    found: list[str] = []
    for run in _ANY.findall(_folded(text)):
        if _UNSPACED.match(run):
            characters = clusters(run)
            found += [first + second for first, second in pairwise(characters)] if len(characters) > 1 else characters
        elif 1 < len(run) <= _LONGEST_WORD or not run.isascii():
            found.append(run[:_LONGEST_WORD])
    return found
