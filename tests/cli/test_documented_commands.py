"""Every command and statement that a page shows is one that can be typed: run on a copy of the example garden."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from conftest import REPOSITORY
from notes_lsp.cli.main import main

PAGES = sorted([REPOSITORY / "README.md", *(REPOSITORY / "docs").glob("*.md")])
_FENCE = re.compile(r"^```(?:sh|console)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_SQL = re.compile(r"^```sql\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`(notes-lsp [^`\n]+)`")
_PLACEHOLDER = re.compile(r"(?<![\w'\"{:-])[A-Z]{3,}(?:\[\.\.\.\])?(?![\w'\"])|\.\.\.|…|<[a-z]+>|\[[a-z|-]+\]")
_SQL_WORDS = re.compile(r"\bSELECT\b")
ELSEWHERE = {
    "recipes.md": "tests/cli/test_recipes.py runs its blocks",
    "sql.md": "tests/cli/test_sql_page.py asks each",
}
"""Pages whose blocks are run by another test."""
NOT_RUN = {
    "serve": "speaks to an editor until that ends",
    "mcp": "speaks to a program until that ends",
    "sql": "is a shell for a person; tests/cli/test_sql_page.py starts it",
    "--interactive": "picks with fzf on a terminal",
    " -i": "picks with fzf on a terminal",
    "|": "pipes into other programs",
    "curl": "needs a network",
    "man notes-lsp": "is another program's",
    "--type meeting": "needs the rule that the page shows below",
    "mentions --all": "names an option",
    "books/": "is asked of the example of the page itself",
}
"""Parts of commands that are not run, and why."""


def commands_of(page: Path) -> list[str]:
    """The commands of a page in its blocks and in its sentences, without those that say what to put somewhere."""
    text = page.read_text("utf-8")
    # A verb alone is its name.
    found = [match[1] for match in _INLINE.finditer(text) if match[1].count(" ") > 1]
    if page.name not in ELSEWHERE:
        for block in _FENCE.findall(text):
            lines = (line.removeprefix("$ ") for line in block.replace("\\\n", " ").splitlines())
            found += [line for line in lines if line.startswith("notes-lsp ")]
            found += [line for line in block.splitlines() if "| notes-lsp" in line]
    found = list({tuple(shlex.split(one, comments=True)): one for one in reversed(found)}.values())
    said = [one for one in reversed(found) if _SQL_WORDS.search(one) or not _PLACEHOLDER.search(one)]
    return [one for one in said if not any(part in one for part in NOT_RUN)]


@pytest.fixture
def garden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the example garden, as the current folder."""
    shutil.copytree(REPOSITORY / "examples" / "garden", tmp_path / "garden")
    monkeypatch.chdir(tmp_path / "garden")
    return tmp_path / "garden"


def complaint(garden: Path, command: str) -> str | None:
    """What a command says that cannot be done; ``None`` where it finds something, or nothing."""
    home = {name: str(garden.parent / name) for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
    words = shlex.split(command, comments=True)[1:]
    result = CliRunner().invoke(main, words, env={**os.environ, **home, "EDITOR": "true", "VISUAL": "true"}, input="")
    is_said = isinstance(result.exception, SystemExit | None)
    return None if result.exit_code in (0, 1) and is_said else f"{command}: {result.output}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_shows_can_be_typed(page: Path, garden: Path) -> None:
    """No command of a page ends in a complaint."""
    complaints = [said for command in commands_of(page) if (said := complaint(garden, command)) is not None]

    assert complaints == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.name not in ELSEWHERE], ids=lambda page: page.name)
def test_each_statement_of_a_page_has_an_answer(page: Path, garden: Path) -> None:
    """Blocks of SQL are asked as they stand; those of the page about SQL have a test of their own."""
    statements = _SQL.findall(page.read_text("utf-8"))

    assert [said for sql in statements if (said := complaint(garden, shlex.join(["notes-lsp", "query", sql])))] == []


def test_there_are_commands_to_run() -> None:
    """Or the tests above would show nothing."""
    assert sum(len(commands_of(page)) for page in PAGES) > 20
