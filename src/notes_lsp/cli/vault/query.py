"""query: the vault as tables that can be asked in SQL; only to read."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import NamedTuple

import click
from click.shell_completion import CompletionItem

from notes_lsp.cli.shell.formats import FORMATS, Shape, check_style
from notes_lsp.cli.shell.output import (
    DONE,
    FAILED,
    NOTHING,
    CommandError,
    Output,
    StatementError,
    open_vault,
    results,
    show,
)
from notes_lsp.cli.shell.retry import read_once
from notes_lsp.cli.shell.row_template import Row, format_value
from notes_lsp.cli.shell.vaults import NoVaultError, OpenVault, find_vault
from notes_lsp.config.queries import ParameterValue, Query, parse_parameter, type_mismatch
from notes_lsp.index.sql.errors import QueryError, parameters_of, tokenize_sql
from notes_lsp.index.sql.run import Limits, QueryResult, ask, endless
from notes_lsp.index.sql.views import VIEWS
from notes_lsp.text.source import clean
from notes_lsp.workspace.config.settings import CONFIG_NAME, read_config

_PLACES = ("path", "source", "note", "target")
"""The columns that may say which file a row is about, the first that there is."""
_TEXT = " text"
"""A field that no column can be called by, for what a line says of a row."""
_SHAPE = Shape(("path", "line", "column"), text=f"{{{_TEXT}}}", piped="tsv", more=True)
_COMMENT = re.compile(r"--(?:\s|[^=\n]*\n)")
_MEMORY = 512_000_000


class _Asked(NamedTuple):
    sql: str
    values: dict[str, ParameterValue] | list[ParameterValue]


def complete_queries(context: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem]:
    """The queries of the settings whose names begin so, for a shell that completes."""
    try:
        config, _problems, _text = read_config(find_vault(context.params.get("vault")).path, None)
    except (NoVaultError, OSError):
        return []
    found = sorted(config.queries.items())
    return [CompletionItem(name, help=query.description) for name, query in found if name.startswith(typed)]


class _Statement(click.Command):
    """A command to which a statement that begins with a comment is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [f" {one}" if _COMMENT.match(one) else one for one in args])


@click.command(cls=_Statement)
@click.argument("statement", required=False, shell_complete=complete_queries)
@click.argument("values", nargs=-1)
@click.option("--set", "assigned", multiple=True, metavar="NAME=VALUE", help="The value of a parameter :NAME.")
@click.option("--list", "listing", is_flag=True, help="The queries that have names.")
@click.option("--views", is_flag=True, help="The views, and what their columns hold.")
@click.option("--timeout", type=click.FloatRange(min=0.1), metavar="SECONDS", help="Stop after so many seconds.")
@results(_SHAPE)
def query(
    statement: str | None,
    values: tuple[str, ...],
    assigned: tuple[str, ...],
    timeout: float | None,
    out: Output,
    *,
    listing: bool,
    views: bool,
) -> int:
    """Ask the vault in SQL: STATEMENT is a SELECT, or the name of a query in the settings; - reads it from stdin.

    \b
    notes-lsp query "SELECT path, words FROM notes ORDER BY words DESC LIMIT 5"
    notes-lsp query "SELECT note, text, due FROM tasks WHERE NOT done AND due <= date('now')"
    notes-lsp query "SELECT note, snippet FROM search WHERE search MATCH 'tea OR coffee' ORDER BY rank"
    notes-lsp query "SELECT path FROM notes WHERE properties->>'status' = :status" --set status=draft

    VALUES are those of the parameters, in their order. Nothing is ever changed.
    """
    if views:
        return _show_views(out)
    if listing:
        return _show_list(out)
    given_sql = clean(_statement(statement))
    with open_vault(out.vault) as at:
        asked = _meant(at, given_sql, tuple(map(clean, values)), tuple(map(clean, assigned)))
        limits = at.folder.config.query
        seconds = timeout or float(limits.seconds)
        try:
            bounds = Limits(seconds, out.limit or limits.rows, _MEMORY, partial(_leave, seconds))
            answer = ask(at.folder.current_vault(), asked.sql, asked.values, bounds)
        except QueryError as error:
            raise StatementError(str(error)) from None
        code = _show(out, at, answer)
    if answer.cut is not None and out.limit is None:
        hint = "; [query] rows in the settings says how many" if len(answer.rows) == limits.rows else ""
        print(f"notes-lsp: {answer.cut}{hint}", file=sys.stderr)
    return code


def _statement(written: str | None) -> str:
    if written not in (None, "-"):
        return written or ""
    if sys.stdin.isatty():
        print("Type a statement of SQL, and Ctrl-D at its end:", file=sys.stderr)
    return read_once("statement", _typed)


def _typed() -> str:
    return sys.stdin.read()


