"""Asking in SQL: what is refused, what is stopped, what an error points at; and that nothing is ever changed."""

from __future__ import annotations

import hashlib
import random
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexing import scanned
from notes_lsp.config.read import Config
from notes_lsp.index.sql.errors import QueryError, tokenize_sql
from notes_lsp.index.sql.run import Limits, QueryResult, ask
from notes_lsp.index.sql.views import VIEWS
from notes_lsp.index.vault.vault import Vault
from notes_lsp.text.source import Source
from notes_lsp.workspace.folder import Folder
from speclib.drivers import write_notes

NOTES = {
    "home.md": "---\nstatus: open\n---\n# Home\n\n[[tea]], [[cup#Rim]], [[gone]]\n\n- [ ] boil 📅 2026-03-01\n",
    "tea.md": "# Tea\n\nLeaves in hot water. #drink/hot\n",
    "sub/cup.md": "# Cup\n\n## Rim\n\nBack [[home]], see https://example.org/cup#a. ^rim\n",
}
REFUSED = """
INSERT INTO notes VALUES (1)
INSERT INTO main.notes (path) VALUES ('x')
INSERT OR REPLACE INTO main.tags SELECT * FROM main.tags
REPLACE INTO main.names VALUES (1, 'k', 'path', 't', 1)
UPDATE notes SET title = 'x'
UPDATE main.notes SET title = 'x' RETURNING title
DELETE FROM notes
DELETE FROM main.links
WITH x AS (SELECT 1) DELETE FROM main.notes
WITH x AS (SELECT 1 AS id) UPDATE main.notes SET title = 'x' WHERE id IN (SELECT id FROM x)
WITH x AS (SELECT 1) INSERT INTO main.notes (id) SELECT * FROM x
CREATE TABLE evil (x)
CREATE TEMP TABLE evil (x)
CREATE TEMPORARY TABLE evil AS SELECT * FROM notes
CREATE VIEW evil AS SELECT 1
CREATE TEMP VIEW evil AS SELECT 1
CREATE INDEX evil ON main.notes (title)
CREATE TRIGGER evil AFTER INSERT ON main.notes BEGIN SELECT 1; END
CREATE TEMP TRIGGER evil INSTEAD OF DELETE ON notes BEGIN DELETE FROM main.notes; END
CREATE VIRTUAL TABLE evil USING fts5 (x)
CREATE VIRTUAL TABLE temp.evil USING fts5vocab (main, texts, row)
DROP TABLE main.notes
DROP TABLE IF EXISTS main.links
DROP VIEW notes
DROP INDEX main.names_key
DROP TRIGGER evil
ALTER TABLE main.notes RENAME TO evil
ALTER TABLE main.notes ADD COLUMN evil
ALTER TABLE main.notes DROP COLUMN title
ATTACH DATABASE 'evil.db' AS evil
ATTACH ':memory:' AS evil
ATTACH 'file:evil.db?mode=rwc' AS evil
DETACH DATABASE main
VACUUM
VACUUM INTO 'evil.db'
VACUUM main INTO 'evil.db'
REINDEX
ANALYZE
ANALYZE main.notes
PRAGMA query_only = OFF
PRAGMA writable_schema = ON
PRAGMA user_version = 9
PRAGMA journal_mode = DELETE
PRAGMA main.wal_checkpoint(TRUNCATE)
PRAGMA temp_store_directory = 'evil'
PRAGMA table_info(notes)
EXPLAIN DELETE FROM main.notes
EXPLAIN QUERY PLAN DELETE FROM main.notes
EXPLAIN PRAGMA query_only = OFF
EXPLAIN VACUUM
BEGIN
BEGIN IMMEDIATE
COMMIT
END
ROLLBACK
SAVEPOINT evil
RELEASE evil
SELECT load_extension('evil')
SELECT load_extension('evil', 'entry') FROM notes
SELECT fts3_tokenizer('simple')
SELECT writefile('evil', 'x')
SELECT readfile('/etc/passwd')
SELECT line_of(1, 2)
SELECT search_rank(path) FROM notes
SELECT edit('x')
SELECT * FROM pragma_query_only
SELECT * FROM pragma_user_version(9)
SELECT * FROM pragma_database_list
SELECT * FROM sqlite_schema
SELECT * FROM sqlite_temp_master
SELECT sql FROM main.sqlite_master
SELECT * FROM sqlite_dbpage
SELECT * FROM dbstat
SELECT path FROM main.notes
SELECT note FROM temp.resolved
SELECT * FROM temp.all_notes
SELECT 1; DELETE FROM main.notes
SELECT 1; SELECT 2
SELECT path FROM notes INTO evil
SELECT * FROM fsdir('.')
SELECT 1 FROM notes; ATTACH 'evil.db' AS evil
""".strip().splitlines()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    """A small vault with its index on disk."""
    write_notes(tmp_path / "vault", NOTES)
    folder = scanned(Folder(tmp_path / "vault", tmp_path / "index" / "index.db", Config()))
    yield folder
    folder.close()


