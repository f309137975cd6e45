"""A rename that is killed between any two files: no note is damaged, and it can be finished or undone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from killing import Killer
from notes_lsp.cli.main import main
from notes_lsp.workspace.config.settings import index_path

NOTES = {
    "old.md": b"# Old\n\nSelf: [[old]] and [one](one.md).\n",
    "one.md": b"\xef\xbb\xbf# One\r\n\r\n[[old]]\r\n[[sub/two]]\r\n",
    "sub/two.md": b"[[old]] and [o](../old.md)",
    "sub/three.md": b"[[sub/two]] [one](../one.md)\n",
    "hard.md": b"A longer note with [[old]] and [two](sub/two.md) in it.\n",
}
RENAMES = (("old.md", "deep/er/renamed"), ("old.md", "Old"), ("sub", "moved"), ("hard.md", "sub/hard"))


@pytest.fixture(scope="module")
def killer() -> Iterator[Killer]:
    """One for all tests here."""
    with Killer() as killer:
        yield killer


def files_of(root: Path) -> dict[str, bytes]:
    """Every file of a vault with its bytes, hidden ones as well, and its folders."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes() if path.is_file() else b"folder"
        for path in sorted(root.rglob("*"))
    }


def make(root: Path) -> None:
    """The vault anew, with one note that has two names, and no journal."""
    shutil.rmtree(root, ignore_errors=True)
    shutil.rmtree(index_path(root).parent, ignore_errors=True)
    for path, data in NOTES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    (root / ".notes-lsp.toml").touch()
    (root / "other-name.txt").hardlink_to(root / "hard.md")


def run(root: Path, *arguments: str) -> tuple[int, str]:
    """The exit code of a verb, and what it told on the standard error stream."""
    done = CliRunner().invoke(main, [arguments[0], "--vault", str(root), *arguments[1:]])
    return done.exit_code, done.stderr


