"""What is imported is declared, and what is declared is locked, for every Python and platform that is supported."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from conftest import REPOSITORY

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
LOCKED = [Requirement(line) for line in (REPOSITORY / "constraints.txt").read_text("utf-8").splitlines()]
EXTRA_OF = {"src/notes_lsp/cli/serve/mcp_tools.py": "mcp"}
"""What is imported only where an extra is installed."""


def names(requirements: list[str]) -> set[str]:
    """The names of the packages that some requirements ask for."""
    return {canonicalize_name(Requirement(one).name) for one in requirements}


def imported(path: Path) -> Iterator[str]:
    """The top-level modules that a file imports from outside of the standard library and of this project."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found = [node.module or ""]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            found = [one.value for one in node.args[:1] if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        else:
            continue
        yield from {name.split(".")[0] for name in found} - sys.stdlib_module_names - {"notes_lsp"}


def test_what_is_imported_is_declared() -> None:
    """Every package that the product imports is a dependency of it, or of the extra that it is imported for."""
    packages = packages_distributions()
    for path in sorted((REPOSITORY / "src").rglob("*.py")):
        extra = EXTRA_OF.get(path.relative_to(REPOSITORY).as_posix())
        declared = names(PROJECT["dependencies"] + (EXTRAS[extra] if extra else []))
        for module in imported(path):
            assert {canonicalize_name(one) for one in packages[module]} & declared, f"{path} imports {module}"


def test_what_is_declared_is_imported() -> None:
    """No dependency is there for nothing."""
    packages = packages_distributions()
    used = {
        canonicalize_name(one)
        for path in (REPOSITORY / "src").rglob("*.py")
        for module in imported(path)
        for one in packages[module]
    }
    assert names(PROJECT["dependencies"] + EXTRAS["mcp"]) - used == set()


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
@pytest.mark.parametrize("platform", [("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64")], ids="-".join)
def test_what_is_declared_is_locked(python: str, platform: tuple[str, str]) -> None:
    """There is exactly one version of each package to install, and it is one that is allowed."""
    system, machine = platform
    environment = {"python_version": python, "python_full_version": f"{python}.0", "extra": ""}
    environment |= {"sys_platform": system, "platform_machine": machine}
    for one in map(Requirement, [*PROJECT["dependencies"], *(one for extra in EXTRAS.values() for one in extra)]):
        if one.marker and not one.marker.evaluate(environment):
            continue
        found = [
            pin
            for pin in LOCKED
            if canonicalize_name(pin.name) == canonicalize_name(one.name)
            and (pin.marker is None or pin.marker.evaluate(environment))
        ]
        assert len(found) == 1, one
        assert one.specifier.contains(next(iter(found[0].specifier)).version), one


def test_the_lock_names_no_place() -> None:
    """A version and a marker is all that is said of a package: where it comes from is up to whoever installs it."""
    for line in (REPOSITORY / "constraints.txt").read_text("utf-8").splitlines():
        assert re.fullmatch(r"[a-z0-9.-]+==[0-9a-z.]+( ; [^:/]+)?", line), line
