"""check: the diagnostics of the editor, for the shell and for continuous integration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from notes_lsp.cli.output import CLEAN, FOUND, failing_clearly, progress, write_json
from notes_lsp.cli.vaults import NoVaultError, Opened, absolute, find_vault, opened
from notes_lsp.core.settings import Severity
from notes_lsp.core.text import Encoding, Position, Source, Span
from notes_lsp.features.diagnostics import diagnostics
from notes_lsp.features.property_checks import property_findings
from notes_lsp.workspace.settings import CONFIG_NAME


@dataclass(frozen=True, slots=True)
class _Line:
    path: str
    start: Position
    end: Position
    severity: str
    code: str
    message: str


@failing_clearly
def check(path: Path | None, vault: Path | None, format_: str) -> int:
    """Print what is wrong in the notes at or below ``path``, by default in the whole vault; returns the exit code."""
    root = find_vault(vault, path)
    with opened(root, progress()) as at:
        below = _below(at, path)
        found = list(_findings(at, below))
    if format_ == "json":
        write_json([_as_json(line) for line in found])
    else:
        for line in found:
            start = f"{line.start.line + 1}:{line.start.column + 1}"
            print(f"{line.path}:{start}: {line.severity} {line.code} {line.message}")
    return FOUND if found else CLEAN


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


def _findings(at: Opened, below: str) -> Iterator[_Line]:
    severity = at.folder.config.severity("config")
    if severity is not Severity.OFF and below in ("", CONFIG_NAME):
        for problem in at.problems:
            span = problem.span if problem.span is not None and problem.layer == "vault" else Span(0, 0)
            yield _line(CONFIG_NAME, at.config_source, span, severity, "config", problem.message)
    vault = at.folder.settle()
    for note in vault.notes():
        if not below or note.path == below or note.path.startswith(f"{below}/"):
            found = [*diagnostics(vault, note, at.folder.config), *property_findings(vault, note, at.folder.config)]
            if found:
                source = Source(vault.text(note) or "")
                for finding in sorted(found, key=lambda one: one.span):
                    yield _line(note.path, source, finding.span, finding.severity, finding.code, finding.message)


def _line(path: str, source: Source, span: Span, severity: Severity, code: str, message: str) -> _Line:
    start = source.position(span.start, Encoding.UTF32)
    end = source.position(span.end, Encoding.UTF32)
    return _Line(path, start, end, severity.value, code, " ".join(message.split()))


def _as_json(line: _Line) -> dict[str, object]:
    return {
        "path": line.path,
        "line": line.start.line + 1,
        "column": line.start.column + 1,
        "end": {"line": line.end.line + 1, "column": line.end.column + 1},
        "severity": line.severity,
        "code": line.code,
        "message": line.message,
    }
