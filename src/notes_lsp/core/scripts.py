"""Scripts: text made ready for a search by words, in scripts that put spaces between words and in those that do not.

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
