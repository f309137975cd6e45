"""Reading from disk: whatever stands where a file should be, nothing hangs, and no more is read than is wanted."""

from __future__ import annotations

import ast
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conftest import REPOSITORY
from notes_lsp.workspace.disk.open import TooLargeError, read_file, read_with_state
from speclib.console import environment_of

SOURCE = REPOSITORY / "src" / "notes_lsp"


def pipe(path: Path) -> None:
    """A pipe that nobody writes into."""
    os.mkfifo(path)


def device(path: Path) -> None:
    """A link to a file without end."""
    path.symlink_to("/dev/zero")


def terminal(path: Path) -> None:
    """A link to the terminal, which waits for somebody to type."""
    path.symlink_to("/dev/ptmx")


def folder(path: Path) -> None:
    """A folder of that name."""
    path.mkdir()


def unix_socket(path: Path) -> None:
    """A socket; made elsewhere, since their paths are short."""
    with tempfile.TemporaryDirectory() as place, socket.socket(socket.AF_UNIX) as made:
        made.bind(f"{place}/s")
        Path(f"{place}/s").rename(path)


def huge(path: Path) -> None:
    """Two gigabytes of nothing."""
    with path.open("wb") as file:
        file.truncate(2 << 30)


def loop(path: Path) -> None:
    """A link to itself."""
    path.symlink_to(path.name)


KINDS = (pipe, device, terminal, folder, unix_socket, huge, loop)
PLACES = (
    (
        *(".obsidian/app.json", ".obsidian/templates.json", ".obsidian/daily-notes.json"),
        *(".obsidian/plugins/periodic-notes/data.json", ".gitignore", ".ignore", ".git/info/exclude", ".zk"),
        *(".marksman.toml", "templates/idea.md", "schemas/idea.json", "odd.md", "sub/.gitignore"),
        *("~/notes-lsp/config.toml", "~/git/ignore"),
    ),
    (".notes-lsp.toml", ".git"),
)
"""Whatever is read of a vault, in two vaults; behind ``~`` what is read of its user."""


@pytest.mark.parametrize("kind", [pipe, device, terminal, folder, unix_socket], ids=lambda kind: kind.__name__)
def test_what_is_no_file_is_refused_at_once(kind: Callable[[Path], None], tmp_path: Path) -> None:
    """Neither a wait nor a byte."""
    kind(tmp_path / "x")
    with pytest.raises(OSError, match=r"no regular file|No such device"):
        read_file(tmp_path / "x", 100)


def test_no_more_is_read_than_was_allowed(tmp_path: Path) -> None:
    """A larger file is refused, or cut where that was asked for; one of just that size is read."""
    (tmp_path / "x").write_bytes(b"x" * 101)
    assert read_file(tmp_path / "x", 101) == b"x" * 101
    assert read_with_state(tmp_path / "x", 100, cut=True)[0] == b"x" * 100
    with pytest.raises(TooLargeError):
        read_file(tmp_path / "x", 100)


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="there is no /proc")
def test_a_file_that_says_that_it_is_empty_is_limited_too() -> None:
    """Files below /proc have no size, and many bytes."""
    with pytest.raises(TooLargeError):
        read_file("/proc/self/maps", 100)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_command_line_ends_whatever_stands_in_a_vault(kind: Callable[[Path], None], tmp_path: Path) -> None:
    """With something odd at every place that is read, notes are listed and made, in little memory."""
    for number, places in enumerate(PLACES):
        root, own = tmp_path / str(number) / "vault", tmp_path / str(number) / "own"
        root.mkdir(parents=True)
        environment = environment_of(root) | {"XDG_CONFIG_HOME": str(own), "XDG_CACHE_HOME": str(own / "cache")}
        (root / "a.md").write_text("# A\n", "utf-8")
        if ".notes-lsp.toml" not in places:
            (root / ".notes-lsp.toml").write_text(_LEADING_THERE, "utf-8")
        for place in places:
            odd = own / place[2:] if place.startswith("~") else root / place
            odd.parent.mkdir(parents=True, exist_ok=True)
            kind(odd)
        for arguments in (["list", "--format", "path"], ["new", "B", "--type", "idea"]):
            done = subprocess.run(
                [sys.executable, "-P", "-c", _LIMITED, *arguments], cwd=root, env=environment, capture_output=True,
                text=True, timeout=30, stdin=subprocess.DEVNULL, check=False,
            )  # fmt: skip
            assert "Traceback" not in done.stderr, done.stderr
            if arguments[0] == "list":
                assert "a.md" in done.stdout, done.stderr


_LEADING_THERE = '[new.idea]\ntemplate = "idea"\n[schemas.idea]\nfile = "schemas/idea.json"\n'
_LIMITED = (
    "import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30)); "
    "from notes_lsp.cli.main import main; main()"
)

OPENS = {"open", "read_bytes", "read_text", "fdopen", "mmap"}
MAY_OPEN = {
    ("workspace/disk/open.py", "read_with_state"): "is what all others use",
    ("workspace/writing/create.py", "create_file"): "makes a file that was not there",
    ("workspace/writing/create.py", "reserve_id"): "keeps ids beside the index, under a lock",
    ("workspace/writing/replay.py", "_stage"): "writes a new file",
    ("workspace/writing/replay.py", "_replace"): "writes a file that has several names",
    ("workspace/writing/journal.py", "lock"): "holds a lock beside the index",
    ("workspace/writing/journal.py", "is_unfinished"): "looks whether a lock beside the index is held",
    ("workspace/writing/journal.py", "read_journal"): "reads what was written beside the index",
    ("workspace/writing/journal.py", "save_journal"): "writes beside the index",
    ("workspace/writing/journal.py", "sync_folder"): "brings a folder's names onto the disk",
    ("workspace/disk/roots.py", "make_vault"): "makes a file that was not there",
    ("workspace/writing/unsaved.py", "_made"): "holds a lock beside the index",
    ("workspace/writing/unsaved.py", "_told_by"): "looks whether a lock beside the index is held",
    ("index/store/store.py", "_pin"): "holds the index that SQLite has opened",
    ("cli/main.py", "_prepare_streams"): "opens the null device",
    ("cli/serve/mcp.py", "mcp"): "opens the null device",
    ("cli/shell/output.py", "_print_no_more"): "opens the null device",
    ("cli/shell/editor.py", "_terminal"): "opens the terminal",
}


def test_files_are_opened_in_one_place() -> None:
    """No other function opens a file, but for those few that write, or hold what is beside the index."""
    found = {(path.relative_to(SOURCE).as_posix(), name) for path in SOURCE.rglob("*.py") for name in _openers(path)}

    assert found - MAY_OPEN.keys() == set()


def _openers(path: Path) -> Iterator[str]:
    """The functions of a module in which a file is opened."""
    for function in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for call in ast.walk(function):
            if not isinstance(call, ast.Call):
                continue
            match call.func:
                case ast.Name(id=name) | ast.Attribute(attr=name) if name in OPENS:
                    # A buffer is opened by an editor.
                    if not (
                        isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) in {"server", "self"}
                    ):
                        yield function.name
                case _:
                    pass
