"""Screens: whatever stands in notes and their names, a terminal is sent no command that is not ours."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from notes_lsp.cli.main import VERBS, main
from notes_lsp.cli.shell.terminal import Screen, paint, sanitize
from speclib.console import environment_of

EVIL = "x\x1b]0;own\x07\x1b[8m\x1b[31mred\u202e\x9b5n\x1b[41m"
"""A title for the window, hidden text, colours that are ours elsewhere and others, and a request that is answered."""
NAME = f"{EVIL}\n\t\u2028\x85\rz"
QUOTED = r'"x\e]0;own\a\e[8m\e[31mred\L\n5n\e[41m"'
SETTINGS = r"""
"x\u001b[31mred" = 1
[queries."x\u001b[31mred"]
sql = "SELECT path FROM notes"
description = "x\u001b[31mred\u009b5n"
"""
NOTE = f"""---
title: {QUOTED}
aliases: [{QUOTED}, Alias]
tags: [{QUOTED}, tag]
status: {QUOTED}
due: 2024-02-30
---
# Tea {EVIL}

word {EVIL} #tag <https://example.org/{EVIL}> [[gone {EVIL}]] [{EVIL}](there{EVIL}.md)
- [ ] task {EVIL} #tag
## Part {EVIL} ^block
"""

ASKED = (
    ("list",), ("search", "word"), ("links", "tea"), ("backlinks", "tea"), ("related", "tea"), ("mentions", "tea"),
    ("tags",), ("tasks",), ("tree",), ("headings",), ("dups",), ("check",), ("query", "SELECT path, title FROM notes"),
    ("query", "--list"),
)  # fmt: skip
"""Of every verb whose answer is rows."""
OTHERS = (
    ("show", "tea"), ("show", EVIL), ("open", "--print", "tea"), ("open", "--print", EVIL), ("export",),
    ("rename", "--dry-run", "tea", f"coffee{EVIL}"), ("rename", "tea", EVIL), ("new", "--dry-run", EVIL),
    ("daily", EVIL), ("index",), ("doctor",), ("schema", "infer"), ("completions", EVIL), ("sql", f"--{EVIL}"), (EVIL,),
    (f"--{EVIL}",), ("list", f"--{EVIL}"), ("list", "-w", f"{EVIL}=1"), ("list", "-t", EVIL), ("list", EVIL),
    ("list", "-f", EVIL), ("list", "-f", "{" + EVIL + "}"), ("query", f"SELECT '{EVIL}' FROM nothing{EVIL}"),
    ("query", "SELECT body FROM texts"), ("list", "--vault", EVIL), ("export", "-f", "jsonl"), ("mcp", EVIL),
    ("serve", EVIL), ("list", "-f", "json"), ("list", "-f", "{path} {title}"), ("check", "-f", "csv"),
)  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A vault in which everything that can be said tells a terminal what to do."""
    root = tmp_path / "vault"
    root.mkdir()
    (root / ".notes-lsp.toml").write_text(SETTINGS, "utf-8")
    (root / f"{NAME}.md").write_text(f"# {EVIL}\n\n[[tea]] Alias word {EVIL} #tag\n- [ ] task\n", "utf-8")
    (root / f"{NAME}2.md").write_text(f"# {EVIL}\n\n[[tea]] Alias word {EVIL} #tag\n- [ ] task\n", "utf-8")
    (root / "tea.md").write_text(NOTE, "utf-8")
    return root


def test_every_verb_is_here() -> None:
    """Or one that is new would be forgotten."""
    assert {name for verbs in VERBS.values() for name in verbs} <= {row[0] for row in (*ASKED, *OTHERS)}


@pytest.mark.parametrize("arguments", [*ASKED, *OTHERS], ids=lambda found: re.sub(r"[^ -~]", "", " ".join(found)))
def test_no_verb_sends_commands_to_a_terminal(arguments: tuple[str, ...], root: Path) -> None:
    """Nothing but our colours, tabs and line ends, in answers and in what is told of mistakes."""
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
    told = said.decode("utf-8", "replace")
    assert told or arguments[0] in {"serve", "related"}
    for theirs_too in ("\x1b[31mred", "\x1b[8m", "\x1b[41m"):
        assert theirs_too not in told
    # The bar of progress, which is shown before anything is told, moves the cursor.
    text = re.sub(r"\x1b\[(?:[0-9;]*m|\?25[lh]|[12]?[KA])|\r", "", told)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u202a-\u202e]", text), ascii(text)


@pytest.mark.parametrize("arguments", ASKED, ids=" ".join)
def test_a_row_is_a_line(arguments: tuple[str, ...], root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a pipe, too, whatever names hold; JSON and what NUL ends tell names as they are."""
    monkeypatch.chdir(root)
    for name, value in environment_of(root).items():
        monkeypatch.setenv(name, value)
    rows = json.loads(_said(*arguments, "-f", "json") or "[]")

    for form in ("line", "table"):
        for color in ("never", "always"):
            said = _said(*arguments, "-f", form, "--no-header", "--color", color)
            assert len(said.splitlines()) == len(rows), ascii(said)
            assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", re.sub(r"\x1b\[(?:0|32|35|1;31)m", "", said))
            assert "\x1b[31mred" not in said
    assert _said(*arguments, "-f", "tsv", "--no-header").count("\n") == len(rows)
    if rows and "path" in rows[0]:
        paths = dict.fromkeys(row["path"] for row in rows)
        if arguments[0] not in {"backlinks", "links"}:
            assert _said(*arguments, "-0") == "".join(f"{path}\0" for path in paths)
        assert _said(*arguments, "-f", "line", "-0").count("\0") == len(rows)


def test_colours_of_notes_are_not_ours() -> None:
    """However they are spelled, and be it in the middle of what we paint."""
    assert sanitize("\x1b[31mx" + paint("y\x1b[0mz", "31")) == "\ufffd[31mx\x1b[31my\ufffd[0mz\x1b[0m"


def test_a_stream_of_bytes_is_none_for_texts(capsys: pytest.CaptureFixture[str]) -> None:
    """Libraries ask so."""
    with pytest.raises(TypeError):
        Screen(sys.stdout).write(b"")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert capsys.readouterr().out == ""


def _said(*arguments: str) -> str:
    done = CliRunner().invoke(main, arguments, prog_name="notes-lsp")
    assert done.exit_code in {0, 1}, done.output
    return done.stdout_bytes.decode("utf-8", "surrogateescape")


def _some(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""
