"""schema: propose a schema for the frontmatter from the notes that there are."""

from __future__ import annotations

from pathlib import Path

import click

from notes_lsp.cli.shell.output import CLEAN, FOUND, ending, progress, vault_option
from notes_lsp.cli.shell.vaults import find_vault, opened
from notes_lsp.facts import Property
from notes_lsp.frontmatter.formats.write import Value
from notes_lsp.schemas.infer import as_toml, inferred
from notes_lsp.text.globs import matches


@click.group()
def schema() -> None:
    """Schemas of the frontmatter."""


@schema.command()
@click.argument("glob", required=False)
@vault_option
@ending
def infer(glob: str | None, vault: Path | None) -> int:
    """Propose a schema, as TOML for the settings, from the notes whose path matches GLOB, by default from all."""
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
