"""Changes: what happened to files on disk, and a note's facts as rows, on their way into the index."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from notes_lsp.facts import Facts, Link, Property, Tag
from notes_lsp.index.store import rows
from notes_lsp.links import names


@dataclass(frozen=True, slots=True)
class NoteRows:
    """A note's facts as rows: what a worker process sends home."""

    path: str
    title: str
    title_span: tuple[int, int]
    words: int
    body_start: int
    names: list[names.Name]
    rows: dict[str, list[list[Any]]]
    """By table; each row begins with the fact's number and ends with its join keys."""
    body: str


@dataclass(frozen=True, slots=True)
class Discovered:
    """A file that the walk found: a note that is not read yet, or an attachment."""

    path: str
    mtime_ns: int
    size: int
    note: bool
    ctime_ns: int = 0
    inode: int = 0


@dataclass(frozen=True, slots=True)
class Parsed:
    """A note that was read: when it was written, how large it is in bytes, the hash of those bytes, what it says."""

    mtime_ns: int
    size: int
    digest: bytes
    prepared: NoteRows
    settled: bool = True
    """It had been left alone for a moment before it was read. Else one more write may have left the very same time,
    so that the time proves nothing."""
    ctime_ns: int = 0
    inode: int = 0

    @property
    def path(self) -> str:
        """The path of the note."""
        return self.prepared.path


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A note that was written again with the bytes it had."""

    path: str
    mtime_ns: int
    size: int
    digest: bytes
    settled: bool = True
    """As with :class:`Parsed`."""
    ctime_ns: int = 0
    inode: int = 0


@dataclass(frozen=True, slots=True)
class Deleted:
    """A file that is there no more."""

    path: str


FileChange = Discovered | Parsed | Unchanged | Deleted


@dataclass(frozen=True, slots=True)
class DiskState:
    """What the index knows of a file on disk."""

    mtime_ns: int
    size: int
    digest: bytes | None
    """``None`` for attachments and for notes that are not read yet."""
    note: bool
    ctime_ns: int = 0
    """When anything about the file was changed, which no program can set: so a new text with the old time shows."""
    inode: int = 0
    """The number of the file on its disk: another one where the path was given to another file."""


def prepare_rows(facts: Facts, body: str) -> NoteRows:
    """Facts as rows with their join keys; pure, so that worker processes can do it."""
    from notes_lsp.frontmatter.to_json import as_json  # noqa: PLC0415  (heavy, and most commands never need it)
    from notes_lsp.links import phrases as mentions  # noqa: PLC0415
    from notes_lsp.similarity.sketches import sketch  # noqa: PLC0415
    from notes_lsp.similarity.terms import note_names, pack_terms, terms  # noqa: PLC0415

    tables: dict[str, list[list[Any]]] = {}
    for kind, (_, attribute) in rows.FACT_TABLES.items():
        found = getattr(facts, attribute)
        if found:
            shape = rows.layout(kind)
            tables[shape.table] = [
                [n, *shape.to_row(fact), *_join_keys(facts.path, fact)] for n, fact in enumerate(found)
            ]
    if facts.properties:
        tables["headers"] = [[0, as_json(facts.properties)]]
    every_name = [*names.names_of_path(facts.path), *names.names_of_text(facts)]
    body_start = facts.frontmatter.span.end if facts.frontmatter else 0
    if numbers := sketch(body[body_start:] if body_start else body):
        tables["sketches"] = [[number] for number in numbers]
    if found := terms(note_names(facts.path, facts.title), body):
        tables["terms"] = [[pack_terms(found)]]
    tables["plain"] = [[mentions.pack_spans(mentions.prose_spans(body, facts))]]
    start, end = facts.title_span
    return NoteRows(facts.path, facts.title, (start, end), facts.words, body_start, every_name, tables, body)


def url_hash(url: str) -> int:
    """Stands for the key of an address in an index over it: 63 bits, where the keys themselves would take megabytes."""
    return int.from_bytes(hashlib.blake2b(url.encode(), digest_size=8).digest(), "big") >> 1


def _join_keys(path: str, fact: Any) -> list[Any]:
    if isinstance(fact, Link):
        from notes_lsp.urls import canonical as urls  # noqa: PLC0415  (as above)

        address = names.address(path, fact)
        url = (urls.canonical_url(urls.normalize_link(fact)) or "") if address.external else None
        other = names.address(path, names.label_first(fact)) if fact.label else names.Address()
        by_label = (other.key, other.path) if other != address else (None, None)
        by_url = (url, url_hash(url) if url else None)
        return [address.key, address.path, address.whole_key, address.page_key, *by_label, address.here, *by_url]
    if isinstance(fact, Tag):
        return [names.key(fact.name)]
    if isinstance(fact, Property):
        return [names.key(fact.key)]
    return []
