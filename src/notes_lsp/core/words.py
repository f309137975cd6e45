"""Words: the words of a text in any script, folded for comparison; scripts without spaces give overlapping pieces."""

from __future__ import annotations

import re
import unicodedata

_SIGNS = "\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
"""Kana and Han: two or three of them are a word."""
_LETTERS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
"""Thai, Lao, Burmese and Khmer, which put no spaces between words either, but write them letter by letter."""

# Marks belong to the letter before them, but are no letters to ``re``: accents, Hebrew and Arabic points, and the
# vowels of the scripts of India (but for their full stops), Tibet and Ceylon.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0900-\u0963\u0966-\u0df3\u0f71-\u0f84\u0f8d-\u0fbc\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0"
)
_RUN = re.compile(rf"[{_SIGNS}]+|[{_LETTERS}]+|(?:[^\W_{_SIGNS}{_LETTERS}]|[{_MARKS}])+")
_ASCII = re.compile(r"[a-z0-9]+")
_UNSPACED = re.compile(f"[{_SIGNS}]|([{_LETTERS}])")
_SIGNS_AT_ONCE, _LETTERS_AT_ONCE = 3, 9
_SIGNS_PER_WORD, _LETTERS_PER_WORD = 2, 5


def words(text: str) -> list[str]:
    """The words of a text in their order: runs of letters, digits and marks, normalised (NFC) and case-folded.

    Scripts that put no spaces between words give a piece from each of their characters on, overlapping: three signs of
    kana or Han (``東京都に`` is ``東京都`` and ``京都に``), nine letters of Thai, Lao, Burmese or Khmer; a run that is
    shorter gives itself. Such pieces are about as telling as words. Markup is not known here: ``[[a|b]]`` is two
    words. Total.
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
        unspaced = _UNSPACED.match(run)
        if unspaced is None:
            found.append(run)
        else:
            at_once = _LETTERS_AT_ONCE if unspaced[1] else _SIGNS_AT_ONCE
            found.extend(run[start : start + at_once] for start in range(max(1, len(run) - at_once + 1)))
    return found


def length(text: str) -> int:
    """How many words a text has as a reader counts them: two signs of kana or Han to one, and five letters of Thai."""
    if text.isascii():
        return len(_ASCII.findall(text.lower()))
    count = 0.0
    for run in _RUN.findall(text):
        unspaced = _UNSPACED.match(run)
        count += 1 if unspaced is None else max(1, len(run) / (_LETTERS_PER_WORD if unspaced[1] else _SIGNS_PER_WORD))
    return round(count)
