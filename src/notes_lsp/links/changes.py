"""Changes: what a rename consists of, and which names and paths are valid."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from posixpath import dirname

from notes_lsp.links import names
from notes_lsp.text.source import Edit, Span

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}$")
_PLAIN_SCALAR = re.compile(r"[^\W\d][\w ./()-]*\Z")
_YAML_WORDS = frozenset(["true", "false", "yes", "no", "on", "off", "null", "y", "n"])
_MAX_BYTES = 255


class NameRefusedError(ValueError):
    """A name cannot be given; the message says why, to the person who asked."""


@dataclass(frozen=True, slots=True)
class Change:
    """What renaming does: edits first, all in offsets of the texts before, under their paths before; then the moves."""

    edits: Mapping[str, Sequence[Edit]] = field(default_factory=dict[str, Sequence[Edit]])
    """By path, in the order of the text; they do not overlap."""
    moves: Mapping[str, str] = field(default_factory=dict[str, str])
    """The path afterwards of each file that moves, by the path before."""

    def __bool__(self) -> bool:
        """Whether anything changes."""
        return bool(self.edits or self.moves)


class Shift:
    """Where offsets of a text are after edits that do not overlap."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        """Take the edits, in any order."""
        ordered = sorted(edits)
        self._ends = [edit.span.end for edit in ordered]
        self._sums = [0, *accumulate(len(edit.text) - (edit.span.end - edit.span.start) for edit in ordered)]

    def __call__(self, offset: int) -> int:
        """The offset afterwards of one that no edit covers."""
        return offset + self._sums[bisect_right(self._ends, offset)]


def new_path(old: str, written: str, wanted: str, extensions: Sequence[str]) -> str:
    """The path that a file at ``old`` gets when its link's target ``written`` is renamed to ``wanted``.

    A bare name keeps the folder, and so does a path whose folder is the one that the link says already; ``./`` and
    ``../`` begin at the file's folder, any other path at the root. The extension may be left out. ``extensions`` are
    those of notes, without dots.

    Raises:
        NameRefusedError: no file can be called so.
    """
    wanted = wanted.strip()
    if not wanted or wanted.endswith("/") or _CONTROL.search(wanted):
        raise NameRefusedError("A name has at least one character and none that controls.")
    folder = dirname(old)
    if "/" not in wanted or dirname(wanted) == dirname(written):
        path = f"{folder}/{wanted.rpartition('/')[2]}"
    elif wanted.startswith(("./", "../")):
        path = f"{folder}/{wanted}"
    else:
        path = wanted
    path = names.join_path("", path.lstrip("/")) or ""
    if not path:
        raise NameRefusedError(f"“{wanted}” is outside the vault.")
    path += _extension(old, path, extensions)
    if is_note_path(path, extensions) != is_note_path(old, extensions):
        raise NameRefusedError(f"“{old}” is no note and does not become one by its name.")
    for segment in path.split("/"):
        if segment.startswith("."):
            raise NameRefusedError(f"“{segment}” would be hidden.")
        if len(segment.encode()) > _MAX_BYTES:
            raise NameRefusedError("A file's name has at most 255 bytes.")
    return path


def is_note_path(path: str, extensions: Sequence[str]) -> bool:
    """Whether a file at a path is a note, by its extension, ``extensions`` being those of notes without dots."""
    bare, dot, extension = path.rpartition("/")[2].rpartition(".")
    return bool(bare and dot) and extension.lower() in {one.lower() for one in extensions}


def scalars(written: str, wanted: str) -> Iterator[str]:
    """The ways to write ``wanted`` in the place of a value ``written`` in a header, likeliest first.

    Which one the header's format takes is seen when it is read again. Quotes stay what they are.
    """
    quote = written[:1] if written[:1] in {'"', "'"} and written[-1:] == written[:1] else ""
    if quote == "'":
        yield "'" + wanted.replace("'", "''") + "'"
    elif not quote and _PLAIN_SCALAR.match(wanted) and not is_word_of_headers(wanted):
        yield wanted
    yield json.dumps(wanted, ensure_ascii=False)


def is_word_of_headers(text: str) -> bool:
    """Whether a header would take a text for something else, such as ``true``, unless it is quoted."""
    return text.casefold() in _YAML_WORDS


def overlaps(one: Span, other: Span) -> bool:
    """Whether two spans share a character, or one lies in the other."""
    return one.start < other.end and other.start < one.end


def _extension(old: str, path: str, extensions: Sequence[str]) -> str:
    """The extension that a path still needs to be of the kind that ``old`` is."""
    name = path.rpartition("/")[2]
    if is_note_path(old, extensions):
        if names.strip_extension(name) != name or is_note_path(name, extensions):
            return ""
        return "." + old.rpartition(".")[2]
    found = _EXTENSION.search(old)
    return found[0] if found and not _EXTENSION.search(name) else ""
