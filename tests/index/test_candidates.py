"""What is asked of many at once is what is asked of each; what is kept is what would be counted; both cost little."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexing import change_of, the_note, vault_of
from notes_lsp.config.settings import Config
from notes_lsp.facts import Link
from notes_lsp.fuzzy.ranking_context import RankingContext
from notes_lsp.ide.completion.context import WikiTarget, prompt_at
from notes_lsp.ide.completion.notes import completion, completion_preview
from notes_lsp.ide.diagnostics.links import diagnostics
from notes_lsp.index.links import spelling
from notes_lsp.index.search.link_context import count_backlinks
from notes_lsp.index.store.changes import Deleted, FileChange, prepare_rows
from notes_lsp.index.vault.catalog import Catalog
from notes_lsp.index.vault.vault import Vault
from notes_lsp.markdown.parse import parse

PATHS = [f"{folder}{stem}.md" for folder in ("", "a/", "b/", "a/b/") for stem in ("a", "b", "A", "index")]
WORDS = st.sampled_from(["[[a]] ", "[[a/b#x]] ", "[x](b.md) ", "[[#x]] ", "[[nobody]] ", "https://x.org ", "[[A]] "])
HEADS = st.sampled_from(
    ["", "---\ntitle: a\nid: 1\n---\n", "---\nid: x\naliases: [b]\n---\n", "---\nID: 2\n---\n# x\n"]
)
TEXTS = st.builds("{}{}\n\n# x\n".format, HEADS, st.lists(WORDS, max_size=5).map("".join))
VAULTS = st.dictionaries(st.sampled_from(PATHS), TEXTS, min_size=1, max_size=8)
TODAY = RankingContext(date(2024, 6, 23))


@given(VAULTS)
@settings(max_examples=60)
def test_destinations_of_all_links_are_those_of_each(files: Mapping[str, str]) -> None:
    """With anchors, ties and rivals."""
    vault = vault_of(files)
    for note in vault.notes():
        links = vault.facts(Link, note)

        assert vault.destinations(note, links) == [vault.destination(note, link) for link in links]


@given(VAULTS, st.sampled_from(["shortest", "relative", "root"]))
@settings(max_examples=60)
def test_spellings_of_all_notes_are_those_of_each(files: Mapping[str, str], style: str) -> None:
    """However many of them have to be tried for a note."""
    vault = vault_of(files)
    notes = list(vault.notes())

    together = spelling.wiki_all(vault, "a/x.md", notes, style)

    assert together == [spelling.wiki(vault, "a/x.md", note, style) for note in notes]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.sampled_from(PATHS), TEXTS),
        st.tuples(st.just("remove"), st.sampled_from(PATHS), st.just("")),
        st.tuples(st.just("open"), st.sampled_from(PATHS), TEXTS),
        st.tuples(st.just("close"), st.sampled_from(PATHS), st.just("")),
    ),
    max_size=12,
)


def take(vault: Vault, what: str, path: str, text: str) -> None:
    """Let something happen to a note, as a folder would tell of it."""
    if what == "open":
        vault.store.open_note(prepare_rows(parse(path, text), text))
    elif what == "close":
        vault.store.close_note(path)
    else:
        change: FileChange = change_of(path, text) if what == "write" else Deleted(path)
        vault.store.apply([change])
    vault.changed(path)


@given(VAULTS, STEPS)
@settings(max_examples=80)
def test_tallies_are_what_counting_gives(files: Mapping[str, str], steps: list[tuple[str, str, str]]) -> None:
    """Whatever was written, removed, opened and closed since they were counted first."""
    vault = vault_of(files)
    tallies = vault.store.tallies
    for step in (None, *steps):
        if step is not None:
            take(vault, *step)
        every = list(vault.store.connection.execute("SELECT note, folded, type_, value_ FROM all_properties"))
        for keys in (("title",), ("alias", "aliases"), ("id", "title")):
            bearing = Counter(
                value
                for _, value in {
                    (note, value)
                    for note, folded, kind, value in every
                    if folded in keys and kind not in {"list", "object", "null"}
                }
            )
            shared = sum(count for count in bearing.values() if count > 1)
            assert tallies.sharing(keys) == (shared, bearing.total())
        assert tallies.bearers() == len({note for note, _, _, _ in every})
        counted: dict[str, Counter[str]] = {"id": Counter(), "title": Counter(), "aliases": Counter()}
        for folded, kind in vault.store.connection.execute(
            "SELECT folded, type_ FROM all_properties WHERE index_ IS NULL"
        ):
            counted[folded][kind] += 1

        assert {key: dict(tallies.types_of(key)) for key in counted} == {key: dict(of) for key, of in counted.items()}
        assert dict(tallies.keys()) == {key: of.total() for key, of in counted.items() if of}


def known_to(catalog: Catalog, vault: Vault) -> list[object]:
    """What a catalog says, without the numbers it gives to things."""
    names = sorted(entry for entry, key in zip(catalog.entries, catalog.keys, strict=True) if key)
    found = {typed: sorted(catalog.search(typed)) for typed in ("a", "ind", "a/b", "xnde", "/")}
    missing = sorted(catalog.placeholders("nobody", ()))
    return [names, found, missing, sorted(vault.catalog.newest(99))]


@given(VAULTS, STEPS, st.integers(0, 40))
@settings(max_examples=80)
def test_a_catalog_read_in_steps_is_one_read_at_once(
    files: Mapping[str, str], steps: list[tuple[str, str, str]], ahead: int
) -> None:
    """Also where notes change between the steps."""
    vault = vault_of(files)
    for _ in range(ahead):
        vault.warm()
    for step in steps:
        take(vault, *step)
        vault.warm()
    while not vault.warm():
        pass
    fresh = Vault(vault.store, vault.root, vault.exists, lambda _: None)

    ours, theirs = known_to(vault.catalog, vault), known_to(fresh.catalog, fresh)

    assert ours[0] == theirs[0]
    assert ours[1] == theirs[1]
    assert ours[3] == theirs[3]


def test_a_worn_catalog_serves_until_another_is_read() -> None:
    """Nobody waits for it: what is asked meanwhile is answered, with what is new."""
    vault = vault_of({f"note {number}.md": "x" for number in range(600)})
    first = vault.catalog
    for number in range(600):
        take(vault, "write", f"note {number}.md", f"# Title {number}\n")

    assert first.worn
    assert not vault.warm()
    assert vault.catalog is first
    assert any(hit.entry.text == "Title 599" for hit in vault.catalog.search("title 599"))
    while not vault.warm():
        pass
    assert vault.catalog is not first
    assert not vault.catalog.worn


@pytest.mark.parametrize("count", [5, 600])
def test_what_is_read_after_the_catalog_is_found_when_all_is_read(count: int) -> None:
    """Until then names of paths are enough; what is open is followed at once."""
    vault = vault_of({f"note {number}.md": "x" for number in range(count)})
    vault.complete = False
    first = vault.catalog
    for number in range(count):
        take(vault, "write", f"note {number}.md", f"# Title {number}\n")
    take(vault, "open", "note 1.md", "# Opened\n")

    assert [hit.entry.path for hit in first.search("opened")] == ["note 1.md"]
    assert vault.catalog.search("title 3") == []
    vault.complete = True
    while not vault.warm():
        assert vault.catalog is first
    assert {hit.entry.path for hit in vault.catalog.search("title 3")} >= {"note 3.md"}


@contextmanager
def statements(vault: Vault) -> Iterator[list[str]]:
    """The statements that SQLite is given meanwhile."""
    seen: list[str] = []
    vault.store.connection.set_trace_callback(seen.append)
    try:
        yield seen
    finally:
        vault.store.connection.set_trace_callback(None)


def vault_with(count: int) -> Vault:
    """So many notes, each with a few links, and one that is written in."""
    chance = random.Random(1)  # noqa: S311 (the same notes every time)
    names = [f"{chance.choice(['tea', 'pot', 'kettle', 'jar'])} {number}" for number in range(count)]
    files = {f"{name}.md": "".join(f"[[{other}]] " for other in chance.sample(names, 4)) for name in names}
    return vault_of({**files, "here.md": "[[te]] [[pot 1]] [[nobody]]"})


@pytest.mark.parametrize("typed", ["", "te", "po 1", "ketlte", "xyz"])
def test_the_statements_of_a_completion_do_not_grow_with_the_vault(typed: str) -> None:
    """Nor with the number of items; fifty are found and spelled by a few dozen statements."""
    counts: list[int] = []
    for size in (200, 2000):
        vault = vault_with(size)
        note = the_note(vault, "here.md")
        text = f"[[{typed}"
        vault.store.open_note(prepare_rows(parse("here.md", text), text))
        prompt = prompt_at(vault.whole(note), text, len(text))
        assert isinstance(prompt, WikiTarget)
        completion(vault, note, prompt, Config(), TODAY)
        with statements(vault) as seen:
            offer = completion(vault, note, prompt, Config(), TODAY)
        counts.append(len(seen))
        assert offer.items

    assert max(counts) <= 40
    assert abs(counts[0] - counts[1]) <= 10


@given(VAULTS)
@settings(max_examples=150)
def test_links_to_a_note_are_counted_as_they_lead(files: Mapping[str, str]) -> None:
    """Where a name is its own as where it has to be shared."""
    vault = vault_of({**files, "C# x.md": "[[C# x]]", "c.md": "[[C# x]] [[c#x]] [[a/a]]"})
    for note in vault.notes():
        assert count_backlinks(vault, note) == (len(vault.mentions(note)), False)


def test_a_preview_counts_the_links_rather_than_to_read_them() -> None:
    """Of a note that a thousand others link to as of one that nobody links to."""
    files = {f"{number}.md": "[[hub]]" for number in range(1000)}
    vault = vault_of({**files, "few.md": "x", "0.md": "[[few]]", "hub.md": "# Hub\n", "z/hub.md": "# Hub\n"})

    with statements(vault) as seen:
        shown = completion_preview(vault, "hub.md", None, 12)

    assert shown.startswith("*at least 100 links here*")
    assert len(seen) <= 30
    assert completion_preview(vault, "few.md", None, 12).startswith("*1 link here*")


def test_mentions_are_found_by_a_few_statements() -> None:
    """However many there are: they are read together, and what they mean is asked together."""
    files = {f"{number}.md": "[[hub]] [[Hub#x]] [x](hub.md)" for number in range(500)}
    vault = vault_of({**files, "hub.md": "# Hub\n"})

    with statements(vault) as seen:
        found = vault.mentions(the_note(vault, "hub.md"))

    assert len(found) == 1500
    assert len(seen) <= 40


def test_the_links_of_a_note_are_checked_by_a_few_statements() -> None:
    """A list of a thousand notes is looked at in one go."""
    files = {f"{number}.md": "x" for number in range(1000)}
    vault = vault_of({**files, "list.md": "".join(f"[[{number}]]\n" for number in range(1001))})
    vault.complete = True

    with statements(vault) as seen:
        found = diagnostics(vault, the_note(vault, "list.md"), Config())

    assert [finding.code for finding in found] == ["broken-link"]
    assert len(seen) <= 80
