"""Schema: the tables of the index, its version, and the overlay that open buffers live in."""

from __future__ import annotations

import sqlite3

from notes_lsp.index.store.rows import FACT_TABLES, layout, table_statements

VERSION = 26
"""Raised whenever the tables, or the meaning of what is in them, change: an index of another version is rebuilt."""

_NOTES = """(
    id INTEGER PRIMARY KEY,      -- a pure function of the path, so that overlay, disk and other processes agree
    path TEXT NOT NULL UNIQUE,
    kind INTEGER NOT NULL,       -- 0 a note that is not read yet, 1 a note, 2 another file
    title TEXT NOT NULL,
    title_start INTEGER NOT NULL,
    title_end INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    size INTEGER NOT NULL,
    hash BLOB,                   -- of the bytes read
    words INTEGER NOT NULL,
    body_start INTEGER NOT NULL, -- where the text begins behind the frontmatter
    doc INTEGER,                 -- the row of the full text
    ctime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL
)"""

_NAMES = """(
    note INTEGER NOT NULL, key TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL, whole INTEGER NOT NULL,
    head INTEGER,                -- see core.mentions; NULL where nobody would write the name in a sentence
    PRIMARY KEY (note, kind, key, text)
) WITHOUT ROWID"""

# Title and body as ``text.scripts.searchable`` has them; ``whole`` is the text itself where that differs. Marks belong
# to the words they stand in, else those of Devanagari would fall apart.
TOKENIZE = "tokenize = \"unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'\""
"""How full text is divided into words."""
_TEXTS = f"(title, body, whole UNINDEXED, {TOKENIZE})"

_HEADERS = """(
    note INTEGER NOT NULL, n INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY (note, n)
) WITHOUT ROWID"""

# See core.sketches.
_SKETCHES = "(note INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (note, number)) WITHOUT ROWID"

# See core.terms.
_TERMS = "(note INTEGER PRIMARY KEY, packed BLOB NOT NULL)"

# Where words are plain: see core.mentions.
_PLAIN = "(note INTEGER PRIMARY KEY, packed BLOB NOT NULL)"

# See index.journal.
_JOURNAL = """(
    number INTEGER NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL, times INTEGER NOT NULL,
    PRIMARY KEY (number, kind, value)
) WITHOUT ROWID"""

_INDEXES = (
    ("names_key", "names (key, kind)"),
    ("names_head", "names (head) WHERE head IS NOT NULL"),
    ("links_key", "links (key) WHERE key IS NOT NULL"),
    ("links_path", "links (path_key) WHERE path_key IS NOT NULL"),
    ("links_whole", "links (whole_key) WHERE whole_key IS NOT NULL"),
    ("links_page", "links (page_key) WHERE page_key IS NOT NULL"),
    ("links_label", "links (label_key) WHERE label_key IS NOT NULL"),
    ("links_label_path", "links (label_path) WHERE label_path IS NOT NULL"),
    ("links_url", "links (url_hash) WHERE url_hash IS NOT NULL"),
    ("tags_key", "tags (key)"),
    ("properties_key", "properties (folded, value_)"),
    ("sketches_number", "sketches (number)"),
)

FACTS = (*(layout(kind).table for kind in FACT_TABLES), "headers", "sketches", "terms", "plain")
"""Every table with rows of notes that were read, but for ``notes`` and the full text."""
SCHEMA_TABLES = ("names", *FACTS)
"""Every table with rows per note, but for ``notes`` and the full text."""
_OF_FULL_TEXT = ("texts", *(f"texts_{part}" for part in ("config", "content", "data", "docsize", "idx")))
NAMES = frozenset(("notes", "notes_doc", *SCHEMA_TABLES, *_OF_FULL_TEXT, *(name for name, _ in _INDEXES)))
"""What an index file holds: its tables, those of full text, and the indexes over them."""


def create_tables(connection: sqlite3.Connection) -> None:
    """Make the tables of an empty index file."""
    connection.execute(f"CREATE TABLE notes {_NOTES}")
    connection.execute(f"CREATE TABLE names {_NAMES}")
    connection.execute(f"CREATE TABLE headers {_HEADERS}")
    connection.execute(f"CREATE TABLE sketches {_SKETCHES}")
    connection.execute(f"CREATE TABLE terms {_TERMS}")
    connection.execute(f"CREATE TABLE plain {_PLAIN}")
    connection.execute(f"CREATE TABLE journal {_JOURNAL}")
    for statement in table_statements("main"):
        connection.execute(statement)
    for name, columns in _INDEXES:
        connection.execute(f"CREATE INDEX {name} ON {columns}")
    connection.execute("CREATE INDEX notes_doc ON notes (doc) WHERE doc IS NOT NULL")
    connection.execute(f"CREATE VIRTUAL TABLE texts USING fts5 {_TEXTS}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def create_overlay(connection: sqlite3.Connection) -> None:
    """Make the overlay of this connection: empty TEMP tables, and views in which open notes shadow the disk.

    Every question is asked of the views ``all_*``. Names come with the row: a note that is open has its path names
    from the overlay, so a note that was never saved is found as well.
    """
    connection.execute(f"CREATE TABLE temp.open_notes {_NOTES}")
    connection.execute("CREATE TABLE temp.open_texts (note INTEGER PRIMARY KEY, body TEXT NOT NULL)")
    connection.execute(f"CREATE TABLE temp.open_names {_NAMES}")
    connection.execute(f"CREATE TABLE temp.open_headers {_HEADERS}")
    connection.execute(f"CREATE TABLE temp.open_sketches {_SKETCHES}")
    connection.execute(f"CREATE TABLE temp.open_terms {_TERMS}")
    connection.execute(f"CREATE TABLE temp.open_plain {_PLAIN}")
    connection.execute("CREATE INDEX temp.open_names_key ON open_names (key, kind)")
    for statement in table_statements("temp"):
        connection.execute(statement.replace("temp.", "temp.open_", 1))
    for name, columns in _INDEXES[1:]:
        connection.execute(f"CREATE INDEX temp.open_{name} ON open_{columns}")
    shadow = "NOT IN (SELECT id FROM temp.open_notes)"
    connection.execute(
        f"CREATE TEMP VIEW all_notes AS SELECT * FROM main.notes WHERE id {shadow} "
        "UNION ALL SELECT * FROM temp.open_notes"
    )
    connection.execute(
        "CREATE TEMP VIEW all_texts AS SELECT n.id AS note, coalesce(t.whole, t.body) AS body "
        f"FROM main.notes n JOIN main.texts t ON t.rowid = n.doc WHERE n.id {shadow} "
        "UNION ALL SELECT note, body FROM temp.open_texts"
    )
    for table in SCHEMA_TABLES:
        connection.execute(
            f"CREATE TEMP VIEW all_{table} AS SELECT * FROM main.{table} WHERE note {shadow} "
            f"UNION ALL SELECT * FROM temp.open_{table}"
        )


def create_open_search(connection: sqlite3.Connection) -> None:
    """Make the full text of open buffers, by the note's id; it is filled by whoever searches, not while one types."""
    connection.execute(f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.open_searched USING fts5 {_TEXTS}")


def has_full_text(connection: sqlite3.Connection) -> bool:
    """Whether the SQLite that Python runs with was built with FTS5."""
    return any(row[0] == "ENABLE_FTS5" for row in connection.execute("PRAGMA compile_options")) or _tries_full_text(
        connection
    )


def _tries_full_text(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("CREATE VIRTUAL TABLE temp.probe USING fts5 (x)")
        connection.execute("DROP TABLE temp.probe")
    except sqlite3.OperationalError:
        return False
    return True
