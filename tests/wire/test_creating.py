"""New notes over the wire: the client is asked to make them, by the vault's rules, and nobody else writes anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from notes_lsp.frontmatter.values import header, to_plain
from notes_lsp.workspace.disk.roots import resolve_path
from served import Editor, Start
from speclib.drivers import write_notes
from speclib.wire import ResponseError

pytestmark = pytest.mark.wire

MEETING = "---\ntype: meeting\nwith:\n---\n\n# {{title}}\n\n{{text}}\n"
SETTINGS = """
[new.meeting]
folder = "meetings"
template = "meeting"
filename = "{{id}} {{title}}"

[new.person]
folder = "people"
properties = { type = "person", met = "{{title}}" }

[daily]
folder = "log"
format = "YYYY/YYYY-MM-DD"

[schemas.meeting]
type = "meeting"
rating = { type = "integer", max = 5 }
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A vault with rules for two kinds of notes."""
    vault = resolve_path(tmp_path) / "vault"
    notes = {
        ".notes-lsp.toml": SETTINGS,
        ".notes-lsp/templates/meeting.md": MEETING,
        "a/start.md": "[[people/Ann Lee]]\n\nOne idea: see [b](b.md).\nMore of it.\n\n[[2024-05-12]]\n",
        ".notes-lsp/templates/letter.md": "---\nto: {{cursor}}\n---\n\n# 🌱 {{title}}\n\nDear 🌱 {{cursor}},\n",
        ".notes-lsp/templates/diary.md": "# 🌱 {{title}} {{cursor}}\n",
        "a/b.md": "# B\n",
    }
    write_notes(vault, notes)
    return vault


def run(editor: Editor, command: str, **asked: Any) -> Any:
    """Run a command with one object."""
    return editor.client.request("workspace/executeCommand", {"command": command, "arguments": [asked]})


def made(edit: Any, path: str) -> str:
    """The text of a note that a workspace edit creates."""
    steps = edit["documentChanges"]
    uri = next(step["uri"] for step in steps if step.get("kind") == "create")
    assert uri.endswith(path), steps
    return next(str(step["edits"][0]["newText"]) for step in steps if step.get("textDocument", {}).get("uri") == uri)


def test_a_note_by_its_kind(editor: Editor, root: Path) -> None:
    """Folder, name, template and types come from the rules; the edit makes the file, and the server writes none."""
    answer = run(editor, "notes.new", title="Weekly: sync", type="meeting", properties={"rating": "5", "with": ["Ann"]})

    text = made(editor.client.applied[0], answer["uri"].rpartition("/")[2])
    assert answer["uri"].startswith((root / "meetings").as_uri())
    assert answer["created"] is True
    found = header(text)
    assert found is not None
    assert to_plain(found.entries) == {"type": "meeting", "with": ["Ann"], "rating": 5}
    assert "# Weekly: sync" in text
    assert not (root / "meetings").exists()


def test_the_cursor_is_put_where_the_template_says(editor: Editor) -> None:
    """In the units of the client, behind what rules put into the frontmatter; in the frontmatter it says nothing."""
    answer = run(editor, "notes.new", title="Day", template="diary", properties={"mood": "good"})

    assert made(editor.client.applied[0], "Day.md") == "---\nmood: good\n---\n\n# 🌱 Day \n"
    assert answer["cursor"] == {"line": 4, "character": len("# 🌱 Day ".encode("utf-16-le")) // 2}
    assert "cursor" not in run(editor, "notes.new", title="Letter", template="letter")
    assert made(editor.client.applied[1], "Letter.md") == '---\nto: ""\n---\n\n# 🌱 Letter\n\nDear 🌱 ,\n'


def test_a_note_that_is_there_is_shown_instead(editor: Editor, root: Path) -> None:
    """A title that a note answers to, wherever it is, makes no second one that links might mean, unless one insists.

    Where the rule puts an id into the name, notes of one title are made again and again.
    """
    answer = run(editor, "notes.new", title="b")

    assert answer == {"uri": (root / "a" / "b.md").as_uri(), "created": False}
    assert editor.client.applied == []
    assert editor.client.received("window/showMessage") == []
    assert run(editor, "notes.new", title="B", type="meeting")["created"] is True
    assert run(editor, "notes.new", title="B", anyway=True) == {"uri": (root / "B.md").as_uri(), "created": True}


def test_a_selection_is_left_where_its_note_is_there(editor: Editor, root: Path) -> None:
    """Lines whose title a note answers to already stay where they are."""
    start = (root / "a" / "start.md").as_uri()
    range_ = {"start": {"line": 2, "character": 0}, "end": {"line": 4, "character": 0}}

    answer = run(editor, "notes.new", title="B", link=True, selection={"uri": start, "range": range_})

    assert answer == {"uri": (root / "a" / "b.md").as_uri(), "created": False}
    assert editor.client.applied == []
    assert "“B” exists: a/b.md; nothing was moved" in str(editor.client.received("window/showMessage"))


def test_two_ids_are_never_the_same(editor: Editor) -> None:
    """Two notes that are asked for within one minute get ids of their own, though neither is written yet."""
    one = run(editor, "notes.new", title="One", type="meeting")["uri"]
    other = run(editor, "notes.new", title="One", type="meeting")["uri"]

    assert one != other


def test_a_selection_becomes_a_note_with_a_link_in_its_place(editor: Editor, root: Path) -> None:
    """What is selected moves, its links respelled for their new folder; where it stood there is a link."""
    where = {"start": {"line": 2, "character": 0}, "end": {"line": 4, "character": 0}}
    selection = {"uri": editor.uri("a/start.md"), "range": where}

    answer = run(editor, "notes.new", title="Idea", folder="people", selection=selection, link=True)

    edit = editor.client.applied[0]
    assert answer["uri"] == (root / "people" / "Idea.md").as_uri()
    assert "see [b](../a/b.md)" in made(edit, "Idea.md")
    assert "type: person" in made(edit, "Idea.md")
    old = next(step for step in edit["documentChanges"] if step.get("textDocument", {}).get("uri") == selection["uri"])
    assert old["edits"][0]["newText"] == "[[Idea]]"
    assert old["edits"][0]["range"] == {"start": {"line": 2, "character": 0}, "end": {"line": 3, "character": 11}}


def test_the_note_of_a_day(editor: Editor, root: Path) -> None:
    """A day in plain words; the note is made once, and an existing one is only shown."""
    answer = run(editor, "notes.daily", when="2024-05-12")
    assert answer == {"uri": (root / "log/2024/2024-05-12.md").as_uri(), "created": True}

    (root / "log/2024").mkdir(parents=True)
    (root / "log/2024/2024-05-13.md").write_text("mine\n", "utf-8")
    again = run(editor, "notes.daily", when="2024-05-13")
    assert again == {"uri": (root / "log/2024/2024-05-13.md").as_uri(), "created": False}
    assert len(editor.client.applied) == 1


def test_links_to_missing_notes_are_created_by_the_rules(editor: Editor) -> None:
    """The quick fix makes a person of what lies among people, and a daily note of what is called by a day."""
    titles: dict[str, str] = {}
    for line in (0, 5):
        place = {"start": {"line": line, "character": 4}, "end": {"line": line, "character": 4}}
        params = {"textDocument": {"uri": editor.uri("a/start.md")}, "range": place, "context": {"diagnostics": []}}
        for action in editor.client.request("textDocument/codeAction", params):
            if action["title"].startswith("Create"):
                titles[action["title"]] = made(
                    action["edit"], action["title"].split("“")[1].removesuffix("”").replace(" ", "%20")
                )

    assert titles == {
        "Create “people/Ann Lee.md”": "---\ntype: person\nmet: Ann Lee\n---\n\n# Ann Lee\n",
        "Create “log/2024/2024-05-12.md”": "# 2024-05-12\n",
    }


def test_a_new_note_from_a_selection_is_offered(editor: Editor) -> None:
    """As a refactoring, and only where something is selected."""
    place = {"start": {"line": 2, "character": 0}, "end": {"line": 3, "character": 11}}
    params = {
        "textDocument": {"uri": editor.uri("a/start.md")},
        "range": place,
        "context": {"diagnostics": [], "only": ["refactor"]},
    }
    offered = editor.client.request("textDocument/codeAction", params)
    nothing = editor.client.request("textDocument/codeAction", {**params, "range": {**place, "end": place["start"]}})

    assert [(one["title"], one["kind"]) for one in offered] == [
        ("New note “One idea: see b” from selection", "refactor.extract")
    ]
    assert made(offered[0]["edit"], "One%20idea%20see%20b.md").endswith("One idea: see [b](a/b.md).\nMore of it.\n")
    assert not nothing


@pytest.mark.parametrize(
    "asked, said",
    [
        ({}, "title"),
        ({"title": "x", "template": "nothing"}, "there is no template"),
        ({"title": "x", "folder": "../.."}, "outside the vault"),
        ({"title": "x", "type": "beast"}, "[new.beast]"),
        ({"title": "x", "type": "meeting", "properties": {"rating": "high"}}, "rating"),
        ({"title": "x", "type": "meeting", "properties": {"rating": 9}}, "Expected a number of at most 5"),
        ({"title": 3}, "is a text"),
        ({"title": "x", "selection": 3}, "selection"),
    ],
)
def test_what_cannot_be_made_is_said(editor: Editor, asked: dict[str, Any], said: str) -> None:
    """An error that names what is wrong, and no edit."""
    with pytest.raises(ResponseError) as caught:
        run(editor, "notes.new", **asked)

    assert said in str(caught.value)
    assert editor.client.applied == []


def test_an_editor_that_creates_no_files_is_told(start: Start, root: Path) -> None:
    """Without resource operations there is a message that says what to do instead, and no edit."""
    editor = start(root, profile="bare")

    assert run(editor, "notes.new", title="Tea") is None

    messages = editor.client.received("window/showMessage")
    assert "run: notes-lsp new Tea" in str(messages)
    assert editor.client.applied == []
