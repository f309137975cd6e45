"""Run: one SQL statement on the views, read-only, within limits of time, rows and memory."""

from __future__ import annotations

import contextlib
import gc
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, NamedTuple

from notes_lsp.index.sql import resolve_all as bulk
from notes_lsp.index.sql.authorizer import Guard
from notes_lsp.index.sql.errors import QueryError, SqlToken, explain, parameters_of, searched_words, tokenize_sql
from notes_lsp.index.sql.functions import Functions
from notes_lsp.index.sql.views import BY_TARGET, ON_DISK, OVERLAID, create_views
from notes_lsp.index.store import overlay as overlays
from notes_lsp.index.store import schema
from notes_lsp.index.store.damage import BrokenIndexError, is_broken, is_broken_under
from notes_lsp.index.store.read_only import read_only_uri
from notes_lsp.index.store.store import Store
from notes_lsp.index.vault.vault import Vault

SqlValue = str | int | float | None
"""What a parameter can be."""

_STEPS = 1_000
"""Steps of SQLite between two looks at the clock: most take nanoseconds, and some handle megabytes."""
_LONGEST_STEP = 2.0
"""Seconds beyond its time after which a statement hangs in one step, which nobody can interrupt."""
_LOOK_SECONDS = 0.2
"""Between two looks of another thread at whether a statement hangs."""
_TOO_MUCH = "this would take too much memory"
_LONGEST_VALUE = 50_000_000
_LARGEST_ANSWER = 64_000_000
"""Bytes, about, of all rows together."""
_LIMITS = {
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 200_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 200,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 100,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 1_000_000,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 5_000,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
_OPENS = ("OpenRead", "ReopenIdx")
_BEGINNINGS = ("select", "with", "values")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a statement may take."""

    seconds: float = 5.0
    """Of processor time: a busy machine takes no answer away."""
    rows: int = 100_000
    memory: int | None = None
    """Bytes that SQLite may take in this whole process from now on, for a process that does nothing else."""
    leave: Callable[[], None] | None = None
    """Ends such a process, from another thread, where a statement cannot be interrupted."""


class QueryResult(NamedTuple):
    """What a statement gave."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    cut: str | None
    """Why there are no more rows, where there may be more."""


def ask(
    vault: Vault, sql: str, parameters: Mapping[str, SqlValue] | Sequence[SqlValue] = (), limits: Limits | None = None
) -> QueryResult:
    """What one statement says of a vault, open notes as their buffers say.

    ``parameters`` are those that the statement names (``:name``), or those of ``?`` in their order. Nothing is written:
    the index is opened for reading only, and the statement may name the views and nothing else.

    Raises:
        QueryError: the statement cannot be answered; the message says why and points into it.
        BrokenIndexError: the index file is damaged.
    """
    limits = limits or Limits()
    values = _bound(sql, parameters)
    _check_beginning(sql)
    functions = Functions(vault)
    try:
        with _opened(vault, {token.word for token in tokenize_sql(sql)}) as (connection, of):
            functions.add_to(connection)
            asked = _Asked(connection, Guard(), functions, sql, values, limits)
            asked.limit()
            connection.execute("BEGIN")
            touched = asked.prepare()
            words = searched_words(sql, lambda name: _value(values, name))
            if words is not None:
                functions.expect(words)
            _fill(connection, vault, of, touched)
            with asked.leaving():
                return asked.run()
    except sqlite3.Error as error:
        # Of the index itself; what is wrong with the statement is met where it is prepared and run.
        if is_broken(error):
            raise BrokenIndexError(str(error)) from error
        raise QueryError(f"the index cannot be read: {error}") from error
    except MemoryError:
        raise QueryError(_TOO_MUCH) from None


def longest_wait(seconds: float) -> float:
    """Seconds on the clock after which a statement is given up, however little the processor did for it."""
    return 60.0 + 20 * seconds


def endless(seconds: float) -> str:
    """What is said of a statement that takes longer than it may."""
    return f"stopped after {seconds:g} seconds without an end in sight"


def compile_statement(connection: sqlite3.Connection, sql: str) -> None:
    """Compile a statement, on a connection with the views, without running it.

    Raises:
        QueryError: it could not be answered.
    """
    _check_beginning(sql)
    values = dict.fromkeys(parameters_of(sql))
    if "?" in values:
        raise QueryError("a parameter needs a name, such as :tag", sql)
    functions = Functions(None)
    functions.add_to(connection)
    _Asked(connection, Guard(), functions, sql, values, Limits()).prepare()


@contextlib.contextmanager
def materialize_views(vault: Vault) -> Generator[sqlite3.Connection]:
    """A connection for reading on which every view can be read to its end, for whoever copies them."""
    with _opened(vault) as (connection, of):
        Functions(vault).add_to(connection)
        connection.execute("BEGIN")
        _fill(connection, vault, of, ("resolved", "broken", BY_TARGET))
        yield connection


@dataclass(slots=True)
class _Asked:
    """One statement on its way."""

    connection: sqlite3.Connection
    guard: Guard
    functions: Functions
    sql: str
    values: Mapping[str, SqlValue] | Sequence[SqlValue]
    limits: Limits

    def limit(self) -> None:
        """Let nothing grow without end."""
        for category, most in _LIMITS.items():
            self.connection.setlimit(category, most)
        self.connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
        if self.limits.memory is not None:
            self.connection.execute(f"PRAGMA hard_heap_limit = {self.limits.memory:d}")

    def watch(self) -> None:
        """Let the time run."""
        busy = time.thread_time() + self.limits.seconds
        late = time.monotonic() + longest_wait(self.limits.seconds)
        self.connection.set_progress_handler(lambda: time.thread_time() > busy or time.monotonic() > late, _STEPS)

    @contextlib.contextmanager
    def leaving(self) -> Generator[None]:
        """Have the process left, where that is wanted, when a statement hangs in one step."""
        leave = self.limits.leave
        if leave is None:
            yield
            return
        busy = time.process_time() + self.limits.seconds + _LONGEST_STEP
        late = time.monotonic() + longest_wait(self.limits.seconds) + _LONGEST_STEP
        done = threading.Event()

        def look() -> None:
            while not done.wait(_LOOK_SECONDS):
                if time.process_time() > busy or time.monotonic() > late:
                    leave()

        # Where no more threads may run, whoever waits for this process has to end it.
        with contextlib.suppress(RuntimeError):
            threading.Thread(target=look, daemon=True).start()
        try:
            yield
        finally:
            done.set()

    def prepare(self) -> set[str]:
        """Compile the statement without running it; the tables that have to be filled for it, and their indexes."""
        roots = dict(self.connection.execute("SELECT rootpage, name FROM temp.sqlite_schema WHERE rootpage > 0"))
        self.connection.set_authorizer(self.guard)
        # The steps tell of the statement's own constants, which may be any bytes.
        self.connection.text_factory = _lenient
        self.watch()
        try:
            steps = self.connection.execute(self._explaining(self.sql), self.values).fetchall()
        except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError, MemoryError) as error:
            raise self._explained(error) from None
        finally:
            self.connection.set_authorizer(None)
            self.connection.text_factory = str
            self.connection.set_progress_handler(None, 0)
        # Of the temporary database, which is the second one.
        return {roots[step[3]] for step in steps if step[1] in _OPENS and step[4] == 1 and step[3] in roots}

    def run(self) -> QueryResult:
        """Run the statement."""
        self.connection.execute("PRAGMA query_only = ON")
        self.connection.set_authorizer(self.guard)
        self.watch()
        rows: list[tuple[Any, ...]] = []
        size = 0
        try:
            cursor = self.connection.execute(self.sql, self.values)
            columns = tuple(column[0] for column in cursor.description or ())
            for row in cursor:
                if len(rows) == self.limits.rows:
                    return QueryResult(columns, rows, f"stopped after {self.limits.rows:,} rows")
                size += sum(len(value) if isinstance(value, str | bytes) else 8 for value in row)
                if size > _LARGEST_ANSWER:
                    return QueryResult(columns, rows, f"stopped after {len(rows):,} rows, which hold very much text")
                rows.append(row)
        except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError, MemoryError) as error:
            raise self._explained(error) from None
        finally:
            self.connection.set_authorizer(None)
        return QueryResult(columns, rows, None)

    def _explaining(self, sql: str) -> str:
        first = tokenize_sql(sql)[:1]
        return sql if first and first[0].word == "explain" else f"EXPLAIN {sql}"

    def _explained(self, error: Exception) -> QueryError | BrokenIndexError:
        """What went wrong, for whoever wrote the statement, unless it is for whoever keeps the index."""
        failure = self.functions.failure
        if is_broken_under(error) or (failure is not None and is_broken(failure)):
            return BrokenIndexError(str(failure or error))
        told = str(error)
        if self.functions.failure is not None and not isinstance(self.functions.failure, QueryError):
            return QueryError(str(self.functions.failure), self.sql)
        if self.guard.reason is not None and ("not authorized" in told or "prohibited" in told):
            at = next((token for token in tokenize_sql(self.sql) if token.word == self.guard.word), None)
            return QueryError(self.guard.reason, self.sql, at)
        if told == "interrupted":
            return QueryError(endless(self.limits.seconds), self.sql)
        if isinstance(error, MemoryError) or told == "out of memory":
            return QueryError(_TOO_MUCH, self.sql)
        if told.startswith("Could not decode"):
            return QueryError("a value is not UTF-8, and so no text; hex() shows what it is", self.sql)
        if "too big" in told:
            return QueryError(f"a value would be longer than {_LONGEST_VALUE:,} bytes", self.sql)
        if "one statement at a time" in told:
            return QueryError("one statement at a time, please", self.sql, _second_statement(self.sql))
        return explain(self.sql, told, self._complaint)

    def _complaint(self, sql: str) -> str | None:
        self.connection.set_authorizer(Guard())
        try:
            self.connection.execute(self._explaining(sql), dict.fromkeys(parameters_of(sql))).close()
        except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
            return str(error)
        finally:
            self.connection.set_authorizer(None)
        return None


