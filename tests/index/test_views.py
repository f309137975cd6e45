"""Laws of the views: whatever they say of a vault is what its notes say, and what the vault answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexing import vault_of
from notes_lsp.dates.tasks import task_day
from notes_lsp.facts import Block, Heading, Link, Property, Tag, Task
from notes_lsp.frontmatter.to_json import as_json
from notes_lsp.frontmatter.values import header, to_plain
from notes_lsp.ide.listing.listing import NoteFields
from notes_lsp.index.search.full_text import full_text_search
from notes_lsp.index.sql.run import ask
from notes_lsp.index.sql.views import VIEWS
from notes_lsp.index.store.changes import prepare_rows
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links import names
from notes_lsp.links.broken import has_placeholder, is_missed, why_missing
from notes_lsp.markdown.parse import parse
from notes_lsp.text.source import Encoding, Source

FOLDERS = ["", "a/", "b/", "a/b/", "a/a/"]
PATHS = st.one_of(
    st.builds("{}{}.md".format, st.sampled_from(FOLDERS), st.sampled_from(["a", "b", "A", "index", "a b", "abc"])),
    st.builds("{}{}.png".format, st.sampled_from(FOLDERS), st.sampled_from(["a", "b"])),
)
TARGETS = [
    *("a", "b", "A", "a/b", "/a", "./a", "../a", "../b/a", "a.png", "c.png", "a b", "t", "x", "index", "", "b.md"),
    *("ab", "https://a.example/x", "{{a}}", "mailto:a@b.example", "a%20b"),
]
ANCHORS = ["", "#t", "#^i", "#b", "#T!", "#L3", "#^j", "#:~:text=a", "#b#t"]
LINKS = st.one_of(
    st.builds("[[{}{}]] ".format, st.sampled_from(TARGETS), st.sampled_from(ANCHORS)),
    st.builds("![[{}{}|l]]\r\n".format, st.sampled_from(TARGETS), st.sampled_from(ANCHORS)),
    st.builds("🌱 [[{}|{}{}]] ".format, st.sampled_from(TARGETS), st.sampled_from(TARGETS), st.sampled_from(ANCHORS)),
    st.builds("[l](<{}{}>)\n".format, st.sampled_from(TARGETS), st.sampled_from(ANCHORS)),
    st.builds('<a href="{}{}">a</a> '.format, st.sampled_from(TARGETS), st.sampled_from(ANCHORS)),
    st.sampled_from(["#tag/One ", "\n- [ ] do 📅 2026-03-01\n- [x] éa\r", "<https://b.example/#c> ", "\n\n# T\n\n"]),
)
HEADS = st.sampled_from(
    [
        "",
        "# t\n\n",
        "---\ntitle: a\nn: 3\nok: yes\nlist: [1, {b: c}, [2]]\n---\n",
        "---\naliases: [b, t, a#t]\nDay: 2026-03-01\n---\n",
    ]
)
TEXTS = st.builds("{}{}\n\n# b\n\nx ^i\n".format, HEADS, st.lists(LINKS, max_size=5).map("".join))
VAULTS = st.dictionaries(PATHS, TEXTS, min_size=1, max_size=6)
DIALECTS = st.tuples(st.booleans(), st.booleans())
BUFFERS = st.dictionaries(PATHS.filter(lambda path: path.endswith(".md")), TEXTS, max_size=3)

Rows = list[tuple[Any, ...]]


def asked(files: Mapping[str, str], dialect: tuple[bool, bool], buffers: Mapping[str, str]) -> Vault:
    """A vault whose links are understood in one of four ways, some of whose notes are open with other texts."""
    vault = vault_of(files)
    vault.prefixes, vault.label_first = dialect
    vault.exists = lambda path: path in {"x", "a/c.png"}
    for path, text in buffers.items():
        vault.store.open_note(prepare_rows(parse(path, text), text))
    return vault


def rows(vault: Vault, sql: str) -> Rows:
    """The rows of a statement, in an order of their own."""
    return sorted(ask(vault, sql).rows, key=repr)


def place(vault: Vault, note: Note, offset: int) -> tuple[int, int]:
    """Line and column of an offset, from 1."""
    at = Source(vault.text(note) or "").position(offset, Encoding.UTF32)
    return at.line + 1, at.column + 1


@settings(max_examples=40)
@given(VAULTS, DIALECTS, BUFFERS)
def test_links_lead_where_the_vault_says(
    files: Mapping[str, str], dialect: tuple[bool, bool], buffers: Mapping[str, str]
) -> None:
    """Each link as its note states it, in the vault's dialect, with the very target that the editor would jump to."""
    vault = asked(files, dialect, buffers)
    expected: Rows = []
    for note, link in vault.every(Link):
        read = names.label_first(link) if vault.label_first else link
        found = vault.destination(note, read)
        target = found.note.path if found is not None else None
        expected.append(
            (
                *(note.path, *place(vault, note, link.span.start), link.kind.value, int(link.embed)),
                *(read.target, read.anchor, read.label, target, names.address(note.path, read).external),
            )
        )

    said = rows(
        vault, "SELECT note, line, column, kind, embed, written, anchor, label, target, url IS NOT NULL FROM links"
    )

    assert said == sorted(expected, key=repr)


