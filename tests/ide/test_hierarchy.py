"""Walking the graph of links, and up and down the tree of notes."""

from __future__ import annotations

import pytest

from indexing import the_note, vault_of
from notes_lsp.ide.navigation import hierarchy as walking
from notes_lsp.index.vault.vault import Vault


def titles_above(vault: Vault, path: str) -> list[str]:
    """The paths of a note's parents."""
    return [note.path for note in walking.parents(vault, the_note(vault, path))]


def paths_below(vault: Vault, path: str) -> list[str]:
    """The paths of a note's children."""
    return [note.path for note in walking.children(vault, the_note(vault, path))]


GARDEN = vault_of(
    {
        "index.md": "# Home\n",
        "soil.md": "# Soil\n[[plants/mint]] and [[mint]], [[soil]], ![[map.png]], [[nothing]]\n",
        "soil.compost.md": "# Compost\n",
        "soil.compost.worms.md": "# Worms\n",
        "plants/index.md": "# Plants\n",
        "plants/mint.md": "# Mint\n",
        "plants/herbs.md": "# Herbs\n",
        "plants/herbs/sage.md": "---\nup: '[[soil]]'\n---\n",
        "plants/herbs/thyme.md": "# Thyme\n",
        "people/ada.md": "+++\nparent = 'mint'\n+++\n# Ada\n",
        "people/bob.md": "---\nup:\n  - '[[ada]]'\n  - '[[soil]]'\n---\n",
        "map.png": "",
    }
)


@pytest.mark.parametrize(
    "path, parents",
    [
        ("soil.compost.md", ["soil.md"]),  # the dotted name it continues
        ("soil.compost.worms.md", ["soil.compost.md"]),
        ("plants/mint.md", ["plants/index.md"]),  # the note of its folder
        ("plants/herbs/thyme.md", ["plants/herbs.md"]),  # a folder's note may stand beside the folder
        ("plants/herbs/sage.md", ["soil.md"]),  # what the property names goes before the folder
        ("people/ada.md", ["plants/mint.md"]),  # a plain name will do
        ("people/bob.md", ["people/ada.md", "soil.md"]),
        ("plants/index.md", ["index.md"]),  # the note of the folder above
        ("plants/herbs.md", ["plants/index.md"]),
        ("soil.md", ["index.md"]),
        ("index.md", []),
    ],
)
def test_the_parents_of_a_note(path: str, parents: list[str]) -> None:
    """A note's own word counts first, then its dotted name, then its folder."""
    assert titles_above(GARDEN, path) == parents


def test_children_are_those_who_call_a_note_their_parent() -> None:
    """For all notes, one is among another's children exactly when that one is among its parents."""
    everyone = [note.path for note in GARDEN.notes()]

    downwards = {(parent, child) for parent in everyone for child in paths_below(GARDEN, parent)}
    upwards = {(parent, child) for child in everyone for parent in titles_above(GARDEN, child)}

    assert downwards == upwards


def test_outgoing_links_are_grouped_by_note() -> None:
    """Two links to one note are one step with two places; the note itself, files and what is missing are none."""
    steps = walking.outgoing_links(GARDEN, the_note(GARDEN, "soil.md"))

    assert [(step.note.path, len(step.spans)) for step in steps] == [("plants/mint.md", 2)]


def test_incoming_links_name_their_sources() -> None:
    """Who links here is told once, with each place in that note."""
    steps = walking.incoming_links(GARDEN, the_note(GARDEN, "plants/mint.md"))

    assert [(step.note.path, len(step.spans)) for step in steps] == [("soil.md", 2)]


def test_a_walk_begins_where_the_cursor_leads() -> None:
    """On a link the walk begins at its target, elsewhere at the note itself, also on a link to a file or to nothing."""
    soil = the_note(GARDEN, "soil.md")
    text = GARDEN.text(soil) or ""

    starts = {
        at: walking.start(GARDEN, soil, text.index(at) + 3).path for at in ("[[mint", "# Soil", "[[map", "[[noth")
    }

    assert starts == {"[[mint": "plants/mint.md", "# Soil": "soil.md", "[[map": "soil.md", "[[noth": "soil.md"}


def test_a_circle_of_parents_ends() -> None:
    """Notes may name each other as parents; each answer is one step, so nothing runs in a circle."""
    vault = vault_of({"a.md": "---\nup: '[[b]]'\n---\n", "b.md": "---\nup: '[[a]]'\n---\n"})

    assert (titles_above(vault, "a.md"), titles_above(vault, "b.md")) == (["b.md"], ["a.md"])
