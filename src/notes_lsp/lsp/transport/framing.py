"""Framing: messages out of bytes, by their headers, or by the JSON itself where a header is wrong."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from notes_lsp.text.source import clean

LOG = logging.getLogger(__name__)

MAX_LINE = 65536
"""Bytes of a header line that are looked at: its last ones, since a header may follow a body without a line's end."""
MAX_LOST = 64 * 1024 * 1024
"""Bytes kept of a body whose end is not known, until the next header shows it."""
MAX_GLANCE = 65536
"""Bytes of an incomplete body up to which it is tried whether it is a whole object, its length notwithstanding."""

PARSE_ERROR = -32700
INVALID_REQUEST = -32600

Message = dict[str, Any]

_HEADER = re.compile(rb"content-length[ \t]{0,8}:[ \t]{0,8}[0-9]{1,10}[ \t]{0,8}\r?\n", re.IGNORECASE)
"""A header anywhere. JSON cannot hold one: a line's end is no part of a string, and letters stand nowhere else."""
_MAX_HEADER = 64
_NAME = re.compile(rb"content-length[ \t]*:", re.IGNORECASE)
_LENGTH = re.compile(rb"[0-9]{1,10}")
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_ESCAPES = re.compile(
    r"(\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)
"""Escapes in JSON: those that stand for themselves or for a whole character, and those of half a one alone."""
_BLANK = b" \t\r\n"
_CUT = 8
"""Characters before the end within which a truncated number, literal or escape is reported."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """Something that came in the place of a message, with the code of the error response that it deserves."""

    reason: str
    code: int


@dataclass(frozen=True, slots=True)
class _Read:
    """What a body was read as: how many of its bytes are used up, and whether more bytes could make it a message."""

    found: Message | Malformed | None
    end: int
    may_be_cut: bool = False


class Framing:
    """Messages as the base protocol of LSP frames them: headers, an empty line, a body of so many bytes.

    A length that is too small, too large or no number costs nothing if the body is a JSON object: it ends where the
    object ends. What cannot be read costs itself alone: reading goes on at the next header, wherever that stands.
    However the bytes are cut into pieces, the messages are the same.
    """

    def __init__(self) -> None:
        """Begin before a header."""
        self._data = bytearray()
        self._scanned = 0
        """Bytes of the data in which no line's end, or in a body no header, was found."""
        self._length: int | None = None
        """The length that the header says; ``None`` where it says nothing that can be used."""
        self._in_header = False
        self._in_body = False
        self._told = False

    def feed(self, data: bytes) -> Iterator[Message | Malformed]:
        """The messages that are complete once ``data`` has come; no bytes are the end of the stream."""
        self._data += data
        while True:
            if not self._in_body:
                if not self._read_line():
                    return
                continue
            read = self._read_body(ended=not data)
            if read is None:
                return
            if read.found is not None:
                self._told = False
                yield read.found

    def _read_line(self) -> bool:
        """Read a line of a header, if there is a whole one."""
        end = self._data.find(b"\n", self._scanned)
        if end < 0:
            if len(self._data) > 2 * MAX_LINE:
                del self._data[:-MAX_LINE]
            self._scanned = len(self._data)
            return False
        line = bytes(self._data[max(0, end - MAX_LINE) : end]).strip()
        self._begin_at(end + 1)
        names = list(_NAME.finditer(line))
        if names:
            value = line[names[-1].end() :].strip()
            self._length = int(value) if _LENGTH.fullmatch(value) else None
            self._in_header = True
        elif not line:
            self._in_body = self._in_header
            self._in_header = False
        elif b":" not in line and not self._told:
            self._told = True
            LOG.warning("passing over what is no header: %r", line[:60])
        return True

    def _read_body(self, *, ended: bool) -> _Read | None:
        """Read a body, if its end is there; ``None`` if not."""
        data = self._data
        header = _HEADER.search(data, max(0, self._scanned - _MAX_HEADER))
        self._scanned = len(data)
        length = self._length
        if header is not None and (length is None or header.start() < length):
            return self._taken(_read(bytes(data[: header.start()])))
        if length is not None and len(data) >= length:
            read = _read(bytes(data[:length]))
            if not read.may_be_cut:
                return self._taken(read)
            # Nothing more is known of where it ends; whatever was found beyond the length is looked for again.
            self._length = None
            self._scanned = 0
            return _Read(None, 0)
        if ended:
            return self._taken(_read(bytes(data)))
        if length is None and len(data) > MAX_LOST:
            return self._taken(_Read(Malformed("a message has no end", PARSE_ERROR), len(data) - _MAX_HEADER))
        if data.endswith(b"}") and len(data) <= MAX_GLANCE:
            read = _read(bytes(data))
            if isinstance(read.found, dict):
                return self._taken(read)
        return None

    def _taken(self, read: _Read) -> _Read:
        """Go on behind what was read."""
        if isinstance(read.found, dict) and read.end != self._length:
            LOG.warning("a message of %d bytes was announced as %s", read.end, self._length or "one of no length")
        self._begin_at(read.end)
        self._in_body = False
        return read

    def _begin_at(self, place: int) -> None:
        del self._data[:place]
        self._scanned = 0


def _read(body: bytes) -> _Read:
    """Read a body: the object that it is or begins with, or what is wrong with it."""
    if not body.strip(_BLANK):
        return _Read(None, len(body), may_be_cut=True)
    try:
        found: object = json.loads(_decoded(body))
    except json.JSONDecodeError as error:
        end = _object_end(body)
        if end is not None:
            return _Read(cast("Message", json.loads(_decoded(body[:end]))), end)
        cut = error.msg.startswith("Unterminated string") or error.pos >= len(error.doc) - _CUT
        return _Read(Malformed(f"a message is no JSON: {error}", PARSE_ERROR), len(body), may_be_cut=cut)
    except (ValueError, RecursionError) as error:
        return _Read(Malformed(f"a message is no JSON: {error}", PARSE_ERROR), len(body))
    if isinstance(found, dict):
        return _Read(cast("Message", found), len(body))
    return _Read(Malformed("a message is no JSON object", INVALID_REQUEST), len(body))


def _object_end(body: bytes) -> int | None:
    """Where the object ends that a body begins with; ``None`` where it does not begin with one."""
    start = len(body) - len(body.removeprefix(b"\xef\xbb\xbf").lstrip(_BLANK))
    if body[start : start + 1] != b"{":
        return None
    try:
        # One character for each byte, so that places are places in the bytes; JSON's own characters are the same.
        return json.JSONDecoder().raw_decode(body.decode("latin-1"), start)[1]
    except (ValueError, RecursionError):
        return None


def _decoded(body: bytes) -> str:
    """The text of a body, in which no string holds half a character, since nothing can store or send one.

    Bytes that are no UTF-8 are replaced, too: an edit that is lost would make all later ones wrong.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = clean(body.decode("utf-8-sig", "surrogatepass"))
        except UnicodeDecodeError:
            text = body.decode("utf-8-sig", "replace")
    return _ESCAPES.sub(lambda found: found[1] or "\\ufffd", text) if _HALF.search(text) else text
