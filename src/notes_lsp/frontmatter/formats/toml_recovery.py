"""TOML recovery: a TOML document parsed as far as possible, so that one error costs one statement."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple, cast

from notes_lsp.frontmatter.formats.toml_spans import (
    MAX_TOML_DEPTH,
    KeyPath,
    Statement,
    StatementKind,
    spans,
    statements,
)
from notes_lsp.text.source import Span


class Toml(NamedTuple):
    """A document read, wholly or in part."""

    document: dict[str, object]
    places: dict[KeyPath, tuple[Span, Span]]
    """The spans of key and value of every path in the document, as :func:`.toml_spans.spans` has them."""
    problems: tuple[tuple[Span, str], ...]
    """What is not TOML, in the order of the text; empty where all of it is."""

    def span(self, path: KeyPath) -> Span:
        """The value at a path, or that of the innermost thing round it that has a place; nothing where none has."""
        while path and path not in self.places:
            path = path[:-1]
        key, value = self.places.get(path, (Span(0, 0), Span(0, 0)))
        return value if value.end > value.start else key


def recover_toml(text: str) -> Toml:
    """What a text says as TOML 1.0, and where it is wrong; spans are offsets of ``text``. Never raises.

    A statement that cannot be read is left out. A table whose header is wrong, or stands twice, is read all the same.
    Of two statements for one key the first counts.
    """
    text = text.replace("\ufeff", " ", 1) if text.startswith("\ufeff") else text
    try:
        return Toml(tomllib.loads(text), spans(text), ())
    except (ValueError, RecursionError) as error:
        document, places, problems = _by_statements(text)
        whole = Span(0, len(text))
        return Toml(document, places, tuple(problems) or (_problem(text, whole, error, whole),))


def _by_statements(text: str) -> tuple[dict[str, object], dict[KeyPath, tuple[Span, Span]], list[tuple[Span, str]]]:
    document: dict[str, object] = {}
    places: dict[KeyPath, tuple[Span, Span]] = {}
    problems: list[tuple[Span, str]] = []
    table = document
    path: tuple[str, ...] = ()
    headers: set[tuple[str, ...]] = set()
    for statement in _statements(text):
        names = tuple(key.name for key in statement.keys)
        try:
            alone = tomllib.loads(text[statement.span.start : statement.span.end])
        except (ValueError, RecursionError) as error:
            problems.append(_problem(text, statement.span, error, _place(text, statement)))
            alone = None
        if statement.kind is StatementKind.ENTRY:
            if alone is None:
                continue
            complaint = _put(table, names, _dig(alone, names))
            if complaint:
                problems.append((statement.keys[-1].span, complaint))
                continue
            for inner, spans_of_inner in statement.inside.items():
                if len(path) + len(inner) <= MAX_TOML_DEPTH:
                    places.setdefault((*path, *inner), spans_of_inner)
        elif statement.kind is not StatementKind.OTHER:
            if alone is not None and statement.kind is StatementKind.TABLE and names in headers:
                problems.append(
                    (statement.value_span, f"[{'.'.join(names)}] stands twice; write its settings together")
                )
            headers.add(names)
            table, path = _entered(document, statement), names
            for depth in range(1, min(len(names), MAX_TOML_DEPTH) + 1):
                places.setdefault(names[:depth], (statement.keys[depth - 1].span, statement.value_span))
    return document, places, problems


_WHERE = re.compile(r"^(.*) \(at (?:line (\d+), column (\d+)|end of document)\)$", re.DOTALL)
_WORD = re.compile(r"[A-Za-z][\w./*-]*")
_BARE_WORDS = ("true", "false", "inf", "nan")
_HEADER_LINE = re.compile(
    r"^[ \t]*+\[{1,2}+[ \t]*+([A-Za-z_][\w-]*+)[\w. \t-]*+\]{1,2}+[ \t]*+(?:#[^\r\n]*+)?\r?$", re.MULTILINE
)
_REST_OF_LINE = re.compile(r"[^\r\n]*")


def _statements(text: str) -> Iterator[Statement]:
    """The statements of a broken document: a list that was never closed ends before the next header at the latest.

    ``[links]`` alone on a line could be a list in that list, but for its bare word, which is no value in TOML.
    """
    cuts = (match.start() for match in _HEADER_LINE.finditer(text) if match[1] not in _BARE_WORDS)
    for start, end in pairwise((0, *cuts, len(text))):
        for statement in statements(text[start:end]):
            yield _shifted(statement, start)


def _shifted(statement: Statement, by: int) -> Statement:
    def moved(span: Span) -> Span:
        return Span(span.start + by, span.end + by)

    return Statement(
        statement.kind,
        moved(statement.span),
        tuple(key._replace(span=moved(key.span)) for key in statement.keys),
        moved(statement.value_span),
        {path: (moved(key), moved(value)) for path, (key, value) in statement.inside.items()},
    )


def _entered(document: dict[str, object], statement: Statement) -> dict[str, object]:
    """The table that a header opens; a loose one where it stands for something else or for an array's element."""
    table = document
    *parents, last = (key.name for key in statement.keys)
    for name in parents:
        inner: object = table.setdefault(name, {})
        if not isinstance(inner, dict):
            return {}
        table = cast("dict[str, object]", inner)
    opened: object = table.setdefault(last, [] if statement.kind is StatementKind.ELEMENT else {})
    return cast("dict[str, object]", opened) if isinstance(opened, dict) else {}


def _put(table: dict[str, object], names: tuple[str, ...], value: object) -> str | None:
    """Set a dotted key; answer what is wrong if it cannot be."""
    *parents, last = names
    for name in parents:
        inner: object = table.setdefault(name, {})
        if not isinstance(inner, dict):
            return f'"{name}" is not a table here'
        table = cast("dict[str, object]", inner)
    if last in table:
        return f'"{last}" is set twice; the first counts'
    table[last] = value
    return None


def _dig(document: dict[str, object], names: tuple[str, ...]) -> object:
    table = document
    for name in names[:-1]:
        table = cast("dict[str, object]", table.get(name, {}))
    return table.get(names[-1])


def _problem(text: str, within: Span, error: Exception, place: Span) -> tuple[Span, str]:
    """The problem that ``tomllib`` found in the text of ``within``; ``place`` is shown where it names none."""
    if isinstance(error, RecursionError):
        return place, "this is nested too deeply to be read"
    told = _WHERE.match(str(error))
    if not told:
        return place, "this value cannot be read"
    if told[2]:
        before = text[within.start : within.end].split("\n")[: int(told[2]) - 1]
        start = within.start + sum(len(line) + 1 for line in before) + int(told[3]) - 1
        end = place.end if place.start <= start < place.end else len(text)
        rest = _REST_OF_LINE.match(text, start, end)
        if rest and rest[0].strip():
            place = Span(start, start + len(rest[0].rstrip()))
    message = f"this is not TOML: {told[1][:1].lower()}{told[1][1:]}"
    written = text[place.start : place.end]
    if told[1] == "Invalid value" and _WORD.fullmatch(written):
        lower = written.lower()
        message += f"; write {lower}" if lower in _BARE_WORDS else f'; put it in quotes: "{written}"'
    return place, message


def _place(text: str, statement: Statement) -> Span:
    """Where to show a broken statement if no better place is known: its value, else the whole of it."""
    place = statement.value_span if statement.value_span.start < statement.value_span.end else statement.span
    return Span(place.start, place.start + len(text[place.start : place.end].rstrip()))
