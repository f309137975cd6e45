"""Errors: the tokens of a SQL statement, and error messages that point into it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from itertools import pairwise
from typing import NamedTuple

from notes_lsp.index.sql.views import VIEWS
from notes_lsp.text.source import Source

_TOKEN = re.compile(
    r"(?P<space>\s+|--[^\n]*|/\*.*?(?:\*/|\Z))"
    r"|(?P<text>'(?:[^']|'')*'?)"
    r"|(?P<name>\"(?:[^\"]|\"\")*\"?|`(?:[^`]|``)*`?|\[[^\]]*\]?|[^\W\d][\w$]*)"
    r"|(?P<parameter>[:@$][\w:]+|\?\d*)"
    r"|(?P<number>\d[\w.]*|\.\d[\w.]*)"
    r"|(?P<sign>.)",
    re.DOTALL,
)
_MAX_LISTED = 12


class SqlToken(NamedTuple):
    """One token; comments and white space are none."""

    kind: str
    """``text``, ``name``, ``parameter``, ``number`` or ``sign``."""
    written: str
    start: int

    @property
    def end(self) -> int:
        """The offset behind it."""
        return self.start + len(self.written)

    @property
    def word(self) -> str:
        """A name without quotes, in lower case."""
        bare = self.written[1:-1] if self.written[:1] in ('"', "`", "[") else self.written
        return bare.lower()


class QueryError(ValueError):
    """A statement that is not answered; the message says why and what can be done, and where it is about."""

    def __init__(self, message: str, sql: str = "", token: SqlToken | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.token = token
        """What it is about; an empty one at the end where something is missing."""
        self._sql = sql

    def __str__(self) -> str:
        """The message, and below it the line of the statement with a caret."""
        if self.token is None:
            return self.message
        source = Source(self._sql)
        line = source.line_of(min(self.token.start, len(self._sql)))
        span = source.line_span(line)
        before = self._sql[span.start : self.token.start].expandtabs(4)
        shown = self._sql[span.start : span.end].expandtabs(4)
        length = max(1, min(len(self.token.written), len(shown) - len(before)))
        place = f"line {line + 1}: " if source.line_count > 1 else "  "
        return f"{self.message}\n{place}{shown}\n{' ' * (len(place) + len(before))}{'^' * length}"


def tokenize_sql(sql: str) -> list[SqlToken]:
    """The tokens of a statement; whatever it holds, all of it is read."""
    return [
        SqlToken(match.lastgroup or "sign", match[0], match.start())
        for match in _TOKEN.finditer(sql)
        if match.lastgroup != "space"
    ]


def parameters_of(sql: str) -> list[str]:
    """The names of the parameters of a statement, each once, in their order; ``?`` stands for itself."""
    found = (token.written for token in tokenize_sql(sql) if token.kind == "parameter")
    return list(dict.fromkeys(name if name.startswith("?") else name[1:] for name in found))


def searched_words(sql: str, values: Callable[[str], object]) -> str | None:
    """What a statement with one ``MATCH`` searches for; ``values`` gives that of a parameter."""
    read = tokenize_sql(sql)
    after = [read[at + 1] for at, token in enumerate(read[:-1]) if token.word == "match" and token.kind == "name"]
    if len(after) != 1:
        return None
    if after[0].kind == "text":
        return after[0].written.strip("'").replace("''", "'")
    return str(values(after[0].written)) if after[0].kind == "parameter" else None


def explain(sql: str, complaint: str, complains: Callable[[str], str | None]) -> QueryError:
    """SQLite's complaint about a statement in words that help, at its place.

    ``complains`` says what SQLite has to say about another text.
    """
    for pattern, explain in _EXPLAINED:
        match = re.fullmatch(pattern, complaint, re.DOTALL)
        if match is not None:
            return explain(sql, match, complains)
    return QueryError(complaint, sql)


def _near(sql: str, match: re.Match[str], complains: Callable[[str], str | None]) -> QueryError:
    wanted = match[1]
    read = tokenize_sql(sql)
    at = next(
        (
            token
            for token in read
            if token.written.startswith(wanted) and complains(sql[: token.end]) not in (None, "incomplete input")
        ),
        None,
    )
    at = at or next((token for token in read if wanted in token.written), None)
    before = read[read.index(at) - 1] if at is not None and read.index(at) else None
    if before is not None and at is not None and before.written == ",":
        return QueryError(f'"{at.written}" makes no sense behind a comma', sql, at)
    # What is spelled wrong is often read as a name, and only what follows makes no sense.
    for token in (before, at):
        keyword = _likely_keyword(token) if token is not None else None
        if token is not None and keyword:
            return QueryError(f'"{token.written}" makes no sense here; did you mean {keyword}?', sql, token)
    return QueryError(f'"{wanted}" makes no sense here', sql, at)


def _unfinished(sql: str, _: re.Match[str], __: Callable[[str], str | None]) -> QueryError:
    return QueryError("the statement ends too early", sql, SqlToken("sign", "", len(sql.rstrip())))


def _no_column(sql: str, match: re.Match[str], _: Callable[[str], str | None]) -> QueryError:
    name = match[1].rsplit(".", 1)[-1]
    read = tokenize_sql(sql)
    at = next((token for token in read if token.kind == "name" and token.word == name.lower()), None)
    asked = {token.word for token in read}
    sources = {token.word for before, token in pairwise(read) if before.word in ("from", "join", ",")}
    views = [view for view in VIEWS if view.name in sources] or [view for view in VIEWS if view.name in asked]
    known = list(dict.fromkeys(column for view in views for column, _, _ in view.columns))
    given = [token.word for before, token in pairwise(read) if before.word == "as"]
    where = f" in {' or '.join(view.name for view in views)}" if views else ""
    qualifier = match[1].partition(".")[0] if "." in match[1] else ""
    is_view = any(view.name == qualifier.lower() for view in VIEWS)
    if qualifier and (name.lower() in known or (is_view and qualifier.lower() not in sources)):
        return QueryError(f'"{qualifier}" is none of the views behind FROM here', sql, at)
    if name.lower() in known:
        # It is there, but not in this place of the statement.
        missing = "" if "from" in asked else f"; FROM {views[0].name} is missing"
        return QueryError(f'there is no column "{name}" here{missing}', sql, at)
    close = get_close_matches(name.lower(), [*known, *given], 1, 0.7)
    other = [view.name for view in VIEWS if view not in views and any(name == column for column, _, _ in view.columns)]
    if close:
        hint = f'; did you mean "{close[0]}"?'
    elif at is not None and at.written.startswith('"'):
        hint = "; a text stands in 'single quotes'"
    elif views and any(view.name == "notes" for view in views) and not other:
        hint = f"; a property of the frontmatter is properties->>'{name}'"
    elif other:
        hint = f"; {' and '.join(other[:3])} {'has' if len(other) == 1 else 'have'} it"
    else:
        hint = f"; there are {', '.join(known[:_MAX_LISTED])}" if known else ""
    return QueryError(f'there is no column "{match[1]}"{where}{hint}', sql, at)


def _no_view(sql: str, match: re.Match[str], _: Callable[[str], str | None]) -> QueryError:
    name = match[1].rsplit(".", 1)[-1]
    at = next((token for token in tokenize_sql(sql) if token.kind == "name" and token.word == name.lower()), None)
    known = [view.name for view in VIEWS]
    if name.lower() in known:
        return QueryError(f"a view is called by its name alone: {name.lower()}", sql, at)
    close = get_close_matches(name.lower(), known, 1, 0.7)
    hint = f'did you mean "{close[0]}"?' if close else f"there are {', '.join(known)}"
    return QueryError(f'there is no view "{name}"; {hint}', sql, at)


def _no_function(sql: str, match: re.Match[str], _: Callable[[str], str | None]) -> QueryError:
    at = next((token for token in tokenize_sql(sql) if token.word == match[1].lower()), None)
    close = get_close_matches(match[1].lower(), _FUNCTIONS, 1)
    hint = f'; did you mean "{close[0]}"?' if close else ""
    if match[1].lower() == "regexp":
        hint = "; LIKE '%a%' and GLOB '*a*' compare with patterns"
    return QueryError(f'there is no function "{match[1]}"{hint}', sql, at)


def _no_call(sql: str, match: re.Match[str], _: Callable[[str], str | None]) -> QueryError:
    """Full text as those write it who know SQLite's own."""
    at = next((token for token in tokenize_sql(sql) if token.word == match[1].lower()), None)
    if at is not None and at.word in (*_OF_FULL_TEXT, "search"):
        said = (
            f"there is no {at.written}() here; full text is SELECT note, snippet FROM search WHERE search MATCH 'words'"
        )
        return QueryError(f"{said} ORDER BY rank", sql, at)
    return QueryError(match[0], sql, at)


