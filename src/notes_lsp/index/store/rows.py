"""Rows: how each kind of fact is laid out as a table, derived from the fact's own fields."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Union, get_args, get_origin, get_type_hints

from notes_lsp import facts
from notes_lsp.text.source import Span

FACT_TABLES: dict[type[Any], tuple[str, str]] = {
    facts.Heading: ("headings", "headings"),
    facts.Link: ("links", "links"),
    facts.Reference: ("refs", "references"),
    facts.Definition: ("definitions", "definitions"),
    facts.Footnote: ("footnotes", "footnotes"),
    facts.Tag: ("tags", "tags"),
    facts.Block: ("blocks", "blocks"),
    facts.Anchor: ("anchors", "anchors"),
    facts.Task: ("tasks", "tasks"),
    facts.Property: ("properties", "properties"),
    facts.Problem: ("problems", "problems"),
}
"""Each kind of fact, the table it is stored in, and the attribute of ``Facts`` that holds it."""

EXTRA_COLUMNS: dict[type[Any], tuple[tuple[str, str], ...]] = {
    facts.Link: (
        ("key", "TEXT"),
        ("path_key", "TEXT"),
        ("whole_key", "TEXT"),
        ("page_key", "TEXT"),
        ("label_key", "TEXT"),
        ("label_path", "TEXT"),
        ("here", "INTEGER"),
        ("url", "TEXT"),
        ("url_hash", "INTEGER"),
    ),
    # Folded already; but whoever asks in SQL writes a tag or a key in whatever case.
    facts.Tag: (("key", "TEXT COLLATE NOCASE"),),
    facts.Property: (("folded", "TEXT COLLATE NOCASE"),),
}
"""Join keys, which are computed from a fact and the path of its note when it is stored."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The table of one kind of fact."""

    table: str
    columns: tuple[tuple[str, str], ...]
    """Name and SQLite type, without ``note`` and ``n``."""
    to_row: Callable[[Any], list[Any]]
    from_row: Callable[[Sequence[Any]], Any]

    @property
    def names(self) -> str:
        """The columns of the fact itself, for a ``SELECT``."""
        return ", ".join(name for name, _ in self.columns)


_layouts: dict[type[Any], Layout] = {}


def layout(kind: type[Any]) -> Layout:
    """The layout of a kind of fact: a span takes two columns, everything else one."""
    if kind not in _layouts:
        _layouts[kind] = _derived(kind)
    return _layouts[kind]


def _derived(kind: type[Any]) -> Layout:
    table, _ = FACT_TABLES[kind]
    hints = get_type_hints(kind)
    columns: list[tuple[str, str]] = []
    readers: list[tuple[int, Any]] = []
    attributes: list[tuple[str, bool]] = []
    for field in fields(kind):
        hint = hints[field.name]
        attributes.append((field.name, hint is Span))
        if hint is Span:
            readers.append((len(columns), Span))
            columns += ((f"{field.name}_start", "INTEGER NOT NULL"), (f"{field.name}_end", "INTEGER NOT NULL"))
        else:
            readers.append((len(columns), _reader(hint)))
            columns.append((f"{field.name}_", _affinity(hint)))

    def to_row(fact: Any) -> list[Any]:
        row: list[Any] = []
        for name, is_span in attributes:
            value = getattr(fact, name)
            if is_span:
                row += value
            else:
                row.append(value.value if isinstance(value, StrEnum) else value)
        return row

    def from_row(row: Sequence[Any]) -> Any:
        values: list[Any] = []
        for at, read in readers:
            if read is Span:
                values.append(Span(row[at], row[at + 1]))
            else:
                values.append(row[at] if read is None else read(row[at]))
        return kind(*values)

    return Layout(table, tuple(columns), to_row, from_row)


def table_statements(schema: str) -> Iterable[str]:
    """The ``CREATE TABLE`` statements of every fact table, for the ``main`` or the ``temp`` schema."""
    for kind in FACT_TABLES:
        shape = layout(kind)
        columns = ", ".join(f"{name} {affinity}" for name, affinity in (*shape.columns, *EXTRA_COLUMNS.get(kind, ())))
        yield (
            f"CREATE TABLE {schema}.{shape.table} (note INTEGER NOT NULL, n INTEGER NOT NULL, {columns}, "
            "PRIMARY KEY (note, n)) WITHOUT ROWID"
        )


def _affinity(hint: Any) -> str:
    optional = get_origin(hint) in (Union, types.UnionType)
    if optional:
        hint = next(arg for arg in get_args(hint) if arg is not type(None))
    base = "INTEGER" if hint in (int, bool) else "TEXT"
    return base if optional else f"{base} NOT NULL"


def _reader(hint: Any) -> Callable[[Any], Any] | None:
    if hint is bool:
        return bool
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        # In half the time that it takes to ask the class.
        return {member.value: member for member in hint}.__getitem__
    return None
