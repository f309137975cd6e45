"""The reader: a Markdown file in, the sections it tests out.

Only what begins in the first column counts: headings, fences, and the lines that introduce a note. All else is
prose. See ``docs/conformance.md`` for the format.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from speclib.model import Change, Note, Question, Section, SpecError
from speclib.positions import ENCODINGS
from speclib.profiles import PROFILES

if TYPE_CHECKING:
    from pathlib import Path

OPTIONS: dict[str, frozenset[str]] = {
    kind: frozenset(options.split())
    for kind, options in {
        "complete": "at trigger resolve",
        "definition": "at",
        "references": "at declaration",
        "hover": "at",
        "diagnostics": "in messages",
        "symbols": "in nested details",
        "workspace-symbols": "query",
        "highlight": "at",
        "links": "in",
        "folding": "in",
        "selection": "at",
        "prepare-rename": "at",
        "rename": "at to",
        "will-rename": "from to",
        "code-actions": "at from to in only",
        "code-action": "at from to in only title",
        "code-lens": "in",
        "inlay-hints": "in",
        "tokens": "in",
        "prefixes": "in step",
        "raw": "in at",
        "console": "",
    }.items()
}
"""The questions, each with the options it knows."""

_LANGUAGES = frozenset({"text", "toml", "yaml", "json", "sh", "lua", "elisp", "python", "html", "sql", "diff"})
_NOTE_FLAGS = frozenset({"crlf", "cr", "no-eol", "bom", "escapes"})
_FENCE = re.compile(r"(`{3,}|~{3,})([^\n]*)$")
_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t]*#*$")
_LABEL = re.compile(r"`([^`]+)`( becomes)?:$")
_DELETED = re.compile(r"`([^`]+)` is deleted[.:]$")
_SETTING = re.compile(r"(tags|encoding|client):[ \t]*(.*)$")
_CURSOR = re.compile(r"<\|([A-Za-z0-9_-]*)>")


@dataclass(slots=True)
class _Group:
    """A heading under construction."""

    level: int
    title: str
    line: int
    notes: dict[str, Note] = field(default_factory=dict)
    steps: list[Question | Change] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)


def read_spec(file: Path) -> list[Section]:
    """The sections of a spec file that ask something, in order.

    Raises:
        SpecError: the file breaks a rule of the format.
    """
    return _Reader(file).read(file.read_text(encoding="utf-8"))


def read_folder(folder: Path) -> list[Section]:
    """The sections of all spec files (``*.md``) of a folder, by file name.

    Raises:
        SpecError: a file breaks a rule, or two sections have one name.
    """
    return [section for file in sorted(folder.glob("*.md")) for section in read_spec(file)]


class _Reader:
    def __init__(self, file: Path) -> None:
        self.file = file
        self.open: list[_Group] = [_Group(0, "", 1)]
        self.sections: list[Section] = []

    def read(self, text: str) -> list[Section]:
        lines = text.split("\n")
        number = 0
        label: tuple[str, bool, int] | None = None
        while number < len(lines):
            line = lines[number]
            number += 1
            if fence := _FENCE.match(line):
                content, end = self._fenced(lines, number, fence[1])
                self._fence(label, fence[2].strip(), content, number, end)
                label, number = None, end
                continue
            if label and line.strip():
                raise SpecError(self.file, label[2], f"`{label[0]}`: is not followed by a fence")
            if heading := _HEADING.match(line):
                self._close(len(heading[1]))
                self.open.append(_Group(len(heading[1]), heading[2], number))
            elif found := _LABEL.match(line):
                label = (found[1], bool(found[2]), number)
            elif found := _DELETED.match(line):
                self._delete(found[1], number)
            elif found := _SETTING.match(line):
                self._set(found[1], found[2], number)
        if label:
            raise SpecError(self.file, label[2], f"`{label[0]}`: is not followed by a fence")
        self._close(0)
        self.sections.sort(key=lambda section: section.line)
        return self.sections

    def _fenced(self, lines: list[str], start: int, mark: str) -> tuple[list[str], int]:
        """The lines of a fence opened on line ``start`` (from 1), and the number of the closing line."""
        closing = re.compile(rf"{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$")
        for number in range(start, len(lines)):
            if closing.match(lines[number]):
                return lines[start:number], number + 1
        raise SpecError(self.file, start, "this fence is never closed")

    def _fence(self, label: tuple[str, bool, int] | None, info: str, content: list[str], line: int, end: int) -> None:
        group = self.open[-1]
        if label:
            path, becomes, _ = label
            text, cursors = self._note_text(content, info, line)
            if becomes:
                group.steps.append(Change(path, text, cursors))
                return
            if path in group.notes:
                raise SpecError(self.file, line, f"a second `{path}` in one section; write `{path}` becomes:")
            if path.startswith("/") or ".." in path.split("/"):
                raise SpecError(self.file, line, f"`{path}` is not a path inside the vault")
            group.notes[path] = Note(path, text, cursors)
            return
        words = self._words(info, line)
        kind = words[0] if words else ""
        if kind in OPTIONS and (kind != "console" or "".join(content[:1]).startswith("$ ")):
            group.steps.append(Question(kind, self._options(kind, words[1:], line), "\n".join(content), line, end))
        elif kind in {"md", "markdown"}:
            raise SpecError(self.file, line, "a note without a name: put a line `path.md`: before the fence")
        elif kind and kind not in _LANGUAGES and kind != "console":
            raise SpecError(self.file, line, f"unknown question `{kind}`; there are: {', '.join(OPTIONS)}")

    def _words(self, info: str, line: int) -> list[str]:
        try:
            return shlex.split(info)
        except ValueError as error:
            raise SpecError(self.file, line, f"{error} in `{info}`") from None

    def _options(self, kind: str, words: list[str], line: int) -> dict[str, str]:
        options: dict[str, str] = {}
        for word in words:
            name, _, value = word.partition("=")
            if name not in OPTIONS[kind]:
                known = ", ".join(sorted(OPTIONS[kind])) or "none"
                raise SpecError(self.file, line, f"`{kind}` has no option `{name}`; it has: {known}")
            options[name] = value
        needed = {"rename": ("to",), "will-rename": ("from", "to"), "code-action": ("title",)}.get(kind, ())
        for name in needed:
            if name not in options:
                raise SpecError(self.file, line, f"`{kind}` needs {name}=...")
        return options

    def _note_text(self, content: list[str], info: str, line: int) -> tuple[str, tuple[tuple[str, int], ...]]:
        flags = set(info.split()[1:])
        if unknown := flags - _NOTE_FLAGS:
            raise SpecError(self.file, line, f"unknown mark `{unknown.pop()}`; there are: {', '.join(_NOTE_FLAGS)}")
        end = "\r\n" if "crlf" in flags else "\r" if "cr" in flags else "\n"
        text = end.join(content) + (end if content and "no-eol" not in flags else "")
        if "escapes" in flags:
            text = re.sub(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|t|r|f)", _unescaped, text)
        if "bom" in flags:
            text = "\ufeff" + text
        cursors: list[tuple[str, int]] = []
        kept: list[str] = []
        done = length = 0
        for match in _CURSOR.finditer(text):
            kept.append(text[done : match.start()])
            length += match.start() - done
            done = match.end()
            if any(match[1] == name for name, _ in cursors):
                raise SpecError(self.file, line, f"the cursor {match[0]} stands twice in one note")
            cursors.append((match[1], length))
        return "".join(kept) + text[done:], tuple(cursors)

    def _delete(self, path: str, line: int) -> None:
        appeared = any(isinstance(step, Change) and step.path == path for step in self.open[-1].steps)
        if not appeared and not any(path in group.notes for group in self.open):
            raise SpecError(self.file, line, f"`{path}` is deleted, but no note has that name")
        self.open[-1].steps.append(Change(path, None))

    def _set(self, name: str, value: str, line: int) -> None:
        if name == "encoding":
            for encoding in value.replace(",", " ").split():
                if encoding not in ENCODINGS:
                    known = ", ".join(ENCODINGS)
                    raise SpecError(self.file, line, f"unknown encoding `{encoding}`; there are: {known}")
        if name == "client" and value.strip() not in PROFILES:
            raise SpecError(self.file, line, f"unknown client `{value}`; there are: {', '.join(PROFILES)}")
        self.open[-1].settings[name] = value.strip()

    def _close(self, level: int) -> None:
        """End the groups at or below a heading level and keep those that ask."""
        while self.open and self.open[-1].level >= level:
            group = self.open[-1]
            if any(isinstance(step, Question) for step in group.steps):
                self._keep(group)
            self.open.pop()

    def _keep(self, group: _Group) -> None:
        notes: dict[str, Note] = {}
        settings: dict[str, str] = {}
        tags: list[str] = []
        main = ""
        for outer in self.open:
            notes |= outer.notes
            settings |= outer.settings
            tags += outer.settings.get("tags", "").replace(",", " ").split()
            main = next(iter(outer.notes), main)
        titles = tuple(outer.title for outer in self.open if outer.level > 1) or (group.title,)
        changed = tuple(step.path for step in group.steps if isinstance(step, Change))
        if not notes and not changed:
            raise SpecError(self.file, group.line, "a section asks, but has no note")
        section = Section(
            file=self.file,
            title=titles,
            line=group.line,
            notes=notes,
            main=main,
            steps=tuple(group.steps),
            tags=frozenset(tags),
            encodings=tuple(settings.get("encoding", "").replace(",", " ").split()),
            client=settings.get("client", "full"),
        )
        for question in section.steps:
            if isinstance(question, Question) and "at" in question.options:
                section.place(question)
        if any(section.name == other.name for other in self.sections):
            raise SpecError(self.file, group.line, f"a second section is called `{section.name}`")
        self.sections.append(section)


def _unescaped(match: re.Match[str]) -> str:
    simple = {"t": "\t", "r": "\r", "f": "\f"}
    return simple.get(match[1]) or chr(int(match[1][1:], 16))
