"""Words: completion of labels, footnotes, tags, task states and callouts."""

from __future__ import annotations

from notes_lsp.config.settings import Config, Profile
from notes_lsp.facts import Definition, Footnote
from notes_lsp.fuzzy import match as matching
from notes_lsp.ide.completion.context import Callout, FootnoteLabel, ReferenceLabel, TagName, TaskState
from notes_lsp.ide.completion.items import Item, ItemKind, Offer
from notes_lsp.index.search.link_context import tag_counts, tag_spelling, task_states
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.text.excerpt import line_around
from notes_lsp.text.source import Span

_CALLOUTS = {
    "note": (),
    "abstract": ("summary", "tldr"),
    "info": (),
    "todo": (),
    "tip": ("hint", "important"),
    "success": ("check", "done"),
    "question": ("help", "faq"),
    "warning": ("caution", "attention"),
    "failure": ("fail", "missing"),
    "danger": ("error",),
    "bug": (),
    "example": (),
    "quote": ("cite",),
}
"""The callouts of Obsidian with their other names."""
_ALERTS = ("NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION")
"""Those of GitHub and GitLab."""
_STATES = {" ": "to do", "x": "done"}


def labels(vault: Vault, note: Note, prompt: ReferenceLabel, config: Config) -> Offer | None:
    """The labels that this note defines, in the order of their definitions, each once."""
    found = {
        one.key: Item(ItemKind.DEFINITION, one.label, one.target, one.label + prompt.closing)
        for one in reversed(vault.facts(Definition, note))
        if _begins(prompt.typed, one.label)
    }
    return _offer(prompt.span, prompt.typed, list(reversed(found.values())), config)


def footnotes(vault: Vault, note: Note, prompt: FootnoteLabel, config: Config) -> Offer | None:
    """The footnotes that this note defines, in the order of their definitions, each once."""
    text = vault.text(note) or ""
    found: dict[str, Item] = {}
    for one in vault.facts(Footnote, note):
        label = text[one.label_span.start : one.label_span.end]
        being_typed = one.span.start <= prompt.span.end <= one.label_span.end + 1
        if one.definition and one.key not in found and not being_typed and _begins(prompt.typed, label):
            says = line_around(text, one.label_span.end).partition("]:")[2].strip()
            found[one.key] = Item(ItemKind.FOOTNOTE, label, says, label + prompt.closing)
    return _offer(prompt.span, prompt.typed, list(found.values()), config)


def tag_items(vault: Vault, note: Note, prompt: TagName, config: Config) -> Offer | None:
    """The tags of the vault with how many notes have them, the better matches first, then the more frequent."""
    offset = prompt.span.end
    query = matching.fold_path(prompt.typed)
    scored: list[tuple[float, int, str]] = []
    for key, count in tag_counts(vault, note, offset).items():
        quality = matching.quality(query, matching.fold_path(key)) if query else 1.0
        if quality >= matching.INSIDE or (quality and "/" not in query):
            # "pro" finds "project" and "project/active" alike: the frequent one first.
            scored.append((-round(quality, 1), -count, key))
    items: list[Item] = []
    for _, count, key in sorted(scored)[: config.completion.limit]:
        name = tag_spelling(vault, note, key, offset)
        items.append(Item(ItemKind.TAG, name, f"{-count} {'note' if count == -1 else 'notes'}", name))
    return _offer(prompt.span, prompt.typed, items, config)


def states(vault: Vault, prompt: TaskState, config: Config) -> Offer | None:
    """To do, done, and what else the tasks of this vault say, the frequent ones first."""
    used = task_states(vault)
    others = sorted(used.keys() - _STATES.keys() - {"X"}, key=lambda state: (-used[state], state))
    items = [
        Item(
            ItemKind.TASK, f"[{state}]", _STATES.get(state, f"used {used.get(state, 0)} times"), state + prompt.closing
        )
        for state in (*_STATES, *others)
        if not prompt.typed or state == prompt.typed
    ]
    return _offer(prompt.span, prompt.typed, items, config)


def callouts(prompt: Callout, config: Config) -> Offer | None:
    """The kinds of callouts that the profile's program knows."""
    if config.links.profile in (Profile.GITHUB, Profile.GITLAB):
        kinds = dict.fromkeys(_ALERTS, "alert")
    else:
        kinds = dict.fromkeys(_CALLOUTS, "callout")
        kinds |= {other: f"as {kind}" for kind, more in _CALLOUTS.items() for other in more}
    items = [
        Item(ItemKind.CALLOUT, kind, detail, kind + prompt.closing)
        for kind, detail in kinds.items()
        if kind.casefold().startswith(prompt.typed.casefold())
    ]
    return _offer(prompt.span, prompt.typed, items, config)


def _offer(span: Span, typed: str, items: list[Item], config: Config) -> Offer | None:
    return Offer(span, typed, items[: config.completion.limit]) if items else None


def _begins(typed: str, label: str) -> bool:
    """Whether a word of the label begins with what was typed."""
    query = matching.fold(typed)
    return not query or matching.quality(query, matching.fold(label)) >= matching.INSIDE
