"""Diagnostics: what is wrong in a note, as its reader should be told; never a wrong warning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import pathspec

from notes_lsp.core import names
from notes_lsp.core.anchors import is_lines
from notes_lsp.core.facts import Link, LinkKind, Problem
from notes_lsp.core.settings import Config, Severity
from notes_lsp.core.text import Span
from notes_lsp.index.vault import Destination, Note, Vault

_PLACEHOLDER = re.compile(r"\{\{.*?\}\}|<%.*?%>|\$\{.*?\}")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell."""

    code: str
    span: Span
    severity: Severity
    message: str
    data: dict[str, object] = field(default_factory=dict)
    """What a quick fix needs to know."""


def diagnostics(vault: Vault, note: Note, config: Config) -> list[Finding]:
    """All there is to tell about a note, in the order of its text.

    While the vault is not read completely, nothing is said that a note yet unread could make wrong.
    """
    if not config.diagnostics.enabled or _matches(note.path, config.diagnostics.ignore_in):
        return []
    found = [*_problems(vault, note), *_links(vault, note, config)]
    kept = [
        Finding(code, span, config.severity(code), message, data)
        for code, span, message, data in found
        if config.severity(code) is not Severity.OFF
    ]
    return sorted(kept, key=lambda finding: (finding.span, finding.code))


Raw = tuple[str, Span, str, dict[str, object]]


def _problems(vault: Vault, note: Note) -> Iterator[Raw]:
    for problem in vault.facts(Problem, note):
        yield problem.code, problem.span, problem.message, {}


def _links(vault: Vault, note: Note, config: Config) -> Iterator[Raw]:
    for link in vault.facts(Link, note):
        if _PLACEHOLDER.search(link.target) or _matches(link.target, config.diagnostics.ignore):
            continue
        found = vault.destination(note, link)
        if found is None:
            yield from _broken_link(vault, note, link)
        elif found.anchor and found.place is None and not found.note.is_file:
            yield from _broken_anchor(vault, link, found)


def _broken_link(vault: Vault, note: Note, link: Link) -> Iterator[Raw]:
    # A note outside every vault has no neighbours that it could miss.
    if vault.root is None or not vault.complete:
        return
    address = names.address(note.path, link)
    if address.external or address.here or not link.target.strip():
        return
    if link.kind is LinkKind.WIKI and link.target_span.end == link.target_span.start:
        return
    target = names.unescape(link).strip()
    if any(vault.exists(path) for path in _paths_on_disk(note, link, target)):
        return
    if _is_attachment(target):
        # Files that are not notes are looked after by a check of their own.
        return
    if link.kind is LinkKind.HTML:
        return
    yield (
        "broken-link",
        link.target_span,
        f"There is no note “{target}”.",
        {"target": target},
    )


def _broken_anchor(vault: Vault, link: Link, found: Destination) -> Iterator[Raw]:
    anchor = found.anchor or ""
    if link.kind is LinkKind.HTML or (link.kind is not LinkKind.WIKI and is_lines(anchor)):
        return
    # Text fragments and pages of a document are the reader's business, not the note's.
    if anchor.startswith(":~:"):
        return
    what = "block" if anchor.startswith("^") else "heading"
    yield (
        "broken-anchor",
        link.anchor_span,
        f"There is no {what} “{anchor.lstrip('^')}” in “{found.note.title}”.",
        {"target": found.note.path, "anchor": anchor},
    )


def _paths_on_disk(note: Note, link: Link, target: str) -> Iterator[str]:
    """Where on disk, relative to the root, a target might stand that is ignored, hidden, or outside the vault."""
    folder = note.path.rpartition("/")[0]
    if target.startswith("/"):
        yield target.lstrip("/") or "."
        return
    beside = f"{folder}/{target}" if folder else target
    yield beside
    yield target
    if link.kind is LinkKind.WIKI:
        yield f"{target}.md"
        yield f"{beside}.md"
    elif "." not in target.rsplit("/", 1)[-1]:
        yield f"{beside}.md"


def _is_attachment(target: str) -> bool:
    """Whether a target that nothing answers to was meant as a file: it has an extension of files, not of notes."""
    last = target.rsplit("/", 1)[-1]
    bare, dot, extension = last.rpartition(".")
    return bool(bare and dot) and extension.lower() in ATTACHMENT_EXTENSIONS


ATTACHMENT_EXTENSIONS = frozenset(
    "png jpg jpeg gif bmp svg webp avif tif tiff ico heic pdf epub djvu doc docx xls xlsx ppt pptx odt ods odp rtf txt "
    "csv tsv json jsonl yaml yml toml xml html htm css js ts py rb rs go c h cpp sh lua el tex bib ipynb mp3 wav ogg "
    "flac m4a opus aac 3gp mp4 webm mov mkv avi ogv zip gz tar tgz xz bz2 7z rar canvas base excalidraw org sql log "
    "ics vcf psd ai key pages numbers".split()
)
"""Extensions by which a missing target is known to be a file; a note that exists is found before this is asked."""


def _matches(path: str, patterns: tuple[str, ...]) -> bool:
    if not patterns:
        return False
    return _spec(patterns).match_file(path)


@cache
def _spec(patterns: tuple[str, ...]) -> pathspec.GitIgnoreSpec:
    return pathspec.GitIgnoreSpec.from_lines(patterns)


