"""Words: the words of a text in any script, folded for comparison; scripts without spaces give overlapping pieces."""

from __future__ import annotations

import re
import unicodedata

from notes_lsp.text.scripts import ALPHABETS, MARKS, SIGNS, UNSPACED_MARKS, without_points

# Hangul is not among them: what stands between the spaces of Korean is as telling as a word of any other language.
_LETTER = rf"[^\W_{SIGNS}{ALPHABETS}]"
_RUN = re.compile(
    rf"{_LETTER}++(?:[{MARKS}]++{_LETTER}*+)*+"
    rf"|[{SIGNS}][{SIGNS}{UNSPACED_MARKS}]*+|[{ALPHABETS}][{ALPHABETS}{UNSPACED_MARKS}]*+"
)
_UNSPACED = re.compile(f"[{SIGNS}]|([{ALPHABETS}])")
_ASCII = re.compile(r"[a-z0-9]+")
_ASCII_LETTERS = bytes(byte if byte < 0x80 and chr(byte).isalnum() else 0x20 for byte in range(256))
_SIGNS_AT_ONCE, _LETTERS_AT_ONCE = 3, 9
_SIGNS_PER_WORD, _LETTERS_PER_WORD = 2, 5


def words(text: str) -> list[str]:
    """The words of a text in their order: runs of letters, digits and marks, composed (NFC), folded, without points.

    Scripts that put no spaces between words give a piece from each of their characters on, overlapping: three signs of
    kana or Han (``東京都に`` is ``東京都`` and ``京都に``), nine letters of Thai, Lao, Burmese or Khmer; a run that is
    shorter gives itself. Such pieces are about as telling as words. Markup is not known here: ``[[a|b]]`` is two
    words. Total.
    """
    if text.isascii():
        return _ASCII.findall(text.lower())
    found: list[str] = []
    for run in _runs(text.casefold()):
        unspaced = _UNSPACED.match(run)
        if unspaced is None:
            found.append(run)
        else:
            at_once = _LETTERS_AT_ONCE if unspaced[1] else _SIGNS_AT_ONCE
            found.extend(run[start : start + at_once] for start in range(max(1, len(run) - at_once + 1)))
    return found


def count(text: str) -> int:
    """How many words a text has as word processors count: a sign of kana or Han is one, five letters of Thai are."""
    return _length(text, 1)


def length(text: str) -> int:
    """How much a text says, in words of scripts that put spaces between them: two signs of kana or Han to one."""
    return _length(text, _SIGNS_PER_WORD)


def _length(text: str, signs_per_word: int) -> int:
    if text.isascii():
        return len(text.encode().translate(_ASCII_LETTERS).split())
    found = 0.0
    for run in _runs(text):
        unspaced = _UNSPACED.match(run)
        found += 1 if unspaced is None else max(1, len(run) / (_LETTERS_PER_WORD if unspaced[1] else signs_per_word))
    return round(found)


def _runs(text: str) -> list[str]:
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return _RUN.findall(without_points(text))
