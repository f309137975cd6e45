"""Half-typed links: what is typed between brackets that closed by themselves is judged after a pause."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from served import Editor, Start


@pytest.mark.parametrize(
    "before, after, code",
    [
        ("[[", "]]", "broken-link"),
        ("🌱 [[hub#", "]]", "broken-anchor"),
        ("[[hub#^", "]]", "broken-anchor"),
        ("![[", "]] rest", "broken-link"),
        ("[x](", ".md)", "broken-link"),
        ("[x][", "]", "broken-reference"),
        ("x[^", "]", "broken-footnote"),
    ],
)
def test_nothing_is_said_of_a_link_that_is_being_typed(
    start: Start, root: Path, before: str, after: str, code: str
) -> None:
    """Until one stops, or types somewhere else; then it is, without being asked for again."""
    editor = start(root, profile="vscode")
    editor.open("one.md", f"{before}{after}\n\nother\n")
    column = len(before.encode("utf-16-le")) // 2
    for letter in "zq":
        editor.change("one.md", insertion(0, column, letter))
        column += 1
        assert codes(editor) == []

    editor.eventually(lambda: [one["method"] for one in editor.client.requests][-1:], ["workspace/diagnostic/refresh"])
    assert codes(editor) == [code]

    editor.change("one.md", insertion(0, column, "x"))
    assert codes(editor) == []
    editor.change("one.md", insertion(2, 5, "s"))
    assert codes(editor) == [code]


def test_it_is_pushed_after_a_pause(start: Start, root: Path) -> None:
    """An editor that does not ask is told in its time."""
    editor = start(root, profile="emacs28")
    editor.open("one.md", "[[]]\n")
    editor.eventually(lambda: pushed(editor)[-1:], [[]])

    editor.change("one.md", insertion(0, 2, "zq"))

    editor.eventually(lambda: pushed(editor)[-1], ["broken-link"])


def insertion(line: int, column: int, text: str) -> dict[str, Any]:
    """The change of one who types a text."""
    place = {"line": line, "character": column}
    return {"range": {"start": place, "end": place}, "text": text}


def codes(editor: Editor) -> list[str]:
    """What is told of the note now."""
    answer = editor.client.request("textDocument/diagnostic", {"textDocument": {"uri": editor.uri("one.md")}})
    return [found["code"] for found in answer["items"]]


def pushed(editor: Editor) -> list[list[str]]:
    """What was told of the note, one time after the other."""
    return [
        [found["code"] for found in told["params"]["diagnostics"]]
        for told in editor.client.notifications
        if told["method"] == "textDocument/publishDiagnostics" and told["params"]["uri"] == editor.uri("one.md")
    ]
