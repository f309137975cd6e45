"""Screens: whatever stands in notes and their names, a terminal is sent no command that is not ours."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from speclib.console import environment_of

EVIL = "x\x1b]0;own\x07\x1b[8m\u202e\x9b5n"


@pytest.mark.parametrize(
    "arguments",
    [("search", "word"), ("headings",), ("backlinks", "tea"), ("tree",), ("list",), ("show", "tea"), ("export",),
     ("links",), ("rename", "--dry-run", "tea", "coffee"), ("show", EVIL),
     ("tags",), ("query", "SELECT body FROM texts")],
    ids=lambda found: found[0],
)  # fmt: skip
def test_no_verb_sends_commands_to_a_terminal(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """Nothing but colours, tabs and line ends."""
    root = tmp_path / "vault"
    root.mkdir()
    (root / ".notes-lsp.toml").write_text("", "utf-8")
    (root / f"{EVIL.replace('/', '')}.md").write_text(f"# {EVIL}\n\n[[tea]] word {EVIL}\n", "utf-8")
    (root / "tea.md").write_text(f"# Tea {EVIL}\n\nword {EVIL} #tag\n", "utf-8")
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "notes_lsp", *arguments], cwd=root, env=environment_of(root) | {"TERM": "xterm"},
        stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs,
    ):  # fmt: skip
        os.close(theirs)
        said = b""
        while part := _some(ours):
            said += part
    os.close(ours)
    # The bar of progress, which is shown before anything is told, moves the cursor.
    text = re.sub(r"\x1b\[(?:[0-9;]*m|\?25[lh]|[12]?[KA])|\r", "", said.decode("utf-8", "replace"))
    assert text
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text), ascii(text)
    assert "\x1b[8m" not in said.decode("utf-8", "replace")


def _some(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""
