"""Walking: every note once, under its own name, whatever the disk throws in the way."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notes_lsp.workspace.disk.ignore import Ignore
from notes_lsp.workspace.disk.roots import resolve_path
from notes_lsp.workspace.disk.walk import (
    MAX_LISTED,
    FileEntry,
    Skipped,
    Walk,
    canonical_path,
    stat_entry,
    walk,
    walk_chunks,
)
from speclib.drivers import write_notes

MARKDOWN = {".md", ".markdown"}

needs_permissions = pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty vault beside which other things can lie."""
    vault = resolve_path(tmp_path) / "vault"
    vault.mkdir()
    return vault


def _write(root: Path, *paths: str, text: str = "") -> None:
    write_notes(root, dict.fromkeys(paths, text))


def _walk(root: Path, below: str = "", max_files: int = 1000) -> Walk:
    return walk(root, Ignore(root), MARKDOWN, max_files, below=below)


def _paths(root: Path, below: str = "") -> list[str]:
    return [entry.path for entry in _walk(root, below).entries]


def test_notes_and_attachments_are_found_at_every_depth(root: Path) -> None:
    """Notes are told from attachments by their extension in any case, folders near the root come first."""
    _write(root, "b.MD", "a/deep/x.markdown", "a/img.png", "v1.2 plan.md", "md", "z.md.txt")
    found = _walk(root)
    assert [(entry.path, entry.note) for entry in found.entries] == [
        ("b.MD", True),
        ("md", False),
        ("v1.2 plan.md", True),
        ("z.md.txt", False),
        ("a/img.png", False),
        ("a/deep/x.markdown", True),
    ]
    assert found.truncated is False
    assert found.skipped == []


def test_an_entry_carries_what_tells_a_change(root: Path) -> None:
    """Size in bytes, times in nanoseconds, the number of the file; and one file alone is found as in a walk."""
    _write(root, "x.md", text="né")
    os.utime(root / "x.md", ns=(1, 1_700_000_000_123_456_789))
    status = (root / "x.md").stat()
    entry = FileEntry("x.md", 1_700_000_000_123_456_789, 3, note=True, ctime_ns=status.st_ctime_ns, inode=status.st_ino)
    assert _walk(root).entries == [entry]
    assert stat_entry(root, Ignore(root), "x.md", MARKDOWN) == entry


def test_what_is_left_out_has_a_reason(root: Path) -> None:
    """Ignored files and folders are named and counted, and ignored folders are not entered."""
    _write(root, ".gitignore", text="drafts/\n")
    _write(root, "drafts/1.md", "drafts/2.md", ".obsidian/app.json", "a/.x.md", "a/x.md")
    found = _walk(root)
    assert [entry.path for entry in found.entries] == ["a/x.md"]
    assert sorted(found.skipped) == [
        Skipped(".gitignore", "hidden"),
        Skipped(".obsidian", "always skipped: .obsidian"),
        Skipped("a/.x.md", "hidden"),
        Skipped("drafts", ".gitignore: drafts/"),
    ]
    assert found.counts == {"hidden": 2, "always skipped: .obsidian": 1, ".gitignore: drafts/": 1}


def test_the_list_of_skipped_paths_is_short_but_the_count_is_whole(root: Path) -> None:
    """A thousand hidden files are one number."""
    _write(root, *(f".{number}" for number in range(MAX_LISTED + 50)))
    found = _walk(root)
    assert len(found.skipped) == MAX_LISTED
    assert found.counts == {"hidden": MAX_LISTED + 50}


def test_a_part_of_the_vault_can_be_walked_alone(root: Path) -> None:
    """A folder that appeared is walked by itself, with the rules of the whole, and its paths are those of the whole."""
    _write(root, ".gitignore", text="a/b/secret.md\ndrafts/\n")
    _write(root, "x.md", "a/y.md", "a/b/z.md", "a/b/secret.md", "drafts/w.md")
    assert _paths(root, "a") == ["a/y.md", "a/b/z.md"]
    assert _paths(root, "a/b") == ["a/b/z.md"]
    assert _walk(root, "drafts").skipped == [Skipped("drafts", ".gitignore: drafts/")]
    assert _walk(root, "../vault").counts == {"not in the vault": 1}
    assert _walk(root, "gone") == Walk()


