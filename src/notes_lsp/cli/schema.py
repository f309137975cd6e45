"""schema: propose a schema for the frontmatter from the notes that there are."""

from __future__ import annotations

from pathlib import Path

from notes_lsp.cli.output import CLEAN, FOUND, failing_clearly, progress
from notes_lsp.cli.vaults import find_vault, opened
from notes_lsp.core.facts import Property
from notes_lsp.core.findings import matches
from notes_lsp.core.header_write import Value
from notes_lsp.core.schema_infer import as_toml, inferred


@failing_clearly
def infer(glob: str | None, vault: Path | None) -> int:
    """Print a schema for the notes whose path matches ``glob``, by default for all; returns the exit code."""
    root = find_vault(vault)
    with opened(root, progress()) as at:
        asked = at.folder.settle()
        notes = [note for note in asked.notes() if glob is None or matches(note.path, (glob,))]
        found, required, total = inferred([asked.facts(Property, note) for note in notes])
    if not found:
        print(f"# none of {len(notes)} notes has a frontmatter")
        return FOUND
    name = (glob or "").strip("/").split("/")[0].strip("*.") or "notes"
    selectors: dict[str, Value] = {"folder": glob} if glob else {}
    print(f"# from {total} of {len(notes)} notes; for .notes-lsp.toml, to be made stricter by hand")
    print(as_toml(name, selectors, found, required), end="")
    return CLEAN
