"""An index is disposable: whatever is wrong with its file, each verb makes it anew and answers."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from notes_lsp.cli.main import main
from notes_lsp.index.store import schema
from notes_lsp.index.store.peek import notes_at_a_glance, tags_at_a_glance
from notes_lsp.workspace.config.settings import index_path
from notes_lsp.workspace.disk import read as reading
from notes_lsp.workspace.disk.roots import resolved

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
    vault = resolved(tmp_path) / "vault"
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


def pages(start: float, end: float) -> Callable[[Path], None]:
    """Overwrites a part of all pages with random bytes, as a bad disk does."""

    def damage(index: Path) -> None:
        data = bytearray(index.read_bytes())
        count = len(data) // 4096
        chosen = random.Random(1)  # noqa: S311
        for page in range(max(1, int(count * start)), int(count * end)):
            data[page * 4096 : (page + 1) * 4096] = chosen.randbytes(4096)
        index.write_bytes(data)

    return damage


def statement(*statements: str) -> Callable[[Path], None]:
    """Runs SQL on the index."""

    def damage(index: Path) -> None:
        connection = sqlite3.connect(index, isolation_level=None)
        for one in statements:
            connection.execute(one)
        connection.close()

    return damage


def nonsense(index: Path) -> None:
    """Overwrite all of it."""
    index.write_bytes(b"nonsense" * 20_000)


def texts(index: Path) -> None:
    """Damage the full text of a few notes only, which shows late."""
    connection = sqlite3.connect(index, isolation_level=None)
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute(
        "UPDATE texts_content SET c1 = CAST(x'ff00ff' AS TEXT), c2 = CAST(x'fffe' AS TEXT) WHERE id > 15"
    )
    connection.close()


def a_folder(index: Path) -> None:
    """Put a folder in its place."""
    index.unlink()
    index.mkdir()


def a_full_folder(index: Path) -> None:
    """Put a folder in its place that holds something, which nobody removes."""
    a_folder(index)
    (index / "kept").touch()


def closed(index: Path) -> None:
    """Take all rights away."""
    index.chmod(0)


def write_ahead(index: Path) -> None:
    """Leave nonsense where changes wait to be folded in."""
    index.with_name("index.db-wal").write_bytes(os.urandom(60_000))


KINDS: dict[str, Callable[[Path], None]] = {
    "garbage in its head": nonsense,
    "garbage in the second page": pages(0, 0.01),
    "garbage in its first third": pages(0.01, 0.33),
    "garbage in its middle": pages(0.4, 0.6),
    "garbage in its last fifth": pages(0.8, 1),
    "garbage in one page of a hundred": pages(0.7, 0.72),
    "garbage in the write-ahead log": write_ahead,
    "cut to nothing": lambda index: os.truncate(index, 0),
    "cut to a page": lambda index: os.truncate(index, 4096),
    "cut in half": lambda index: os.truncate(index, index.stat().st_size // 2),
    "of another version": statement(f"PRAGMA user_version = {schema.VERSION + 1}"),
    "without a table": statement("DROP TABLE links"),
    "without full text": statement("DROP TABLE texts"),
    "with full text that cannot be opened": statement("DROP TABLE texts_config"),
    "without an index": statement("DROP INDEX names_key"),
    "with texts that are none": texts,
    "a folder": a_folder,
    "a folder that is not empty": a_full_folder,
    "closed": closed,
}


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
