"""Resolve: where a link leads, by the order that the documentation gives, case by case."""

from __future__ import annotations

import pytest

from indexing import led_to, the_note, vault_of
from notes_lsp.facts import Link

NOTES = {
    # Paths and their ends
    "a/b/c.md": "",
    "b/c.md": "",
    "only.md": "",
    "deep/er/only.md": "",
    "deep/er/far.md": "",
    "one/twin.md": "",
    "two/twin.md": "",
    "one/sub/near.md": "",
    "far/near.md": "",
    "z/few.md": "",
    "a/b/few.md": "",
    # Case, composition, percent signs
    "Case.md": "",
    "case.md": "",
    "Kräuter.md": "",
    "with space.md": "",
    "100%.md": "",
    "a%41.md": "",
    # Dots, hashes and other signs in names
    "Node.js.md": "",
    "v1.2 plan.md": "",
    "Dr. Smith.md": "",
    "C# notes.md": "",
    "C.md": "# notes\n",
    "twice.md.md": "",
    "twice.md": "",
    # Titles and aliases
    "t1.md": "# The title\n\n# Another\n",
    "t2.md": "---\ntitle: Front title\n---\n# Body title\n",
    "t3.md": "---\naliases: [The title, nick]\n---\n# only\n",
    # Index notes
    "proj/index.md": "",
    "docs/README.md": "",
    "both/README.md": "",
    "both.md": "",
    "readme.md": "",
    # Attachments
    "img/pic.png": "",
    "pic.png.md": "",
    "pdf/paper.pdf": "",
    "paper.md": "",
}


