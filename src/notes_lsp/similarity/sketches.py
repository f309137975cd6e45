"""Sketches: a few hash values of a text; texts that share much of their words share some of these values."""

from __future__ import annotations

import re
import unicodedata
from zlib import crc32

from notes_lsp.similarity.prose import prose_text

_MIN_KEPT = 24
_MAX_KEPT = 256
_ONE_IN = 4
_MIN_BYTES = 8
"""Shorter pieces stand in too many texts to say anything."""
_SHORTER = 0.6
"""Of all pieces: the longer ones hold so many words that one of them is changed in nearly every rewrite."""

# A text is cut at some bytes of its letters, so that a cut depends on nothing but the letter it is at, and a word put
# in or taken out changes one piece or two. Which letters is of no matter as long as pieces come out a few words long:
# these cut Latin, Cyrillic, Greek, Arabic, Hebrew and Thai every 10 to 30 letters, Han, kana and Hangul every 4 to 8.
_CUTS = b"bfvwBFVW" + bytes((0x84, 0x97, 0x9B, 0xB2, 0x8F, 0x9D, 0x9F))
_LETTERS = frozenset(b"0123456789") | {byte for byte in range(256) if byte >= 0x80 or chr(byte).isalpha()}
_OTHERS = bytes(byte for byte in range(256) if byte not in _LETTERS)
_CUT = bytes(0 if byte in _CUTS else ord(chr(byte).lower()) if byte < 0x80 else byte for byte in range(256))
# U+00A0 to U+00BF, U+2000 to U+2BFF, U+3000 to U+3004, U+3008 to U+3020, U+FE0F, U+FF01 to U+FF0F, U+FF1A to U+FF20.
_SIGNS = re.compile(
    rb"\xc2[\xa0-\xbf]|\xe2[\x80-\xaf][\x80-\xbf]|\xe3\x80[\x80-\x84\x88-\xa0]|\xef(?:\xb8\x8f|\xbc[\x81-\x8f\x9a-\xa0])"
)
"""Punctuation beyond ASCII, which one writer sets and another does not."""


def sketch(text: str) -> list[int]:
    """Numbers of 32 bits in rising order, none twice, that stand for what a text says in its writer's own words.

    A quarter as many as it has pieces is kept, at least 24 and at most 256: the lowest numbers of its shorter pieces.
    Two texts that share a piece share its number, and both keep it where it is low. Case, white space, punctuation and
    the order of passages play no part, nor does what is not spoken (``similarity.prose``). Total; linear, some 25 ns
    for each character.
    """
    pieces = {piece for piece in _letters(prose_text(text)).split(b"\0") if len(piece) >= _MIN_BYTES}
    if not pieces:
        return []
    most = min(_MAX_KEPT, max(_MIN_KEPT, len(pieces) // _ONE_IN))
    shorter = min(len(pieces), max(most, int(len(pieces) * _SHORTER)))
    longest = sorted(map(len, pieces))[shorter - 1]
    return sorted({crc32(piece) for piece in pieces if len(piece) <= longest})[:most]


def _letters(said: str) -> bytes:
    """The letters and digits of a text, one behind the other, with a zero wherever it is cut."""
    if said.isascii():
        return said.encode().translate(_CUT, _OTHERS)
    folded = unicodedata.normalize("NFC", said).casefold()
    return _SIGNS.sub(b"", folded.encode("utf-8", "replace")).translate(_CUT, _OTHERS)