@pytest.fixture
def vault(folder: Folder) -> Vault:
    """The vault of the folder."""
    return folder.current_vault()


def rows(vault: Vault, sql: str, **values: str | int) -> list[tuple[object, ...]]:
    """The rows that a statement gives."""
    return ask(vault, sql, values).rows


def complaint(vault: Vault, sql: str, limits: Limits | None = None, **values: str | int) -> str:
    """Why a statement is not answered."""
    with pytest.raises(QueryError) as caught:
        ask(vault, sql, values, limits)
    return str(caught.value)


def state_of(folder: Folder) -> dict[str, str]:
    """Every file round the index, with a hash of its bytes."""
    assert folder.store.path is not None
    places = (folder.store.path.parent, folder.root or folder.store.path.parent, Path.cwd())
    return {
        str(file): hashlib.sha256(file.read_bytes()).hexdigest()
        for place in places
        for file in place.glob("*")
        # The memory that processes share about the log holds marks of readers.
        if file.is_file() and not file.name.endswith("-shm")
    }


# What is refused


@pytest.mark.parametrize("sql", REFUSED)
def test_what_writes_or_escapes_is_refused(folder: Folder, sql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No statement but one that reads the views is answered, and no file is changed or made by trying."""
    assert folder.store.path is not None
    monkeypatch.chdir(folder.store.path.parent)
    before = state_of(folder)

    with pytest.raises(QueryError):
        ask(folder.current_vault(), sql)

    assert state_of(folder) == before


def test_there_are_enough_of_them() -> None:
    """The list above is long."""
    assert len(REFUSED) == len(set(REFUSED)) >= 70


@pytest.mark.parametrize("sql", [sql for sql in REFUSED if not sql.startswith(("SELECT", "WITH", "EXPLAIN"))])
def test_even_what_looks_like_a_question_is_guarded(folder: Folder, sql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were a statement not recognised by its first word, it would still be refused, as the connection only reads."""
    assert folder.store.path is not None
    monkeypatch.chdir(folder.store.path.parent)
    monkeypatch.setattr("notes_lsp.index.sql.run._check_beginning", lambda _: None)
    before = state_of(folder)

    with pytest.raises(QueryError):
        ask(folder.current_vault(), sql)

    assert state_of(folder) == before


def test_an_index_in_memory_is_asked_too(tmp_path: Path) -> None:
    """Where there is no file to be opened a second time, a copy is asked."""
    (tmp_path / "a.md").write_text("# A\n\n[[b]]\n", encoding="utf-8")
    folder = scanned(Folder(tmp_path, None, Config()))

    assert rows(folder.current_vault(), "SELECT path, title FROM notes") == [("a.md", "A")]
    with pytest.raises(QueryError):
        ask(folder.current_vault(), "DELETE FROM main.notes")


def test_json_is_read_like_a_table(vault: Vault) -> None:
    """The functions of SQLite that make rows of JSON are there."""
    assert rows(vault, "SELECT j.key, j.value FROM notes, json_each(properties) j WHERE title = 'Home'") == [
        ("status", "open")
    ]
    assert rows(vault, "SELECT count(*) FROM json_tree('[1, [2]]')") == [(4,)]


# What is stopped


@pytest.mark.parametrize(
    "sql",
    [
        "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c",
        "WITH RECURSIVE c (x) AS (SELECT 1 UNION SELECT x + 1 FROM c) SELECT count(*) FROM c WHERE x < 0",
        "WITH RECURSIVE c (x) AS (VALUES (1) UNION ALL SELECT 1 FROM c) SELECT x FROM c WHERE x = 2",
        "SELECT count(*) FROM names a, names b, names c, names d, names e, names f, names g, names h",
    ],
)
def test_what_does_not_end_is_stopped(vault: Vault, sql: str) -> None:
    """After the time that it may take, with a message that says so."""
    assert complaint(vault, sql, Limits(seconds=0.2)).startswith("stopped after 0.2 seconds")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT hex(zeroblob(1000000000))",
        "SELECT zeroblob(2000000000)",
        "SELECT randomblob(100000000)",
        "SELECT replace(hex(zeroblob(20000000)), '0', 'long text')",
        "SELECT group_concat(hex(zeroblob(20000000))) FROM names",
        "SELECT json_group_array(hex(zeroblob(20000000))) FROM names",
        "SELECT hex(zeroblob(20000000)) || hex(zeroblob(20000000))",
    ],
)
def test_what_is_too_large_is_refused(vault: Vault, sql: str) -> None:
    """No single value grows beyond what a machine has without noticing.

    Which limit speaks depends on how much this process holds already: the memory of SQLite is limited in all.
    """
    refusal = complaint(vault, sql)
    assert "longer than" in refusal or refusal == "this would take too much memory"


