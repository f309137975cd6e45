"""What Obsidian's own settings of a vault come to mean here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from notes_lsp.config.read import load
from notes_lsp.config.settings import LinkStyle, PathStyle
from notes_lsp.workspace.config.obsidian import read_obsidian

if TYPE_CHECKING:
    from pathlib import Path


def write(root: Path, text: str) -> None:
    """Write ``.obsidian/app.json``."""
    (root / ".obsidian").mkdir()
    (root / ".obsidian" / "app.json").write_text(text, "utf-8")


def test_link_format_new_notes_and_excluded_files_are_taken_over(tmp_path: Path) -> None:
    """What Obsidian is set to do is what we do where our own settings say nothing."""
    write(
        tmp_path,
        json.dumps(
            {
                "newLinkFormat": "absolute",
                "useMarkdownLinks": True,
                "newFileLocation": "folder",
                "newFileFolderPath": "Inbox/",
                "userIgnoreFilters": ["Templates/", "/draft.*/"],
            }
        ),
    )

    config, problems = load(None, None, None, read_obsidian(tmp_path))

    assert problems == ()
    assert (config.links.path, config.links.style) == (PathStyle.ROOT, LinkStyle.MARKDOWN)
    assert config.files.new_notes == "Inbox"
    assert config.diagnostics.ignore_in == ("/Templates/",)


def test_templates_and_the_notes_of_days_are_taken_over(tmp_path: Path) -> None:
    """The core plugins for templates and daily notes, and Periodic Notes where it is enabled."""
    write(tmp_path, "{}")
    for path, settings in {
        "templates.json": {"folder": "Extras/Templates/", "dateFormat": "DD.MM.YYYY", "timeFormat": ""},
        "daily-notes.json": {"folder": "Days", "template": "Extras/Templates/Day", "autorun": True},
        "plugins/periodic-notes/data.json": {
            "weekly": {"enabled": True, "format": "", "folder": "Weeks"},
            "monthly": {"enabled": False, "format": "MMMM YYYY", "folder": "Months"},
        },
    }.items():
        file = tmp_path / ".obsidian" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(settings), "utf-8")

    config, problems = load('[weekly]\ntemplate = "week"\n', None, None, read_obsidian(tmp_path))

    assert problems == ()
    assert (config.new.templates, config.new.date, config.new.time) == ("Extras/Templates", "DD.MM.YYYY", "HH:mm")
    assert (config.daily.folder, config.daily.format, config.daily.template) == (
        "Days",
        "YYYY-MM-DD",
        "Extras/Templates/Day",
    )
    assert (config.weekly.folder, config.weekly.format, config.weekly.template) == ("Weeks", "gggg-[W]ww", "week")
    assert config.monthly == load(None, None, None)[0].monthly


def test_our_own_settings_are_stronger(tmp_path: Path) -> None:
    """A vault's own configuration for notes-lsp has the last word."""
    write(tmp_path, json.dumps({"newLinkFormat": "absolute"}))

    config, _ = load('[links]\npath = "relative"\n', None, None, read_obsidian(tmp_path))

    assert config.links.path is PathStyle.RELATIVE


@pytest.mark.parametrize("text", ["", "[]", "{", '"x"', '{"newLinkFormat": 3, "userIgnoreFilters": {"a": 1}}', "\xff"])
def test_what_makes_no_sense_is_passed_over(text: str, tmp_path: Path) -> None:
    """A broken file of another program is no mistake of the user's: the defaults count, and nothing is told."""
    write(tmp_path, text)

    assert load(None, None, None, read_obsidian(tmp_path)) == load(None, None, None)
