"""Terminals, pipes and full disks: what new notes ask on a terminal, and what is read and written elsewhere."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

_PATIENCE = 30.0


def on_terminal(vault: Path, *arguments: str, answers: dict[str, str]) -> tuple[int, str, str]:
    """Run the program on a terminal of its own; the exit code, what it printed as result, and what it asked and said.

    Each answer is typed once its key has been asked for.
    """
    master, slave = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "EDITOR": "cat", "TERM": "dumb"}
    environment.pop("VISUAL", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "notes_lsp", *arguments, "--vault", str(vault)],
        stdin=slave,
        stdout=subprocess.PIPE,
        stderr=slave,
        env=environment,
        text=True,
    )
    os.close(slave)
    said, waiting, began = "", dict(answers), time.monotonic()
    while time.monotonic() - began < _PATIENCE:
        if select.select([master], [], [], 0.05)[0]:
            try:
                said += os.read(master, 4096).decode()
            except OSError:
                break  # the other end is closed
        for asked in [one for one in waiting if one in said]:
            os.write(master, f"{waiting.pop(asked)}\n".encode())
    out, _ = process.communicate(timeout=_PATIENCE)
    os.close(master)
    return process.returncode, out, said


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A vault with a schema that wants two keys."""
    (tmp_path / ".notes-lsp.toml").write_text(
        '[schemas.book]\nfolder = "books/"\nrequired = ["author", "pages"]\nauthor = "text"\npages = "integer"\n',
        "utf-8",
    )
    (tmp_path / "tea.md").write_text("# Tea\n", "utf-8")
    return tmp_path


def test_what_schemas_require_is_asked_for(vault: Path) -> None:
    """Until the answer is of the type that is wanted; what is left empty is left out."""
    code, out, said = on_terminal(
        vault,
        "new",
        "--folder",
        "books",
        "Emma",
        answers={"author": "", "pages (a whole number)": "many", "not “many”": "474"},
    )

    assert (code, out) == (0, f"{vault / 'books' / 'Emma.md'}\n")
    assert "“pages” wants a whole number, not “many”" in said
    assert (vault / "books" / "Emma.md").read_text("utf-8") == "---\npages: 474\n---\n\n# Emma\n"


def test_a_note_that_exists_can_be_opened(vault: Path) -> None:
    """It is offered; whoever does not want that is told by the exit code that nothing was made."""
    code, out, _ = on_terminal(vault, "new", "tea", answers={"Open it?": "y"})
    assert (code, out) == (0, f"{vault / 'tea.md'}\n# Tea\n")

    code, out, _ = on_terminal(vault, "new", "tea", answers={"Open it?": "n"})
    assert (code, out) == (2, "")


def test_a_title_is_asked_for(vault: Path) -> None:
    """Where none was given."""
    code, out, _ = on_terminal(vault, "new", answers={"Title": "Milk"})
    assert (code, out) == (0, f"{vault / 'Milk.md'}\n")


def started(vault: Path, *arguments: str, stdin: int) -> subprocess.Popen[str]:
    """Start the program with this as its standard input."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(
        [sys.executable, "-m", "notes_lsp", *arguments, "--vault", str(vault)],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
    )


@pytest.mark.parametrize("arguments", [("new", "Silence"), ("daily", "2024-05-12")])
def test_nobody_waits_for_an_open_pipe_in_silence(vault: Path, arguments: tuple[str, ...]) -> None:
    """Such as cron, editors and agents leave behind: the note is made without a text, and that is said."""
    process = started(vault, *arguments, stdin=subprocess.PIPE)
    assert process.stdout is not None
    made = Path(process.stdout.readline().strip())
    assert made.is_file()
    _, said = process.communicate(timeout=_PATIENCE)
    assert process.returncode == 0
    assert "nothing is piped in yet" in said


def test_without_a_title_an_open_pipe_gives_none(vault: Path) -> None:
    """Whoever starts it so is told what is missing."""
    process = started(vault, "new", stdin=subprocess.PIPE)
    assert process.stderr is not None
    assert "nothing is piped in yet" in process.stderr.readline()
    _, said = process.communicate(timeout=_PATIENCE)
    assert process.returncode == 2
    assert "name the note" in said


def test_a_text_that_is_asked_for_is_waited_for(vault: Path) -> None:
    """However late it comes, and after a while it is said what is waited for."""
    process = started(vault, "new", "Slow", "-", stdin=subprocess.PIPE)
    assert process.stderr is not None
    assert process.stdin is not None
    assert "from standard input, to its end" in process.stderr.readline()
    process.stdin.write("At last.\n")
    process.communicate(timeout=_PATIENCE)
    assert (vault / "Slow.md").read_text("utf-8") == "# Slow\n\nAt last.\n"


def test_a_loop_of_the_shell_keeps_its_lines(vault: Path) -> None:
    """Nothing is taken from the middle of a file, from which somebody else is reading."""
    (vault / "titles").write_text("One\nTwo\nThree\n", "utf-8")
    program = f"{sys.executable} -m notes_lsp"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    script = f'while read -r title; do {program} new "$title" || exit; done < titles; {program} new Whole < titles'
    done = subprocess.run(["/bin/sh", "-c", script], cwd=vault, env=environment, check=False, capture_output=True)
    assert (done.returncode, done.stdout) == (0, b"One.md\nTwo.md\nThree.md\nWhole.md\n"), done.stderr
    assert (vault / "One.md").read_text("utf-8") == "# One\n"
    assert (vault / "Whole.md").read_text("utf-8") == "# Whole\n\nOne\nTwo\nThree\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device is always full here")
def test_a_full_disk_is_told_in_one_line(vault: Path) -> None:
    """Nothing more is tried then."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "notes_lsp", "list", "--vault", str(vault)]
        done = subprocess.run(command, env=environment, check=False, stdout=full, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (2, "notes-lsp: what is printed: No space left on device\n")
