"""What wire tests share: a vault, and real server processes that keep their caches to themselves."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from notes_lsp.workspace.disk.roots import resolve_path
from served import SOON, Editor, Start
from speclib.drivers import write_notes
from speclib.ours import COMMAND
from speclib.wire import Client


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A vault of three notes: two that link to the third."""
    vault = resolve_path(tmp_path) / "vault"
    notes = {
        ".notes-lsp.toml": "",
        "hub.md": "# Hub\n\n## Rose\n",
        "one.md": "[[hub]]\n",
        "sub/two.md": "[[Hub#Rose]]\n",
    }
    write_notes(vault, notes)
    return vault


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    """Folders of their own for everything that a server keeps."""
    kinds = ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "HOME")
    return {**{kind: str(tmp_path / "own" / kind.lower()) for kind in kinds}, "PYTHONPATH": os.pathsep.join(sys.path)}


@pytest.fixture
def start(environment: Mapping[str, str], tmp_path: Path) -> Iterator[Start]:
    """Starts servers; each is ended with the test."""
    with ExitStack() as running:

        def begin(
            root: Path, *, command: Sequence[str] = COMMAND, profile: str = "full", initialize: bool = True
        ) -> Editor:
            client = running.enter_context(
                Client(command, cwd=tmp_path, env=environment, profile=profile, timeout=SOON)
            )
            if initialize:
                client.initialize(root)
            return Editor(client, root)

        yield begin


@pytest.fixture
def editor(start: Start, root: Path) -> Editor:
    """A server on the vault."""
    return start(root)
