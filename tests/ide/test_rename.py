"""Renaming, thing by thing: what exactly is edited, what is left alone, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from indexing import led_to, the_note, vault_of
from notes_lsp.ide.rename.move import move_edits
from notes_lsp.ide.rename.rename import Subject, subject
from notes_lsp.links.changes import Change, NameRefusedError
from notes_lsp.text.source import apply_edits

NOTES = ("md",)
CURSOR = "<|>"


def at_cursor(files: Mapping[str, str]) -> tuple[dict[str, str], Subject | None]:
    """The files without the cursor, and what can be renamed under it."""
    path = next(path for path, text in files.items() if CURSOR in text)
    plain = {path: text.replace(CURSOR, "") for path, text in files.items()}
    vault = vault_of(plain)
    return plain, subject(vault, the_note(vault, path), files[path].index(CURSOR), NOTES)


def renamed(files: Mapping[str, str], wanted: str) -> dict[str, str]:
    """The files after the thing under the cursor was renamed."""
    plain, found = at_cursor(files)
    assert found is not None
    return applied(plain, found.rename(wanted))


def applied(files: Mapping[str, str], change: Change) -> dict[str, str]:
    """The files after a change."""
    edited = {path: apply_edits(text, list(change.edits.get(path, ()))) for path, text in files.items()}
    return {change.moves.get(path, path): text for path, text in edited.items()}


@pytest.mark.parametrize(
    "link, wanted, path, after",
    [
        ("[[old]]", "new", "d/e/new.md", "[[new]]"),
        ("[[old.md]]", "new", "d/e/new.md", "[[new.md]]"),
        ("[[e/old]]", "new", "d/e/new.md", "[[e/new]]"),
        ("[[e/old]]", "e/new", "d/e/new.md", "[[e/new]]"),
        ("[[/d/e/old]]", "new.md", "d/e/new.md", "[[/d/e/new]]"),
        ("[[./d/e/old]]", "../new", "d/new.md", "[[./d/new]]"),
        ("[[d/e/old]]", "x/y/new", "x/y/new.md", "[[x/y/new]]"),
        ("[[old]]", "/new", "new.md", "[[new]]"),
        ("[[old]]", "C# [notes]", "d/e/C# [notes].md", "[[C%23 %5Bnotes%5D]]"),
        ("![[old#^i|400]]", "100% tea", "d/e/100% tea.md", "![[100% tea#^i|400]]"),
        ("[x](d/e/old.md)", "new", "d/e/new.md", "[x](d/e/new.md)"),
        ("[x](./d/e/old.md#top 'T')", "new (1)", "d/e/new (1).md", "[x](./d/e/new%20%281%29.md#top 'T')"),
        ("[x](</d/e/old.md>)", "new (1)", "d/e/new (1).md", "[x](</d/e/new (1).md>)"),
        ("[x](d/e/old)", "v1.2 plan", "d/e/v1.2 plan.md", "[x](d/e/v1.2%20plan)"),
        ("[x](old.md)", "new", "d/e/new.md", "[x](new.md)"),
        ("[x][y]\n\n[y]: d/e/old.md", "new", "d/e/new.md", "[x][y]\n\n[y]: d/e/new.md"),
        ('<a href="d/e/old.md">x</a>', "a & b", "d/e/a & b.md", '<a href="d/e/a%20&%20b.md">x</a>'),
        ('---\nup: "[[old]]"\n---\n', 'so "new"', 'd/e/so "new".md', '---\nup: "[[so %22new%22]]"\n---\n'),
        ("---\nup: [[old]]\n---\n", "a, b: c", "d/e/a, b: c.md", "---\nup: [[a%2C b%3A c]]\n---\n"),
    ],
)
def test_a_link_keeps_its_manner(link: str, wanted: str, path: str, after: str) -> None:
    """The note is moved; the link says its new path as it said the old one, and nothing else in it changes."""
    at = link.index("old") + 1
    files = {"n.md": f"{link[:at]}{CURSOR}{link[at:]}", "d/e/old.md": "text ^i\n"}

    assert renamed(files, wanted) == {"n.md": after, path: "text ^i\n"}


@pytest.mark.parametrize(
    "wanted", ["", "  ", "x/", "../../x", "a\nb", "..", ".hidden", "x/.git/y", "taken", "Taken.md", "n" * 260]
)
def test_a_name_that_no_file_can_have_is_refused(wanted: str) -> None:
    """So is one that another file has, or that would hide the note."""
    files = {"n.md": f"[[ol{CURSOR}d]]", "old.md": "", "taken.md": "", "Taken.md": ""}

    with pytest.raises(NameRefusedError):
        renamed(files, wanted)


def test_a_picture_is_renamed_and_stays_one() -> None:
    """Its extension may be left out, and cannot be that of a note."""
    files = {"n.md": f"![[pic{CURSOR}.png]] ![](a/pic.png)", "a/pic.png": ""}

    assert renamed(files, "photo") == {"n.md": "![[photo.png]] ![](a/photo.png)", "a/photo.png": ""}
    with pytest.raises(NameRefusedError):
        renamed(files, "photo.md")


def test_a_name_that_another_link_means_is_not_taken_from_it() -> None:
    """``[[new]]`` meant a title; now that a file is called so, it says the path of what it meant."""
    files = {"n.md": f"[[ol{CURSOR}d]] [[new]]", "old.md": "", "other.md": "# New\n"}

    assert renamed(files, "new")["n.md"] == "[[new]] [[other]]"


def test_a_link_that_waited_for_the_name_has_found_it() -> None:
    """What led nowhere is not edited."""
    files = {"n.md": f"[[ol{CURSOR}d]] [[new]]", "old.md": ""}

    assert renamed(files, "new")["n.md"] == "[[new]] [[new]]"


def test_a_link_by_path_does_not_fall_back_to_the_title() -> None:
    """``[[old]]`` would still find the note by its heading, and would no more tell its file."""
    files = {"n.md": f"[[ol{CURSOR}d]]", "old.md": "# Old\n"}

    assert renamed(files, "new") == {"n.md": "[[new]]", "new.md": "# Old\n"}


@pytest.mark.parametrize(
    "before, after",
    [
        ("[[b#Old one]] [x](b.md#old-one)", "[[b#New & one]] [x](b.md#new--one)"),
        ("[[b#old-one]] [x](b.md#Old%20one)", "[[b#new--one]] [x](b.md#New%20&%20one)"),
        ("[[b#Old one#Below]] [[b#Below]]", "[[b#New & one#Below]] [[b#Below]]"),
        ("`[[b#Old one]]` <!-- [[b#Old one]] -->", "`[[b#Old one]]` <!-- [[b#Old one]] -->"),
        ("[[b#Old one|Old one]]", "[[b#New & one|Old one]]"),
    ],
)
def test_a_heading_takes_its_links_along(before: str, after: str) -> None:
    """A text stays a text, a slug a slug, a path of headings a path; labels and code are left alone."""
    files = {"b.md": f"# B\n\n## Old{CURSOR} *one* ##\n\n### Below\n", "n.md": before}

    assert renamed(files, "New & one") == {"b.md": "# B\n\n## New & one ##\n\n### Below\n", "n.md": after}


def test_a_heading_that_takes_the_name_of_another_does_not_take_its_links() -> None:
    """The text would find the first of the two now; the slug still tells them apart."""
    files = {"b.md": f"## X{CURSOR}\n\n## A\n", "n.md": "[[b#A]] [[b#X]] [y](b.md#a) [z](b.md#x)"}

    assert renamed(files, "A")["n.md"] == "[[b#a-1]] [[b#A]] [y](b.md#a-1) [z](b.md#a)"


@pytest.mark.parametrize("wanted", ["", "a\n\n# b", "\n"])
def test_what_is_no_heading_is_refused(wanted: str) -> None:
    """A heading is one line that is not empty."""
    with pytest.raises(NameRefusedError):
        renamed({"b.md": f"## Old{CURSOR}\n"}, wanted)


def test_a_heading_that_names_the_note_takes_the_links_by_title_along() -> None:
    """Links by path stay, since the file keeps its name."""
    files = {"b.md": f"# Old{CURSOR} title\n", "n.md": "[[old title]] [[Old title|x]] [[b]] [[b#Old title]] [y](b.md)"}

    assert renamed(files, "New title")["n.md"] == "[[New title]] [[New title|x]] [[b]] [[b#New title]] [y](b.md)"


def test_a_title_that_is_taken_leaves_the_links_by_path() -> None:
    """A file of that name comes before a title, so the links say the note's path."""
    files = {"b.md": f"# Old{CURSOR}\n", "New.md": "", "n.md": "[[Old]] [[New]]"}

    assert renamed(files, "New")["n.md"] == "[[b]] [[New]]"


