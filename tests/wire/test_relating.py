"""Over the wire: the commands that tell plugins of related notes."""

from __future__ import annotations

from typing import Any

import pytest

from served import Editor
from speclib.wire import ResponseError

pytestmark = pytest.mark.wire

TEXT = "Worms, carbon, leaves and a heap"


def run(editor: Editor, command: str, *arguments: Any) -> Any:
    """What a command answers."""
    return editor.client.request("workspace/executeCommand", {"command": command, "arguments": list(arguments)})


def write(editor: Editor, path: str, text: str) -> None:
    """Open a note with a text."""
    editor.open(path, text)


def test_related(editor: Editor) -> None:
    """Related notes come best first, with whether they are linked and why."""
    write(editor, "a.md", f"# A\n\n{TEXT}")
    write(editor, "b.md", f"# B\n\n{TEXT}, see [[a]]")
    write(editor, "c.md", "# C\n\nHeap of leaves")
    found = run(editor, "notes.related", {"uri": editor.uri("a.md"), "limit": 2})
    assert [row["title"] for row in found] == ["B", "C"]
    assert found[0]["uri"] == editor.uri("b.md")
    assert [row["linked"] for row in found] == [True, False]
    assert found[0]["score"] > found[1]["score"] > 0
    assert found[1]["why"] == ["heap, leaves"]
    assert len(run(editor, "notes.related", {"uri": editor.uri("a.md"), "limit": 1})) == 1


def test_backlinks(editor: Editor) -> None:
    """Backlinks come as the notes that link, with their lines."""
    write(editor, "one.md", "- [[hub]] first\n- [[hub]] again\n")
    found = run(editor, "notes.backlinks", {"uri": editor.uri("hub.md")})
    assert [(row["uri"], row["linked"], row["why"]) for row in found] == [
        (editor.uri("one.md"), True, ["- [[hub]] first", "- [[hub]] again"]),
        (editor.uri("sub/two.md"), True, ["[[Hub#Rose]]"]),
    ]
    assert found[0]["score"] == 0.667


def test_orphans(editor: Editor) -> None:
    """Orphans are the notes that no other note links to, those without links first."""
    write(editor, "alone.md", "nothing")
    found = run(editor, "notes.orphans", {"limit": 50})
    assert found[0]["title"] == "alone"
    assert sorted(row["title"] for row in found) == ["alone", "one", "two"]
    assert found[0]["why"] == ["no note links to it", "it has no links"]
    assert run(editor, "notes.orphans") == found
    assert run(editor, "notes.orphans", {"uri": editor.uri("one.md")}) == found


@pytest.mark.parametrize("command", ["notes.related", "notes.backlinks", "notes.orphans", "notes.duplicates"])
@pytest.mark.parametrize(
    "arguments",
    [["x"], [[]], [None], [{"uri": 1}], [{"uri": "file:///no/such.md", "limit": 0}], [{"limit": "x"}], [{}, {}]],
    ids=str,
)
def test_what_makes_no_sense(editor: Editor, command: str, arguments: list[Any]) -> None:
    """What makes no sense is an error that says what does, and the server lives on."""
    with pytest.raises(ResponseError) as caught:
        run(editor, command, *arguments)
    assert caught.value.code == -32602
    assert command in str(caught.value)
    assert run(editor, "notes.orphans", {"limit": 1}) != []


def test_limits(editor: Editor) -> None:
    """No limit is the usual one, however that is written; a whole number may come with a point."""
    uri = editor.uri("hub.md")
    found = run(editor, "notes.backlinks", {"uri": uri})
    assert len(found) == 2
    assert run(editor, "notes.backlinks", {"uri": uri, "limit": None}) == found
    assert run(editor, "notes.backlinks", {"uri": uri, "limit": 1.0}) == found[:1]
    senseless: tuple[object, ...] = (0, 1001, 1.5, True, "5", [5], {}, 1e300)
    for limit in senseless:
        with pytest.raises(ResponseError, match="whole number from 1 to 1000"):
            run(editor, "notes.backlinks", {"uri": uri, "limit": limit})


@pytest.mark.parametrize("uri", ["", "hub.md", "http://example.org/hub.md", "untitled:x", "file:///elsewhere/a.md"])
def test_addresses_that_nobody_serves(editor: Editor, uri: str) -> None:
    """What is in no folder that is served, and not open either, is an error, not an empty answer."""
    for command in ("notes.related", "notes.backlinks", "notes.orphans", "notes.duplicates"):
        with pytest.raises(ResponseError, match=command) as caught:
            run(editor, command, {"uri": uri})
        assert caught.value.code == -32602


def test_a_note_outside(editor: Editor) -> None:
    """A note in no folder is an orphan while it is open, and alone."""
    editor.open_uri("untitled:new", f"# New\n\n{TEXT}")
    assert run(editor, "notes.related", {"uri": "untitled:new"}) == []
    assert run(editor, "notes.backlinks", {"uri": "untitled:new"}) == []
    (found,) = run(editor, "notes.orphans", {"uri": "untitled:new"})
    assert (found["uri"], found["title"]) == ("untitled:new", "New")
    editor.client.notify("textDocument/didClose", {"textDocument": {"uri": "untitled:new"}})
    with pytest.raises(ResponseError):
        run(editor, "notes.orphans", {"uri": "untitled:new"})
