"""TOML headers: the entries of a header with exact spans, read statement by statement.

Values come from ``tomllib``, spans from :mod:`notes_lsp.core.toml_spans`.
"""

from __future__ import annotations

import datetime
import re
import tomllib

from notes_lsp.core import header_tree as tree
from notes_lsp.core.facts import PropertyType
from notes_lsp.core.header_tree import Entry, Node, Problems
from notes_lsp.core.text import Span
from notes_lsp.core.toml_spans import Path, Statement, StatementKind, statements

_LONE_RETURN = re.compile(r"\r(?!\n)")
_BARE_TEXT = re.compile(r"[^\s\"'\[\]{}#=,][^\r\n\"'\[\]{}#=,]*+")


def read_toml(text: str, body: Span, problems: Problems) -> list[Entry]:
    """The entries of the TOML in ``body``, with spans in ``text``. Never raises.

    A statement that is broken becomes a problem and the others are read; a key that stands twice is a problem, and the
    last one counts. A table's span is that of the header that makes it, brackets included.
    """
    # tomllib knows no lone carriage return; one character for one keeps the offsets.
    source = _LONE_RETURN.sub("\n", text[: body.end].replace("\ufeff", " "))
    document = _Document(source, body, problems)
    count = 0
    for statement in statements(source, body.start):
        count += 1 + len(statement.inside)
        if count > tree.MAX_NODES:
            problems.limit(statement.span, f"Only the first {tree.MAX_NODES:,} values of a header are read.")
            break
        if statement.kind is StatementKind.ENTRY:
            _enter(document, statement)
        else:
            _open(document, statement)
        if problems.full:
            break
    if not problems.found:
        _check_whole(document)
    return tree.distinct(document.root.entries, problems)
