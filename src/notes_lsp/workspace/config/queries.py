"""Queries: the named queries of a vault's and the user's settings, each compiled once."""

from __future__ import annotations

from collections.abc import Mapping

from notes_lsp.config.queries import Query
from notes_lsp.config.queries import read_queries as read_table
from notes_lsp.config.read import ConfigProblem, Layer, client_tables
from notes_lsp.frontmatter.formats.toml_recovery import recover_toml


def load_queries(
    vault: str | None, user: str | None, client: object
) -> tuple[Mapping[str, Query], tuple[ConfigProblem, ...]]:
    """The named queries of three layers, the vault's own before the user's before the client's; and what is wrong.

    ``vault`` and ``user`` are the texts of the two files, ``client`` what the client sent as its settings.
    """
    found: dict[str, Query] = {}
    problems: list[ConfigProblem] = []
    for layer, text in ((Layer.VAULT, vault), (Layer.USER, user)):
        if text is None or "queries" not in text:
            continue
        read = recover_toml(text)
        queries, wrong = _read(read.document.get("queries"))
        problems += (
            ConfigProblem(layer, read.span(("queries", *path)), ".".join(("queries", *path)), message)
            for path, message in wrong
        )
        found = {**queries, **found}
    queries, wrong = _read(client_tables(client).get("queries"))
    problems += (ConfigProblem(Layer.CLIENT, None, ".".join(("queries", *path)), message) for path, message in wrong)
    found = {**queries, **found}
    return found, tuple(problems)


def _read(table: object) -> tuple[dict[str, Query], list[tuple[tuple[str, ...], str]]]:
    """The queries of one layer. One that cannot be answered is kept, so that whoever asks it is told why."""
    queries, wrong = read_table(table)
    problems = [(one.path, f"[{'.'.join(('queries', *one.path))}] {one.message}") for one in wrong]
    if not queries:
        return queries, problems
    # To try a query takes all of the index, which reading settings without any should not load.
    from notes_lsp.index.sql.validate import complaints  # noqa: PLC0415

    problems += ((path, f"[queries.{path[0]}] {message}") for path, message in complaints(queries.values()))
    return queries, problems
