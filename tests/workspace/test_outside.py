"""Links out of a vault: others are given nothing through them, and nothing is written through them."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest

from notes_lsp.index.store.open import open_patiently
from notes_lsp.text.source import Source
from notes_lsp.workspace.config.settings import index_path
from notes_lsp.workspace.writing.create import reserve_id
from notes_lsp.workspace.writing.unsaved import Unsaved
from speclib.console import environment_of


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program in a vault."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "notes_lsp", *arguments], cwd=root, env=environment_of(root), capture_output=True,
        text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A vault with a link to a file and one to a folder outside, and one to a file inside."""
    vault, other = tmp_path / "vault", tmp_path / "other"
    for folder in (vault, other):
        folder.mkdir()
    (vault / ".notes-lsp.toml").write_text("[files]\nfollow_outside = true\n", "utf-8")
    (vault / "tea.md").write_text("# Tea\n", "utf-8")
    (vault / "same.md").symlink_to("tea.md")
    (other / "key.md").write_text("SECRET [[tea]]\n", "utf-8")
    (vault / "key.md").symlink_to(other / "key.md")
    (vault / "all").symlink_to(other)
    return vault


def test_nothing_outside_is_exported(root: Path) -> None:
    """Whatever the vault's own settings say; links within the vault are followed, and so are all for its user."""
    told = run(root, "export", "-f", "jsonl").stdout
    assert "tea.md" in told
    assert "SECRET" not in told
    config = Path(environment_of(root)["XDG_CONFIG_HOME"]) / "notes-lsp" / "config.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text("[files]\nfollow_outside = true\n", "utf-8")
    assert "SECRET" in run(root, "export", "-f", "jsonl").stdout


def test_nothing_outside_is_rewritten(root: Path) -> None:
    """A rename that would have to is refused as a whole, and says why."""
    refused = run(root, "rename", "tea", "coffee")
    assert refused.returncode == 2
    assert "leads out of the vault" in refused.stderr
    assert (root / "tea.md").exists()
    assert (root / "key.md").read_text("utf-8") == "SECRET [[tea]]\n"


@pytest.mark.skipif(os.name == "nt", reason="has no such modes")
@pytest.mark.parametrize("first", ["index", "ids", "unsaved"])
def test_the_cache_is_for_its_user_alone(root: Path, tmp_path: Path, first: str) -> None:
    """The names of vaults are in it; whatever is written there first."""
    cache = tmp_path / "some" / "notes-lsp"
    before = os.umask(0o002)
    try:
        if first == "index":
            open_patiently(index_path(root, cache)).close()
        elif first == "ids":
            reserve_id(root, "YYYYMMDDHHmm", dt.datetime(2024, 5, 12), list, cache=cache)  # noqa: DTZ001
        else:
            unsaved = Unsaved(root, index_path(root, cache))
            unsaved.take("tea.md", Source("other"))
            unsaved.close()
    finally:
        os.umask(before)
    assert cache.stat().st_mode & 0o777 == 0o700
    assert index_path(root, cache).parent.stat().st_mode & 0o777 == 0o700
