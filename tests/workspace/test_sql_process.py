"""The process that answers statements: whatever becomes of it, whoever asked is told in one clear sentence."""

from __future__ import annotations

import asyncio
import sys
from contextlib import closing
from pathlib import Path

import pytest

from indexing import scanned
from notes_lsp.config.read import Config
from notes_lsp.index.sql.errors import QueryError
from notes_lsp.index.sql.run import Limits
from notes_lsp.workspace.folder import Folder
from notes_lsp.workspace.sql_process import query_folder
from speclib.drivers import write_notes

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs are shell scripts")

GONE = "the statement could not be answered; the server's log says more"
PROGRAMS = {
    "says nothing": ("cat >/dev/null", GONE),
    "reads nothing and says nothing": ("true", GONE),
    "says half an answer": ('cat >/dev/null; printf \'{"columns": ["a"], "rows": [[\'', GONE),
    "says what is no answer": ("cat >/dev/null; echo 3", GONE),
    "fails": ("cat >/dev/null; exit 3", GONE),
    "fails after an answer": ('cat >/dev/null; echo \'{"columns": [], "rows": [], "cut": null}\'; exit 3', GONE),
    "is killed": ("cat >/dev/null; kill -9 $$", "was killed (signal 9), perhaps for want of memory"),
    "is killed before it reads": ("kill -9 $$", "was killed (signal 9), perhaps for want of memory"),
}
"""What a shell does in the place of the interpreter, and what is told then."""


@pytest.mark.parametrize("in_memory", [False, True], ids=["on disk", "in memory"])
@pytest.mark.parametrize("kind", PROGRAMS)
def test_a_process_that_dies_is_told_of(
    kind: str, *, in_memory: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is never an error of our own, and the next statement is answered."""
    script, message = PROGRAMS[kind]
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    program.chmod(0o755)
    write_notes(tmp_path / "vault", {"one.md": "# One\n"})

    async def ask() -> object:
        return (await query_folder(folder, "SELECT title FROM notes", (), Limits())).rows

    index = None if in_memory else tmp_path / "cache" / "index.db"
    with closing(scanned(Folder(tmp_path / "vault", index, Config()))) as folder:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "executable", str(program))
            with pytest.raises(QueryError) as caught:
                asyncio.run(ask())
        assert message in str(caught.value)
        assert asyncio.run(ask()) == [("One",)]


def test_a_process_that_cannot_be_started_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here the program is not there; the system has other reasons."""
    write_notes(tmp_path / "vault", {"one.md": "# One\n"})
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))

    folder = scanned(Folder(tmp_path / "vault", tmp_path / "cache" / "index.db", Config()))
    with closing(folder), pytest.raises(QueryError) as caught:
        asyncio.run(query_folder(folder, "SELECT title FROM notes", (), Limits()))

    assert str(caught.value).startswith("no process can be started to answer the statement: ")
