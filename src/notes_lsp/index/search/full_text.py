"""Full text: the notes that match a query, ranked, each with the matching line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from notes_lsp.fuzzy.match import fold
from notes_lsp.index.store import schema
from notes_lsp.index.store.store import text_row
from notes_lsp.index.vault import resolve
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links import names
from notes_lsp.text.scripts import searchable, without_separators
from notes_lsp.text.source import Source, Span, clean

_TERM = re.compile(r'(?P<no>-)?(?P<title>title:)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_OR = ("OR", "|")
_AND = ("AND", "&")
_MAX_TERMS = 32
_LONGEST = 1_000
_RANK = "bm25(8.0, 1.0)"
"""A word in the title counts as much as eight in the text."""
_BEGIN, _END = "\ufdd0", "\ufdd1"
"""Stand round what matched. No text holds them: Unicode keeps them for what is inside programs."""
_MARKED = re.compile(f"{_BEGIN}([^{_END}]*){_END}")
_LONGEST_SNIPPET = 160
_OPERATOR = re.compile(r"(?<!\S)(?:-\S|(?:OR|AND|NOT|\||&)(?!\S))|\btitle:|\*(?!\S)")
_UNMARKED = ("", False)
"""What a search for words marks in a note that is only called so."""
_MAX_CALLED = 20
_MAX_LETTERS_MORE = 2
"""By so many letters names differ at most that are the same without accents: a ligature is two letters then."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A note that answers to a search."""

    note: Note
    score: float
    """The greater, the better; only good to compare hits of one search."""
    line: int
    """The line that shows it, counted from 0; the title's, or the first, where nothing but the title answers."""
    snippet: str
    """That line, cut to what can be read at a glance."""
    matched: tuple[Span, ...]
    """What answers in the snippet."""


def full_text_search(vault: Vault, query: str, most: int = 20) -> list[SearchResult]:
    """The best ``most`` notes for what somebody typed; open notes as their buffers say.

    All words have to be there, in any order, with or without accents; ``"a phrase"`` as it stands; ``one OR other``;
    ``-without``; ``title:word``; ``begin*``. Notes with the words as written come first, then those where they only
    begin words. Before them all come the notes that are called so: by title, file, alias or id, case and accents aside.
    Nothing is a mistake: what means nothing is not asked for.
    """
    query = clean(query)
    exact, beginnings = expression(query), expression_of_beginnings(query)
    if exact is None or beginnings is None:
        return []
    called = _called(vault, query, exact)
    hits = [replace(hit, score=hit.score + 1.0) for hit in _answering(vault, exact, most)]
    # A score orders the hits of one search, whatever it was made of.
    best = max((hit.score for hit in hits), default=1.0)
    found = {hit.note.id: replace(hit, score=best + len(called) - place) for place, hit in enumerate(called)}
    for hit in hits:
        found.setdefault(hit.note.id, hit)
    if len(found) < most and beginnings != exact:
        for hit in _answering(vault, beginnings, most):
            # Behind all that holds the words themselves, whatever their rank is.
            found.setdefault(hit.note.id, replace(hit, score=hit.score / (1.0 + hit.score)))
    return list(found.values())[:most]


def _called(vault: Vault, query: str, asked: str) -> list[SearchResult]:
    """The notes whose name is all that was typed, those with the most links to them first, without a score."""
    if _OPERATOR.search(query):
        return []
    name = " ".join(query.replace('"', " ").split())
    key, folded = names.key(name), fold(name)
    run = vault.store.connection.execute
    rows = run(
        "SELECT note, text FROM all_names WHERE kind IN ('path', 'title', 'alias') "
        "AND (key = ? OR length(key) BETWEEN ? AND ?)",
        (key, len(key) - _MAX_LETTERS_MORE, len(key) + _MAX_LETTERS_MORE),
    ).fetchall()
    called = {number for number, text in rows if names.key(text) == key}
    called = called or {number for number, text in rows if folded and fold(text) == folded}
    called.update(
        number for (number,) in run("SELECT note FROM all_properties WHERE folded = 'id' AND value_ = ?", (name,))
    )
    notes = [note for number in sorted(called)[:_MAX_CALLED] if (note := vault.note_by_id(number)) and not note.is_file]
    if len(notes) > 1:
        notes.sort(key=lambda note: (-len(vault.mentions(note)), note.path))
    return [hit_in(vault, asked, note.path) or _hit(vault, note, 0.0, *_UNMARKED) for note in notes]


