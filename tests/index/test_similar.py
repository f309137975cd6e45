"""Similar notes: laws and limits of what is found, and how much work that takes."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexing import change_of, the_note, vault_of
from notes_lsp.index.similar import term_weights as weighing
from notes_lsp.index.similar.find import find_similar
from notes_lsp.index.similar.term_weights import weights
from notes_lsp.index.store.changes import prepare_rows
from notes_lsp.index.vault.vault import Vault
from notes_lsp.markdown.parse import parse
from notes_lsp.similarity.terms import LONGEST, pack_terms, terms, unpack_terms
from notes_lsp.text.scripts import searchable, without_separators

WORDS = (
    "worms",
    "carbon",
    "heap",
    "leaves",
    "bread",
    "oven",
    "機械学習",
    "ปุ๋ยหมัก",
    "#soil",
    "[[b]]",
    "[[c]]",
    "https://x.org/a",
)
TEXTS = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
VAULTS = st.dictionaries(st.sampled_from(["a.md", "b.md", "c.md", "d/e.md", "f.md"]), TEXTS, min_size=1)


def found(vault: Vault, path: str) -> list[tuple[str, float, tuple[str, ...], bool]]:
    """What is similar to a note, in a form that can be compared."""
    return [
        (one.note.path, one.score, one.words, one.is_linked) for one in find_similar(vault, the_note(vault, path), 10)
    ]


@given(VAULTS)
@settings(deadline=None, max_examples=60)
def test_never_itself(files: dict[str, str]) -> None:
    """A note is never similar to itself, an empty one to nothing, and every one found has a reason."""
    vault = vault_of(files)
    for path, text in files.items():
        similars = find_similar(vault, the_note(vault, path), 10)
        assert path not in [one.note.path for one in similars]
        assert len({one.note.id for one in similars}) == len(similars)
        assert text.strip() or not similars
        assert all(one.words or one.title or one.followed or one.kin.weight for one in similars)
        assert similars == sorted(similars, key=lambda one: (-one.score, one.note.path))


@given(VAULTS, TEXTS)
@settings(deadline=None, max_examples=60)
def test_buffer_as_saved(files: dict[str, str], text: str) -> None:
    """What is typed and not saved gives what it gives when it is saved."""
    path = min(files)
    typed = vault_of(files)
    found(typed, path)
    typed.store.open_note(prepare_rows(parse(path, text), text))
    saved = vault_of({**files, path: text})
    assert found(typed, path) == found(saved, path)
    for other in files:
        assert found(typed, other) == found(saved, other)
    typed.store.close_note(path)
    assert found(typed, path) == found(vault_of(files), path)


@given(VAULTS, st.sampled_from(["a.md", "b.md", "f.md"]), TEXTS)
@settings(deadline=None, max_examples=40)
def test_written_as_rebuilt(files: dict[str, str], path: str, text: str) -> None:
    """After a note was written the answers are those of an index made anew."""
    vault = vault_of(files)
    found(vault, min(files))
    vault.store.apply([change_of(path, text)])
    anew = vault_of({**files, path: text})
    for other in {**files, path: text}:
        assert found(vault, other) == found(anew, other)


@given(st.text(max_size=300), st.text(max_size=40))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_terms_are_total(text: str, title: str) -> None:
    """Any text has terms, the same whenever it is asked, and they come back from their packing."""
    counted = terms(title, text)
    assert counted == terms(title, text)
    numbers, counts = unpack_terms(pack_terms(counted))
    assert len(numbers) == len(counts) <= len(counted)
    assert list(numbers) == sorted(set(numbers))
    assert all(1 <= count <= 255 for count in counts)


@given(st.text(max_size=200))
def test_searchable_is_total(text: str) -> None:
    """What is made ready for a search is ready, and keeps its lines."""
    once = searchable(text)
    assert without_separators(searchable(once)) == without_separators(once)
    assert once.count("\n") == text.count("\n")


def test_an_edit_counts_one_note() -> None:
    """An edit to one note counts the terms of that note and of no other."""
    files = {f"{number}.md": f"# Note {number}\n\nworms carbon heap {number}" for number in range(50)}
    vault = vault_of(files)
    found(vault, "1.md")
    before = weights(vault)
    for typed in ("worms", "worms carbon", "worms carbon heap"):
        vault.store.open_note(prepare_rows(parse("1.md", typed), typed))
        found(vault, "1.md")
    assert weights(vault) is before
    assert before.followed == 3
    found(vault, "2.md")
    assert before.followed == 3


def test_a_note_saved_again_is_unpacked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a vault so large that one save changes no weights, what was remembered of the note goes all the same."""
    monkeypatch.setattr(weighing, "_EXACT", 1)
    vault = vault_of({f"{number}.md": f"bread {number}" for number in range(60)})
    for text, count in (("worms", 2), ("worms carbon heap", 4)):
        vault.store.apply([change_of("soil.md", text)])
        (doc,) = vault.store.connection.execute("SELECT doc FROM notes WHERE path = 'soil.md'").fetchone()
        (vector,) = weights(vault).vectors(vault, [doc])
        assert len(vector.numbers) == count