@pytest.mark.parametrize(
    "title, wanted, after",
    [
        ("Old", "New", "New"),
        ('"Old"', "New", '"New"'),
        ("'Old'", "It's new", "'It''s new'"),
        ("Old", "New: part 2", '"New: part 2"'),
        ("Old", "true", '"true"'),
        ('"Old"', 'a "b"', '"a \\"b\\""'),
    ],
)
def test_the_title_of_the_frontmatter(title: str, wanted: str, after: str) -> None:
    """It is quoted where it must be, and links by title follow."""
    files = {"b.md": f"---\ntitle: {title[:2]}{CURSOR}{title[2:]}\nx: 1\n---\n# H\n", "n.md": "[[Old]]"}
    found = renamed(files, wanted)

    assert found["b.md"] == f"---\ntitle: {after}\nx: 1\n---\n# H\n"
    assert found["n.md"] != files["n.md"]
    assert led_to(vault_of(found), "n.md") == "b.md"


def test_an_alias_takes_the_links_that_use_it_along() -> None:
    """From the frontmatter, and from a link that found its note by it."""
    files = {"b.md": f"---\naliases: [One, Tw{CURSOR}o]\n---\n", "n.md": "[[two]] [[One]] [[b|Two]]"}
    expected = {"b.md": "---\naliases: [One, Three]\n---\n", "n.md": "[[Three]] [[One]] [[b|Two]]"}

    assert renamed(files, "Three") == expected
    from_link = {"b.md": files["b.md"].replace(CURSOR, ""), "n.md": f"[[t{CURSOR}wo]] [[One]] [[b|Two]]"}
    assert renamed(from_link, "Three") == expected


