"""Offers: what completion can give back, whatever was asked for: plain items, best first, and what they replace."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from notes_lsp.text.source import Edit, Span


class ItemKind(StrEnum):
    """What an item stands for."""

    NOTE = "note"
    ALIAS = "alias"
    FILE = "file"
    HEADING = "heading"
    BLOCK = "block"
    LABEL = "label"
    PLACEHOLDER = "placeholder"
    DAY = "day"
    NEW = "new"
    TAG = "tag"
    DEFINITION = "definition"
    FOOTNOTE = "footnote"
    TASK = "task"
    CALLOUT = "callout"
    KEY = "key"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class NewBlockId:
    """A block of another note that gets an id when the item is accepted."""

    path: str
    block: str
    """The block's text, by which it is found again."""
    id: str


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to choose."""

    kind: ItemKind
    label: str
    detail: str
    insert: str
    path: str = ""
    """The note that a preview of the item shows; empty where there is none to show."""
    anchor: str | None = None
    edits: tuple[Edit, ...] = ()
    """What else changes in the same note."""
    block_id: NewBlockId | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be chosen, best first, and what the chosen text replaces."""

    span: Span
    """From where the replaced text begins to the cursor."""
    typed: str
    """The text of ``span`` as it stands."""
    items: list[Item]
    incomplete: bool = True
    """Typing on makes it necessary to ask again."""
    replaces: Span | None = None
    """What may be replaced where the editor can do so: more than ``span`` when the cursor is inside a word."""
    closed: str = ""
    """What of the construct's end directly follows the cursor: brackets, a parenthesis, a quote."""
