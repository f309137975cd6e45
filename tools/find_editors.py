"""Finds Neovim and Emacs, for the tests and the demo, and the environment that keeps them from the user's own files."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
NVIM_PLUGIN = REPOSITORY / "editors" / "nvim"
EMACS_PACKAGE = REPOSITORY / "editors" / "emacs" / "notes-lsp.el"

_BESIDE = Path(sys.executable).parent
"""Where wheels put their programs, and where ``notes-lsp`` is."""
_OLDEST_NEOVIM = (0, 11)
_UNPACKED = Path.home() / ".cache" / "notes-lsp-dev" / "neovim-0.12"
"""Where ``tools/neovim_012.sh`` puts a Neovim, unless ``NOTES_LSP_NEOVIM_012`` says where."""
_LOAD_PATH = """(progn (package-initialize) (require 'eglot) (require 'markdown-mode)
  (princ (mapconcat #'identity load-path path-separator)))"""


@dataclass(frozen=True, slots=True)
class Emacs:
    """An Emacs that has eglot and markdown-mode, and the load path that finds them."""

    program: Path
    load_path: str


def neovim_of_version(wanted: tuple[int, int]) -> Path | None:
    """A Neovim of just this version: the wheel's, the one on PATH, or the one that was unpacked for the tests."""
    unpacked = Path(os.environ.get("NOTES_LSP_NEOVIM_012") or _UNPACKED)
    for path in (str(_BESIDE), os.environ.get("PATH", ""), str(unpacked / "bin")):
        found = shutil.which("nvim", path=path)
        if found and _neovim_version(found) == wanted:
            return Path(found)
    return None


def neovim_of_the_user() -> Path | None:
    """A Neovim that is new enough: the one on PATH, else the wheel's."""
    for path in (os.environ.get("PATH", ""), str(_BESIDE)):
        found = shutil.which("nvim", path=path)
        if found and _neovim_version(found) >= _OLDEST_NEOVIM:
            return Path(found)
    return None


@functools.cache
def emacs() -> Emacs | None:
    """The Emacs on PATH, if it has eglot and markdown-mode, its own or the user's."""
    program = shutil.which("emacs")
    if program is None:
        return None
    asked = _output([program, "--batch", "--eval", _LOAD_PATH])
    return Emacs(Path(program), asked) if asked else None


def isolated(folder: Path) -> dict[str, str]:
    """An environment in which ``folder`` is home, cache and configuration, and ``notes-lsp`` is this checkout's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NVIM", "VIM", "XDG", "EMACS"))}
    folders = {
        "HOME": folder / "home",
        "XDG_CACHE_HOME": folder / "cache",
        "XDG_CONFIG_HOME": folder / "config",
        "XDG_DATA_HOME": folder / "data",
        "XDG_STATE_HOME": folder / "state",
        "XDG_RUNTIME_DIR": folder / "run",
    }
    for place in folders.values():
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = os.pathsep.join([str(_BESIDE), kept.get("PATH", os.defpath)])
    return kept | {name: str(place) for name, place in folders.items()} | {"PATH": path, "LC_ALL": "C.UTF-8"}


@functools.cache
def _neovim_version(program: str) -> tuple[int, int]:
    found = re.match(r"NVIM v(\d+)\.(\d+)", _output([program, "--version"]))
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _output(command: list[str]) -> str:
    """What a program prints; nothing where it fails or hangs."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=30, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
