"""Token count: an estimate of the number of tokens that a language model makes of a text."""

from __future__ import annotations

import re
from math import ceil

_WORD = re.compile(r"[A-Za-z]+|\d+|[^\W\d_]+|[^\w\s]|_|\s+")
_DENSE = re.compile(r"[\u0e00-\u0eff\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\U0001f000-\U0003ffff]")


def estimate_tokens(text: str) -> int:
    """About how many tokens a text has, rather too many than too few.

    English words are a token for every five letters, numbers for every three digits, other alphabets for every two
    letters; each sign, and each character of Chinese, Japanese, Korean or an emoji, is one and a half; a blank is free,
    other white space a token. Tokenizers differ; on prose this is within a fifth above the common ones.
    """
    count = 0.0
    for match in _WORD.finditer(text):
        piece = match[0]
        if piece.isspace():
            count += 0 if piece == " " else 1
        elif piece.isascii() and piece.isalpha():
            count += ceil(len(piece) / 5)
        elif piece.isdigit():
            count += ceil(len(piece) / 3)
        elif _DENSE.search(piece):
            count += 1.5 * len(piece)
        elif piece[0].isalpha():
            count += ceil(len(piece) / 2)
        else:
            count += 1
    return ceil(count)
