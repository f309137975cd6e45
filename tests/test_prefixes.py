"""Every note of every spec and case, typed character by character: each beginning is answered about."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from speclib import ours
from speclib.drivers import ColdDriver
from speclib.model import Question, Section
from speclib.play import play
from speclib.reader import read_folder

HERE = Path(__file__).parent
SECTIONS = [*read_folder(HERE / "specs"), *read_folder(HERE / "conformance" / "cases")]
EVERYTHING = os.environ.get("NOTES_LSP_EVERY_PREFIX") == "1"
"""All beginnings of all notes, which takes a quarter of an hour; else a choice that is the same every time."""
LONGEST = 3000
AHEAD = ("There is no footnote", "There is no heading", "There is no block", "No link is defined")
"""Of what a note says further down nothing can be known before it is typed: until then these are right."""


def typed(section: Section) -> Iterator[Section]:
    """A section for each of the notes of a section, in which that note is typed."""
    for path, note in section.notes.items():
        if not path.endswith(".md") or not 0 < len(note.text) < LONGEST:
            continue
        chance = zlib.crc32(f"{section.name}{path}".encode())
        if not EVERYTHING and chance % 16:
            continue
        step = "1" if EVERYTHING else str(1 + chance // 16 % 3)
        question = Question("prefixes", {"in": path, "step": step}, "ok", section.line, section.line)
        yield replace(section, title=(*section.title, path), main=path, steps=(question,), encodings=())


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "section", [each for section in SECTIONS for each in typed(section)], ids=lambda each: each.name
)
def test_every_beginning_is_answered_about(section: Section, tmp_path: Path) -> None:
    """No request fails while the note is typed, and no finished line is warned of that is right in the end."""
    start = ours.in_process()
    assert start is not None
    folder = tmp_path / "vault"
    folder.mkdir()

    (played,) = play(section, ColdDriver(start), folder, "utf-16")

    assert [row for row in played.answer.rows if row != "ok" and not any(word in row for word in AHEAD)] == []
