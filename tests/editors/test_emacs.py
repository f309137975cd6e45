"""Emacs with Eglot and our package and nothing else: ERT's tests are in notes-lsp-tests.el, one Emacs runs them all."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from conftest import require_editor
from drive_neovim import wait_for
from editors.scene import HERE, servers, wait_until_all_are_gone, write_large_vault, write_vault
from find_editors import EMACS_PACKAGE, Emacs, emacs, isolated

pytestmark = pytest.mark.editor

TESTS = HERE / "notes-lsp-tests.el"
NAMES = re.findall(r"^\(ert-deftest ([\w-]+)", TESTS.read_text(encoding="utf-8"), flags=re.MULTILINE)
PATIENCE = 60

COMPILE = """(progn
  (require 'bytecomp)
  (setq byte-compile-error-on-warn t
        byte-compile-dest-file-function (lambda (_) (getenv "COMPILED")))
  (kill-emacs (if (byte-compile-file (getenv "PACKAGE")) 0 1)))"""
CHECKDOC = """(progn
  (require 'checkdoc)
  (checkdoc-file (getenv "PACKAGE")))"""
VISIT = """(progn
  (require 'markdown-mode)
  (require 'notes-lsp)
  (setq eglot-sync-connect t eglot-connect-timeout 30)
  (find-file (getenv "NOTE"))
  (apply #'eglot--connect (eglot--guess-contact))
  (eglot--maybe-activate-editing-mode)
  (message "connected"))"""
DOZE = "(while t (accept-process-output nil 0.1))"


@pytest.fixture(scope="module")
def program() -> Emacs:
    """An Emacs with Eglot and markdown-mode."""
    return require_editor("Emacs with eglot and markdown-mode", emacs())


@pytest.fixture(scope="module")
def report(program: Emacs, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What one run of all ERT tests printed."""
    folder = tmp_path_factory.mktemp("emacs")
    vaults = {
        "NOTES_LSP_VAULT": str(write_vault(folder / "vault")),
        "NOTES_LSP_SCRATCH": str(write_vault(folder / "scratch")),
    }
    done = run(program, folder, "-l", str(TESTS), "-f", "ert-run-tests-batch-and-exit", **vaults)
    wait_until_all_are_gone(folder / "vault")
    return done.stdout + done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_ert(report: str, name: str) -> None:
    """The ERT test of this name passes; its own docstring says what that means."""
    outcomes = re.findall(rf"^ +(passed|skipped|FAILED) +\d+/\d+ +{name}(?![\w-])", report, flags=re.MULTILINE)

    assert outcomes in (["passed"], ["skipped"]), about(name, report)


def test_the_package_compiles_without_a_warning(program: Emacs, tmp_path: Path) -> None:
    """The byte compiler, told to take warnings for errors, accepts the package."""
    done = run(
        program, tmp_path, "--eval", COMPILE, COMPILED=str(tmp_path / "notes-lsp.elc"), PACKAGE=str(EMACS_PACKAGE)
    )

    assert done.returncode == 0, done.stderr


def test_the_package_is_documented_as_emacs_wants_it(program: Emacs, tmp_path: Path) -> None:
    """Checkdoc has nothing to say."""
    done = run(program, tmp_path, "--eval", CHECKDOC, PACKAGE=str(EMACS_PACKAGE))

    said = [line for line in done.stderr.splitlines() if EMACS_PACKAGE.name in line]
    assert (done.returncode, said) == (0, [])


def test_leaving_emacs_leaves_nothing_behind(program: Emacs, tmp_path: Path) -> None:
    """`kill-emacs` ends the server, which Emacs kills rather than waits for."""
    vault = write_vault(tmp_path / "vault")

    done = run(program, tmp_path, "--eval", VISIT, "--eval", "(kill-emacs)", NOTE=str(vault / "index.md"))

    assert done.returncode == 0, done.stderr
    wait_until_all_are_gone(vault)


def test_a_shut_down_server_leaves_nothing_behind(program: Emacs, tmp_path: Path) -> None:
    """`eglot-shutdown`, which kills the server while worker processes read, leaves none of them, and Emacs goes on."""
    vault = write_large_vault(tmp_path / "vault")
    shutdown = '(progn (eglot-shutdown (eglot-current-server)) (message "shut down"))'
    with started(
        program, tmp_path, "--eval", VISIT, "--eval", shutdown, "--eval", DOZE, NOTE=str(vault / "Note 1.md")
    ) as process:
        assert process.stderr is not None
        try:
            for line in process.stderr:
                if "shut down" in line:
                    break
            wait_for(lambda: servers(vault) == [process.pid], "Emacs alone is left")
        finally:
            process.kill()


def test_a_killed_emacs_leaves_nothing_behind(program: Emacs, tmp_path: Path) -> None:
    """Where Emacs is killed while worker processes read the vault, server and workers end by themselves."""
    vault = write_large_vault(tmp_path / "vault")
    with started(program, tmp_path, "--eval", VISIT, "--eval", DOZE, NOTE=str(vault / "Note 1.md")) as process:
        try:
            # Emacs, the server, and at least one worker with multiprocessing's tracker.
            wait_for(lambda: len(servers(vault)) > 3, "workers read the vault")
        finally:
            os.kill(process.pid, signal.SIGKILL)

    wait_until_all_are_gone(vault)


def run(program: Emacs, folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run an Emacs with no init file to its end."""
    return subprocess.run(
        command(program, *arguments),
        env=environment(program, folder, **variables),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def started(program: Emacs, folder: Path, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    """Start an Emacs with no init file."""
    return subprocess.Popen(
        command(program, *arguments),
        env=environment(program, folder, **variables),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def command(program: Emacs, *arguments: str) -> list[str]:
    """An Emacs that prints rather than shows, with our package on its load path."""
    return [str(program.program), "-Q", "--batch", "-L", str(EMACS_PACKAGE.parent), *arguments]


def environment(program: Emacs, folder: Path, **variables: str) -> dict[str, str]:
    """Where nothing is the user's but the packages."""
    return isolated(folder) | {"EMACSLOADPATH": program.load_path} | variables


def about(name: str, report: str) -> str:
    """What ERT says of one test; all of it where it says nothing."""
    found = re.search(rf"^Test {name} (?:backtrace|condition):.*?(?=^Test |\Z)", report, flags=re.DOTALL | re.MULTILINE)
    return found[0] if found else report
