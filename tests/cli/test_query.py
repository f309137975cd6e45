"""`query` and `sql` as a shell sees them: settings, standard input, the copy for other shells, speed by counting."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner, Result

from conftest import REPOSITORY
from notes_lsp.cli.main import main
from notes_lsp.config.queries import parse_parameter
from notes_lsp.index.sql.views import VIEWS
from notes_lsp.workspace.disk import read as reading


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small vault, with caches and settings of its own."""
    for kind in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(kind, str(tmp_path / kind))
    root = tmp_path / "vault"
    (root / "sub").mkdir(parents=True)
    (root / ".notes-lsp.toml").write_text("", "utf-8")
    (root / "home.md").write_text("---\nstatus: open\nn: 10\n---\n# Home\n\n[[tea]] [[gone]]\n", "utf-8")
    (root / "tea.md").write_text("# Tea\n\n- [ ] boil 📅 2026-03-01\n", "utf-8")
    (root / "sub" / "cup.md").write_text("Of [[tea]] 杯子很热\n", "utf-8")
    monkeypatch.chdir(root)
    return root


def run(*arguments: str, stdin: str | None = None) -> Result:
    """Run ``notes-lsp`` in this process."""
    return CliRunner().invoke(main, list(arguments), input=stdin)


def settings(vault: Path, text: str) -> None:
    """Write the vault's settings."""
    (vault / ".notes-lsp.toml").write_text(text, "utf-8")


# Settings


@pytest.mark.parametrize(
    "toml,place,said",
    [
        ('queries = "x"', "1:11", "a table of queries"),
        ('[queries]\n"two words" = "SELECT 1"', "2:15", "has no spaces"),
        ("[queries]\nx = 3", "2:5", "a query is a text in SQL"),
        ('[queries]\nx = "SELECT pth FROM notes"', "2:5", 'there is no column "pth" in notes; did you mean "path"?'),
        ('[queries]\nx = "DELETE FROM notes"', "2:5", "nothing is changed here"),
        ('[queries.x]\nsql = "SELECT 1"\nsq = 1', "3:6", 'a query has no "sq"'),
        ("[queries.x]\ndescription = 'x'", "1:1", "`sql` has to be a text"),
        ('[queries.x]\nsql = "SELECT 1"\nparameters = { a = 1 }', "3:20", "no parameter :a"),
        ('[queries.x]\nsql = "SELECT :a"\nparameters = { a = [] }', "3:20", "a default is a text"),
        ('[queries.x]\ndescription = "d"\nsql = "SELECT"', "3:7", "the statement ends too early"),
        ("[query]\nseconds = 0", "2:11", "a whole number from 1"),
    ],
)
def test_what_is_wrong_with_a_query_is_told_where_it_stands(vault: Path, toml: str, place: str, said: str) -> None:
    """As with all settings: at its line, and without spoiling anything else."""
    settings(vault, f"{toml}\n")

    found = [line for line in run("check").stdout.splitlines() if line.startswith(".notes-lsp.toml")]

    assert len(found) == 1
    assert found[0].startswith(f".notes-lsp.toml:{place}: warning config")
    assert said in found[0]
    assert run("query", "SELECT count(*) FROM notes").stdout == "3\n"


def test_a_wrong_query_says_why_when_it_is_asked(vault: Path) -> None:
    """It is there, and its mistake is shown like that of any statement."""
    settings(vault, '[queries]\nx = "SELECT pth FROM notes"\ny = "SELECT 1"\n')

    assert 'did you mean "path"' in run("query", "x").stderr
    assert run("query", "y").stdout == "1\n"


def test_the_users_own_queries_are_there_in_every_vault(vault: Path, tmp_path: Path) -> None:
    """Those of the vault go before them."""
    own = tmp_path / "XDG_CONFIG_HOME" / "notes-lsp" / "config.toml"
    own.parent.mkdir(parents=True)
    own.write_text("[queries]\nmine = \"SELECT 'mine'\"\nboth = \"SELECT 'mine'\"\n", "utf-8")
    settings(vault, "[queries]\nboth = \"SELECT 'ours'\"\n")

    assert run("query", "mine").stdout == "mine\n"
    assert run("query", "both").stdout == "ours\n"