def test_what_sqlite_gives_up_itself_is_nothing(vault: Vault) -> None:
    """A format that would be too long is NULL, as SQLite has it, or an error in words, as newer ones have it.

    Which of them depends on the version of SQLite, and on how much this process holds: its memory is limited in all.
    """
    try:
        found = str(rows(vault, "SELECT printf('%1000000000d', 1)"))
    except QueryError as error:
        found = str(error)
    assert found in {
        "[(None,)]",
        "a value would be longer than 50,000,000 bytes",
        "this would take too much memory",
    }


def test_rows_end_where_the_limits_say(vault: Vault) -> None:
    """What was found so far is given, with why there is no more."""
    endless = "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c"

    assert ask(vault, endless, limits=Limits(rows=3)) == QueryResult(("x",), [(1,), (2,), (3,)], "stopped after 3 rows")
    large = ask(vault, endless.replace("SELECT x FROM", "SELECT hex(zeroblob(5000000)) FROM"))
    assert large.cut is not None
    assert len(large.rows) < 10


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT {'(' * 5000}1{')' * 5000}",
        f"SELECT {'-' * 1}{' - ' * 5000}1",
        f"SELECT {', '.join(['1'] * 5000)}",
        " UNION ALL ".join(["SELECT 1"] * 5000),
        f"SELECT '{'x' * 300_000}'",
        f"SELECT path FROM notes WHERE path LIKE '{'%a' * 20_000}'",
        f"SELECT {'abs(' * 3000}1{')' * 3000}",
    ],
    ids=["brackets", "signs", "columns", "unions", "long", "pattern", "calls"],
)
def test_monstrous_statements_are_refused(vault: Vault, sql: str) -> None:
    """Whatever is too deep, too wide or too long is an error like any other."""
    assert complaint(vault, sql)


# What errors say


