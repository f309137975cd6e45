"""Over the wire: how diagnostics reach each client, so that none shows a warning that has gone."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from served import Editor, Start
from speclib.profiles import capabilities_of

pytestmark = pytest.mark.wire

PULLS: dict[str, Any] = {"textDocument": {"diagnostic": {}}}
ASKS_AGAIN: dict[str, Any] = {**PULLS, "workspace": {"diagnostics": {"refreshSupport": True}}}
NEOVIM_11 = capabilities_of("neovim")
NEOVIM_12 = copy.deepcopy(NEOVIM_11)
NEOVIM_12["workspace"]["diagnostics"] = {"refreshSupport": True}


def greet(editor: Editor, name: str, capabilities: dict[str, Any]) -> dict[str, Any]:
    """Begin the session as a client of this name, and return what is offered to it."""
    greeting = {
        "processId": None,
        "clientInfo": {"name": name, "version": "1"},
        "rootUri": editor.root.as_uri(),
        "capabilities": capabilities,
    }
    answer: dict[str, Any] = editor.client.request("initialize", greeting)["capabilities"]
    editor.client.notify("initialized", {})
    return answer


@pytest.mark.parametrize(
    "name, capabilities, offered",
    [
        pytest.param("any", {}, "nothing", id="knows nothing of pulling"),
        pytest.param("any", PULLS, "nothing", id="pulls, and cannot be told to pull again"),
        pytest.param("Neovim", NEOVIM_11, "nothing", id="Neovim 0.11"),
        pytest.param("any", ASKS_AGAIN, "notes and vault", id="pulls again when told to"),
        pytest.param("Visual Studio Code", capabilities_of("vscode"), "notes and vault", id="VS Code"),
        # It would answer a refresh by pulling for the whole vault, and then pass over the notes that are open.
        pytest.param("Neovim", NEOVIM_12, "notes", id="Neovim 0.12"),
    ],
)
def test_pulling_is_offered_where_it_works(
    start: Start, root: Path, name: str, capabilities: dict[str, Any], offered: str
) -> None:
    """What can be pulled; where nothing can, diagnostics are pushed."""
    answer = greet(start(root, initialize=False), name, capabilities)

    provider = answer.get("diagnosticProvider")
    given = "nothing" if not provider else "notes and vault" if provider["workspaceDiagnostics"] else "notes"

    assert given == offered


@pytest.mark.parametrize("capabilities", [PULLS, NEOVIM_11], ids=["bare", "Neovim 0.11"])
def test_a_client_that_cannot_be_told_to_pull_again_hears_of_changes(
    start: Start, root: Path, capabilities: dict[str, Any]
) -> None:
    """A warning in an open note goes when the missing file is written outside, and comes back when it is deleted."""
    editor = start(root, initialize=False)
    greet(editor, "Neovim", capabilities)

    def found() -> list[str] | None:
        told = [
            params["diagnostics"]
            for params in editor.client.received("textDocument/publishDiagnostics")
            if params["uri"] == editor.uri("one.md")
        ]
        return [item["code"] for item in told[-1]] if told else None

    editor.open("one.md", "[[brand new]]\n")
    editor.eventually(found, ["broken-link"])
    (root / "brand new.md").write_text("# Brand new\n", encoding="utf-8")
    editor.eventually(found, [])
    (root / "brand new.md").unlink()
    editor.eventually(found, ["broken-link"])
