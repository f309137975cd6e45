"""The page about SQL: what it tells can be asked, of the garden that everybody can try it on."""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

import sql_docs
from conftest import REPOSITORY
from notes_lsp.cli.main import main
from notes_lsp.config.queries import read_queries
from notes_lsp.index.sql.validate import complaints

PAGE = (REPOSITORY / "docs" / "sql.md").read_text("utf-8")
STATEMENTS = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def garden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The garden, and a folder of its own for its index."""
    folder = tmp_path_factory.mktemp("page")
    shutil.copytree(REPOSITORY / "examples" / "garden", folder / "garden")
    return folder / "garden"


def ask(garden: Path, *arguments: str) -> tuple[int, str]:
    """The exit code of ``notes-lsp query``, and what it printed."""
    environment = {"XDG_CACHE_HOME": str(garden.parent / "cache"), "XDG_CONFIG_HOME": str(garden.parent / "config")}
    result = CliRunner().invoke(main, ["query", "--vault", str(garden), *arguments], env={**os.environ, **environment})
    return result.exit_code, result.output


def test_there_are_a_dozen_questions() -> None:
    """As many as the page promises, and one more."""
    assert len(STATEMENTS) == 13


@pytest.mark.parametrize("sql", STATEMENTS, ids=range(len(STATEMENTS)))
def test_each_question_has_an_answer(sql: str, garden: Path) -> None:
    """Every statement of the page finds something in the garden."""
    code, said = ask(garden, sql)

    assert code == 0, said
    assert said.strip()


def test_the_queries_of_the_page_are_sound() -> None:
    """What the page proposes for the settings could be answered."""
    settings = next(text for text in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL))
    queries, wrong = read_queries(tomllib.loads(settings)["queries"])

    assert (sorted(queries), wrong, complaints(queries.values())) == (["due", "inbox"], [], [])


def test_the_list_of_views_is_current() -> None:
    """It is generated from the views themselves."""
    assert sql_docs.with_views(PAGE) == PAGE, "run: make docs"


def test_the_mistake_on_the_page_is_told_so(garden: Path) -> None:
    """The example of an error is what is printed."""
    _, said = ask(garden, "SELECT titles FROM notes")

    assert said in PAGE
