"""Planted code: a vault full of files that Python would import; whatever is run in it, none of them is even opened."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

import notes_lsp
from cli.terminal import terminal
from conftest import require_editor
from notes_lsp.cli.main import VERBS
from notes_lsp.lsp.methods import COMMANDS
from notes_lsp.workspace.disk.roots import resolve_path
from speclib.console import environment_of
from speclib.wire import Client, ResponseError

_NOTES = 320
"""More than are read without worker processes."""
_PACKAGES = ("encodings", "notes_lsp", "notes_lsp/cli", "notes_lsp/workspace", "email", "importlib", "asyncio")
_AUDIT = """\
import os, sys
_LOG, _VAULT = {log!r}, {vault!r}
def _told(event, arguments):
    if event == "open":
        path = arguments[0]
    elif event == "exec":
        path = getattr(arguments[0], "co_filename", "")
    elif event == "import":
        path = arguments[1]
    else:
        return
    path = os.fsdecode(path) if isinstance(path, (str, bytes)) else ""
    if os.path.abspath(path).startswith(_VAULT) and path.endswith((".py", ".pyc", ".so")):
        _write("TOUCHED " + event + " " + path)
def _write(line):
    file = os.open(_LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(file, (line + "\\n").encode("utf-8", "replace"))
    os.close(file)
_write("BEGAN " + ascii(sys.orig_argv))
sys.addaudithook(_told)
"""


@dataclass(frozen=True)
class Planted:
    """A vault with code in it, a Python that tells of what it does there, and where it tells it."""

    root: Path
    python: Path
    log: Path
    marks: Path
    environment: Mapping[str, str]

    @property
    def program(self) -> list[str]:
        """The command as an installer makes it: a script that does not look into the current folder."""
        return [str(self.python.with_name("notes-lsp"))]

    def began(self) -> str:
        """The command lines of all interpreters that were started so far."""
        return "\n".join(line for line in self._lines() if line.startswith("BEGAN "))

    def touched(self) -> list[str]:
        """What was opened, imported or run that lies in the vault."""
        return [line for line in self._lines() if not line.startswith("BEGAN ")] + sorted(
            mark.name for mark in self.marks.iterdir()
        )

    def _lines(self) -> list[str]:
        return self.log.read_text("utf-8").splitlines() if self.log.exists() else []


@pytest.fixture
def planted(tmp_path: Path) -> Planted:
    """A vault of 320 notes with a planted file for each module there is."""
    base = resolve_path(tmp_path)
    root, marks = base / "vault", base / "marks"
    marks.mkdir()
    root.mkdir()
    (root / ".notes-lsp.toml").write_text('[new.idea]\nfolder = "ideas"\n', "utf-8")
    (root / "tea.md").write_text("---\ntags: [green]\n---\n# Tea\n\n- [ ] [[n1]] 2024-01-01\n\nn2 is n3\n", "utf-8")
    for number in range(_NOTES):
        (root / f"n{number}.md").write_text(
            f"# n{number}\n\n[[tea]] [[n{number + 1}]] https://ex.org/{number}\n", "utf-8"
        )
    _plant(root, marks)
    environment = dict(environment_of(root))
    python = _audited(base / "program", root, base / "log")
    environment["PATH"] = f"{python.parent}{os.pathsep}{environment['PATH']}"
    return Planted(root, python, base / "log", marks, environment)


def _plant(root: Path, marks: Path) -> None:
    for package in _PACKAGES:
        (root / package).mkdir(parents=True)
    names = {*sys.stdlib_module_names, *packages_distributions(), "sitecustomize", "usercustomize", "idna", "colorama"}
    files = [f"{name}.py" for name in names if name.isidentifier() and name not in _PACKAGES]
    files += [f"{package}/__init__.py" for package in _PACKAGES]
    files += ["notes_lsp/__main__.py", "notes_lsp/cli/main.py", "notes_lsp/workspace/sql_process.py"]
    for file in files:
        mark = str(marks / file.replace("/", "."))
        (root / file).write_text(f"open({mark!r}, 'w').close()\n", "utf-8")


def _audited(place: Path, root: Path, log: Path) -> Path:
    """An environment in which every interpreter, however it is started, says what it opens in the vault."""
    venv.EnvBuilder(symlinks=True).create(place)
    python = place / "bin" / "python"
    site = next(place.glob("lib/python*/site-packages"))
    (site / "a_audit.py").write_text(_AUDIT.format(log=str(log), vault=f"{root}/"), "utf-8")
    (site / "a_audit.pth").write_text("import a_audit\n", "utf-8")
    ours = [path for path in sys.path if path.endswith("site-packages")]
    (site / "ours.pth").write_text("".join(f"import site; site.addsitedir({path!r})\n" for path in ours), "utf-8")
    script = place / "bin" / "notes-lsp"
    script.write_text(
        f"#!{python}\nfrom notes_lsp.cli.main import main\nif __name__ == '__main__':\n    main()\n", "utf-8"
    )
    script.chmod(0o755)
    return python


_RUNS: dict[str, Sequence[str]] = {
    "search": ("tea",),
    "links": ("tea",),
    "backlinks": ("tea",),
    "related": ("tea",),
    "mentions": ("tea",),
    "query": ("SELECT count(*) FROM notes",),
    "sql": ("--shell", "true"),
    "new": ("A new note", "--type", "idea"),
    "daily": ("today",),
    "show": ("tea",),
    "open": ("tea", "--editor", "true"),
    "rename": ("n7", "seven"),
    "export": ("tea",),
    "schema": ("infer",),
    "completions": ("bash",),
}
"""What verbs are given; those that are not here need nothing. Two serve, and are tested by themselves."""


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.parametrize("path", ["", "vault"], ids=["plain", "PYTHONPATH"])
def test_no_verb_runs_code_of_the_vault(planted: Planted, path: str) -> None:
    """Every verb, run in the vault, opens no planted file, nor does any process that it starts."""
    environment, command = dict(planted.environment), planted.program
    if path:
        # A program that is started so that this does not count for it; nor shall it for what it starts.
        environment["PYTHONPATH"] = str(planted.root)
        command = [str(planted.python), "-I", *planted.program]
    for verb in (verb for verbs in VERBS.values() for verb in verbs if verb not in {"serve", "mcp"}):
        ran = _run(planted, [*command, verb, *_RUNS.get(verb, ())], environment)
        assert ran.returncode in {0, 1}, (verb, ran.stdout, ran.stderr)
        assert "Traceback" not in ran.stderr, (verb, ran.stderr)
        assert planted.touched() == [], verb
    complete = environment | {
        "_NOTES_LSP_COMPLETE": "bash_complete",
        "COMP_WORDS": "notes-lsp show te",
        "COMP_CWORD": "2",
    }
    assert "tea" in _run(planted, command, complete).stdout
    assert planted.touched() == []
    assert "multiprocessing" in planted.began(), "the workers were never started, so that this shows nothing"


def _run(planted: Planted, command: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=planted.root, env=environment, capture_output=True, text=True, timeout=120, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.parametrize("path", ["", "vault"], ids=["plain", "PYTHONPATH"])
def test_the_server_runs_no_code_of_the_vault(planted: Planted, path: str) -> None:
    """Cold and warm, with the vault as its current folder, the server and its processes open no planted file."""
    environment, command = dict(planted.environment), [*planted.program, "serve"]
    if path:
        environment["PYTHONPATH"] = str(planted.root)
        command = [str(planted.python), "-I", *command]
    for _ in ("cold", "warm"):
        with Client(command, cwd=planted.root, env=environment, timeout=20) as client:
            client.initialize(planted.root)
            assert client.request("workspace/symbol", {"query": "Tea"})
            for name in COMMANDS:
                # What is answered is not the point; some of these want a client that shows things.
                with contextlib.suppress(ResponseError):
                    asked = {"command": name, "arguments": _arguments(name, planted)}
                    client.request("workspace/executeCommand", asked)
            rows = client.request(
                "workspace/executeCommand", {"command": "notes.query", "arguments": [{"sql": "SELECT 1"}]}
            )
            assert rows["rows"] == [[1]], client.errors()
            assert client.shutdown() == 0
        assert planted.touched() == []
    assert "multiprocessing" in planted.began()
    assert "notes_lsp.workspace.sql_process" in planted.began()


def _arguments(name: str, planted: Planted) -> list[Any]:
    uri = (planted.root / "tea.md").as_uri()
    place = {"uri": uri, "position": {"line": 3, "character": 3}}
    arguments: dict[str, list[Any]] = {
        "notes.query": [{"sql": "SELECT path FROM notes"}],
        "notes.new": [{"title": "Another"}],
        "notes.daily": [{"when": "today"}],
        "notes.showReferences": [uri, {"line": 0, "character": 0}, []],
    }
    return arguments.get(name, [place])


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_model_runs_no_code_of_the_vault(planted: Planted) -> None:
    """Every tool that a language model has is answered without opening a planted file."""
    pytest.importorskip("mcp", reason="the extra [mcp] is not installed")
    hello = {"protocolVersion": "2025-03-26", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    given = {"query": "tea", "note": "tea", "sql": "SELECT 1", "title": "New", "name": "tea", "text": "text"}
    process = subprocess.Popen(
        [*planted.program, "mcp", "--write"], cwd=planted.root, env=planted.environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    with process:
        talk = _spoken_to(process)
        talk("initialize", hello)
        talk("notifications/initialized", None)
        tools = talk("tools/list", {})["result"]["tools"]
        for tool in tools:
            needed = {key: given.get(key, "tea") for key in tool["inputSchema"].get("required", ())}
            assert "result" in talk("tools/call", {"name": tool["name"], "arguments": needed})
        assert process.stdin is not None
        process.stdin.close()
    assert {"search", "query"} <= {tool["name"] for tool in tools}
    assert planted.touched() == []


def _spoken_to(process: subprocess.Popen[str]) -> Any:
    numbers: Iterator[int] = iter(range(1, 1_000))

    def talk(method: str, params: Any) -> Any:
        assert process.stdin is not None
        assert process.stdout is not None
        message: dict[str, Any] = {"jsonrpc": "2.0", "method": method}
        if params is None:
            process.stdin.write(json.dumps(message) + "\n")
            process.stdin.flush()
            return None
        number = next(numbers)
        process.stdin.write(json.dumps({**message, "id": number, "params": params}) + "\n")
        process.stdin.flush()
        while True:
            answer = json.loads(process.stdout.readline())
            if answer.get("id") == number:
                return answer

    return talk


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.editor
def test_the_preview_runs_no_code_of_the_vault(planted: Planted) -> None:
    """While results are being picked, what shows a note beside them opens no planted file."""
    require_editor("fzf", shutil.which("fzf"))
    environment = dict(planted.environment) | {"PYTHONPATH": str(planted.root)}
    with terminal(planted.root, "bash", "--norc", "--noprofile", **environment) as seen:
        seen.run(f"{planted.python} -I {planted.program[0]} list -i --match Tea")
        seen.wait_for("n2 is n3")
        seen.press("Escape")
        seen.wait_for_line(">")
    assert "show" in planted.began()
    assert planted.touched() == []


def test_workers_find_the_package_in_a_checkout(tmp_path: Path) -> None:
    """Where the package itself is below the current folder, and ``PYTHONPATH`` names its place, workers have it too."""
    home = resolve_path(Path(notes_lsp.__file__)).parent.parent
    for number in range(_NOTES):
        (tmp_path / f"n{number}.md").write_text(f"[[n{number + 1}]]\n", "utf-8")
    environment = {**environment_of(tmp_path), "PYTHONPATH": str(home)}
    ran = subprocess.run(
        [sys.executable, "-P", "-m", "notes_lsp", "list", "--vault", str(tmp_path), "--format", "{path}"],
        cwd=home.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert len(ran.stdout.splitlines()) == _NOTES
    assert not ran.stderr
