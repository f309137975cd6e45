"""New notes on a terminal: what is asked there, and what comes of the answers."""

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
