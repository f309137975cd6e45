"""Anchors: every way in which people, editors and renderers point at a place inside a note."""

from __future__ import annotations

import pytest

from notes_lsp.links.anchors import AnchorTarget, NoteAnchors, find, heading_of, is_lines
from notes_lsp.markdown.parse import parse

NOTE = """\
# Trees

## Roots & soil

### Depth

## Crown

### Depth

## Crown

Twice the same. ^Oak-1

## C++ (2nd ed.), *mostly*

## Über `Code`

<a id="leaf"></a><a name="Bark"></a>

- item ^list

## !?

## 日本語

# Depth 1
"""


def line_of(place: AnchorTarget | None) -> int | None:
    """The line a place stands in, counted from 1."""
    return NOTE.count("\n", 0, place.at.start) + 1 if place else None


@pytest.fixture(scope="module")
def places() -> NoteAnchors:
    """All places of the note above."""
    facts = parse("trees.md", NOTE)
    return NoteAnchors(facts.headings, facts.blocks, facts.anchors)


@pytest.mark.parametrize(
    "anchor, line",
    [
        # A heading's text, in any case, with white space as it comes.
        ("Trees", 1),
        ("trees", 1),
        (" Roots  &  soil ", 3),
        # The slug of GitHub, also of the second of its name.
        ("roots--soil", 3),
        ("crown", 7),
        ("crown-1", 11),
        ("depth", 5),
        ("depth-1", 9),
        ("c-2nd-ed-mostly", 15),
        ("über-code", 17),
        # A slug comes before the text of a later heading.
        ("Depth 1", 27),
        # The text with its markup stripped, and as Obsidian writes it: without punctuation.
        ("C++ (2nd ed.), mostly", 15),
        ("C 2nd ed mostly", 15),
        ("roots soil", 3),
        ("Roots-soil", 3),
        ("Über Code", 17),
        ("日本語", 25),
        ("!?", 23),
        # Down a path of headings, however many are left out.
        ("Trees#Crown", 7),
        ("Crown#Depth", 9),
        ("Trees#Crown#Depth", 9),
        ("Roots & soil#Depth", 5),
        ("Trees##Crown", 7),
        ("Trees#", 1),
        # Blocks, whose ids are equal whatever their case.
        ("^oak-1", 13),
        ("^OAK-1", 13),
        ("^list", 21),
        # The ids and names of HTML tags, letter by letter.
        ("leaf", 19),
        ("Bark", 19),
    ],
)
def test_an_anchor_means_a_place(places: NoteAnchors, anchor: str, line: int) -> None:
    """The anchor leads to this line and no other."""
    assert line_of(find(anchor, places)) == line


@pytest.mark.parametrize(
    "anchor",
    [
        "",
        " ",
        "Tree",
        "crown-2",
        "Crown#Roots",
        "Depth#Trees",
        "^oak",
        "^",
        "oak-1",
        "bark",
        "#",
        "-",
        "??",
        "Trees#^x",
    ],
)
def test_an_anchor_that_means_nothing(places: NoteAnchors, anchor: str) -> None:
    """Nothing is found by half a name, by a block id without its mark, or by a path that goes up."""
    assert find(anchor, places) is None


def test_a_heading_shows_its_section(places: NoteAnchors) -> None:
    """A link to a heading jumps to its title and previews what is below it."""
    place = find("Crown", places)

    assert place is not None
    assert NOTE[place.at.start : place.at.end] == "Crown"
    assert NOTE[place.shows.start : place.shows.end].startswith("## Crown\n")
    assert "### Depth" in NOTE[place.shows.start : place.shows.end]
    assert heading_of("Crown", places) is place.heading


def test_a_block_shows_its_paragraph(places: NoteAnchors) -> None:
    """A link to a block jumps to its id and previews the block."""
    place = find("^oak-1", places)

    assert place is not None
    assert place.block is not None
    assert NOTE[place.shows.start : place.shows.end].startswith("Twice the same.")
    assert heading_of("^oak-1", places) is None


@pytest.mark.parametrize(
    "anchor, lines",
    [("L3", True), ("l3-L9", True), ("3,8", True), ("L3,1-L4,2", True), ("3", True), ("L", False), ("a3", False)],
)
def test_anchors_that_count_lines(anchor: str, lines: bool) -> None:  # noqa: FBT001
    """Links into code count lines, which no heading has to answer to."""
    assert is_lines(anchor) is lines