@pytest.mark.parametrize(
    "sql,said,marked",
    [
        ("SELECT pth FROM notes", 'there is no column "pth" in notes; did you mean "path"?', "pth"),
        ("SELECT path FROM note", 'there is no view "note"; did you mean "notes"?', "note"),
        ("SELECT path\nFROM notes\nWHEREE words > 3", '"WHEREE" makes no sense here; did you mean WHERE?', "WHEREE"),
        ("SELECT path FRM notes", '"FRM" makes no sense here; did you mean FROM?', "FRM"),
        ("SELECT path FROM notes WHERE", "the statement ends too early", ""),
        ("SELECT leength(path) FROM notes", 'there is no function "leength"; did you mean "length"?', "leength"),
        ("SELECT 'path FROM x", "'path FROM x cannot be read; a quote is not closed", "'path FROM x"),
        ("SELECT note FROM tasks, tags", '"note" may be a column of several views: write tags.note', "note"),
        ("SELECT due FROM notes", 'there is no column "due" in notes; tasks has it', "due"),
        (
            "SELECT status FROM notes",
            "there is no column \"status\" in notes; a property of the frontmatter is properties->>'status'",
            "status",
        ),
        ("DELETE FROM notes", "nothing is changed here; a question begins with SELECT, WITH or VALUES", "DELETE"),
        ("SELECT 1; SELECT 'b'", "one statement at a time, please", "SELECT"),
        (
            "SELECT properties->>'a' AS reviewed FROM notes ORDER BY revieved",
            'there is no column "revieved" in notes; did you mean "reviewed"?',
            "revieved",
        ),
        ("SELECT path, FROM notes", '"FROM" makes no sense behind a comma', "FROM"),
        ("SELECT path notes", 'there is no column "path" here; FROM notes is missing', "path"),
        ("SELECT note FROM tags WHERE notes.path = 1", '"notes" is none of the views behind FROM here', "path"),
        ("SELECT note FROM notes.links", "a view is called by its name alone: links", "links"),
        (
            "SELECT 1 WHERE 'a' REGEXP 'b'",
            "there is no function \"REGEXP\"; LIKE '%a%' and GLOB '*a*' compare with patterns",
            "REGEXP",
        ),
        (
            "SELECT note FROM search('tea')",
            (
                "there is no search() here; full text is SELECT note, snippet FROM search WHERE search MATCH 'words' "
                "ORDER BY rank"
            ),
            "search",
        ),
        ("SELECT :day", 'there is no value for "day"', ":day"),
        ("SELECT load_extension('x')", 'the function "load_extension" is not for questions', "load_extension"),
        ("SELECT abs(1, 2)", "wrong number of arguments to function abs()", "abs"),
    ],
)
def test_errors_point_into_the_statement(vault: Vault, sql: str, said: str, marked: str) -> None:
    """The message says what is wrong and what was probably meant; below it stands the line, with carets."""
    message, line, carets = complaint(vault, sql).split("\n")

    assert message == said
    start = carets.index("^")
    assert line.removeprefix("  ").removeprefix("line 3: ") in sql.split("\n")
    assert line[start : start + len(carets.strip())].rstrip() == marked


@pytest.mark.parametrize(
    "sql,said",
    [
        ("", "there is no statement; begin with SELECT, as in: SELECT path, title FROM notes"),
        ("-- nothing", "there is no statement; begin with SELECT, as in: SELECT path, title FROM notes"),
        (
            "SELECT note FROM texts WHERE text MATCH 'hot'",
            "MATCH is asked of search alone, as in: FROM search WHERE search MATCH 'words'",
        ),
        ("SELECT CAST(x'ff' AS TEXT)", "a value is not UTF-8, and so no text; hex() shows what it is"),
    ],
)
def test_errors_without_a_place(vault: Vault, sql: str, said: str) -> None:
    """Where there is nothing to point at, the message stands alone."""
    assert complaint(vault, sql) == said


def test_parameters_are_bound_and_never_pasted(vault: Vault) -> None:
    """A value stays a value, whatever it looks like; what is missing or too much is said."""
    assert rows(vault, "SELECT path FROM notes WHERE path = :path", path="tea.md") == [("tea.md",)]
    assert rows(vault, "SELECT path FROM notes WHERE path = :path", path="x' OR 1 --") == []
    assert ask(vault, "SELECT ?, ?", ["a'", 2]).rows == [("a'", 2)]
    assert 'no parameter "other"' in complaint(vault, "SELECT :one", one=1, other=2)
    assert "2 places" in complaint(vault, "SELECT ?, ?")
    assert rows(vault, "SELECT ':no', \"title\", :yes FROM notes LIMIT 1 -- :never", yes=1)[0][2] == 1


