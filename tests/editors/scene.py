"""The scene of the editors' tests: a small vault, and real editors in it that know nothing of the user's own files."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from drive_neovim import Neovim, processes_with, wait_for
from find_editors import NVIM_PLUGIN, isolated
from speclib.drivers import write_notes

HERE = Path(__file__).parent

VAULT = {
    ".notes-lsp.toml": "",
    "index.md": (
        "# Index\n\n[[My Note]] and [[Missing Note]]\n"
        "🌱🌱 then [[My Note#Second part]] and [[東京の庭]]\n\n## Further\n\nend\n"
    ),
    "My Note.md": "# My Note\n\nFirst words of it.\n\n## Second part\n\nBack to the [[index]].\n",
    "My Nested Thing.md": "# My Nested Thing\n\n#garden/rose\n",
    "Other.md": "See [[My Note]] again.\n",
    "東京の庭.md": "# 東京の庭\n",
    "a/Twin.md": "# Twin\n",
    "b/Twin.md": "# Twin\n",
}


def write_vault(folder: Path) -> Path:
    """Write the small vault, and return its folder."""
    write_notes(folder, VAULT)
    return folder


def write_large_vault(folder: Path) -> Path:
    """Write so many notes that worker processes read them, for longer than it takes to quit."""
    folder.mkdir(parents=True)
    (folder / ".notes-lsp.toml").touch()
    for number in range(1500):
        text = f"# Note {number}\n\n" + f"See [[Note {number // 2}]] and [[Note {number // 3}]].\n\n" * 20
        (folder / f"Note {number}.md").write_text(text, encoding="utf-8")
    return folder


def start_neovim(program: Path, vault: Path) -> Neovim:
    """A Neovim with our plugin in a vault; what belongs to the user lies beside it."""
    environment = isolated(vault.parent) | {"NOTES_LSP_PLUGIN": str(NVIM_PLUGIN)}
    return Neovim(program, HERE / "init.lua", environment, vault)


def servers(vault: Path) -> list[int]:
    """The processes that were started in the scene of a vault, the editor's own among them."""
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux shows the environment of processes")
    return list(processes_with("XDG_CACHE_HOME", str(vault.parent / "cache")))


def wait_until_all_are_gone(vault: Path) -> None:
    """Wait until no process is left of the scene of a vault."""
    wait_for(lambda: not servers(vault), "no process is left")
