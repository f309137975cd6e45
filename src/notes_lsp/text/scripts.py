"""Scripts: text prepared for full text search, in scripts with and without spaces between words.

What comes out is for machines: the same for text and query, so that a query finds what reads the same.
"""

from __future__ import annotations

import re
import unicodedata

SEPARATOR = "\x1f"
"""Stands between the characters of scripts without spaces; no tokenizer takes it for a part of a word."""

ALPHABETS = (
    "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46"  # Thai
    "\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u0edc-\u0edf"  # Lao
    "\u1000-\u102a\u103f\u1050-\u1055\u105a-\u105d\u1061\u1065\u1066\u106e-\u1070\u1075-\u1081\u108e"  # Myanmar
    "\ua9e0-\ua9e4\ua9e6-\ua9ef\ua9fa-\ua9fe\uaa60-\uaa76\uaa7a\uaa7e\uaa7f"  # Myanmar, extended
    "\u1780-\u17b3\u17d7\u17dc"  # Khmer
    "\u1950-\u19ab\u19b0-\u19c9"  # Tai Le, New Tai Lue
    "\u1a20-\u1a54\u1aa7"  # Tai Tham
    "\u1b05-\u1b33\u1b45-\u1b4c\ua984-\ua9b2\uaa80-\uaaaf"  # Balinese, Javanese, Tai Viet
)
"""Letters of scripts without spaces, several to a word, for a class of a pattern; marks left out, here and below."""
SIGNS = (
    "\u2e80-\u2fd5\u3005-\u3007\u3021-\u3029\u3031-\u3035\u303b\u303c"  # radicals and iteration marks
    "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f\U0001aff0-\U0001b16f"  # kana
    "\u3105-\u312f\u31a0-\u31bf"  # bopomofo
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
    "\ua000-\ua48c\U00017000-\U00018d08"  # Yi, Tangut
)
"""Signs of scripts without spaces, one or two to a word."""
UNSPACED = f"{ALPHABETS}{SIGNS}\u3131-\u318e\uac00-\ud7a3"
"""What scripts without spaces are written in, and Hangul, which has spaces, but endings that grow into its words."""
UNSPACED_MARKS = (
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece"
    "\u102b-\u103e\u1056-\u1060\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d\u108f\u109a-\u109d\ua9e5\uaa7b-\uaa7d"
    "\u17b4-\u17d3\u17dd\u1a55-\u1a7f\u1b00-\u1b04\u1b34-\u1b44\ua980-\ua983\ua9b3-\ua9c0\uaab0-\uaabf\u3099\u309a\u302a-\u302f"
)
"""Marks that stand above, below and behind them."""
# ``\w`` knows marks only where they are composed with a letter, as those of Latin are.
MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0711\u0730-\u074a\u07a6-\u07b0\u07eb-\u07f3\u0900-\u0903\u093a-\u094f\u0951-\u0957"
    "\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u09d7\u09e2\u09e3\u09fe\u0a01-\u0a03\u0a3c-\u0a51\u0a70\u0a71\u0a75"
    "\u0a81-\u0a83\u0abc-\u0acd\u0ae2\u0ae3\u0afa-\u0aff\u0b01-\u0b03\u0b3c-\u0b57\u0b62\u0b63\u0b82\u0bbe-\u0bcd"
    "\u0bd7\u0c00-\u0c04\u0c3c\u0c3e-\u0c56\u0c62\u0c63\u0c81-\u0c83\u0cbc-\u0cd6\u0ce2\u0ce3\u0d00-\u0d03\u0d3b-\u0d4d"
    "\u0d57\u0d62\u0d63\u0d81-\u0d83\u0dca-\u0ddf\u0df2\u0df3\u0f18\u0f19\u0f35\u0f37\u0f39\u0f3e\u0f3f\u0f71-\u0f84\u0f86\u0f87"
    "\u0f8d-\u0fbc\u135d-\u135f\u1920-\u193b\u1b80-\u1b82\u1ba1-\u1bad\u1c24-\u1c37"
    "\u1dc0-\u1dff\u20d0-\u20f0\u2de0-\u2dff\ua66f\ua674-\ua67d\ua8e0-\ua8f1\uaaeb-\uaaef\uaaf5\uaaf6\uabe3-\uabea\uabec\uabed"
    "\U0001e944-\U0001e94a"
)
"""Marks of the scripts that have spaces, as the inside of a class of letters: they belong to the word they stand in."""
UNSPACED_RUN = f"[{UNSPACED}][{UNSPACED}{UNSPACED_MARKS}]*"
"""A pattern for a stretch of text in scripts without spaces between words."""
_RUN = re.compile(UNSPACED_RUN)
_CLUSTER = re.compile(f"[{UNSPACED}][{UNSPACED_MARKS}]*")
# Vowel points and stretching, which writers of Arabic and Hebrew put or leave out as they like.
_POINTS = re.compile(
    "[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc]"
)


def searchable(text: str) -> str:
    """The text composed (NFC), without vowel points, each character of a script without spaces on its own.

    Lines stay as they are. Total: any text comes out as some text.
    """
    if text.isascii():
        return text
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return _RUN.sub(_apart, without_points(text))


def pieces(text: str, longest: int) -> set[str]:
    """All that stands side by side in scripts without spaces, up to so many characters.

    For a search that splits texts only at spaces: whatever short word is looked for is one of these.
    """
    if text.isascii():
        return set()
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    found: set[str] = set()
    for run in _RUN.findall(text):
        clusters = _CLUSTER.findall(run)
        for length in range(1, min(longest, len(clusters)) + 1):
            found.update("".join(clusters[start : start + length]) for start in range(len(clusters) - length + 1))
    return found


def without_points(text: str) -> str:
    """The text without vowel points and stretching."""
    return _POINTS.sub("", text)


def without_separators(text: str) -> str:
    """What is shown of a text that was made ready."""
    return text.replace(SEPARATOR, "")


def clusters(run: str) -> list[str]:
    """The characters of scripts without spaces in ``run``, each with the marks above and below it."""
    return _CLUSTER.findall(run)


def _apart(run: re.Match[str]) -> str:
    return f"{SEPARATOR}{SEPARATOR.join(_CLUSTER.findall(run[0]))}{SEPARATOR}"
