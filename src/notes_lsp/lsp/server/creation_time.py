"""Creation time: now, and an id that is free, for a note that is offered or made."""

from __future__ import annotations

import datetime as dt

from notes_lsp.ide.new_note.draft import NewNoteContext
from notes_lsp.index.vault.vault import Vault
from notes_lsp.workspace.folder import Folder
from notes_lsp.workspace.writing.create import free_id, ids_of, reserve_id


def new_note_context(folder: Folder, vault: Vault) -> NewNoteContext:
    """Now, for what is only offered: an id that is free, and stays so."""
    now = dt.datetime.now().astimezone()
    name = folder.root.name if folder.root is not None else ""
    return NewNoteContext(now, name, lambda: free_id(folder.config.new.id, now, ids_of(_paths(vault))))


def new_note_context_with_id(folder: Folder, vault: Vault) -> NewNoteContext:
    """Now, for a note that is made: its id is given to nobody else."""
    moment = new_note_context(folder, vault)
    root = folder.root
    if root is None:
        return moment
    return NewNoteContext(
        moment.now,
        moment.vault,
        lambda: reserve_id(root, folder.config.new.id, moment.now, lambda: _paths(vault)),
    )


def _paths(vault: Vault) -> list[str]:
    return [f"{entry.text}.md" for entry in vault.catalog.entries if entry.kind == "path" and entry.whole]
