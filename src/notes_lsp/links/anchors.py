"""Anchors: which heading, block or id of a note an anchor means."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from notes_lsp.facts import ANY_ID, Anchor, Block, Heading
from notes_lsp.links import names
from notes_lsp.text.source import Span

_LINES = re.compile(r"L?\d+(?:,\d+)?(?:-L?\d+(?:,\d+)?)?", re.IGNORECASE)

_TAG_OF_TEMPLATE = re.compile(r"\{%.*?%\}")
_RANGE = re.compile(r"(?<=.)(?:,\d+)?(?::#.*)?$")


class Headings:
    """Headings by what anchors call them, so that an anchor is found as quickly among many as among few."""

    def __init__(self, headings: Iterable[Heading], called: Callable[[Heading], Iterable[str]]) -> None:
        """Take the headings in the order of their text, each with all that it is called."""
        self._found: dict[str, tuple[list[int], list[Heading]]] = {}
        for heading in headings:
            for name in dict.fromkeys(called(heading)):
                starts, found = self._found.setdefault(name, ([], []))
                starts.append(heading.span.start)
                found.append(heading)

    def first(self, name: str, within: Span | None) -> Heading | None:
        """The first heading of a name; of those that begin after the start of ``within`` and before its end."""
        starts, found = self._found.get(name, ((), ()))
        at = bisect_right(starts, within.start) if within is not None else 0
        end = bisect_left(starts, within.end) if within is not None else len(starts)
        return found[at] if at < end else None


@dataclass(frozen=True)
class NoteAnchors:
    """All the places inside one note that an anchor can mean, each in the order of the text."""

    headings: Sequence[Heading]
    blocks: Sequence[Block]
    anchors: Sequence[Anchor]

    @cached_property
    def by_slug(self) -> Headings:
        """The headings by their slugs."""
        return Headings(self.headings, lambda heading: (heading.slug,))

    @cached_property
    def by_title(self) -> Headings:
        """The headings by the keys of their titles."""
        return Headings(self.headings, lambda heading: (names.key(heading.title),))

    @cached_property
    def by_words(self) -> Headings:
        """The headings by the words of their titles and slugs."""
        return Headings(self.headings, self._words)

    @cached_property
    def has_more(self) -> bool:
        """Whether the note includes files, so that it may have places that nobody can see in it."""
        return ANY_ID in self.by_html_id

    @cached_property
    def named(self) -> dict[str, tuple[Anchor, Heading]]:
        """The headings with an id of their own, ``## Title {#id}``, by that id."""
        found: dict[str, tuple[Anchor, Heading]] = {}
        starts = [heading.span.start for heading in self.headings]
        for anchor in self.anchors:
            at = bisect_right(starts, anchor.span.start) - 1
            if at >= 0 and self.headings[at].title_span.end <= anchor.span.start < self.headings[at].span.end:
                found.setdefault(anchor.id, (anchor, self.headings[at]))
        return found

    def id_of(self, heading: Heading) -> str:
        """By what a Markdown link calls a heading: its own id, else its slug."""
        own = self._ids.get(heading.span.start, ())
        return own[0] if own else heading.slug

    @cached_property
    def _ids(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for name, (_, heading) in self.named.items():
            found.setdefault(heading.span.start, []).append(name)
        return found

    def _words(self, heading: Heading) -> Iterator[str]:
        title = names.loose_key(heading.title)
        if "{%" in heading.title:
            # What a template puts there is seldom a part of the anchor.
            yield names.loose_key(_TAG_OF_TEMPLATE.sub(" ", heading.title))
        yield title
        yield names.loose_key(heading.slug)
        # Where programs do not know such ids, they are words of the title.
        for name in self._ids.get(heading.span.start, ()):
            yield f"{title} {names.loose_key(name)}"

    @cached_property
    def by_block_id(self) -> dict[str, Block]:
        """The first block of each id; Obsidian takes ids for equal whatever their case."""
        return {block.id.casefold(): block for block in reversed(self.blocks)}

    @cached_property
    def by_html_id(self) -> dict[str, Anchor]:
        """The first tag of each id."""
        return {anchor.id: anchor for anchor in reversed(self.anchors)}


class AnchorTarget(NamedTuple):
    """What an anchor means: ``at`` is where to jump, ``shows`` is what to preview."""

    at: Span
    shows: Span
    heading: Heading | None = None
    block: Block | None = None
    anchor: Anchor | None = None
    """What was named is an id, be it that of a heading."""


def find(anchor: str, places: NoteAnchors) -> AnchorTarget | None:
    """The place that an anchor (decoded, without its ``#``) means, ``None`` where there is none.

    In order: a block id after ``^``; the id that a heading was given; a GitHub slug, a heading's text, or its text but
    for punctuation, each also as a path of headings ``A#B``; any other id.
    """
    anchor = anchor.strip()
    if anchor.startswith("^"):
        block = places.by_block_id.get(anchor[1:].strip().casefold())
        return AnchorTarget(block.span, block.block, block=block) if block is not None else None
    if named := places.named.get(anchor):
        return AnchorTarget(named[1].title_span, named[1].section, heading=named[1], anchor=named[0])
    heading = _heading(anchor, places, None)
    if heading is None and (first := without_range(anchor)) != anchor:
        heading = _heading(first, places, None)
    if heading is not None:
        return AnchorTarget(heading.title_span, heading.section, heading=heading)
    html = places.by_html_id.get(anchor)
    return AnchorTarget(html.span, html.span, anchor=html) if html is not None else None


def without_range(anchor: str) -> str:
    """An anchor without the range that Dendron writes after it: ``a,1`` (lines to leave out), ``a:#b``, ``a,1:#*``."""
    return _RANGE.sub("", anchor)


def is_lines(anchor: str) -> bool:
    """Whether an anchor names lines of a file, ``#L3`` or ``#3,8``, which no heading has to answer to."""
    return bool(_LINES.fullmatch(anchor))


def heading_of(anchor: str, places: NoteAnchors, *, ranges: bool = True) -> Heading | None:
    """The heading that an anchor means, if it means one; with ``ranges``, also the one that a range begins at."""
    if not ranges:
        return _heading(anchor.strip(), places, None)
    place = find(anchor, places)
    return place.heading if place else None


def _heading(anchor: str, places: NoteAnchors, within: Span | None) -> Heading | None:
    folded = names.key(anchor)
    if not folded:
        return None
    found = places.by_slug.first(folded, within) or places.by_title.first(folded, within)
    if found is not None:
        return found
    if "#" in anchor.strip("#"):
        return _nested(anchor.split("#"), places)
    loose = names.loose_key(anchor)
    return places.by_words.first(loose, within) if loose else None


def _nested(path: Sequence[str], places: NoteAnchors) -> Heading | None:
    """The heading reached by going down through ``path``, each step inside the section of the one before."""
    found: Heading | None = None
    for step in path:
        if not step.strip():
            continue
        within = Span(found.span.start, found.section.end) if found is not None else None
        found = _heading(step, places, within)
        if found is None:
            return None
    return found