def _at_name(sql: str, match: re.Match[str], _: Callable[[str], str | None]) -> QueryError:
    name = match[1].rsplit(".", 1)[-1].strip("()")
    at = next((token for token in tokenize_sql(sql) if token.word == name.lower()), None)
    return QueryError(match[0], sql, at)


def _ambiguous(sql: str, match: re.Match[str], _: Callable[[str], str | None]) -> QueryError:
    name = match[1]
    read = tokenize_sql(sql)
    bare = (
        token
        for before, token in zip([None, *read], read, strict=False)
        if token.word == name.lower() and (before is None or before.written != ".")
    )
    views = [view.name for view in VIEWS if any(column == name for column, _, _ in view.columns)]
    asked = [view for view in views if view in {token.word for token in read}]
    hint = f": write {asked[0]}.{name}" if asked else ""
    return QueryError(f'"{name}" may be a column of several views{hint}', sql, next(bare, None))


def _unreadable(sql: str, match: re.Match[str], _: Callable[[str], str | None]) -> QueryError:
    start = sql.find(match[1])
    at = SqlToken("sign", match[1], start) if start >= 0 else None
    hint = "; a quote is not closed" if match[1][:1] in ("'", '"', "`") else ""
    return QueryError(f"{_short(match[1])} cannot be read{hint}", sql, at)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else f"{line[:39]}…"


