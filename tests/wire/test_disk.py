"""Over the wire: what is saved is seen soon, by whomever and however it was written; what is not saved is nobody's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from served import Editor, Start

pytestmark = pytest.mark.wire


def command(arguments: list[str], environment: Mapping[str, str]) -> str:
    """What the command line prints."""
    done = subprocess.run(
        [sys.executable, "-m", "notes_lsp", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout


def test_two_servers_share_what_is_saved_and_nothing_else(start: Start, root: Path) -> None:
    """Unsaved text is seen by its own server alone; saved text by both, within a moment."""
    ours, theirs = start(root), start(root)
    ours.eventually(lambda: ours.mentions("hub.md"), ["one.md", "sub/two.md"])
    theirs.eventually(lambda: theirs.mentions("hub.md"), ["one.md", "sub/two.md"])

    ours.open("new.md", "[[hub]]\n")
    assert ours.mentions("hub.md") == ["new.md", "one.md", "sub/two.md"]
    assert theirs.mentions("hub.md") == ["one.md", "sub/two.md"]

    (root / "new.md").write_text("[[hub]]\n", encoding="utf-8")
    theirs.eventually(lambda: theirs.mentions("hub.md"), ["new.md", "one.md", "sub/two.md"])

    ours.close("new.md")
    assert ours.mentions("hub.md") == ["new.md", "one.md", "sub/two.md"]


def test_a_title_that_another_server_wrote_down_is_completed(start: Start, root: Path) -> None:
    """Names in memory follow, whichever of two servers was the one that read the note."""
    ours, theirs = start(root), start(root)
    for editor in (ours, theirs):
        editor.open("draft.md", "[[unheard")
        editor.ask("textDocument/completion", editor.uri("draft.md"), 0, 9)
    (root / "x.md").write_text("# Unheard of\n", encoding="utf-8")

    ours.eventually(lambda: is_offered(ours, "Unheard of"), answer=True)
    theirs.eventually(lambda: is_offered(theirs, "Unheard of"), answer=True)


def is_offered(editor: Editor, title: str) -> bool:
    """Whether a note of this title is among what can be completed at the end of the draft."""
    offer = editor.ask("textDocument/completion", editor.uri("draft.md"), 0, 9) or {"items": []}
    return any(title in str(item) for item in offer["items"])


def test_the_command_line_and_a_server_at_once(editor: Editor, root: Path, environment: Mapping[str, str]) -> None:
    """The command line answers from the same index, says nothing of unsaved text, and disturbs nobody."""
    editor.open("one.md", "[[nowhere]]\n")
    (root / "three.md").write_text("[[hub]]\n", encoding="utf-8")

    assert "4 notes" in command(["index", str(root)], environment)
    assert command(["check", str(root)], environment) == ""

    editor.eventually(lambda: editor.mentions("hub.md"), ["sub/two.md", "three.md"])


def create(root: Path) -> None:
    """Create a note."""
    (root / "new.md").write_text("[[hub]]", encoding="utf-8")


def modify(root: Path) -> None:
    """Write a note again."""
    (root / "one.md").write_text("no more", encoding="utf-8")


def replace(root: Path) -> None:
    """Write another file and put it in the place of a note, as many editors save."""
    (root / ".one.swp").write_text("no more", encoding="utf-8")
    (root / ".one.swp").replace(root / "one.md")


def rename(root: Path) -> None:
    """Rename a note."""
    (root / "one.md").rename(root / "uno.md")


def delete(root: Path) -> None:
    """Delete a note."""
    (root / "one.md").unlink()


def rename_folder(root: Path) -> None:
    """Rename a folder."""
    (root / "sub").rename(root / "under")


def delete_folder(root: Path) -> None:
    """Delete a folder with all that is in it."""
    shutil.rmtree(root / "sub")


def bring_folder(root: Path) -> None:
    """Move a folder into the vault."""
    outside = root.with_name("outside")
    (outside / "deep").mkdir(parents=True)
    (outside / "deep" / "note.md").write_text("[[hub]]", encoding="utf-8")
    outside.rename(root / "inside")


def ignore(root: Path) -> None:
    """Have a folder ignored."""
    (root / ".gitignore").write_text("sub/\n", encoding="utf-8")


@pytest.mark.parametrize(
    "do,left",
    [
        (create, ["new.md", "one.md", "sub/two.md"]),
        (modify, ["sub/two.md"]),
        (replace, ["sub/two.md"]),
        (rename, ["sub/two.md", "uno.md"]),
        (delete, ["sub/two.md"]),
        (rename_folder, ["one.md", "under/two.md"]),
        (delete_folder, ["one.md"]),
        (bring_folder, ["inside/deep/note.md", "one.md", "sub/two.md"]),
        (ignore, ["one.md"]),
    ],
)
def test_what_happens_on_disk_is_seen(editor: Editor, root: Path, do: Callable[[Path], None], left: list[str]) -> None:
    """Whatever another program does to notes and folders, the next answers know of it, unasked."""
    editor.eventually(lambda: editor.mentions("hub.md"), ["one.md", "sub/two.md"])

    do(root)

    editor.eventually(lambda: editor.mentions("hub.md"), left)


def test_a_root_that_vanishes_and_comes_back(editor: Editor, root: Path) -> None:
    """An unplugged disk costs nothing but its news."""
    editor.eventually(lambda: editor.mentions("hub.md"), ["one.md", "sub/two.md"])

    root.rename(root.with_name("away"))
    assert editor.definition("one.md") == ["hub.md"]
    (root.with_name("away") / "one.md").write_text("gone", encoding="utf-8")
    root.with_name("away").rename(root)

    editor.eventually(lambda: editor.mentions("hub.md"), ["sub/two.md"])


def test_an_index_that_is_destroyed_while_it_is_served(editor: Editor, environment: Mapping[str, str]) -> None:
    """Removed, emptied, or overwritten with nonsense: the very next answer is right."""
    assert editor.mentions("hub.md") == ["one.md", "sub/two.md"]
    (index,) = Path(environment["XDG_CACHE_HOME"]).rglob("index.db")
    for destroy in (
        index.unlink,
        lambda: shutil.rmtree(index.parent.parent),
        lambda: index.write_bytes(b"nonsense" * 5000),
    ):
        destroy()
        assert editor.mentions("hub.md") == ["one.md", "sub/two.md"]


def test_an_index_that_was_destroyed_before(start: Start, root: Path, environment: Mapping[str, str]) -> None:
    """A server that finds its index in pieces begins a new one."""
    command(["index", str(root)], environment)
    (index,) = Path(environment["XDG_CACHE_HOME"]).rglob("index.db")
    index.write_bytes(index.read_bytes()[:5000] + b"nonsense" * 5000)

    assert start(root).mentions("hub.md") == ["one.md", "sub/two.md"]


def test_a_cache_that_cannot_be_written(start: Start, root: Path, environment: Mapping[str, str]) -> None:
    """The server works in memory and says so where somebody may look for it."""
    cache = Path(environment["XDG_CACHE_HOME"])
    cache.parent.mkdir(parents=True)
    cache.write_text("in the way", encoding="utf-8")

    editor = start(root)

    assert editor.mentions("hub.md") == ["one.md", "sub/two.md"]
    assert "working in memory" in editor.client.errors()


def test_odd_files_are_served(editor: Editor, root: Path) -> None:
    """Five megabytes, NUL bytes, and bytes that are no text: links in them are found, and the server lives on."""
    (root / "big.md").write_text("[[hub]]\n" + "many words\n" * 500_000, encoding="utf-8")
    (root / "nul.md").write_bytes(b"[[hub]]\0\0\n" * 3)
    (root / "latin.md").write_bytes("[[hub]] Grüße\n".encode("latin-1"))
    (root / "utf16.md").write_bytes("[[hub]]\n".encode("utf-16"))

    expected = ["big.md", "latin.md", "nul.md", "one.md", "sub/two.md"]
    editor.eventually(lambda: editor.mentions("hub.md"), expected)


def test_many_notes_are_read_in_the_background(start: Start, root: Path) -> None:
    """While a cold vault is read, progress is shown, names are offered, and links are followed."""
    for number in range(1500):
        folder = root / f"many{number % 20}"
        folder.mkdir(exist_ok=True)
        text = f"# Note {number}\n\n[[hub]] [[number {number + 1}]]\n\n" + "Some prose with *marks*.\n" * 30
        (folder / f"number {number}.md").write_text(text, encoding="utf-8")

    editor = start(root)
    editor.open("one.md", "[[number 1499]] [[number 77")
    everyone = editor.client.send(
        "textDocument/references",
        {
            "textDocument": {"uri": editor.uri("hub.md")},
            "position": {"line": 0, "character": 0},
            "context": {"includeDeclaration": False},
        },
    )
    editor.eventually(lambda: editor.definition("one.md"), ["many19/number 1499.md"])
    labels = editor.ask("textDocument/completion", editor.uri("one.md"), 0, 27)["items"]
    assert any("number 777" in item["label"] for item in labels)

    assert len(everyone.result(60)) == 1501
    assert editor.client.wait(lambda: not editor.client.busy(), 60)
    steps = [params["value"] for params in editor.client.received("$/progress")]
    assert [steps[0]["kind"], steps[-1]["kind"]] == ["begin", "end"]
    percents = [step["percentage"] for step in steps[:-1]]
    assert percents == sorted(percents)


@pytest.mark.slow
def test_a_root_of_very_many_files(start: Start, root: Path) -> None:
    """The server looks at no more files than it was told to, says so, and serves what is open all the same."""
    (root / ".notes-lsp.toml").write_text("[files]\nmax_files = 10000\n", encoding="utf-8")
    for folder in range(60):
        (root / f"f{folder}").mkdir()
        for number in range(1000):
            (root / f"f{folder}" / f"{number}.txt").touch()

    editor = start(root)
    editor.open("one.md", "[[hub]] [[f59/999.txt]] [[missing]] [[#no]]\n")

    assert editor.definition("one.md") == ["hub.md"]
    report = editor.client.request("textDocument/diagnostic", {"textDocument": {"uri": editor.uri("one.md")}}, 60)
    assert [item["code"] for item in report["items"]] == ["broken-anchor"]
    assert "max_files" in editor.client.errors()
