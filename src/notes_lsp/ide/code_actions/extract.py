"""Extracting: a part of a note that becomes a note of its own, with a link in its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import dirname

from notes_lsp.config.settings import Config, LinkStyle
from notes_lsp.facts import Link, LinkKind
from notes_lsp.ide.new_note.draft import DraftRefusedError, NewNote, NewNoteContext, NewNoteRequest, draft
from notes_lsp.ide.values import Action
from notes_lsp.index.links import spelling
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links import names
from notes_lsp.markdown.plain_text import plain_text
from notes_lsp.text.source import Edit, Span, apply_edits

EXTRACT_KIND = "refactor.extract"
_MARKER = re.compile(r"^[\s>]*(?:#{1,6}\s+|[-*+]\s+(?:\[.\]\s+)?|\d{1,9}[.)]\s+)?")
_LONGEST_TITLE = 60
_MAX_TRIES = 100
_LONGEST_SELECTION = 200_000
"""Characters: whoever selects more wants to copy or delete it, and is asked nothing while doing so."""


def extractions(vault: Vault, note: Note, selected: Span, config: Config, moment: NewNoteContext) -> list[Action]:
    """To make a new note of what is selected; nothing where that is blank or touches the frontmatter."""
    if selected.end - selected.start > _LONGEST_SELECTION:
        return []
    text = vault.text(note) or ""
    title = title_of(text[selected.start : selected.end])
    if vault.root is None or not title or selected.start < vault.body_start(note):
        return []
    try:
        made = extract_note(vault, note, selected, NewNoteRequest(title=title, here=note.path), config, moment)
    except DraftRefusedError:
        return []
    edit = Edit(trim(text, selected), link_to(vault, note.path, made, config))
    return [
        Action(
            f"New note “{made.title}” from selection",
            None,
            selected,
            (edit,),
            create=(made.path, made.text),
            kind=EXTRACT_KIND,
        )
    ]


def extract_note(
    vault: Vault, note: Note, selected: Span, wish: NewNoteRequest, config: Config, moment: NewNoteContext
) -> NewNote:
    """The note that is made of a selection, under a name that is free; its links lead where they led.

    Raises:
        DraftRefusedError: the rules refuse it.
    """
    text = vault.text(note) or ""
    span = trim(text, selected)
    heading, body = _without_heading(text, span, wish.title)
    for number in range(1, _MAX_TRIES):
        title = wish.title if number == 1 else f"{wish.title} {number}"
        made = draft(config, _with(wish, title, text[heading : span.end]), moment)
        if vault.note(made.path) is None and not vault.exists(made.path):
            moved = _moved(vault, note, Span(heading, span.end), made.path)
            return draft(config, _with(wish, title, moved), moment) if moved != body else made
    raise DraftRefusedError(f"there are too many notes called “{wish.title}”")


def title_of(selected: str) -> str:
    """What a note made of a text is called: its first heading or the beginning of its first line, without markup."""
    for line in selected.splitlines():
        bare = plain_text(_MARKER.sub("", line), {})
        if any(char.isalnum() for char in bare):
            if len(bare) <= _LONGEST_TITLE:
                return bare.rstrip(".,;:!? ") or bare
            return bare[: _LONGEST_TITLE + 1].rpartition(" ")[0].rstrip(".,;:!? ") or bare[:_LONGEST_TITLE]
    return ""


def link_to(vault: Vault, source: str, made: NewNote, config: Config) -> str:
    """A link from the note at ``source`` to one that is not there yet, in the style of the settings."""
    if config.links.style is LinkStyle.MARKDOWN:
        path = made.path
        there = Note(0, path, 1, made.title, Span(0, 0), 0, 0, 0)
        label = made.title.replace("[", "\\[").replace("]", "\\]")
        return f"[{label}]({spelling.markdown_destination(source, there)})"
    bare = names.strip_extension(made.path)
    stem = bare.rpartition("/")[2]
    nowhere = Note(0, source, 1, "", Span(0, 0), 0, 0, 0)
    target = spelling.escape(stem if vault.named(nowhere, stem) is None else bare)
    label = "".join(" " if char in "[]|" else char for char in made.title)
    return f"[[{target}]]" if target == made.title else f"[[{target}|{' '.join(label.split())}]]"


def _with(wish: NewNoteRequest, title: str, text: str) -> NewNoteRequest:
    return NewNoteRequest(title, text, wish.rule, wish.template, wish.folder, wish.path, wish.here, wish.properties)


def trim(text: str, span: Span) -> Span:
    """The selection without white space round it, which stays where it is."""
    inner = text[span.start : span.end]
    start = span.start + len(inner) - len(inner.lstrip())
    return Span(start, max(start, span.start + len(inner.rstrip())))


def _without_heading(text: str, span: Span, title: str) -> tuple[int, str]:
    """Where the text begins behind a first heading that the new note's title says again, and that text."""
    line, _, rest = text[span.start : span.end].partition("\n")
    if line.startswith("#") and rest.strip() and plain_text(line.lstrip("# \t"), {}).rstrip(".,;:!? ") == title:
        start = span.end - len(rest.lstrip())
        return start, text[start : span.end]
    return span.start, text[span.start : span.end]


def _moved(vault: Vault, note: Note, span: Span, path: str) -> str:
    """The text of a span with its links respelled so that from the note at ``path`` they lead where they lead now."""
    edits = [
        Edit(Span(edit.span.start - span.start, edit.span.end - span.start), edit.text)
        for link in vault.facts(Link, note)
        if span.start <= link.span.start and link.span.end <= span.end
        for edit in _respelled(vault, note, link, path)
    ]
    text = (vault.text(note) or "")[span.start : span.end]
    return apply_edits(text, edits)


def _respelled(vault: Vault, note: Note, link: Link, path: str) -> Iterator[Edit]:
    found = vault.destination(note, link)
    if found is None or link.target_span.end < link.target_span.start:
        return
    if not link.target:
        # ``[[#heading]]`` spoke of the note that it stood in.
        wiki = link.kind is LinkKind.WIKI
        yield Edit(
            link.target_span, spelling.wiki(vault, path, note) if wiki else spelling.markdown_destination(path, note)
        )
    elif link.kind is LinkKind.WIKI:
        if not spelling.leads_to(vault, path, link.target, found.note):
            yield Edit(link.target_span, spelling.wiki(vault, path, found.note))
    elif not link.target.startswith("/") and dirname(path) != dirname(note.path):
        yield Edit(link.target_span, spelling.markdown_destination(path, found.note))
