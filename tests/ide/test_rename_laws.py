"""Laws of renaming: afterwards every link leads where it led, whatever was renamed or moved, and whatever collides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from hypothesis import assume, example, given
from hypothesis import strategies as st

from indexing import every_row, the_note, vault_of
from notes_lsp.facts import Heading, Link
from notes_lsp.ide.rename.move import move_edits
from notes_lsp.ide.rename.rename import subject
from notes_lsp.index.vault.vault import Vault
from notes_lsp.links.changes import Change, NameRefusedError
from notes_lsp.text.source import apply_edits

NOTES = ("md",)

FOLDERS = ["", "a/", "b/", "a/b/", "a/a/"]
STEMS = ["a", "b", "A", "c", "index", "a b", "c#b"]
PATHS = st.one_of(
    st.builds("{}{}.md".format, st.sampled_from(FOLDERS), st.sampled_from(STEMS)),
    st.builds("{}{}.png".format, st.sampled_from(FOLDERS), st.sampled_from(["a", "b"])),
)
TARGETS = ["a", "b", "A", "a/b", "/a", "./a", "../a", "../b/a", "a.png", "a b", "t", "x", "index", "", "a/a/b", "b.md"]
ANCHORS = ["", "", "#t", "#^i", "#b", "#b-1", "#t#b", "#a-b", "#A b"]
LINKS = st.one_of(
    st.builds("[[{}{}]] ".format, st.sampled_from(TARGETS), st.sampled_from(ANCHORS)),
    st.builds("[[{}{}|l]] ".format, st.sampled_from(TARGETS), st.sampled_from(ANCHORS)),
    st.builds("[l](<{}{}>) ".format, st.sampled_from(TARGETS), st.sampled_from(ANCHORS)),
    st.builds(
        "[l]({}.md{}) ".format, st.sampled_from(["a", "b", "../a", "b/a", "/a/a", "./b", "a%20b"]), st.just("#b")
    ),
)
HEADS = st.sampled_from(
    [
        "",
        "# t\n\n",
        "---\ntitle: a\n---\n",
        "---\naliases: [b, t, a#t]\n---\n",
        '---\ntitle: "t"\nalias: x\nup: "[[a]]"\n---\n',
    ]
)
HEADINGS = st.lists(
    st.sampled_from(["# t", "# b", "## b", "## a b", "## A b", "## see [[a]]", "## b-1", "### t `b`"]), max_size=4
).map("\n\n".join)
TEXTS = st.builds("{}{}\n\n{}\n\nx ^i\n".format, HEADS, st.lists(LINKS, max_size=4).map("".join), HEADINGS)
VAULTS = st.dictionaries(PATHS, TEXTS, min_size=1, max_size=6)
NAMES = st.sampled_from(
    ["a", "b", "c", "t", "a b", "B", "b/a", "a/c.md", "../c", "b-1", "q & a", "c#b", "100%", "x|y", "é"]
)


class Led(NamedTuple):
    """Where a link leads: the file, and which of its headings, blocks or ids."""

    path: str
    place: tuple[str, int] | None


def graph(vault: Vault, *, moves: Mapping[str, str]) -> dict[tuple[str, int], Led | None]:
    """Where each link leads, links by note and number, all under the paths that ``moves`` gives them."""
    found: dict[tuple[str, int], Led | None] = {}
    for note in vault.notes():
        for number, link in enumerate(vault.facts(Link, note)):
            led = vault.destination(note, link)
            place = None
            if led is not None and led.place is not None:
                places = vault.places(led.note)
                place = next(
                    (kind, number)
                    for kind, things in (("headings", places.headings), ("blocks", places.blocks))
                    for number, thing in enumerate(things)
                    if thing in (led.place.heading, led.place.block)
                )
            found[moves.get(note.path, note.path), number] = (
                Led(moves.get(led.note.path, led.note.path), place) if led is not None else None
            )
    return found


def applied(files: Mapping[str, str], change: Change) -> dict[str, str]:
    """The files after a change."""
    edited = {path: apply_edits(text, list(change.edits.get(path, ()))) for path, text in files.items()}
    return {change.moves.get(path, path): text for path, text in edited.items()}


def is_kept(before: Led, after: Led | None) -> bool:
    """Whether a link leads where it led."""
    return after is not None and before.path == after.path and before.place in (None, after.place)


def assert_same_graph(files: Mapping[str, str], change: Change, moves: Mapping[str, str]) -> None:
    """Every link that led somewhere leads there; what led nowhere may have found something."""
    before = graph(vault_of(files), moves=moves)
    after_files = applied(files, Change(change.edits, moves))
    after = graph(vault_of(after_files), moves={})
    assert before.keys() == after.keys()
    wrong = {key: (led, after[key]) for key, led in before.items() if led is not None and not is_kept(led, after[key])}
    assert not wrong, (change, after_files)


@given(files=VAULTS, data=st.data())
def test_a_rename_leaves_every_link_leading_where_it_led(files: Mapping[str, str], data: st.DataObject) -> None:
    """Rename anything, apply the edits and the move, read everything again: the same graph."""
    vault = vault_of(files)
    path = data.draw(st.sampled_from(sorted(path for path in files if path.endswith(".md")) or [""]))
    assume(path)
    offset = data.draw(st.integers(0, len(files[path])))
    found = subject(vault, the_note(vault, path), offset, NOTES)
    assume(found is not None)
    assert found is not None
    rows = every_row(vault.store)
    try:
        change = found.rename(data.draw(NAMES))
    except NameRefusedError:
        return
    finally:
        assert every_row(vault.store) == rows

    replaced = [edit for edits in change.edits.values() for edit in edits if "[[" in edit.text or "[[" in found.name]
    assume(not replaced)  # a heading that loses or gains a link has other links afterwards
    assert_same_graph(files, change, change.moves)


@given(files=VAULTS, data=st.data())
@example(files={"a.md": "[[b]]", "b.md": ""}, data=None)
def test_a_move_leaves_every_link_leading_where_it_led(files: Mapping[str, str], data: st.DataObject | None) -> None:
    """Move several files at once, anywhere, even into each other's places: the same graph."""
    olds = (
        data.draw(st.lists(st.sampled_from(sorted(files)), min_size=1, max_size=3, unique=True)) if data else ["a.md"]
    )
    moves: dict[str, str] = {}
    for old in olds:
        new = data.draw(PATHS) if data else "b/c.md"
        assume(new.endswith(".md") == old.endswith(".md"))
        moves[old] = new
    afterwards = [moves.get(path, path) for path in files]
    assume(len(set(afterwards)) == len(afterwards))

    change = move_edits(vault_of(files), moves.items(), NOTES)

    assert_same_graph(files, change, moves)


@given(files=VAULTS, data=st.data())
def test_a_move_edits_nothing_but_where_links_lead(files: Mapping[str, str], data: st.DataObject) -> None:
    """Kinds, embeds and labels of links are as before, and so are the headings and their ranks."""
    old = data.draw(st.sampled_from(sorted(files)))
    new = data.draw(PATHS)
    assume(new not in files and new.endswith(".md") == old.endswith(".md"))

    change = move_edits(vault_of(files), [(old, new)], NOTES)

    before, after = vault_of(files), vault_of(applied(files, Change(change.edits, {old: new})))
    for note in before.notes():
        there = the_note(after, new if note.path == old else note.path)
        links = [(link.kind, link.embed, link.label) for link in before.facts(Link, note)]
        assert links == [(link.kind, link.embed, link.label) for link in after.facts(Link, there)]
        ranks = [heading.level for heading in before.facts(Heading, note)]
        assert ranks == [heading.level for heading in after.facts(Heading, there)]