@contextlib.contextmanager
def _opened(vault: Vault, only: Collection[str] | None = None) -> Generator[tuple[sqlite3.Connection, str]]:
    """A connection to the index for reading, with the views, and what the names of the tables below them begin with."""
    connection = _connected(vault.store)
    try:
        connection.execute("PRAGMA temp_store = MEMORY")
        of = ON_DISK
        rows = overlays.overlay_rows(vault.store.connection)
        if rows:
            schema.create_overlay(connection)
            overlays.put_rows(connection, rows)
            of = OVERLAID
        create_views(connection, of, label_first=vault.label_first, only=only)
        yield connection, of
    finally:
        connection.close()


def _connected(store: Store) -> sqlite3.Connection:
    if store.path is None:
        # An index in memory has no name by which it could be opened again.
        connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=0)
        store.connection.backup(connection)
    else:
        connection = sqlite3.connect(
            read_only_uri(store.path), uri=True, isolation_level=None, cached_statements=0, timeout=1.0
        )
    return connection


def _fill(connection: sqlite3.Connection, vault: Vault, of: str, touched: Iterable[str]) -> None:
    """Fill the tables that a statement reads with what is known only when it is asked."""
    touched = set(touched)
    if not touched & {"resolved", "broken", BY_TARGET}:
        return
    if BY_TARGET not in touched:
        connection.execute(f"DROP INDEX temp.{BY_TARGET}")
    # Half of the time would go into looking for garbage among what is all in use.
    collecting = gc.isenabled()
    gc.disable()
    try:
        _resolve(connection, vault, of, touched)
    finally:
        if collecting:
            gc.enable()


