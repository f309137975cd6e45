"""Mentions: names of notes that stand as plain words, here and in other notes, and how to make links of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from notes_lsp.config.settings import Config, LinkStyle
from notes_lsp.facts import Facts, Heading, Link, LinkKind
from notes_lsp.ide.values import Action, Hint
from notes_lsp.index.links import spelling
from notes_lsp.index.mentions.filter import Rarity
from notes_lsp.index.mentions.find import (
    MentionSpan,
    NamedNotes,
    asked_keys,
    find_names,
    is_asked_for,
    may_hold,
    parts_naming,
    phrases_of,
    plain_parts,
)
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links import names
from notes_lsp.links import phrases as mentions
from notes_lsp.text.source import Edit, Span

LINK_MENTIONS_KIND = "refactor.rewrite"
"""The protocol's kind of these code actions."""
_MAX_TARGETS = 3
_MAX_COUNTED = 24
_MAX_WORDS_COUNTED = 20_000
"""So many notes, and words of them, are looked through while somebody hovers over a title: some ten milliseconds."""
_LONGEST = 2_000_000
"""Code points of a text that is looked through at the mere move of a cursor."""


@dataclass(frozen=True, slots=True)
class Unlinked:
    """A place where a note is named and not linked to."""

    source: Note
    span: Span
    written: str
    targets: tuple[Note, ...]
    """The notes that are called so; the one that a link of this name leads to first."""

    @property
    def target(self) -> Note:
        """The note that is meant, as far as anybody can tell."""
        return self.targets[0]


def mentions_in(vault: Vault, note: Note, config: Config) -> list[Unlinked]:
    """The other notes that a note names and links to nowhere: the first mention of each, in the order of the text.

    Names that are ordinary words in this vault are none. In time linear in the text.
    """
    asked = asked_keys(vault, note)
    known: set[int] = set()
    first: list[Unlinked] = []
    for found in _all_in(vault, note, config, plain_parts(vault, note), known):
        if found.target.id not in known:
            known.add(found.target.id)
            if not is_asked_for(vault, found.target, asked):
                first.append(found)
    return first


def every_mention_in(vault: Vault, note: Note, config: Config) -> list[Unlinked]:
    """Every mention of another note, also where the note is linked to as well, or was named before."""
    return list(_all_in(vault, note, config, plain_parts(vault, note)))


def mentions_of(vault: Vault, note: Note, config: Config) -> list[Unlinked]:
    """Where other notes name a note and do not link to it: the first mention in each, by path."""
    return list(_first_of(vault, note, config))


def mention_summary(vault: Vault, note: Note, config: Config) -> str:
    """How many other notes name a note and do not link to it, in a sentence.

    Empty where it is none, and where it would take more than a moment to tell: where many texts may hold the name.
    """
    if not vault.complete or not config.mentions.actions:
        return ""
    named = [one for one in phrases_of(vault, note) if not _is_ignored(one, config)]
    naming = may_hold(vault, named, note, _MAX_COUNTED) if named else []
    if not 0 < len(naming) < _MAX_COUNTED:
        return ""
    linking = {mention.source.id for mention in vault.mentions(note)}
    rest = [other for other in naming if other.id not in linking and not other.is_file]
    if sum(other.words for other in rest) > _MAX_WORDS_COUNTED:
        return ""
    rarity = Rarity(vault)
    count = sum(1 for other in rest for _ in islice(_of_in(vault, note, other, config, rarity), 1))
    return f"Mentioned without a link in {count} {'note' if count == 1 else 'notes'}" if count else ""


def every_mention_of(vault: Vault, note: Note, config: Config) -> list[Unlinked]:
    """Every place where others name a note, ordinary words and notes that link to it included; by path and place."""
    return [
        found for other in _naming(vault, note, config) for found in _of_in(vault, note, other, config, rarity=None)
    ]