def test_a_tag_takes_those_below_it_along() -> None:
    """In the text and in the frontmatter, where no ``#`` is added; another tag that begins alike is another tag."""
    files = {
        "a.md": f"#Proj{CURSOR}ect #project/active #projects `#project`",
        "b.md": '---\ntags: [project, "#project/x", other]\n---\n',
    }

    assert renamed(files, "#work/now") == {
        "a.md": "#work/now #work/now/active #projects `#project`",
        "b.md": '---\ntags: [work/now, "#work/now/x", other]\n---\n',
    }


def test_a_tag_in_a_heading_takes_the_links_to_the_heading_along() -> None:
    """The heading's text is another one afterwards."""
    files = {"b.md": f"## Plan #ol{CURSOR}d\n", "n.md": "[x](b.md#plan-old)"}

    assert renamed(files, "new") == {"b.md": "## Plan #new\n", "n.md": "[x](b.md#plan-new)"}


@pytest.mark.parametrize("wanted", ["two words", "123", "", "a#b", "a,b"])
def test_what_is_no_tag_is_refused(wanted: str) -> None:
    """A tag has no blanks and not only digits."""
    with pytest.raises(NameRefusedError):
        renamed({"a.md": f"#ta{CURSOR}g"}, wanted)


def test_a_tag_may_become_one_that_exists() -> None:
    """Then the two are one."""
    assert renamed({"a.md": f"#on{CURSOR}e #two"}, "two") == {"a.md": "#two #two"}


def test_a_block() -> None:
    """Its links are found whatever their case."""
    files = {"b.md": f"Text. ^ol{CURSOR}d\n\nMore. ^other\n", "n.md": "[[b#^OLD|x]] ![[b#^old]] [y](b.md#^old)"}

    assert renamed(files, "new")["n.md"] == "[[b#^new|x]] ![[b#^new]] [y](b.md#^new)"
    for wanted in ("other", "two words", ""):
        with pytest.raises(NameRefusedError):
            renamed(files, wanted)


def test_an_html_id() -> None:
    """The links to it follow."""
    files = {"b.md": f'<a id="ol{CURSOR}d"></a>\n\n[x](#old)\n', "n.md": "[[b#old]]"}

    assert renamed(files, "new") == {"b.md": '<a id="new"></a>\n\n[x](#new)\n', "n.md": "[[b#new]]"}