@settings(max_examples=40)
@given(VAULTS, DIALECTS, BUFFERS)
def test_backlinks_are_mentions(
    files: Mapping[str, str], dialect: tuple[bool, bool], buffers: Mapping[str, str]
) -> None:
    """Exactly the links that the editor shows as those that lead to a note or file, its own left out."""
    vault = asked(files, dialect, buffers)
    expected = [
        (path, mention.source.path, *place(vault, mention.source, mention.link.span.start))
        for path in {*files, *buffers}
        if (note := vault.note(path)) is not None
        for mention in vault.mentions(note)
    ]

    assert rows(vault, "SELECT note, source, line, column FROM backlinks") == sorted(expected, key=repr)


@settings(max_examples=40)
@given(VAULTS, DIALECTS, BUFFERS)
def test_broken_links_are_those_that_are_told_of(
    files: Mapping[str, str], dialect: tuple[bool, bool], buffers: Mapping[str, str]
) -> None:
    """Link by link the same judgement as that of the diagnostics."""
    vault = asked(files, dialect, buffers)
    expected: Rows = []
    for note in vault.notes():
        for link in vault.facts(Link, note):
            found = vault.destination(note, link)
            reason = path = None
            if has_placeholder(link):
                continue
            if found is None:
                reason = why_missing(note.path, link, vault.exists)
            elif (
                found.anchor
                and found.place is None
                and not found.note.is_file
                and is_missed(link, found.anchor, found.note.path)
                and not vault.places(found.note).has_more
            ):
                reason, path = "broken-anchor", found.note.path
            if reason is not None:
                expected.append((note.path, *place(vault, note, link.span.start), link.target, reason, path))

    said = rows(vault, "SELECT note, line, column, written, reason, target FROM broken_links")

    assert said == sorted(expected, key=repr)


@settings(max_examples=40)
@given(VAULTS, BUFFERS)
def test_facts_are_rows(files: Mapping[str, str], buffers: Mapping[str, str]) -> None:
    """Each tag, heading, block, task and property is one row, at its line and column."""
    vault = asked(files, (False, False), buffers)
    run: dict[str, Rows] = {
        "SELECT note, line, column, tag, written FROM tags": [
            (note.path, *place(vault, note, tag.span.start), names.key(tag.name), tag.name)
            for note, tag in vault.every(Tag)
        ],
        "SELECT note, line, level, title, slug FROM headings": [
            (note.path, place(vault, note, one.span.start)[0], one.level, one.title, one.slug)
            for note, one in vault.every(Heading)
        ],
        "SELECT note, id, line, column FROM blocks": [
            (note.path, one.id, *place(vault, note, one.block.start)) for note, one in vault.every(Block)
        ],
        "SELECT note, line, column, state, done, text, due FROM tasks": [
            (
                *(note.path, *place(vault, note, one.span.start), one.state, int(one.state in "xX"), one.text),
                task_day(one.text, "due"),
            )
            for note, one in vault.every(Task)
        ],
        "SELECT note, key, type, item, written, line, column FROM properties": [
            (
                *(note.path, names.key(one.key), one.type.value, None if one.index is None else one.index + 1),
                *(one.key, *place(vault, note, one.value_span.start)),
            )
            for note, one in vault.every(Property)
            if one.type.value not in ("list", "object")
        ],
        "SELECT path, title, words FROM notes": [(note.path, note.title, note.words) for note in vault.notes()],
        "SELECT note, text FROM texts": [(note.path, vault.text(note)) for note in vault.notes()],
    }

    for sql, expected in run.items():
        assert rows(vault, sql) == sorted(expected, key=repr)


@given(VAULTS)
def test_a_header_is_json(files: Mapping[str, str]) -> None:
    """The JSON of a note is the plain value of its header, put together again from its flat properties."""
    for path, text in files.items():
        found = header(text)
        if found is not None and path.endswith(".md"):
            assert json.loads(as_json(found.properties)) == json.loads(json.dumps(to_plain(found.entries)))


NESTED = st.recursive(
    st.one_of(st.integers(-9, 9), st.booleans(), st.none(), st.sampled_from(["a", "b c", ""])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["a", "b", "long key"]), NESTED, max_size=4))
def test_a_header_comes_back_from_its_properties(value: Mapping[str, Any]) -> None:
    """Whatever is nested in whatever, the flat properties are enough to make the same value of them."""
    found = header(f"{json.dumps(value)}\n") if value else None

    assert found is None or json.loads(as_json(found.properties)) == value