def test_links_are_followed_out_of_the_vault(root: Path) -> None:
    """Linked files and folders are notes of this vault, with the size of what they lead to."""
    _write(root.parent, "elsewhere/deep/x.md", text="12345")
    (root / "folder").symlink_to(root.parent / "elsewhere")
    (root / "note.md").symlink_to(root.parent / "elsewhere" / "deep" / "x.md")
    assert [(entry.path, entry.size) for entry in _walk(root).entries] == [("note.md", 5), ("folder/deep/x.md", 5)]
    assert stat_entry(root, Ignore(root), "folder/deep/x.md", MARKDOWN) is not None


def test_no_folder_is_seen_twice(root: Path) -> None:
    """Links in circles end, and a folder of the vault is seen under its own name even if a link to it comes first."""
    _write(root, "real/x.md", "top.md")
    (root / "a-link").symlink_to(root / "real")
    (root / "real" / "up").symlink_to(root)
    (root / "real" / "self").symlink_to(root / "real")
    (root / "outside").symlink_to(root.parent)
    found = _walk(root)
    assert [entry.path for entry in found.entries] == ["top.md", "real/x.md"]
    assert found.counts == {"a link to a folder of this vault": 3, "a link to a folder that was seen before": 1}
    assert _paths(root, "real") == ["real/x.md"]
    assert _paths(root, "a-link") == []
    assert _paths(root, "outside") == []


def test_a_folder_linked_twice_is_seen_once(root: Path) -> None:
    """Of two links to one folder elsewhere the first in order is followed."""
    _write(root.parent, "elsewhere/x.md")
    (root / "one").symlink_to(root.parent / "elsewhere")
    (root / "two").symlink_to(root.parent / "elsewhere")
    assert _paths(root) == ["one/x.md"]


def test_a_link_to_an_ignored_folder_makes_it_part_of_the_vault(root: Path) -> None:
    """What the walk does not find by itself may be linked to where it does."""
    _write(root, ".private/x.md")
    (root / "shown").symlink_to(root / ".private")
    assert _paths(root) == ["shown/x.md"]


def test_a_path_has_one_spelling(root: Path) -> None:
    """An event through a link is about the path that a walk found; a linked file keeps its own name."""
    _write(root, "real/x.md")
    (root / "link").symlink_to(root / "real")
    (root / "name.md").symlink_to(root / "real" / "x.md")
    ignore = Ignore(root)
    assert canonical_path(root, ignore, "link/x.md") == "real/x.md"
    assert canonical_path(root, ignore, "link/sub/gone.md") == "real/sub/gone.md"
    assert canonical_path(root, ignore, "name.md") == "name.md"
    assert stat_entry(root, ignore, "link/x.md", MARKDOWN) is None
    assert stat_entry(root, ignore, "name.md", MARKDOWN) is not None


def test_what_is_no_file_is_passed_over(root: Path) -> None:
    """Pipes, sockets and broken links are named, and nobody waits for them."""
    os.mkfifo(root / "pipe.md")
    (root / "broken.md").symlink_to(root / "nowhere.md")
    (root / "circle.md").symlink_to(root / "circle.md")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(root / "socket.md"))
        found = _walk(root)
    assert found.entries == []
    assert dict(found.skipped) == {
        "pipe.md": "neither a file nor a folder",
        "socket.md": "neither a file nor a folder",
        "broken.md": "unreadable: No such file or directory",
        "circle.md": "unreadable: Too many levels of symbolic links",
    }
    for path in ("pipe.md", "broken.md", "circle.md", "gone.md", "../vault/x.md", "", "a\0b", "x/"):
        assert stat_entry(root, Ignore(root), path, MARKDOWN) is None


@pytest.mark.skipif(sys.platform == "darwin", reason="the file system takes no such names")
def test_names_that_are_not_utf8_are_passed_over(root: Path) -> None:
    """No client could ask for such a file, and no index could hold its name."""
    name = os.fsdecode(b"caf\xe9.md")
    _write(root, name, "café.md")
    found = _walk(root)
    assert [entry.path for entry in found.entries] == ["café.md"]
    assert found.skipped == [Skipped(name, "its name is not UTF-8")]
    assert stat_entry(root, Ignore(root), name, MARKDOWN) is None


@pytest.mark.skipif(sys.platform == "darwin", reason="the file system takes both for one name")
def test_names_stay_as_they_are_on_disk(root: Path) -> None:
    """Composed and decomposed letters are two names on disk, and both are found."""
    _write(root, "caf\u00e9.md", "cafe\u0301.md")
    assert sorted(_paths(root)) == ["cafe\u0301.md", "caf\u00e9.md"]


