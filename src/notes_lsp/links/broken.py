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
_BLOCK_REFERENCE = re.compile(r"\(\([0-9a-fA-F-]{36}\)\)")
"""What Logseq writes for a block of any page."""
_PARTIAL = re.compile(r"(?:^|/)_(?!index\.)[^/]*$|(?:^|/)_?(?:common|includes?|partials|snippets|shared)/")
"""Paths of what is a part of other pages, on which its links to itself lead elsewhere."""
_CONTENTS = frozenset(("toc", "_toc_", "_tosp_"))
"""Wiki links, in small letters, that programs put a list of contents or of subpages in the place of."""
_ALIAS = re.compile(r"@[\w-]+/|~/|~@")
"""What bundlers read as the name of a folder that their settings say."""
_FORGE = re.compile(
    r"(?:\.\./)+(?:actions|blob|branches|commits?|compare|discussions|graphs|issues|labels|milestones?|network|packages|projects"
    r"|pulls?|pulse|raw|releases|security|stargazers|tags|tree|wiki)(?:/|$)"
)
"""What leads from a file of a repository to other pages of its forge."""
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
    if address.external or address.here or not target or _BLOCK_REFERENCE.fullmatch(target):
        return None
    if any(exists(place) for place in _paths_on_disk(path, link, target)):
        return None
    if _leads_elsewhere(path, link, target, exists):
        return None
    reason = MISSING_FILE if is_attachment(target) else BROKEN_LINK
    if (reason == BROKEN_LINK and link.kind is LinkKind.HTML) or _is_made(path, link, target, exists):
        return None
    return reason


def _leads_elsewhere(path: str, link: Link, target: str, exists: Callable[[str], bool]) -> bool:
    """Whether a target that nothing answers to is none of this vault's by its form alone."""
    if link.kind is LinkKind.WIKI:
        return target.lower() in _CONTENTS
    if _ALIAS.match(target) and not target.startswith("@site/"):
        return True
    if _FORGE.match(target) and names.join_path(path.rpartition("/")[0], target) is None:
        return True
    # An address whose first folder is nowhere here begins at the root of some other site.
    first, _, rest = target.lstrip("/").partition("/")
    return (
        target.startswith("/")
        and "." not in target
        and bool(rest.strip("/"))
        and not any(map(exists, _rooted(path, first)))
    )


def _is_made(path: str, link: Link, target: str, exists: Callable[[str], bool]) -> bool:
    """Whether a target may be what the program makes that the note is written for, so that nobody can miss it."""
    is_wiki = link.kind is LinkKind.WIKI or target.startswith("[[")
    if not is_wiki and page_key(target) is None:
        return False
    extension = target.rpartition(".")[2].lower() if "." in target.rsplit("/", 1)[-1] else ""
    if extension and extension not in _MADE_EXTENSIONS and (is_attachment(target) or strip_extension(target) != target):
        return False
    seen = seen_above(path, exists)
    if seen is None:
        return False
    return seen.dialect.on_demand if is_wiki else seen.dialect.makes_pages


def is_missed(link: Link, anchor: str, path: str) -> bool:
    """Whether the note at ``path``, to which a link leads, should have had a place for this anchor."""
    if _PARTIAL.search(path) or anchor.lower().startswith(("fn:", "fnref:")):
        return False
    if link.kind is LinkKind.HTML or (link.kind is not LinkKind.WIKI and is_lines(anchor)):
        return False
    # Text fragments are the browser's business, not the note's, and each page has a top.
    return not anchor.startswith(":~:") and anchor.lower() != "top"


def _paths_on_disk(path: str, link: Link, target: str) -> Iterator[str]:
    """Where on disk, relative to the root, a target might stand that is ignored, hidden, or outside the vault."""
    folder = path.rpartition("/")[0]
    rest = next((target[len(mark) :] for mark in (*SITE_ROOTS, "/") if target.startswith(mark)), None)
    if rest is not None and link.kind is not LinkKind.WIKI:
        yield from _rooted(path, rest.strip("/"))
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


def _rooted(path: str, rest: str) -> Iterator[str]:
    """Where on disk what stands after a leading ``/`` might be, for the note at ``path``."""
    for above in folders_above(path):
        yield from ("/".join(part for part in (above, root, rest) if part) or "." for root in ROOTS)
