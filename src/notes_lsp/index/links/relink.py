"""Relink: the edits that keep every link's destination after notes move and names change."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from posixpath import dirname
from typing import NamedTuple

from notes_lsp.facts import Facts, Heading, Link, LinkKind
from notes_lsp.index.links.respell import Aim, anchor, candidate_targets, heading_anchors
from notes_lsp.index.links.what_if import what_if
from notes_lsp.index.store.changes import NoteRows, prepare_rows
from notes_lsp.index.vault.resolve import Level
from notes_lsp.index.vault.vault import Destination, LinkTargets, Note, Vault
from notes_lsp.links import names
from notes_lsp.links.anchors import AnchorTarget, NoteAnchors
from notes_lsp.links.changes import Change, Shift, is_note_path, overlaps
from notes_lsp.links.slugs import words_slug
from notes_lsp.markdown.parse import parse
from notes_lsp.text.source import Edit, Span, apply_edits

_MAX_ROUNDS = 8
# What can be put into a link without changing how anything round it reads.
_TAME = re.compile(r"(?:[\w ./#(),;+@-]|%[0-9A-F]{2})*\Z")


def relink_moves(
    vault: Vault, wanted: Iterable[tuple[str, str]], moves: Mapping[str, str], extensions: Iterable[str]
) -> Change:
    """The moves of files with all that must be edited for them, see :func:`relink`.

    A moved note's Markdown links to what is on disk, but not in the index, are kept as well. ``wanted`` are the files
    and folders that are moved, ``moves`` all the files that this moves.
    """
    pairs = sorted(wanted, key=lambda pair: -len(pair[0]))
    edits: dict[str, list[Edit]] = {}
    for old, new in moves.items():
        note = vault.note(old)
        for link in vault.facts(Link, note) if note is not None and not note.is_file else ():
            path = _unindexed(vault, old, link)
            if path is not None:
                there = next((to + path[len(at) :] for at, to in pairs if f"{path}/".startswith(f"{at}/")), path)
                aim = Aim(new, there, path, is_file=True, level=Level.ROOT, relative=True)
                text = next(candidate_targets(link, aim))
                if there != path or dirname(old) != dirname(new):
                    edits.setdefault(old, []).append(Edit(link.target_span, text))
    return relink(vault, Change(edits, moves), extensions)


def _unindexed(vault: Vault, source: str, link: Link) -> str | None:
    """The path of what a relative Markdown link leads to where that is on disk and not in the index."""
    address = names.address(source, link)
    target = names.unescape(link)
    if link.kind is LinkKind.WIKI or address.path is None or target.startswith("/"):
        return None
    path = names.join_path(dirname(source), target)
    if not path or not vault.exists(path):
        return None
    note = vault.note(source)
    return path if note is not None and not vault.candidates(note, link) else None


def relink(vault: Vault, change: Change, extensions: Iterable[str]) -> Change:
    """The change with all that must be edited so that no link changes its meaning.

    A link that led somewhere leads there afterwards, by the same kind of name, and one that was not ambiguous does not
    become so; it is edited only where it must be. A link that led nowhere is left alone, even where it now leads
    somewhere. ``extensions`` are those of notes, without dots.
    """
    work = _Work(vault, change, tuple(extensions))
    work.watch_links_of(path for path in change.moves if _is_note(vault, path))
    for _ in range(_MAX_ROUNDS):
        written = work.parsed()
        with what_if(vault, work.moved, written) as after:
            surfaces = {path: after.surface(work.path_after(path)) for path in work.changing()}
        work.watch(work.changed_names(surfaces))
        with what_if(vault, work.moved, written) as after:
            if not work.respell(after):
                break
    return Change(work.edits(), change.moves)


class _Mark(NamedTuple):
    """A place in a note by its number, which stays the same when the text of the place changes."""

    kind: str
    number: int


class _Read(NamedTuple):
    """A note that was read with its edits."""

    edits: list[Edit]
    shift: Shift
    facts: Facts
    prepared: NoteRows


@dataclass(slots=True)
class _Watched:
    """A link that led somewhere, and what was done to it."""

    note: Note
    link: Link
    led: Destination
    mark: _Mark | None
    places: NoteAnchors
    """All places of the note it led to."""
    tie: bool
    in_header: bool
    in_heading: bool
    edits: list[Edit] = field(default_factory=list[Edit])
    tries: Iterator[Link] | None = None


class _Work:
    """One change on its way to being complete."""

    def __init__(self, vault: Vault, change: Change, extensions: tuple[str, ...]) -> None:
        self.vault = vault
        self.moves = change.moves
        self.moved = {old: (new, is_note_path(new, extensions)) for old, new in change.moves.items()}
        self.primary = {path: sorted(edits) for path, edits in change.edits.items() if edits}
        self.watched: dict[tuple[str, int], _Watched] = {}
        self.facts: dict[str, _Read] = {}
        """The notes whose text had to be read again, by path before."""
        self._seen: set[str] = set()
        self._aliases: dict[str, list[str]] = {}
        self._places: dict[str, NoteAnchors] = {}
        self._headings: dict[str, list[Heading]] = {}

    def edits(self) -> dict[str, list[Edit]]:
        """All edits, by path before, in the order of the text."""
        found: dict[str, list[Edit]] = {path: list(edits) for path, edits in self.primary.items()}
        for (path, _), watched in self.watched.items():
            if watched.edits:
                found.setdefault(path, []).extend(watched.edits)
        return {path: sorted(edits) for path, edits in sorted(found.items())}

    def parsed(self) -> dict[str, NoteRows]:
        """Read again the notes whose edits may change more than where a link leads; by path afterwards."""
        suspects = {path for path in self.primary if self._shows(path)}
        suspects |= {path for (path, _), watched in self.watched.items() if _is_delicate(watched)}
        edits = self.edits()
        for path in suspects:
            known = self.facts.get(path)
            note = self.vault.note(path)
            if note is None or (known is not None and known.edits == edits[path]):
                continue
            self._aliases[path] = [names.key(alias) for alias, _ in self.vault.whole(note).aliases]
            text = apply_edits(self.vault.text(note) or "", edits[path])
            facts = parse(self.path_after(path), text)
            self.facts[path] = _Read(edits[path], Shift(edits[path]), facts, prepare_rows(facts, text))
        return {self.path_after(path): read.prepared for path, read in self.facts.items()}

    def path_after(self, path: str) -> str:
        """The path of a file afterwards."""
        return self.moves.get(path, path)

    def changing(self) -> set[str]:
        """The paths before of the files that links may find elsewhere, or find other places in."""
        return {*self.moves, *self.facts}

    def changed_names(self, after: Mapping[str, LinkTargets]) -> set[str]:
        """The keys by which links may have to be looked at: names given and names taken away.

        ``after`` is what links can lead to afterwards in each of ``changing``.
        """
        keys: set[str] = set()
        for path, now in after.items():
            before = self.vault.surface(path)
            if before != now:
                keys |= before.keys | now.keys
            if self.vault.prefixes and path in self.moves:
                stems = (names.key(names.stem(path)), names.key(names.stem(self.path_after(path))))
                keys |= {stem[:end] for stem in stems for end in range(1, len(stem))}
        return keys

    def watch(self, keys: set[str]) -> None:
        """Watch every link that asks for one of these names, and those of notes that were read again."""
        fresh = keys - self._seen
        self._seen |= fresh
        for path in self.vault.asking_for(fresh):
            note = self.vault.note(path)
            for number, link in enumerate(self.vault.facts(Link, note)) if note is not None else ():
                address = names.address(path, link)
                if not fresh.isdisjoint((address.key, address.path, address.whole_key, address.page_key)):
                    self._watch(path, number, link)
        self.watch_links_of(self.facts)

    def watch_links_of(self, paths: Iterable[str]) -> None:
        """Watch every link of some notes."""
        for path in paths:
            note = self.vault.note(path)
            for number, link in enumerate(self.vault.facts(Link, note)) if note is not None else ():
                self._watch(path, number, link)

    def respell(self, after: Vault) -> bool:
        """Edit the links that lead elsewhere now; returns whether there were any."""
        sources: dict[str, Note | None] = {}
        again = False
        for (path, _), watched in self.watched.items():
            if path not in sources:
                sources[path] = after.note(self.path_after(path))
            source = sources[path]
            now = self._now(path, watched)
            if source is None or (now is not None and self._leads_right(after, source, now, watched)):
                continue
            if watched.tries is None:
                watched.tries = self._tries(source.path, watched, after)
            for tried in watched.tries:
                if self._leads_right(after, source, tried, watched):
                    watched.edits = _edits(watched.link, tried)
                    again = True
                    break
        return again

    def _watch(self, path: str, number: int, link: Link) -> None:
        if (path, number) in self.watched or any(overlaps(edit.span, _target(link)) for edit in self._edits_of(path)):
            return
        note = self.vault.note(path)
        led = self.vault.destination(note, link) if note is not None else None
        if note is None or led is None:
            return
        there = led.note.path
        if there not in self._places:
            self._places[there] = self.vault.places(led.note)
        places = self._places[there]
        self.watched[path, number] = _Watched(
            *(note, link, led, _mark(led.place, places), places),
            tie=self.vault.is_tie(note, led.rivals),
            in_header=link.span.start < self.vault.body_start(note),
            in_heading=any(overlaps(heading.span, link.span) for heading in self._headings_of(note)),
        )

    def _now(self, path: str, watched: _Watched) -> Link | None:
        """A link as it reads with all edits so far; ``None`` where it is no link any more."""
        read = self.facts.get(path)
        if read is None:
            return _edited(watched)
        links = read.facts.links
        start = read.shift(watched.link.span.start)
        at = bisect_left(links, start, key=lambda link: link.span.start)
        for link in links[at : at + 2]:
            if link.span.start == start and link.kind is watched.link.kind:
                return names.label_first(link) if self.vault.label_first else link
        return None

    def _leads_right(self, after: Vault, source: Note, link: Link, watched: _Watched) -> bool:
        led = watched.led
        found = after.destination(source, link)
        if found is None or found.note.path != self.path_after(led.note.path):
            return False
        if led.note.is_file != found.note.is_file:
            return True  # of a note that becomes another file there is nothing more to lead to
        if (led.anchor is None) != (found.anchor is None):
            return False
        if found.rivals and led.rivals:
            by_text = found.rivals[0].level in (Level.TITLE, Level.ALIAS)
            by_slug = found.rivals[0].level >= Level.PATH_SLUG > led.rivals[0].level
            if by_slug or (by_text and led.rivals[0].level <= Level.SUFFIX):
                return False
            if not watched.tie and after.is_tie(source, found.rivals):
                return False
            if _is_exact(watched.note, watched.link, led) and not _is_exact(source, link, found):
                return False
        return watched.mark is None or watched.mark == _mark(found.place, after.places(found.note))

    def _tries(self, source: str, watched: _Watched, after: Vault) -> Iterator[Link]:
        """The link in other spellings: another target where it must be, another anchor where it must be."""
        link, led = watched.link, watched.led
        took_anchor = led.anchor is None and bool(link.anchor) and not led.note.is_file
        options = [link.target]
        if led.rivals and link.target:
            options += candidate_targets(link, self._aim(source, watched))
        anchors: list[str | None] = [None if took_anchor else link.anchor]
        there = after.note(self.path_after(led.note.path))
        if watched.mark is not None and there is not None:
            anchors += self._anchors(watched, after.places(there))
        yield from (replace(link, target=target, anchor=written) for target in options for written in anchors)

    def _aim(self, source: str, watched: _Watched) -> Aim:
        link, led = watched.link, watched.led
        best = led.rivals[0]
        now = self.path_after(led.note.path)
        return Aim(
            source=source,
            now=now,
            before=led.note.path,
            is_file=not self.moved[led.note.path][1] if led.note.path in self.moved else led.note.is_file,
            level=best.level,
            name=self._name_after(led.note, best.text, best.level),
            stood=watched.note.path,
            relative=_is_exact(watched.note, link, led),
            in_header=watched.in_header,
        )

    def _name_after(self, note: Note, name: str, level: Level) -> str:
        """The title or alias that a note has in the place of one that it had."""
        read = self.facts.get(note.path)
        if level is Level.PATH_SLUG:
            return names.stem_slug(names.stem(self.path_after(note.path)))
        if read is None or level not in (Level.TITLE, Level.ALIAS, Level.TITLE_SLUG):
            return name
        facts = read.facts
        if level is Level.TITLE:
            return facts.title
        if level is Level.TITLE_SLUG:
            return words_slug(facts.title)
        before = self._aliases[note.path]
        at = before.index(names.key(name)) if names.key(name) in before else len(facts.aliases)
        return facts.aliases[at][0] if at < len(facts.aliases) else name

    def _anchors(self, watched: _Watched, after: NoteAnchors) -> Iterator[str]:
        mark, link = watched.mark, watched.link
        if mark is None:
            return
        if mark.kind == "heading" and mark.number < len(after.headings):
            yield from heading_anchors(link, watched.places, after, mark.number, in_header=watched.in_header)
        elif mark.kind == "block" and mark.number < len(after.blocks):
            yield anchor(link, f"^{after.blocks[mark.number].id}", in_header=watched.in_header)
        elif mark.kind == "html" and mark.number < len(after.anchors):
            yield anchor(link, after.anchors[mark.number].id, in_header=watched.in_header)

    def _edits_of(self, path: str) -> list[Edit]:
        return self.primary.get(path, [])

    def _headings_of(self, note: Note) -> list[Heading]:
        if note.path not in self._headings:
            self._headings[note.path] = self.vault.facts(Heading, note)
        return self._headings[note.path]

    def _shows(self, path: str) -> bool:
        """Whether edits change what links to a note can say: its title, a heading, a block, or untame texts."""
        note = self.vault.note(path)
        if note is None:
            return False
        places = self.vault.places(note)
        spans = [
            note.title_span,
            *(heading.span for heading in places.headings),
            *(block.span for block in places.blocks),
            *(html.span for html in places.anchors),
        ]
        edits = self.primary[path]
        return any(overlaps(edit.span, span) for edit in edits for span in spans) or any(
            edit.span.start < self.vault.body_start(note) or not _TAME.match(edit.text) for edit in edits
        )


def _is_note(vault: Vault, path: str) -> bool:
    note = vault.note(path)
    return note is not None and not note.is_file


def _is_delicate(watched: _Watched) -> bool:
    """Whether the note of an edited link has to be read again, to see what the edit made of it."""
    return bool(watched.edits) and (
        watched.in_header or watched.in_heading or not all(_TAME.match(edit.text) for edit in watched.edits)
    )


def _is_exact(source: Note, link: Link, found: Destination) -> bool:
    """Whether a Markdown link says the path of what it leads to, as all programs read it, and not just its end."""
    exact = names.address(source.path, link).path
    if link.kind is LinkKind.WIKI or exact is None:
        return False
    return found.rivals[0].level is Level.FOLDER or exact == names.path_key(found.note.path)


def _target(link: Link) -> Span:
    """All of a link that may be edited, and a character more where that is nothing."""
    return Span(link.target_span.start, max(link.anchor_span.end, link.target_span.start + 1))


def _edited(watched: _Watched) -> Link:
    link = watched.link
    for edit in watched.edits:
        if edit.span == link.target_span:
            link = replace(link, target=edit.text)
        else:
            link = replace(link, anchor=edit.text[1:] if edit.text else None)
    return link


def _edits(link: Link, tried: Link) -> list[Edit]:
    edits: list[Edit] = []
    if tried.target != link.target:
        edits.append(Edit(link.target_span, tried.target))
    if tried.anchor != link.anchor:
        edits.append(Edit(link.anchor_span, "" if tried.anchor is None else f"#{tried.anchor}"))
    return edits


def _mark(place: AnchorTarget | None, places: NoteAnchors) -> _Mark | None:
    """Which of a note's places a place is, told by where it stands."""
    if place is None:
        return None
    if place.anchor is not None:
        return _Mark("html", _number(places.anchors, place.anchor.span))
    if place.heading is not None:
        return _Mark("heading", _number(places.headings, place.heading.span))
    if place.block is not None:
        return _Mark("block", _number(places.blocks, place.block.span))
    return None


def _number(things: Iterable[object], span: Span) -> int:
    return next((number for number, thing in enumerate(things) if getattr(thing, "span", None) == span), -1)
