"""Broken links: whether a link that leads nowhere is one that its writer should know of, and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from notes_lsp.facts import Link, LinkKind
from notes_lsp.links import names
from notes_lsp.links.anchors import is_lines
from notes_lsp.links.attachments import is_attachment
from notes_lsp.links.dialects import ROOTS, folders_above, seen_above
from notes_lsp.links.names import SITE_ROOTS, page_key, strip_extension

BROKEN_LINK, MISSING_FILE, BROKEN_ANCHOR = "broken-link", "missing-file", "broken-anchor"
_MADE_EXTENSIONS = frozenset(("html", "htm", "xml", "json", "txt", "css", "js"))
"""What programs make besides pages."""
_PLACEHOLDER = re.compile(r"\{\{.*?\}\}|<%.*?%>|\$\{.*?\}")


def has_placeholder(link: Link) -> bool:
    """Whether a target holds a placeholder of a template, so that nobody knows yet where the link will lead."""
    return bool(_PLACEHOLDER.search(link.target))


def why_missing(path: str, link: Link, exists: Callable[[str], bool]) -> str | None:
    """What to call a link, in the note at ``path``, that nothing in the vault answers to; ``None`` where all is well.

    ``exists`` says whether a path, relative to the root, is there on disk, ignored or not.
    """
    address = names.address(path, link)
    target = names.unescape(link).strip()
    if address.external or address.here or not target:
        return None
    if any(exists(place) for place in _paths_on_disk(path, link, target)):
        return None
    reason = MISSING_FILE if is_attachment(target) else BROKEN_LINK
    if (reason == BROKEN_LINK and link.kind is LinkKind.HTML) or _is_made(path, link, target, exists):
        return None
    return reason


def _is_made(path: str, link: Link, target: str, exists: Callable[[str], bool]) -> bool:
    """Whether a target may be what the program makes that the note is written for, so that nobody can miss it."""
    if link.kind is not LinkKind.WIKI and page_key(target) is None:
        return False
    extension = target.rpartition(".")[2].lower() if "." in target.rsplit("/", 1)[-1] else ""
    if extension and extension not in _MADE_EXTENSIONS and (is_attachment(target) or strip_extension(target) != target):
        return False
    seen = seen_above(path, exists)
    if seen is None:
        return False
    return seen.dialect.on_demand if link.kind is LinkKind.WIKI else seen.dialect.makes_pages


def is_missed(link: Link, anchor: str) -> bool:
    """Whether the note a link leads to should have had a place for this anchor."""
    if link.kind is LinkKind.HTML or (link.kind is not LinkKind.WIKI and is_lines(anchor)):
        return False
    # Text fragments are the browser's business, not the note's, and each page has a top.
    return not anchor.startswith(":~:") and anchor.lower() != "top"


def _paths_on_disk(path: str, link: Link, target: str) -> Iterator[str]:
    """Where on disk, relative to the root, a target might stand that is ignored, hidden, or outside the vault."""
    folder = path.rpartition("/")[0]
    rest = next((target[len(mark) :] for mark in (*SITE_ROOTS, "/") if target.startswith(mark)), None)
    if rest is not None and link.kind is not LinkKind.WIKI:
        rest = rest.strip("/")
        for above in folders_above(path):
            yield from ("/".join(part for part in (above, root, rest) if part) or "." for root in ROOTS)
        return
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
