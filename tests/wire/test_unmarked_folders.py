"""Folders without a marker: a note in one is served with its neighbours, says so once, and can be made a vault."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from served import Editor, Start
from speclib.drivers import write_notes

TITLE = "Make the folder “bare” a vault"


@pytest.fixture
def bare(start: Start, tmp_path: Path) -> Editor:
    """A client that names no folder, with two notes in a folder without a marker."""
    write_notes(tmp_path / "bare", {"a.md": "[[bread]] [[cake]]\n", "bread.md": "# Bread\n\n[[a]]\n"})
    editor = start(tmp_path / "bare", initialize=False)
    editor.client.initialize(None)
    return editor


def test_the_notes_beside_it_are_known(bare: Editor) -> None:
    """Links lead to them, names are completed, and only what is missing is called so."""
    bare.open("a.md", "[[bread]] [[cake]] [[bre\n")

    bare.eventually(lambda: bare.definition("a.md"), ["bread.md"])
    assert messages_of_diagnostics(bare, "a.md") == ["There is no note “cake”."]
    labels = [item["label"] for item in bare.ask("textDocument/completion", bare.uri("a.md"), 0, 24)["items"]]
    assert labels == ["Bread", "Create note “bre”"]


def test_it_is_said_once(bare: Editor) -> None:
    """One message for one folder, however many of its notes are opened."""
    bare.open("a.md", "[[bread]]\n")
    bare.open("bread.md", "# Bread\n")
    bare.eventually(lambda: bare.definition("a.md"), ["bread.md"])

    assert said(bare) == ["no vault marker found: serving the folder “bare”"]


def test_it_can_be_made_a_vault(bare: Editor) -> None:
    """The action writes an empty settings file and is offered no more."""
    bare.open("a.md", "[[bread]]\n")
    (action,) = actions(bare, "a.md")
    assert action["title"] == TITLE

    bare.client.request("workspace/executeCommand", action["command"])

    assert (bare.root / ".notes-lsp.toml").read_bytes() == b""
    assert actions(bare, "a.md") == []
    assert bare.definition("a.md") == ["bread.md"]


def test_a_folder_above_takes_in_what_was_served(bare: Editor) -> None:
    """A note opened first in a folder below has the notes above it once one of those is opened."""
    write_notes(bare.root, {"x/y/deep.md": "[[bread]]\n"})
    bare.open("x/y/deep.md", "[[bread]]\n")
    bare.eventually(lambda: messages_of_diagnostics(bare, "x/y/deep.md"), ["There is no note “bread”."])

    bare.open("a.md", "[[bread]]\n")

    bare.eventually(lambda: bare.definition("x/y/deep.md"), ["bread.md"])
    bare.eventually(lambda: messages_of_diagnostics(bare, "x/y/deep.md"), [])


@pytest.mark.parametrize("given", [False, True])
@pytest.mark.parametrize("kept_in_git", [False, True])
def test_a_home_folder_is_no_vault(
    start: Start, environment: Mapping[str, str], *, given: bool, kept_in_git: bool
) -> None:
    """A note in it is served alone, nothing is offered to be created, and the user is told, whatever the client says.

    Clients take the home folder for the root where the settings in it are a repository.
    """
    home = Path(environment["HOME"])
    write_notes(home, {"todo.md": "", "bread.md": ""} | ({".git/HEAD": ""} if kept_in_git else {}))
    editor = start(home, initialize=False)
    editor.client.initialize(home if given else None)
    editor.open("todo.md", "[[cake]] [[bre\n")

    assert messages_of_diagnostics(editor, "todo.md") == []
    assert editor.ask("textDocument/completion", editor.uri("todo.md"), 0, 14) is None
    assert said(editor) == ["only this note is known: its folder is too much for a vault"]


def test_a_folder_that_the_client_opened_is_not_remarked_upon(start: Start, tmp_path: Path) -> None:
    """It was chosen by somebody."""
    write_notes(tmp_path / "bare", {"a.md": "[[bread]]\n", "bread.md": ""})
    editor = start(tmp_path / "bare")
    editor.open("a.md", "[[bread]]\n")

    assert editor.definition("a.md") == ["bread.md"]
    assert said(editor) == []
    assert [action["title"] for action in actions(editor, "a.md")] == [TITLE]


def messages_of_diagnostics(editor: Editor, path: str) -> list[str]:
    """What is told of a note."""
    answer = editor.client.request("textDocument/diagnostic", {"textDocument": {"uri": editor.uri(path)}})
    return [found["message"] for found in answer["items"]]


def said(editor: Editor) -> list[str]:
    """The messages shown to the user."""
    return [told["params"]["message"] for told in editor.client.notifications if told["method"] == "window/showMessage"]


def actions(editor: Editor, path: str) -> list[dict[str, Any]]:
    """The code actions at the beginning of a note that have to do with its folder."""
    where = {"line": 0, "character": 0}
    params = {
        "textDocument": {"uri": editor.uri(path)},
        "range": {"start": where, "end": where},
        "context": {"diagnostics": [], "only": ["source.init"]},
    }
    found: list[dict[str, Any]] = editor.client.request("textDocument/codeAction", params) or []
    return found
