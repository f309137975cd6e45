"""Globs: lines of ignore files, each read by itself."""

from __future__ import annotations

import pytest

from notes_lsp.text.globs import any_of, read_glob


@pytest.mark.parametrize("line", ["", "   ", "# drafts", "# * a * list * of * stars", "/"])
def test_some_lines_are_no_patterns(line: str) -> None:
    """Comments and blank lines mean nothing, and a lone slash no path."""
    assert read_glob(line) is None


@pytest.mark.parametrize(
    "line,about_names",
    [
        ("x", True),
        ("x/", True),
        ("!x", True),
        ("**/x", True),
        ("!/**/**/x/", True),
        ("**/", True),
        ("/x", False),
        ("a/x", False),
        ("**/a/x", False),
        ("!**/*-*-*.md", True),
        ("x/**", False),
        ("**", True),
        ("/**", False),
    ],
)
def test_patterns_without_a_folder_are_about_names(line: str, *, about_names: bool) -> None:
    """A slash at the end, and ``**/`` at the beginning, say nothing of where a path lies."""
    glob = read_glob(line)
    assert glob is not None
    assert glob.about_names == about_names
    assert glob.text == line


def test_lines_as_one_leave_out_what_cannot_be_read() -> None:
    """A broken pattern among the settings spoils no other, and a folder means all that is below it."""
    globs = any_of(["[z-a]", "\\", "archive/", "*a*b*c*d", "[[]x]"])
    assert globs.match_file("archive/2020/x.md")
    assert globs.match_file("[x]")
    assert not globs.match_file("x.md")