def _resolve(connection: sqlite3.Connection, vault: Vault, of: str, touched: set[str]) -> None:
    dialect = bulk.ResolutionRules(vault.prefixes, vault.label_first, lru_cache(maxsize=None)(vault.exists))
    bulk.fill_resolved(connection, of, dialect)
    # Nothing is missed in a vault that is not read to its end, as nothing is told of it either.
    if "broken" in touched and vault.root is not None and vault.complete:
        bulk.fill_broken(connection, of, dialect)


def _check_beginning(sql: str) -> None:
    read = tokenize_sql(sql)
    if not read:
        raise QueryError("there is no statement; begin with SELECT, as in: SELECT path, title FROM notes")
    words = [token.word for token in read[:4]]
    skipped = 3 if words[:3] == ["explain", "query", "plan"] else 1 if words[0] == "explain" else 0
    if skipped >= len(words) or words[skipped] not in _BEGINNINGS:
        at = read[min(skipped, len(read) - 1)]
        if get_close_matches(at.word, _BEGINNINGS, 1, 0.7):
            raise QueryError(f'"{at.written}" makes no sense here; did you mean SELECT?', sql, at)
        raise QueryError("nothing is changed here; a question begins with SELECT, WITH or VALUES", sql, at)


def _bound(
    sql: str, parameters: Mapping[str, SqlValue] | Sequence[SqlValue]
) -> Mapping[str, SqlValue] | Sequence[SqlValue]:
    """The parameters, made sure that they are those of the statement."""
    wanted = parameters_of(sql)
    by_place = [name for name in wanted if name.startswith("?")]
    if not isinstance(parameters, Mapping) and not parameters and not by_place:
        return _bound(sql, {})
    if not isinstance(parameters, Mapping) or (by_place and not parameters):
        places = sum(1 for token in tokenize_sql(sql) if token.written == "?")
        if len(parameters) != places or by_place != ["?"] or len(wanted) > 1:
            raise QueryError(f"the statement has {places} places for values (?), and {len(parameters)} are given")
        return parameters
    if by_place:
        raise QueryError("the values of ? are given in their order; a parameter with a name is written :name")
    for name in wanted:
        if name not in parameters:
            raise QueryError(f'there is no value for "{name}"', sql, _parameter(sql, name))
    extra = [name for name in parameters if name not in wanted]
    if extra:
        known = f"; there are {', '.join(wanted)}" if wanted else "; the statement has none"
        raise QueryError(f'there is no parameter "{extra[0]}"{known}')
    return parameters


def _parameter(sql: str, name: str) -> SqlToken:
    return next(token for token in tokenize_sql(sql) if token.kind == "parameter" and token.written[1:] == name)


def _value(values: Mapping[str, SqlValue] | Sequence[SqlValue], name: str) -> SqlValue:
    if isinstance(values, Mapping):
        return values.get(name[1:])
    return values[0] if len(values) == 1 else None


def _lenient(text: bytes) -> str:
    return text.decode("utf-8", "replace")


def _second_statement(sql: str) -> SqlToken | None:
    read = tokenize_sql(sql)
    ends = [at for at, token in enumerate(read) if token.written == ";"]
    return next((read[at + 1] for at in ends if at + 1 < len(read)), None)
