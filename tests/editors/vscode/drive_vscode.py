"""Drives a real VS Code in a headless browser: keys in by the browser, state out by an extension that looks inside."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO, TypeVar

from drive_neovim import PATIENCE, TookTooLong, wait_for

T = TypeVar("T")

HERE = Path(__file__).parent
SETUP = HERE.parents[2] / "tools" / "vscode_setup.sh"

SETTINGS = {
    "breadcrumbs.enabled": False,
    "chat.commandCenter.enabled": False,
    "editor.accessibilitySupport": "off",
    "editor.minimap.enabled": False,
    "extensions.autoCheckUpdates": False,
    "extensions.autoUpdate": False,
    "files.autoSave": "off",
    "markdown.updateLinksOnFileMove.enabled": "never",
    "telemetry.telemetryLevel": "off",
    "update.mode": "none",
    "window.commandCenter": False,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
}


@dataclass(frozen=True, slots=True)
class Installation:
    """What ``tools/vscode_setup.sh`` installed, and the browser to show it in."""

    folder: Path
    chromium: Path

    @property
    def code_server(self) -> list[str]:
        """The command that is VS Code."""
        folder = self.folder / "code-server"
        return [str(folder / "node"), str(folder / "node_modules" / "code-server" / "out" / "node" / "entry.js")]


def installation_folder() -> Path:
    """Where ``tools/vscode_setup.sh`` installs to."""
    return Path(os.environ.get("NOTES_LSP_VSCODE") or Path.home() / ".cache" / "notes-lsp-dev" / "vscode")


def is_installed() -> bool:
    """Whether an installation is there, up to date or not."""
    return all((installation_folder() / f"{part}.stamp").exists() for part in ("code-server", "client"))


def installed() -> Installation | None:
    """What is installed; ``None`` where anything is missing."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    return Installation(installation_folder(), Path(chromium)) if chromium and is_installed() else None