def rank_all(vault: Vault, asked: str) -> dict[str, float]:
    """Every note that answers to an expression, by path, with its rank: the smaller, the better."""
    run = vault.store.connection.execute
    _fill_open_search(vault)
    on_disk = run(
        "SELECT n.path, rank FROM main.texts JOIN main.notes n ON n.doc = texts.rowid WHERE texts MATCH ? "
        "AND rank MATCH ? AND n.id NOT IN (SELECT id FROM temp.open_notes)",
        (asked, _RANK),
    ).fetchall()
    in_buffers = run(
        "SELECT n.path, rank FROM temp.open_searched JOIN temp.open_notes n ON n.id = open_searched.rowid "
        "WHERE open_searched MATCH ? AND rank MATCH ?",
        (asked, _RANK),
    ).fetchall()
    return dict([*on_disk, *in_buffers])


def hit_in(vault: Vault, asked: str, path: str) -> SearchResult | None:
    """The line of one note that shows best how it answers to an expression; its score is not asked for."""
    note = vault.note(path)
    if note is None:
        return None
    run = vault.store.connection.execute
    if run("SELECT 1 FROM temp.open_notes WHERE id = ?", (note.id,)).fetchone():
        _fill_open_search(vault)
        return _hit(vault, note, 0.0, *_marked(vault, "temp.open_searched", asked, note.id))
    row = run("SELECT doc FROM main.notes WHERE id = ?", (note.id,)).fetchone()
    return _hit(vault, note, 0.0, *_marked(vault, "main.texts", asked, row[0])) if row and row[0] else None


def expression(query: str) -> str | None:
    """What somebody typed as an expression for ``texts MATCH``; ``None`` where it asks for nothing."""
    return _expression(query, "")


def expression_of_beginnings(query: str) -> str | None:
    """As :func:`expression`, but bare words need only begin the words they stand for."""
    return _expression(query, "*")


def _expression(query: str, ending: str) -> str | None:
    groups: list[list[str]] = []
    without: list[str] = []
    joins = False
    for match in list(_TERM.finditer(query[:_LONGEST]))[:_MAX_TERMS]:
        if match["word"] in _OR and not match["no"]:
            joins = bool(groups)
            continue
        if match["word"] in _AND:
            continue
        term = _term(match, ending)
        if term is None:
            continue
        if match["no"]:
            without.append(term)
        elif joins:
            groups[-1].append(term)
        else:
            groups.append([term])
        joins = False
    if not groups:
        return None
    wanted = " AND ".join(f"({' OR '.join(group)})" for group in groups)
    return f"({wanted}) NOT ({' OR '.join(without)})" if without else wanted


def _term(match: re.Match[str], ending: str) -> str | None:
    word: str | None = match["word"]
    written = (match["phrase"] or "") if word is None else word
    if word is not None:
        ending = "*" if written.endswith("*") else ending
    content = searchable(written.replace("\0", " "))
    letters = [char for char in content if char.isalnum()]
    if not letters:
        return None
    if len(letters) == 1 and letters[0].isascii() and not written.endswith("*"):
        # Hardly a word does not begin with some letter.
        ending = ""
    column = "{title} : " if match["title"] else ""
    return f'{column}"{content.replace(_QUOTE, _QUOTE * 2)}"{ending if word is not None else ""}'


_QUOTE = '"'


def _answering(vault: Vault, asked: str, most: int) -> list[SearchResult]:
    hits = [*_on_disk(vault, asked, most), *_open(vault, asked)]
    return sorted(hits, key=lambda hit: (-hit.score, hit.note.path))


def _on_disk(vault: Vault, asked: str, most: int) -> Iterator[SearchResult]:
    run = vault.store.connection.execute
    is_open = {note for (note,) in run("SELECT id FROM temp.open_notes")}
    ranked = run(
        # The marks at once: to look for a hit again, all hits before it would have to be passed over.
        "SELECT rowid, rank, highlight(texts, 1, ?, ?), whole IS NOT NULL FROM main.texts "
        "WHERE texts MATCH ? AND rank MATCH ? ORDER BY rank LIMIT ?",
        (_BEGIN, _END, asked, _RANK, most + len(is_open)),
    ).fetchall()
    for doc, rank, marked, was_set_apart in ranked:
        row = run("SELECT id FROM main.notes WHERE doc = ?", (doc,)).fetchone()
        note = vault.note_by_id(row[0]) if row is not None and row[0] not in is_open else None
        if note is not None:
            yield _hit(vault, note, -rank, marked or "", bool(was_set_apart))


