"""Growth: no question takes more than its share of work in a vault of twice the size; work is counted, not timed."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from growing import Work, grow, open_note, path_of, steps_of, vault_of, work_of
from notes_lsp.config.settings import Config
from notes_lsp.facts import Heading
from notes_lsp.ide.code_actions import link_mentions as mentions
from notes_lsp.ide.diagnostics.duplicates import duplicate_findings
from notes_lsp.ide.diagnostics.frontmatter import property_findings
from notes_lsp.ide.diagnostics.links import diagnostics
from notes_lsp.ide.hover import frontmatter as property_hover
from notes_lsp.ide.hover import link as hover
from notes_lsp.ide.hover.url import resource_findings
from notes_lsp.ide.listing import listing
from notes_lsp.ide.navigation import code_lens as lenses
from notes_lsp.ide.navigation import definition, references
from notes_lsp.ide.navigation import hierarchy as walking
from notes_lsp.ide.rename import move as moving
from notes_lsp.ide.rename import rename
from notes_lsp.ide.structure import inlay_hint as hints
from notes_lsp.ide.structure import symbols
from notes_lsp.index.search import full_text as search
from notes_lsp.index.search import lists
from notes_lsp.index.similar import find as similar
from notes_lsp.index.sql.run import Limits, ask, materialize_views
from notes_lsp.index.sql.views import VIEWS
from notes_lsp.index.store.read_only import write_index
from notes_lsp.index.store.store import Store
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.text.source import Span

# Thousands of notes are made once, by whichever test comes first.
pytestmark = [pytest.mark.xdist_group("growth"), pytest.mark.timeout(600)]

SIZES = (1000, 2000, 4000)
LINEAR = 2.5
"""So many times the work of half as many notes is still in proportion."""
CONSTANT = 1.35
SLACK = 2_000
"""Steps of work that nobody has to account for: a level more of a tree, a page more of a list."""
CONFIG = Config()
LONG = Limits(seconds=600.0)
STATES = ("fresh", "analyzed", "open")
Grown = dict[int, Vault]

SQL = {
    "orphans, note by note": "SELECT path FROM notes n WHERE NOT EXISTS (SELECT 1 FROM backlinks WHERE note = n.path)",
    "backlinks counted": "SELECT path, (SELECT count(*) FROM backlinks b WHERE b.note = n.path) FROM notes n",
    "links counted": "SELECT path, (SELECT count(*) FROM links l WHERE l.note = n.path) FROM notes n",
    "a property of each": "SELECT n.path, p.value FROM notes n JOIN properties p ON p.note = n.path WHERE p.key = 'id'",
    "tasks with titles": "SELECT n.title, t.text FROM tasks t JOIN notes n ON n.path = t.note WHERE NOT t.done",
    "names of several": "SELECT a.key FROM names a JOIN names b ON a.key = b.key AND a.note < b.note",
    "titles with texts": "SELECT n.title, length(t.text) FROM notes n JOIN texts t ON t.note = n.path",
    "broken, by note": "SELECT n.title, count(*) FROM broken_links b JOIN notes n ON n.path = b.note GROUP BY 1",
    "two links away": "SELECT a.note, count(*) FROM links a JOIN links b ON b.note = a.target GROUP BY 1",
    "with a tag": "SELECT path FROM notes WHERE path IN (SELECT note FROM tags WHERE tag = 'common')",
}

WHOLE: dict[str, Callable[[Vault], Any]] = {
    "all names": lambda vault: vault.catalog,
    "all headings": lambda vault: list(vault.every(Heading)),
    "all tasks": lambda vault: list(lists.tasks_of_all(vault)),
    "all tags": listing.tag_tree,
    "orphans": lambda vault: listed(vault, orphan=True),
    "by tag": lambda vault: listed(vault, tags=(("area/1",), ("!own",))),
    "in an order": lambda vault: listed(vault, sort=("created", "tags", "-modified", "title")),
    "words": lambda vault: search.full_text_search(vault, "number garden", vault.count()[0]),
    "headings by name": lambda vault: symbols.search_symbols(vault, "part 1"),
    "a property's values": lambda vault: property_hover.property_hover(vault, note(vault), at(vault, "title:"), CONFIG),
}

SINGLE: dict[str, Callable[[Vault, Note], Any]] = {
    "diagnostics": lambda vault, note: diagnostics(vault, note, CONFIG),
    "diagnostics of properties": lambda vault, note: property_findings(vault, note, CONFIG),
    "near-duplicates": lambda vault, note: duplicate_findings(vault, note, CONFIG),
    "addresses in common": lambda vault, note: resource_findings(vault, note, CONFIG),
    "backlinks": lambda vault, note: vault.mentions(note),
    "hover": lambda vault, note: hover.hover(vault, note, place(vault, note, "[[note ", 4), CONFIG.hover),
    "hover of a heading": lambda vault, note: hover.hover(vault, note, place(vault, note, "## part", 4), CONFIG.hover),
    "definition": lambda vault, note: definition.definition(vault, note, place(vault, note, "[[Title ", 4)),
    "references": lambda vault, note: references.references(vault, note, place(vault, note, "# Title", 2)),
    "renaming a title": lambda vault, note: renamed(vault, note, "# Title"),
    "renaming an alias": lambda vault, note: renamed(vault, note, "Alias "),
    "renaming a heading": lambda vault, note: renamed(vault, note, "## part"),
    "moving": lambda vault, note: moving.move_edits(vault, [(note.path, "elsewhere/moved.md")], ("md",)),
    "mentions in it": lambda vault, note: mentions.mentions_in(vault, note, CONFIG),
    "mentions of it": lambda vault, note: mentions.mentions_of(vault, note, CONFIG),
    "lenses": lenses.code_lenses,
    "hints": lambda vault, note: hints.title_hints(vault, note, Span(0, 10_000)),
    "links from it": walking.outgoing_links,
    "links to it": walking.incoming_links,
    "notes above": walking.parents,
    "notes below": walking.children,
    "similar notes": similar.find_similar,
}


@pytest.fixture(scope="module")
def indexes(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Indexes of vaults of each size."""
    folder = tmp_path_factory.mktemp("growth")
    paths = {size: folder / f"{size}.sqlite" for size in SIZES}
    store = Store(folder / "all.sqlite")
    for smaller, size in itertools.pairwise((0, *SIZES)):
        grow(store, range(smaller, size))
        write_index(store, paths[size])
    store.close()
    return paths


