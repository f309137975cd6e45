"""An index is disposable: whatever is wrong with its file, each verb makes it anew and answers."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from damaging import KINDS, pages
from notes_lsp.cli.main import main
from notes_lsp.index.store.peek import notes_at_a_glance, tags_at_a_glance
from notes_lsp.workspace.config.settings import index_path
from notes_lsp.workspace.disk import read as reading
from notes_lsp.workspace.disk.roots import resolve_path

VERBS: tuple[tuple[str, ...], ...] = (
    ("list",),
    ("list", "--format", "{path} {words} {tags}"),
    ("search", "prose"),
    ("links", "hub"),
    ("backlinks", "hub"),
    ("related", "n7"),
    ("mentions", "Rose garden"),
    ("tags",),
    ("tasks",),
    ("tree",),
    ("headings",),
    ("dups",),
    ("query", "SELECT path, title FROM notes ORDER BY path"),
    ("query", "SELECT note, target FROM links ORDER BY note, line, column"),
    ("query", "SELECT note FROM search WHERE search MATCH 'prose' ORDER BY note"),
    ("query", "-"),
    ("show", "n3", "n20"),
    ("show", "-"),
    ("export",),
    ("check",),
    ("rename", "n1", "m1", "--dry-run"),
    ("new", "Quite new", "--dry-run"),
    ("new", "Read from stdin", "--dry-run", "-"),
    ("schema", "infer"),
    ("sql", "--shell", "true"),
)
INPUT = {"query": "SELECT count(*) FROM links\n", "show": "n3\nn20\n", "new": "What was piped in.\n"}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vault of some hundred pages of index, in the current folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    vault = resolve_path(tmp_path) / "vault"
    vault.mkdir()
    (vault / ".notes-lsp.toml").touch()
    (vault / "hub.md").write_text("# Hub\n\n" + "\n".join(f"- [[n{number}]]" for number in range(30)), "utf-8")
    chosen = random.Random(7)  # noqa: S311
    words = [f"word{number}" for number in range(900)]
    for number in range(30):
        header = f"---\nstate: s{number % 3}\ntags: [t{number % 5}]\n---\n"
        links = f"# Note {number}\n\n[[hub]] prose [[n{number + 1}]]\n\n- [ ] task {number}\n"
        rest = f"\nThe rose garden.\n\n## Part\n\n{' '.join(chosen.choices(words, k=40))}\n"
        (vault / f"n{number}.md").write_text(header + links + rest, "utf-8")
    (vault / "rose garden.md").write_text("# Rose garden\n", "utf-8")
    # Nothing is read twice because it was written a moment ago.
    monkeypatch.setattr(reading, "_SETTLING_NS", -1)
    monkeypatch.chdir(vault)
    return vault


def ran(*arguments: str) -> Result:
    """A verb, with something on its standard input."""
    return CliRunner().invoke(main, list(arguments), input=INPUT.get(arguments[0], "") if "-" in arguments else None)


@pytest.mark.usefixtures("root")
def test_an_index_is_thrown_away_where_that_is_asked_for() -> None:
    """All notes are read again."""
    ran("index")

    assert "read 32, removed 0" in ran("index", "--rebuild").stdout


@pytest.fixture
def right(root: Path) -> dict[tuple[str, ...], Result]:
    """What each verb says while all is well."""
    assert root.is_dir()
    found = {verb: ran(*verb) for verb in VERBS}
    assert {verb: one.stderr for verb, one in found.items() if one.exit_code not in {0, 1}} == {}
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_each_verb_answers_whatever_is_wrong(kind: str, root: Path, right: dict[tuple[str, ...], Result]) -> None:
    """The answer and the exit code are those of a sound index, and at most one line says what happened."""
    index = index_path(root)
    kept = index.read_bytes()
    for verb in VERBS:
        if index.is_dir():
            for one in index.iterdir():
                one.unlink()
            index.rmdir()
        index.unlink(missing_ok=True)
        index.write_bytes(kept)
        KINDS[kind](index)

        result = ran(*verb)

        assert (result.exit_code, result.stdout) == (right[verb].exit_code, right[verb].stdout), (verb, result.stderr)
        assert len(result.stderr.splitlines()) <= len(right[verb].stderr.splitlines()) + 1, (verb, result.stderr)
        assert "Traceback" not in result.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_a_shell_that_completes_gets_something_or_nothing(kind: str, root: Path) -> None:
    """Names from a damaged index are those that can be read."""
    ran("index")
    index = index_path(root)
    KINDS[kind](index)

    assert len(notes_at_a_glance(index)) <= 100
    assert len(tags_at_a_glance(index)) <= 100


def test_damage_is_told_once_and_mended_for_good(root: Path) -> None:
    """One line on the standard error stream, and the next run finds a sound index."""
    ran("index")
    index = index_path(root)
    pages(0.02, 1)(index)

    for verb in (("export",), ("index",)):
        done = subprocess.run(
            [sys.executable, "-m", "notes_lsp", *verb], capture_output=True, text=True, check=True, cwd=root
        )
        told = done.stderr.splitlines()
        assert [line.split(" ")[0] for line in told] == (["notes-lsp:"] if verb == ("export",) else []), told
    assert "read 0, removed 0" in ran("index").stdout


def test_a_disk_that_is_full(root: Path) -> None:
    """Where nothing more can be written, the answer is right, and a sound index is kept."""
    limited = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)); "
        "from notes_lsp.cli.main import main; main(sys.argv[1:], prog_name='notes-lsp')"
    )
    for verb in (("list",), ("query", "SELECT count(*) FROM links"), ("check",)):
        expected = ran(*verb)
        index_path(root).unlink()
        done = subprocess.run(
            [sys.executable, "-c", limited, *verb], capture_output=True, text=True, check=False, cwd=root
        )
        assert (done.stdout, done.returncode) == (expected.stdout, expected.exit_code), done.stderr
