"""Pages: links by the addresses of a site that is made of the notes, as notes in the folder mean them.

Site generators disagree on details, so an address is read as any of the common ones would: a leading ``/`` is the root
of the site, wherever in the folder that is; ``x.html`` and ``x/`` are the page that ``x.md`` becomes; ``index``,
``_index`` and ``README`` are the page of their folder; ``../x/`` starts from the page's own address as well as from
its file. Of rooted addresses the page that shares most folders with the linking note is meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname, normpath, relpath

from notes_lsp.links import names

_HTML = (".html", ".htm")


def page_of(path: str) -> str:
    """The path of a note without its extension; of an index note, its folder (empty for the root)."""
    bare = names.strip_extension(path)
    folder, _, stem = bare.rpartition("/")
    return folder if bare != path and stem.lower() in names.HUB_STEMS else bare


def means(source: str, written: str, path: str) -> bool:
    """Whether an address that is not rooted means the note or file at ``path``, for the note at ``source``."""
    there = names.path_key(page_of(path))
    return any(names.path_key(found) == there for found in _relative(source, written))


def page_nearness(source: str, path: str) -> int:
    """How many folders a file shares with the note at ``source``, from the root."""
    shared = 0
    for mine, its in zip(source.split("/")[:-1], path.split("/")[:-1], strict=False):
        if mine != its:
            break
        shared += 1
    return shared


def respelled(stood: str, source: str, written: str, before: str, now: str) -> Iterator[str]:
    """What may stand in the place of an address, in its form, whose file was at ``before`` and is at ``now``.

    The note it stands in was at ``stood`` and is at ``source``.
    """
    prefix = next((mark for mark in (*names.SITE_ROOTS, "/") if written.startswith(mark)), "")
    tail = "/" if written.endswith("/") else next((html for html in _HTML if written.lower().endswith(html)), "")
    says_extension = names.strip_extension(written) != written
    page = now if says_extension else page_of(now)
    if written.lower().endswith(tuple(f"/index{html}" for html in _HTML)) or written.lower() == "index.html":
        page = f"{page}/index".lstrip("/") if page == page_of(now) != names.strip_extension(now) else page
    if prefix:
        asked = names.page_key(written) or ""
        root = names.path_key(page_of(before)).removesuffix(asked)
        places = [page[len(root) :]] if names.path_key(page).startswith(root) else []
        places.append(page)
    else:
        starts = [dirname(source), page_of(source)]
        if next(_relative(stood, written), None) != page_of(before):
            starts.reverse()
        places = [relpath(page or ".", start or ".") for start in starts]
    for place in places:
        for text in dict.fromkeys((place.lower(), place) if written == written.lower() else (place,)):
            yield f"{prefix}{text}{'' if says_extension else tail}"


def _relative(source: str, written: str) -> Iterator[str]:
    target = names.without_html(written)
    for start in (dirname(source), page_of(source)):
        found = normpath(f"{start}/{target}" if start else target)
        if not found.startswith("../"):
            yield page_of(f"{found}.md") if found not in (".", "..") else ""
