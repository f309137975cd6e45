"""Actions: how to mend what the diagnostics tell of, and how to write the note that a link is waiting for."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname, normpath

from rapidfuzz import fuzz, process

from notes_lsp.config.settings import Config, Profile
from notes_lsp.facts import Block, Heading, Link, LinkKind
from notes_lsp.ide.new_note.draft import (
    DraftRefusedError,
    NewNote,
    NewNoteContext,
    NewNoteRequest,
    can_be,
    draft,
    periodic,
)
from notes_lsp.ide.values import Action
from notes_lsp.index.links import spelling
from notes_lsp.index.vault.journal import meant_period
from notes_lsp.index.vault.vault import Destination, Note, Vault
from notes_lsp.links import names
from notes_lsp.links.attachments import is_attachment
from notes_lsp.links.slugs import gitlab_slug
from notes_lsp.text.source import Edit, Span

_MAX_SUGGESTIONS = 3
_MIN_LIKENESS = 70
_MIN_ALIKE = 60
"""Of ids of blocks, which are short, and few."""


def actions(vault: Vault, note: Note, within: Span, config: Config, moment: NewNoteContext) -> list[Action]:
    """What can be done about the links that touch ``within``; notes are made as of ``moment``."""
    found: list[Action] = []
    for link in vault.facts(Link, note):
        if link.span.start <= within.end and within.start <= link.span.end:
            found += _of_link(vault, note, link, config, moment)
    return found


def _of_link(vault: Vault, note: Note, link: Link, config: Config, moment: NewNoteContext) -> Iterator[Action]:
    if names.address(note.path, link).external:
        return
    found = vault.destination(note, link)
    if found is None:
        yield from _of_broken_link(vault, note, link, config, moment)
        return
    if found.anchor and found.place is None and not found.note.is_file:
        yield from _of_broken_anchor(vault, link, found, config)
    if vault.is_tie(note, found.rivals):
        for rival in found.rivals:
            other = vault.note_by_id(rival.note)
            if other is not None:
                text = _spelled(vault, note, link, other, config)
                title = f"Link to {other.path}"
                yield Action(title, "ambiguous-link", link.target_span, (Edit(link.target_span, text),))


def _of_broken_link(vault: Vault, note: Note, link: Link, config: Config, moment: NewNoteContext) -> Iterator[Action]:
    if vault.root is None or not link.target.strip():
        return
    code = "missing-file" if is_attachment(names.unescape(link)) else "broken-link"
    for number, other in enumerate(likely_notes(vault, names.unescape(link))):
        text = _spelled(vault, note, link, other, config)
        edits = (Edit(link.target_span, text),)
        yield Action(f"Change to “{text}”", code, link.target_span, edits, preferred=number == 0)
    if code == "broken-link":
        yield from _of_new_note(vault, note, link, config, moment)


def _of_new_note(vault: Vault, note: Note, link: Link, config: Config, moment: NewNoteContext) -> Iterator[Action]:
    """To write the note that a link waits for: by the vault's rules, or as that of the day that the link names."""
    target = names.unescape(link).strip()
    period = meant_period(vault, config, target) if link.kind is LinkKind.WIKI and not target.startswith(".") else None
    path = _new_path(note, link, config)
    without = ""
    try:
        if period is not None:
            made = periodic(config, *period, moment, NewNoteRequest(here=note.path))
        elif path is not None:
            made = draft(config, NewNoteRequest(path=path, here=note.path), moment)
        else:
            return
    except DraftRefusedError as error:
        if path is None or not can_be(path):
            return
        made = NewNote(path, names.stem(path), f"# {names.stem(path)}\n")
        without = f" without its template: {error}"
    if vault.note(made.path) is None:
        yield Action(f"Create “{made.path}”{without}", "broken-link", link.target_span, create=(made.path, made.text))


def likely_notes(vault: Vault, target: str) -> list[Note]:
    """The notes that somebody who wrote ``target`` may have meant, likeliest first."""
    catalog = vault.catalog
    hits = process.extract(
        names.key(names.strip_extension(target)),
        catalog.keys,
        scorer=fuzz.ratio,
        limit=12,
        score_cutoff=_MIN_LIKENESS,
    )
    found: dict[int, Note] = {}
    for _, _, number in hits:
        entry = catalog.entries[number]
        other = vault.note_by_id(entry.note)
        if other is not None and catalog.keys[number] and len(found) < _MAX_SUGGESTIONS:
            found.setdefault(entry.note, other)
    return list(found.values())


def _slug(heading: Heading, config: Config) -> str:
    return gitlab_slug(heading.title) if config.links.profile is Profile.GITLAB else heading.slug


def _of_broken_anchor(vault: Vault, link: Link, found: Destination, config: Config) -> Iterator[Action]:
    anchor = found.anchor or ""
    if anchor.startswith("^"):
        yield from _of_broken_block(vault, link, found, anchor[1:])
        return
    headings = {heading.title: heading for heading in vault.facts(Heading, found.note) if heading.title}
    hits = process.extract(anchor, list(headings), scorer=fuzz.WRatio, limit=_MAX_SUGGESTIONS, score_cutoff=50)
    for number, (title, _, _) in enumerate(hits):
        heading = headings[title]
        text = "#" + (names.heading_text(title) if link.kind is LinkKind.WIKI else _slug(heading, config))
        edits = (Edit(link.anchor_span, text),)
        yield Action(f"Change to “{text}”", "broken-anchor", link.anchor_span, edits, preferred=number == 0)


def _of_broken_block(vault: Vault, link: Link, found: Destination, wanted: str) -> Iterator[Action]:
    ids = dict.fromkeys(block.id for block in vault.facts(Block, found.note))
    hits = process.extract(wanted, list(ids), scorer=fuzz.ratio, limit=_MAX_SUGGESTIONS, score_cutoff=_MIN_ALIKE)
    for number, (name, _, _) in enumerate(hits):
        edits = (Edit(link.anchor_span, f"#^{name}"),)
        yield Action(f"Change to “#^{name}”", "broken-anchor", link.anchor_span, edits, preferred=number == 0)


def _spelled(vault: Vault, note: Note, link: Link, other: Note, config: Config) -> str:
    if link.kind is LinkKind.WIKI:
        return spelling.wiki(vault, note.path, other, config.links.path)
    style = "root" if link.target.startswith("/") else "relative"
    return spelling.markdown_destination(note.path, other, style)


def _new_path(note: Note, link: Link, config: Config) -> str | None:
    """Where the note that a link waits for would be written; ``None`` where that is outside the vault or no name.

    A path in the link is taken at its word; a bare name goes where the settings want new notes.
    """
    target = names.unescape(link).strip()
    if target.startswith("/"):
        folder = ""
    elif target.startswith(("./", "../")) or link.kind is not LinkKind.WIKI:
        folder = dirname(note.path)
    else:
        wanted = config.files.new_notes
        folder = "" if "/" in target else dirname(note.path) if wanted == "." else wanted.strip("/")
    path = normpath(f"{folder}/{target}" if folder else target.lstrip("/"))
    if path.startswith("..") or path in (".", "") or any(ord(char) < 32 for char in path) or path.endswith("/"):
        return None
    return path if names.strip_extension(path) != path else f"{path}.md"