def mention_actions(vault: Vault, note: Note, within: Span, config: Config) -> list[Action]:
    """What can be linked: the mention under the cursor, those in a selection, and at a note's title all there are."""
    text = vault.text(note) or ""
    if not config.mentions.actions or vault.root is None or len(text) > _LONGEST:
        return []
    parts = [span for span in plain_parts(vault, note) if _touches(span, within)]
    here = [found for found in _all_in(vault, note, config, parts) if _touches(found.span, within)]
    facts = vault.whole(note)
    actions: list[Action] = []
    if len(here) == 1 or within.end == within.start:
        actions += [action for found in here[:1] for action in _link_one(vault, facts, found, config)]
    elif here:
        actions += _link_several(vault, facts, _certain(here), "in the selection", config)
    at_title = _is_at_title(vault, note, within)
    if here or at_title:
        every = _certain(mentions_in(vault, note, config))
        if len(every) > 1 or (every and not here):
            actions += _link_several(vault, facts, every, "in this note", config)
    if at_title:
        actions += _link_elsewhere(vault, note, config)
    return actions


def mention_hints(vault: Vault, note: Note, within: Span, config: Config) -> list[Hint]:
    """Where to show, behind the first mention of each note, what could be linked to; none unless the settings ask."""
    if not config.mentions.hints or len(vault.text(note) or "") > _LONGEST:
        return []
    found = (one for one in mentions_in(vault, note, config) if within.contains(one.span.start))
    return [Hint(one.span.end, f"→ {one.target.title}") for one in found]


def link_mention(vault: Vault, facts: Facts, found: Unlinked, config: Config) -> Edit | None:
    """The edit that makes a link of a mention and changes nothing else; ``None`` where no link can be made of it.

    The words stay as they are written: as the target where that leads to the note, else as the label.
    """
    text = _link_text(
        vault, found.source, found.target, found.written, config, mentions.is_in_table(facts, found.span.start)
    )
    return Edit(found.span, text) if text is not None else None


def _all_in(
    vault: Vault, note: Note, config: Config, parts: Sequence[Span], known: Container[int] = ()
) -> Iterator[Unlinked]:
    """The mentions in some parts of a note, but for those of notes that are known."""
    text = vault.text(note) or ""
    rarity = Rarity(vault)
    ignored = {mentions.loose(name) for name in config.mentions.ignore}

    def keep(named: NamedNotes) -> bool:
        return mentions.loose(named.text) not in ignored and rarity.may_tell(named)

    for place in find_names(vault, note, text, parts, keep):
        is_known = len(place.named.notes) == 1 and place.named.notes[0] in known
        if not is_known and rarity.is_telling(place.named, text, place.span):
            targets = _targets(vault, note, place)
            if targets:
                yield Unlinked(note, place.span, text[place.span.start : place.span.end], targets)


def _first_of(vault: Vault, note: Note, config: Config) -> Iterator[Unlinked]:
    naming = _naming(vault, note, config)
    if not naming:
        return
    linking = {mention.source.id for mention in vault.mentions(note)}
    rarity = Rarity(vault)
    for other in naming:
        if other.id not in linking:
            yield from islice(_of_in(vault, note, other, config, rarity), 1)


def _naming(vault: Vault, note: Note, config: Config) -> list[Note]:
    """The other notes whose text may hold a name of a note."""
    named = [one for one in phrases_of(vault, note) if not _is_ignored(one, config)]
    return [other for other in may_hold(vault, named, note) if not other.is_file] if named else []


def _of_in(vault: Vault, note: Note, other: Note, config: Config, rarity: Rarity | None) -> Iterator[Unlinked]:
    """Where another note names a note; with ``rarity`` only where that is more than an ordinary word."""
    text = vault.text(other) or ""
    named = [one for one in phrases_of(vault, note) if not _is_ignored(one, config)]
    parts = parts_naming(text, plain_parts(vault, other), named)
    # Among all names, since the longest counts: who writes of a rose garden does not mean the note about gardens.
    for place in find_names(vault, other, text, parts, lambda _: True) if parts else ():
        if note.id not in place.named.notes:
            continue
        if rarity is None or rarity.is_telling(place.named, text, place.span):
            targets = _targets(vault, other, place)
            meant = [target for target in targets if target.id == note.id]
            rest = [target for target in targets if target.id != note.id]
            if meant:
                yield Unlinked(other, place.span, text[place.span.start : place.span.end], (*meant, *rest))


def _targets(vault: Vault, note: Note, place: MentionSpan) -> tuple[Note, ...]:
    """The notes that a name means, the one that a link of this name leads to first."""
    found = vault.notes_by_ids(place.named.notes)
    if len(found) > 1:
        led = vault.named(note, spelling.escape(place.named.text))
        first = led.note.id if led is not None else 0
        return tuple(sorted(found.values(), key=lambda other: (other.id != first, other.path)))[:_MAX_TARGETS]
    return tuple(found.values())


