"""Picking with fzf, in a real terminal: ``--interactive`` shows, previews, prints and opens."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from cli.terminal import terminal
from conftest import require_editor
from speclib.console import environment_of
from speclib.drivers import write_notes

pytestmark = [pytest.mark.editor, pytest.mark.slow]

NOTES = {
    ".notes-lsp.toml": "",
    "plants/love apple.md": "# Tomato\n\nRipe in August.\n\n- [ ] Pinch out\n",
    "plants/kale.md": "# Kale\n\nSweet after frost, unlike the [[love apple]].\n",
    "odd\nname.md": "# Odd\n",
}


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A small vault, one name of which has a line end in it."""
    require_editor("fzf", shutil.which("fzf"))
    folder = tmp_path / "vault"
    folder.mkdir()
    write_notes(folder, NOTES)
    return folder


def test_a_note_is_previewed_and_opened(vault: Path) -> None:
    """The list shows titles and paths, the preview the note; Enter opens it in the editor."""
    with terminal(vault, "bash", "--norc", "--noprofile", EDITOR="echo opened with:") as seen:
        seen.run("notes-lsp list --interactive")
        seen.wait_for("3/3")
        seen.type("kale")
        seen.wait_for("Sweet after frost")
        shown = seen.wait_for("1/3")
        seen.press("Enter")
        seen.wait_for_line(f"opened with: .*/{vault.name}/plants/kale.md")

    assert "Kale  plants/kale.md" in shown


def test_what_is_picked_goes_into_a_pipe(vault: Path) -> None:
    """Several can be picked; they come out as the format says, in the order of the list, odd names whole."""
    with terminal(vault, "bash", "--norc", "--noprofile") as seen:
        seen.run("notes-lsp list -i -0 | tr '\\0\\n' '!?' | cat -v; echo; echo do''ne")
        seen.wait_for("3/3")
        seen.press("Tab")
        seen.press("Tab")
        seen.wait_for("(2)")
        seen.press("Enter")
        shown = seen.wait_for_line("done")

    assert "odd?name.md!plants/kale.md!" in shown


def test_a_place_is_opened_at_its_line(vault: Path) -> None:
    """Of a task the editor is shown the line it stands in."""
    with terminal(vault, "bash", "--norc", "--noprofile", EDITOR="echo") as seen:
        seen.run("notes-lsp tasks -i")
        seen.wait_for("Ripe in August")
        seen.press("Enter")
        seen.wait_for_line(r"\+5:3 .*/plants/love apple.md")


def test_nothing_picked_is_nothing_found(vault: Path) -> None:
    """Escape ends with exit code 1 and opens nothing."""
    with terminal(vault, "bash", "--norc", "--noprofile", EDITOR="echo opened") as seen:
        seen.run("notes-lsp search frost -i; echo ended with $?")
        seen.wait_for("1/1")
        seen.press("Escape")
        seen.wait_for_line("ended with 1")


def test_without_fzf_the_message_says_what_is_missing(tmp_path: Path) -> None:
    """One line, exit code 2."""
    folder = tmp_path / "vault"
    folder.mkdir()
    write_notes(folder, NOTES)
    environment = environment_of(folder)
    program = environment["PATH"].split(":")[0]

    done = subprocess.run(
        [f"{program}/notes-lsp", "list", "-i"],
        cwd=folder,
        env={**environment, "PATH": program},
        check=False,
        capture_output=True,
    )

    assert (done.stdout, done.returncode) == (b"", 2)
    assert done.stderr.decode().startswith("notes-lsp: --interactive needs fzf")
    assert done.stderr.count(b"\n") == 1
