"""Redact: a note's text without the names of private notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from itertools import chain
from urllib.parse import unquote

from notes_lsp.facts import Link, LinkKind, Property
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links import names
from notes_lsp.text.source import Edit, Span, apply_edits

_TITLE = re.compile(r"""(>?)[ \t]*\n?[ \t]*(?:"[^"]*"|'[^']*'|\([^()]*\))(?=[ \t]*$)""", re.MULTILINE)
"""The title of a definition after its address, which may be the title of the note."""
_WRITTEN = [
    re.compile(pattern)
    for pattern in (
        *(r"!?\[\[([^\[\]|#\n]+)[^\[\]\n]*\]\]", r"<([^<>\n]+)>", r"`([^`\n]+)`", r"(?<=\]\()([^()\s]+)(?=\))"),
        r"([^\s<>()\[\]`\"'|#]+\.md)\b",
    )
]
"""What may name a note without being a link: in code, in comments, in angle brackets, which are HTML by the rules of
Markdown, and the name of a file anywhere. One can stand in another."""
HIDDEN = "(private)"
"""What stands in the place of a link that has no words of its own."""


def redact(vault: Vault, note: Note, hidden: AbstractSet[int], hidden_names: AbstractSet[str]) -> str | None:
    """The text of a note with nothing in it that leads to the notes ``hidden``; ``None`` where nothing does.

    A link keeps its label, unless that is one of ``hidden_names``, the keys of what those notes are called. A property
    that is such a name is hidden, too.
    """
    text = vault.text(note) or ""
    edits = [*_of_links(vault, note, hidden, hidden_names), *_of_properties(vault, note, text, hidden, hidden_names)]
    public = _applied(text, edits)
    public = _applied(public, _of_words(vault, note, public, hidden, hidden_names))
    return None if public == text else public


def _applied(text: str, edits: Iterable[Edit]) -> str:
    """The text after those of the edits that begin first; one that overlaps another before it is left out."""
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda one: (one.span.start, -one.span.end)):
        if not kept or edit.span.start >= kept[-1].span.end:
            kept.append(edit)
    return apply_edits(text, kept)


def _of_links(vault: Vault, note: Note, hidden: AbstractSet[int], hidden_names: AbstractSet[str]) -> Iterator[Edit]:
    for link in vault.facts(Link, note):
        found = vault.destination(note, link)
        if found is None or found.note.id not in hidden:
            continue
        if link.kind in (LinkKind.DEFINITION, LinkKind.HTML):
            end = max(link.target_span.end, link.anchor_span.end)
            title = _TITLE.match(vault.text(note) or "", end) if link.kind is LinkKind.DEFINITION else None
            yield Edit(Span(link.target_span.start, title.end() if title else end), f"#{title[1]}" if title else "#")
            continue
        label = link.label or ""
        shown = label if label.strip() and names.key(label) not in hidden_names else HIDDEN
        yield Edit(link.span, shown)


def _of_properties(
    vault: Vault, note: Note, text: str, hidden: AbstractSet[int], hidden_names: AbstractSet[str]
) -> Iterator[Edit]:
    for entry in vault.facts(Property, note):
        span = entry.value_span
        if span.end == span.start or names.path_key(entry.value) not in hidden_names:
            continue
        found = vault.named(note, entry.value)
        if found is not None and found.note.id in hidden:
            quote = text[span.start : span.start + 1]
            yield Edit(span, f"{quote}{HIDDEN}{quote}" if quote in ("'", '"') else f'"{HIDDEN}"')


def writes_name(text: str, hidden_names: AbstractSet[str]) -> bool:
    """Whether a text has something between brackets or backticks that is one of some names, given by their keys."""
    return any(_spelled(match, hidden_names) for match in _written(text))


def _of_words(
    vault: Vault, note: Note, text: str, hidden: AbstractSet[int], hidden_names: AbstractSet[str]
) -> Iterator[Edit]:
    for match in _written(text):
        found = [vault.named(note, name) for name in _spelled(match, hidden_names)]
        if any(one is not None and one.note.id in hidden for one in found):
            yield Edit(Span(*match.span()), HIDDEN)


def _written(text: str) -> Iterator[re.Match[str]]:
    return chain.from_iterable(pattern.finditer(text) for pattern in _WRITTEN)


def _spelled(match: re.Match[str], hidden_names: AbstractSet[str]) -> list[str]:
    """What of a match is one of the names: all of it, or what is after its last slash."""
    written = unquote(match[match.lastindex or 0]).removeprefix("file:").partition("#")[0].strip()
    return [name for name in {written, written.rpartition("/")[2]} if names.path_key(name) in hidden_names]
