"""Over the wire: edits of notes that are not open are for what their files hold, whoever wrote them a moment ago."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from notes_lsp.workspace.disk.roots import uri_to_path
from served import Editor, Start
from speclib.drivers import write_notes
from speclib.edits import apply_workspace_edit
from speclib.ours import COMMAND
from speclib.session import UnwatchedSession
from speclib.wire import ResponseError

pytestmark = pytest.mark.wire

_POLLING = """
import watchfiles

def refused(*_, **__):
    raise OSError(28, "inotify watch limit reached")

watchfiles.watch = refused
from notes_lsp.cli.main import main
main(["serve"], prog_name="notes-lsp")
"""
_ROUNDS = 6


def in_place(note: Path, text: str) -> None:
    """Write a note as it stands."""
    note.write_text(text, encoding="utf-8")


def by_another_file(note: Path, text: str) -> None:
    """Put another file in the place of a note."""
    note.with_name(".note").write_text(text, encoding="utf-8")
    note.with_name(".note").replace(note)


def emptied_before(note: Path, text: str) -> None:
    """Cut a note, then write it bit by bit."""
    with note.open("r+", encoding="utf-8") as file:
        file.truncate(0)
        for letter in text:
            file.write(letter)
            file.flush()


def moved_away_before(note: Path, text: str) -> None:
    """Move a note to another name, and write a new one, as some editors keep the old."""
    note.replace(note.with_name(".note~"))
    note.write_text(text, encoding="utf-8")


def with_its_old_time(note: Path, text: str) -> None:
    """Write a note and give it the time that it had."""
    before = note.stat()
    note.write_text(text, encoding="utf-8")
    os.utime(note, ns=(before.st_atime_ns, before.st_mtime_ns))


WAYS = (in_place, by_another_file, emptied_before, moved_away_before, with_its_old_time)


def files_of(root: Path) -> dict[str, str]:
    """The notes on disk, by path."""
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in sorted(root.rglob("*.md"))}


def applied(root: Path, edit: Any) -> dict[str, str]:
    """The notes after an edit."""

    def path_of(uri: str) -> str:
        found = uri_to_path(uri)
        assert found is not None
        return found.relative_to(root).as_posix()

    return apply_workspace_edit(files_of(root), edit, path_of, "utf-16")[0]


def rename(editor: Editor) -> Any:
    """Rename what the open note links to."""
    return editor.ask("textDocument/rename", editor.uri("c.md"), 0, 3, newName="fresh")


def will_rename(editor: Editor) -> Any:
    """Say that a file is going to be renamed."""
    files = [{"oldUri": editor.uri("old.md"), "newUri": editor.uri("fresh.md")}]
    return editor.client.request("workspace/willRenameFiles", {"files": files})


def will_rename_folder(editor: Editor) -> Any:
    """Say that a folder with more files than are computed at once is going to be renamed."""
    files = [{"oldUri": editor.uri("many"), "newUri": editor.uri("few")}]
    return editor.client.request("workspace/willRenameFiles", {"files": files})


@pytest.mark.parametrize(
    "command", [COMMAND, (sys.executable, "-c", _POLLING)], ids=["watching", "walking every few seconds"]
)
@pytest.mark.parametrize("ask", [rename, will_rename])
def test_a_note_that_was_just_written(
    start: Start, root: Path, command: Sequence[str], ask: Callable[[Editor], Any]
) -> None:
    """Asked at once, the answer is for the text that is there now.

    A server that watches may have read a note while it was empty, and then it has no link to be edited.
    """
    write_notes(root, {"old.md": "# Old\n", "b.md": "[[old]] tail\n", "c.md": "[[old]]\n"})
    editor = start(root, command=command)
    editor.open("c.md", "[[old]]\n")
    editor.eventually(lambda: editor.mentions("old.md"), ["b.md", "c.md"])
    renamed = 0
    for number in range(_ROUNDS * len(WAYS)):
        text = f"IMPORTANT 🌱 line {number}\n" * (number % 3) + f"{'x' * number} [[old]] and [[old]]\n"
        WAYS[number % len(WAYS)](root / "b.md", text)

        after = applied(root, ask(editor))

        assert after["b.md"] in {text, text.replace("old", "fresh")}
        assert after["c.md"] == "[[fresh]]\n"
        renamed += after["b.md"] != text
    assert renamed >= _ROUNDS


def test_a_note_that_was_just_written_and_a_large_folder(start: Start, root: Path) -> None:
    """What is computed by a thread of its own is for what is there, too."""
    write_notes(root, {"b.md": "[[many/7]] tail\n"} | {f"many/{number}.md": "" for number in range(250)})
    editor = start(root)
    editor.eventually(lambda: editor.mentions("many/7.md"), ["b.md"])
    for number in range(_ROUNDS):
        text = "line\n" * number + "[[many/7]]\n"
        WAYS[number % len(WAYS)](root / "b.md", text)

        assert applied(root, will_rename_folder(editor))["b.md"] in {text, text.replace("many", "few")}


# In this process, without watching: nothing but the question itself makes the server look.


@pytest.fixture
def session(root: Path) -> Iterator[UnwatchedSession]:
    """A session that does not watch."""
    write_notes(root, {"old.md": "# Old\n", "b.md": "[[old]] tail\n", "c.md": "[[old]] stands for old\n"})
    with ExitStack() as ending:
        session = UnwatchedSession()
        session.start(root, "utf-16", "full")
        ending.callback(session.close)
        item = {"languageId": "markdown", "version": 4, "text": "[[old]] stands for old\n"}
        session.notify("textDocument/didOpen", {"textDocument": {"uri": (root / "c.md").as_uri(), **item}})
        session.request("textDocument/hover", asked_at(root))
        yield session


def asked_at(root: Path, path: str = "c.md") -> dict[str, Any]:
    """The link of a note."""
    return {"textDocument": {"uri": (root / path).as_uri()}, "position": {"line": 0, "character": 3}}


def renamed(session: UnwatchedSession, root: Path) -> dict[str, str]:
    """The notes after a rename of what the open note links to."""
    return applied(root, session.request("textDocument/rename", {**asked_at(root), "newName": "fresh"}))


@pytest.mark.parametrize("write", WAYS)
def test_a_note_that_was_written_unseen(
    session: UnwatchedSession, root: Path, write: Callable[[Path, str], None]
) -> None:
    """However it was written, whatever its time says, and again and again."""
    for number in range(_ROUNDS):
        write(root / "b.md", f"{'x' * number} tail of [[old]]\n")

        assert renamed(session, root)["b.md"] == f"{'x' * number} tail of [[fresh]]\n"


def gone(note: Path) -> None:
    """Remove a note."""
    note.unlink()


def a_folder(note: Path) -> None:
    """Put a folder in the place of a note."""
    note.unlink()
    note.mkdir()


def a_pipe(note: Path) -> None:
    """Put a pipe in the place of a note, which nobody may wait for."""
    note.unlink()
    os.mkfifo(note)


def a_dangling_link(note: Path) -> None:
    """Put a link to nothing in the place of a note."""
    note.unlink()
    note.symlink_to("nowhere")


@pytest.mark.parametrize("do", [gone, a_folder, a_pipe, a_dangling_link])
def test_a_note_that_is_none_any_more(session: UnwatchedSession, root: Path, do: Callable[[Path], None]) -> None:
    """There is nothing to edit in it, and all else is renamed."""
    do(root / "b.md")
    edit = session.request("textDocument/rename", {**asked_at(root), "newName": "fresh"})
    uris = [one["textDocument"]["uri"] for one in edit["documentChanges"] if "textDocument" in one]
    assert uris == [(root / "c.md").as_uri()]


def test_what_is_renamed_is_gone(session: UnwatchedSession, root: Path) -> None:
    """A file that is not there is not told to be moved."""
    (root / "old.md").unlink()
    (root / "old.md").mkdir()
    edit = session.request("textDocument/rename", {**asked_at(root), "newName": "fresh"})
    assert "oldUri" not in str(edit)


def test_a_note_that_is_not_utf8_any_more(session: UnwatchedSession, root: Path) -> None:
    """No editor could write it back: a rename is refused; where the editor moves a file anyway, other notes follow."""
    (root / "b.md").write_bytes(b"caf\xe9 [[old]]\n")
    with pytest.raises(ResponseError, match=r"b\.md is not UTF-8"):
        session.request("textDocument/rename", {**asked_at(root), "newName": "fresh"})

    files = [{"oldUri": (root / "old.md").as_uri(), "newUri": (root / "fresh.md").as_uri()}]
    edit = session.request("workspace/willRenameFiles", {"files": files})
    assert [one["textDocument"]["uri"] for one in edit["documentChanges"]] == [(root / "c.md").as_uri()]


def test_an_action_that_edits_other_notes(session: UnwatchedSession, root: Path) -> None:
    """Linking a note from those that mention it is for what they say now."""
    write_notes(root, {"plum tree.md": "# Plum tree\n", "d.md": "the Plum tree blooms\n"})
    told = [{"uri": (root / path).as_uri(), "type": 1} for path in ("plum tree.md", "d.md")]
    session.notify("workspace/didChangeWatchedFiles", {"changes": told})
    head = {"start": {"line": 0, "character": 2}, "end": {"line": 0, "character": 2}}
    asked = {"textDocument": {"uri": (root / "plum tree.md").as_uri()}, "range": head, "context": {"diagnostics": []}}

    def action() -> Any:
        found = session.request("textDocument/codeAction", asked)
        return next(one["edit"] for one in found if "mention" in one["title"])

    assert "[[Plum tree]]" in applied(root, action())["d.md"]
    (root / "d.md").write_text("First a line.\n\nNow the Plum tree blooms.\n", encoding="utf-8")

    assert applied(root, action())["d.md"] == "First a line.\n\nNow the [[Plum tree]] blooms.\n"


def test_a_closed_note_that_is_asked_about_itself(session: UnwatchedSession, root: Path) -> None:
    """A heading is renamed where it stands now."""
    (root / "old.md").write_text("One line more.\n\n# Old\n", encoding="utf-8")
    at = {"textDocument": {"uri": (root / "old.md").as_uri()}, "position": {"line": 0, "character": 3}}
    edit = session.request("textDocument/rename", {**at, "newName": "Older"})
    assert edit is None or applied(root, edit)["old.md"] == "One line more.\n\n# Older\n"


def test_each_edited_note_is_looked_at_once(session: UnwatchedSession, root: Path) -> None:
    """One system call for each closed note with edits, however many notes there are; none for those that are open."""
    write_notes(root, {f"many/{number}.md": "[[old]]\n" if number < 300 else "none\n" for number in range(600)})
    told = [{"uri": (root / "many").as_uri(), "type": 1}]
    session.notify("workspace/didChangeWatchedFiles", {"changes": told})
    session.request("textDocument/references", {**asked_at(root), "context": {"includeDeclaration": False}})
    (folder,) = session._server.files.folders()
    before, read = folder.stats, folder.read

    renamed(session, root)

    # Those that link, and the one that moves.
    assert folder.stats - before == 302
    renamed(session, root)
    assert folder.stats - before == 604
    assert folder.read - read <= 302


def test_a_note_that_is_written_without_end(
    session: UnwatchedSession, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After some tries the rename is refused in words, and nothing is edited."""
    files = session._server.files
    look = files.make_sure

    def written_before(*arguments: Any) -> None:
        with (root / "b.md").open("a", encoding="utf-8") as note:
            note.write("[[old]]\n")
        look(*arguments)

    monkeypatch.setattr(files, "make_sure", written_before)

    with pytest.raises(ResponseError, match=r"b\.md is being written just now; try again") as refused:
        session.request("textDocument/rename", {**asked_at(root), "newName": "fresh"})
    assert refused.value.code == -32803
