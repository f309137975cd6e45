"""Broken links: whether a link that leads nowhere is one that its writer should know of, and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from notes_lsp.facts import Link, LinkKind
from notes_lsp.links import names
from notes_lsp.links.anchors import is_lines
from notes_lsp.links.attachments import is_attachment

BROKEN_LINK, MISSING_FILE, BROKEN_ANCHOR = "broken-link", "missing-file", "broken-anchor"
_PLACEHOLDER = re.compile(r"\{\{.*?\}\}|<%.*?%>|\$\{.*?\}")


def is_template(link: Link) -> bool:
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
    if is_attachment(target):
        return MISSING_FILE
    return None if link.kind is LinkKind.HTML else BROKEN_LINK


def is_missed(link: Link, anchor: str) -> bool:
    """Whether the note a link leads to should have had a place for this anchor."""
    if link.kind is LinkKind.HTML or (link.kind is not LinkKind.WIKI and is_lines(anchor)):
        return False
    # Text fragments are the browser's business, not the note's.
    return not anchor.startswith(":~:")


def _paths_on_disk(path: str, link: Link, target: str) -> Iterator[str]:
    """Where on disk, relative to the root, a target might stand that is ignored, hidden, or outside the vault."""
    folder = path.rpartition("/")[0]
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