@pytest.mark.parametrize(
    "typed,default,meant",
    [
        ("7", None, 7),
        ("-7", None, -7),
        ("1.5", None, 1.5),
        ("1e3", None, 1000.0),
        ("7", "7", "7"),
        ("7", 1, 7),
        ("007", None, "007"),
        ("2026-03-01", None, "2026-03-01"),
        ("nan", None, "nan"),
        ("inf", 1, "inf"),
        ("1_000", None, "1_000"),
        ("99999999999999999999", None, "99999999999999999999"),
        ("", None, ""),
        ("٣", None, "٣"),
    ],
)
def test_what_looks_like_a_number_is_one(typed: str, default: str | int | None, meant: str | float) -> None:
    """Unless the default is a text, or nobody would call it a number."""
    found = parse_parameter(typed, default)

    assert (found, type(found)) == (meant, type(meant))


@pytest.mark.usefixtures("vault")
def test_numbers_compare_as_numbers() -> None:
    """A value from the command line meets a number of the frontmatter as one."""
    sql = "SELECT note FROM properties WHERE key = 'n' AND value > :least"

    assert run("query", sql, "9").stdout == "home.md\n"
    assert run("query", sql, "--set", "least=10").exit_code == 1


def test_a_shell_completes_names(vault: Path) -> None:
    """The names of queries, with what they are for; nothing where there is no vault."""
    settings(vault, '[queries]\nother = "SELECT 1"\n[queries.inbox]\nsql = "SELECT 1"\ndescription = "New ones"\n')
    found = ShellComplete(main, {}, "notes-lsp", "_NOTES_LSP_COMPLETE").get_completions(["query"], "in")

    assert [(item.value, item.help) for item in found] == [("inbox", "New ones")]


# Ways in and out


@pytest.mark.usefixtures("vault")
def test_a_statement_may_come_from_standard_input() -> None:
    """Without an argument, or with a dash."""
    sql = "SELECT title\n-- the title\nFROM notes WHERE path = :path\n"

    assert run("query", "--set", "path=tea.md", stdin=sql).stdout == "Tea\n"
    assert run("query", "-", "tea.md", stdin=sql).stdout == "Tea\n"
    assert run("query", stdin="").exit_code == 2


def test_rows_that_were_left_out_are_told_of(vault: Path) -> None:
    """On the standard error stream, unless somebody asked for no more."""
    settings(vault, "[query]\nrows = 2\n")

    cut = run("query", "SELECT path FROM notes ORDER BY path")
    wanted = run("query", "SELECT path FROM notes ORDER BY path", "--limit", "1")

    assert cut.stdout == "home.md\nsub/cup.md\n"
    assert cut.stderr == "notes-lsp: stopped after 2 rows; [query] rows in the settings says how many\n"
    assert (wanted.stdout, wanted.stderr) == ("home.md\n", "")


@pytest.mark.usefixtures("vault")
def test_the_views_are_printed() -> None:
    """For people as a list, for programs as rows; both are made of the views themselves."""
    said = run("query", "--views").stdout
    rows = json.loads(run("query", "--views", "--format", "json").stdout)

    assert [row["column"] for row in rows if row["view"] == "tasks"][:2] == ["note", "line"]
    assert {row["view"] for row in rows} == {view.name for view in VIEWS}
    assert all(f"{view.name}: {view.about}\n" in said for view in VIEWS)


def test_what_changed_on_disk_is_read_first(vault: Path) -> None:
    """Each run answers for the folder as it is."""
    assert run("query", "SELECT count(*) FROM backlinks WHERE note = 'tea.md'").stdout == "2\n"
    (vault / "sub" / "cup.md").unlink()
    (vault / "new.md").write_text("[[tea]] [[tea]] [[tea]]\n", "utf-8")
    assert run("query", "SELECT count(*) FROM backlinks WHERE note = 'tea.md'").stdout == "4\n"


