"""Headers as tests compare them: properties and problems as plain tuples, and notes with a header of each format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from conftest import REPOSITORY
from notes_lsp.facts import Frontmatter
from notes_lsp.frontmatter.read import read_frontmatter
from notes_lsp.text.source import decode

Row = tuple[str, int | None, str, str, str]


def found(text: str) -> Frontmatter:
    """The frontmatter of a text that has one."""
    header = read_frontmatter(text)
    assert header is not None
    return header


def rows(text: str) -> list[Row]:
    """Key, index, type, value and the value as written, of each property."""
    return [
        (prop.key, prop.index, prop.type.value, prop.value, text[slice(*prop.value_span)])
        for prop in found(text).properties
    ]


def problems(text: str) -> list[tuple[str, str, str]]:
    """Code, place as written and message, of each problem."""
    return [(one.code, text[slice(*one.span)], one.message) for one in found(text).problems]


def yaml(body: str) -> str:
    """A note with that YAML header."""
    return f"---\n{body}\n---\ntext: not a header\n"


def toml(body: str) -> str:
    """A note with that TOML header."""
    return f"+++\n{body}\n+++\ntext = 'not a header'\n"


_FENCE = re.compile(r"^(`{3,})md\n(.*?)^\1$", re.MULTILINE | re.DOTALL)


def notes_of(folder: Path) -> Iterator[tuple[str, str]]:
    """Every note below a folder with its name."""
    for path in sorted(folder.rglob("*.md")):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield str(path.relative_to(folder)), decode(path.read_bytes())[0]


def notes_of_specs() -> Iterator[tuple[str, str]]:
    """Every note in the specs and in the conformance cases, without their cursors."""
    for folder in ("specs", "conformance/cases"):
        for path in sorted((REPOSITORY / "tests" / folder).glob("*.md")):
            for number, match in enumerate(_FENCE.finditer(path.read_text(encoding="utf-8"))):
                yield f"{path.name} {number}", re.sub(r"<\|\w*>", "", match[2])
