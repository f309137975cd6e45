"""Headers made to hold a server up: every request is answered in time, and what is too much is said."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from indexing import the_note, vault_of
from notes_lsp.config.settings import Config
from notes_lsp.frontmatter import read as frontmatter
from notes_lsp.ide.code_actions.frontmatter_fixes import property_actions
from notes_lsp.text.source import Span
from notes_lsp.workspace.config.schemas import read_schemas
from served import Start

PATIENCE = 8.0
"""Seconds for one answer on a machine that does a hundred things; alone it takes a tenth of that."""
MANY, DEEP, LONG = 10_000, 10_000, 5_000_000
SCHEMA = '[schemas.all]\nrequired = ["must"]\nk1 = "number"\nclosed = true\n'


def yaml(body: str) -> str:
    """A note with a header in YAML."""
    return f"---\n{body}\n---\n[[other]]\n"


def toml(body: str) -> str:
    """A note with a header in TOML."""
    return f"+++\n{body}\n+++\n[[other]]\n"


def json(body: str) -> str:
    """A note with a header in JSON."""
    return f"{{{body}}}\n[[other]]\n"


def bomb(first: str, more: str) -> str:
    """Aliases of aliases: ten times as many values on every line."""
    lines = [f"a0: &a0 {first}", *(f"a{n}: &a{n} {more}".replace("*", f"*a{n - 1}") for n in range(1, 12))]
    return yaml("\n".join(lines))


HEADERS = {
    "aliases": bomb("[x, x]", "[*, *, *, *, *, *, *, *, *, *]"),
    "aliases of tables": bomb("{x: 1}", "{a: *, b: *, c: *, d: *, e: *, f: *, g: *, h: *, i: *}"),
    "keys in YAML": yaml("\n".join(f"k{n}: v" for n in range(MANY))),
    "keys in TOML": toml("\n".join(f"k{n} = 1" for n in range(MANY))),
    "keys in JSON": json(",\n".join(f'"k{n}": "v"' for n in range(MANY))),
    "a long value in YAML": yaml("title: |\n" + "  some text\n" * (LONG // 12)),
    "a long value in TOML": toml('title = """\n' + "some text\n" * (LONG // 10) + '"""'),
    "a long value in JSON": json('"title": "' + "x" * LONG + '"'),
    "depth in YAML": yaml("a: " + "[" * DEEP + "]" * DEEP),
    "depth in TOML": toml("a = " + "[" * DEEP + "]" * DEEP),
    "depth in JSON": json('"a": ' + "[" * DEEP + "]" * DEEP),
}
METHODS: dict[str, dict[str, Any]] = {
    "textDocument/hover": {"position": {"line": 1, "character": 2}},
    "textDocument/completion": {"position": {"line": 1, "character": 2}},
    "textDocument/documentSymbol": {},
    "textDocument/foldingRange": {},
    "textDocument/semanticTokens/full": {},
    "textDocument/selectionRange": {"positions": [{"line": 1, "character": 2}]},
    "textDocument/prepareRename": {"position": {"line": 1, "character": 2}},
    "textDocument/codeAction": {
        "range": {"start": {"line": 0, "character": 0}, "end": {"line": MANY, "character": 0}},
        "context": {"diagnostics": []},
    },
}


@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", HEADERS)
def test_every_request_is_answered_in_time(start: Start, root: Path, name: str) -> None:
    """Limits are told of as such, no request fails or waits for long, and the text below is read as ever."""
    (root / ".notes-lsp.toml").write_text(SCHEMA, encoding="utf-8")
    (root / "other.md").write_text("# Other\n", encoding="utf-8")
    editor = start(root)
    text = HEADERS[name]
    editor.open("n.md", text)
    document = {"textDocument": {"uri": editor.uri("n.md")}}
    report = editor.client.request("textDocument/diagnostic", document)
    assert "frontmatter-limit" in {item["code"] for item in report["items"]}
    for method, more in METHODS.items():
        began = time.monotonic()
        editor.client.request(method, {**document, **more})
        assert time.monotonic() - began < PATIENCE, method
    assert editor.definition("n.md", text.count("\n") - 1, 3) == ["other.md"]


@pytest.mark.parametrize("note, line", [(yaml, "k{}: v\n"), (toml, "k{} = 1\n"), (json, '"k{}": "v",\n')])
@pytest.mark.parametrize("keys, most", [(4_500, 10), (MANY, 1)])
def test_a_long_header_is_not_read_for_every_proposal(
    note: Callable[[str], str], line: str, keys: int, most: int
) -> None:
    """However much is wrong in a header, it is read a few times to find out what helps; one over the limits once."""
    text = note("".join(line.format(number) for number in range(keys)).rstrip(",\n"))
    vault = vault_of({"n.md": text})
    config = replace(Config(), schemas=read_schemas(None, SCHEMA)[0])
    before = frontmatter.read_tree.cache_info().misses
    found = property_actions(vault, the_note(vault, "n.md"), Span(0, len(text)), config, date(2024, 5, 12))
    assert bool(found) == (keys < MANY)
    assert frontmatter.read_tree.cache_info().misses - before <= most
