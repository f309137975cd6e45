"""Reading: one note's bytes to rows, in this process or in a worker."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from notes_lsp.core.facts import Problem
from notes_lsp.core.parse import parse
from notes_lsp.core.text import Span, decode
from notes_lsp.index.store import Prepared, Read, prepare

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A note that could not be read, and why in the system's words; its name stays known."""

    path: str
    reason: str
    gone: bool


def read_note(root: Path, path: str, max_size: int) -> Read | Unreadable:
    """Read and parse one note. A note of more than ``max_size`` bytes keeps its name and is otherwise empty."""
    try:
        with (root / path).open("rb") as file:
            # The times are taken before the bytes: a write in between makes the note look stale, never fresh.
            stat = _stat(file.fileno())
            data = file.read() if stat[1] <= max_size else b""
    except FileNotFoundError as error:
        return Unreadable(path, error.strerror or "not found", gone=True)
    except OSError as error:
        return Unreadable(path, error.strerror or str(error), gone=False)
    if stat[1] > max_size:
        LOG.warning("%s has %d bytes, more than max_note_size: listed, not read", path, stat[1])
    return Read(*stat, digest(data), prepare_bytes(path, data))


def read_batch(root: Path, paths: Sequence[str], max_size: int) -> list[Read | Unreadable]:
    """Read and parse several notes; what a worker process runs."""
    return [read_note(root, path, max_size) for path in paths]


def prepare_bytes(path: str, data: bytes) -> Prepared:
    """A note's bytes as rows. Bytes that are not UTF-8 become a problem, and the rest is read all the same."""
    text, valid = decode(data)
    facts = parse(path, text)
    if not valid:
        at = text.find("\ufffd")
        problem = Problem("not-utf8", Span(at, at + 1), "This is not UTF-8; some characters cannot be read.")
        facts = replace(facts, problems=(*facts.problems, problem))
    return prepare(facts, text)


def digest(data: bytes) -> bytes:
    """A hash of a file's bytes, to tell a change of text from a change of time."""
    return hashlib.blake2b(data, digest_size=16).digest()


def _stat(descriptor: int) -> tuple[int, int]:
    stat = os.fstat(descriptor)
    return stat.st_mtime_ns, stat.st_size
