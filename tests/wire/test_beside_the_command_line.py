"""A server and the command line on one vault: neither spoils what the other is at, and each sees what is saved."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from speclib.console import environment_of
from speclib.drivers import did_open, write_notes
from speclib.ours import COMMAND
from speclib.wire import Client

pytestmark = pytest.mark.wire

NOTES = {
    ".notes-lsp.toml": "",
    "tomato.md": "# Tomato\n",
    "kale.md": "# Kale\n\n[[tomato]]\n",
    "hedge.md": "# Hedge\n",
}


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A small vault."""
    folder = tmp_path / "vault"
    folder.mkdir()
    write_notes(folder, NOTES)
    return folder


@contextmanager
def serving(vault: Path) -> Iterator[Client]:
    """A server that has read the vault, with one note open and unchanged."""
    with Client(COMMAND, cwd=vault, env=environment_of(vault)) as client:
        client.initialize(vault)
        client.notify("textDocument/didOpen", did_open(vault, "kale.md", NOTES["kale.md"]))
        client.wait(lambda: not client.busy())
        assert mentions(client, vault, "tomato.md") == ["kale.md"]
        yield client


def run(vault: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line as a process, with the same index as the server."""
    command = [sys.executable, "-m", "notes_lsp", *arguments]
    return subprocess.run(command, cwd=vault, env=environment_of(vault), capture_output=True, text=True, check=False)


def mentions(client: Client, vault: Path, path: str) -> list[str]:
    """Who links to a note, as the server says."""
    at = {"textDocument": {"uri": (vault / path).as_uri()}, "position": {"line": 0, "character": 3}}
    found = client.request("textDocument/references", {**at, "context": {"includeDeclaration": False}})
    return sorted(Path(place["uri"]).name for place in found or [])


def type_into(client: Client, vault: Path, text: str, version: int) -> None:
    """Give the open note another text, and have the server handle it."""
    document = {"uri": (vault / "kale.md").as_uri(), "version": version}
    client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})
    client.request("textDocument/documentSymbol", {"textDocument": {"uri": document["uri"]}})


def test_what_is_unsaved_in_an_editor_is_left_alone(vault: Path) -> None:
    """A rename that would edit such a note does nothing at all; once it is saved, or closed, it is done."""
    with serving(vault) as client:
        type_into(client, vault, "# Kale\n\nNew. [[tomato]]\n", 2)

        refused = run(vault, "rename", "tomato", "love apple")
        elsewhere = run(vault, "rename", "hedge", "fence")
        write_notes(vault, {"kale.md": "# Kale\n\nNew. [[tomato]]\n"})
        client.notify("textDocument/didSave", {"textDocument": {"uri": (vault / "kale.md").as_uri()}})
        client.request("textDocument/documentSymbol", {"textDocument": {"uri": (vault / "kale.md").as_uri()}})
        done = run(vault, "rename", "tomato", "love apple")

    assert (refused.stdout, refused.returncode) == ("", 2)
    assert refused.stderr == "notes-lsp: unsaved in an editor: kale.md; save first. Nothing was changed\n"
    assert elsewhere.returncode == 0
    assert done.returncode == 0, done.stderr
    assert (vault / "kale.md").read_text("utf-8") == "# Kale\n\nNew. [[love apple]]\n"
    assert not (vault / "tomato.md").exists()


def test_a_note_that_is_open_and_saved_may_be_renamed(vault: Path) -> None:
    """What an editor merely shows is on disk as well, and the editor reads it again."""
    with serving(vault):
        done = run(vault, "rename", "kale", "cabbage")

    assert (done.stdout, done.returncode) == ("kale.md -> cabbage.md\n", 0)


def test_a_server_that_was_killed_holds_nothing(vault: Path) -> None:
    """What it told is known to be stale, since its lock is gone, and is removed."""
    with serving(vault) as client:
        type_into(client, vault, "# Kale\n\nNew. [[tomato]]\n", 2)
        before = run(vault, "rename", "tomato", "love apple")
        os.kill(client.process.pid, signal.SIGKILL)
        client.process.wait()
        after = run(vault, "rename", "tomato", "love apple")

    assert (before.returncode, after.returncode) == (2, 0)
    assert not list((vault.parent / "home").rglob("unsaved-*"))


def test_what_is_typed_back_and_closed_is_no_longer_unsaved(vault: Path) -> None:
    """Closing a buffer throws its text away, so nothing of it can be lost."""
    with serving(vault) as client:
        type_into(client, vault, "# Kale\n\nNew. [[tomato]]\n", 2)
        uri = (vault / "kale.md").as_uri()
        client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        client.request("workspace/symbol", {"query": "kale"})

        done = run(vault, "rename", "tomato", "love apple")

    assert done.returncode == 0, done.stderr


def test_a_folder_that_is_left_and_added_again(vault: Path) -> None:
    """What is unsaved in it is told as before, in one message or in two; once it is left, nothing is."""
    folder = [{"uri": vault.as_uri(), "name": "vault"}]
    leave, add = {"added": [], "removed": folder}, {"added": folder, "removed": []}
    with serving(vault) as client:
        type_into(client, vault, "# Kale\n\nNew. [[tomato]]\n", 2)
        for events in ([{"added": folder, "removed": folder}], [leave, add], [leave, add, leave, add]):
            for event in events:
                client.notify("workspace/didChangeWorkspaceFolders", {"event": event})
            assert mentions(client, vault, "tomato.md") == ["kale.md"]

            refused = run(vault, "rename", "tomato", "love apple")

            assert "kale.md" in refused.stderr
            assert refused.returncode == 2
        client.notify("workspace/didChangeWorkspaceFolders", {"event": leave})
        client.request("workspace/symbol", {"query": "kale"})
        assert run(vault, "rename", "tomato", "love apple").returncode == 0
        assert "locked" not in client.errors()


def test_each_sees_what_the_other_saved(vault: Path) -> None:
    """The command line looks at the disk each time, the server is told by its watch; neither sees unsaved text.

    How soon, tells ``tools/bench_beside.py``.
    """
    with serving(vault) as client:
        type_into(client, vault, "# Kale\n\nTyped [[hedge]]\n", 2)
        unsaved = run(vault, "backlinks", "hedge", "--format", "path")
        write_notes(vault, {"fresh.md": "# Fresh\n\n[[hedge]]\n"})
        saved = run(vault, "backlinks", "hedge", "--format", "json")
        renamed = run(vault, "rename", "fresh", "stale")
        deadline = time.monotonic() + 20
        while mentions(client, vault, "hedge.md") != ["kale.md", "stale.md"]:
            assert time.monotonic() < deadline
            time.sleep(0.02)

    assert (unsaved.stdout, unsaved.returncode) == ("", 1)
    assert [row["path"] for row in json.loads(saved.stdout)] == ["fresh.md"]
    assert renamed.returncode == 0
