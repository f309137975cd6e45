"""Completing: the shape of items for each editor, previews, and the command that adds a block id elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from notes_lsp.lsp.methods import COMMANDS
from notes_lsp.lsp.requests import completion as completing
from speclib import session
from speclib.accept import accept, items_of
from speclib.session import Session

NOTES = {
    "My Note.md": "# My Note\n\nFirst words.\n\nA line to be linked.\n",
    "other.md": "[[My Note]] and [[My Note|again]]\n",
    "here.md": "🌱 [[my no]] rest\n",
}


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A folder with three notes."""
    for name, text in NOTES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@contextmanager
def talking(vault: Path, client: str) -> Iterator[Session]:
    """A session with an editor, whose commands are all there."""
    server = Session()
    server.start(vault, "utf-16", client)
    try:
        yield server
    finally:
        server.close()


def ask(server: Session, vault: Path, text: str, offset: int) -> Any:
    """The answer to completion in here.md at an offset of a text of one line."""
    uri = (vault / "here.md").as_uri()
    document = {"uri": uri, "languageId": "markdown", "version": 1, "text": text}
    server.notify("textDocument/didOpen", {"textDocument": document})
    column = len(text[:offset].encode("utf-16-le")) // 2
    asked = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": column}}
    return server.request("textDocument/completion", asked)


@pytest.mark.parametrize(
    "client,snippets,defaults,details",
    [
        ("bare", False, False, False),
        ("neovim", True, True, False),
        ("emacs28", False, False, False),
        ("emacs30", False, False, False),
        ("vscode", True, True, True),
    ],
)
def test_items_have_the_shape_that_the_editor_can_take(
    vault: Path, *, client: str, snippets: bool, defaults: bool, details: bool
) -> None:
    """What an editor did not say that it knows is not sent; what is inserted is the same everywhere."""
    text = "🌱 [[my no]] rest"
    with talking(vault, client) as server:
        answer = ask(server, vault, text, text.index("]]"))

    item = answer["items"][0]
    assert answer["isIncomplete"] is True
    assert ("itemDefaults" in answer) == defaults
    assert ("textEdit" not in item) == defaults
    assert ("labelDetails" in item) == details
    assert item["filterText"] == "my no"
    assert item["sortText"] == "0000"
    assert (item if not defaults else answer["itemDefaults"])["insertTextFormat"] == (2 if snippets else 1)
    assert not {"insertText", "commitCharacters", "preselect"} & item.keys()
    shown, _ = items_of(answer)
    assert accept(shown[0], text, text.index("]]"), "utf-16").text == "🌱 [[My Note]] rest"


def test_the_replaced_range_ends_at_the_cursor_unless_the_editor_can_choose(vault: Path) -> None:
    """VS Code may replace the rest of the target or keep it; for all others it is kept."""
    text = "[[my no|x]]"
    with talking(vault, "vscode") as server:
        edit = ask(server, vault, text, 4)["items"][0]["textEdit"]
    assert (edit["insert"]["end"]["character"], edit["replace"]["end"]["character"]) == (4, 7)

    with talking(vault, "emacs28") as server:
        edit = ask(server, vault, text, 4)["items"][0]["textEdit"]
    assert (edit["range"]["start"]["character"], edit["range"]["end"]["character"]) == (2, 4)


@pytest.mark.parametrize("client", ["bare", "neovim", "emacs28", "vscode"])
def test_sort_texts_rise_with_the_order_of_the_list(vault: Path, client: str) -> None:
    """As text, which is how editors compare them."""
    for number in range(70):
        (vault / f"note {number}.md").write_text("x", encoding="utf-8")
    with talking(vault, client) as server:
        items = ask(server, vault, "[[no", 4)["items"]

    texts = [item["sortText"] for item in items]
    assert len(items) == 50
    assert texts == sorted(set(texts))


def test_a_preview_comes_with_resolving(vault: Path) -> None:
    """It says how many links lead to the note, and shows its beginning."""
    with talking(vault, "vscode") as server:
        item = server.request("completionItem/resolve", ask(server, vault, "[[my no", 7)["items"][0])

    assert item["documentation"]["kind"] == "markdown"
    assert item["documentation"]["value"].startswith("*2 links here*\n\n# My Note")


@pytest.fixture
def with_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands of completion are among those of the server."""
    monkeypatch.setattr(session, "COMMANDS", {**COMMANDS, **completing.COMPLETION_COMMANDS})


@pytest.mark.usefixtures("with_commands")
def test_a_block_of_another_note_gets_its_id_when_it_is_accepted(vault: Path) -> None:
    """By an edit that the editor is asked to make, behind the last word of the block."""
    with talking(vault, "neovim") as server:
        item = ask(server, vault, "[[^^line to be", 14)["items"][0]
        new = item["textEditText"].partition("^")[2].rstrip("]")
        assert item["textEditText"] == f"My Note#^{new}]]"
        assert "additionalTextEdits" not in item

        done = server.request("workspace/executeCommand", item["command"])

        assert done is True
        (change,) = server.applied()[0]["documentChanges"]
        assert change["textDocument"]["uri"] == (vault / "My Note.md").as_uri()
        edits = change["edits"]
        end = {"line": 4, "character": len("A line to be linked.")}
        assert edits == [{"range": {"start": end, "end": end}, "newText": f" ^{new}"}]


@pytest.mark.usefixtures("with_commands")
def test_no_id_is_added_to_a_block_that_has_changed(vault: Path) -> None:
    """Nothing is written where it is not certain that it is the block that was chosen."""
    with talking(vault, "neovim") as server:
        command = ask(server, vault, "[[^^line to be", 14)["items"][0]["command"]
        command["arguments"][2] = "Some other words"

        assert server.request("workspace/executeCommand", command) is False
        assert server.applied() == []


def test_without_the_command_no_other_note_is_offered_an_id(vault: Path) -> None:
    """A link to a block that has no id would lead nowhere."""
    with talking(vault, "emacs30") as server:
        assert ask(server, vault, "[[^^line to be", 14) is None
