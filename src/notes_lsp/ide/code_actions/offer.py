"""Offer: every code action at a place of a note, from one table of kinds and the functions that find them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from notes_lsp.config.settings import Config
from notes_lsp.ide.code_actions.extract import EXTRACT_KIND, extractions
from notes_lsp.ide.code_actions.frontmatter_fixes import property_actions
from notes_lsp.ide.code_actions.link_fixes import actions
from notes_lsp.ide.code_actions.link_mentions import LINK_MENTIONS_KIND, mention_actions
from notes_lsp.ide.code_actions.link_similar import LINK_SIMILAR_KIND, similar_actions
from notes_lsp.ide.code_actions.note_fixes import fixes
from notes_lsp.ide.new_note.draft import NewNoteContext
from notes_lsp.ide.values import Action
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.text.source import Span

QUICK_FIX = "quickfix"


@dataclass(frozen=True, slots=True)
class ActionContext:
    """What a client asks about: a span of a note, as offsets in code points, and what new notes are made with."""

    vault: Vault
    note: Note
    within: Span
    config: Config
    new_note: NewNoteContext


ACTIONS: tuple[tuple[str, Callable[[ActionContext], Sequence[Action]]], ...] = (
    (QUICK_FIX, lambda at: actions(at.vault, at.note, at.within, at.config, at.new_note)),
    (QUICK_FIX, lambda at: fixes(at.vault, at.note, at.within)),
    (QUICK_FIX, lambda at: property_actions(at.vault, at.note, at.within, at.config, at.new_note.now.date())),
    (EXTRACT_KIND, lambda at: extractions(at.vault, at.note, at.within, at.config, at.new_note)),
    (LINK_MENTIONS_KIND, lambda at: mention_actions(at.vault, at.note, at.within, at.config)),
    (LINK_SIMILAR_KIND, lambda at: similar_actions(at.vault, at.note, at.within, at.config)),
)
"""The kinds of the protocol, each with what finds actions of this kind, in the order in which they are shown."""


def offer_actions(at: ActionContext, is_wanted: Callable[[str], bool]) -> list[Action]:
    """All actions of the kinds that are wanted; the functions for other kinds are not called."""
    return [action for kind, find in ACTIONS if is_wanted(kind) for action in find(at)]
