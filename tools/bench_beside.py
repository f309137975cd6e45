"""Measure how soon a server and the command line see what the other one saved, on a copy of a vault.

    python tools/bench_beside.py VAULT [--times N]

The server is asked every few milliseconds who links to a note until it names the one that the command line renamed; the
command line is run once after a save and has to name the note at once. Nothing is written into the vault itself.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote

sys.path[:0] = [str(Path(__file__).resolve().parent.parent / "tests")]

from speclib.console import environment_of  # noqa: E402
from speclib.ours import COMMAND  # noqa: E402
from speclib.wire import Client  # noqa: E402

_PATIENCE = 600.0
_EVERY = 0.005


def main() -> None:
    """Print medians and the slowest, in milliseconds."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else "")
    parser.add_argument("vault", type=Path)
    parser.add_argument("--times", type=int, default=30)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="notes-lsp-bench-") as scratch:
        vault = Path(scratch).resolve() / "vault"
        shutil.copytree(options.vault, vault, ignore=shutil.ignore_patterns(".git"), symlinks=True)
        (vault / ".notes-lsp.toml").touch()
        (vault / "bench target.md").write_text("# Target\n", "utf-8")
        with Client(COMMAND, cwd=vault, env=environment_of(vault), timeout=_PATIENCE) as client:
            client.initialize(vault)
            client.wait(lambda: not client.busy(), _PATIENCE)
            _run(vault, "list", "--limit", "1")
            _show("the server sees a note that the shell made", [_made(client, vault, n) for n in range(options.times)])
            _show("the server sees a rename by the shell", [_renamed(client, vault, n) for n in range(options.times)])
            _show("the shell sees a save, its whole run", [_saved(vault, n) for n in range(options.times)])


def _made(client: Client, vault: Path, number: int) -> float:
    done = _run(vault, "new", f"bench made {number}", "--set", "about=[[bench target]]", "--print-path")
    path = Path(done.stdout.strip())
    (vault / path).write_text((vault / path).read_text("utf-8") + "\n[[bench target]]\n", "utf-8")
    return _until(client, vault, path.name)


def _renamed(client: Client, vault: Path, number: int) -> float:
    _run(vault, "rename", f"bench made {number}", f"bench named {number}")
    return _until(client, vault, f"bench named {number}.md")


def _until(client: Client, vault: Path, name: str) -> float:
    began = time.perf_counter()
    while name not in _mentions(client, vault):
        if time.perf_counter() - began > _PATIENCE:
            raise TimeoutError(name)
        time.sleep(_EVERY)
    return time.perf_counter() - began


def _saved(vault: Path, number: int) -> float:
    (vault / f"bench saved {number}.md").write_text("[[bench target]]\n", "utf-8")
    began = time.perf_counter()
    seen = _run(vault, "backlinks", "bench target", "--format", "path").stdout
    if f"bench saved {number}.md" not in seen.splitlines():
        raise AssertionError(seen)
    return time.perf_counter() - began


def _mentions(client: Client, vault: Path) -> set[str]:
    at = {"textDocument": {"uri": (vault / "bench target.md").as_uri()}, "position": {"line": 0, "character": 3}}
    found: Any = client.request("textDocument/references", {**at, "context": {"includeDeclaration": False}})
    return {Path(unquote(place["uri"])).name for place in found or ()}


def _run(vault: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "notes_lsp", *arguments]
    return subprocess.run(command, cwd=vault, env=environment_of(vault), capture_output=True, text=True, check=True)


def _show(question: str, seconds: list[float]) -> None:
    print(f"{question}: median {statistics.median(seconds) * 1000:.0f} ms, slowest {max(seconds) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
