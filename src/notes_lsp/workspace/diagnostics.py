"""Diagnostics: all findings of a note, and which notes have to be checked again after a change."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from notes_lsp.ide.diagnostics.duplicates import duplicate_findings
from notes_lsp.ide.diagnostics.frontmatter import property_findings
from notes_lsp.ide.diagnostics.links import each_diagnostic
from notes_lsp.ide.hover.url import resource_findings
from notes_lsp.ide.values import Finding, in_order
from notes_lsp.index.dependencies.keys import DependencyKey, DependencyKind
from notes_lsp.index.vault.dependents import dependents
from notes_lsp.index.vault.vault import Note
from notes_lsp.workspace.folder import Folder


def findings(folder: Folder, note: Note) -> Iterator[Finding | None]:
    """All there is to tell of a note, in no order; of an open one also what its text has in common with others.

    ``None`` is no finding, but a place to pause at: who goes on later settles the folder first. A text that changed
    meanwhile is checked anew.
    """
    vault, config = folder.vault, folder.config
    for found in each_diagnostic(vault, note, config):
        if found is None:
            yield None
        else:
            yield from in_order((found,), config)
    yield None
    yield from property_findings(vault, note, config)
    if note.path in folder.open_paths:
        yield None
        yield from duplicate_findings(vault, note, config)
        yield None
        yield from resource_findings(vault, note, config)


def affected_notes(folder: Folder, keys: Collection[DependencyKey]) -> set[str]:
    """The paths of the notes of which something else may be told since some keys were touched.

    Every finding is about rows of its own note, and what these ask for: see ``index.vault.dependents``. What else a
    finding depends on, it says itself (``Finding.depends``).
    """
    found = dependents(folder.vault, keys)
    paths = {key.value for key in keys if key.kind in (DependencyKind.NOTE, DependencyKind.DISK)}
    if any(_may_be_template(folder, path) for path in paths):
        # What is said by a template is no duplicate.
        found.update(folder.open_paths)
    return found


def _may_be_template(folder: Folder, path: str) -> bool:
    config = folder.config
    named = {config.new.template, config.daily.template, config.weekly.template, config.monthly.template}
    named.update(rule.template or "" for rule in config.new_rules.rules)
    below = config.new.templates.strip("/")
    return any(path.startswith(base) for name in named - {""} for base in (name, f"{below}/{name}" if below else name))