@pytest.mark.usefixtures("vault")
def test_a_question_loads_nothing_heavy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the index is current, no parser, no server and no checker of schemas is imported for an answer."""
    run("index")
    code = (
        "import sys\nfrom notes_lsp.cli.main import main\n"
        "try:\n    main(['query', 'SELECT count(*) FROM backlinks'])\n"
        "except SystemExit:\n    pass\n"
        "heavy = 'pygls lsprotocol jsonschema markdown_it rich yaml watchfiles multiprocessing'.split()\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    # What was written this very moment is looked at again, since the clock could not tell a second write.
    monkeypatch.setattr(reading, "_SETTLING_NS", -1)
    run("index")
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "src")}

    said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)

    assert said.stdout == "2\n[]\n", said.stderr


def test_what_hangs_in_a_single_step_is_ended(vault: Path) -> None:
    """Where SQLite cannot be interrupted, the process ends itself, with the same words and exit code 2."""
    hanging = "SELECT instr(zeroblob(40000000), zeroblob(20000000) || 'x')"
    command = [sys.executable, "-m", "notes_lsp", "query", "--timeout", "0.1", hanging]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "src")}

    said = subprocess.run(command, env=environment, cwd=vault, capture_output=True, text=True, check=False)

    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr == "notes-lsp: stopped after 0.1 seconds without an end in sight\n"


# A shell for SQL


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shell that keeps what it was given, under the name of a well-known one, and nothing else on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "litecli"
    program.write_text(
        f'#!/bin/sh\n{shutil.which("cp")} "$1" "{tmp_path}/kept.db"\necho "$@" > "{tmp_path}/said"\nexit 3\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder))
    return tmp_path / "kept.db"


@pytest.mark.usefixtures("vault")
def test_a_shell_gets_a_copy_that_is_removed(shell: Path) -> None:
    """All views are tables in it, with links resolved; when the shell ends, nothing is left, and its code is ours."""
    result = run("sql", "--", "--less")

    file, option = (shell.parent / "said").read_text().split()
    assert (result.exit_code, option, Path(file).name) == (3, "--less", "vault.db")
    assert not Path(file).parent.exists()
    copy = sqlite3.connect(shell)
    for view in VIEWS:
        assert copy.execute(f"SELECT count(*) FROM {view.name}").fetchone()[0] >= 0
    assert sorted(copy.execute("SELECT source FROM backlinks WHERE note = 'tea.md'")) == [("home.md",), ("sub/cup.md",)]
    assert copy.execute("SELECT written, reason FROM broken_links").fetchall() == [("gone", "broken-link")]
    assert copy.execute("SELECT due, line FROM tasks").fetchall() == [("2026-03-01", 3)]
    assert copy.execute("SELECT properties->>'n' + 1, tags FROM notes WHERE title = 'Home'").fetchall() == [(11, "[]")]
    assert copy.execute("SELECT note FROM search WHERE search MATCH 'boil' ORDER BY rank").fetchall() == [("tea.md",)]
    assert copy.execute("SELECT value FROM properties WHERE key = 'STATUS'").fetchall() == [("open",)]
    copy.close()


@pytest.mark.parametrize(
    "words, found",
    [
        ("東京", ["garden.md"]),
        ("の庭", ["garden.md"]),
        ("title:東京", ["garden.md"]),
        ("剪定 OR boil", ["garden.md", "tea.md"]),
        ("ไทย", ["thai.md"]),
        ("京東", []),
    ],
)
def test_a_copy_finds_words_without_spaces(vault: Path, shell: Path, words: str, found: list[str]) -> None:
    """As short words of such scripts are: without functions of ours, and without a second copy of the texts."""
    (vault / "garden.md").write_text("# 東京の庭\n\n枝を剪定した。\n", "utf-8")
    (vault / "thai.md").write_text("ภาษาไทยง่าย\n", "utf-8")
    run("sql")

    copy = sqlite3.connect(shell)
    rows = copy.execute("SELECT note FROM search WHERE search MATCH ? ORDER BY note", (words,)).fetchall()
    assert [note for (note,) in rows] == found
    assert copy.execute("SELECT title, pieces FROM search WHERE note = 'garden.md'").fetchall() == [("東京の庭", None)]
    copy.close()


@pytest.mark.usefixtures("vault")
def test_without_a_shell_it_says_what_can_be_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The names of some, and that there is a way without any."""
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))

    said = run("sql")

    assert said.exit_code == 2
    assert "sqlite3" in said.stderr
    assert "notes-lsp query" in said.stderr
    assert "'nope'" in run("sql", "--shell", "nope -x").stderr
