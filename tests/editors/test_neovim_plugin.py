"""What the Neovim plugin adds to the protocol: vaults of commands, lists for lenses, what explorers go by, its menu."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from drive_neovim import ATTACHED, Neovim
from editors.scene import start_neovim, write_vault
from find_editors import isolated

pytestmark = pytest.mark.editor

NAME = "return vim.api.nvim_buf_get_name(0)"
COUNT = "#vim.diagnostic.get(...)"
BARE = """
vim.lsp.config('notes_lsp', {
  cmd = { 'notes-lsp', 'serve' }, filetypes = { 'markdown' }, root_markers = { '.notes-lsp.toml' },
})
vim.lsp.enable('notes_lsp')
"""
"""A configuration without the plugin."""


@pytest.fixture
def vaults(tmp_path: Path) -> tuple[Path, Path]:
    """Two vaults beside each other."""
    return write_vault(tmp_path / "home"), write_vault(tmp_path / "work")


@pytest.fixture
def neovim(program: Path, vaults: tuple[Path, Path]) -> Iterator[Neovim]:
    """A Neovim in the first vault."""
    with start_neovim(program, vaults[0]) as started:
        yield started


def open_note(neovim: Neovim, path: Path) -> int:
    """Open a note and wait for its server; returns the buffer."""
    neovim.edit(path)
    neovim.wait(ATTACHED, "the server is attached")
    return int(neovim.lua("return vim.api.nvim_get_current_buf()"))


def test_notes_land_in_the_vault_of_the_buffer(neovim: Neovim, vaults: tuple[Path, Path]) -> None:
    """With two vaults open, both commands act in the one that the buffer is in."""
    home, work = vaults
    open_note(neovim, home / "index.md")
    open_note(neovim, work / "Other.md")

    neovim.command("NotesNew Slug patrol")
    neovim.until(lambda: neovim.lua(NAME) == str(work / "Slug patrol.md"), "the note is shown")
    open_note(neovim, home / "Other.md")
    neovim.command("NotesDaily 2024-05-12")
    neovim.until(lambda: neovim.lua(NAME) == str(home / "2024-05-12.md"), "the day is shown")


def test_notes_are_made_with_none_open(neovim: Neovim, vaults: tuple[Path, Path]) -> None:
    """In a Neovim that shows no note, the vault is that of the current folder, and of the one gone to by ``:cd``."""
    home, work = vaults
    neovim.command("NotesDaily 2024-05-12")
    neovim.until(lambda: neovim.lua(NAME) == str(home / "2024-05-12.md"), "the day is shown")

    neovim.command("silent wall | new")
    neovim.lua("vim.cmd.cd(vim.fn.fnameescape(...))", str(work))
    neovim.command("NotesNew Slug patrol")
    neovim.until(lambda: neovim.lua(NAME) == str(work / "Slug patrol.md"), "the note is shown")


def test_a_lens_opens_the_list(neovim: Neovim, vaults: tuple[Path, Path]) -> None:
    """Running the lens of a title lists the links that it counts."""
    open_note(neovim, vaults[0] / "My Note.md")
    neovim.lua("if vim.lsp.codelens.refresh then vim.lsp.codelens.refresh({ bufnr = 0 }) end")
    neovim.wait("#vim.lsp.codelens.get(0) > 0 or vim.fn.has('nvim-0.12') == 1", "the lens is there")

    neovim.lua("vim.lsp.codelens.run()")

    listed = neovim.wait("#vim.fn.getqflist() > 0 and vim.fn.getqflist()", "the list is there")
    assert {Path(str(neovim.lua("return vim.fn.bufname(...)", item["bufnr"]))).name for item in listed} == {
        "index.md",
        "Other.md",
    }


def test_explorers_are_told_that_renaming_is_asked_for(neovim: Neovim, vaults: tuple[Path, Path]) -> None:
    """A file explorer finds that the server wants to be asked, and the answer changes the links to a moved note."""
    home, _ = vaults
    open_note(neovim, home / "index.md")
    moved = {"files": [{"oldUri": (home / "My Note.md").as_uri(), "newUri": (home / "Our Note.md").as_uri()}]}

    client = "vim.lsp.get_clients({ name = 'notes_lsp' })[1]"
    assert neovim.lua(f"return {client}:supports_method('workspace/willRenameFiles')")
    answer = neovim.lua(f"return {client}:request_sync('workspace/willRenameFiles', ..., 5000)", moved)
    assert str(answer["result"]).count("Our Note") == 3


def test_what_is_no_file_is_left_alone(neovim: Neovim, vaults: tuple[Path, Path]) -> None:
    """Neither a buffer that a plugin shows under an address of its own nor a scratch buffer gets a server."""
    open_note(neovim, vaults[0] / "index.md")
    for name, kind in (
        ("fugitive:///vault/.git//0/index.md", ""),
        ("zipfile://notes.zip::index.md", ""),
        ("", "nofile"),
    ):
        neovim.lua(
            "local name, kind = ...\n"
            "vim.cmd.new()\n"
            "vim.bo.buftype = kind\n"
            "if name ~= '' then vim.api.nvim_buf_set_name(0, name) end\n"
            "vim.bo.filetype = 'markdown'",
            name,
            kind,
        )
        neovim.lua("vim.wait(300, function() return #vim.lsp.get_clients({ bufnr = 0 }) > 0 end)")
        assert neovim.lua("return #vim.lsp.get_clients({ bufnr = 0 })") == 0, name or kind


def test_what_completes_already_keeps_its_menu(neovim: Neovim, vaults: tuple[Path, Path]) -> None:
    """Where a completion plugin was loaded, even after the note was opened, no menu of ours opens as one types."""
    open_note(neovim, vaults[0] / "index.md")
    neovim.lua("package.loaded.cmp = {}")
    neovim.press("Go")
    neovim.type("[[my no")

    neovim.lua("vim.wait(500, function() return vim.fn.pumvisible() == 1 end)")

    assert neovim.lua("return vim.fn.pumvisible()") == 0


def test_the_menu_comes_back(neovim: Neovim, vaults: tuple[Path, Path]) -> None:
    """A menu that was closed, or that one deleted into, opens again with the next letter, and not outside links."""
    open_note(neovim, vaults[0] / "index.md")
    neovim.press("Go")
    neovim.type("[[my")
    neovim.wait("vim.fn.pumvisible() == 1", "the menu is open")
    neovim.press("<C-e>")
    neovim.wait("vim.fn.pumvisible() == 0", "the menu is closed")

    neovim.type(" n")

    neovim.wait("vim.fn.pumvisible() == 1", "the menu is open again")


@pytest.mark.parametrize("init", ["plugin", "bare"])
def test_no_warning_is_stale(program: Path, tmp_path: Path, init: str) -> None:
    """A warning in an open note goes, and comes back, as another program writes and deletes the missing note."""
    vault = write_vault(tmp_path / "vault")
    with start_neovim(program, vault) if init == "plugin" else start_bare(program, vault) as neovim:
        buffer = open_note(neovim, vault / "index.md")
        neovim.wait(f"{COUNT} == 1", "the missing note is warned of", buffer)
        (vault / "Missing Note.md").write_text("# Missing Note\n", encoding="utf-8")
        neovim.wait(f"{COUNT} == 0", "the warning is gone", buffer)
        (vault / "Missing Note.md").unlink()
        neovim.wait(f"{COUNT} == 1", "the warning is back", buffer)

        neovim.edit(vault / "Missing Note.md")
        neovim.press("i# Missing Note<Esc>")
        neovim.command("write")
        neovim.wait(f"{COUNT} == 0", "the warning is gone", buffer)


def start_bare(program: Path, vault: Path) -> Neovim:
    """A Neovim in a vault that is told of the server's command alone."""
    init = vault.parent / "init.lua"
    init.write_text(BARE + "vim.opt.swapfile = false\nvim.opt.hidden = true\n", encoding="utf-8")
    return Neovim(program, init, isolated(vault.parent), vault)
