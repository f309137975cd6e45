"""A damaged index is made anew under SQL of an editor and under a model's program, and told of in one line."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mcp", reason="the extra [mcp] is not installed")

import anyio
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

from damaging import KINDS
from notes_lsp.workspace.config.settings import index_path
from served import Editor, Start

pytestmark = [
    pytest.mark.wire,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(sys.platform == "win32", reason="changes files that are open"),
]

SQL = "SELECT source FROM backlinks WHERE note = 'hub.md' ORDER BY source"
RIGHT = [["one.md"], ["sub/two.md"]]
MANY = 120
"""Notes beside, so that the index has pages for every kind of damage."""
UNSEEN = {
    "garbage in the write-ahead log",
    "garbage in the second page",
    "garbage in one page of a hundred",
    "with texts that are none",
    "without an index",
    "closed",
    "cut to nothing",
    "of another version",
}
"""What SQLite or a start sets right without a word, or what these questions need not come across."""
MOST = {"a folder": 2, "a folder that is not empty": 4}
"""Lines where more than one is due: what was found in the place, that it cannot be removed, and what follows."""


@pytest.fixture
def index(environment: Mapping[str, str], root: Path) -> Path:
    """Where the index of the vault is."""
    for number in range(MANY):
        (root / f"n{number}.md").write_text(f"# Note {number}\n\n[[n{number + 1}]] {'prose ' * 200}\n", "utf-8")
    return index_path(root, Path(environment["XDG_CACHE_HOME"]) / "notes-lsp")


def fold_in(index: Path) -> None:
    """Write all to the main file, where damage can reach it."""
    with closing(sqlite3.connect(index)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def in_sql(editor: Editor) -> Any:
    """What `notes.query` answers."""
    asked = {"command": "notes.query", "arguments": [{"sql": SQL}]}
    return editor.client.request("workspace/executeCommand", asked)["rows"]


def assert_told(kind: str, log: str) -> None:
    """One line tells what happened, without a traceback."""
    lines = [line for line in log.splitlines() if "index" in line or "Traceback" in line]
    assert int(kind not in UNSEEN) <= len(lines) <= MOST.get(kind, 1), lines
    assert "Traceback" not in log


@pytest.mark.parametrize("kind", KINDS)
def test_sql_over_an_index_that_was_damaged_before(kind: str, start: Start, root: Path, index: Path) -> None:
    """The first statement after the server has started is answered rightly."""
    before = start(root)
    before.eventually(partial(in_sql, before), RIGHT)
    before.client.shutdown()
    fold_in(index)
    KINDS[kind](index)

    editor = start(root)

    assert in_sql(editor) == RIGHT
    assert_told(kind, editor.client.errors())


@pytest.mark.parametrize("kind", KINDS)
def test_sql_over_an_index_that_is_damaged_meanwhile(kind: str, start: Start, root: Path, index: Path) -> None:
    """The statement that meets the damage is answered, not refused, and so is the next one."""
    editor = start(root)
    editor.eventually(partial(in_sql, editor), RIGHT)
    fold_in(index)
    KINDS[kind](index)

    assert in_sql(editor) == RIGHT
    assert in_sql(editor) == RIGHT
    assert_told(kind, editor.client.errors())


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_over_a_damaged_index(
    kind: str, root: Path, index: Path, environment: Mapping[str, str], tmp_path: Path
) -> None:
    """Each tool answers rightly, over damage from before the start and over damage meanwhile."""
    log = tmp_path / "log"

    def damage_again() -> None:
        # Where the index could not be removed, the one in memory is as it was.
        if index.is_file():
            fold_in(index)
            KINDS[kind](index)

    async def talk(*, damage: bool) -> None:
        parameters = StdioServerParameters(
            command=sys.executable,
            args=["-m", "notes_lsp", "mcp", "--vault", str(root)],
            env={**os.environ, **environment},
        )
        with log.open("w", encoding="utf-8") as errors:
            async with stdio_client(parameters, errlog=errors) as (read, write), ClientSession(read, write) as session:
                await session.initialize()
                for again in range(1 + damage):
                    if again:
                        damage_again()
                    told = (await session.call_tool("query", {"sql": SQL})).structured_content
                    assert told is not None
                    assert told["rows"] == RIGHT
                    found = (await session.call_tool("backlinks", {"note": "hub"})).structured_content
                    assert found is not None
                    assert [one["path"] for one in found["result"]] == ["one.md", "sub/two.md"]
        lines = log.read_text("utf-8")
        assert "Traceback" not in lines
        assert len([one for one in lines.splitlines() if "index" in one]) <= (1 + damage) * MOST.get(kind, 1), lines

    anyio.run(partial(talk, damage=False))
    fold_in(index)
    KINDS[kind](index)
    anyio.run(partial(talk, damage=True))
