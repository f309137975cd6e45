"""Completion in real shells: what Tab makes of a command that is half typed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from cli.terminal import Terminal, terminal
from conftest import find_program, require_editor
from speclib.console import environment_of
from speclib.drivers import write_notes

pytestmark = [pytest.mark.editor, pytest.mark.slow]

NOTES = {
    ".notes-lsp.toml": '[new.meeting]\nfolder = "club"\n',
    ".notes-lsp/templates/weekly review.md": "# {{title}}\n",
    "plants/love apple.md": "# Tomato\n\n#edible #soil/rich\n",
    "plants/kale.md": "# Kale\n\n[[love apple]]\n",
    "README.md": "# Garden\n",
    "plants/README.md": "# Plants\n",
}
SETUP = {
    "bash": (("bash", "--norc", "--noprofile"), 'eval "$(notes-lsp completions bash)"'),
    "zsh": (("zsh", "-f"), 'autoload -U compinit; compinit -u -D; eval "$(notes-lsp completions zsh)"'),
    "fish": (("fish", "--no-config"), "notes-lsp completions fish | source"),
}


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A small vault that is indexed, since completion waits for nothing."""
    folder = tmp_path / "vault"
    folder.mkdir()
    write_notes(folder, NOTES)
    subprocess.run(["notes-lsp", "index"], cwd=folder, env=environment_of(folder), check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_tab_completes(shell: str, vault: Path) -> None:
    """Verbs, options, formats, tags and names of notes, those with spaces as the shell writes them."""
    command, setup = SETUP[shell]
    with terminal(vault, *command) as seen:
        seen.run(f"{setup}; echo rea''dy")
        seen.wait_for_line("ready")

        completed(seen, "notes-lsp backl", "notes-lsp backlinks")
        completed(seen, "notes-lsp list --orp", "notes-lsp list --orphan")
        completed(seen, "notes-lsp list --format jsonl", "notes-lsp list --format jsonl")
        completed(seen, "notes-lsp list --tag ed", "notes-lsp list --tag edible")
        completed(seen, "notes-lsp show ka", "notes-lsp show kale")
        completed(seen, "notes-lsp show lov", r"notes-lsp show love\ apple")
        completed(seen, "notes-lsp show plants/ka", "notes-lsp show plants/kale.md")
        completed(seen, "notes-lsp new --type me", "notes-lsp new --type meeting")
        completed(seen, "notes-lsp new --template we", r"notes-lsp new --template weekly\ review")
        completed(seen, "notes-lsp list plan", "notes-lsp list plants/")
        completed(seen, "notes-lsp check ka", "notes-lsp check kale")

        seen.type("notes-lsp show lov")
        seen.press("Tab")
        seen.wait_for(r"love\ apple")
        seen.press("Enter")
        seen.wait_for("#edible #soil/rich")


def completed(seen: Terminal, typed: str, wanted: str) -> None:
    """Type, press Tab, see what came of it, and take the line back."""
    seen.run("clear")
    seen.type(typed)
    seen.press("Tab")
    seen.wait_for(wanted)
    seen.press("C-u")


def test_fish_completes_too(vault: Path) -> None:
    """Asked as fish asks when Tab is pressed, with the titles beside the names."""
    fish = require_editor("fish", find_program("fish"))
    asked = f"{SETUP['fish'][1]}; complete -C 'notes-lsp show pla'; complete -C 'notes-lsp show lov'"
    done = subprocess.run(
        [str(fish), "--no-config", "-c", asked], cwd=vault, env=environment_of(vault), check=True, capture_output=True
    )

    assert done.stdout.decode().splitlines() == ["love apple\tTomato"]


def test_a_name_that_several_notes_have_is_completed_as_a_path(vault: Path) -> None:
    """The name alone would not say which of them is meant."""
    asked = {**environment_of(vault), "COMP_WORDS": "notes-lsp show rea", "COMP_CWORD": "2"}
    done = subprocess.run(
        ["notes-lsp"],
        cwd=vault,
        env={**asked, "_NOTES_LSP_COMPLETE": "bash_complete"},
        check=False,
        capture_output=True,
    )

    assert done.stdout.decode().splitlines() == ["plain,README.md", "plain,plants/README.md"]
