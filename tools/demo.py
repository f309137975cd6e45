"""Opens the example garden in Neovim with the server attached; without a terminal it walks through it and tells."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from drive_neovim import ATTACHED, Neovim, TookTooLong
from find_editors import NVIM_PLUGIN, REPOSITORY, isolated, neovim_of_the_user

GARDEN = REPOSITORY / "examples" / "garden"
INIT = Path(__file__).with_name("demo.lua")

SIZE = (110, 40)
FLOAT = """(function()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      return vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
    end
  end
end)()"""
POPUP = """(function()
  local info = vim.fn.complete_info({ 'pum_visible', 'items' })
  return info.pum_visible == 1 and #info.items > 0 and info.items or nil
end)()"""
QUICKFIX = """(function()
  local list = vim.tbl_map(function(item)
    return ('%s:%d: %s'):format(vim.fn.fnamemodify(vim.fn.bufname(item.bufnr), ':.'), item.lnum, vim.trim(item.text))
  end, vim.fn.getqflist())
  return #list > 0 and list or nil
end)()"""
DIAGNOSTICS = """(function()
  local names = { 'error', 'warning', 'information', 'hint' }
  local list = vim.tbl_map(function(found)
    return ('%d:%d %s: %s'):format(found.lnum + 1, found.col + 1, names[found.severity], found.message)
  end, vim.diagnostic.get(0))
  return #list > 0 and list or nil
end)()"""


def main() -> int:
    """Show the garden; returns 0 where everything could be shown."""
    neovim = neovim_of_the_user()
    if neovim is None:
        print("demo: no Neovim 0.11 or newer, neither on PATH nor in .venv; docs/editors.md says how to set up others.")
        return 1
    with tempfile.TemporaryDirectory(prefix="garden-", ignore_cleanup_errors=True) as folder:
        # Far from the checkout's own .git, and nothing that is trampled there is lost.
        garden = Path(folder) / "garden"
        shutil.copytree(GARDEN, garden)
        environment = isolated(Path(folder)) | {"NOTES_LSP_PLUGIN": str(NVIM_PLUGIN)}
        if sys.stdin.isatty() and sys.stdout.isatty():
            return walk_in(neovim, garden, environment)
        return tell(neovim, garden, environment)


def walk_in(program: Path, garden: Path, environment: dict[str, str]) -> int:
    """Leave the garden to the user."""
    command = [str(program), "--clean", "-u", str(INIT), "README.md"]
    return subprocess.run(command, cwd=garden, env=environment | {"NOTES_LSP_HINT": "1"}, check=False).returncode


def tell(program: Path, garden: Path, environment: dict[str, str]) -> int:
    """Walk through the garden by keys, and print what a user would have seen; returns 1 where that was less."""
    print(f"No terminal here, so this is what you would have seen in {program}.")
    failed: list[str] = []
    with Neovim(program, INIT, environment, garden, SIZE) as neovim:
        neovim.edit(garden / "README.md")
        try:
            neovim.wait(ATTACHED, "the server is attached")
        except TookTooLong as error:
            print(f"\n{error}")
            return 1
        for step in (complete, jump, list_backlinks, hover, diagnose):
            print(f"\n=== {step.__doc__}")
            try:
                step(neovim, garden)
            except (TookTooLong, LookupError) as error:
                print(f"    DID NOT HAPPEN: {error}")
                failed.append(step.__name__)
    print(
        f"\ndemo: {', '.join(failed)} failed"
        if failed
        else "\nAll of it worked. `make demo` in a terminal lets you in."
    )
    return 1 if failed else 0


def complete(neovim: Neovim, garden: Path) -> None:
    """Type [[comf at the end of the note, choose the first entry of the popup, accept it with CTRL-Y."""
    neovim.edit(garden / "README.md")
    neovim.press("Go")
    neovim.type("Feed it with [[comf")
    neovim.wait(POPUP, "the popup opens")
    neovim.until(lambda: _offers(neovim, "comfrey"), "comfrey is offered")
    _show(_around_cursor(neovim))
    neovim.press("<C-n><C-y>")
    neovim.until(lambda: neovim.line().endswith("]]"), "the link is whole")
    print("    and the line then:")
    _show([neovim.line()])
    neovim.press("<Esc>")
    neovim.command("undo | edit!")


def jump(neovim: Neovim, garden: Path) -> None:
    """Go to the definition (gd) of [[The gardening year#Autumn#Jobs]]."""
    neovim.edit(garden / "README.md")
    neovim.put_cursor("[[The gardening year#Autumn#Jobs]]", "Autumn")
    neovim.press("gd")
    neovim.until(lambda: neovim.cursor()[0] == "The gardening year.md", "the note opens")
    name, line, rest = neovim.cursor()
    _show([f"{name}, line {line}: {rest}"])


def list_backlinks(neovim: Neovim, garden: Path) -> None:
    """List the references (grr) of the note on tomatoes: who links there."""
    neovim.edit(garden / "plants" / "tomato.md")
    neovim.wait(ATTACHED, "the server is attached")
    neovim.put_cursor("The plant that teaches patience")
    neovim.press("grr")
    _show(neovim.wait(QUICKFIX, "the list opens"))
    neovim.command("cclose")


def hover(neovim: Neovim, garden: Path) -> None:
    """Read what [[Elderflower cordial#^method]] leads to, without leaving (K)."""
    neovim.edit(garden / "README.md")
    neovim.put_cursor("[[Elderflower cordial#^method]]", "Elder")
    neovim.press("K")
    _show(neovim.wait(FLOAT, "the window opens"))
    neovim.press("<Esc>j")


def diagnose(neovim: Neovim, garden: Path) -> None:
    """Open mistakes/A note with mistakes.md and read its diagnostics."""
    neovim.edit(garden / "mistakes" / "A note with mistakes.md")
    _show(neovim.wait(DIAGNOSTICS, "something is said"))


def _offers(neovim: Neovim, label: str) -> bool:
    return any(item["abbr"].casefold() == label for item in neovim.lua(f"return {POPUP} or {{}}"))


def _around_cursor(neovim: Neovim) -> list[str]:
    """The rows of the screen with the cursor's line and the popup."""
    rows = neovim.screen()[: SIZE[1] - 2]
    at = max(number for number, row in enumerate(rows) if "[[comf" in row)
    return rows[max(0, at - 6) : at + 6]


def _show(lines: list[str]) -> None:
    for line in lines:
        print(f"    {line.rstrip()}".rstrip())


if __name__ == "__main__":
    # The Python of the environment is also what starts the server.
    os.environ.setdefault("PYTHONUTF8", "1")
    sys.exit(main())
