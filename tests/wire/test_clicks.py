"""Clicks: what a client is given to open, from links as from hovers."""

from __future__ import annotations

from pathlib import Path

from served import Start


def test_no_click_opens_code(start: Start, root: Path) -> None:
    """Links of unknown schemes are not handed out, whatever the vault's own settings say; nor are they in hovers."""
    (root / ".notes-lsp.toml").write_text('[links]\nschemes = ["vscode", "command"]\n', "utf-8")
    text = "# Odd\n\n[a](command:x)\n[b](javascript:x)\n[c](vscode://x)\n[d](https://ex.org)\n[e](obsidian://open)\n"
    (root / "odd.md").write_text(text, "utf-8")
    editor = start(root)
    editor.open("odd.md", text)
    editor.open("from.md", "[[odd]]\n")

    links = editor.client.request("textDocument/documentLink", {"textDocument": {"uri": editor.uri("odd.md")}})
    targets = [editor.client.request("documentLink/resolve", link).get("target") for link in links]
    shown = editor.ask("textDocument/hover", editor.uri("from.md"), 0, 3)["contents"]["value"]

    assert targets == ["https://ex.org", "obsidian://open"]
    assert "https://ex.org" in shown
    assert not any(scheme in shown for scheme in ("command:", "javascript:", "vscode:"))
