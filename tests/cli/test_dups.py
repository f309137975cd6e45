"""``notes-lsp dups`` as a shell sees it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from invented_prose import Prose
from notes_lsp.cli.main import main


def run(*arguments: str | Path) -> Result:
    """Run ``notes-lsp dups`` in this process."""
    return CliRunner().invoke(main, ["dups", *(str(argument) for argument in arguments)])


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vault with three notes of one text and two of another."""
    root = tmp_path / "vault"
    root.mkdir()
    (root / ".notes-lsp.toml").write_text("", "utf-8")
    for number in range(3):
        (root / f"a{number}.md").write_text(f"# A {number}\n\n{Prose(1).text(90)}\n", "utf-8")
    (root / "b.md").write_text(f"# B\n\n{Prose(2).text(100)}\n", "utf-8")
    (root / "c.md").write_text(f"# C\n\n[[b]]\n\n{Prose(2).text(80)}\n\n{Prose(3).text(20)}\n", "utf-8")
    for number in range(4, 8):
        (root / f"d{number}.md").write_text(Prose(number).text(90), "utf-8")
    monkeypatch.chdir(root)
    return root


def test_every_two_best_first_with_their_groups(vault: Path) -> None:
    """Those of one text come first, as one group; then the two that are mostly the same."""
    result = run("--format", "json", "--vault", vault)
    rows = json.loads(result.stdout)

    assert result.exit_code == 0
    assert [{row["path"], row["other"]} for row in rows[:3]] == [
        {"a0.md", "a1.md"},
        {"a0.md", "a2.md"},
        {"a1.md", "a2.md"},
    ]
    assert [(row["group"], row["linked"]) for row in rows] == [(1, False)] * 3 + [(2, True)]
    assert 75 <= rows[3]["percent"] <= 85
    assert rows[3]["shared"] * 100 // rows[3]["own"] == rows[3]["percent"]


def test_of_one_note(vault: Path) -> None:
    """The others like it, one to a line that editors can jump to."""
    result = run("b", "--vault", vault)

    assert re.fullmatch(r"b\.md:1:1:  8\d % also in c\.md\n", result.stdout)


def test_nothing_found_is_1(vault: Path) -> None:
    """As with every verb that finds."""
    result = run("d4", "--vault", vault)

    assert (result.stdout, result.exit_code) == ("", 1)
