"""Mentioning: which names of other notes stand in a text as plain words, and which notes may hold a note's names."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from notes_lsp.core import mentions, names
from notes_lsp.core.daynames import is_day
from notes_lsp.core.mentions import Phrase, Word
from notes_lsp.core.scripts import searchable
from notes_lsp.core.text import Span
from notes_lsp.index import resolve
from notes_lsp.index.vault import Note, Vault

_MANY = 20_000
"""From so many places on it is faster to read the heads of all names than to look for each."""
_MOST_CANDIDATES = 500
_BY_HEAD = (
    "SELECT n.head, n.text, n.note, n.kind FROM json_each(?) h CROSS JOIN all_names n ON n.head = h.value "
    "JOIN all_notes o ON o.id = n.note WHERE o.kind <> ? AND n.note <> ?"
)


@dataclass(frozen=True, slots=True)
class Named:
    """A name, and the notes that are called so."""

    text: str
    """As the first of them writes it."""
    phrase: Phrase
    notes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a text where a name stands."""

    span: Span
    named: Named


def names_in(vault: Vault, note: Note, text: str, plain: Sequence[Span]) -> list[Place]:
    """Where names of other notes stand in the plain parts of a text, the longest first where several begin; in order.

    In time linear in the text, whatever the vault holds.
    """
    stretches = [list(mentions.words(text, span.start, span.end)) for span in plain]
    by_words, lengths = _names(vault, note, _known(vault, _heads(stretches)))
    if not by_words:
        return []
    found: list[Place] = []
    for stretch, span in zip(stretches, plain, strict=True):
        at = 0
        while at < len(stretch):
            place, taken = _place(text, span, stretch, at, by_words, lengths)
            if place is not None:
                found.append(place)
            at += taken
    return found


def phrases_of(vault: Vault, note: Note) -> list[Named]:
    """The names of one note as a text may hold them, the longest first."""
    run = vault.store.connection.execute
    rows = run("SELECT text FROM all_names WHERE note = ? AND head IS NOT NULL", (note.id,))
    found: dict[tuple[str, ...], Named] = {}
    for (text,) in rows:
        phrase = None if _is_no_word(text) else mentions.phrase(text)
        if phrase is not None:
            found.setdefault(phrase.words, Named(text, phrase, (note.id,)))
    return sorted(found.values(), key=lambda named: (-len(named.phrase.words), named.text))


def may_hold(vault: Vault, named: Iterable[Named], note: Note) -> list[Note]:
    """The notes but ``note`` whose text may hold one of some names, by path; open ones as their buffers have it."""
    run = vault.store.connection.execute
    found: dict[int, None] = {}
    for one in named:
        # Its words side by side, whatever stands between them: the text itself is looked at anyway.
        phrase = '"' + searchable(one.text).replace('"', " ") + '"'
        docs = run(
            "SELECT n.id FROM main.texts JOIN main.notes n ON n.doc = texts.rowid "
            "WHERE texts MATCH ? AND n.id NOT IN (SELECT id FROM temp.open_notes) LIMIT ?",
            (f"{{body}} : {phrase}", _MOST_CANDIDATES),
        )
        found.update((number, None) for (number,) in docs)
    found.update((number, None) for (number,) in run("SELECT note FROM temp.open_texts"))
    found.pop(note.id, None)
    return sorted(vault.notes_by_ids(found).values(), key=lambda other: other.path)


def count_links(vault: Vault, name: str) -> int:
    """In how many notes a link asks for a name."""
    row = vault.store.connection.execute(
        "SELECT count(DISTINCT note) FROM all_links WHERE key = ?", (names.path_key(name),)
    ).fetchone()
    return int(row[0])


def _heads(stretches: Iterable[list[Word]]) -> set[int]:
    singles: set[str] = set()
    pairs: set[tuple[str, str]] = set()
    for stretch in stretches:
        folded = [word.folded for word in stretch]
        singles.update(folded)
        pairs.update(pairwise(folded))
    heads = {mentions.head(word, None) for word in singles}
    heads.update(mentions.head(first, second) for first, second in pairs)
    return heads


def _known(vault: Vault, heads: set[int]) -> list[int]:
    """Of many heads those that any name has; few are looked up as they are."""
    if len(heads) < _MANY:
        return list(heads)
    rows = vault.store.connection.execute("SELECT head FROM all_names WHERE head IS NOT NULL")
    return list(heads.intersection(head for (head,) in rows))


def _names(
    vault: Vault, note: Note, heads: list[int]
) -> tuple[dict[tuple[str, ...], list[Named]], dict[tuple[str, ...], list[int]]]:
    """The names with these heads by their words; and by their first two words, or only one, how long they are."""
    rows = vault.store.connection.execute(_BY_HEAD, (json.dumps(heads), resolve.FILE, note.id)).fetchall()
    notes: defaultdict[str, dict[int, None]] = defaultdict(dict)
    written: dict[str, str] = {}
    for _, text, number, _ in sorted(rows, key=lambda row: (row[1], row[2])):
        if not _is_no_word(text):
            loose = mentions.loose(text)
            notes[loose][number] = None
            written.setdefault(loose, text)
    by_words: defaultdict[tuple[str, ...], list[Named]] = defaultdict(list)
    lengths: defaultdict[tuple[str, ...], set[int]] = defaultdict(set)
    for loose, numbers in notes.items():
        phrase = mentions.phrase(written[loose])
        if phrase is not None:
            by_words[phrase.words].append(Named(written[loose], phrase, tuple(numbers)))
            lengths[phrase.words[:2]].add(len(phrase.words))
    return by_words, {begin: sorted(sizes, reverse=True) for begin, sizes in lengths.items()}


def _place(
    text: str,
    within: Span,
    stretch: list[Word],
    at: int,
    by_words: dict[tuple[str, ...], list[Named]],
    lengths: dict[tuple[str, ...], list[int]],
) -> tuple[Place | None, int]:
    """The longest name that begins with a word, and how many words to go on by."""
    first = stretch[at].folded
    begins = [(first, stretch[at + 1].folded)] if at + 1 < len(stretch) else []
    for begin in (*begins, (first,)):
        for size in lengths.get(begin, ()):
            if at + size > len(stretch):
                continue
            for named in by_words.get(tuple(word.folded for word in stretch[at : at + size]), ()):
                start = stretch[at].start - named.phrase.before
                end = stretch[at + size - 1].end + named.phrase.behind
                inside = start >= within.start and end <= within.end
                if inside and mentions.is_mention(text, start, end, named.text):
                    return Place(Span(start, end), named), size
    return None, 1


def _is_no_word(name: str) -> bool:
    """Whether a name is one that means something else in a sentence: a day."""
    return is_day(name)
