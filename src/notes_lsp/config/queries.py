"""Queries: the questions in SQL that a vault's settings give names to, read from their table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, cast

ParameterValue = str | int | float | None
"""What a parameter can be."""

_KEYS = ("sql", "description", "parameters")


@dataclass(frozen=True, slots=True)
class Query:
    """A question with a name."""

    name: str
    sql: str
    description: str = ""
    defaults: Mapping[str, ParameterValue] = field(default_factory=dict[str, ParameterValue], hash=False)
    """The values of parameters where nobody gives any."""
    order: tuple[str, ...] = ()
    """The parameters that are declared, in their order."""


class QueryProblem(NamedTuple):
    """Something wrong in the table of queries."""

    path: tuple[str, ...]
    """The keys on the way to it, from the name of a query on."""
    message: str


def read_queries(table: object) -> tuple[dict[str, Query], list[QueryProblem]]:
    """The queries of a table ``[queries]``, by name, and what is wrong there; what is wrong is left out.

    A query is a text in SQL, or a table with ``sql``, and perhaps a ``description`` and ``parameters``: a table of
    their defaults, or a list of their names. Total.
    """
    if table is None:
        return {}, []
    if not isinstance(table, Mapping):
        return {}, [QueryProblem((), "[queries] is a table of queries by their names")]
    found: dict[str, Query] = {}
    wrong: list[QueryProblem] = []
    for name, written in cast("Mapping[object, object]", table).items():
        if not isinstance(name, str):
            continue
        query = _read(name, written, wrong)
        if query is not None:
            found[name] = query
    return found, wrong


def _read(name: str, written: object, wrong: list[QueryProblem]) -> Query | None:
    if not name or name.startswith("-") or any(char.isspace() for char in name):
        wrong.append(QueryProblem((name,), "the name of a query has no spaces and does not begin with a dash"))
        return None
    if isinstance(written, str):
        return Query(name, written)
    if not isinstance(written, Mapping):
        wrong.append(QueryProblem((name,), "a query is a text in SQL, or a table with `sql` in it"))
        return None
    table = cast("Mapping[str, object]", written)
    wrong += (
        QueryProblem((name, key), f'a query has no "{key}"; there are {", ".join(_KEYS)}')
        for key in table
        if key not in _KEYS
    )
    sql, description = table.get("sql"), table.get("description", "")
    if not isinstance(sql, str):
        wrong.append(QueryProblem((name, "sql") if "sql" in table else (name,), "`sql` has to be a text"))
        return None
    if not isinstance(description, str):
        wrong.append(QueryProblem((name, "description"), "`description` has to be a text"))
        description = ""
    defaults, order = _parameters(name, table.get("parameters", {}), wrong)
    return Query(name, sql, " ".join(description.split()), defaults, order)


def _parameters(
    name: str, written: object, wrong: list[QueryProblem]
) -> tuple[dict[str, ParameterValue], tuple[str, ...]]:
    if isinstance(written, list):
        names = cast("list[object]", written)
        if all(isinstance(one, str) for one in names):
            return {}, tuple(map(str, names))
    if not isinstance(written, Mapping):
        wrong.append(QueryProblem((name, "parameters"), "`parameters` is a table of defaults, or a list of names"))
        return {}, ()
    defaults: dict[str, ParameterValue] = {}
    table = cast("Mapping[str, object]", written)
    for key, value in table.items():
        good = _value(value)
        if good is None:
            wrong.append(QueryProblem((name, "parameters", key), "a default is a text, a number, true, false or a day"))
        else:
            defaults[key] = good
    return defaults, tuple(table)


def _value(value: object) -> ParameterValue:
    """A default as SQLite has it; ``None`` where it can be none."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**63 else None
    return value if isinstance(value, str | float) else None


def type_mismatch(value: ParameterValue, default: ParameterValue) -> str | None:
    """Why a value cannot stand for a default: it is a text, and the default a number; ``None`` where it can."""
    is_wrong = isinstance(default, int | float) and value is not None and not isinstance(value, int | float)
    return f"is a number, such as {default}, not {value!r}" if is_wrong else None


def parse_parameter(text: str, default: ParameterValue = None) -> ParameterValue:
    """The value that somebody means who types ``text`` for a parameter with this default: a number where it is one.

    Where the default is a text, what is typed is one, too.
    """
    if isinstance(default, str):
        return text
    try:
        number = int(text)
    except ValueError:
        try:
            decimal = float(text)
        except ValueError:
            return text
        return decimal if text.strip()[-1:].isdigit() else text
    # What begins with zeros is a name, a code or a part of a date.
    plain = text.isascii() and "_" not in text and str(number) == text.strip().lstrip("+")
    return number if plain and -(2**63) <= number < 2**63 else text