class VSCode:
    """A VS Code in a browser without a screen; use it as a context manager."""

    def __init__(self, program: Installation, server: Path, environment: Mapping[str, str], vault: Path) -> None:
        """Open ``vault`` in a VS Code that has nothing but our two extensions; its own files lie beside the vault."""
        self.vault = vault
        self._folder = vault.parent
        self._program = program
        # A socket's path may have a hundred bytes, and a test's folder may well have more.
        self._sockets = Path(tempfile.mkdtemp(prefix="vscode-"))
        self._environment = {**environment, "PROBE": str(self._sockets / "s")}
        settings = self._folder / "data" / "User" / "settings.json"
        settings.parent.mkdir(parents=True, exist_ok=True)
        # VS Code takes PATH from a login shell, which knows nothing of our environment.
        settings.write_text(json.dumps(SETTINGS | {"notes-lsp.command": [str(server), "serve"]}), encoding="utf-8")
        self._process: subprocess.Popen[str] | None = None
        self._probe: TextIO | None = None
        self._complaints = 0
        try:
            self._install_extensions()
            self._start()
            self._probe = self._connect()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close, whatever state it is in."""
        self.close()

    def ask(self, code: str, **values: object) -> Any:
        """What a piece of JavaScript returns inside VS Code, where ``vscode`` is its API and ``values`` are given."""
        if self._probe is None:
            raise RuntimeError("VS Code has gone")
        self._probe.write(json.dumps({"code": code, "values": values}) + "\n")
        self._probe.flush()
        answer = json.loads(self._probe.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]

    def press(self, *keys: str) -> None:
        """Press keys one after the other, as in ``press("Control+K", "Control+I")``."""
        for key in keys:
            self._tell("press", key)

    def type(self, text: str) -> None:
        """Type a text into the editor, key by key, each once the one before has had its effect."""
        for key in text:
            self._type_key(key)

    def open(self, name: str) -> None:
        """Open a note of the vault in the editor, and wait until it can be typed into."""
        self.ask(
            "await vscode.window.showTextDocument(vscode.Uri.file(values.path), { preview: false })",
            path=str(self.vault / name),
        )
        file = Path(name).name
        self.until(
            lambda: (
                any(tab.startswith(file) for tab in self.seen(".tab.active"))
                and self.seen(".editor-instance .monaco-editor.focused")
            ),
            f"{name} has the focus",
        )

    def tidy_up(self) -> None:
        """Give up all changes that are not saved, and close all that is open."""
        self.press("Escape")
        self.ask(
            "for (const document of vscode.workspace.textDocuments.filter((document) => document.isDirty)) {"
            "  await vscode.window.showTextDocument(document);"
            "  await vscode.commands.executeCommand('workbench.action.files.revert');"
            "}"
            "for (const command of ['action.closeAllEditors', 'action.closePanel', 'action.focusSideBar']) {"
            "  await vscode.commands.executeCommand(`workbench.${command}`);"
            "}"
        )

    def complaints(self) -> list[str]:
        """What the client logged as wrong since it was asked last, the server's standard error included."""
        logs = (self._folder / "data" / "logs").glob("*/exthost*/notes-lsp.*/*.log")
        lines = [line for log in logs for line in log.read_text(encoding="utf-8", errors="replace").splitlines()]
        complaints = [line for line in lines if "[info]" not in line]
        new = complaints[self._complaints :]
        self._complaints = len(complaints)
        return new

    def put_cursor(self, before: str, inside: str = "") -> None:
        """Put the cursor on the first place of a text in the note, ``inside`` it where only a part is meant."""
        text = self.text()
        self.put_cursor_at(text.index(inside, text.index(before)))

    def put_cursor_at(self, offset: int) -> None:
        """Put the cursor at an offset in the note, in code points, and wait until keys go there."""
        before = self.text()[:offset]
        self.ask(
            "const editor = vscode.window.activeTextEditor; const at = editor.document.positionAt(values.at);"
            "editor.selection = new vscode.Selection(at, at); editor.revealRange(editor.selection);"
            # Nobody says when the cursor is there, but a command that does nothing gets its turn after that.
            "await vscode.commands.executeCommand('noop')",
            at=len(before.encode("utf-16-le")) // 2,
        )
        where = f"Ln {before.count(chr(10)) + 1}, Col {offset - before.rfind(chr(10))}"
        self.until(lambda: self.seen("[id='status.editor.selection']") == [where], f"the cursor is at {where}")

    def text(self) -> str:
        """The text of the note in the editor."""
        return str(self.ask("return vscode.window.activeTextEditor?.document.getText() ?? ''"))

    def cursor(self) -> tuple[str, int]:
        """The name of the file in the editor, and the number of the line that the cursor is in."""
        name, line = self.ask(
            "const editor = vscode.window.activeTextEditor;"
            "return [editor?.document.uri.path ?? '', editor?.selection.active.line ?? -1]"
        )
        return Path(name).name, line + 1

    def seen(self, selector: str) -> list[str]:
        """The texts of those elements of the page that can be seen, the spoken label where there is one."""
        return [str(text) for text in self._tell("seen", selector)]

    def click(self, selector: str) -> None:
        """Click on the first element of the page that a selector finds, once it is there."""
        self._tell("click", selector)

    def until(self, condition: Callable[[], T], what: str, patience: float = PATIENCE) -> T:
        """Wait until ``condition`` returns something true, and return that; else leave a picture of what was seen."""
        try:
            return wait_for(condition, what, patience)
        except TookTooLong as error:
            picture = self.picture("failed")
            complaints = "\n".join(self.complaints())
            shown = f"what was to be seen: {picture}\nthe note: {self.text()!r}\nthe log: {complaints}"
            raise TookTooLong(f"{error}\n{shown}") from None

    def picture(self, name: str, **options: object) -> Path:
        """Take a picture of the window and return where it is; ``options`` are playwright's for ``screenshot``."""
        path = self._folder / "pictures" / f"{name}.png"
        self._tell("picture", {"path": str(path), **options})
        return path

    def close(self) -> None:
        """Close the browser and end VS Code, as when its terminal is closed."""
        if self._probe is not None:
            self._probe.close()
            self._probe = None
        if self._process is not None:
            if self._process.stdin is not None:
                self._process.stdin.close()
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None
        shutil.rmtree(self._sockets, ignore_errors=True)

    def _type_key(self, key: str) -> None:
        # A bracket that closed itself is typed over, which only moves the cursor.
        state = "const at = vscode.window.activeTextEditor; return [at.document.version, at.selection.active]"
        before = self.ask(state)
        self._tell("type", key)
        self.until(lambda: self.ask(state) != before, f"{key} is typed")

    def _options(self) -> list[str]:
        return ["--user-data-dir", str(self._folder / "data"), "--extensions-dir", str(self._folder / "extensions")]

    def _install_extensions(self) -> None:
        packages = [self._program.folder / "client.vsix", self._program.folder / "probe.vsix"]
        done = subprocess.run(
            [*self._program.code_server, *self._options(), *(f"--install-extension={path}" for path in packages)],
            env=self._environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise RuntimeError(f"VS Code does not take the extensions: {done.stdout}{done.stderr}")

    def _start(self) -> None:
        """Start browser and VS Code. A browser that does not come up gets another chance, as it is not our subject."""
        for last_try in (False, True):
            with (self._folder / "browser.log").open("a", encoding="utf-8") as log:
                self._process = subprocess.Popen(
                    [
                        self._program.code_server[0], str(HERE / "browser.mjs"), str(self._program.folder / "driver"),
                        str(self._program.chromium), str(self.vault), *self._program.code_server, *self._options(),
                        "--auth=none", "--bind-addr=127.0.0.1:0", "--disable-telemetry", "--disable-update-check",
                        "--disable-workspace-trust", "--disable-getting-started-override",
                    ],
                    env=self._environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
                )  # fmt: skip
            try:
                self._heard()
            except RuntimeError:
                if last_try:
                    raise
                self._process.wait(PATIENCE)
            else:
                return

    def _connect(self) -> TextIO:
        address = Path(self._environment["PROBE"])
        wait_for(address.exists, "VS Code has started its extensions", 2 * PATIENCE)
        probe = socket.socket(socket.AF_UNIX)
        probe.settimeout(2 * PATIENCE)
        probe.connect(str(address))
        with probe:
            # Closed with the socket's last user.
            return probe.makefile("rw", encoding="utf-8")

    def _tell(self, *deed: object) -> Any:
        if self._process is None or self._process.stdin is None:
            raise RuntimeError("VS Code has gone")
        self._process.stdin.write(json.dumps(deed) + "\n")
        self._process.stdin.flush()
        return self._heard()

    def _heard(self) -> Any:
        line = self._process.stdout.readline() if self._process and self._process.stdout else ""
        answer = json.loads(line) if line else {"error": "VS Code has gone"}
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]
