"""Over the wire: SQL and named queries, answered over what is open, whatever a statement tries."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from served import Editor, Start
from speclib.wire import ResponseError

pytestmark = pytest.mark.wire


def ask(editor: Editor, **options: Any) -> Any:
    """What ``notes.query`` answers to one object."""
    return editor.client.request("workspace/executeCommand", {"command": "notes.query", "arguments": [options]})


def complaint(editor: Editor, **options: Any) -> str:
    """The message of the error it answers with."""
    with pytest.raises(ResponseError) as caught:
        ask(editor, **options)
    assert caught.value.code == -32602  # invalid params
    return caught.value.message


def test_open_notes_shadow_the_disk(editor: Editor) -> None:
    """What is typed and not saved is what is answered: links, tags, tasks, headings, the full text, with places."""
    before = ask(editor, sql="SELECT source FROM backlinks WHERE note = 'hub.md' ORDER BY source")
    assert before == {"columns": ["source"], "rows": [["one.md"], ["sub/two.md"]]}

    editor.open("one.md", "# Other\n\n🌱 - nothing\n\n- [ ] buy pelargoniums #Garden\n")

    after = ask(editor, sql="SELECT source FROM backlinks WHERE note = 'hub.md'")
    assert after == {"columns": ["source"], "rows": [["sub/two.md"]]}
    found = ask(
        editor,
        sql="SELECT t.note, t.line, t.column, t.text, tags.written FROM tasks t JOIN tags USING (note) "
        "WHERE tag = 'garden' AND note IN (SELECT note FROM search WHERE search MATCH 'pelargoniums')",
    )
    assert found["rows"] == [["one.md", 5, 3, "buy pelargoniums #Garden", "Garden"]]
    assert ask(editor, sql="SELECT title FROM notes WHERE path = 'one.md'")["rows"] == [["Other"]]

    editor.close("one.md")
    assert ask(editor, sql="SELECT count(*) FROM backlinks WHERE note = 'hub.md'")["rows"] == [[2]]


def test_a_note_that_was_never_saved_is_asked(editor: Editor) -> None:
    """A buffer whose file is not there yet has its rows, and answers to links."""
    editor.open("new.md", "---\nstatus: seed\n---\n# Fresh\n\n[[hub]]\n")
    editor.open("one.md", "[[Fresh]]\n")

    found = ask(editor, sql="SELECT path, properties->>'status' AS status FROM notes WHERE status = 'seed'")
    links = ask(editor, sql="SELECT note, target FROM links WHERE note IN ('one.md', 'new.md') ORDER BY note")

    assert found == {"columns": ["path", "status"], "rows": [["new.md", "seed"]]}
    assert links["rows"] == [["new.md", "hub.md"], ["one.md", "new.md"]]


def test_named_queries_take_parameters(start: Start, root: Path) -> None:
    """A query of the settings is called by its name; parameters are bound, and have their defaults."""
    (root / ".notes-lsp.toml").write_text(
        '[queries.to]\nsql = "SELECT source FROM backlinks WHERE note = :note"\nparameters = { note = "one.md" }\n',
        encoding="utf-8",
    )
    editor = start(root)

    assert ask(editor, name="to")["rows"] == []
    assert len(ask(editor, name="to", parameters={"note": "hub.md"})["rows"]) == 2
    assert ask(editor, name="to", parameters={"note": "x' OR 1 --"})["rows"] == []
    assert "there are: to" in complaint(editor, name="two")
    assert 'no parameter "tag"' in complaint(editor, name="to", parameters={"tag": "x"})


def test_what_cannot_be_answered_is_an_error_that_says_why(editor: Editor) -> None:
    """The message points into the statement; the server goes on."""
    assert complaint(editor, sql="SELECT pth FROM notes") == (
        'there is no column "pth" in notes; did you mean "path"?\n  SELECT pth FROM notes\n         ^^^'
    )
    for nonsense in ({}, {"sql": 3}, {"name": None}, {"sql": "SELECT :a", "parameters": {"a": []}}):
        assert complaint(editor, **nonsense)
    with pytest.raises(ResponseError):
        editor.client.request("workspace/executeCommand", {"command": "notes.query", "arguments": []})
    assert ask(editor, sql="SELECT 1 AS one, NULL AS none, x'0aff' AS bytes, 9e999 AS much") == {
        "columns": ["one", "none", "bytes", "much"],
        "rows": [[1, None, "0aff", None]],
    }


def test_no_statement_harms_the_server(start: Start, root: Path, tmp_path: Path) -> None:
    """Endless ones are stopped and greedy ones refused, while other requests are answered."""
    (root / ".notes-lsp.toml").write_text("[query]\nseconds = 1\nrows = 10\n", encoding="utf-8")
    editor = start(root)
    editor.eventually(lambda: editor.definition("one.md"), ["hub.md"])
    endless = "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT"

    pending = editor.client.send(
        "workspace/executeCommand", {"command": "notes.query", "arguments": [{"sql": f"{endless} max(x) FROM c"}]}
    )
    assert editor.definition("one.md") == ["hub.md"]
    with pytest.raises(ResponseError, match="stopped after 1 seconds"):
        pending.result(30)

    assert ask(editor, sql=f"{endless} x FROM c")["cut"] == "stopped after 10 rows"
    hanging = "SELECT instr(zeroblob(40000000), zeroblob(20000000) || 'x')"
    assert "stopped after 1 seconds" in complaint(editor, sql=hanging)
    assert "longer than" in complaint(editor, sql="SELECT hex(zeroblob(1000000000))")
    stolen = tmp_path / "stolen.db"
    for escape in (
        f"ATTACH '{stolen}' AS x",
        f"VACUUM INTO '{stolen}'",
        "DELETE FROM notes",
        "PRAGMA writable_schema=1",
    ):
        assert "nothing is changed" in complaint(editor, sql=escape)
    assert not stolen.exists()
    assert editor.definition("one.md") == ["hub.md"]


def test_the_shell_asks_while_the_server_runs(
    editor: Editor, environment: Mapping[str, str], root: Path, tmp_path: Path
) -> None:
    """Both share one index: the shell sees the disk, the editor what is typed, and neither waits for the other."""
    editor.eventually(lambda: editor.definition("one.md"), ["hub.md"])
    editor.open("one.md", "nothing\n")
    (root / "three.md").write_text("[[hub]]\n", encoding="utf-8")
    sql = "SELECT source FROM backlinks WHERE note = 'hub.md' ORDER BY source"
    command = [sys.executable, "-m", "notes_lsp", "query", "--vault", str(root), sql]

    for _ in range(3):
        said = subprocess.run(command, env=dict(environment), capture_output=True, text=True, check=False)
        assert (said.stdout, said.stderr) == ("one.md\nsub/two.md\nthree.md\n", "")
    editor.eventually(lambda: ask(editor, sql=sql)["rows"], [["sub/two.md"], ["three.md"]])
    assert len(list((tmp_path / "own" / "xdg_cache_home").rglob("index.db"))) == 1


def test_a_note_in_the_home_folder_is_asked(start: Start, environment: Mapping[str, str]) -> None:
    """Its index is only in memory; it is answered all the same, and a statement can do no more harm."""
    home = Path(environment["HOME"])
    home.mkdir(parents=True)
    editor = start(home, initialize=False)
    editor.client.initialize(None)
    editor.open("note.md", "# Loose\n\n- [ ] begin\n")
    uri = editor.uri("note.md")

    assert ask(editor, uri=uri, sql="SELECT text, line FROM tasks")["rows"] == [["begin", 3]]
    assert "one statement" in complaint(editor, uri=uri, sql="SELECT 1; SELECT 2")
