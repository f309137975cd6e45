"""Exports: in a fixed order, within a budget, each thing once, and of private notes nothing at all."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexing import the_note, vault_of
from notes_lsp.config.settings import Config, Export
from notes_lsp.ide.listing.export import CUT, export_notes, follow_links, in_one_text
from notes_lsp.index.vault.private import private_notes
from notes_lsp.text.token_count import estimate_tokens
from notes_lsp.workspace.disk.ignore import Ignore
from notes_lsp.workspace.export_view import public_vault
from notes_lsp.workspace.folder import Folder
from notes_lsp.workspace.scan import scan
from speclib.drivers import write_notes

RING = {
    "start.md": "# Start\n\n[[far]] [[b]] [[a]] ![[b]]\n",
    "a.md": "[[shared]] [[start]]\n",
    "b.md": "[[shared]] [[lone]]\n",
    "far.md": "[[lone]] [[shared]]\n",
    "shared.md": "words " * 50,
    "lone.md": "[[end]]\n",
    "end.md": "",
    "apart.md": "[[start]]\n",
}


def test_the_best_come_first() -> None:
    """Nearer ones before others, then those that more of the notes before link to, then in the order of the text."""
    vault = vault_of(RING)
    start = the_note(vault, "start.md")

    def paths(depth: int) -> list[str]:
        return [note.path for note in follow_links(vault, start, depth)]

    assert paths(0) == ["start.md"]
    assert paths(1) == ["start.md", "far.md", "b.md", "a.md"] or paths(1) == ["start.md", "b.md", "far.md", "a.md"]
    assert paths(2)[4:] == ["shared.md", "lone.md"]
    assert paths(9)[6:] == ["end.md"]


@given(st.integers(1, 400))
def test_a_budget_is_kept(budget: int) -> None:
    """The pieces together take no more than was given, the last may be cut, and the text says so."""
    vault = vault_of(RING)
    pieces = export_notes(vault, follow_links(vault, the_note(vault, "start.md"), 3), budget)
    assert sum(piece.tokens for piece in pieces) <= max(budget, 20)
    assert all(not piece.cut for piece in pieces[:-1])
    assert all(piece.text.endswith(CUT) or not piece.text for piece in pieces if piece.cut)
    assert estimate_tokens(in_one_text(pieces)) <= max(budget, 20) * 1.4 + 20


def test_each_thing_stands_once() -> None:
    """What is embedded stands where it is embedded first; what is in the export anyway stays a link."""
    files = {
        "n.md": "![[x]] ![[x]] ![[y#B]] ![[y#B]] ![[pic.png]] ![[none]] ![[n]]\n",
        "x.md": "---\na: 1\n---\nX text ![[z]]\n",
        "y.md": "# A\n\nno\n\n# B\n\nyes\n",
        "z.md": "Z text ![[n]] ![[x]]\n",
        "pic.png": "",
    }
    vault = vault_of(files)
    (piece,) = export_notes(vault, [the_note(vault, "n.md")])
    for once in ("X text", "Z text", "yes"):
        assert piece.text.count(once) == 1
    assert "a: 1" not in piece.text
    assert "no\n" not in piece.text
    assert "![[pic.png]] ![[none]] ![[n]]" in piece.text
    both = export_notes(vault, [the_note(vault, "n.md"), the_note(vault, "x.md")])
    assert "X text" not in both[0].text
    assert "X text" in both[1].text


@given(st.text(max_size=200), st.text(max_size=200))
def test_tokens_are_reckoned_alike(one: str, other: str) -> None:
    """Any text has a number, never a negative one, and more text never takes fewer."""
    assert 0 <= estimate_tokens(one) <= estimate_tokens(f"{one} {other}")


def test_tokens_are_about_right() -> None:
    """Some texts with what common tokenizers make of them: not less, and not twice as many."""
    for text, tokens in {
        "The quick brown fox jumps over the lazy dog.": 10,
        "Internationalization is harder than it looks, isn't it?": 13,
        "def f(x):\n    return x + 1\n": 12,
        "Ein längerer deutscher Satz über Gärten und Bäume.": 14,
        "これは日本語の文章です。": 10,
    }.items():
        assert tokens <= estimate_tokens(text) <= 2 * tokens


SECRETS = ("Zanzibar", "Quokka", "xylophone", "Ouagadougou", "vuvuzela")
HEADERS = (
    "---\nprivate: true\n{more}---\n",
    "---\nPrivate: yes\n{more}---\n",
    "---\n{more}private: 2024-05-12\n---\n",
    "+++\nprivate = true\naliases = ['xylophone']\n+++\n",
    '{{"private": true, "aliases": ["xylophone"]}}\n',
    "---\nbad: [\nprivate: true\n{more}---\n",
    "---\nprivate:\n  since: 2024\n{more}---\n",
)


@pytest.mark.parametrize("header", HEADERS)
def test_nothing_of_a_private_note_is_left(header: str, tmp_path: Path) -> None:
    """Not in any table that can be asked, whichever way others link to it, and whatever says that it is private."""
    root = tmp_path / "vault"
    files = {
        "Quokka/Zanzibar.md": header.format(more="aliases: [xylophone]\n") + "# Ouagadougou\n\nvuvuzela [[open]]\n",
        "open.md": (
            "---\nup: Zanzibar\nsee: ['[[Quokka/Zanzibar]]']\n---\n[[Zanzibar]] [[xylophone#Ouagadougou]] "
            "![[Zanzibar]] [a](Quokka/Zanzibar.md) "
            "[b][r] <a href='Quokka/Zanzibar.md'>c</a> [[Ouagadougou|plain]] [[other]]\n\n"
            "[r]: Quokka/Zanzibar.md 'title'\n"
        ),
        "other.md": "---\nprivate: false\n---\n[[open]]\n",
    }
    write_notes(root, files)
    folder = Folder(root, tmp_path / "index.db", Config())
    asyncio.run(scan(folder, Ignore(root), lambda _done, _total: None))
    with public_vault(folder) as public:
        vault = public.current_vault()
        assert [note.path for note in vault.notes()] == ["open.md", "other.md"]
        said = in_one_text(export_notes(vault, list(vault.notes())))
        assert "plain" in said
        run = vault.store.connection.execute
        views = [
            name for (name,) in run("SELECT name FROM temp.sqlite_master WHERE type = 'view' AND name LIKE 'all_%'")
        ]
        assert len(views) > 8
        said += "".join(str(row) for view in views for row in run(f"SELECT * FROM {view}"))
        said += "".join(str(one.source.path) for one in vault.mentions(the_note(vault, "open.md")))
    folder.close()
    for secret in SECRETS:
        assert secret.casefold() not in said.casefold(), secret


def test_private_is_what_the_settings_say() -> None:
    """Other properties, and paths; ``false`` and nothing are not private."""
    files = {
        "a.md": "---\nprivate: false\n---\n",
        "b.md": "---\nprivate:\n---\n",
        "c.md": "---\nsecret: yes\n---\n",
        "d/e.md": "",
        "f.md": "---\nprivate: true\n---\n",
    }
    vault = vault_of(files)
    assert [note.path for note in private_notes(vault, Config())] == ["f.md"]
    config = Config(export=Export(private=("secret",), exclude=("/d/",)))
    assert [note.path for note in private_notes(vault, config)] == ["c.md", "d/e.md"]
