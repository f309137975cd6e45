"""Over the wire: near-duplicates are told of open notes as they are typed, and listed for plugins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from invented_prose import Prose
from notes_lsp.workspace.disk.roots import resolve_path
from served import Editor, Start
from speclib.wire import ResponseError

pytestmark = pytest.mark.wire

TEXT = Prose(1).text(80)


@pytest.fixture
def garden(tmp_path: Path) -> Path:
    """A vault with two notes that say the same, one that says half of it, and some others."""
    root = resolve_path(tmp_path) / "garden"
    root.mkdir()
    (root / ".notes-lsp.toml").write_text("", "utf-8")
    (root / "one.md").write_text(f"# One\n\n[[two]]\n\n{TEXT}\n", "utf-8")
    (root / "two.md").write_text(f"# Two\n\n{TEXT} and more\n", "utf-8")
    for number in range(3, 6):
        (root / f"other {number}.md").write_text(Prose(number).text(80), "utf-8")
    return root


def told(editor: Editor, path: str) -> list[str]:
    """The near-duplicates told of a note."""
    report = editor.client.request("textDocument/diagnostic", {"textDocument": {"uri": editor.uri(path)}})
    return [item["message"] for item in report["items"] if item["code"] == "near-duplicate"]


def listed(editor: Editor, *arguments: Any) -> list[dict[str, Any]]:
    """What the command answers."""
    command = {"command": "notes.duplicates", "arguments": list(arguments)}
    found: list[dict[str, Any]] = editor.client.request("workspace/executeCommand", command)
    return found


def test_told_while_a_note_is_open_and_while_it_is_so(start: Start, garden: Path) -> None:
    """Of no note that is closed; of an open one as soon as it is a duplicate, and no longer than it is."""
    editor = start(garden)
    assert told(editor, "two.md") == []

    editor.open("two.md", f"# Two\n\n{TEXT} and more\n")
    assert told(editor, "two.md") == ["97 % of this also stands in [[one]]."]

    editor.change("two.md", {"text": f"# Two\n\n{Prose(9).text(80)}\n"})
    assert told(editor, "two.md") == []

    editor.change("two.md", {"text": f"# Two\n\n{TEXT}\n"})
    editor.close("two.md")
    assert told(editor, "two.md") == []


@pytest.mark.parametrize("text", [None, f"# One\n\n{Prose(8).text(80)}\n"])
def test_no_longer_told_when_the_other_changed(start: Start, garden: Path, text: str | None) -> None:
    """A client hears that the other note was removed or rewritten, though nobody typed in the one that is open."""
    editor = start(garden, profile="bare")
    editor.open("two.md", f"# Two\n\n{TEXT} and more\n")

    def pushed() -> list[str]:
        told = [
            params["diagnostics"]
            for params in editor.client.received("textDocument/publishDiagnostics")
            if editor.path_of(params["uri"]) == "two.md"
        ]
        return [item["message"] for item in told[-1]] if told else ["nothing yet"]

    editor.eventually(pushed, ["97 % of this also stands in [[one]]."])
    if text is None:
        (garden / "one.md").unlink()
    else:
        (garden / "one.md").write_text(text, "utf-8")
    editor.client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": editor.uri("one.md"), "type": 2}]})
    editor.eventually(pushed, [])


def test_listed_for_one_note_and_for_all(start: Start, garden: Path) -> None:
    """With a uri the others like it, else every two, as plain JSON; unsaved text counts."""
    editor = start(garden)
    (of_one,) = listed(editor, {"uri": editor.uri("two.md")})
    (of_all,) = listed(editor)

    assert (of_one["uri"], of_one["title"], of_one["linked"]) == (editor.uri("one.md"), "One", True)
    assert {of_all["uri"], of_all["of"]["uri"]} == {editor.uri("one.md"), editor.uri("two.md")}
    assert 0.9 < of_one["score"] <= 1
    assert of_one["why"][0].endswith(f"stand in “{of_all['title']}”")

    editor.open("other 3.md", f"# Three\n\n{TEXT}\n")
    assert len(listed(editor, {"limit": 2})) == 2
    assert {row["uri"] for row in listed(editor, {"uri": editor.uri("other 3.md")})} == {
        editor.uri("one.md"),
        editor.uri("two.md"),
    }


@pytest.mark.parametrize(
    "argument", [None, 7, "x", {"uri": 3}, {"uri": "untitled:x"}, {"limit": -1}, {"limit": "many"}]
)
def test_odd_arguments_are_an_error_that_says_what_makes_sense(start: Start, garden: Path, argument: Any) -> None:
    """As of the other commands for plugins; and the server lives on."""
    editor = start(garden)
    with pytest.raises(ResponseError, match=r"notes\.duplicates"):
        listed(editor, argument)
    assert listed(editor) != []
