"""Inlay hints: the title after a link that does not show it, such as ``[[202406231200]]``."""

from __future__ import annotations

import re

from notes_lsp.facts import Link, LinkKind
from notes_lsp.ide.values import Hint
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links import names
from notes_lsp.text.source import Span

_OPAQUE = re.compile(r"[0-9a-f]{6,}|[0-9][0-9T:_.\-]{5,}[a-z]?|[a-z0-9]{4}[a-z]*+[0-9][a-z0-9]*+", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LONGEST = 60


def title_hints(vault: Vault, note: Note, within: Span) -> list[Hint]:
    """The titles of the notes that opaque links in ``within`` lead to."""
    found: list[Hint] = []
    for link in vault.facts(Link, note):
        if link.kind is not LinkKind.WIKI or link.label or not within.contains(link.span.start):
            continue
        stem = link.target.rpartition("/")[2]
        if not _is_opaque(stem):
            continue
        destination = vault.destination(note, link)
        if destination is None or destination.note.is_file:
            continue
        title = destination.note.title
        if names.key(title) != names.key(names.stem(destination.note.path)):
            found.append(Hint(link.span.end, title if len(title) <= _LONGEST else title[:_LONGEST] + "…"))
    return found


def _is_opaque(stem: str) -> bool:
    """Whether a name is an id rather than words: mostly digits, or a short run of letters and digits; not a date."""
    return bool(_OPAQUE.fullmatch(stem)) and any(char.isdigit() for char in stem) and not _DATE.fullmatch(stem)
