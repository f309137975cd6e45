"""New notes from selections: what moves keeps leading where it led, and what is left leads to the new note."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from indexing import the_note, vault_of
from notes_lsp.config.settings import Config, Files, Links, LinkStyle, New
from notes_lsp.ide.code_actions.extract import extractions, title_of
from notes_lsp.ide.code_actions.link_fixes import actions
from notes_lsp.ide.new_note.draft import NewNoteContext
from notes_lsp.ide.values import Action
from notes_lsp.templates.rules import NewRules, TemplateMissingError
from notes_lsp.text.source import Span, apply_edits

NOON = NewNoteContext(datetime(2024, 5, 12, 12, tzinfo=UTC), "vault", lambda: "202405121200")


def extracted(files: dict[str, str], path: str, config: Config | None = None) -> tuple[str, str, str]:
    """What is left of a note after all between ``«`` and ``»`` became another: the text, the new path, its text."""
    start, end = files[path].index("«"), files[path].index("»") - 1
    text = files[path].replace("«", "").replace("»", "")
    vault = vault_of({**files, path: text})
    (action,) = extractions(vault, the_note(vault, path), Span(start, end), config or Config(), NOON)
    assert action.create is not None
    return apply_edits(text, action.edits), *action.create


def test_a_paragraph_becomes_a_note() -> None:
    """Its first line is the title; white space round the selection stays."""
    assert extracted({"n.md": "Before.\n\n«Green tea: hot.\nMore.\n\n»After.\n"}, "n.md") == (
        "Before.\n\n[[Green tea hot|Green tea: hot]]\n\nAfter.\n",
        "Green tea hot.md",
        "# Green tea: hot\n\nGreen tea: hot.\nMore.\n",
    )


def test_a_section_becomes_a_note() -> None:
    """A heading that is the title is not said twice."""
    assert extracted({"n.md": "«## Tea\n\nHot.\n»\n## Rest\n"}, "n.md") == (
        "[[Tea]]\n\n## Rest\n",
        "Tea.md",
        "# Tea\n\nHot.\n",
    )


def test_links_lead_where_they_led() -> None:
    """Relative paths, anchors of the note itself and names that are near: each is respelled where it has to be."""
    files = {
        "a/n.md": "# Top\n\n«Go: [b](b.md), [[#Top]], [[b]], ![[pic.png]], [web](https://x.org), [gone](gone.md)\n»",
        "a/b.md": "",
        "c/b.md": "",
        "a/pic.png": "",
    }
    _, path, text = extracted(files, "a/n.md", Config(files=Files(new_notes="c")))
    assert path.startswith("c/")
    assert "[b](../a/b.md), [[n#Top]], [[a/b]], ![[pic.png]], [web](https://x.org), [gone](gone.md)" in text


def test_names_that_are_taken_are_counted_on() -> None:
    """Neither a note of that name is touched, nor a link made that would lead to another."""
    left, path, text = extracted({"n.md": "«Tea»\n", "Tea.md": "", "Tea 2.md": ""}, "n.md")
    assert (left, path, text) == ("[[Tea 3]]\n", "Tea 3.md", "# Tea 3\n\nTea\n")
    left, path, _ = extracted({"a/n.md": "«Cup»\n", "b/Cup.md": ""}, "a/n.md", Config(files=Files(new_notes="c")))
    assert (left, path) == ("[[c/Cup|Cup]]\n", "c/Cup.md")


def test_in_the_style_of_the_settings() -> None:
    """A Markdown link is written where the settings want those."""
    config = Config(links=Links(style=LinkStyle.MARKDOWN), files=Files(new_notes="x"))
    assert extracted({"a/n.md": "«Tea time»\n"}, "a/n.md", config)[0] == "[Tea time](../x/Tea%20time.md)\n"


@pytest.mark.parametrize("selected", ["", "  \n", "---", "***"])
def test_nothing_is_offered_for_nothing(selected: str) -> None:
    """What has no letter in it can be no note, nor can frontmatter."""
    text = f"---\na: b\n---\nx\n\n{selected}\n"
    vault = vault_of({"n.md": text})
    at = text.rindex(selected) if selected.strip() else len(text)
    assert extractions(vault, the_note(vault, "n.md"), Span(at, at + len(selected)), Config(), NOON) == []
    assert extractions(vault, the_note(vault, "n.md"), Span(4, 8), Config(), NOON) == []


@pytest.mark.parametrize(
    "text, title",
    [
        ("- [ ] Buy **rakes**.", "Buy rakes"),
        ("> 1. A [link](x.md) and [[target|label]]", "A link and label"),
        ("\n\n### Heading ###\ntext", "Heading ###"),
        ("word " * 30, "word word word word word word word word word word word word"),
        ("🌱", ""),
    ],
)
def test_titles(text: str, title: str) -> None:
    """The first line that says something, without its markup, cut at a word."""
    assert title_of(text) == title


def offered(files: dict[str, str], config: Config) -> list[Action]:
    """The quick fixes of ``n.md`` that make notes."""
    vault = vault_of(files)
    found = actions(vault, the_note(vault, "n.md"), Span(0, len(files["n.md"])), config, NOON)
    return [action for action in found if action.create is not None]


def test_a_broken_template_is_told_and_costs_only_itself() -> None:
    """The note is offered without its template, with the reason in the title; a path that cannot be is not offered."""

    def load(name: str) -> str:
        if name == "broken":
            return "{% if %}"
        raise TemplateMissingError(f"there is no template “{name}”")

    config = Config(new=New(template="broken"), new_rules=NewRules(load=load))
    (action,) = offered({"n.md": "[[Tea]]"}, config)
    assert action.title.startswith("Create “Tea.md” without its template: template “broken”: line 1: ")
    assert action.create == ("Tea.md", "# Tea\n")
    (action,) = offered({"n.md": "[[Tea]]"}, Config(new=New(template="x"), new_rules=NewRules(load=load)))
    assert action.title == "Create “Tea.md” without its template: there is no template “x”"
    assert offered({"n.md": "[[.hidden]]"}, Config()) == []


def test_weeks_are_meant_only_where_the_settings_speak_of_them() -> None:
    """A day is always one; ``2024-05`` may be anything."""
    files = {"n.md": "[[2024-05]] [[2024-05-13]]", "log/2024-05-12.md": ""}
    assert [action.create for action in offered(files, Config())] == [
        ("2024-05.md", "# 2024-05\n"),
        ("log/2024-05-13.md", "# 2024-05-13\n"),
    ]
