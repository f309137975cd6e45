"""What the editors' tests share: each Neovim that people use, for every test that asks for a ``program``."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import require_editor
from find_editors import neovim_of_version


@pytest.fixture(scope="module", params=[(0, 11), (0, 12)], ids=["0.11", "0.12"])
def program(request: pytest.FixtureRequest) -> Path:
    """A Neovim of each of the two newest versions; ``tools/neovim_012.sh`` unpacks the newer."""
    version: tuple[int, int] = request.param
    return require_editor("Neovim {}.{}".format(*version), neovim_of_version(version))
