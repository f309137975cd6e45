"""Values: findings, actions, cards and hints, whichever module found them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from notes_lsp.config.settings import Config, Severity
from notes_lsp.index.dependencies.keys import DependencyKey
from notes_lsp.text.globs import matches
from notes_lsp.text.source import Edit, Span


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell."""

    code: str
    span: Span
    message: str
    severity: Severity = Severity.WARNING
    data: dict[str, object] = field(default_factory=dict[str, object])
    """What a quick fix needs to know."""
    related: tuple[tuple[str, Span, str], ...] = ()
    """Path, place and what to say of it, for other places that have to do with it."""
    unnecessary: bool = False
    """The text could go without loss."""
    depends: tuple[DependencyKey, ...] = ()
    """What it says of others, as far as no row of its own note says that it would: see ``index.vault.dependents``."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done."""

    title: str
    fixes: str | None
    """The code of the diagnostic that is gone afterwards."""
    span: Span
    """Where that diagnostic stands."""
    edits: tuple[Edit, ...] = ()
    """In the note the action was asked for in."""
    elsewhere: tuple[tuple[str, tuple[Edit, ...]], ...] = ()
    """In other notes, by path."""
    create: tuple[str, str] | None = None
    """Path and text of a note to write."""
    preferred: bool = False
    kind: str = "quickfix"
    """The protocol's kind of code action."""


@dataclass(frozen=True, slots=True)
class Card:
    """What to show, and of which part of the text."""

    span: Span
    markdown: str


@dataclass(frozen=True, slots=True)
class Hint:
    """A text to show behind an offset."""

    offset: int
    text: str


def is_silent(path: str, config: Config) -> bool:
    """Whether the settings want nothing to be told of the note at ``path``."""
    return not config.diagnostics.enabled or matches(path, config.diagnostics.ignore_in)


def in_order(found: Iterable[Finding], config: Config) -> list[Finding]:
    """The findings as loud as the settings want them, without those turned off, in the order of the text."""
    told = (replace(finding, severity=config.severity(finding.code)) for finding in found)
    loud = (finding for finding in told if finding.severity is not Severity.OFF)
    return sorted(loud, key=lambda finding: (finding.span, finding.code))