def test_a_large_note_is_cut() -> None:
    """Of five megabytes the beginning is read, so that nobody waits."""
    text = "worms carbon heap leaves\n" + "filler words of a log, all the same " * 140_000
    assert len(text) > 50 * LONGEST
    vault = vault_of({"log.md": text, "heap.md": "Worms want carbon, a heap and leaves.", "bread.md": "Bread and salt"})
    assert [path for path, *_ in found(vault, "heap.md")] == ["log.md"]


def test_templates_weigh_little() -> None:
    """What all notes made from one template share does not make them similar."""
    head = "## Summary\n\n## Participants\n\n## Decisions\n\n## Follow-up\n\n"
    files = {f"{number}.md": f"{head}number{number} item{number}" for number in range(30)}
    files["30.md"] = f"{head}worms carbon"
    files["31.md"] = f"{head}worms carbon leaves"
    vault = vault_of(files)
    assert [path for path, *_ in found(vault, "30.md")] == ["31.md"]
    assert found(vault, "3.md") == []


def test_the_same_address() -> None:
    """Two notes that cite an address nobody else cites are similar, whatever else they say."""
    vault = vault_of(
        {
            "a.md": "Read https://example.org/slow/bread today, it is long.",
            "b.md": "- [loaves](https://example.org/slow/bread): salt, flour",
            **{f"{number}.md": f"nothing {number} https://example.org/other/{number}" for number in range(9)},
        }
    )
    best = find_similar(vault, the_note(vault, "a.md"))[0]
    assert best.note.path == "b.md"
    assert best.kin.urls == ("https://example.org/slow/bread",)


def test_links_in_common() -> None:
    """Two notes that link to what few others link to have that in common, though nobody has written it yet."""
    vault = vault_of(
        {
            "a.md": "Sourdough: see [[Ferment]] and [[Salt]].",
            "b.md": "Sourdough bread with [[Ferment]].",
            **{f"{number}.md": f"Other things {number}" for number in range(9)},
        }
    )
    best = find_similar(vault, the_note(vault, "a.md"))[0]
    assert (best.note.path, best.kin.links, best.is_linked) == ("b.md", ("ferment",), False)


def test_linked_either_way() -> None:
    """A note counts as linked whichever of the two links to the other."""
    files = {
        "a.md": "Worms, carbon and leaves: [[b]]",
        "b.md": "Worms, carbon and leaves.",
        "c.md": "Worms, carbon, leaves; see [[a]].",
        "d.md": "Worms, carbon, leaves, too.",
    }
    linked = {one.note.path: one.is_linked for one in find_similar(vault_of(files), the_note(vault_of(files), "a.md"))}
    assert linked == {"b.md": True, "c.md": True, "d.md": False}


def test_linked_by_a_long_list() -> None:
    """A list of hundreds of links links to the last of them as well as to the first."""
    listed = "".join(f"- [[n{number}]]\n" for number in range(500))
    about = "# Worms\n\nEarthworms turn clippings into castings, slowly.\n"
    files = {"list.md": f"{about}{listed}- [[a]]\n", "a.md": about, "b.md": about, "c.md": "# Else\n\nNothing."}

    linked = {one.note.path: one.is_linked for one in find_similar(vault_of(files), the_note(vault_of(files), "a.md"))}
    assert linked["list.md"]
    assert not linked["b.md"]


def test_counted_once_as_long_as_nothing_is_written() -> None:
    """A hover and the code actions after it cost one count; a letter typed anywhere a new one."""
    others = {f"{number}.md": f"bread {number}" for number in range(20)}
    vault = vault_of({**others, "3.md": "worms in a heap", "4.md": "the worms of the heap", "5.md": "heap, worms"})
    note = the_note(vault, "3.md")
    statements: list[str] = []
    first = find_similar(vault, note, 7)
    vault.store.connection.set_trace_callback(statements.append)
    again = find_similar(vault, note, 7)
    counted = len(statements)
    vault.store.open_note(prepare_rows(parse("4.md", "oven"), "oven"))
    then = find_similar(vault, note, 7)
    vault.store.connection.set_trace_callback(None)

    assert (again, counted) == (first, 1)
    assert [one.note.path for one in first] == ["4.md", "5.md"]
    assert [one.note.path for one in then] == ["5.md"]
