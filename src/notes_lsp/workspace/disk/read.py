"""Read: one note's bytes to rows, in this process or in a worker."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from notes_lsp.facts import Problem
from notes_lsp.index.store.changes import Discovered, NoteRows, Parsed, Unchanged, prepare_rows
from notes_lsp.text.source import Span, decode
from notes_lsp.workspace.disk.open import TooLargeError, read_with_state
from notes_lsp.workspace.disk.walk import inode_of

LOG = logging.getLogger(__name__)

NOT_UTF8 = "not-utf8"
"""The code of the problem of a note with bytes that make no text."""

_SETTLING_NS = 100_000_000
"""Two writes within so many nanoseconds may leave the same time on a file, since its clock ticks rather than runs."""


class ReadRequest(NamedTuple):
    """A note to read, and the hash of the bytes that are known of it already."""

    path: str
    digest: bytes | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A note that could not be read, and why in the system's words; its name stays known."""

    path: str
    reason: str
    gone: bool


ReadResult = Parsed | Unchanged | Unreadable


def read_note(root: Path, wanted: ReadRequest, max_size: int) -> ReadResult:
    """Read one note, and parse it unless its bytes are known.

    A note of more than ``max_size`` bytes keeps its name and is otherwise empty.
    """
    path = wanted.path
    try:
        # The times are taken before the bytes: a write in between makes the note look stale, never fresh.
        data, stat = read_with_state(root / path, max_size)
    except TooLargeError as error:
        data, stat = b"", error.state
    except FileNotFoundError as error:
        return Unreadable(path, error.strerror or "not found", gone=True)
    except OSError as error:
        return Unreadable(path, error.strerror or str(error), gone=False)
    # The time of the last write can be set by anybody, that of the last change cannot.
    settled = min(abs(time.time_ns() - tick) for tick in (stat.st_mtime_ns, stat.st_ctime_ns)) > _SETTLING_NS
    inode = inode_of(stat)
    found = content_digest(data)
    if found == wanted.digest:
        return Unchanged(path, stat.st_mtime_ns, stat.st_size, found, settled, stat.st_ctime_ns, inode)
    if stat.st_size > max_size:
        LOG.warning("%s has %d bytes, more than max_note_size: listed, not read", path, stat.st_size)
    try:
        prepared = prepare_bytes(path, data)
    except Exception:
        # Our mistake, and nobody else's note should suffer for it.
        LOG.exception("%s cannot be parsed", path)
        return Unreadable(path, "it cannot be parsed", gone=False)
    return Parsed(stat.st_mtime_ns, stat.st_size, found, prepared, settled, stat.st_ctime_ns, inode)


def read_batch(root: Path, batch: Sequence[ReadRequest], max_size: int) -> list[ReadResult]:
    """Read several notes; what a worker process runs."""
    return [read_note(root, wanted, max_size) for wanted in batch]


def is_overtaken(root: Path, found: Parsed | Unchanged | Discovered) -> bool:
    """Whether a file was written again, or went away, since it was looked at."""
    try:
        now = (root / found.path).stat()
    except OSError:
        return True
    then = (found.mtime_ns, found.size, found.ctime_ns, found.inode)
    return (now.st_mtime_ns, now.st_size, now.st_ctime_ns, inode_of(now)) != then


def prepare_bytes(path: str, data: bytes) -> NoteRows:
    """A note's bytes as rows. Bytes that are not UTF-8 become a problem, and the rest is read all the same."""
    from notes_lsp.markdown.parse import parse  # noqa: PLC0415  (heavy, and most commands never need it)

    text, valid = decode(data)
    facts = parse(path, text)
    if not valid:
        at = text.find("\ufffd")
        problem = Problem(NOT_UTF8, Span(at, at + 1), "This is not UTF-8; some characters cannot be read.")
        facts = replace(facts, problems=(*facts.problems, problem))
    return prepare_rows(facts, text)


NO_STATE = hashlib.blake2b(b"", digest_size=16).digest()
"""The hash of an empty note, and of one that is too large to be read."""


def content_digest(data: bytes) -> bytes:
    """A hash of a file's bytes, to tell a change of text from a change of time."""
    return hashlib.blake2b(data, digest_size=16).digest()