@pytest.mark.parametrize("words", ["t", "b", "x t", "b OR t", "x -t", "nothing", "", "T"])
@given(files=VAULTS, buffers=BUFFERS)
@settings(max_examples=6)
def test_a_search_in_sql_finds_what_the_search_finds(
    files: Mapping[str, str], buffers: Mapping[str, str], words: str
) -> None:
    """The same notes as the search finds by whole words; each with a rank, a line and a snippet from that line."""
    vault = asked(files, (False, False), buffers)
    # The search goes on to words that only begin so; those come last, with a lower score.
    expected = sorted(hit.note.path for hit in full_text_search(vault, words, 1000) if hit.score >= 1.0)

    found = ask(
        vault, "SELECT note, rank, line, snippet FROM search WHERE search MATCH :words ORDER BY rank", {"words": words}
    ).rows

    assert sorted(row[0] for row in found) == expected
    for path, rank, line, snippet in found:
        note = vault.note(path)
        assert note is not None
        assert isinstance(rank, float)
        assert snippet.strip("…") in Source(vault.text(note) or "").line_text(line - 1)


def test_a_search_can_be_joined_and_ordered_in_any_way() -> None:
    """MATCH is a condition like any other: beside others, in joins, twice in a statement, ranked before it is met."""
    vault = vault_of({"a.md": "# One\n\nleaf leaf #x\n", "b.md": "# Two\n\nleaf and\nmuch more\n", "c.md": "root #x\n"})

    assert rows(vault, "SELECT s.note FROM search s JOIN tags t USING (note) WHERE s.search MATCH 'leaf'") == [
        ("a.md",)
    ]
    assert rows(vault, "SELECT note FROM search WHERE search MATCH 'leaf' OR search MATCH 'root'") == [
        *(("a.md",), ("b.md",), ("c.md",))
    ]
    assert rows(vault, "SELECT note FROM search WHERE NOT search MATCH 'leaf'") == [("c.md",)]
    assert rows(vault, "SELECT note FROM search WHERE rank < 0 AND search MATCH 'leaf NOT more'") == [("a.md",)]
    assert rows(vault, "SELECT line, snippet FROM search WHERE note = 'b.md' AND search MATCH 'more'") == [
        (4, "much more")
    ]


def test_keys_and_tags_compare_in_any_case() -> None:
    """Nobody has to know how a key or a tag is written."""
    vault = vault_of({"a.md": "---\nStatus: Open\nTags: [Deep/Down]\n---\n"})

    assert rows(vault, "SELECT value, written FROM properties WHERE key = 'STATUS'") == [("Open", "Status")]
    assert rows(vault, "SELECT written FROM tags WHERE tag = 'deep/DOWN'") == [("Deep/Down",)]
    assert rows(vault, "SELECT written FROM tags WHERE tag LIKE 'deep/%'") == [("Deep/Down",)]


def test_a_note_was_created_when_lists_say_so() -> None:
    """By its header, else by its file's name; as `notes-lsp list` has it."""
    vault = vault_of(
        {
            "2024-05-12 plan.md": "x",
            "202405121830.md": "x",
            "a.md": "---\ndate: 2024-01-02\nCreated: '2024-01-01 10:00'\n---\n",
            "b.md": "---\ncreated: soon\ndate: 2024-01-02\n---\n",
            "c.md": "---\ncreated: [2024-01-01]\n---\n",
        }
    )
    known = NoteFields(vault)

    said = dict(ask(vault, "SELECT path, created FROM notes").rows)

    assert said.pop("a.md") == "2024-01-01 10:00"
    assert said == {note.path: known.of(note, "created") for note in vault.notes() if note.path != "a.md"}


def test_values_compare_as_what_they_are() -> None:
    """Ten is more than nine, and a day in March is before one in October."""
    vault = vault_of({"a.md": "---\nn: 10\nday: 2026-03-01\n---\n", "b.md": "---\nn: 9\nday: 2026-10-01\n---\n"})

    assert rows(vault, "SELECT note FROM properties WHERE key = 'n' AND value > 9") == [("a.md",)]
    assert rows(vault, "SELECT path FROM notes WHERE properties->>'n' > 9") == [("a.md",)]
    assert rows(vault, "SELECT path FROM notes WHERE properties->>'day' < '2026-09'") == [("a.md",)]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_every_view_is_described(view: Any) -> None:
    """A view says what it is about and what each of its columns holds, and has those columns in this order."""
    vault = vault_of({"a.md": "# A\n"})

    assert ask(vault, f"SELECT * FROM {view.name}").columns == tuple(name for name, _, _ in view.columns)
    assert view.about.endswith(".")
    assert all(about and not about.endswith(".") for _, about, _ in view.columns)


@pytest.mark.parametrize(
    "sql,index",
    [
        ("SELECT note FROM properties WHERE key = 'status'", "properties_key"),
        ("SELECT note FROM tags WHERE tag = 'a'", "tags_key"),
        ("SELECT title FROM notes WHERE path = 'a.md'", "sqlite_autoindex_notes_1"),
        ("SELECT note FROM names WHERE key = 'a'", "names_key"),
    ],
)
def test_what_is_asked_for_most_is_found_by_an_index(sql: str, index: str) -> None:
    """The views hide no index."""
    plan = ask(vault_of({"a.md": "# A\n"}), f"EXPLAIN QUERY PLAN {sql}").rows

    assert any(index in row[3] for row in plan)