@pytest.fixture(scope="module", params=STATES)
def vaults(request: pytest.FixtureRequest, indexes: dict[int, Path]) -> Iterator[Grown]:
    """The vaults, without statistics of SQLite, with them, and with them and open notes."""
    found: Grown = {}
    for size, path in indexes.items():
        own = path.with_name(f"{size}-{request.param}.sqlite")
        shutil.copy(path, own)
        store = Store(own)
        if request.param != "fresh":
            store.connection.execute("ANALYZE")
            store.close()
            store = Store(own)
        found[size] = vault_of(store)
        if request.param == "open":
            for number in (5, 6, size // 2):
                open_note(found[size], number)
    yield found
    for vault in found.values():
        vault.store.close()


@pytest.mark.parametrize("view", [view.name for view in VIEWS if view.name != "search"])
def test_a_view_is_read_in_proportion(vaults: Grown, view: str) -> None:
    """Whatever a view is made of, twice the notes are about twice the work."""
    assert_growth([work_of_sql(vault, f"SELECT * FROM {view}") for vault in vaults.values()], LINEAR)


@pytest.mark.parametrize("sql", SQL.values(), ids=SQL)
def test_sql_is_answered_in_proportion(vaults: Grown, sql: str) -> None:
    """What people ask of two views at once, note by note or joined, takes twice the work in twice the notes."""
    assert_growth([work_of_sql(vault, sql) for vault in vaults.values()], LINEAR)


@pytest.mark.parametrize("sql", ["SELECT count(target) FROM links", "SELECT count(*) FROM broken_links"])
def test_all_links_are_resolved_in_proportion(vaults: Grown, sql: str) -> None:
    """Where all links lead, and which lead nowhere, takes twice the work in twice the notes."""
    works = [work_of(vault.store.connection, lambda: ask(vault, sql, limits=LONG)) for vault in vaults.values()]  # noqa: B023
    assert_growth(works, LINEAR)


@pytest.mark.parametrize("question", WHOLE.values(), ids=WHOLE)
def test_a_question_of_all_notes_grows_in_proportion(vaults: Grown, question: Callable[[Vault], Any]) -> None:
    """What is asked of a whole vault takes twice the work in twice the notes."""
    works = [steps_of(vault.store.connection, lambda: question(vault)) for vault in vaults.values()]  # noqa: B023
    assert_growth(works, LINEAR)


@pytest.mark.parametrize("question", SINGLE.values(), ids=SINGLE)
def test_a_question_of_one_note_does_not_grow(vaults: Grown, question: Callable[[Vault, Note], Any]) -> None:
    """What is asked of one note takes the same work in any vault, so that asking it of all notes is linear."""
    works: list[Work] = []
    for size, vault in vaults.items():
        question(vault, note(vault))  # what is counted once for all notes
        asked = [the(vault, number * (size // 8) + 7) for number in range(8)]
        works.append(work_of(vault.store.connection, lambda: [question(vault, one) for one in asked]))  # noqa: B023
    assert_growth(works, CONSTANT)


@pytest.mark.parametrize("question", list(SINGLE.values())[:4], ids=list(SINGLE)[:4])
def test_an_edit_does_not_grow(vaults: Grown, question: Callable[[Vault, Note], Any]) -> None:
    """A keystroke in one note, and what is wrong in it afterwards, takes the same work in any vault."""
    works: list[Work] = []
    for vault in vaults.values():

        def edit(vault: Vault = vault) -> None:
            for count in range(2):
                open_note(vault, 5, "x" * count)
                question(vault, note(vault))

        edit()
        works.append(work_of(vault.store.connection, edit))
    assert_growth(works, CONSTANT)


def assert_growth(works: list[Work], most: float) -> None:
    """Each size takes at most ``most`` times the work of the one before, in SQLite and in Python."""
    for smaller, larger in itertools.pairwise(works):
        assert larger.steps <= most * smaller.steps + SLACK, [work.steps for work in works]
        assert larger.calls <= most * smaller.calls + SLACK, [work.calls for work in works]


def work_of_sql(vault: Vault, sql: str) -> Work:
    """What a statement costs once its tables are filled, without the functions that it calls."""
    with materialize_views(vault) as connection:
        return steps_of(connection, lambda: connection.execute(sql).fetchall())


def the(vault: Vault, number: int) -> Note:
    """A note by its number."""
    found = vault.note(path_of(number))
    assert found is not None
    return found


def note(vault: Vault) -> Note:
    """A note that is open in some of the vaults."""
    return the(vault, 5)


def place(vault: Vault, note: Note, what: str, more: int = 0) -> int:
    """Where something stands in a note."""
    return (vault.text(note) or "").index(what) + more


def at(vault: Vault, what: str) -> int:
    """Where something stands in the note that is open in some of the vaults."""
    return place(vault, note(vault), what, 1)


def renamed(vault: Vault, note: Note, what: str) -> object:
    """All that changes when what stands there gets another name."""
    subject = rename.subject(vault, note, place(vault, note, what, 3), ("md",))
    assert subject is not None
    return subject.rename("another name")


def listed(vault: Vault, **selection: Any) -> list[Note]:
    """The notes of a selection."""
    return listing.select_notes(listing.NoteFields(vault), listing.Selection(**selection))
