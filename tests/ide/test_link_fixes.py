"""Quick fixes, and what they leave behind: after a fix the diagnostic is gone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from indexing import the_note, vault_of
from notes_lsp.config.settings import Config, Files, Links, Profile
from notes_lsp.ide.code_actions.link_fixes import actions
from notes_lsp.ide.code_actions.note_fixes import fixes
from notes_lsp.ide.diagnostics.links import diagnostics
from notes_lsp.ide.new_note.draft import NewNoteContext
from notes_lsp.ide.values import Action
from notes_lsp.text.source import Span, apply_edits

NOON = NewNoteContext(datetime(2024, 5, 12, 12, tzinfo=UTC), "vault", lambda: "202405121200")


def offered(files: dict[str, str], path: str = "n.md", config: Config | None = None) -> list[Action]:
    """What is offered anywhere in a note."""
    vault = vault_of(files)
    note = the_note(vault, path)
    everywhere = Span(0, len(files[path]))
    return actions(vault, note, everywhere, config or Config(), NOON) + fixes(vault, note, everywhere)


def codes(files: dict[str, str]) -> list[str]:
    """The diagnostics of ``n.md``."""
    vault = vault_of(files)
    return [finding.code for finding in diagnostics(vault, the_note(vault, "n.md"), Config())]


@pytest.mark.parametrize(
    "text, others, title, after",
    [
        (
            "[[Elderflower cordal|it]]",
            {"Elderflower cordial.md": ""},
            "Elderflower cordial",
            "[[Elderflower cordial|it]]",
        ),
        ("[x](sub/tomatoe.md)", {"sub/tomato.md": ""}, "sub/tomato.md", "[x](sub/tomato.md)"),
        ("[x](/tomatoe.md)", {"sub/tomato.md": ""}, "/sub/tomato.md", "[x](/sub/tomato.md)"),
        ("[[b#Headin]]", {"b.md": "# B\n## Heading\n"}, "#Heading", "[[b#Heading]]"),
        ("[x](b.md#the-headin)", {"b.md": "## The *heading*\n"}, "#the-heading", "[x](b.md#the-heading)"),
        ("![[pictur.png]]", {"picture.png": ""}, "picture.png", "![[picture.png]]"),
        ("[[todo]]", {"a/todo.md": "", "b/todo.md": ""}, "b/todo.md", "[[b/todo]]"),
        ("[[b#^wattering]]", {"b.md": "Text ^watering\n"}, "#^watering", "[[b#^watering]]"),
        ("[x](b.md#^end)", {"b.md": "Text ^ends\n"}, "#^ends", "[x](b.md#^ends)"),
        ("[x][heep]\n\n[Heap]: b.md", {"b.md": ""}, "[Heap]", "[x][Heap]\n\n[Heap]: b.md"),
        ("[hepp][]\n\n[heap]: b.md", {"b.md": ""}, "[heap]", "[heap][]\n\n[heap]: b.md"),
        ("A.[^atic]\n\n[^attic]: Up.", {}, "Change to [^attic]", "A.[^attic]\n\n[^attic]: Up."),
        ("A.[^moon]\n", {}, "Write the footnote [^moon]", "A.[^moon]\n\n[^moon]: \n"),
        ("A.[^moon]\r\n\r\n\r\n", {}, "Write the footnote", "A.[^moon]\r\n\r\n[^moon]: \r\n"),
        ("A[^1].[^2]\n\n[^1]: B.", {}, "Write the footnote [^2]", "A[^1].[^2]\n\n[^1]: B.\n[^2]: \n"),
        ("[a]\n\n[a]: b.md\n[A]: c.md\nText", {"b.md": "", "c.md": ""}, "Remove", "[a]\n\n[a]: b.md\nText"),
        ("A ^x\n\nB ^x-2\n\nC ^X\n", {}, "^X-3", "A ^x\n\nB ^x-2\n\nC ^X-3\n"),
        ("#\u00a0Soil\n", {}, "space", "# Soil\n"),
        ("|a|\n|-|\n|[[tomatoe\\|x]]|", {"tomato.md": ""}, "tomato", "|a|\n|-|\n|[[tomato\\|x]]|"),
    ],
)
def test_a_fix_mends_what_it_is_offered_for(text: str, others: dict[str, str], title: str, after: str) -> None:
    """Applied, the fix gives just this text, and nothing is left to report."""
    files = {**others, "n.md": text}
    action = next(action for action in offered(files) if title in action.title and action.edits)

    fixed = apply_edits(text, action.edits)

    assert fixed == after
    assert action.fixes in codes(files)
    assert codes({**others, "n.md": fixed}) == []


@pytest.mark.parametrize(
    "link, settings, path",
    [
        ("[[New note]]", Files(), "New note.md"),
        ("[[New note]]", Files(new_notes="."), "sub/New note.md"),
        ("[[New note]]", Files(new_notes="inbox"), "inbox/New note.md"),
        ("[[dir/New]]", Files(new_notes="inbox"), "dir/New.md"),
        ("[[./New]]", Files(new_notes="inbox"), "sub/New.md"),
        ("[[/New]]", Files(new_notes="inbox"), "New.md"),
        ("[[v1.2 plan]]", Files(), "v1.2 plan.md"),
        ("[[Was ist los?|x]]", Files(), "Was ist los?.md"),
        ("[x](new%20one.md)", Files(new_notes="inbox"), "sub/new one.md"),
        ("[x](../new)", Files(), "new.md"),
    ],
)
def test_where_a_missing_note_is_written(link: str, settings: Files, path: str) -> None:
    """A path in the link is taken at its word, a bare name goes where the settings say."""
    found = offered({"sub/n.md": link}, "sub/n.md", Config(files=settings))

    created = [action.create for action in found if action.create]

    assert [create[0] for create in created] == [path]
    assert created[0][1].startswith("# ")


@pytest.mark.parametrize("link", ["[x](../../out.md)", "[[gone.png]]", "[[#gone]]", "[x](https://a.b/c.md)", "[[ ]]"])
def test_no_note_is_offered_where_none_could_be(link: str) -> None:
    """Outside the vault, for files, headings, addresses and nothing at all, no note is written."""
    assert [action for action in offered({"sub/n.md": link}, "sub/n.md") if action.create] == []


def test_the_slug_of_the_profile_is_written() -> None:
    """GitLab collapses hyphens, GitHub does not."""
    files = {"n.md": "[x](b.md#questions-and-answers)", "b.md": "## Questions & Answers\n"}

    texts = {
        profile: {
            edit.text for action in offered(files, config=Config(links=Links(profile=profile))) for edit in action.edits
        }
        for profile in (Profile.GITHUB, Profile.GITLAB)
    }

    assert texts == {Profile.GITHUB: {"#questions--answers"}, Profile.GITLAB: {"#questions-answers"}}


@pytest.mark.parametrize(
    "text",
    [
        "[a][b]\n\n[b]: c.md\n> [b]: d.md\n",
        "A[^x].\n\n[^x]: B.\n",
        "`[^moon]` and `#\u00a0Soil`\n",
        "```\n#\u00a0Soil\n```\n",
        "A ^x\n\nB ^y\n",
        "[[b#^no]]\n",
        "[x][almanac]\n\n[heap]: b.md\n",
    ],
)
def test_nothing_is_offered_where_nobody_could_know(text: str) -> None:
    """What is right or code, what shares its line, and what resembles nothing is left alone."""
    assert [action.title for action in offered({"n.md": text, "b.md": "Text ^block\n", "c.md": "", "d.md": ""})] == []
