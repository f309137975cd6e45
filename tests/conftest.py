"""What all tests share: how Hypothesis searches, and what happens where an editor is missing."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings

from notes_lsp.index.store.store import Store

pytest_plugins = ["speclib.pytest_options"]

Found = TypeVar("Found")

REPOSITORY = Path(__file__).resolve().parent.parent

# Indexes of test vaults, and whatever a developer configured for themselves, stay out of each other's way.
_HOME = tempfile.TemporaryDirectory(prefix="notes-lsp-tests-")
os.environ["XDG_CACHE_HOME"] = f"{_HOME.name}/cache"
os.environ["XDG_CONFIG_HOME"] = f"{_HOME.name}/config"

settings.register_profile("dev", deadline=None)
# In CI the same examples every time, so that a red run is about the change and not about luck.
settings.register_profile(
    "ci", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


@pytest.fixture(scope="session", autouse=True)
def closing_stores() -> Iterator[None]:
    """Close every index with the store that nobody holds any more: from Python 3.13 on, forgetting to is a warning."""
    begin = Store.__init__

    def begin_and_watch(store: Store, path: Path | None) -> None:
        begin(store, path)
        weakref.finalize(store, store.connection.close)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "__init__", begin_and_watch)
        yield


def find_program(name: str) -> Path | None:
    """Where a program is: beside the Python that runs the tests (where wheels put theirs), else on PATH."""
    beside = str(Path(sys.executable).parent)
    found = shutil.which(name, path=os.pathsep.join([beside, os.environ.get("PATH", "")]))
    return Path(found) if found else None


def require_editor(name: str, found: Found | None) -> Found:
    """What was found of an editor; where nothing was, the test is skipped, saying so.

    With ``NOTES_LSP_REQUIRE_EDITORS=1`` in the environment, as in CI, a missing editor is a failure.
    """
    if found is not None:
        return found
    message = f"{name} is not installed"
    if os.environ.get("NOTES_LSP_REQUIRE_EDITORS", "0") not in {"", "0"}:
        pytest.fail(f"{message}, and NOTES_LSP_REQUIRE_EDITORS asks for it", pytrace=False)
    pytest.skip(message)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run by several processes (``-n``), a file's tests stay together, and so do all that drive an editor.

    Two editors at a time would miss deadlines that one alone meets.
    """
    for item in items:
        group = "editors" if item.get_closest_marker("editor") else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))