@pytest.mark.parametrize(
    "source, written, target",
    [
        # Wiki links: an exact path from the root comes first, then the end of a path.
        ("n.md", "[[b/c]]", "b/c.md"),
        ("a/n.md", "[[b/c]]", "b/c.md"),
        ("n.md", "[[a/b/c]]", "a/b/c.md"),
        ("deep/er/n.md", "[[only]]", "only.md"),
        ("n.md", "[[far]]", "deep/er/far.md"),
        ("n.md", "[[er/far]]", "deep/er/far.md"),
        ("n.md", "[[r/far]]", None),
        ("n.md", "[[/b/c]]", "b/c.md"),
        ("n.md", "[[/far]]", None),
        # Relative to the note with ./ and ../ alone.
        ("a/b/n.md", "[[./c]]", "a/b/c.md"),
        ("a/n.md", "[[../b/c]]", "b/c.md"),
        ("n.md", "[[./far]]", None),
        ("n.md", "[[../only]]", None),
        # The extension may be written; other dots belong to the name.
        ("n.md", "[[only.md]]", "only.md"),
        ("n.md", "[[only.MD]]", "only.md"),
        ("n.md", "[[Node.js]]", "Node.js.md"),
        ("n.md", "[[v1.2 plan]]", "v1.2 plan.md"),
        ("n.md", "[[Dr. Smith]]", "Dr. Smith.md"),
        ("n.md", "[[twice.md.md]]", "twice.md.md"),
        ("n.md", "[[twice]]", "twice.md"),
        # Case: the very same is preferred, any will do.
        ("n.md", "[[Case]]", "Case.md"),
        ("n.md", "[[case]]", "case.md"),
        ("n.md", "[[ONLY]]", "only.md"),
        ("n.md", "[[kra\u0308uter]]", "Kräuter.md"),
        ("n.md", "[[  with   space ]]", "with space.md"),
        ("n.md", "[[with%20space]]", "with space.md"),
        ("n.md", "[[100%]]", "100%.md"),
        ("n.md", "[[100%25]]", "100%.md"),
        ("n.md", "[[a%2541]]", "a%41.md"),
        # A name with a hash, before an anchor.
        ("n.md", "[[C# notes]]", "C# notes.md"),
        ("n.md", "[[C#notes]]", "C.md"),
        ("n.md", "[[C]]", "C.md"),
        # Titles, of the frontmatter or else the first heading; then aliases.
        ("n.md", "[[the title]]", "t1.md"),
        ("n.md", "[[Another]]", None),
        ("n.md", "[[front title]]", "t2.md"),
        ("n.md", "[[body title]]", None),
        ("n.md", "[[Nick]]", "t3.md"),
        # Ties: the same folder, the nearest, the fewest folders, the name.
        ("one/n.md", "[[twin]]", "one/twin.md"),
        ("two/n.md", "[[twin]]", "two/twin.md"),
        ("n.md", "[[twin]]", "one/twin.md"),
        ("one/n.md", "[[near]]", "one/sub/near.md"),
        ("far/x/n.md", "[[near]]", "far/near.md"),
        ("n.md", "[[few]]", "z/few.md"),
        # An index note is called by its folder, after everything else.
        ("n.md", "[[proj]]", "proj/index.md"),
        ("n.md", "[[docs]]", "docs/README.md"),
        ("n.md", "[[both]]", "both.md"),
        ("n.md", "[[proj/index]]", "proj/index.md"),
        # Attachments need their extension, and stand behind notes.
        ("n.md", "![[pic.png]]", "pic.png.md"),
        ("n.md", "![[img/pic.png]]", "img/pic.png"),
        ("n.md", "[[paper]]", "paper.md"),
        ("n.md", "[[paper.pdf]]", "pdf/paper.pdf"),
        # Markdown links: from the note, from the root, then an end that only one path has; never a title.
        ("a/b/n.md", "[t](c.md)", "a/b/c.md"),
        ("a/b/n.md", "[t](c)", "a/b/c.md"),
        ("a/n.md", "[t](b/c.md)", "a/b/c.md"),
        ("a/n.md", "[t](../b/c.md)", "b/c.md"),
        ("a/n.md", "[t](/b/c.md)", "b/c.md"),
        ("n.md", "[t](far.md)", "deep/er/far.md"),
        ("n.md", "[t](./far.md)", None),
        ("n.md", "[t](twin.md)", "one/twin.md"),
        ("n.md", "[t](sub/../twin.md)", None),
        ("n.md", "[t](nick)", None),
        ("n.md", "[t](proj)", "proj/index.md"),
        ("n.md", "[t](with%20space.md)", "with space.md"),
        ("n.md", "[t](<with space>)", "with space.md"),
        ("n.md", "[t](C%23%20notes.md)", "C# notes.md"),
        ("n.md", "[t](C.md#notes)", "C.md"),
        ("n.md", "[t](img/pic.png)", "img/pic.png"),
        ("n.md", "[t](../only.md)", None),
        ("n.md", "[t](Node.js)", "Node.js.md"),
        ("n.md", "[t][r]\n\n[r]: only.md", "only.md"),
        # The world is not in the vault.
        ("n.md", "<https://only.md>", None),
        ("n.md", "[t](https://e.org/only.md)", None),
        ("n.md", "[[https://e.org/only]]", None),
    ],
)
def test_where_a_link_leads(source: str, written: str, target: str | None) -> None:
    """From a note at this path, the link leads to that note, or nowhere."""
    assert led_to(vault_of({**NOTES, source: written}), source) == target


def test_a_note_leads_to_itself() -> None:
    """A link that is only an anchor stays in its note, as does the note's own name."""
    vault = vault_of({"n.md": "[[#h]] [t](#h) [[n#h]]\n\n# h\n", "x/n.md": ""})

    assert [led_to(vault, "n.md", number) for number in range(3)] == ["n.md"] * 3


def test_a_tie_is_a_tie_when_nothing_tells_the_two_apart() -> None:
    """Two that are equally near are a tie, however long their paths; the nearer of two is simply meant."""
    vault = vault_of({"a/x.md": "", "b/x.md": "", "a/n.md": "[[x]]", "n.md": "[[x]]", "b/c/d/n.md": "[[x]]"})

    ties = {}
    for path in ("n.md", "a/n.md", "b/c/d/n.md"):
        note = the_note(vault, path)
        (link,) = vault.facts(Link, note)
        ties[path] = vault.is_tie(note, vault.candidates(note, link))

    assert ties == {"n.md": True, "a/n.md": False, "b/c/d/n.md": False}


def test_the_better_level_leaves_no_rivals() -> None:
    """What answers by its path is no rival of what answers by its title."""
    vault = vault_of({"b/x.md": "", "t.md": "# x", "a.md": "---\naliases: x\n---", "n.md": "[[x]]"})
    note = the_note(vault, "n.md")
    (link,) = vault.facts(Link, note)

    assert [candidate.path for candidate in vault.candidates(note, link)] == ["b/x.md"]
