"""Full text: what is found, in any script, and that nothing somebody types can be a mistake."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexing import vault_of
from notes_lsp.index.search.full_text import full_text_search
from notes_lsp.index.store.changes import prepare_rows
from notes_lsp.markdown.parse import parse

FILES = {
    "compost.md": "# Compost\n\nSoil and worms.\nCafé naïve: worms, worms",
    "ml.md": "# 機械学習\n\n深層学習は面白い。\nimport numpy",
    "thai.md": "---\ntags: x\n---\n# ไทย\n\nภาษาไทยง่าย",
    "hindi.md": "# हिन्दी\n\nयह हिन्दी है",
    "hangul.md": "# 한국어\n\n대한국 사람",
    "arabic.md": "# مُحَمَّد\n\nكتاب",
    "nfd.md": "# Cafe\u0301\n\nTie\u0302\u0301ng Vie\u0323\u0302t",
    "composting.md": "Composting is fun -- compost!",
}


@pytest.mark.parametrize(
    "query,paths",
    [
        ("worms", ["compost.md"]),
        ("WORMS soil", ["compost.md"]),
        ("cafe", ["nfd.md", "compost.md"]),
        ("café", ["nfd.md", "compost.md"]),
        ("tiếng", ["nfd.md"]),
        ("学習", ["ml.md"]),
        ("習は", ["ml.md"]),
        ("ภาษา", ["thai.md"]),
        ("हिन्दी", ["hindi.md"]),
        ("한국", ["hangul.md"]),
        ("محمد", ["arabic.md"]),
        ('"soil and"', ["compost.md"]),
        ('"and soil"', []),
        ("worms -naive", []),
        ("numpy OR soil", ["compost.md", "ml.md"]),
        ("title:compost", ["compost.md", "composting.md"]),
        ("title:worms", []),
        ("compost", ["compost.md", "composting.md"]),
        ("fun comp", ["composting.md"]),
        ("nothing", []),
        ('"', []),
        ("-worms", []),
        ("NEAR(", []),
        ("soil AND", ["compost.md"]),
    ],
)
def test_search(query: str, paths: list[str]) -> None:
    """A query finds what it says, best first."""
    found = [hit.note.path for hit in full_text_search(vault_of(FILES), query)]
    assert sorted(found) == sorted(paths) if " OR " in query or "cafe" in query or "café" in query else found == paths


NAMED = {
    "cards/TermDex.md": "---\naliases: [Frontmatter tables, Île]\nid: td-1\n---\n# The one\n\nNothing more.\n",
    "plugins/dataview.md": "# Dataview\n\nA plugin.\n",
    "other/dataview.md": "# Another\n\nAlso so called.\n",
    **{f"log/{n}.md": f"# Dataview {n}\n\ntermdex termdex dataview frontmatter tables île td-1\n" for n in range(9)},
    "hub.md": "[[plugins/dataview]] and [[TermDex]] dataview dataview dataview dataview\n",
}


@pytest.mark.parametrize(
    "query,paths",
    [
        ("termdex", ["cards/TermDex.md"]),
        ("TERMDEX", ["cards/TermDex.md"]),
        ("the one", ["cards/TermDex.md"]),
        ("frontmatter  tables", ["cards/TermDex.md"]),
        ('"Frontmatter tables"', ["cards/TermDex.md"]),
        ("ile", ["cards/TermDex.md"]),
        ("td-1", ["cards/TermDex.md"]),
        ("dataview", ["plugins/dataview.md", "other/dataview.md"]),
    ],
)
def test_a_note_comes_before_those_that_mention_it(query: str, paths: list[str]) -> None:
    """What is called so, by file, title, alias or id, is first, and of several what most links lead to."""
    found = full_text_search(vault_of(NAMED), query)

    assert [hit.note.path for hit in found][: len(paths)] == paths
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    assert len(found) == len({hit.note.path for hit in found})


def test_operators_ask_for_words() -> None:
    """Whoever excludes something is not given a note for its name."""
    assert "plugins/dataview.md" not in [hit.note.path for hit in full_text_search(vault_of(NAMED), "dataview -plugin")]


def test_the_line_that_shows_it() -> None:
    """A hit has the line with the most matches and where they stand in it; the title's only where it is the one."""
    hit = full_text_search(vault_of(FILES), "worms")[0]
    assert (hit.line, hit.snippet) == (3, "Café naïve: worms, worms")
    assert [hit.snippet[span.start : span.end] for span in hit.matched] == ["worms", "worms"]
    hit = full_text_search(vault_of(FILES), "学習")[0]
    assert (hit.line, hit.snippet) == (2, "深層学習は面白い。")
    assert [hit.snippet[span.start : span.end] for span in hit.matched] == ["学習"]
    assert full_text_search(vault_of(FILES), "compost")[0].line == 0


def test_open_notes() -> None:
    """An open note is found by what stands in its buffer, and not by what stands on disk."""
    vault = vault_of(FILES)
    text = "# Compost\n\nleaves 落葉"
    vault.store.open_note(prepare_rows(parse("compost.md", text), text))
    assert [hit.note.path for hit in full_text_search(vault, "落葉")] == ["compost.md"]
    assert full_text_search(vault, "worms") == []
    changed = "# Compost\n\nbark"
    vault.store.open_note(prepare_rows(parse("compost.md", changed), changed))
    assert [hit.note.path for hit in full_text_search(vault, "bark")] == ["compost.md"]
    assert full_text_search(vault, "leaves") == []
    vault.store.close_note("compost.md")
    assert [hit.note.path for hit in full_text_search(vault, "worms")] == ["compost.md"]


PIECES = (*" \"'-*()^:{}+|&.\\\0~", "OR ", "AND ", "NOT ", "NEAR ", "title:", "a", "ü", "学")


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@settings(deadline=None, max_examples=150)
def test_nothing_is_a_mistake(query: str) -> None:
    """Whatever is typed is answered."""
    vault = vault_of({"a.md": "a ü 学 not near", "b.md": "b"})
    assert {hit.note.path for hit in full_text_search(vault, query)} <= {"a.md", "b.md"}


@given(st.text(min_size=1, max_size=60))
@settings(deadline=None, max_examples=100)
def test_the_text_is_kept(text: str) -> None:
    """However a text is made ready for the search, the note's own text comes back to the letter."""
    clean = text.encode("utf-8", "replace").decode()
    vault = vault_of({"a.md": clean})
    note = vault.note("a.md")
    assert note is not None
    assert vault.text(note) == clean
