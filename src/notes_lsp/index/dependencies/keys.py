"""Keys: what the findings of a note may depend on beyond its own text, and what a change of another note touches."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class DependencyKind(StrEnum):
    """The kinds of keys."""

    NOTE = "note"
    """The path of a note or file of the index, of which anything changed."""
    DISK = "disk"
    """A path on disk that is no file of the index: an ignored file or a folder that may have come or gone."""
    NAME = "name"
    """A name, folded, that a link may ask for, of a note whose names, headings or blocks changed."""
    CALLED = "called"
    """A title or an alias, folded, that a note got or lost, or that moved in its text."""
    ID = "id"
    """The value of an ``id``, likewise."""
    PROPERTY = "property"
    """A key of frontmatter, folded, that a note got or lost, or whose type changed; empty: all of a note's keys."""
    URL = "url"
    """The hash of an address outside the vault, in a note whose text changed."""
    PIECE = "piece"
    """A number of the sketch of a note whose text changed."""
    EVERYTHING = "everything"
    """More than anybody wrote down."""


class DependencyKey(NamedTuple):
    """One key."""

    kind: DependencyKind
    value: str


EVERYTHING = DependencyKey(DependencyKind.EVERYTHING, "")
EVERY_COPY = DependencyKey(DependencyKind.PIECE, "")
"""Stands for more pieces and addresses than anybody wrote down."""
EVERY_HEADER = DependencyKey(DependencyKind.PROPERTY, "")
"""Touched where the number of notes with frontmatter changes."""
