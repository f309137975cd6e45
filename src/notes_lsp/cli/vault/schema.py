"""schema: propose a schema for the frontmatter from the notes that there are."""

from __future__ import annotations

from pathlib import Path

import click

from notes_lsp.cli.shell.output import CLEAN, FOUND, exit_code_command, progress, vault_option
from notes_lsp.cli.shell.vaults import find_vault, open_at
from notes_lsp.facts import Property
from notes_lsp.frontmatter.formats.write import HeaderValue
from notes_lsp.schemas.infer import as_toml, infer_schema
from notes_lsp.text.globs import matches


@click.group()
def schema() -> None:
    """Schemas of the frontmatter."""


@schema.command("infer")
@click.argument("glob", required=False)
@vault_option
@exit_code_command
def infer_command(glob: str | None, vault: Path | None) -> int:
    """Propose a schema, as TOML for the settings, from the notes whose path matches GLOB, by default from all."""
    root = find_vault(vault)
    with open_at(root, progress()) as at:
        asked = at.folder.current_vault()
        notes = [note for note in asked.notes() if glob is None or matches(note.path, (glob,))]
        found, required, total = infer_schema([asked.facts(Property, note) for note in notes])
    if not found:
        print(f"# none of {len(notes)} notes has a frontmatter")
        return FOUND
    name = (glob or "").strip("/").split("/")[0].strip("*.") or "notes"
    selectors: dict[str, HeaderValue] = {"folder": glob} if glob else {}
    print(f"# from {total} of {len(notes)} notes; for .notes-lsp.toml, to be made stricter by hand")
    print(as_toml(name, selectors, found, required), end="")
    return CLEAN
