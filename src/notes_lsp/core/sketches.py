"""Sketches: a few numbers that stand for a text, of which two texts share some where they share much of their words."""

from __future__ import annotations

from zlib import crc32

_LEAST_KEPT = 12
_MOST_KEPT = 256
_ONE_IN = 4
_LEAST_BYTES = 8
"""Shorter pieces stand in too many texts to say anything."""
_SHORTER = 0.6
"""Of all pieces: the longer ones hold so many words that one of them is changed in nearly every rewrite."""

# A text is cut at some bytes of its letters, so that a cut depends on nothing but the letter it is at, and a word put
# in or taken out changes one piece or two. Which letters is of no matter as long as pieces come out a few words long:
# these cut Latin, Cyrillic, Greek, Arabic, Hebrew and Thai every 15 to 30 letters, Han, kana and Hangul every 8 to 10.
_CUTS = b"bfvwBFVW" + bytes((0x84, 0x97, 0x9B, 0xB2))
_LETTERS = frozenset(b"0123456789") | {byte for byte in range(256) if byte >= 0x80 or chr(byte).isalpha()}
_OTHERS = bytes(byte for byte in range(256) if byte not in _LETTERS)
_CUT = bytes(0 if byte in _CUTS else ord(chr(byte).lower()) if byte < 0x80 else byte for byte in range(256))


def sketch(text: str) -> list[int]:
    """Numbers of 32 bits in rising order, none twice, that stand for a text; a pure function of its letters and digits.

    A quarter as many as it has pieces is kept, at least 12 and at most 256: the lowest numbers of its shorter pieces.
    Two texts that share a piece share its number, and both keep it where it is low. Case (of ASCII), white space,
    punctuation and the order of passages play no part. Total; linear, some 10 ns for each character.
    """
    letters = text.encode("utf-8", "replace").translate(_CUT, _OTHERS)
    pieces = {piece for piece in letters.split(b"\0") if len(piece) >= _LEAST_BYTES}
    if not pieces:
        return []
    most = min(_MOST_KEPT, max(_LEAST_KEPT, len(pieces) // _ONE_IN))
    shorter = min(len(pieces), max(most, int(len(pieces) * _SHORTER)))
    longest = sorted(map(len, pieces))[shorter - 1]
    return sorted({crc32(piece) for piece in pieces if len(piece) <= longest})[:most]
