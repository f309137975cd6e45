"""The layers hold, and each contract that guards them is able to fail."""

from __future__ import annotations

import os
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from conftest import REPOSITORY, find_program

CONTRACTS = {
    contract["id"]: contract["name"]
    for contract in tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
}

# (contract, file to plant, what it says)
VIOLATIONS = [
    pytest.param("layers", "links/planted.py", "import notes_lsp.index", id="lower imports higher"),
    pytest.param("layers", "workspace/planted.py", "from notes_lsp import lsp", id="workspace imports lsp"),
    pytest.param("layers", "cli/planted.py", "from notes_lsp import lsp", id="cli imports its sibling"),
    pytest.param("layers", "planted.py", "", id="a module outside the layers"),
    pytest.param("ide", "ide/hover/planted.py", "import notes_lsp.ide.rename", id="an answer imports another one"),
    pytest.param(
        "circles", "text/planted.py", "def f():\n    import notes_lsp.text.other\n", id="two import each other"
    ),
    pytest.param("sql", "workspace/planted.py", "import sqlite3", id="workspace knows SQLite"),
    pytest.param("sql", "cli/planted.py", "import sqlite3", id="cli knows SQLite"),
    pytest.param("protocol", "ide/planted.py", "from lsprotocol import types", id="ide knows lsprotocol"),
    pytest.param("protocol", "cli/planted.py", "import pygls.server", id="cli knows pygls"),
    pytest.param("values", "markdown/planted.py", "import os", id="the parser knows the system"),
    pytest.param("values", "dates/planted.py", "def now():\n    import time\n", id="dates know the clock"),
    pytest.param("ide-disk", "ide/planted.py", "from pathlib import Path", id="ide knows the disk"),
]


def test_the_layers_hold() -> None:
    """The package as it stands keeps every contract."""
    finished = lint_imports(REPOSITORY, REPOSITORY / "src")

    assert finished.returncode == 0, finished.stdout
    assert f"{len(CONTRACTS)} kept, 0 broken" in finished.stdout


def test_every_contract_is_shown_to_fail() -> None:
    """There is a violation below for each contract, so that none of them guards nothing."""
    assert {violation.values[0] for violation in VIOLATIONS} == set(CONTRACTS)


@pytest.mark.parametrize("contract,path,text", VIOLATIONS)
def test_a_planted_violation_breaks_its_contract(contract: str, path: str, text: str, tmp_path: Path) -> None:
    """One forbidden import anywhere in a copy of the package breaks the contract against it."""
    package = tmp_path / "notes_lsp"
    shutil.copytree(REPOSITORY / "src" / "notes_lsp", package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    (package / "text" / "other.py").write_text('"""A value."""\nimport notes_lsp.text.planted\n', encoding="utf-8")
    (package / path).write_text(f'"""Planted."""\n{text}\n', encoding="utf-8")

    finished = lint_imports(tmp_path, tmp_path, "--contract", contract)

    assert finished.returncode != 0
    assert f"{CONTRACTS[contract]} BROKEN" in finished.stdout
    assert "planted" in finished.stdout


def lint_imports(folder: Path, source: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What import-linter says in ``folder`` about the package that lies in ``source``."""
    program = find_program("lint-imports")
    assert program, "import-linter is not installed"
    return subprocess.run(
        [program, "--no-cache", "--no-logo", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(source), "COLUMNS": "200"},
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=50,
    )
