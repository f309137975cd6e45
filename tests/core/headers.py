"""Headers as tests compare them: properties and problems as plain tuples, and notes with a header of each format."""

from __future__ import annotations

from notes_lsp.core.facts import Frontmatter
from notes_lsp.core.frontmatter import read

Row = tuple[str, int | None, str, str, str]


def found(text: str) -> Frontmatter:
    """The frontmatter of a text that has one."""
    header = read(text)
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