@pytest.mark.parametrize("wanted", ["two", "a b", "a]b", ""])
def test_a_footnote_has_a_label_of_its_own(wanted: str) -> None:
    """One that is taken, or that is no label, is refused."""
    with pytest.raises(NameRefusedError):
        renamed({"a.md": f"x[^on{CURSOR}e] y[^two]\n\n[^one]: 1\n\n[^two]: 2\n"}, wanted)


@pytest.mark.parametrize("wanted", ["TWO", "a]b", "", "^x"])
def test_a_link_label_is_not_taken_from_another(wanted: str) -> None:
    """Labels are compared without case."""
    with pytest.raises(NameRefusedError):
        renamed({"a.md": f"[x][on{CURSOR}e] [two]\n\n[one]: b.md\n[two]: c.md\n"}, wanted)


@pytest.mark.parametrize(
    "text",
    [
        f"pro{CURSOR}se",
        f"`[[a{CURSOR}]]`",
        f"[[nowhere{CURSOR}]]",
        f"[x](https://example.{CURSOR}org)",
        f"[[b#none{CURSOR}]]",
        f"[x][unde{CURSOR}fined]",
        f"---\nkey: val{CURSOR}ue\n---\n",
    ],
)
def test_where_nothing_has_a_name(text: str) -> None:
    """Prose, code, addresses, and links that lead nowhere cannot be renamed."""
    assert at_cursor({"a.md": text, "b.md": ""})[1] is None


@pytest.mark.parametrize(
    "text, wanted",
    [(f"[[{CURSOR}b]]", "b.md"), (f"## H{CURSOR}", "H"), (f"#t{CURSOR}", "t"), (f"x ^i{CURSOR}", "i")],
)
def test_the_same_name_changes_nothing(text: str, wanted: str) -> None:
    """Nor is it refused for being taken."""
    _, found = at_cursor({"a.md": text, "b.md": ""})

    assert found is not None
    assert not found.rename(wanted)


def test_a_folder_is_moved_with_all_that_is_in_it() -> None:
    """Links between its notes need nothing; those that go out or come in do."""
    files = {
        "p/n.md": "[m](m.md) ![](i/x.png) [[a]] [a](../a.md) [[p/m]]",
        "p/m.md": "",
        "p/i/x.png": "",
        "a.md": "[n](p/n.md) [[n]] ![](p/i/x.png)",
    }

    change = move_edits(vault_of(files), [("p", "q/r")], NOTES)

    assert {path: apply_edits(files[path], list(edits)) for path, edits in change.edits.items()} == {
        "p/n.md": "[m](m.md) ![](i/x.png) [[a]] [a](../../a.md) [[q/r/m]]",
        "a.md": "[n](q/r/n.md) [[n]] ![](q/r/i/x.png)",
    }


def test_two_notes_change_places() -> None:
    """Moves that are made at once are thought at once."""
    files = {"a.md": "[[b]] [x](b.md)", "b.md": "[[a]]"}

    change = move_edits(vault_of(files), [("a.md", "b.md"), ("b.md", "a.md")], NOTES)

    assert {path: apply_edits(files[path], list(edits)) for path, edits in change.edits.items()} == {
        "a.md": "[[a]] [x](a.md)",
        "b.md": "[[b]]",
    }


@pytest.mark.parametrize("new", [".trash/b.md", "b.md"])
def test_a_move_out_of_sight_edits_nothing(new: str) -> None:
    """There is nothing a link could say; nor is there for a move to where the file is."""
    assert not move_edits(vault_of({"a.md": "[[b]]", "b.md": ""}), [("b.md", new)], NOTES)


def test_what_is_on_disk_and_not_in_the_index_is_linked_to_as_before() -> None:
    """A moved note's links to ignored files follow; those to files that come along stay."""
    files = {"p/n.md": "[x](ignored.log) [y](../out/x.log) [z](no.log) [w](out)"}
    vault = vault_of(files)
    vault.exists = {"p/ignored.log", "out/x.log", "p/out"}.__contains__

    alone = move_edits(vault, [("p/n.md", "q/r/n.md")], NOTES)
    together = move_edits(vault, [("p", "q/r")], NOTES)

    assert apply_edits(files["p/n.md"], list(alone.edits["p/n.md"])) == (
        "[x](../../p/ignored.log) [y](../../out/x.log) [z](no.log) [w](../../p/out)"
    )
    assert apply_edits(files["p/n.md"], list(together.edits["p/n.md"])) == (
        "[x](ignored.log) [y](../../out/x.log) [z](no.log) [w](out)"
    )
