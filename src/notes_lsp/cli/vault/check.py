"""check: the diagnostics of the editor, for the shell and for continuous integration."""

from __future__ import annotations

import os
from collections.abc import Container, Iterator
from pathlib import Path

import click

from notes_lsp.cli.shell.arguments import resolve_paths
from notes_lsp.cli.shell.complete import complete_files
from notes_lsp.cli.shell.formats import Shape
from notes_lsp.cli.shell.output import CLEAN, FOUND, NOTHING, Output, open_vault, results, show
from notes_lsp.cli.shell.row_template import Row
from notes_lsp.cli.shell.vaults import OpenVault
from notes_lsp.config.settings import Severity
from notes_lsp.text.source import Encoding, Source, Span
from notes_lsp.workspace.config.settings import CONFIG_NAME
from notes_lsp.workspace.diagnostics import findings

_SHAPE = Shape(
    ("path", "line", "column", "end", "severity", "code", "message"),
    text="{severity} {code} {message}",
    table=("path", "line", "column", "severity", "code", "message"),
    terminal="line",
)


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", shell_complete=complete_files)
@results(_SHAPE)
def check(paths: tuple[str, ...], out: Output) -> int:
    """Say what is wrong in the notes: in all, or in those that are named or lie below a folder that is.

    PATH is a folder, a note by path or name, or - for the names on standard input.
    Exits with 0 where all is well, 1 where something was found, 2 where it could not be checked.
    """
    # What is a whole path is nothing else, and is looked for where it says.
    named = (Path(path) for path in paths if path != "-")
    about = next((path for path in named if path.is_absolute() or os.path.lexists(path)), None)
    with open_vault(out.vault, about) as at:
        found = show(out, at.root.path, _findings(at, set(resolve_paths(at, paths) if paths else [""])))
    return CLEAN if found == NOTHING else FOUND


def _findings(at: OpenVault, below: Container[str]) -> Iterator[Row]:
    severity = at.folder.config.severity("config")
    if severity is not Severity.OFF and ("" in below or CONFIG_NAME in below):
        for problem in at.problems:
            span = problem.span if problem.span is not None and problem.layer == "vault" else Span(0, 0)
            yield _row(CONFIG_NAME, at.config_source, span, severity, "config", problem.message)
    vault = at.folder.current_vault()
    for note in vault.notes():
        if "" in below or note.path in below or any(folder in below for folder in _folders(note.path)):
            found = [finding for finding in findings(at.folder, note) if finding is not None]
            if found:
                source = Source(vault.text(note) or "")
                for finding in sorted(found, key=lambda one: (one.span, one.code)):
                    yield _row(note.path, source, finding.span, finding.severity, finding.code, finding.message)


def _folders(path: str) -> Iterator[str]:
    """The folders that a path is in, the innermost first, without the vault's own."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _row(path: str, source: Source, span: Span, severity: Severity, code: str, message: str) -> Row:
    start = source.position(span.start, Encoding.UTF32)
    end = source.position(span.end, Encoding.UTF32)
    return {
        "path": path,
        "line": start.line + 1,
        "column": start.column + 1,
        "end": {"line": end.line + 1, "column": end.column + 1},
        "severity": severity.value,
        "code": code,
        "message": " ".join(message.split()),
    }
