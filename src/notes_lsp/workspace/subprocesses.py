"""Subprocesses: how programs are found and started, so that nothing in the current folder is code."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Generator
from pathlib import Path

import notes_lsp

_HARMLESS = frozenset({"PYTHONUTF8", "PYTHONCOERCECLOCALE", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE"})
"""The variables of Python that say nothing of where code is."""


def own_command(module: str) -> list[str]:
    """The command line that runs ``main()`` of one of our modules in an interpreter of its own.

    Isolated (``-I``): neither the current folder nor any variable of the environment says where modules are. What the
    interpreter does not find by itself is looked for last, where this process has it from: our own package, and what a
    wrapper or the user's site adds.
    """
    utf8 = ["-X", "utf8"] if sys.flags.utf8_mode else []
    program = f"import sys; sys.path += {_places()!a}; from {module} import main; main()"
    return [sys.executable, "-I", *utf8, "-c", program]


@contextlib.contextmanager
def guarded_environment() -> Generator[None]:
    """For a moment, an environment for interpreters that we cannot give a command line.

    ``multiprocessing`` writes its own, with ``-c``, which puts the current folder first: of its workers, and of the
    process that keeps track of its semaphores, which starts with the first of these.
    """
    kept = {name: value for name, value in os.environ.items() if name.startswith("PYTHON") and name not in _HARMLESS}
    for name in kept:
        del os.environ[name]
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        del os.environ["PYTHONSAFEPATH"]
        os.environ.update(kept)


def end_workers() -> None:
    """End the workers of ``multiprocessing`` that this process has started, which it is about to leave.

    A worker that is still starting would tell the user, in a traceback, that nobody speaks to it any more.
    """
    if "multiprocessing" in sys.modules:
        from multiprocessing import active_children  # noqa: PLC0415  (most commands start none)

        for worker in active_children():
            worker.kill()


def forget_current_folder() -> None:
    """Import nothing more from the current folder, be it there by ``python -m`` or by ``PYTHONPATH``.

    Where we are ourselves below the current folder, as in a checkout, that one place stays, and is looked at last.
    """
    here = _here()
    if here is None:
        return
    named = {os.path.realpath(place) for place in _python_path()}
    # The environment of our own interpreter may well be in the current folder.
    ours = os.path.realpath(sys.prefix)

    def is_here(place: str) -> bool:
        found = os.path.realpath(place)
        return found == here or (found in named and _is_below(found, here) and not _is_below(found, ours))

    sys.path[:] = [place for place in sys.path if place and not is_here(place)]
    if _home() not in sys.path:
        sys.path.append(_home())


def find_program(name: str) -> str | None:
    """The program that a command of this name runs, never one in the current folder; ``None`` where there is none.

    What holds a slash is a path that somebody chose, and stays as it is.
    """
    from shutil import which  # noqa: PLC0415  (most commands start nothing)

    if os.path.dirname(name):  # noqa: PTH120
        return which(name)
    here = _here()
    endings = ("", *os.environ.get("PATHEXT", "").split(os.pathsep)) if sys.platform == "win32" else ("",)
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        if os.path.isabs(folder) and os.path.realpath(folder) != here:  # noqa: PTH117
            for ending in endings:
                found = which(os.path.join(folder, name + ending))  # noqa: PTH118
                if found is not None:
                    return found
    return None


def _places() -> list[str]:
    """Where this process imports from, without the current folder and what ``PYTHONPATH`` names."""
    left_out = {_here(), *(os.path.realpath(place) for place in _python_path())}
    found = (place for place in sys.path if os.path.isabs(place) and os.path.realpath(place) not in left_out)  # noqa: PTH117
    return list(dict.fromkeys((_home(), *found)))


def _home() -> str:
    """The folder that our own package is in."""
    return str(Path(notes_lsp.__file__).parent.parent)


def _python_path() -> list[str]:
    return [] if sys.flags.ignore_environment else os.environ.get("PYTHONPATH", "").split(os.pathsep)


def _here() -> str | None:
    try:
        return os.path.realpath(os.getcwd())  # noqa: PTH109
    except OSError:
        return None


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip(os.sep) + os.sep)
