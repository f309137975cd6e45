"""index: bring the index up to date, and say what is in it."""

from __future__ import annotations

import time
from pathlib import Path

import click

from notes_lsp.cli.shell.output import (
    CLEAN,
    CommandError,
    exit_code_command,
    facts_option,
    progress,
    show_facts,
    vault_option,
)
from notes_lsp.cli.shell.vaults import find_vault, open_at
from notes_lsp.index.store.open import remove
from notes_lsp.workspace.config.settings import index_path


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--rebuild", is_flag=True, help="Throw the index away first, and read every note again.")
@vault_option
@facts_option
@exit_code_command
def index(path: Path | None, vault: Path | None, format_: str, *, rebuild: bool) -> int:
    """Bring the index up to date with the disk, and say what is in it.

    No verb needs this before it; it is for the first time, and for whoever wonders.
    """
    root = find_vault(vault, path)
    if rebuild:
        try:
            remove(index_path(root.path))
        except OSError as error:
            raise CommandError(f"the index cannot be removed: {error}") from None
    began = time.perf_counter()
    with open_at(root, progress()) as at:
        seconds = time.perf_counter() - began
        notes, _ = at.folder.vault.count()
        links = at.folder.vault.count_links()
        stored = at.folder.store.path
        counts: dict[str, object] = {
            "root": str(root.path),
            "notes": notes,
            "files": at.report.files - notes,
            "links": links,
            "read": at.report.read,
            "removed": at.report.gone,
            "truncated": at.report.walk.truncated,
            "seconds": round(seconds, 3),
            "index": str(stored) if stored else None,
        }
    if format_ != "line":
        show_facts(counts, format_, root.path)
        return CLEAN
    print(f"{notes} notes, {counts['files']} other files, {links} links in {root.path}")
    print(f"read {counts['read']}, removed {counts['removed']}, in {seconds:.2f} s")
    if counts["truncated"]:
        print(f"stopped after {at.report.files} files: raise files.max_files, or exclude what holds no notes")
    return CLEAN
