"""Move: the edits before files and folders are moved, so that every link keeps its destination."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from notes_lsp.index.links.relink import relink_moves
from notes_lsp.index.links.what_if import paths_below
from notes_lsp.index.vault.vault import Vault
from notes_lsp.links.changes import Change


def move_edits(vault: Vault, wanted: Iterable[tuple[str, str]], extensions: Sequence[str]) -> Change:
    """The edits for files and folders that are going to be moved, all at once, from a path to a path.

    Files that are moved out of sight, into a hidden folder, leave the vault: nothing can lead to them any more, and
    the links stay as they are. ``extensions`` are those of notes, without dots.
    """
    wanted = list(wanted)
    moves: dict[str, str] = {}
    # A file that is named itself counts more than the folder it is in.
    for old, new in sorted(wanted, key=lambda pair: pair[0].count("/")):
        if old in moves or vault.note(old) is not None:
            moves[old] = new
            continue
        moves |= {path: new + path[len(old) :] for path in paths_below(vault, old)}
    moves = {old: new for old, new in moves.items() if old != new and not _is_hidden(new)}
    return Change(relink_moves(vault, wanted, moves, extensions).edits) if moves else Change()


def _is_hidden(path: str) -> bool:
    return any(segment.startswith(".") for segment in path.split("/"))
