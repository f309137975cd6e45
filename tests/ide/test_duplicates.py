"""Duplicates: near-duplicates of a vault are found, nothing else is, and an edit costs a few look-ups."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

import pytest

import bench_duplicates
from indexing import fresh, scanned, the_note, vault_of
from invented_prose import Prose
from notes_lsp.config.settings import Config, Diagnostics, Duplicates, New, Severity
from notes_lsp.ide.diagnostics import duplicates as feature
from notes_lsp.ide.diagnostics.duplicates import all_duplicates, duplicate_findings, duplicates, duplicates_either_way
from notes_lsp.index.vault.vault import Vault
from notes_lsp.similarity.shingles import Shingles, shingles_of
from notes_lsp.templates.rules import NewRules
from notes_lsp.text.source import Source
from notes_lsp.workspace.folder import Folder


def pairs(vault: Vault, config: Config | None = None) -> set[frozenset[str]]:
    """Every two notes that are duplicates."""
    return {frozenset((one.note.path, one.other.path)) for one in all_duplicates(vault, config or Config())}


def prose(number: int, words: int = 120) -> dict[str, str]:
    """So many notes that have nothing to do with each other."""
    return {f"n{seed}.md": f"# Note {seed}\n\n{Prose(900 + seed).text(words)}\n" for seed in range(number)}


@pytest.mark.parametrize("kind", bench_duplicates.REWRITES)
def test_rewrites_are_found_and_nothing_else(kind: str) -> None:
    """Of notes with four fifths left, at least 95 % are found, and at least 95 % of what is found is right."""
    at_random = random.Random(kind)  # noqa: S311  (no secret)
    notes = {f"n{seed}.md": "\n\n".join(Prose(seed).paragraphs(4, 2 + seed % 5)) for seed in range(100)}
    made = {
        f"r{seed}.md": bench_duplicates.REWRITES[kind](notes[f"n{seed}.md"], 0.8, at_random)
        for seed in range(0, 100, 2)
    }

    found = pairs(vault_of(notes | made))
    right = {frozenset((f"n{seed}.md", f"r{seed}.md")) for seed in range(0, 100, 2)}

    assert len(found & right) >= 0.95 * len(right)
    assert len(found & right) >= 0.95 * len(found)


@pytest.mark.parametrize("number", [3, 5, 60])
def test_cards_from_one_template_are_no_duplicates(number: int) -> None:
    """However few or many they are, and though each is mostly template."""
    sentences = Prose(1).sentences(200)
    cards = bench_duplicates.templated(number, sentences, random.Random(2))  # noqa: S311  (no secret)

    assert pairs(vault_of(prose(10) | {f"c{place}.md": card for place, card in enumerate(cards)})) == set()


@pytest.mark.parametrize("number", [2, 3, 5])
def test_forms_that_nobody_filled_in_are_no_duplicates(number: int) -> None:
    """Though their template is nowhere, and all but their titles and a sentence is. An essay under a new title is."""
    form = "\n\n".join(f"## {Prose(40 + each).word()} {each}\n\n{Prose(each).sentence()}" for each in range(6))
    forms = {f"f{each}.md": f"# Form {each}\n\n{form}\n\n{Prose(70 + each).sentence()}\n" for each in range(number)}
    essay = "\n\n".join(f"## {Prose(40 + each).word()} {each}\n\n{Prose(80 + each).text(60)}" for each in range(4))

    assert pairs(vault_of(prose(5) | forms)) == set()
    assert pairs(vault_of(prose(5) | {"a.md": f"# Tea\n\n{essay}", "b.md": f"# Milk\n\n{essay}"})) != set()


@pytest.mark.parametrize("kept, told", [(70, False), (85, True)])
def test_lists_of_the_same_links_have_to_be_more_alike(kept: int, told: bool) -> None:  # noqa: FBT001
    """What belongs to one subject is listed in many notes; a list with nearly all of another's is a copy of it."""
    links = [f"- [[{' '.join(Prose(each).sentence().split()[:4])}]]" for each in range(200)]
    files = {"a.md": "\n".join(links[:100]), "b.md": "\n".join([*links[100 : 200 - kept], *links[:kept]])}

    assert bool(pairs(vault_of(prose(5) | files))) is told


