"""Resuming: a rename that was interrupted, finished or undone."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from notes_lsp.cli.shell.output import FAILED, NOTHING, CommandError, Output, show
from notes_lsp.cli.shell.row_template import Row
from notes_lsp.cli.shell.vaults import find_vault
from notes_lsp.text.source import escape_control
from notes_lsp.workspace.config.settings import index_path
from notes_lsp.workspace.writing.journal import DamagedJournalError, RenameJournal, read_journal
from notes_lsp.workspace.writing.rewrite import RewritingError, resume
from notes_lsp.workspace.writing.unsaved import unsaved_elsewhere

_MAX_SHOWN = 5


def resumed(out: Output, *, forward: bool) -> int:
    """Finish the rename that was interrupted, or undo it, and show its files; returns the exit code.

    What was left as somebody else wrote it is told on the standard error stream, and is a failure.
    """
    root = find_vault(out.vault).path
    index = index_path(root)
    try:
        journal = read_journal(index)
        if journal is not None:
            moved = {move.old for move in journal.moves} | {move.new for move in journal.moves}
            mind_editors(index, (file.path for file in journal.files), moved)
        left = resume(root, index, forward=forward)
    except (RewritingError, DamagedJournalError) as error:
        raise CommandError(str(error)) from None
    if journal is None:
        print("notes-lsp: no rename was interrupted here", file=sys.stderr)
        return NOTHING
    code = show(out, root, _rows(journal, forward=forward))
    for one in left:
        print(f"notes-lsp: {escape_control(one)}; it was left as it is", file=sys.stderr)
    return FAILED if left else code


def mind_editors(index: Path, edited: Iterable[str], moved: Iterable[str]) -> None:
    """Leave alone what somebody is in the middle of writing.

    Raises:
        CommandError: a note that has to change has unsaved text in an editor.
    """
    edited = set(edited)
    folders = tuple(f"{path}/" for path in moved)
    held = sorted(path for path in unsaved_elsewhere(index) if path in edited or f"{path}/".startswith(folders))
    if held:
        shown = ", ".join(held[:_MAX_SHOWN]) + (", …" if len(held) > _MAX_SHOWN else "")
        raise CommandError(f"unsaved in an editor: {shown}; save first. Nothing was changed")


def _rows(journal: RenameJournal, *, forward: bool) -> Iterable[Row]:
    moved = {move.old for move in journal.moves}
    for move in journal.moves:
        was, now = (move.old, move.new) if forward else (move.new, move.old)
        yield {"path": now, "was": was, "edits": None, "told": f"{escape_control(was)} -> {escape_control(now)}"}
    for file in journal.files:
        if file.path not in moved:
            path = next(
                (
                    move.new + file.path[len(move.old) :]
                    for move in journal.moves
                    if forward and file.path.startswith(f"{move.old}/")
                ),
                file.path,
            )
            yield {"path": path, "was": file.path, "edits": None, "told": escape_control(path)}