# Whatever is asked


def test_a_busy_machine_takes_no_answer_away(vault: Vault) -> None:
    """Only the processor time of a statement counts: one that has to wait for longer than it may take is answered."""
    counted = "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 200000) SELECT max(x) FROM c"
    waited: list[bool] = []

    def wait(*_: object) -> None:
        waited.append(threading.Event().wait(0.8))

    before = signal.signal(signal.SIGVTALRM, wait)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.01)
        answer = ask(vault, counted, limits=Limits(seconds=0.5))
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)

    assert (answer.rows, waited) == ([(200000,)], [False])


@pytest.mark.timeout(300)
def test_no_statement_changes_anything(folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten thousand statements made of pieces of SQL at random: each has an answer or an error, and no byte changes."""
    monkeypatch.chdir(tmp_path)
    chance = random.Random(20260301)  # noqa: S311 (no secret)
    vault = folder.current_vault()
    pieces = _pieces()
    before = state_of(folder)
    answered = 0
    said: set[str] = set()

    for _ in range(10_000):
        sql = _statement(chance, pieces)
        try:
            ask(vault, sql, dict.fromkeys(("a", "b"), 1) if ":" in sql and chance.random() < 0.5 else (), QUICK)
        except QueryError as error:
            said.add(error.message)
        else:
            answered += 1

    assert "" not in said
    assert answered > 500
    assert state_of(folder) == before
    assert rows(vault, "SELECT count(*) FROM notes") == [(3,)]


QUICK = Limits(seconds=0.02, rows=20)


def _pieces() -> list[str]:
    words = [token.written for sql in REFUSED for token in tokenize_sql(sql)]
    columns = [name for view in VIEWS for name, _, _ in view.columns]
    signs = ["(", ")", ",", "*", "=", "<", "||", "->>", ".", ";", "'a'", '"b"', "x'ff'", ":a", "?", "1", "-1", "9e999"]
    return [*words, *columns, *(view.name for view in VIEWS), *signs, "MATCH", "GLOB", "\0", "🌱", "JOIN", "USING"]


def _statement(chance: random.Random, pieces: list[str]) -> str:
    """A statement that is nearly one."""
    if chance.random() < 0.3:
        return " ".join(chance.choices(pieces, k=chance.randint(1, 12)))
    view = chance.choice(VIEWS)
    names = [name for name, _, _ in view.columns]
    words = ["SELECT", chance.choice(names), "FROM", view.name]
    if chance.random() < 0.5:
        words += [
            "WHERE",
            chance.choice(names),
            chance.choice(["=", "<", "LIKE", "MATCH", "IN"]),
            chance.choice(pieces),
        ]
    if chance.random() < 0.3:
        words += ["ORDER BY", chance.choice(names), "LIMIT", str(chance.randint(0, 5))]
    for _ in range(chance.randint(0, 2)):
        words[chance.randrange(len(words))] = chance.choice(pieces)
    if chance.random() < 0.3:
        words.insert(chance.randrange(len(words)), chance.choice(pieces))
    return " ".join(words)


def test_a_statement_sees_open_notes(folder: Folder) -> None:
    """What is typed and not saved is asked; what is closed again is what the disk says."""
    folder.put_buffer("tea.md", Source("# Milk\n\n[[home]] [[sub/cup#^rim]]\n"))

    open_ = rows(folder.current_vault(), "SELECT note, target FROM links WHERE note = 'tea.md'")
    folder.drop_buffer("tea.md")

    assert open_ == [("tea.md", "home.md"), ("tea.md", "sub/cup.md")]
    assert rows(folder.current_vault(), "SELECT title FROM notes WHERE path = 'tea.md'") == [("Tea",)]
