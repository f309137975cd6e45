"""Diagnostics: findings, and problems of the settings, converted to the protocol."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lsprotocol import types

import notes_lsp
from notes_lsp.config.settings import Severity
from notes_lsp.ide.values import Finding
from notes_lsp.index.dependencies.keys import DependencyKey
from notes_lsp.lsp.server import convert
from notes_lsp.lsp.server.session import Session
from notes_lsp.text.source import Encoding, Source, Span
from notes_lsp.workspace.disk import roots
from notes_lsp.workspace.folder import Folder
from notes_lsp.workspace.workspace import ServedFolder

_MANUAL = ("diagnostics.md", "../../docs/diagnostics.md")
"""The page about diagnostics, from the package: installed with it, or in the checkout."""


@dataclass(frozen=True, slots=True)
class NoteReport:
    """What was found in a note when it was looked at."""

    items: list[types.Diagnostic]
    mark: str
    """Changes whenever the items do: the result id of a pull."""
    keys: frozenset[DependencyKey]
    """What the items depend on, as far as the note's rows do not say."""


def diagnostic(session: Session, folder: Folder, source: Source, finding: Finding) -> types.Diagnostic:
    """A finding in the note whose text is ``source``."""
    related = [
        types.DiagnosticRelatedInformation(_location(session, folder, path, span), message)
        for path, span, message in finding.related
    ]
    return types.Diagnostic(
        range=convert.range_(source, finding.span, session.unit),
        message=finding.message,
        severity=convert.SEVERITIES[finding.severity],
        code=finding.code,
        code_description=types.CodeDescription(_documentation(finding.code)),
        source="notes-lsp",
        tags=[types.DiagnosticTag.Unnecessary] if finding.unnecessary else None,
        related_information=related or None,
        data=finding.data or None,
    )


def of_settings(served: ServedFolder, unit: Encoding) -> list[types.Diagnostic]:
    """What is wrong with the settings of a vault, at its file of settings."""
    source = Source(served.config_text)
    severity = served.folder.config.severity("config")
    return [
        types.Diagnostic(
            convert.range_(source, problem.span or Span(0, 0), unit),
            problem.message if problem.layer == "vault" else f"{problem.layer}: {problem.key}: {problem.message}",
            convert.SEVERITIES[severity],
            code="config",
            code_description=types.CodeDescription(_documentation("config")),
            source="notes-lsp",
        )
        for problem in served.problems
        if severity is not Severity.OFF
    ]


def diagnostics_digest(found: Iterable[types.Diagnostic]) -> str:
    """What is another one as soon as the diagnostics are."""
    total = hashlib.blake2b(digest_size=12)
    for one in found:
        total.update(repr(one).encode(errors="replace"))
    return total.hexdigest()


def _location(session: Session, folder: Folder, path: str, span: Span) -> types.Location:
    note = folder.vault.note(path)
    source = session.source(folder, note) if note is not None and span.end else Source("")
    return types.Location(session.uri_of(folder, path), convert.range_(source, span, session.unit))


@cache
def _documentation(code: str) -> str:
    """Where a code is explained: a page on this disk, since nothing here needs a network."""
    package = Path(notes_lsp.__file__).parent
    pages = [(package / name).resolve() for name in _MANUAL]
    page = next((page for page in pages if page.is_file()), pages[0])
    return f"{roots.path_to_uri(page)}#{code}"


NO_REPORT = NoteReport([], diagnostics_digest([]), frozenset())
"""What is found in a note of which nothing is told."""
