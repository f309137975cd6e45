"""Files changed and moved together: all of them or none, and nothing about them but what was asked for."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from notes_lsp.text.source import Edit, Span
from notes_lsp.workspace.writing import replay
from notes_lsp.workspace.writing.rewrite import RewritingError, Rewritten, apply_to_note, rewrite_files


@pytest.fixture
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the index of the vault would be, and beside it the journal."""
    return tmp_path_factory.mktemp("cache") / "vault" / "index.db"


def edited(root: Path, path: str, old: str, new: str) -> Rewritten:
    """A note with one text in it replaced by another."""
    text = (root / path).read_bytes().decode("utf-8-sig")
    at = text.index(old)
    return apply_to_note(root, path, text, [Edit(Span(at, at + len(old)), new)])


def test_bytes_stay_what_they_are(tmp_path: Path, index: Path) -> None:
    """Byte order mark, every kind of line end and the missing last one stay, and so do permissions."""
    note = tmp_path / "a.md"
    note.write_bytes(b"\xef\xbb\xbf# A\r\n\rold \xf0\x9f\x8c\xb1\n\nend")
    note.chmod(0o640)

    rewrite_files(tmp_path, index, [edited(tmp_path, "a.md", "old", "new")], {})

    assert note.read_bytes() == b"\xef\xbb\xbf# A\r\n\rnew \xf0\x9f\x8c\xb1\n\nend"
    assert stat.S_IMODE(note.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["a.md"]  # noqa: PTH208


def test_links_stay_links(tmp_path: Path, index: Path) -> None:
    """A symbolic link goes on leading to the file, and two hard links to one file."""
    (tmp_path / "real.md").write_text("old", "utf-8")
    (tmp_path / "soft.md").symlink_to("real.md")
    (tmp_path / "one.md").write_text("old", "utf-8")
    (tmp_path / "two.md").hardlink_to(tmp_path / "one.md")

    rewrite_files(
        tmp_path, index, [edited(tmp_path, "soft.md", "old", "new"), edited(tmp_path, "one.md", "old", "new")], {}
    )

    assert (tmp_path / "soft.md").is_symlink()
    assert (tmp_path / "real.md").read_text("utf-8") == "new"
    assert (tmp_path / "two.md").read_text("utf-8") == "new"


def test_files_and_folders_are_moved_behind_their_edits(tmp_path: Path, index: Path) -> None:
    """Folders that are missing are made."""
    (tmp_path / "a.md").write_text("old", "utf-8")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.md").write_text("old", "utf-8")

    files = [edited(tmp_path, "a.md", "old", "new"), edited(tmp_path, "sub/b.md", "old", "newer")]
    rewrite_files(tmp_path, index, files, {"a.md": "x/y/a.md", "sub": "x/other"})

    assert (tmp_path / "x/y/a.md").read_text("utf-8") == "new"
    assert (tmp_path / "x/other/b.md").read_text("utf-8") == "newer"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x"]


def test_nothing_is_overwritten(tmp_path: Path, index: Path) -> None:
    """Where something is already, nothing at all is done."""
    for name in ("a.md", "b.md", "c.md"):
        (tmp_path / name).write_text(f"old {name}", "utf-8")
    files = [edited(tmp_path, "c.md", "old", "new")]

    with pytest.raises(RewritingError, match=r"b\.md exists already"):
        rewrite_files(tmp_path, index, files, {"a.md": "b.md"})

    assert {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()} == {
        "a.md": "old a.md",
        "b.md": "old b.md",
        "c.md": "old c.md",
    }


def test_what_was_written_meanwhile_is_left_alone(tmp_path: Path, index: Path) -> None:
    """Whether it changed before it was read, or between that and the writing."""
    note = tmp_path / "a.md"
    note.write_text("old", "utf-8")

    with pytest.raises(RewritingError, match=r"a\.md was written meanwhile"):
        apply_to_note(tmp_path, "a.md", "older", [])
    file = edited(tmp_path, "a.md", "old", "new")
    note.write_text("older", "utf-8")
    with pytest.raises(RewritingError, match=r"a\.md was written meanwhile"):
        rewrite_files(tmp_path, index, [file], {})

    assert note.read_text("utf-8") == "older"


def test_what_is_not_utf8_is_not_damaged(tmp_path: Path) -> None:
    """Such a note is refused, since some of its bytes are not known."""
    (tmp_path / "a.md").write_bytes(b"caf\xe9 old")

    with pytest.raises(RewritingError, match=r"a\.md is not UTF-8"):
        apply_to_note(tmp_path, "a.md", "caf\ufffd old", [])


def test_a_failure_on_the_way_undoes_what_was_done(
    tmp_path: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All files have their old bytes and places, and no folder is left behind."""
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text("old", "utf-8")
    real = replay._move

    def failing(old: Path, new: Path) -> None:
        if new.name == "d.md":
            raise OSError(28, "No space left on device", str(new))
        real(old, new)

    monkeypatch.setattr(replay, "_move", failing)
    files = [edited(tmp_path, name, "old", "new") for name in ("a.md", "b.md")]

    with pytest.raises(RewritingError, match=r"d\.md: No space left on device"):
        rewrite_files(tmp_path, index, files, {"a.md": "sub/c.md", "b.md": "d.md"})

    assert {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()} == {"a.md": "old", "b.md": "old"}


def test_a_note_that_may_not_be_written_stops_all(tmp_path: Path, index: Path) -> None:
    """Read-only is a wish, whoever could do otherwise."""
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text("old", "utf-8")
    (tmp_path / "b.md").chmod(0o444)
    files = [edited(tmp_path, name, "old", "new") for name in ("a.md", "b.md")]

    with pytest.raises(RewritingError, match=r"b\.md may not be written"):
        rewrite_files(tmp_path, index, files, {})

    assert (tmp_path / "a.md").read_text("utf-8") == "old"
