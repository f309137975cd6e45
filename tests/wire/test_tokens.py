"""Semantic tokens over the wire: a range, what changed, and who is behind."""

from __future__ import annotations

from served import Editor


def test_changed_tokens_applied_give_all_tokens(editor: Editor) -> None:
    """A client that applies what changed has just what it would have got whole; one that is behind gets all."""
    lines = ["---", "a: 1", 'b: "[[x]]"', "tags: [y]", "---", "[[z]] #t"]
    editor.open("n.md", "\n".join(lines))
    uri = editor.uri("n.md")
    whole = editor.ask("textDocument/semanticTokens/full", uri)
    data, mark = list(whole["data"]), whole["resultId"]
    first = mark
    for number, line in enumerate(("a: true", "", 'b: "no [[x]]"', "c: 2", "title: x", "tags: [y, z]")):
        lines[min(number, 3)] = line if number else "---"
        editor.change("n.md", {"text": "\n".join(lines)})
        answer = editor.ask("textDocument/semanticTokens/full/delta", uri, previousResultId=mark)
        for edit in answer["edits"]:
            data[edit["start"] : edit["start"] + edit["deleteCount"]] = edit.get("data") or []
        mark = answer["resultId"]
        assert data == editor.ask("textDocument/semanticTokens/full/delta", uri, previousResultId="?")["data"]
        mark = str(int(mark) + 1)
    assert "edits" not in editor.ask("textDocument/semanticTokens/full/delta", uri, previousResultId=first)


def test_tokens_of_a_range_are_those_in_it(editor: Editor) -> None:
    """Asked for one line, the server names the tokens of that line."""
    editor.open("n.md", "---\na: 1\nb: 2\n---\n")
    within = {"start": {"line": 2, "character": 0}, "end": {"line": 2, "character": 4}}
    data = editor.ask("textDocument/semanticTokens/range", editor.uri("n.md"), range=within)["data"]
    legend = editor.client.capabilities["semanticTokensProvider"]["legend"]["tokenTypes"]
    key, value = (data[:3], legend[data[3]]), (data[5:8], legend[data[8]])
    assert (key, value) == (([2, 0, 1], "property"), ([0, 3, 1], "number"))
