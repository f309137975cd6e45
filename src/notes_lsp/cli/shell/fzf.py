"""fzf: results shown in fzf with a preview, and the selected ones returned."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

from notes_lsp.cli.shell.formats import Shape
from notes_lsp.cli.shell.row_template import Row, format_value, one_line, read_template
from notes_lsp.cli.shell.terminal import paint, sanitize
from notes_lsp.text.source import escape_control
from notes_lsp.workspace.subprocesses import find_program, own_command

_ABORTED = frozenset({1, 130})
"""Exit codes of fzf: nothing fits, and Escape."""

_BETWEEN = "//"
"""What is between the fields of a line: the one text that no whole path has in it, unlike a tab."""

_WIDE = 120
"""Columns from which there is room for a preview beside the list."""


class NoChooserError(RuntimeError):
    """fzf is not installed, or there is no terminal to choose on; the message says so."""


def pick(rows: Iterable[Row], shape: Shape, root: Path, *, query: str = "") -> list[Row]:
    """The rows that the user picks, in the order of the list; none where the user picks none.

    Raises:
        NoChooserError: there is no fzf.
    """
    program = find_program("fzf")
    if program is None:
        raise NoChooserError("--interactive needs fzf (https://github.com/junegunn/fzf), which is not installed")
    found = list(rows)
    if not found:
        return []
    lines = "\0".join(_line(number, row, shape, root) for number, row in enumerate(found))
    done = subprocess.run(  # noqa: S603  (it is what the user wants)
        [program, *_options(shape, root), "--query", query],
        input=lines.encode("utf-8", "surrogateescape"),
        stdout=subprocess.PIPE,
        # What the user wants of all of fzf comes behind what we want, and counts more.
        env={**os.environ, "FZF_DEFAULT_OPTS": f"--layout=reverse {os.environ.get('FZF_DEFAULT_OPTS', '')}"},
        check=False,
    )
    if done.returncode not in {0, *_ABORTED}:
        raise NoChooserError(f"fzf ended with exit code {done.returncode}")
    numbers = (part.partition(_BETWEEN.encode())[0] for part in done.stdout.split(b"\0") if part)
    return [found[number] for number in sorted(int(number) for number in numbers if number.isdigit())]


def _options(shape: Shape, root: Path) -> list[str]:
    options = [
        "--read0",
        "--print0",
        "--ansi",
        "--multi",
        "--tiebreak",
        "index",
        "--delimiter",
        _BETWEEN,
        "--with-nth",
        "4..",
    ]
    if "path" not in shape.columns:
        return options
    us = shlex.join(own_command("notes_lsp.cli.main"))
    preview = f"{us} show --vault {shlex.quote(str(root))} --color always --line {{3}} -- {{2}}"
    where = "right,50%" if _columns() >= _WIDE else "down,60%"
    return [*options, "--preview", preview, "--preview-window", f"{where},wrap,+{{3}}-/2"]


def _columns() -> int:
    """How wide the terminal is, whatever standard output is."""
    for descriptor in (2, 0, 1):
        try:
            return os.get_terminal_size(descriptor).columns
        except OSError:
            continue
    return _WIDE


def _line(number: int, row: Row, shape: Shape, root: Path) -> str:
    text = sanitize(str(row.get("styled") or one_line(_filled(row, shape))))
    path = row.get("path")
    if path is None:
        return _BETWEEN.join((str(number), "", "", text))
    line = format_value(row.get("line")) or "1"
    place = f"{path}:{line}" if row.get("line") else str(path)
    file = f"{root}".rstrip("/") + f"/{path}"
    return _BETWEEN.join((str(number), file, line, f"{text}  {sanitize(paint(escape_control(place), '2'))}"))


def _filled(row: Row, shape: Shape) -> str:
    fill: Callable[[Row], str] = read_template(shape.text).fill
    return fill(row)