def test_a_rewritten_card_is_a_duplicate_among_the_cards() -> None:
    """The template counts for nothing: what was filled in is compared."""
    template = Prose(7).text(150)
    cards = {f"c{number}.md": f"{template}\n\n{Prose(number + 50).text(80)}\n" for number in range(60)}
    cards["again.md"] = f"{template}\n\n{Prose(55).text(70)} and something else\n"

    assert pairs(vault_of(cards)) == {frozenset(("again.md", "c5.md"))}


def test_templates_that_are_no_notes_are_known_by_the_settings() -> None:
    """Fresh notes from a template in a hidden folder, or from one in a folder of any name, are no duplicates."""
    template = Prose(7).text(90)
    fresh_ones = {f"{name}.md": f"# {name}\n\n{template}\n" for name in ("tea", "milk")}
    hidden = Config(new=New(template="card"), new_rules=NewRules(load=lambda _: template))
    missing = Config(new=New(template="card"))

    assert pairs(vault_of(prose(5) | fresh_ones)) == {frozenset(fresh_ones)}
    assert pairs(vault_of(prose(5) | fresh_ones), hidden) == set()
    assert pairs(vault_of(prose(5) | fresh_ones), missing) == {frozenset(fresh_ones)}
    assert (
        pairs(vault_of(prose(5) | fresh_ones | {"Muster/a.md": template}), Config(new=New(templates="Muster"))) == set()
    )


@pytest.mark.parametrize("words, told", [(30, False), (39, False), (45, True)])
def test_short_notes_are_compared_with_none(words: int, told: bool) -> None:  # noqa: FBT001
    """Below forty words of its own a note says too little to be another's duplicate."""
    text = Prose(3).text(words)

    assert bool(pairs(vault_of(prose(5) | {"one.md": text, "two.md": text}))) is told


def test_very_long_notes_are_not_read() -> None:
    """Neither they nor anything against them, since nobody shall wait for that."""
    long = Prose(3).text(60_000)

    assert pairs(vault_of({"one.md": long, "two.md": long, "three.md": " ".join(long.split()[:45_000])})) == set()


@pytest.mark.parametrize("link, found", [("", True), ("[[long]]", False)])
def test_an_excerpt_that_names_its_source_is_none(link: str, found: bool) -> None:  # noqa: FBT001
    """Half a page and more from a longer one is told of, unless the two are linked."""
    long = Prose(3).text(400)
    files = {"long.md": long, "excerpt.md": f"{link}\n\n{' '.join(long.split()[100:230])}"}

    assert bool(pairs(vault_of(prose(5) | files))) is found


def test_an_entry_of_a_long_list_is_none() -> None:
    """A few sentences that stand in a digest as well are no other version of it."""
    entry = Prose(3).text(60)

    assert pairs(vault_of(prose(5) | {"entry.md": entry, "digest.md": f"{Prose(4).text(400)}\n\n{entry}\n"})) == set()


@pytest.mark.parametrize(
    "one, other, told",
    [
        ("2024-05-12.md", "2024-05-13.md", False),
        ("meeting 2024-05-12.md", "meeting 2024-05-13.md", False),
        ("w/2024-W12.md", "w/2024-W13.md", False),
        ("20240512.md", "20240513.md", False),
        ("202405121200.md", "202405131230.md", True),
        ("May 12th, 2024.md", "May 13th, 2024.md", False),
        ("2024/05/12.md", "2024/05/13.md", False),
        ("2024-05-12.md", "old/2024-05-12.md", True),
        ("2024-05-12.md", "2024-05-12 (conflicted copy 2024-05-13).md", True),
        ("2024-05-12 tea.md", "2024-05-13 milk.md", True),
        ("chapter 1.md", "chapter 2.md", True),
    ],
)
def test_days_repeat_themselves(one: str, other: str, told: bool) -> None:  # noqa: FBT001
    """Notes that differ by a date in their names are a series; by a number, or by more than the date, they are not."""
    text = Prose(3).text(100)

    assert bool(pairs(vault_of(prose(5) | {one: text, other: text}))) is told


def test_frontmatter_is_no_text() -> None:
    """Two notes with the same long header and texts of their own are no duplicates, and the other way round."""
    header = f"---\nsummary: {Prose(1).text(200)}\n---\n"
    text = Prose(4).text(100)
    files = {"a.md": header + Prose(2).text(60), "b.md": header + Prose(3).text(60)}
    more = {"c.md": f"---\nsummary: {Prose(5).text(200)}\n---\n{text}", "d.md": text}

    assert pairs(vault_of(files | more)) == {frozenset(("c.md", "d.md"))}


