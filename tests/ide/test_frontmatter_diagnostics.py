"""Property checks that need many notes: odd types, slips of keys, and what is the custom of a vault."""

from __future__ import annotations

import datetime as dt

import pytest

from indexing import the_note, vault_of
from notes_lsp.config.settings import Config, Diagnostics, Severity
from notes_lsp.ide.code_actions.frontmatter_fixes import property_actions
from notes_lsp.ide.diagnostics.frontmatter import property_findings
from notes_lsp.index.vault.vault import Vault
from notes_lsp.text.source import Span, apply_edits

MANY = 41
TODAY = dt.date(2024, 5, 12)


def vault_with(header: str, others: str = "rating: 4\ntitle: t{n}\ndraft: true\nseen: 2024-05-12\nname: Ada") -> Vault:
    """A vault of many notes with the same keys, and one called ``odd.md``."""
    files = {f"n{n}.md": f"---\n{others.format(n=n)}\n---\n" for n in range(MANY)}
    return vault_of({**files, "odd.md": f"---\n{header}\n---\n"})


def told(vault: Vault, config: Config | None = None) -> list[tuple[str, str]]:
    """Code and text of what is told of the odd note."""
    found = property_findings(vault, the_note(vault, "odd.md"), config or Config())
    return [(finding.code, finding.message) for finding in found]


@pytest.mark.parametrize(
    "header, message",
    [
        ('rating: "4"', "`rating` is a number in 41 notes, text here."),
        ("rating: true", "`rating` is a number in 41 notes, true or false here."),
        ('draft: "true"', "`draft` is true or false in 41 notes, text here."),
        ("seen: soon", "`seen` is a date in 41 notes, text here."),
        ("name: no", "`name` is text in 41 notes, true or false here."),
    ],
)
def test_a_value_unlike_all_others_is_a_hint(header: str, message: str) -> None:
    """Where all others agree on a type, a note is told that it differs, and in how many."""
    assert told(vault_with(header)) == [("property-type", message)]


@pytest.mark.parametrize(
    "header",
    [
        "rating: 5",
        "rating: [4, 5]",
        "rating:",
        "name: 1984",
        "name: '[[Ada]]'",
        "seen: 2024-05-12T10:00:00",
        "rating: '{{x}}'",
    ],
)
def test_habits_are_not_told_of(header: str) -> None:
    """Lists for single values, numbers and links for texts, times for days, placeholders and empty values are fine."""
    assert told(vault_with(header)) == []


def test_where_notes_differ_nobody_is_told() -> None:
    """When more than a few notes have another type, there is no usual one."""
    mixed = {f"n{n}.md": f"---\nversion: {n}\n---\n" for n in range(30)}
    mixed |= {f"t{n}.md": f"---\nversion: v{n}\n---\n" for n in range(4)}

    assert told(vault_of({**mixed, "odd.md": "---\nversion: x\n---\n"})) == []


@pytest.mark.parametrize(
    "key, meant", [("ratign", "rating"), ("tilte", "title"), ("ratting", "rating"), ("rting", "rating")]
)
def test_a_slip_of_a_common_key_is_a_hint(key: str, meant: str) -> None:
    """Swapped letters, one too many and one too few are slips, mended by writing the common key."""
    vault = vault_with(f"{key}: 4" if meant == "rating" else f"{key}: x")
    note = the_note(vault, "odd.md")

    assert told(vault) == [("unknown-key", f"No other note has the key `{key}`; 41 have `{meant}`.")]
    action = property_actions(vault, note, Span(4, 4), Config(), TODAY)[0]
    assert apply_edits(vault.text(note) or "", action.edits).startswith(f"---\n{meant}: ")


@pytest.mark.parametrize(
    "header", ["ratings: 4", "titled: x", "tile: x", "namex: x", "rating2: 3", "tilte: x\ntitle: y", "draf: 3"]
)
def test_words_of_their_own_are_no_slips(header: str) -> None:
    """Plurals, numbered keys, short words, and keys beside the common one are left alone."""
    assert told(vault_with(header)) == []


@pytest.mark.parametrize("key", ["titl", "titles1", "titlee", "tittle", "title s", "tabs"])
def test_what_nearly_all_notes_have_is_missed(key: str) -> None:
    """Where a hundred notes have a key and one has instead what looks like it, any letter may be the slip."""
    many = {f"n{n}.md": "---\ntitle: x\ntags: [a]\n---\n" for n in range(110)}
    expected = [("unknown-key", f"No other note has the key `{key}`; 110 have `title`.")]
    is_slip = key in ("titl", "titlee", "tittle")

    assert told(vault_of({**many, "odd.md": f"---\n{key}: x\n---\n"})) == (expected if is_slip else [])
    others = {f"o{n}.md": "---\nid: x\n---\n" for n in range(20)}
    assert told(vault_of({**many, **others, "odd.md": f"---\n{key}: x\n---\n"})) == []
    assert told(vault_of({**many, "odd.md": f"---\n{key}: x\ntitle: y\n---\n"})) == []


def test_hints_can_be_turned_off() -> None:
    """Each kind has a severity of its own."""
    off = Config(diagnostics=Diagnostics(severities={"property-type": Severity.OFF, "unknown-key": Severity.OFF}))

    assert told(vault_with("rating: x\ntilte: y"), off) == []


def test_while_the_vault_is_being_read_nothing_is_compared() -> None:
    """What other notes say counts only when all of them are known."""
    vault = vault_with("rating: x\nid: 1")
    vault.complete = False

    assert told(vault) == []


def test_a_custom_is_not_told_of() -> None:
    """In a vault where many notes share their titles, that is how it is meant."""
    shared = {f"{folder}/{n}.md": f"---\ntitle: Part {n}\n---\n" for folder in "ab" for n in range(15)}

    assert told(vault_of({**shared, "odd.md": "---\ntitle: Part 1\n---\n"})) == []


def test_templates_are_nobodys_double() -> None:
    """Notes of which the settings want nothing told are no reason to tell of others."""
    vault = vault_of({"templates/t.md": "---\nid: x\n---\n", "odd.md": "---\nid: x\n---\n"})

    assert [code for code, _ in told(vault)] == ["duplicate-id"]
    assert told(vault, Config(diagnostics=Diagnostics(ignore_in=("templates/**",)))) == []


@pytest.mark.parametrize(
    "header, at, after",
    [
        ("aliases:\n  - T4: Totaler", 17, 'aliases:\n  - "T4: Totaler"'),
        ("aliases: [yes]", 14, 'aliases: ["yes"]'),
        ('aliases: ["[[Ada]]"]', 16, "aliases: [Ada]"),
        ("due: 2024-31-12", 10, "due: 2024-12-31"),
        ("rating: '4'", 13, "rating: 4"),
        ("seen: 12.05.2024", 12, "seen: 2024-05-12"),
    ],
)
def test_what_is_evident_is_mended(header: str, at: int, after: str) -> None:
    """A quick fix writes what was meant, touches nothing else, and leaves nothing to tell."""
    vault = vault_with(header)
    note = the_note(vault, "odd.md")
    text = vault.text(note) or ""
    actions = property_actions(vault, note, Span(at, at), Config(), TODAY)

    assert [apply_edits(text, action.edits) for action in actions[:1]] == [f"---\n{after}\n---\n"]
    assert actions[0].fixes == told(vault)[0][0]
    mended = vault_with(after)
    assert told(mended) == []
