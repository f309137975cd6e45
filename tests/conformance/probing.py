"""Probing: what no capability tells: the kinds of syntax that a server has not even the plainest answer about."""

from __future__ import annotations

import re
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from speclib.drivers import Driver, write_notes
from speclib.model import Change, Note, Question, Section
from speclib.play import Played, play
from speclib.positions import ENCODINGS
from speclib.reader import read_spec
from speclib.wire import WireError

PROBES = Path(__file__).parent / "probes.md"
SYNTAXES = {
    "Wiki links": re.compile(r"\[\["),
    "Markdown links": re.compile(r"\]\("),
    "Headings": re.compile(r"(\[\[|\]\(<?|\]: <?)[^\]()<>|\s]*#[^^]"),
    "Blocks": re.compile(r"#\^|[ \t]\^[\w-]+$", re.MULTILINE),
    "Tags": re.compile(r"(^|[\s(\"'])#[^\s#]|^tags?:", re.MULTILINE),
    "Aliases": re.compile(r"^(alias(es)?|title):", re.MULTILINE | re.IGNORECASE),
    "Footnotes": re.compile(r"\[\^"),
    "Outlines": re.compile(r"^ {0,3}#|^(=+|-+)[ \t]*$", re.MULTILINE),
    "Labels": re.compile(r"\]\[|^\[[^\]^]+\]:", re.MULTILINE),
}
"""How the syntax of each probe is recognised in the notes of a case."""

_EDITS = frozenset({"rename", "will-rename", "code-action"})
_FIRST = next(iter(SYNTAXES))
_ERRORS = ("error: ", "an answer that is no proper one")
_BROKEN = Section(
    Path("broken.md"),
    ("Any",),
    1,
    {"broken.md": Note("broken.md", "[[no such note]]\n\n[text](no-such-note.md)\n")},
    "broken.md",
    (Question("diagnostics", {}, "some", 1, 3),),
)


@dataclass(slots=True)
class Setting:
    """How a server is asked: a driver for each conversation, files for every vault, and patience with wrong answers."""

    driver: Callable[[], Driver]
    extra: Mapping[str, str] = field(default_factory=dict[str, str])
    patience: Callable[[int], bool] | None = None

    def play(self, section: Section, encoding: str, *, without: frozenset[str] = frozenset()) -> list[Played]:
        """Play a section in a new folder with a new server; raises what :func:`speclib.play.play` raises."""
        with tempfile.TemporaryDirectory(prefix="conformance-") as scratch:
            folder = Path(scratch).resolve() / "vault"
            folder.mkdir()
            write_notes(folder, self.extra)
            driver = self.driver()
            return play(section, driver, folder, encoding, lenient=True, patience=self.patience, without=without)


class Probes:
    """What one server lacks, each thing found out when it is first wanted; may be used by several threads."""

    def __init__(self, setting: Setting) -> None:
        """Nothing is asked yet."""
        self._setting = setting
        self._sections = {section.title[-1]: section for section in read_spec(PROBES)}
        self._known: dict[tuple[str, str], bool] = {}
        self._lock = threading.Lock()

    def warns(self) -> bool:
        """Whether anything is said of two broken links: a server that pushes diagnostics need not advertise them."""
        return not self._wrong(_BROKEN)

    def excuse(self, section: Section, one: Played) -> str:
        """Why a wrong answer is no fault: the server does not know the syntax. Empty where it does.

        Nothing excuses an error, nor a wrong edit, though an edit may be refused. But one who cannot follow a wiki link
        does not know what it is, and whatever is said of it is meant of something else.
        """
        first = one.answer.rows[0] if one.answer.rows else ""
        edits = one.question.kind in _EDITS
        if first.startswith(_ERRORS) and not edits:
            return ""
        texts = [note.text for note in section.notes.values()]
        texts += [step.text or "" for step in section.steps if isinstance(step, Change)]
        found = [syntax for syntax, pattern in SYNTAXES.items() if any(pattern.search(text) for text in texts)]
        if found[:1] == [_FIRST] and self._lacks(_FIRST, "definition"):
            return f"no {_FIRST.casefold()}"
        if edits and first and not first.startswith("error: "):
            return ""
        lacking = (syntax for syntax in found if self._lacks(syntax, one.question.kind))
        return next((f"no {one.question.kind} of {syntax.casefold()}" for syntax in lacking), "")

    def _lacks(self, syntax: str, kind: str) -> bool:
        with self._lock:
            if (syntax, kind) not in self._known:
                section = self._sections[syntax]
                asked = (step for step in section.steps if isinstance(step, Question) and step.kind == kind)
                # One at a time: a wrong answer to one of them may have changed the note.
                tries = [replace(section, steps=(question,)) for question in asked]
                self._known[syntax, kind] = bool(tries) and all(self._wrong(one) for one in tries)
            return self._known[syntax, kind]

    def _wrong(self, section: Section) -> bool:
        try:
            return any(one.wrong for one in self._setting.play(section, ENCODINGS[1]))
        except (WireError, OSError):
            return True