@needs_permissions
def test_what_may_not_be_read_is_passed_over(root: Path) -> None:
    """A forbidden folder costs its own notes, and those of nobody else."""
    _write(root, "secret/x.md", "y.md")
    (root / "secret").chmod(0)
    try:
        found = _walk(root)
    finally:
        (root / "secret").chmod(0o700)
    assert [entry.path for entry in found.entries] == ["y.md"]
    assert found.skipped == [Skipped("secret", "unreadable: Permission denied")]
    assert found.truncated is False


def test_a_root_that_is_gone_is_no_reason_to_forget_its_notes(root: Path) -> None:
    """A missing root, or a file in its place, is a truncated walk, not an empty vault."""
    _write(root, "x.md")
    for folder in (root / "gone", root / "x.md"):
        found = _walk(folder)
        assert found.entries == []
        assert found.truncated is True
        assert len(found.skipped) == 1


def test_files_that_vanish_during_the_walk_are_left_out(root: Path) -> None:
    """A folder that is deleted between its listing and its reading was never there."""
    _write(root, "a/x.md", "b/y.md")

    class Vanishing(Ignore):
        def reason_in(self, folder: str, name: str, *, is_dir: bool) -> str | None:
            if name == "b":
                (root / "b" / "y.md").unlink()
                (root / "b").rmdir()
            return super().reason_in(folder, name, is_dir=is_dir)

    found = walk(root, Vanishing(root), MARKDOWN, 1000)
    assert [entry.path for entry in found.entries] == ["a/x.md"]
    assert found.skipped == []


@pytest.mark.parametrize("max_files", [0, 1, 3, 5])
def test_a_walk_ends_at_its_limit(root: Path, max_files: int) -> None:
    """Every file counts, ignored ones and attachments too, and the answer says that there is more."""
    _write(root, "a.md", "b.md", ".c.md", "d/e.md", "d/f.png")
    found = _walk(root, max_files=max_files)
    assert len(found.entries) + found.counts["hidden"] == max_files
    assert found.truncated is (max_files < 5)


def test_a_walk_ends_in_time(root: Path) -> None:
    """A deadline that is over ends a walk before its next folder."""
    _write(root, "a.md")
    assert walk(root, Ignore(root), MARKDOWN, 10, deadline_seconds=-1) == Walk(truncated=True)
    assert walk(root, Ignore(root), MARKDOWN, 10, deadline_seconds=60).truncated is False


def test_a_walk_can_be_cancelled_midway(root: Path) -> None:
    """Whoever waits no longer says so between two chunks; what was found until then is given back."""
    _write(root, "a.md", "b/c.md")
    answers: Iterator[bool] = iter([False, False, True])
    found = walk(root, Ignore(root), MARKDOWN, 10, cancelled=lambda: next(answers))
    assert [entry.path for entry in found.entries] == ["a.md"]
    assert found.truncated is True


def test_a_large_folder_comes_in_chunks(root: Path) -> None:
    """The first notes are known while the others are still being found."""
    _write(root, *(f"{number:04}.md" for number in range(2500)))
    chunks = list(walk_chunks(root, Ignore(root), MARKDOWN, 10_000))
    assert [len(chunk.entries) for chunk in chunks] == [1000, 1000, 500]
    assert [entry.path for chunk in chunks for entry in chunk.entries] == sorted(f"{n:04}.md" for n in range(2500))


_TREES = st.sets(
    st.lists(st.sampled_from(["a", "b", ".c", "x.md"]), min_size=1, max_size=4).map("/".join), min_size=1, max_size=8
)


@given(_TREES, st.lists(st.sampled_from(["a", "a/b", "x.md", "/b", "!a", "b/"]), max_size=3))
@settings(deadline=None, max_examples=60)
def test_one_file_alone_is_as_in_the_walk(
    tmp_path_factory: pytest.TempPathFactory, paths: set[str], exclude: list[str]
) -> None:
    """Asking for each file by itself, or for each folder, gives what one walk over all gives."""
    root = resolve_path(tmp_path_factory.mktemp("vault"))
    for path in sorted(paths):
        if not any((root / parent).is_file() for parent in Path(path).parents) and not (root / path).is_dir():
            _write(root, path)
    ignore = Ignore(root, exclude)
    whole = walk(root, ignore, MARKDOWN, 1000).entries
    files = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
    alone = [entry for path in files if (entry := stat_entry(root, ignore, path, MARKDOWN))]
    assert sorted(alone) == sorted(whole)
    for folder in {entry.path.partition("/")[0] for entry in whole if "/" in entry.path}:
        part = walk(root, ignore, MARKDOWN, 1000, below=folder).entries
        assert part == [entry for entry in whole if entry.path.startswith(f"{folder}/")]
