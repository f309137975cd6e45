"""The demo, headless: it shows each thing it promises, ends well, and leaves the garden as it was."""

from __future__ import annotations

import subprocess
import sys
from hashlib import blake2b
from pathlib import Path

import pytest

from conftest import REPOSITORY, require_editor
from find_editors import isolated, neovim_of_the_user

pytestmark = pytest.mark.editor

GARDEN = REPOSITORY / "examples" / "garden"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the demo prints where there is no terminal."""
    require_editor("Neovim 0.11 or newer", neovim_of_the_user())
    folder = tmp_path_factory.mktemp("demo")
    before = digest(GARDEN)
    done = subprocess.run(
        [sys.executable, str(REPOSITORY / "tools" / "demo.py")],
        env=isolated(folder) | {"TMPDIR": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=55,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert digest(GARDEN) == before
    assert not list(folder.glob("garden-*"))
    return done.stdout


@pytest.mark.parametrize(
    "fact",
    [
        pytest.param("Feed it with [[comfrey]]\n", id="the completed line"),
        pytest.param(" plants/comfrey.md", id="the popup"),
        pytest.param("The gardening year.md, line ", id="the jump"),
        pytest.param(": 1. By file name, title or alias: [[tomato]]", id="a backlink"),
        pytest.param("Boil the sugar with the water", id="the hover"),
        pytest.param("warning: There is no note “Elderflower cordal”.", id="a diagnostic"),
        pytest.param("All of it worked.", id="the end"),
    ],
)
def test_the_demo_shows(shown: str, fact: str) -> None:
    """What a user would have seen is printed."""
    assert fact in shown


def test_a_demo_that_fails_says_so(tmp_path: Path) -> None:
    """Without a Neovim there is a message, and the exit code is not zero."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_NEOVIM],
        env=isolated(tmp_path),
        cwd=REPOSITORY / "tools",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=55,
        check=False,
    )

    assert done.returncode == 1, done.stderr
    assert "no Neovim 0.11 or newer" in done.stdout


WITHOUT_NEOVIM = """
import sys
sys.path.insert(0, ".")
import demo
demo.neovim_of_the_user = lambda: None
sys.exit(demo.main())
"""


def digest(folder: Path) -> str:
    """A hash of all names and bytes below a folder."""
    hashed = blake2b()
    for path in sorted(folder.rglob("*")):
        hashed.update(path.relative_to(folder).as_posix().encode() + b"\0")
        if path.is_file():
            hashed.update(path.read_bytes())
    return hashed.hexdigest()
