"""Renaming as an editor sees it: what the workspace edit holds, in which order, and what is asked about files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from speclib.session import UnwatchedSession
from speclib.wire import ResponseError

Start = Callable[[str], UnwatchedSession]

FILES = {
    "a.md": "[[old]] and 🌱 [[old#H]]\n",
    "b/c.md": "[x](../old.md)\n",
    "old.md": "[a](a.md)\n\n# H\n",
}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a session on a small vault, as an editor of some profile."""
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    started: list[UnwatchedSession] = []

    def begin(profile: str) -> UnwatchedSession:
        session = UnwatchedSession()
        session.start(tmp_path, "utf-16", profile)
        started.append(session)
        return session

    yield begin
    for session in started:
        session.close()


def opened(session: UnwatchedSession, root: Path, path: str, version: int = 7) -> None:
    """Open a note."""
    document = {"uri": (root / path).as_uri(), "languageId": "markdown", "version": version, "text": FILES[path]}
    session.notify("textDocument/didOpen", {"textDocument": document})


def rename(session: UnwatchedSession, root: Path, wanted: str, path: str = "a.md") -> Any:
    """Rename what the first link of a note names."""
    at = {"textDocument": {"uri": (root / path).as_uri()}, "position": {"line": 0, "character": 3}}
    return session.request("textDocument/rename", {**at, "newName": wanted})


def will_rename(session: UnwatchedSession, root: Path, *moves: tuple[str, str]) -> Any:
    """Say what is going to be moved."""
    files = [{"oldUri": (root / old).as_uri(), "newUri": (root / new).as_uri()} for old, new in moves]
    return session.request("workspace/willRenameFiles", {"files": files})


def test_the_move_comes_last_and_edits_speak_of_what_is_open(start: Start, tmp_path: Path) -> None:
    """Open notes by their version, others without; each note once, its edits from the bottom up."""
    session = start("vscode")
    opened(session, tmp_path, "a.md")

    edit = rename(session, tmp_path, "new")

    *documents, move = edit["documentChanges"]
    assert "changes" not in edit
    assert move == {
        "kind": "rename",
        "oldUri": (tmp_path / "old.md").as_uri(),
        "newUri": (tmp_path / "new.md").as_uri(),
    }
    assert [(one["textDocument"]["uri"], one["textDocument"].get("version")) for one in documents] == [
        ((tmp_path / "a.md").as_uri(), 7),
        ((tmp_path / "b/c.md").as_uri(), None),
    ]
    assert [one["range"]["start"]["character"] for one in documents[0]["edits"]] == [17, 2]


def test_neovim_gets_the_move_though_it_does_not_speak_of_document_changes(start: Start, tmp_path: Path) -> None:
    """It applies them, and says so only by the file operations that it knows."""
    session = start("neovim")

    kinds = [one.get("kind") for one in rename(session, tmp_path, "new")["documentChanges"]]

    assert kinds == [None, None, "rename"]


def test_an_editor_that_cannot_move_files_is_told_so(start: Start, tmp_path: Path) -> None:
    """Edits without the move would break every link; a heading is renamed all the same."""
    session = start("emacs28")

    with pytest.raises(ResponseError, match="rename files"):
        rename(session, tmp_path, "new")

    at = {"textDocument": {"uri": (tmp_path / "old.md").as_uri()}, "position": {"line": 2, "character": 3}}
    edit = session.request("textDocument/rename", {**at, "newName": "New"})
    assert [one["textDocument"]["uri"] for one in edit["documentChanges"]] == [
        (tmp_path / "a.md").as_uri(),
        (tmp_path / "old.md").as_uri(),
    ]


def test_a_taken_name_is_an_error_in_words(start: Start, tmp_path: Path) -> None:
    """The message names the file that is in the way, which may be one that is no note."""
    session = start("vscode")

    with pytest.raises(ResponseError, match=r"“b/c\.md” exists already") as refused:
        rename(session, tmp_path, "b/c")

    assert refused.value.code == -32803


def test_files_and_folders_are_asked_about(start: Start) -> None:
    """The editor asks before it moves anything, and tells afterwards."""
    operations = start("vscode").capabilities()["workspace"]["fileOperations"]

    assert sorted(operations) == ["didCreate", "didDelete", "didRename", "willRename"]
    for options in operations.values():
        assert [one["pattern"] for one in options["filters"]] == [
            {"glob": "**", "matches": "file"},
            {"glob": "**", "matches": "folder"},
        ]


def test_a_move_by_the_editor(start: Start, tmp_path: Path) -> None:
    """Two moves at once are one edit; the moved note's own link is edited where it still is."""
    session = start("vscode")

    edit = will_rename(session, tmp_path, ("old.md", "b/new.md"), ("b/c.md", "c.md"))

    texts = {
        one["textDocument"]["uri"]: [found["newText"] for found in one["edits"]] for one in edit["documentChanges"]
    }
    assert texts == {
        (tmp_path / "a.md").as_uri(): ["new", "new"],
        (tmp_path / "b/c.md").as_uri(): ["b/new.md"],
        (tmp_path / "old.md").as_uri(): ["../a.md"],
    }


