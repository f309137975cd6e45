"""Export view: a vault without its private notes, for everything that is given to others."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from notes_lsp.ide.listing.redact import redact, writes_name
from notes_lsp.index.store.changes import Deleted
from notes_lsp.index.store.read_only import write_index
from notes_lsp.index.vault.private import names_of, notes_with_value, private_notes
from notes_lsp.index.vault.vault import Note
from notes_lsp.text.source import Source
from notes_lsp.workspace.folder import Folder


def _outside(root: Path, notes: Iterable[Note]) -> Iterator[Note]:
    """The notes that are in the vault by a link alone, be it one of theirs or of a folder that they are in."""
    inside = root.resolve()
    folders: dict[Path, bool] = {}
    for note in notes:
        file = root / note.path
        if file.parent not in folders:
            folders[file.parent] = file.parent.resolve().is_relative_to(inside)
        if not folders[file.parent] or (file.is_symlink() and not file.resolve().is_relative_to(inside)):
            yield note


@contextmanager
def public_vault(folder: Folder) -> Generator[Folder]:
    """The folder without its private notes, for as long as it is needed; itself where it has none.

    All questions can then be asked of it, and whatever they are answered from says nothing of what is kept back: the
    index is a copy without those notes, and what links to them is a buffer in which it does not.
    """
    vault = folder.current_vault()
    private = private_notes(vault, folder.config)
    if folder.root is not None and not folder.config.files.follow_outside:
        known = {note.id for note in private}
        private += [note for note in _outside(folder.root, vault.notes()) if note.id not in known]
    if not private:
        yield folder
        return
    hidden = {note.id for note in private}
    hidden_names = names_of(vault, private)
    sources = {mention.source.path: mention.source for note in private for mention in vault.mentions(note)}
    sources |= {note.path: note for note in notes_with_value(vault, hidden_names)}
    sources |= {note.path: note for note in vault.notes() if writes_name(vault.text(note) or "", hidden_names)}
    texts = {
        path: text
        for path, note in sorted(sources.items())
        if note.id not in hidden and (text := redact(vault, note, hidden, hidden_names)) is not None
    }
    with TemporaryDirectory(prefix="notes-lsp-") as place:
        copy = Path(place) / "index.db"
        folder.store.end_read()
        write_index(folder.store, copy)
        public = Folder(folder.root, copy, folder.config)
        try:
            public.take([Deleted(note.path) for note in private])
            public.finish(complete=vault.complete)
            for path, text in texts.items():
                public.put_buffer(path, Source(text))
            public.current_vault()
            yield public
        finally:
            public.close()
