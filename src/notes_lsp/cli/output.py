"""Output: failures as one clear line, progress on the standard error stream, results on standard output."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from typing import Any, ParamSpec

from notes_lsp.cli.vaults import NoVaultError
from notes_lsp.index.damage import NoFullTextError

P = ParamSpec("P")

CLEAN, FOUND, FAILED = 0, 1, 2
"""Exit codes."""


def failing_clearly(command: Callable[P, int]) -> Callable[P, int]:
    """Turn what the user can mend into one line on the standard error stream and exit code 2."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> int:
        try:
            return command(*args, **kwargs)
        except (NoVaultError, NoFullTextError, PermissionError) as error:
            print(f"notes-lsp: {error}", file=sys.stderr)
            return FAILED
        except BrokenPipeError:
            # Whoever reads us has seen enough; Python would complain again when it flushes at exit.
            sys.stdout = None
            return CLEAN

    return run


def write_json(value: Any) -> None:
    """Write one JSON value and a line end."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def progress() -> Callable[[int, int], None]:
    """A progress bar on the standard error stream where that is a terminal, else nothing."""
    if not sys.stderr.isatty():
        return lambda _done, _total: None
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    bar = Progress(
        TextColumn("Reading notes"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task("")

    def report(done: int, total: int) -> None:
        if total and not bar.live.is_started and done < total:
            bar.start()
        bar.update(task, completed=done, total=total)
        if done >= total:
            bar.stop()

    return report
