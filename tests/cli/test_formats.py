"""Formats: rows as tables, lines, JSON, CSV and templates, whatever is in them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any, TextIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notes_lsp.cli.shell.formats import FORMATS, Shape, Style, check_style, write_results
from notes_lsp.cli.shell.row_template import TemplateError, read_template
from notes_lsp.cli.shell.terminal import Screen

SHAPE = Shape(("path", "line", "column", "title", "tags", "words"), text="{title}", table=("title", "words", "path"))
ROOT = Path("/vault")
ROW: dict[str, Any] = {"path": "a/b.md", "line": 3, "column": 5, "title": "Bé", "tags": ["x", "y"], "words": 12}
TEXTS = st.text(alphabet="a\"',\t\n\r\\é🌱\udcff{}", max_size=8)


def written(rows: list[dict[str, Any]], format_: str, **style: Any) -> str:
    """What is written of some rows."""
    out = io.StringIO()
    screen = cast("TextIO", Screen(out))
    looks = Style(format_, **{"null": False, "color": False, "header": True, "width": None, **style})
    write_results(rows, SHAPE, looks, ROOT, screen)
    return out.getvalue()


def test_a_table_is_cut_to_the_terminal() -> None:
    """The widest column gives way, by cells and not by characters; numbers stand to the right."""
    wide = {**ROW, "title": "東京の庭東京の庭東京の庭", "words": 1234}

    assert written([ROW, wide], "table", width=40).split("\n") == [
        "title               words  path",
        "Bé                     12  /vault/a/b.md",
        "東京の庭東京の庭…    1234  /vault/a/b.md",
        "",
    ]


def test_colour_is_a_matter_of_style() -> None:
    """With it the place of a line is coloured; without it nothing is."""
    assert written([ROW], "line") == "/vault/a/b.md:3:5: Bé\n"
    assert written([ROW], "line", color=True) == "\x1b[35m/vault/a/b.md\x1b[0m:\x1b[32m3:5\x1b[0m: Bé\n"


def test_a_terminal_is_not_told_what_to_do() -> None:
    """Control characters of a note do not reach it in lines and tables."""
    odd = {**ROW, "title": "a\x1b[2Jb\nc"}

    assert written([odd], "line").endswith(": a [2Jb c\n")
    assert "\x1b" not in written([odd], "table")


@pytest.mark.parametrize(
    "template, text",
    [
        (r"{path}\t{title}\\n", "a/b.md\tBé\\n"),
        ("{title:>4}|{title:<4}|{title:^4}|{title:.1}", "  Bé|Bé  | Bé |B"),
        ("{title:-^6}", "--Bé--"),
        ("{words:05d} {words:>4}", "00012   12"),
        ("{tags} {tags!j}", 'x, y ["x", "y"]'),
        ("{title!q} {{}}", "'Bé' {}"),
        ("{file}:{line}", "/vault/a/b.md:3"),
        ("", ""),
    ],
)
def test_templates(template: str, text: str) -> None:
    """Fields with widths in cells, escapes, quoting for the shell, JSON."""
    assert written([ROW], template) == f"{text}\n"


@pytest.mark.parametrize(
    "template, complaint",
    [
        ("{nickname}", "there is no field {nickname} here; there are: path, line"),
        ("{", "cannot be read"),
        ("{}", r"an empty \{\}"),
        ("{title!r}", "!r; there are !q and !j"),
        ("{title.x}", "there is no field"),
        ("{title[0]}", "there is no field"),
    ],
)
def test_templates_that_cannot_be(template: str, complaint: str) -> None:
    """They are refused before anything is written."""
    with pytest.raises(TemplateError, match=complaint.replace("{nickname}", r"\{nickname\}")):
        check_style(Style(template, null=False, color=False, header=True, width=None), SHAPE)


def test_nul_ends_what_may_hold_line_ends() -> None:
    """Paths, lines, templates and lines of JSON; not tables."""
    assert written([ROW, ROW], "path", null=True) == "/vault/a/b.md\0"
    assert written([ROW], "{title}", null=True) == "Bé\0"
    with pytest.raises(TemplateError, match="not table"):
        check_style(Style("table", null=True, color=False, header=True, width=None), SHAPE)


@given(TEXTS, TEXTS)
def test_any_text_survives(title: str, path: str) -> None:
    """What JSON, CSV and TSV are read back as is what was written, and each row is a row."""
    row = {**ROW, "title": title, "path": path}

    assert json.loads(written([row], "json"))[0]["title"] == title
    assert json.loads(written([row], "jsonl"))["path"] == path
    assert next(iter(csv.DictReader(io.StringIO(written([row], "csv"), newline=""))))["title"] == title
    assert written([row, row], "tsv").count("\n") == 3
    for line_by_line in ("line", "table", *(["path"] if path else [])):
        assert written([row], line_by_line, header=False).count("\n") == 1
    assert written([row], "path", null=True) == (f"/vault/{path}\0" if path else "")


@given(TEXTS)
def test_any_template_is_read_or_refused(template: str) -> None:
    """Nothing else is raised."""
    try:
        read_template(template).fill(ROW)
    except TemplateError:
        pass
    else:
        assert "table" in FORMATS
