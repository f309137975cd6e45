"""The parts of a spec: sections, their notes, cursors, changes and questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class SpecError(Exception):
    """A spec file that cannot be understood; the message begins with ``file:line:``."""

    def __init__(self, file: Path, line: int, what: str) -> None:
        """``line`` counts from 1."""
        super().__init__(f"{file}:{line}: {what}")


@dataclass(frozen=True, slots=True)
class Place:
    """A cursor: a note and an offset in its text."""

    path: str
    offset: int


@dataclass(frozen=True, slots=True)
class Note:
    """A file of the vault, cursors removed from its text."""

    path: str
    text: str
    cursors: tuple[tuple[str, int], ...] = ()
    """Names (empty for ``<|>``) and offsets."""


@dataclass(frozen=True, slots=True)
class Change:
    """What happens between questions: a file gets a new text, or is deleted (``text`` is ``None``)."""

    path: str
    text: str | None
    cursors: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A fence whose info string asks something; ``expected`` is its content, without the last line end."""

    kind: str
    options: Mapping[str, str]
    expected: str
    line: int
    """The line of the opening fence, counted from 1."""
    end_line: int
    """The line of the closing fence."""


@dataclass(frozen=True, slots=True)
class Section:
    """A test: a heading with at least one question, and the notes of it and the sections round it."""

    file: Path
    title: tuple[str, ...]
    line: int
    notes: Mapping[str, Note]
    main: str
    """The note that questions without a cursor are about: the first one of the innermost section that has notes."""
    steps: tuple[Question | Change, ...]
    tags: frozenset[str] = frozenset()
    encodings: tuple[str, ...] = ()
    """The position encodings to ask under; empty means all."""
    client: str = "full"

    @property
    def name(self) -> str:
        """A name unique among all spec files: the file's stem and the headings below its first one."""
        return f"{self.file.stem} / {' / '.join(self.title)}"

    @property
    def is_console(self) -> bool:
        """Whether it holds commands and no other question, so that it needs no server."""
        return all(step.kind == "console" for step in self.steps if isinstance(step, Question))

    def place(self, question: Question) -> Place:
        """Where a question is asked.

        Raises:
            SpecError: the cursor it names is not there, or several could be meant.
        """
        return self.cursor(question, question.options.get("at", ""))

    def cursor(self, question: Question, wanted: str) -> Place:
        """The place of a cursor by name; raises what :meth:`place` raises."""
        cursors = {name: Place(note.path, offset) for note in self.notes.values() for name, offset in note.cursors}
        for step in self.steps:
            if isinstance(step, Change) and step.cursors:
                for name, offset in step.cursors:
                    cursors[name] = Place(step.path, offset)
        if wanted in cursors:
            return cursors[wanted]
        if not wanted and len(cursors) == 1:
            return next(iter(cursors.values()))
        names = ", ".join(f"<|{name}>" for name in cursors) or "none"
        raise SpecError(self.file, question.line, f"no cursor <|{wanted}> in this section; there are: {names}")

    def note_of(self, question: Question) -> str:
        """The path of the note that a question without a place is about."""
        if path := question.options.get("in"):
            if path not in self.notes:
                raise SpecError(self.file, question.line, f"no note `{path}` in this section")
            return path
        holders = [note.path for note in self.notes.values() if note.cursors]
        return holders[0] if len(holders) == 1 else self.main
