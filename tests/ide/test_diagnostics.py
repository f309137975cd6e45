"""Diagnostics: each code where it is due, and nowhere else."""

from __future__ import annotations

import pytest

from indexing import the_note, vault_of
from notes_lsp.config.settings import Config, Diagnostics, Severity
from notes_lsp.ide.diagnostics.links import diagnostics

OTHERS = {"b.md": "# B\n\n## Sub\n\npar ^id\n", "pic.png": "", "a/todo.md": "", "z/todo.md": ""}


def told(text: str, config: Config | None = None, path: str = "n.md") -> list[tuple[str, str]]:
    """The code and the text under it of everything told about a note."""
    vault = vault_of({**OTHERS, path: text})
    found = diagnostics(vault, the_note(vault, path), config or Config())
    return [(finding.code, text[finding.span.start : finding.span.end]) for finding in found]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("[[gone]] [x](gone.md) [[b]]", [("broken-link", "gone"), ("broken-link", "gone.md")]),
        ("[[b#Nope]] [x](b.md#nope) [[b#^no]]", [("broken-anchor", f"#{a}") for a in ("Nope", "nope", "^no")]),
        ("![[gone.png]] [x](gone.pdf) ![[pic.png]]", [("missing-file", "gone.png"), ("missing-file", "gone.pdf")]),
        ("<img src='gone.png'> <a href='gone.md'>", [("missing-file", "gone.png")]),
        ("[[todo]]", [("ambiguous-link", "todo")]),
        ("[x][gone] [y][]", [("broken-reference", "gone"), ("broken-reference", "y")]),
        ("[CTRL][U] and [10][11], where the note defines no label", []),
        ("[y] m[i][j] [ ][x]", []),
        ("a[^1]", [("broken-footnote", "1")]),
        ("the set [^a-z] and [^0-9]+", []),
        ("a[^1]\n\n[^1]: x\n[^1]: y\n", [("duplicate-definition", "1")]),
        ("[k]\n\n[k]: b.md\n[k]: b.md\n", [("duplicate-definition", "k")]),
        ("[k]: b.md\n", [("unused-definition", "[k]: b.md")]),
        ("[^1]: x\n", [("unused-definition", "1")]),
        ("[//]: # (a comment)\n", []),
        ("x ^i\n\ny ^I\n", [("duplicate-block", "^I")]),
        ("#\u00a0Title\n", [("nbsp-heading", "\u00a0")]),
        ("```\n#\u00a0Title\n[[gone]]\n```\n", []),
        ("[[{{title}}]] [x](<% tp.file %>.md) [[${x}]]", []),
        ("[x](b.md#L3) [x](b.md#:~:text=par)", []),
        ("[[#Here]]\n\n# Here\n", []),
        ("[x](#here)\n\n# Here\n", []),
        ("[x](mailto:a@b.c) [x](zotero://a) [x](obsidian://b) [x](//host/x.md)", []),
        ("[[b.md]] [[B]] [[ b ]] [x](./b.md) [x](/b) [x](b%2Emd)", []),
        ("---\ntags: [a\n---\n", [("frontmatter-syntax", "[a")]),
    ],
)
def test_each_code_where_it_is_due(text: str, expected: list[tuple[str, str]]) -> None:
    """The range covers the wrong part alone; what is right is passed over."""
    assert told(text) == expected


def test_a_tie_that_nearness_decides_is_none() -> None:
    """The same folder decides silently, since the writer can be supposed to mean the nearest."""
    assert told("[[todo]]", path="a/n.md") == []


def test_severities_are_as_configured() -> None:
    """A code can be switched off, all can, and a note can be left out."""
    off = Config(diagnostics=Diagnostics(severities={"broken-link": Severity.OFF}))
    nothing = Config(diagnostics=Diagnostics(enabled=False))
    not_here = Config(diagnostics=Diagnostics(ignore_in=("drafts/**",)))
    not_those = Config(diagnostics=Diagnostics(ignore=("gone*",)))

    assert told("[[gone]] a[^1]", off) == [("broken-footnote", "1")]
    assert told("[[gone]]", nothing) == []
    assert told("[[gone]]", not_here, "drafts/n.md") == []
    assert told("[[gone]]", not_here) == [("broken-link", "gone")]
    assert told("[[gone too]] [[other]]", not_those) == [("broken-link", "other")]


def test_nothing_is_said_of_what_may_still_turn_up() -> None:
    """While notes are unread, a missing name may yet be somebody's title."""
    vault = vault_of({"n.md": "[[gone]]"})
    vault.complete = False

    assert diagnostics(vault, the_note(vault, "n.md"), Config()) == []


def test_what_is_on_disk_but_not_in_the_index_is_not_missing() -> None:
    """An ignored file is no reason for a warning."""
    vault = vault_of({"sub/n.md": "[[ignored]] [x](build/out.md) ![[big.png]] [[gone]]"})
    vault.exists = {"ignored.md", "sub/build/out.md", "sub/big.png"}.__contains__

    assert [finding.data["target"] for finding in diagnostics(vault, the_note(vault, "sub/n.md"), Config())] == ["gone"]


def test_candidates_of_a_tie_are_related() -> None:
    """An ambiguous link names every note it may mean, the one taken first."""
    vault = vault_of({**OTHERS, "n.md": "[[todo]]"})
    (finding,) = diagnostics(vault, the_note(vault, "n.md"), Config())

    assert finding.severity is Severity.INFORMATION
    assert [path for path, _, _ in finding.related] == ["a/todo.md", "z/todo.md"]
