"""A real terminal for tests: tmux, with a shell in it, typed into and read from as a person would."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator
from pathlib import Path

from conftest import require_editor
from speclib.console import environment_of

_SECONDS = 30.0


class Terminal:
    """One window of tmux, on a server of its own."""

    def __init__(self, socket: Path) -> None:
        """Made by :func:`terminal`."""
        self._socket = socket

    def type(self, text: str) -> None:
        """Type text as it is."""
        self._tmux("send-keys", "-l", text)

    def press(self, *keys: str) -> None:
        """Press keys by the names that tmux has for them, such as ``Enter``, ``Tab``, ``C-c``."""
        self._tmux("send-keys", *keys)

    def run(self, command: str) -> None:
        """Type a command and press Enter."""
        self.type(command)
        self.press("Enter")

    def screen(self) -> str:
        """What is seen."""
        return self._tmux("capture-pane", "-p", "-J")

    def wait(self, condition: Callable[[str], bool], what: str) -> str:
        """Wait until what is seen fulfils a condition, and give it back."""
        limit = time.monotonic() + _SECONDS
        while not condition(shown := self.screen()):
            assert time.monotonic() < limit, f"{what} is not to be seen in:\n{shown}"
            time.sleep(0.05)
        return shown

    def wait_for(self, text: str) -> str:
        """Wait until a text is seen."""
        return self.wait(lambda shown: text in shown, text)

    def wait_for_line(self, pattern: str) -> str:
        """Wait until a line is seen that fits a regular expression as a whole."""
        return self.wait(lambda shown: re.search(f"^{pattern}[ ]*$", shown, re.MULTILINE) is not None, pattern)

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", str(self._socket), *arguments], capture_output=True, check=True, timeout=_SECONDS
        )
        return done.stdout.decode(errors="replace")


@contextlib.contextmanager
def terminal(vault: Path, *shell: str, **environment: str) -> Generator[Terminal]:
    """A terminal of 100 by 30 with a shell in a vault, ready to be typed into."""
    require_editor("tmux", shutil.which("tmux"))
    require_editor(shell[0], shutil.which(shell[0]))
    variables = {**environment_of(vault), "PS1": "> ", "PROMPT": "> ", "TERM": "screen-256color", **environment}
    variables.pop("COLUMNS")
    variables.pop("TMUX", None)
    # A socket's path may not be long, which those of pytest's folders are.
    with tempfile.TemporaryDirectory(prefix="notes-lsp-tmux-") as folder:
        socket = Path(folder) / "socket"
        made = Terminal(socket)
        command = ["tmux", "-S", str(socket), "-f", os.devnull, "new-session", "-d", "-x", "100", "-y", "30", *shell]
        subprocess.run(command, env=variables, cwd=vault, check=True, timeout=_SECONDS, capture_output=True)
        try:
            made.wait_for("> ")
            yield made
        finally:
            subprocess.run(
                ["tmux", "-S", str(socket), "kill-server"], check=False, timeout=_SECONDS, capture_output=True
            )