def _meant(at: OpenVault, written: str, values: tuple[str, ...], assigned: tuple[str, ...]) -> _Asked:
    """The statement that is meant, with the values of its parameters."""
    named = at.folder.config.queries.get(written.strip())
    if named is None and _is_name(written):
        raise CommandError(_no_such(written.strip(), at.folder.config.queries))
    query = named or Query("", written)
    try:
        order = list(dict.fromkeys((*query.order, *parameters_of(query.sql))))
    except QueryError as error:
        raise StatementError(str(error)) from None
    if "?" in order:
        if assigned:
            raise CommandError("--set goes with parameters that have names, such as :tag")
        return _Asked(query.sql, [parse_parameter(value) for value in values])
    if len(values) > len(order):
        takes = f"takes {', '.join(order)}" if order else "takes no values"
        raise CommandError(f"too many values: {query.name or 'the statement'} {takes}")
    found: dict[str, ParameterValue] = dict(query.defaults)
    typed = dict(zip(order, values, strict=False))
    for one in assigned:
        name, mark, value = one.partition("=")
        if not mark:
            raise CommandError(f"--set takes NAME=VALUE, not {one!r}")
        typed[name.lstrip(":@$")] = value
    found |= {name: parse_parameter(value, query.defaults.get(name)) for name, value in typed.items()}
    for name in typed:
        wrong = type_mismatch(found[name], query.defaults.get(name))
        if wrong is not None:
            raise CommandError(f":{name} {wrong}")
    return _Asked(query.sql, found)


def _is_name(written: str) -> bool:
    """Whether a text is one word that no statement begins with."""
    word = written.strip()
    if not word or any(char.isspace() for char in word):
        return False
    return tokenize_sql(word)[0].word not in ("select", "with", "values", "explain")


def _no_such(name: str, queries: Iterable[str]) -> str:
    known = sorted(queries)
    if name in {view.name for view in VIEWS}:
        return f'"{name}" is a view; all of it is "SELECT * FROM {name}"'
    close = get_close_matches(name, known, 1)
    if close:
        hint = f"did you mean {close[0]}?"
    elif known:
        hint = f"there are {', '.join(known)}"
    else:
        hint = f'[queries] in {CONFIG_NAME} gives names to queries: {name} = "SELECT ..."'
    return f"there is no query called {name}; {hint}"


def _leave(seconds: float) -> None:
    """Leave where a statement hangs in a step that nobody can interrupt."""
    os.write(2, f"notes-lsp: {endless(seconds)}\n".encode())
    os._exit(FAILED)


def _show(out: Output, at: OpenVault, answer: QueryResult) -> int:
    columns = _distinct(answer.columns)
    place = next((name for name in _PLACES if name in columns), None)
    style = out.style
    if style.format not in FORMATS or style.format in ("path", "line"):
        shown = columns if place in (None, "path") else (*columns, "path")
    else:
        shown = columns
    shape = Shape(shown, text=_SHAPE.text)
    check_style(style, shape)
    plainly = style.format == "tsv" and not out.is_chosen
    return show(
        replace(out, shape=shape, limit=None, style=replace(style, header=style.header and not plainly)),
        at.root.path,
        _rows(answer, columns, place),
    )


def _rows(answer: QueryResult, columns: tuple[str, ...], place: str | None) -> Iterator[Row]:
    said = [name for name in columns if name not in (place, "line", "column")]
    for values in answer.rows:
        row: dict[str, object] = dict(zip(columns, map(_shown, values), strict=True))
        row[_TEXT] = "  ".join(format_value(row[name]) for name in said)
        if place is not None:
            row["path"] = row[place] or ""
        yield row


def _shown(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else value


def _distinct(columns: tuple[str, ...]) -> tuple[str, ...]:
    """The names of columns, told apart where several are the same."""
    found: list[str] = []
    for name in columns:
        number = 2
        fresh = name
        while fresh in found:
            fresh, number = f"{name}_{number}", number + 1
        found.append(fresh)
    return tuple(found)


def _show_views(out: Output) -> int:
    if not out.is_chosen:
        for view in VIEWS:
            print(f"{view.name}: {view.about}")
            for name, about, _ in view.columns:
                print(f"  {name:<12}{about}")
        return DONE
    shape = Shape(("view", "column", "about"), text="{view}.{column}  {about}")
    check_style(out.style, shape)
    rows = ({"view": view.name, "column": name, "about": about} for view in VIEWS for name, about, _ in view.columns)
    return show(replace(out, shape=shape), Path.cwd(), rows)


def _show_list(out: Output) -> int:
    root = find_vault(out.vault)
    config, _, _ = read_config(root.path, None)
    shape = Shape(("name", "description", "parameters", "sql"), text="{name}  {description}")
    check_style(out.style, shape)
    rows = (
        {
            "name": name,
            "description": one.description,
            "parameters": list(dict.fromkeys((*one.order, *parameters_of(one.sql)))),
            "sql": one.sql,
        }
        for name, one in sorted(config.queries.items())
    )
    if not config.queries:
        print(f"notes-lsp: {_no_such('inbox', ())}", file=sys.stderr)
        return NOTHING
    return show(replace(out, shape=shape), root.path, rows)