def _likely_keyword(token: SqlToken) -> str | None:
    if token.kind != "name" or token.word in _NAMES or token.word.upper() in _KEYWORDS:
        return None
    close: Sequence[str] = get_close_matches(token.written.upper(), _KEYWORDS, 1, 0.75)
    return close[0] if close else None


_NAMES = frozenset(name for view in VIEWS for name in (view.name, *(column for column, _, _ in view.columns)))
_KEYWORDS = (
    *("SELECT", "DISTINCT", "FROM", "WHERE", "GROUP", "ORDER", "BY", "HAVING", "LIMIT", "OFFSET", "JOIN", "LEFT"),
    *("INNER", "USING", "UNION", "EXCEPT", "INTERSECT", "AND", "NOT", "LIKE", "GLOB", "MATCH", "BETWEEN", "EXISTS"),
    *("CASE", "WHEN", "THEN", "ELSE", "END", "WITH", "RECURSIVE", "VALUES", "DESC", "NULL", "OVER", "PARTITION"),
)
_FUNCTIONS = (
    *("abs", "avg", "coalesce", "count", "date", "datetime", "format", "group_concat", "ifnull", "instr"),
    *("json_array", "json_array_length", "json_each", "json_extract", "json_group_array", "json_group_object"),
    *("json_tree", "json_type", "julianday", "length", "lower", "ltrim", "max", "min", "nullif", "printf", "random"),
    *("replace", "round", "row_number", "rtrim", "strftime", "substr", "substring", "sum", "time", "total", "trim"),
    *("typeof", "unicode", "upper"),
)
_OF_FULL_TEXT = ("snippet", "highlight", "bm25")
_EXPLAINED: tuple[
    tuple[str, Callable[[str, re.Match[str], Callable[[str], str | None]], QueryError]],
    ...,
] = (
    (r'near "(.*)": syntax error', _near),
    (r"incomplete input", _unfinished),
    (r"no such column: (.*)", _no_column),
    (r"no such table: (.*)", _no_view),
    (r"no such table-valued function: (.*)", _no_function),
    (r"no such function: (.*)", _no_function),
    (r"ambiguous column name: (.*)", _ambiguous),
    (r'unrecognized token: "(.*)"', _unreadable),
    (r"'(\w+)' is not a function", _no_call),
    (r"unable to use function (\w+) in the requested context", _no_call),
    (r"wrong number of arguments to function (\w+).*", _at_name),
    (r"(?:misuse of .*|circular reference): (\w+).*", _at_name),
    (r"table (\w+) has .*", _at_name),
)
