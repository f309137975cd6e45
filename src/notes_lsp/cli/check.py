"""check: the diagnostics of the editor, for the shell and for continuous integration."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from notes_lsp.cli.formats import Shape
from notes_lsp.cli.output import CLEAN, FOUND, NOTHING, Output, open_vault, results, show
from notes_lsp.cli.templates import Row
from notes_lsp.cli.vaults import NoVaultError, Opened, absolute
from notes_lsp.core.settings import Severity
from notes_lsp.core.text import Encoding, Source, Span
from notes_lsp.features.diagnostics import diagnostics
from notes_lsp.features.property_checks import property_findings
from notes_lsp.workspace.settings import CONFIG_NAME

_SHAPE = Shape(
    ("path", "line", "column", "end", "severity", "code", "message"),
    text="{severity} {code} {message}",
    table=("path", "line", "column", "severity", "code", "message"),
    terminal="line",
)


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@results(_SHAPE)
def check(path: Path | None, out: Output) -> int:
    """Say what is wrong in the notes: in all, in one, or in those below a folder.

    Exits with 0 where all is well, 1 where something was found, 2 where it could not be checked.
    """
    with open_vault(out.vault, path) as at:
        found = show(out, at.root.path, _findings(at, _below(at, path)))
    return CLEAN if found == NOTHING else FOUND


def _below(at: Opened, path: Path | None) -> str:
    if path is None:
        return ""
    spelled = absolute(path)
    for base in (spelled, spelled.resolve()):
        if base == at.root.path:
            return ""
        if base.is_relative_to(at.root.path):
            return base.relative_to(at.root.path).as_posix()
    raise NoVaultError(f"{path} is not in the vault {at.root.path}")


def _findings(at: Opened, below: str) -> Iterator[Row]:
    severity = at.folder.config.severity("config")
    if severity is not Severity.OFF and below in ("", CONFIG_NAME):
        for problem in at.problems:
            span = problem.span if problem.span is not None and problem.layer == "vault" else Span(0, 0)
            yield _row(CONFIG_NAME, at.config_source, span, severity, "config", problem.message)
    vault = at.folder.settle()
    for note in vault.notes():
        if not below or note.path == below or note.path.startswith(f"{below}/"):
            found = [*diagnostics(vault, note, at.folder.config), *property_findings(vault, note, at.folder.config)]
            if found:
                source = Source(vault.text(note) or "")
                for finding in sorted(found, key=lambda one: one.span):
                    yield _row(note.path, source, finding.span, finding.severity, finding.code, finding.message)


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