def _open(vault: Vault, asked: str) -> Iterator[SearchResult]:
    run = vault.store.connection.execute
    _fill_open_search(vault)
    ranked = run(
        "SELECT rowid, rank FROM temp.open_searched WHERE open_searched MATCH ? AND rank MATCH ?", (asked, _RANK)
    )
    for number, rank in ranked.fetchall():
        note = vault.note_by_id(number)
        if note is not None and note.kind != resolve.FILE:
            yield _hit(vault, note, -rank, *_marked(vault, "temp.open_searched", asked, number))


def _fill_open_search(vault: Vault) -> None:
    """Bring the full text of open buffers up to date; only what changed since the last search is read."""
    run = vault.store.connection.execute
    schema.create_open_search(vault.store.connection)
    run(
        "DELETE FROM temp.open_searched WHERE rowid NOT IN (SELECT o.note FROM temp.open_texts o "
        "JOIN temp.open_searched s ON s.rowid = o.note JOIN temp.open_notes n ON n.id = o.note "
        "WHERE coalesce(s.whole, s.body) = o.body)"
    )
    missing = run(
        "SELECT n.id, n.title, o.body FROM temp.open_notes n JOIN temp.open_texts o ON o.note = n.id "
        "WHERE n.id NOT IN (SELECT rowid FROM temp.open_searched)"
    ).fetchall()
    for note, title, body in missing:
        run(
            "INSERT INTO temp.open_searched (rowid, title, body, whole) VALUES (?, ?, ?, ?)",
            (note, *text_row(title, body)),
        )


def _marked(vault: Vault, table: str, asked: str, row: int) -> tuple[str, bool]:
    """The text of a row with marks round what matched, and whether its characters were set apart."""
    name = table.partition(".")[2]
    found = vault.store.connection.execute(
        f"SELECT highlight({name}, 1, ?, ?), whole IS NOT NULL FROM {table} WHERE {name} MATCH ? AND rowid = ?",
        (_BEGIN, _END, asked, row),
    ).fetchone()
    return (found[0] or "", bool(found[1])) if found else ("", False)


def _hit(vault: Vault, note: Note, score: float, marked: str, was_set_apart: bool) -> SearchResult:  # noqa: FBT001 (of one row)
    source = Source(marked)
    title_line = Source(vault.text(note) or "").line_of(note.title_span.start)
    line = _best_line(source, vault.body_start(note), title_line)
    text = source.line_text(line)
    if was_set_apart:
        text = without_separators(text).replace(_END + _BEGIN, "")
    return SearchResult(note, score, line, *_cut(text.strip()))


def _best_line(source: Source, body_start: int, title_line: int) -> int:
    """The line with the most matches, if possible behind the frontmatter and not the title; the title's without any."""
    counts: dict[int, int] = {}
    for match in _MARKED.finditer(source.text):
        line = source.line_of(match.start())
        counts[line] = counts.get(line, 0) + 1

    def worth(line: int) -> tuple[bool, bool, int, int]:
        return (source.line_span(line).start >= body_start, line != title_line, counts[line], -line)

    return max(counts, key=worth, default=title_line)


def _cut(marked: str) -> tuple[str, tuple[Span, ...]]:
    """A line without marks, cut round its first match, and where the matches stand in it."""
    spans: list[Span] = []
    parts: list[str] = []
    length = 0
    for number, part in enumerate(re.split(f"[{_BEGIN}{_END}]", marked)):
        if number % 2 and part:
            spans.append(Span(length, length + len(part)))
        parts.append(part)
        length += len(part)
    text = "".join(parts)
    if length <= _LONGEST_SNIPPET:
        return text, tuple(spans)
    at = spans[0].start if spans else 0
    first = max(0, min(at - _LONGEST_SNIPPET // 3, length - _LONGEST_SNIPPET))
    last = first + _LONGEST_SNIPPET
    head = "…" if first else ""
    moved = [Span(span.start - first + len(head), span.end - first + len(head)) for span in spans if span.end <= last]
    cut = f"{head}{text[first:last]}{'…' if last < length else ''}"
    return cut, tuple(span for span in moved if span.start >= len(head))
