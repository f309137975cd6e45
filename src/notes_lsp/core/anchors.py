"""Anchors: which place of a note an anchor means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from notes_lsp.core import names
from notes_lsp.core.facts import Anchor, Block, Heading
from notes_lsp.core.text import Span

_LINES = re.compile(r"L?\d+(?:,\d+)?(?:-L?\d+(?:,\d+)?)?", re.IGNORECASE)


class Places(NamedTuple):
    """All the places inside one note that an anchor can mean."""

    headings: Sequence[Heading]
    blocks: Sequence[Block]
    anchors: Sequence[Anchor]


class Place(NamedTuple):
    """What an anchor means: ``at`` is where to jump, ``shows`` is what to preview."""

    at: Span
    shows: Span
    heading: Heading | None = None
    block: Block | None = None


def find(anchor: str, places: Places) -> Place | None:
    """The place that an anchor (decoded, without its ``#``) means, ``None`` where there is none.

    In order: a block id after ``^``; a GitHub slug, a heading's text, or its text but for punctuation, each also as a
    path of headings ``A#B``; the id of an HTML tag.
    """
    anchor = anchor.strip()
    if anchor.startswith("^"):
        return _block(anchor[1:], places.blocks)
    heading = _heading(anchor, places.headings)
    if heading is not None:
        return Place(heading.title_span, heading.section, heading=heading)
    for html in places.anchors:
        if html.id == anchor:
            return Place(html.span, html.span)
    return None


def is_lines(anchor: str) -> bool:
    """Whether an anchor names lines of a file, ``#L3`` or ``#3,8``, which no heading has to answer to."""
    return bool(_LINES.fullmatch(anchor))


def heading_of(anchor: str, places: Places) -> Heading | None:
    """The heading that an anchor means, if it means one."""
    place = find(anchor, places)
    return place.heading if place else None


def _block(id_: str, blocks: Sequence[Block]) -> Place | None:
    # Obsidian takes block ids for equal whatever their case.
    folded = id_.strip().casefold()
    for block in blocks:
        if block.id.casefold() == folded:
            return Place(block.span, block.block, block=block)
    return None


def _heading(anchor: str, headings: Sequence[Heading]) -> Heading | None:
    folded = names.key(anchor)
    if not folded:
        return None
    for heading in headings:
        if heading.slug == folded:
            return heading
    for heading in headings:
        if names.key(heading.title) == folded:
            return heading
    if "#" in anchor.strip("#"):
        return _nested(anchor.split("#"), headings)
    loose = names.loose_key(anchor)
    if not loose:
        return None
    for heading in headings:
        if names.loose_key(heading.title) == loose or names.loose_key(heading.slug) == loose:
            return heading
    return None


def _nested(path: Sequence[str], headings: Sequence[Heading]) -> Heading | None:
    """The heading reached by going down through ``path``, each step inside the section of the one before."""
    within = list(headings)
    found: Heading | None = None
    for step in path:
        if not step.strip():
            continue
        found = _heading(step, within)
        if found is None:
            return None
        within = [
            heading
            for heading in headings
            if heading.span.start > found.span.start and heading.section.end <= found.section.end
        ]
    return found
