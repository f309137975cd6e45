"""What Neovim makes of other shapes of completion items than ours: where this changes, docs/editors.md wants a look."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from conftest import require_editor
from drive_neovim import ATTACHED, TookTooLong
from editors.scene import HERE, start_neovim, write_vault
from find_editors import neovim_of_version

pytestmark = pytest.mark.editor


@pytest.mark.parametrize(
    "shape, before, after, expected",
    [
        pytest.param("ours", "", "", "[[My Note]]", id="ours"),
        pytest.param("ours", "[[", "]]", "[[My Note]]", id="ours between brackets"),
        pytest.param("plain", "", "", "[[My", id="plain text is cut at a space"),
        pytest.param("eats-brackets", "[[", "]]", "[[My Note]]]]", id="the end of the range is ignored"),
        pytest.param("insert-replace", "", "", None, id="insert-and-replace is passed over"),
    ],
)
def test_neovim(tmp_path: Path, shape: str, before: str, after: str, expected: str | None) -> None:
    """The line after the item was accepted; ``None`` where there is no item to accept."""
    program = require_editor("Neovim 0.11", neovim_of_version((0, 11)))
    vault = write_vault(tmp_path / "vault")
    with start_neovim(program, vault) as neovim:
        server = [sys.executable, str(HERE / "shapes_server.py"), shape]
        neovim.lua("vim.lsp.config('notes_lsp', { cmd = ... })", server)
        neovim.edit(vault / "index.md")
        neovim.wait(ATTACHED, "the server is attached")
        neovim.lua("vim.api.nvim_buf_set_lines(0, 0, -1, false, { (...) })", before + after)
        neovim.lua("vim.api.nvim_win_set_cursor(0, { 1, ... })", len(before))
        neovim.press("i" if after else "A")
        neovim.type("my no" if before else "[[my no")

        neovim.press("<C-x><C-o>")
        try:
            neovim.wait("vim.fn.pumvisible() == 1", "the menu opens", patience=3 if expected is None else 15)
        except TookTooLong:
            assert expected is None
            return
        neovim.press("<C-n><C-y>")

        assert expected is not None
        neovim.until(lambda: neovim.line() == expected, f"the line becomes {expected}", patience=5)
