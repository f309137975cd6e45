"""Stage: a vault with a server on it, on which a fault is made, and what has to hold afterwards."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from served import SOON, Editor
from speclib.drivers import write_notes
from speclib.ours import COMMAND
from speclib.wire import Client

NOTES = {
    ".notes-lsp.toml": "",
    "hub.md": "# Hub\n\n## Rose\n",
    "one.md": "[[hub]]\n",
    "sub/two.md": "[[Hub#Rose]]\n",
    "lost.md": "[[nowhere]]\n",
}
LINKING = ("one.md", "sub/two.md")
"""The notes that link to the hub, if nobody changes anything."""
_WAIT = 60.0


@dataclass
class Stage:
    """What a fault is made with."""

    root: Path
    environment: dict[str, str]
    editors: list[Editor] = field(default_factory=list)
    closing: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    @property
    def editor(self) -> Editor:
        """The first server."""
        return self.editors[0]

    @property
    def index(self) -> Path:
        """The file of the index."""
        (found,) = Path(self.environment["XDG_CACHE_HOME"]).rglob("index.db")
        return found

    def start(self, prelude: str = "") -> Editor:
        """Start one more server, by a shell that runs ``prelude`` before."""
        command = ("sh", "-c", f'{prelude}\nexec "$@"', "sh", *COMMAND) if prelude else COMMAND
        client = self.closing.enter_context(Client(command, cwd=self.root, env=self.environment, timeout=_WAIT))
        client.initialize(self.root)
        self.editors.append(Editor(client, self.root))
        return self.editors[-1]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The command line."""
        command = [sys.executable, "-P", "-m", "notes_lsp", *arguments]
        environment = {**os.environ, **self.environment}
        return subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, text=True, check=False, timeout=_WAIT
        )

    def write(self, path: str, text: str | bytes) -> None:
        """Write a file of the vault."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def damage(self, place: float = 0.5, size: int = 4096 * 12) -> None:
        """Overwrite a part of the index, after all of it was written to its main file."""
        with contextlib.closing(sqlite3.connect(self.index)) as connection, contextlib.suppress(sqlite3.Error):
            connection.execute("pragma wal_checkpoint(truncate)")
        with self.index.open("r+b") as file:
            file.seek(int(self.index.stat().st_size * place) // 4096 * 4096)
            file.write(b"\xa5" * size)

    def alter(self, sql: str) -> None:
        """Change the index behind everybody's back."""
        with contextlib.closing(sqlite3.connect(self.index, timeout=10)) as connection, connection:
            connection.execute(sql)


@contextlib.contextmanager
def staged(folder: Path, environment: Mapping[str, str | None]) -> Iterator[Stage]:
    """A stage with the notes written, and folders of its own for everything that a program keeps."""
    kinds = ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "HOME")
    own: dict[str, str] = {kind: str(folder / "own" / kind.lower()) for kind in kinds}
    own["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    # A variable that is to be unset is as good as empty to all who read these.
    own |= {key: value or "" for key, value in environment.items()}
    stage = Stage(folder / "vault", own)
    write_notes(stage.root, NOTES)
    with stage.closing:
        yield stage


def assert_well(stage: Stage, linking: tuple[str, ...], told: Callable[[str], bool]) -> None:
    """Every server lives, knows who links to the hub, where a link leads and what is broken, and raised nothing."""
    for editor in stage.editors:
        editor.eventually(partial(editor.mentions, "hub.md"), list(linking))
        if "one.md" in linking:
            editor.eventually(partial(editor.definition, "one.md"), ["hub.md"])
        assert broken(editor, "lost.md") == ["broken-link"]
        assert editor.client.process.poll() is None
        assert told(editor.client.errors()), editor.client.errors()


def broken(editor: Editor, path: str) -> list[str]:
    """The codes of a note's diagnostics."""
    report = editor.client.request("textDocument/diagnostic", {"textDocument": {"uri": editor.uri(path)}})
    return [item["code"] for item in report["items"]]


def bytes_of(root: Path) -> dict[str, bytes]:
    """The bytes of each regular note that is not huge, by path."""
    found: dict[str, bytes] = {}
    for folder, _, names in os.walk(root):
        for name in names:
            file = Path(folder) / name
            if name.endswith(".md") and file.is_file() and file.stat().st_size < 10_000_000:
                found[os.fsdecode(file.relative_to(root))] = file.read_bytes()
    return found


__all__ = ["LINKING", "NOTES", "SOON", "Stage", "assert_well", "broken", "bytes_of", "staged"]
