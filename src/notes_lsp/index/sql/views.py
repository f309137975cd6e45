"""Views: what can be asked in SQL: each view with its columns, what they hold, and how they are made of the tables.

The views are a promise: columns are added, and none is renamed or taken away. The tables below them are none.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from notes_lsp.frontmatter.known_keys import CREATED, spellings
from notes_lsp.index.vault.resolve import FILE

ON_DISK = "main."
OVERLAID = "temp.all_"
"""What the names of tables begin with: of those on disk, and of the views in which open notes shadow these."""

BY_TARGET = "resolved_path"
"""The index over ``temp.resolved`` by where links lead."""


@dataclass(frozen=True, slots=True)
class View:
    """One view."""

    name: str
    about: str
    columns: tuple[tuple[str, str, str], ...]
    """Of each column its name, what it holds, and the SQL that makes it."""
    source: str
    """What follows the columns, from ``FROM`` on; ``{of}`` stands before the name of each table."""

    def select(self, of: str, *, label_first: bool) -> str:
        """The view as a ``SELECT`` on tables whose names begin with ``of``; ``label_first`` as the vault has it."""
        columns = ", ".join(f"{sql} AS {name}" for name, _, sql in self.columns)
        whole = f"SELECT {columns} {self.source}"
        for name, (usual, swapped) in _AS_WRITTEN.items():
            whole = whole.replace(f"{{{name}}}", swapped if label_first else usual)
        return whole.replace("{texts}", _texts(of)).replace("{of}", of)


_IS_SWAPPED = "l.kind_ = 'wiki' AND NOT l.embed_ AND l.label_ <> ''"
_MARK = "instr(l.label_, '#')"
_URL = "CASE WHEN l.url IS NOT NULL THEN l.target_ || coalesce('#' || l.anchor_, '') END"
_AS_WRITTEN = {
    "target": (
        "l.target_",
        (
            f"CASE WHEN {_IS_SWAPPED} THEN CASE WHEN {_MARK} THEN substr(l.label_, 1, {_MARK} - 1) ELSE l.label_ END "
            "ELSE l.target_ END"
        ),
    ),
    "anchor": (
        "l.anchor_",
        f"CASE WHEN {_IS_SWAPPED} THEN CASE WHEN {_MARK} THEN substr(l.label_, {_MARK} + 1) END ELSE l.anchor_ END",
    ),
    "url": (
        _URL,
        f"CASE WHEN {_IS_SWAPPED} THEN CASE WHEN is_address(l.label_) THEN l.label_ END ELSE {_URL} END",
    ),
    "label": (
        "l.label_",
        f"CASE WHEN {_IS_SWAPPED} THEN l.target_ || coalesce('#' || l.anchor_, '') ELSE l.label_ END",
    ),
}
"""Where the label comes first in a wiki link, what is stored as its label says where it leads; see ``names``."""

_FOLDER = "rtrim(rtrim(n.path, replace(n.path, '/', '')), '/')"
_FILE = "substr(n.path, length(rtrim(n.path, replace(n.path, '/', ''))) + 1)"
_MODIFIED = (
    "CASE WHEN n.mtime_ns > 0 THEN strftime('%Y-%m-%d %H:%M:%S', n.mtime_ns / 1000000000, 'unixepoch', 'localtime') END"
)
_CREATED_KEYS = spellings(CREATED)
_STEM = f"substr({_FILE}, 1, length(rtrim({_FILE}, replace({_FILE}, '.', ''))) - 1)"
_CREATED = (
    "coalesce((SELECT p.value_ FROM {of}properties p WHERE p.note = n.id "
    f"AND p.folded IN ({', '.join(repr(key) for key in _CREATED_KEYS)}) "
    "AND p.index_ IS NULL AND p.type_ IN ('text', 'date', 'datetime') AND is_moment(p.value_) "
    f"ORDER BY instr('|{'|'.join(_CREATED_KEYS)}|', '|' || p.folded || '|'), p.n LIMIT 1), begun_in(n.path))"
)
_NOTE = ("note", "the path of the note it stands in", "n.path")


def _line(table: str, start: str = "span_start") -> tuple[tuple[str, str, str], ...]:
    return (
        ("line", "its line, from 1", f"line_of({table}.note, {table}.{start})"),
        ("column", "its column on that line in characters, from 1", f"column_of({table}.note, {table}.{start})"),
    )


def _stands(table: str, short: str) -> str:
    return f"FROM {{of}}{table} {short} JOIN {{of}}notes n ON n.id = {short}.note"


VIEWS: tuple[View, ...] = (
    View(
        "notes",
        "Every note.",
        (
            ("path", "its path from the vault's folder, with `/`", "n.path"),
            ("title", "its title: of the frontmatter, else the first heading, else the file's name", "n.title"),
            ("folder", "the folder it lies in; empty at the top", _FOLDER),
            (
                "stem",
                "its file's name without the extension",
                _STEM,
            ),
            (
                "created",
                "when its frontmatter says (`created`, ...), or its path (`2024-06-07.md`, `2024/06/07.md`); else NULL",
                _CREATED,
            ),
            ("modified", "when its file was written last: `2026-03-01 18:30:00`, local time", _MODIFIED),
            ("size", "of its file, in bytes", "n.size"),
            ("words", "how many it has, without the frontmatter; a sign of kana or Han is one", "n.words"),
            (
                "properties",
                "its frontmatter as JSON: `properties->>'status'`; `{}` without one",
                "coalesce((SELECT h.json FROM {of}headers h WHERE h.note = n.id), '{}')",
            ),
            (
                "tags",
                "its tags as a JSON array, in the order of the text",
                (
                    "(SELECT json_group_array(t.name_) FROM (SELECT t.name_ FROM {of}tags t WHERE t.note = n.id "
                    "GROUP BY t.key ORDER BY min(t.n)) t)"
                ),
            ),
            (
                "aliases",
                "its aliases as a JSON array",
                "(SELECT json_group_array(a.text) FROM {of}names a WHERE a.note = n.id AND a.kind = 'alias')",
            ),
        ),
        f"FROM {{of}}notes n WHERE n.kind <> {FILE}",
    ),
    View(
        "files",
        "Every other file of the vault: pictures, documents, and so on.",
        (
            ("path", "its path from the vault's folder", "n.path"),
            ("folder", "the folder it lies in", _FOLDER),
            ("name", "its name with the extension", _FILE),
            ("modified", "when it was written last, local time", _MODIFIED),
            ("size", "in bytes", "n.size"),
        ),
        f"FROM {{of}}notes n WHERE n.kind = {FILE}",
    ),
    View(
        "texts",
        "The whole text of every note.",
        (("note", "its path", "n.path"), ("text", "its text, frontmatter included", "t.body")),
        "FROM {texts} t JOIN {of}notes n ON n.id = t.note",
    ),
    View(
        "search",
        "Full text: `WHERE search MATCH 'words'`, ordered by `rank`.",
        (
            ("note", "the path of a note that answers", "n.path"),
            ("title", "its title", "n.title"),
            ("line", "the line that shows it best, from 1", "search_line(n.path)"),
            ("snippet", "that line", "search_snippet(n.path)"),
            ("rank", "how well it answers; the smallest is the best", "search_rank(n.path)"),
            ("search", "what `MATCH` is asked of", "n.path"),
        ),
        "FROM {of}notes n WHERE n.kind = 1",
    ),
    View(
        "properties",
        "Every value of every frontmatter, one a row; of a list each element.",
        (
            _NOTE,
            ("key", "its key in lower case, nested ones with dots; compares in any case", "p.folded"),
            (
                "value",
                "numbers are numbers, dates `2026-03-01`, booleans `true` and `false`",
                (
                    "CASE p.type_ WHEN 'number' THEN "
                    "CASE WHEN p.value_ GLOB '*[^0-9.]*' THEN number_of(p.value_) ELSE CAST(p.value_ AS NUMERIC) END "
                    "WHEN 'null' THEN NULL ELSE p.value_ END"
                ),
            ),
            ("type", "`text`, `number`, `boolean`, `date`, `datetime`, `link`, `null`", "p.type_"),
            ("item", "its place in a list, from 1; NULL outside lists", "p.index_ + 1"),
            ("written", "its key as written", "p.key_"),
            *_line("p", "value_span_start"),
        ),
        f"{_stands('properties', 'p')} WHERE p.type_ NOT IN ('list', 'object')",
    ),
    View(
        "links",
        "Every link as written, with where it leads.",
        (
            _NOTE,
            *_line("l"),
            ("kind", "`wiki`, `inline`, `definition`, `autolink`, `url`, `html`", "l.kind_"),
            ("embed", "1 for `![[...]]` and pictures, else 0", "l.embed_"),
            ("written", "its target as written", "{target}"),
            ("anchor", "what it says after `#`, as written; NULL without", "{anchor}"),
            ("label", "what the reader sees instead of the target; NULL without", "{label}"),
            ("target", "the path of the note or file it leads to; NULL where nothing answers", "r.path"),
            ("url", "the address, where it leads out of the vault", "{url}"),
            ("context", "the line it stands in", "line_text(l.note, l.span_start)"),
        ),
        f"{_stands('links', 'l')} LEFT JOIN temp.resolved r ON r.note = l.note AND r.n = l.n",
    ),
    View(
        "backlinks",
        "Every link from one note to another note or file, seen from where it leads.",
        (
            ("note", "the path it leads to", "r.path"),
            ("source", "the path of the note it stands in", "n.path"),
            *_line("l"),
            ("kind", "as in `links`", "l.kind_"),
            ("embed", "as in `links`", "l.embed_"),
            ("anchor", "what it says after `#`; NULL without", "{anchor}"),
            ("label", "what the reader sees instead of the target; NULL without", "{label}"),
            ("context", "the line it stands in", "line_text(l.note, l.span_start)"),
        ),
        "FROM temp.resolved r JOIN {of}links l ON l.note = r.note AND l.n = r.n JOIN {of}notes n ON n.id = r.note "
        "WHERE r.target <> r.note",
    ),
    View(
        "broken_links",
        "Every link that leads nowhere, as `notes-lsp check` tells of it; also what the settings tell it to ignore.",
        (
            _NOTE,
            *_line("l"),
            ("written", "its target as written", "{target}"),
            ("anchor", "what it says after `#`; NULL without", "{anchor}"),
            ("reason", "`broken-link`, `missing-file` or `broken-anchor`", "b.reason"),
            ("target", "of a broken anchor the path of the note that lacks it", "b.path"),
            ("context", "the line it stands in", "line_text(l.note, l.span_start)"),
        ),
        "FROM temp.broken b JOIN {of}links l ON l.note = b.note AND l.n = b.n JOIN {of}notes n ON n.id = b.note",
    ),
    View(
        "tags",
        "Every tag, in the text and in the frontmatter.",
        (
            _NOTE,
            ("tag", "without `#`, in lower case; compares in any case", "t.key"),
            *_line("t"),
            ("written", "as written", "t.name_"),
        ),
        _stands("tags", "t"),
    ),
    View(
        "headings",
        "Every heading.",
        (
            _NOTE,
            ("line", "its line, from 1", "line_of(h.note, h.span_start)"),
            ("level", "from 1 to 6", "h.level_"),
            ("title", "as read, without markup", "h.title_"),
            ("slug", "its anchor as GitHub spells it", "h.slug_"),
            ("last_line", "the last line of its section", "line_of(h.note, max(h.section_end - 1, h.span_start))"),
        ),
        _stands("headings", "h"),
    ),
    View(
        "blocks",
        "Every block with an id, `^id`.",
        (
            _NOTE,
            ("id", "without `^`", "b.id_"),
            *_line("b", "block_start"),
            ("text", "the block", "text_between(b.note, b.block_start, b.block_end)"),
        ),
        _stands("blocks", "b"),
    ),
    View(
        "tasks",
        "Every list item that begins with `[ ]`.",
        (
            _NOTE,
            *_line("t"),
            ("state", "the character between the brackets", "t.state_"),
            ("done", "1 where that is `x`, else 0", "t.state_ IN ('x', 'X')"),
            ("text", "what is to be done", "t.text_"),
            ("due", "`📅 2026-03-01`, `due:: 2026-03-01`, `due:2026-03-01`; NULL without", "task_date(t.text_, 'due')"),
            ("scheduled", "`⏳`, `scheduled`, likewise", "task_date(t.text_, 'scheduled')"),
            ("start", "`🛫`, `start`, likewise", "task_date(t.text_, 'start')"),
            ("completed", "`✅`, `completion`, `done`, likewise", "task_date(t.text_, 'completed')"),
        ),
        _stands("tasks", "t"),
    ),
    View(
        "urls",
        "Every link that leads out of the vault.",
        (
            _NOTE,
            *_line("l"),
            ("url", "the address as written", "{url}"),
            ("resource", "what it leads to: the same for all spellings of an address", "nullif(l.url, '')"),
            ("kind", "`inline`, `definition`, `autolink`, `url`, `html`, `wiki`", "l.kind_"),
            ("label", "what the reader sees instead; NULL without", "{label}"),
        ),
        f"{_stands('links', 'l')} WHERE {{url}} IS NOT NULL",
    ),
    View(
        "names",
        "Everything that a note or file may be called in a link.",
        (
            ("note", "the path of the note or file", "n.path"),
            ("name", "the name as written", "a.text"),
            ("kind", "`path` (and each of its ends), `title`, `alias`, `folder`", "a.kind"),
            ("key", "the name as names are compared", "a.key"),
        ),
        _stands("names", "a"),
    ),
)


def _texts(of: str) -> str:
    """Where texts are: ``whole`` where what is searched differs from the text."""
    if of == OVERLAID:
        return "{of}texts"
    return (
        "(SELECT d.id AS note, coalesce(f.whole, f.body) AS body FROM {of}notes d JOIN {of}texts f ON f.rowid = d.doc)"
    )


def create_views(
    connection: sqlite3.Connection, of: str, *, label_first: bool, only: Collection[str] | None = None
) -> None:
    """Make the views of this connection, on tables whose names begin with ``of``, and the tables they need.

    ``only`` are names among which those of the views are that are needed; to make all takes a millisecond.
    """
    connection.execute(
        "CREATE TABLE temp.resolved (note INTEGER NOT NULL, n INTEGER NOT NULL, target INTEGER NOT NULL, "
        "path TEXT NOT NULL, PRIMARY KEY (note, n)) WITHOUT ROWID"
    )
    # For whoever asks note by note who links there; taken away again where the statement has no use for it.
    connection.execute(f"CREATE INDEX temp.{BY_TARGET} ON resolved (path)")
    connection.execute(
        "CREATE TABLE temp.broken (note INTEGER NOT NULL, n INTEGER NOT NULL, reason TEXT NOT NULL, path TEXT, "
        "PRIMARY KEY (note, n)) WITHOUT ROWID"
    )
    for view in VIEWS:
        if only is None or view.name in only:
            connection.execute(f"CREATE TEMP VIEW {view.name} AS {view.select(of, label_first=label_first)}")
    # What reads like a table declares itself one when it is first named, which a guard would not tell from making one.
    connection.execute("SELECT 1 FROM json_each('[]'), json_tree('[]'), main.texts LIMIT 0")
