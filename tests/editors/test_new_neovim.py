"""Neovim makes notes: the server asks, the editor creates the file and shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from drive_neovim import ATTACHED
from editors.scene import start_neovim, write_vault

pytestmark = pytest.mark.editor

RUN = (
    "vim.lsp.get_clients({{ name = 'notes_lsp' }})[1]:request('workspace/executeCommand', "
    "{{ command = '{command}', arguments = {{ {{ {arguments} }} }} }})"
)


def test_commands_make_notes_and_show_them(program: Path, tmp_path: Path) -> None:
    """A note with frontmatter and the note of a day are there, each in the window and as the rules have it."""
    vault = write_vault(tmp_path / "vault")
    with start_neovim(program, vault) as neovim:
        neovim.edit(vault / "index.md")
        neovim.wait(ATTACHED, "the server is attached")
        asked = "title = 'A: b', folder = 'new', properties = { made = 1 }"
        neovim.lua(RUN.format(command="notes.new", arguments=asked))
        neovim.until(lambda: str(neovim.lua(NAME)).endswith("new/A b.md"), "the note is shown")
        neovim.command("silent wall")
        neovim.lua(RUN.format(command="notes.daily", arguments="when = '2024-05-12'"))
        neovim.until(lambda: str(neovim.lua(NAME)).endswith("2024-05-12.md"), "the day is shown")
        neovim.command("silent wall")

    assert (vault / "new" / "A b.md").read_text("utf-8") == "---\nmade: 1\n---\n\n# A: b\n"
    assert (vault / "2024-05-12.md").read_text("utf-8") == "# 2024-05-12\n"


def test_lines_become_a_note(program: Path, tmp_path: Path) -> None:
    """``:NotesNew`` with a range moves the lines into a note of their own, and leaves a link."""
    vault = write_vault(tmp_path / "vault")
    (vault / "ideas.md").write_text("# Ideas\n\nOne.\nTwo.\n\nRest.\n", encoding="utf-8")
    with start_neovim(program, vault) as neovim:
        neovim.edit(vault / "ideas.md")
        neovim.wait(ATTACHED, "the server is attached")
        neovim.command("3,4NotesNew Numbers")
        neovim.until(lambda: str(neovim.lua(NAME)).endswith("Numbers.md"), "the note is shown")
        neovim.command("silent wall")
        neovim.command("NotesDaily 2024-05-12")
        neovim.until(lambda: str(neovim.lua(NAME)).endswith("2024-05-12.md"), "the day is shown")

    assert (vault / "Numbers.md").read_text("utf-8") == "# Numbers\n\nOne.\nTwo.\n"
    assert (vault / "ideas.md").read_text("utf-8") == "# Ideas\n\n[[Numbers]]\n\nRest.\n"


NAME = "return vim.api.nvim_buf_get_name(0)"