def test_what_is_told_and_where() -> None:
    """At the title, or else the first line: the percentage, the link that leads there, and the other as related."""
    text = Prose(3).text(100)
    vault = vault_of({"a/one.md": f"---\ntags: [x]\n---\n\n{text}\n", "b/one.md": f"# The other\n\n{text} and more\n"})
    note = the_note(vault, "a/one.md")

    (told,) = duplicate_findings(vault, note, Config())
    body = vault.text(note) or ""

    assert told.code == "near-duplicate"
    assert told.message == "100 % of this also stands in [[b/one]]."
    assert body[told.span.start : told.span.end] == text
    assert [(path, message) for path, _, message in told.related] == [("b/one.md", "100 %: The other")]


def test_severity_and_threshold_are_as_configured() -> None:
    """Off is off, a higher threshold asks for more, and a note of which nothing is wanted is not looked at."""
    files = {"one.md": Prose(3).text(120), "two.md": f"{Prose(3).text(96)}\n\n{Prose(9).text(24)}"}
    vault = vault_of(prose(5) | files)

    def told(config: Config) -> int:
        return len(duplicate_findings(vault, the_note(vault, "one.md"), config))

    assert told(Config()) == 1
    assert told(Config(duplicates=Duplicates(threshold=90))) == 0
    assert told(Config(duplicates=Duplicates(min_words=200))) == 0
    assert told(Config(diagnostics=Diagnostics(severities={"near-duplicate": Severity.OFF}))) == 0
    assert told(Config(diagnostics=Diagnostics(ignore_in=("one.md",)))) == 0


def test_both_notes_know_of_each_other() -> None:
    """Asked either way the same two are named, with the score of the way that shares more."""
    files = {"short.md": Prose(3).text(100), "long.md": f"{Prose(3).text(100)}\n\n{Prose(9).text(60)}"}
    vault = vault_of(prose(5) | files)

    ways = [duplicates_either_way(vault, the_note(vault, path), Config()) for path in files]

    assert [(one.note.path, one.other.path, one.percent) for way in ways for one in way] == [
        ("short.md", "long.md", 100)
    ] * 2
    assert duplicates(vault, the_note(vault, "long.md"), Config()) == []


def test_nothing_is_said_while_the_vault_is_being_read() -> None:
    """What looks like the only two notes of a kind may be two of many."""
    text = Prose(3).text(100)
    vault = vault_of({"one.md": text, "two.md": text})
    vault.complete = False

    assert duplicates(vault, the_note(vault, "one.md"), Config()) == []


def written(root: Path, files: Mapping[str, str]) -> Folder:
    """A folder with files on disk, read."""
    for path, text in files.items():
        (root / path).write_text(text, "utf-8")
    return scanned(Folder(root, None, Config()))


def test_an_edit_gives_what_a_new_index_gives(tmp_path: Path) -> None:
    """As a note becomes another's duplicate, stops being one and is closed, each answer is that of a rebuilt index."""
    folder = written(tmp_path, prose(8))
    texts = [Prose(903).text(110), Prose(903).text(60) + Prose(4).text(200), ""]

    answers = []
    for text in texts:
        folder.put_buffer("n5.md", Source(text))
        answers.append(pairs(folder.current_vault()))
        assert answers[-1] == pairs(fresh(tmp_path, folder).current_vault())
    folder.drop_buffer("n5.md")

    assert answers == [{frozenset(("n3.md", "n5.md"))}, set(), set()]
    assert pairs(folder.current_vault()) == set()


@pytest.mark.parametrize("number", [20, 200])
def test_an_edit_looks_at_as_many_notes_in_a_large_vault_as_in_a_small_one(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twelve others at most are read, even where all notes are made from one template."""
    template = Prose(7).text(150)
    cards = {f"c{card}.md": f"{template}\n\n{Prose(card + 50).text(80)}\n" for card in range(number)}
    vault = vault_of(cards | {"again.md": cards["c3.md"]})
    read: list[str] = []

    def counting(text: str, body_start: int) -> Shingles:
        read.append(text)
        return shingles_of(text, body_start)

    monkeypatch.setattr(feature, "shingles_of", counting)
    found = duplicates(vault, the_note(vault, "c3.md"), Config())

    assert [one.other.path for one in found] == ["again.md"]
    assert len(set(read)) <= 13
