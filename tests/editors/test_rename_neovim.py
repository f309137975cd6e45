"""Neovim renames a note from a link: the file is moved at once, and the links follow in every note."""

from __future__ import annotations

from pathlib import Path

import pytest

from drive_neovim import ATTACHED
from editors.scene import start_neovim, write_vault

pytestmark = pytest.mark.editor


def test_a_note_is_renamed_from_a_link(program: Path, tmp_path: Path) -> None:
    """The file has its new name, and what links to it, open or not, says so once it is written."""
    vault = write_vault(tmp_path / "vault")
    with start_neovim(program, vault) as neovim:
        neovim.edit(vault / "index.md")
        neovim.wait(ATTACHED, "the server is attached")
        neovim.put_cursor("[[", "My Note")
        neovim.lua("vim.lsp.buf.rename('Renamed note')")
        neovim.until((vault / "Renamed note.md").exists, "the file is moved")
        neovim.until(lambda: "[[Renamed note]]" in str(neovim.lua(LINES)), "the links say so")
        neovim.command("silent wall")

    assert not (vault / "My Note.md").exists()
    assert (vault / "Renamed note.md").read_text(encoding="utf-8").startswith("# My Note\n")
    assert "[[Renamed note]] and [[Missing Note]]\n🌱🌱 then [[Renamed note#Second part]]" in (
        vault / "index.md"
    ).read_text(encoding="utf-8")
    assert (vault / "Other.md").read_text(encoding="utf-8") == "See [[Renamed note]] again.\n"


LINES = "return vim.api.nvim_buf_get_lines(0, 0, -1, false)"