@pytest.mark.parametrize("old, new", RENAMES)
def test_it_is_finished_or_undone_wherever_it_was_killed(
    tmp_path: Path, old: str, new: str, killer: Killer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each kill all notes are old or new, ``--continue`` gives the new vault, ``--abort`` the old one."""
    root = tmp_path.resolve() / "vault"
    make(root)
    monkeypatch.chdir(root)
    before = files_of(root)
    assert run(root, "rename", old, new)[0] == 0
    after = files_of(root)
    assert after != before
    known = set(before.values()) | set(after.values())
    journal = index_path(root).with_name("rename.json")
    folders = (root, index_path(root).parent / "rename")

    interrupted = 0
    for number in range(200):
        for option, wanted in (("--continue", after), ("--abort", before)):
            make(root)
            os.chdir(root)
            killed = killer.is_killed(["rename", "--vault", str(root), old, new], folders, number)
            if not killed:
                break
            found = files_of(root)
            assert {data for path, data in found.items() if not path.rpartition("/")[2].startswith(".")} <= known
            if not journal.exists():
                assert found in (before, after)
                continue
            interrupted += 1
            code, told = run(root, "rename", old, new)
            assert (code, "--continue finishes it" in told) == (2, True)
            code, told = run(root, "rename", option)
            assert (code, told) == (0, ""), number
            assert files_of(root) == wanted, number
            assert not journal.exists()
            hard = next(root.rglob("hard.md"))
            assert hard.samefile(root / "other-name.txt")
        else:
            continue
        break
    assert interrupted >= 6
    assert files_of(root) == after


@pytest.mark.parametrize("option", ["--continue", "--abort"])
def test_what_somebody_else_wrote_is_kept(
    tmp_path: Path, option: str, killer: Killer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A note that was edited after the kill keeps its words, is named, and all others are done."""
    root = tmp_path.resolve() / "vault"
    make(root)
    monkeypatch.chdir(root)
    before = files_of(root)
    assert run(root, "rename", "old.md", "new")[0] == 0
    wanted = files_of(root) if option == "--continue" else before

    for number in range(200):
        for path in ("one.md", "sub/two.md", "hard.md"):
            make(root)
            os.chdir(root)
            if not killer.is_killed(["rename", "--vault", str(root), "old.md", "new"], (root,), number):
                assert number > 10
                return
            if not index_path(root).with_name("rename.json").exists():
                continue
            with (root / path).open("ab") as note:
                note.write(b"Mine.\n")
            edited = (root / path).read_bytes()
            code, told = run(root, "rename", option)
            assert (code, told.count("\n")) == (2, 1)
            assert f"{path} was written meanwhile" in told
            mine = {path: edited} | ({"other-name.txt": edited} if path == "hard.md" else {})
            assert files_of(root) == wanted | mine
    raise AssertionError


@pytest.mark.parametrize("option", ["--continue", "--abort"])
def test_a_cut_or_half_edited_hard_link_is_somebody_elses(
    tmp_path: Path, option: str, killer: Killer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hard-linked note whose end was removed, or some of whose links were edited by hand, is named and kept."""
    root = tmp_path.resolve() / "vault"
    monkeypatch.chdir(tmp_path)
    links, end = b"See [[a long old name]].\n" * 12, b"The last paragraph, which goes.\n"
    by_hand = links.replace(b"a long old name", b"x", 3) + end
    for mine in (links, by_hand):
        make(root)
        os.chdir(root)
        (root / "a long old name.md").write_bytes(b"# A\n")
        (root / "hard.md").write_bytes(links + end)
        assert killer.is_killed(["rename", "--vault", str(root), "a long old name.md", "x"], (root,), 0)
        assert index_path(root).with_name("rename.json").exists()
        (root / "hard.md").write_bytes(mine)
        code, told = run(root, "rename", option)
        assert (root / "other-name.txt").read_bytes() == mine
        assert (code, told) == (2, "notes-lsp: hard.md was written meanwhile; it was left as it is\n")


@pytest.mark.parametrize("blocks", [1, 2, 3])
def test_a_hard_link_that_was_half_written_is_finished_or_undone(
    tmp_path: Path, blocks: int, killer: Killer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """New bytes up to the end of a block, or up to their own end, and the old ones from there on are nobody's edit."""
    root = tmp_path.resolve() / "vault"
    monkeypatch.chdir(tmp_path)
    before = b"See [[a long old name]].\n" * 60
    for new in ("x", "a name that is longer than the old one"):
        after = before.replace(b"a long old name", new.encode())
        for option, wanted in (("--continue", after), ("--abort", before)):
            for length in {min(blocks * 512, len(after)), len(after)}:
                make(root)
                os.chdir(root)
                (root / "a long old name.md").write_bytes(b"# A\n")
                (root / "hard.md").write_bytes(before)
                assert killer.is_killed(["rename", "--vault", str(root), "a long old name.md", new], (root,), 0)
                (root / "hard.md").write_bytes(after[:length] + before[length:])
                assert run(root, "rename", option) == (0, "")
                assert (root / "other-name.txt").read_bytes() == wanted


def test_an_old_name_that_is_taken_again_is_told(
    tmp_path: Path, killer: Killer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A note that an editor saved under its old name, while it had both, is kept there and named."""
    root = tmp_path.resolve() / "vault"
    make(root)
    monkeypatch.chdir(root)
    for number in range(200):
        make(root)
        os.chdir(root)
        assert killer.is_killed(["rename", "--vault", str(root), "old.md", "new"], (root,), number)
        if (root / "new.md").exists():
            break
    (root / "saved").write_bytes(b"Mine.\n")
    (root / "saved").replace(root / "old.md")

    told = "notes-lsp: old.md was written after it had become new.md; it was left as it is\n"
    assert run(root, "rename", "--continue") == (2, told)
    assert (root / "old.md").read_bytes() == b"Mine.\n"


def test_every_verb_tells_of_it_once(tmp_path: Path, killer: Killer, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line on the standard error stream, until it is finished; then there is nothing to finish."""
    root = tmp_path.resolve() / "vault"
    make(root)
    monkeypatch.chdir(root)
    line = "notes-lsp: a rename was interrupted; notes-lsp rename --continue finishes it, --abort undoes it\n"
    assert killer.is_killed(["rename", "--vault", str(root), "old.md", "new"], (root,), 1)

    for verb in (["list"], ["doctor"], ["check"]):
        assert run(root, *verb)[1] == line

    assert run(root, "rename", "--abort") == (0, "")
    assert run(root, "list") == (0, "")
    assert run(root, "rename", "--continue") == (1, "notes-lsp: no rename was interrupted here\n")
