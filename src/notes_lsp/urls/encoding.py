"""Encoding: one normal form of percent-encoding for the parts of a URL."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote

IN_PATH, IN_NAME, IN_VALUE, IN_FRAGMENT = "/?#%;\\", "&=+#%", "&+#%", "%"
"""What keeps its percent-encoding, since written plainly it would mean something else there."""
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PLAIN = re.compile(r"[A-Za-z0-9\-._~/:@!$'()*,;=&]*")


def normalize_escapes(text: str, encoded: str) -> str:
    """The text with everything written plainly but what ``encoded`` holds, blanks and what cannot be seen.

    Percent-encoding follows RFC 3986, section 6.2.2; asked again of what it gave, it changes nothing.
    """
    if _PLAIN.fullmatch(text):
        return text
    text = _STRAY_PERCENT.sub("%25", text)
    if "%" in text:
        text = _ESCAPES.sub(lambda match: _decoded(match[0], encoded), text)
    if " " in text:
        text = text.replace(" ", "%20")
    if not text.isprintable():
        text = "".join([char if char.isprintable() else _quoted(char) for char in text])
    return text if text.isascii() else unicodedata.normalize("NFC", text)


@lru_cache(maxsize=1024)
def _decoded(escapes: str, encoded: str) -> str:
    plain = bytes.fromhex(escapes.replace("%", "")).decode("utf-8", "surrogateescape")
    return "".join(
        _quoted(char) if char in encoded or char == " " or not char.isprintable() else char for char in plain
    )


@lru_cache(maxsize=1024)
def _quoted(char: str) -> str:
    if "\udc80" <= char <= "\udcff":
        return f"%{ord(char) - 0xDC00:02X}"
    return quote(char, safe="", errors="surrogatepass")