def _is_ignored(named: NamedNotes, config: Config) -> bool:
    return any(mentions.loose(name) == mentions.loose(named.text) for name in config.mentions.ignore)


def _certain(found: Iterable[Unlinked]) -> list[Unlinked]:
    """Those that can mean one note only."""
    return [one for one in found if len(one.targets) == 1]


def _touches(span: Span, within: Span) -> bool:
    return span.start <= within.end and within.start <= span.end


def _is_at_title(vault: Vault, note: Note, within: Span) -> bool:
    """Whether the cursor is at what names a note: its title, or the very beginning."""
    if within.start == 0 or _touches(note.title_span, within):
        return within.end - within.start <= max(0, note.title_span.end - note.title_span.start)
    first = next(iter(vault.facts(Heading, note)), None)
    return first is not None and first.title_span == note.title_span and _touches(first.span, within)


def _link_one(vault: Vault, facts: Facts, found: Unlinked, config: Config) -> Iterator[Action]:
    for target in found.targets:
        edit = link_mention(vault, facts, Unlinked(found.source, found.span, found.written, (target,)), config)
        if edit is not None:
            where = target.title if len(found.targets) == 1 else target.path
            yield Action(f"Link “{found.written}” to “{where}”", None, found.span, (edit,), kind=LINK_MENTIONS_KIND)


def _link_several(
    vault: Vault, facts: Facts, found: Sequence[Unlinked], where: str, config: Config
) -> Iterator[Action]:
    edits = [edit for edit in (link_mention(vault, facts, one, config) for one in found) if edit is not None]
    if len(edits) == 1:
        for one in found:
            yield from _link_one(vault, facts, one, config)
    elif edits:
        yield Action(f"Link {len(edits)} mentions {where}", None, edits[0].span, tuple(edits), kind=LINK_MENTIONS_KIND)


def _link_elsewhere(vault: Vault, note: Note, config: Config) -> Iterator[Action]:
    edits: list[tuple[str, tuple[Edit, ...]]] = []
    for found in _certain(mentions_of(vault, note, config)):
        edit = link_mention(vault, vault.whole(found.source), found, config)
        if edit is not None:
            edits.append((found.source.path, (edit,)))
    if edits:
        count = f"{len(edits)} notes that mention" if len(edits) > 1 else "the note that mentions"
        title = f"Link from {count} “{note.title}”"
        yield Action(title, None, note.title_span, elsewhere=tuple(edits), kind=LINK_MENTIONS_KIND)


def _link_text(vault: Vault, source: Note, target: Note, written: str, config: Config, in_table: bool) -> str | None:  # noqa: FBT001
    if any(char in written for char in "[]|\n\\`"):
        return None
    if config.links.style is LinkStyle.MARKDOWN:
        return f"[{written}]({_destination(vault, source, target, config)})"
    spelled = spelling.wiki(vault, source.path, target, config.links.path)
    if config.links.extension:
        extension = target.path[len(names.strip_extension(target.path)) :]
        # That of a note called ``notes.md``, or ``notes.md.md`` as a file, is written in any case.
        spelled += "" if spelled.endswith(extension) else extension
    elif _is_spelled(written, spelled):
        return f"[[{written}]]"
    bar = "\\|" if in_table else "|"
    return f"[[{written}{bar}{spelled}]]" if vault.label_first else f"[[{spelled}{bar}{written}]]"


def _is_spelled(written: str, spelled: str) -> bool:
    """Whether words are what a link would be written with, but for their case: so that any program follows it."""
    folded, target = (unicodedata.normalize("NFC", text).lower() for text in (written, spelled))
    return folded == target and spelling.escape(written) == written


def _destination(vault: Vault, source: Note, target: Note, config: Config) -> str:
    style = "root" if config.links.path == "root" else "relative"
    path = spelling.markdown_destination(source.path, target, style)
    if config.links.markdown_extension:
        return path
    bare = names.strip_extension(path)
    nowhere = Span(0, 0)
    led = vault.destination(source, Link(LinkKind.INLINE, False, nowhere, bare, nowhere, None, nowhere, None, nowhere))  # noqa: FBT003
    return bare if led is not None and led.note.id == target.id else path
