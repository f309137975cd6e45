"""Paths: completion of the targets of Markdown links and HTML attributes, in the style that was typed."""

from __future__ import annotations

import re
from posixpath import dirname, relpath
from urllib.parse import unquote

from notes_lsp.config.settings import Config, PathStyle
from notes_lsp.facts import Link, LinkKind
from notes_lsp.fuzzy import match as matching
from notes_lsp.fuzzy.ranking_context import RankingContext
from notes_lsp.ide.completion.context import PathTarget
from notes_lsp.ide.completion.items import Item, ItemKind, Offer
from notes_lsp.index.links import spelling
from notes_lsp.index.search.candidates import likeliest
from notes_lsp.index.search.link_context import entries_below
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links import names
from notes_lsp.text.source import Span

_SHOWN = frozenset(
    (
        *("png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "bmp", "ico", "apng", "tiff"),
        *("mp3", "wav", "ogg", "m4a", "flac", "mp4", "webm", "mov", "mkv", "pdf"),
    )
)
"""Extensions of files that can be shown in the place of a link."""
_BEGINNING = re.compile(r"/|(?:\./)?(?:\.\./)*")
_MAX_LISTED = 1500
"""A folder with no more than this below it is matched whole; of a larger one, what is likely in the whole vault."""


def paths(vault: Vault, note: Note, prompt: PathTarget, config: Config, context: RankingContext) -> Offer | None:
    """The paths that ``typed`` may become: relative, ``./``, ``../`` or ``/`` as it begins; each leads to its file.

    A folder that was typed out is kept as typed, and only what is below it is offered; outside the vault, nothing.
    """
    written = prompt.typed
    prefix = written[: written.rfind("/") + 1]
    folder = _folder(note, prefix if prompt.angle else unquote(prefix)) if prefix else None
    if prefix and folder is None:
        return None
    if folder and not vault.is_folder(folder):
        # There is no such folder, but it may be a part of a path below the place that was named.
        prefix = _BEGINNING.findall(written)[0]
        folder = _folder(note, prefix) if prefix else None
    limit = config.completion.limit
    if folder is not None:
        targets = _inside(vault, note, folder, written[len(prefix) :], prompt, context)
        spelled = [(target, prefix + _encoded(relpath(target.path, folder or "."), prompt)) for target in targets]
    else:
        query = unquote(written)
        ranked = likeliest(vault, note, query, prompt.span.end, context, files=prompt.image)
        if query.strip() and "/" not in query and len(ranked) < limit:
            # A word may be the beginning of a folder's name, too.
            known = {one.entry.note for one in ranked}
            within = likeliest(vault, note, f"{query.strip()}/", prompt.span.end, context, files=prompt.image)
            ranked += [one for one in within if one.entry.note not in known]
        targets = [found for one in ranked[: 4 * limit] if (found := vault.note_by_id(one.entry.note)) is not None]
        spelled = [(target, _from_here(note, target, prompt, config)) for target in targets]
    items: list[Item] = []
    for target, path in spelled:
        if prompt.image and not _is_shown(target):
            continue
        insert = _as_configured(vault, note, target, path, config)
        if insert is not None:
            kind = ItemKind.FILE if target.is_file else ItemKind.NOTE
            label = target.path.rpartition("/")[2] if target.is_file else target.title
            items.append(Item(kind, label, target.path, insert + prompt.closing, target.path))
        if len(items) == limit:
            break
    return Offer(prompt.span, written, items) if items else None


def _folder(note: Note, head: str) -> str | None:
    """The folder that a typed path leads into: ``""`` is the root, ``None`` is outside."""
    return names.join_path("" if head.startswith("/") else dirname(note.path), head.lstrip("/"))


def _inside(
    vault: Vault, note: Note, folder: str, tail: str, prompt: PathTarget, context: RankingContext
) -> list[Note]:
    """The notes and files below a folder that ``tail`` may mean; what lies directly in it before what lies deeper."""
    query = matching.fold(tail if prompt.angle else unquote(tail))
    listed = entries_below(vault, folder, _MAX_LISTED + 1)
    if len(listed) > _MAX_LISTED:
        ranked = likeliest(vault, note, tail, prompt.span.end, context, files=prompt.image)
        prefix = f"{folder}/" if folder else ""
        found = [one.entry.note for one in ranked if one.entry.path.startswith(prefix)]
    else:
        scored: list[tuple[float, int, str, int]] = []
        for number, path, is_note in listed:
            inner = path[len(folder) + 1 :] if folder else path
            name = matching.fold_path(names.strip_extension(inner) if is_note else inner)
            quality = matching.quality(query, name.rpartition("/")[2]) or 0.9 * matching.quality(query, name)
            if (quality or not query) and number != note.id:
                out_of_place = 0.12 if is_note == prompt.image else 0.0
                scored.append((out_of_place - quality, inner.count("/"), path, number))
        found = [number for *_, number in sorted(scored)]
    return [target for number in found if (target := vault.note_by_id(number)) is not None]


def _from_here(note: Note, target: Note, prompt: PathTarget, config: Config) -> str:
    if config.links.path is PathStyle.ROOT and not prompt.typed:
        return "/" + _encoded(target.path, prompt)
    path = relpath(target.path, dirname(note.path) or ".")
    # "mailto:x.md" in this folder would be taken for an address.
    return _encoded(f"./{path}" if names.is_external(path) else path, prompt)


def _encoded(path: str, prompt: PathTarget) -> str:
    return spelling.encode_angle(path) if prompt.angle else spelling.encode(path)


def _as_configured(vault: Vault, note: Note, target: Note, path: str, config: Config) -> str | None:
    """The path with or without ``.md``, as configured; ``None`` where no spelling in this style leads to the target."""
    if not config.links.markdown_extension and not target.is_file:
        bare = names.strip_extension(path)
        if _leads(vault, note, target, bare):
            return bare
    return path if _leads(vault, note, target, path) else None


def _leads(vault: Vault, note: Note, target: Note, path: str) -> bool:
    nowhere = Span(0, 0)
    link = Link(LinkKind.INLINE, False, nowhere, path, nowhere, None, nowhere, None, nowhere)  # noqa: FBT003
    found = vault.destination(note, link)
    return found is not None and found.note.id == target.id


def _is_shown(target: Note) -> bool:
    return target.is_file and target.path.rpartition(".")[2].lower() in _SHOWN