def test_the_editor_asks_again_about_our_own_move(start: Start, tmp_path: Path) -> None:
    """Its edits are done by then, so nothing is left; a later move of the kind is a new one."""
    (tmp_path / "b/a.md").write_text("Another a.\n", encoding="utf-8")
    session = start("vscode")
    edit = rename(session, tmp_path, "b/new")
    for path in ("a.md", "b/c.md", "old.md"):
        opened(session, tmp_path, path)
    for one in edit["documentChanges"][:-1]:
        changes = [{"range": found["range"], "text": found["newText"]} for found in one["edits"]]
        document = {"uri": one["textDocument"]["uri"], "version": 8}
        session.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    assert will_rename(session, tmp_path, ("old.md", "b/new.md")) is None
    again = will_rename(session, tmp_path, ("old.md", "b/new.md"))
    assert again is None or (tmp_path / "a.md").as_uri() not in str(again)


def test_a_move_from_one_place_outside_to_another_is_nobody_s(start: Start, tmp_path: Path) -> None:
    """What is in no vault is not looked at, and leaves nothing behind."""
    session = start("vscode")

    assert will_rename(session, tmp_path.parent, ("x.md", "y.md")) is None


def test_a_name_that_is_no_text_is_nobody_s(start: Start, tmp_path: Path) -> None:
    """No link could be written to it, nor to the vault's own folder, so none is changed."""
    session = start("vscode")
    uris = ["old.md", "%ff.md", "%ed%a0%80.md", "", ".", "b/.."]
    for old, new in [(uris[0], other) for other in uris[1:]] + [(other, uris[0]) for other in uris[1:]]:
        files = [{"oldUri": f"{tmp_path.as_uri()}/{old}", "newUri": f"{tmp_path.as_uri()}/{new}"}]
        assert session.request("workspace/willRenameFiles", {"files": files}) is None


def test_what_was_moved_is_looked_at(start: Start, tmp_path: Path) -> None:
    """Without waiting for a watcher, links lead to where the file is."""
    session = start("vscode")
    opened(session, tmp_path, "a.md")
    (tmp_path / "old.md").rename(tmp_path / "b" / "old.md")

    files = [{"oldUri": (tmp_path / "old.md").as_uri(), "newUri": (tmp_path / "b/old.md").as_uri()}]
    session.notify("workspace/didRenameFiles", {"files": files})
    session.settle()

    at = {"textDocument": {"uri": (tmp_path / "a.md").as_uri()}, "position": {"line": 0, "character": 3}}
    assert (tmp_path / "b/old.md").as_uri() in str(session.request("textDocument/definition", at))


def test_what_can_be_renamed_is_shown_before(start: Start, tmp_path: Path) -> None:
    """The place of the name in the link, and the name without its folder."""
    session = start("vscode")
    at = {"textDocument": {"uri": (tmp_path / "b/c.md").as_uri()}, "position": {"line": 0, "character": 8}}

    assert session.request("textDocument/prepareRename", at) == {
        "range": {"start": {"line": 0, "character": 4}, "end": {"line": 0, "character": 13}},
        "placeholder": "old",
    }


def test_a_large_move_keeps_nobody_waiting(start: Start, tmp_path: Path) -> None:
    """What is asked while hundreds of notes are moved is answered first; open notes count as they are open."""
    many = tmp_path / "many"
    many.mkdir()
    for number in range(300):
        (many / f"{number}.md").write_text(f"[x](../old.md) [[{number - 1}]]\n", encoding="utf-8")
    session = start("vscode")
    text = "[y](many/7.md) 🌱 [[many/9]]\n"
    document = {"uri": (tmp_path / "a.md").as_uri(), "languageId": "markdown", "version": 3, "text": text}
    session.notify("textDocument/didOpen", {"textDocument": document})
    moves = {"files": [{"oldUri": many.as_uri(), "newUri": (tmp_path / "b" / "few").as_uri()}]}

    session._next += 1
    waited_for = session._next
    session._read({"jsonrpc": "2.0", "id": waited_for, "method": "workspace/willRenameFiles", "params": moves})
    at = {"textDocument": {"uri": (tmp_path / "a.md").as_uri()}, "position": {"line": 0, "character": 8}}
    found = session.request("textDocument/definition", at)

    assert found
    assert waited_for not in session._answers
    session._loop.run_until_complete(session._answered(waited_for))
    changes = session._answers.pop(waited_for)["result"]["documentChanges"]
    edited = {one["textDocument"]["uri"]: one["edits"] for one in changes}
    assert [edit["newText"] for edit in edited[(tmp_path / "a.md").as_uri()]] == ["b/few/9", "b/few/7.md"]
    assert len(edited) == 301
    assert edited[(many / "5.md").as_uri()][0]["newText"] == "../../old.md"
