"""File names: what a title becomes as the name of a file that every system, every link and every editor can take."""

from __future__ import annotations

import re
import unicodedata

UNTITLED = "Untitled"
"""What a note is called of whose title nothing can stand in a file's name."""

_MAX_BYTES = 200
"""Systems take 255; an id before the name, an extension and a backup's ending behind it need room."""
_DIVIDERS = re.compile(r"(?<=\S)[/\\:|](?=\S)")
_FORBIDDEN = re.compile(r'[/\\:|*?"<>#^\[\]]')
_SPACES = re.compile(r"\s+")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])", re.IGNORECASE)
_UNSEEN = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c\ufeff")


def safe_name(title: str) -> str:
    """The title as one segment of a path, without an extension: total, idempotent, never empty, hidden or reserved.

    What a system forbids in names, or ends or divides a link, becomes a space, or a hyphen between two words:
    ``TCP/IP`` is ``TCP-IP``, ``What is C#?`` is ``What is C``. Letters of all scripts and emoji stay.
    """
    name = title
    # Taking something off an end may lay bare something else that cannot stand there.
    for _ in range(8):
        before, name = name, _cleaned(name)
        if name == before:
            break
    return name


def slug(title: str) -> str:
    """The title in lower case with a hyphen for all that is no letter or digit of any script; safe as a file's name."""
    words = "".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in _folded(title))
    name = "-".join(_cut(words, 120).split())
    return safe_name(name) if name else UNTITLED.lower()


def _cleaned(title: str) -> str:
    visible = "".join(" " if _is_unseen(char) else char for char in unicodedata.normalize("NFC", title))
    name = _FORBIDDEN.sub(" ", _DIVIDERS.sub("-", visible))
    name = _SPACES.sub(" ", name).strip(". ").lstrip("-. ")
    name = _cut(name, _MAX_BYTES).rstrip(". ")
    if not name:
        return UNTITLED
    bare, dot, rest = name.partition(".")
    return f"{bare.rstrip()}_{dot}{rest}" if _RESERVED.fullmatch(bare.rstrip()) else name


def _is_unseen(char: str) -> bool:
    return unicodedata.category(char) in _UNSEEN or char in _BIDI


def _folded(title: str) -> str:
    folded = unicodedata.normalize("NFC", title)
    for _ in range(4):
        before, folded = folded, unicodedata.normalize("NFC", folded.lower())
        if folded == before:
            break
    return folded


def _cut(name: str, most: int) -> str:
    """The beginning of a name in at most so many bytes, not within a character and what combines with it."""
    if len(name.encode(errors="replace")) <= most:
        return name
    cut = name.encode(errors="replace")[:most].decode(errors="ignore")
    whole = cut
    while cut and _combines(name[len(cut)]):
        cut = cut[:-1]
    return cut or whole


def _combines(char: str) -> bool:
    return unicodedata.category(char)[0] == "M" or char in "\u200d\ufe0f" or "\U0001f3fb" <= char <= "\U0001f3ff"
