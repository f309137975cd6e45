"""Words: the words of a text in any script, folded for comparison; scripts without spaces give pairs of characters."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff"
)
"""What scripts are written in that put no spaces between words: Thai, Lao, Burmese, Khmer, kana, Han."""

# Marks belong to the letter before them, but are no letters to ``re``: accents, Hebrew and Arabic points, and the
# vowels of the scripts of India (but for their full stops), Tibet and Ceylon.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0900-\u0963\u0966-\u0df3\u0f71-\u0f84\u0f8d-\u0fbc\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0"
)
_RUN = re.compile(rf"[{UNSPACED}]+|(?:[^\W_{UNSPACED}]|[{_MARKS}])+")
_ASCII = re.compile(r"[a-z0-9]+")
_UNSPACED = re.compile(f"[{UNSPACED}]")


def words(text: str) -> list[str]:
    """The words of a text in their order: runs of letters, digits and marks, normalised (NFC) and case-folded.

    A run of a script that puts no spaces between words gives each two neighbours in it, overlapping: ``東京都`` is
    ``東京`` and ``京都``; a character alone gives itself. Markup is not known here: ``[[a|b]]`` is two words. Total.
    """
    if text.isascii():
        return _ASCII.findall(text.lower())
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    runs: list[str] = _RUN.findall(text.casefold())
    if not _UNSPACED.search(text):
        return runs
    found: list[str] = []
    for run in runs:
        if len(run) > 1 and _UNSPACED.match(run):
            found.extend(first + second for first, second in pairwise(run))
        else:
            found.append(run)
    return found
