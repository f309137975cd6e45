"""Laws of a folder: however it came to its state, its index is the one made of that state from nothing."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from indexing import every_name, every_row, fresh, run, scanned
from notes_lsp.config.settings import Config
from notes_lsp.ide.diagnostics.links import diagnostics
from notes_lsp.ide.values import Finding
from notes_lsp.index.vault.vault import Vault
from notes_lsp.text.source import Source
from notes_lsp.workspace.diagnostics import affected_notes
from notes_lsp.workspace.disk.ignore import Ignore
from notes_lsp.workspace.disk.roots import resolve_path
from notes_lsp.workspace.disk.walk import stat_entry
from notes_lsp.workspace.folder import Folder
from notes_lsp.workspace.scan import scan_paths

FOLDERS = st.sampled_from(["", "a/", "b/", "a/b/"])
NOTES = st.builds("{}{}".format, FOLDERS, st.sampled_from(["x.md", "y.md", "X.md", "README.md"]))
FILES = st.builds("{}{}".format, FOLDERS, st.sampled_from(["x.png", "y"]))
PIECES = st.sampled_from(
    [
        "---\ntitle: y\naliases: [x, b]\ntags: t\n---\n",
        "# x\n",
        "## y\n",
        "prose\n",
        "[[x]] ",
        "[[y#x]] ",
        "[[a/x]] ",
        "[[x#^i]] ",
        "[[#y]] ",
        "![[x.png]] ",
        "[l](x.md) ",
        "[l](../b/y.md#y) ",
        "[l](/a/x) ",
        "https://e.org/x ",
        "#t/u ",
        "- [ ] do ^i\n",
        '<a id="x"></a>\n',
    ]
)
TEXTS = st.lists(PIECES, max_size=4).map("".join)


class FolderMachine(RuleBasedStateMachine):
    """Files come and go, buffers open, change and close, two processes look at the disk whenever it occurs to them."""

    @initialize()
    def begin(self) -> None:
        """An empty vault, served by two processes with one index."""
        self.place = resolve_path(Path(tempfile.mkdtemp()))
        self.root = self.place / "vault"
        self.root.mkdir()
        self.ignore = Ignore(self.root)
        self.ours = self.opened()
        self.theirs = self.opened()
        self.changed: dict[Folder, set[str]] = {self.ours: set(), self.theirs: set()}
        self.said: dict[str, list[Finding]] = {}

    def opened(self) -> Folder:
        return scanned(Folder(self.root, self.place / "cache" / "index.db", Config()))

    def teardown(self) -> None:
        if hasattr(self, "place"):
            self.hear(self.ours, self.changed[self.ours])
            self.compare()
            self.ours.close()
            self.theirs.close()
            shutil.rmtree(self.place)

    def happened(self, *paths: str) -> None:
        for changed in self.changed.values():
            changed.update(paths)

    @rule(path=NOTES, text=TEXTS)
    def write_note(self, path: str, text: str) -> None:
        self.put(path, text.encode())

    @rule(path=FILES, data=st.sampled_from([b"", b"1"]))
    def write_file(self, path: str, data: bytes) -> None:
        self.put(path, data)

    @rule(path=NOTES)
    def write_what_is_not_utf8(self, path: str) -> None:
        self.put(path, b"# x \xff\n[[y]]")

    @rule(path=NOTES | FILES)
    def delete(self, path: str) -> None:
        (self.root / path).unlink(missing_ok=True)
        self.happened(path)

    @rule(old=NOTES | FILES, new=NOTES | FILES)
    def rename(self, old: str, new: str) -> None:
        if (self.root / old).is_file():
            (self.root / new).parent.mkdir(parents=True, exist_ok=True)
            (self.root / old).replace(self.root / new)
            self.happened(old, new)

    @rule(old=st.sampled_from(["a", "b", "a/b"]), new=st.sampled_from(["a", "b", "c"]))
    def rename_folder(self, old: str, new: str) -> None:
        if (self.root / old).is_dir() and not (self.root / new).exists():
            (self.root / old).rename(self.root / new)
            self.happened(old, new)

    @rule(folder=st.sampled_from(["a", "b", "a/b", "c"]))
    def delete_folder(self, folder: str) -> None:
        shutil.rmtree(self.root / folder, ignore_errors=True)
        self.happened(folder)

    @rule(path=NOTES, text=TEXTS)
    def open_or_edit(self, path: str, text: str) -> None:
        self.ours.put_buffer(path, Source(text))

    @rule(path=NOTES)
    def close_buffer(self, path: str) -> None:
        self.ours.drop_buffer(path)

    @rule(path=NOTES, text=TEXTS)
    def save(self, path: str, text: str) -> None:
        """What an editor does: the buffer, the file, and a word to the server that the file changed."""
        self.ours.put_buffer(path, Source(text))
        self.put(path, text.encode())
        self.look(self.ours, path)

    @rule()
    def ask(self) -> None:
        self.ours.current_vault()

    @rule()
    def ask_for_names(self) -> None:
        assert self.ours.current_vault().catalog.keys is not None

    @rule(data=st.data(), ours=st.booleans())
    def hear_of_one(self, data: st.DataObject, ours: bool) -> None:  # noqa: FBT001
        folder = self.ours if ours else self.theirs
        if self.changed[folder]:
            path = data.draw(st.sampled_from(sorted(self.changed[folder])))
            self.changed[folder].discard(path)
            self.hear(folder, {path})

    @rule(ours=st.booleans())
    def hear_of_all(self, ours: bool) -> None:  # noqa: FBT001
        folder = self.ours if ours else self.theirs
        paths, self.changed[folder] = self.changed[folder], set()
        self.hear(folder, paths)

    @rule(ours=st.booleans())
    def walk_everything(self, ours: bool) -> None:  # noqa: FBT001
        folder = self.ours if ours else self.theirs
        self.changed[folder] = set()
        scanned(folder, self.ignore)

    @rule()
    def start_again(self) -> None:
        """A server ends, its buffers with it, and another one starts warm."""
        self.theirs.current_vault()
        self.theirs.store.end_read()
        self.changed.pop(self.theirs)
        self.theirs = self.opened()
        self.changed[self.theirs] = set()

    @precondition(lambda self: not self.changed[self.ours])
    @rule()
    def compare(self) -> None:
        """Every row, every name in memory, and every warning that was updated by what changed."""
        vault = self.ours.current_vault()
        self.publish(vault)
        anew = fresh(self.root, self.ours)
        try:
            assert every_row(self.ours.store) == every_row(anew.store)
            assert every_name(vault) == every_name(anew.vault)
            assert self.said == warnings(anew.vault, self.ours.config)
        finally:
            anew.close()

    def publish(self, vault: Vault) -> None:
        """What a server does: look again only at the notes that may have been touched by what changed."""
        delta = self.ours.take_delta()
        paths = affected_notes(self.ours, delta.touched)
        if delta.everything:
            self.said = warnings(vault, self.ours.config)
        for path in paths:
            note = vault.note(path)
            self.said.pop(path, None)
            if note is not None and not note.is_file:
                self.said[path] = diagnostics(vault, note, self.ours.config)

    def put(self, path: str, data: bytes) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        self.happened(path)

    def hear(self, folder: Folder, paths: set[str]) -> None:
        run(scan_paths(folder, self.ignore, sorted(paths), lambda _done, _total: None))

    def look(self, folder: Folder, path: str) -> None:
        folder.look(path, stat_entry(self.root, self.ignore, path, (".md",)))
        self.changed[folder].discard(path)


def warnings(vault: Vault, config: Config) -> dict[str, list[Finding]]:
    """The diagnostics of every note."""
    return {note.path: diagnostics(vault, note, config) for note in vault.notes()}


TestFolder = FolderMachine.TestCase
TestFolder.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
