"""Find: names of other notes in the prose of a note, and notes whose prose may hold a note's names."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise, product, starmap

from notes_lsp.dates.natural import is_day
from notes_lsp.index.vault import resolve
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links import names
from notes_lsp.links import phrases as mentions
from notes_lsp.links.phrases import Phrase
from notes_lsp.text.scripts import searchable
from notes_lsp.text.source import Span

_TURKISH = re.compile("[ıİIşŞğĞ]")
_SHARP = re.compile("ss|ß|ẞ", re.IGNORECASE)
_MAX_SHARP = 4
_MANY = 20_000
"""From so many places on it is faster to read the heads of all names than to look for each."""
_MAX_CANDIDATES = 500
_BY_HEAD = (
    "SELECT n.text, n.note FROM main.names n JOIN main.notes o ON o.id = n.note "
    "WHERE n.head IN (SELECT value FROM json_each(?1)) AND o.kind <> ?2 AND n.note <> ?3 "
    "AND n.note NOT IN (SELECT id FROM temp.open_notes) UNION "
    "SELECT n.text, n.note FROM temp.open_names n WHERE n.head IN (SELECT value FROM json_each(?1)) AND n.note <> ?3"
)


@dataclass(frozen=True, slots=True)
class NamedNotes:
    """A name, and the notes that are called so."""

    text: str
    """As the first of them writes it."""
    phrase: Phrase
    notes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MentionSpan:
    """A place of a text where a name stands."""

    span: Span
    named: NamedNotes


def plain_parts(vault: Vault, note: Note) -> list[Span]:
    """Where the words of a note are plain, in order."""
    vault.text(note)  # reads it, where its turn has not come yet
    row = vault.store.connection.execute("SELECT packed FROM all_plain WHERE note = ?", (note.id,)).fetchone()
    return mentions.unpack_spans(row[0]) if row else []


def find_names(
    vault: Vault, note: Note, text: str, plain: Sequence[Span], keep: Callable[[NamedNotes], bool]
) -> Iterator[MentionSpan]:
    """Where names of other notes stand in the plain parts of a text, the longest first where several begin; in order.

    Only names that ``keep`` says yes to are looked for. In time linear in the text, whatever the vault holds.
    """
    stretches = [mentions.phrase_words(text, span.start, span.end) for span in plain]
    known = _Names(one for one in _named(vault, note, _known(vault, _heads(stretches))) if keep(one))
    for stretch, span in zip(stretches, plain, strict=True):
        yield from known.places(text, span, stretch)


def parts_naming(text: str, plain: Sequence[Span], named: Sequence[NamedNotes]) -> list[Span]:
    """The plain parts of a text in which one of some names may stand."""
    pattern = mentions.pattern(one.phrase for one in named) if all(one.text.isascii() for one in named) else None
    if pattern is None:
        known = _Names(named)
        words = ((span, mentions.phrase_words(text, span.start, span.end)) for span in plain)
        return [span for span, stretch in words if any(True for _ in known.places(text, span, stretch))]
    starts = [span.start for span in plain]
    parts: set[int] = set()
    for match in pattern.finditer(text):
        at = bisect_right(starts, match.start()) - 1
        if at >= 0 and match.start() < plain[at].end:
            parts.add(at)
    return [plain[at] for at in sorted(parts)]


def phrases_of(vault: Vault, note: Note) -> list[NamedNotes]:
    """The names of one note as a text may hold them, the longest first."""
    run = vault.store.connection.execute
    rows = run("SELECT text FROM all_names WHERE note = ? AND head IS NOT NULL", (note.id,))
    found: dict[tuple[str, ...], NamedNotes] = {}
    for (text,) in rows:
        phrase = None if is_day(text) else mentions.phrase(text)
        if phrase is not None:
            found.setdefault(phrase.words, NamedNotes(text, phrase, (note.id,)))
    return sorted(found.values(), key=lambda named: (-len(named.phrase.words), named.text))


def may_hold(vault: Vault, named: Iterable[NamedNotes], note: Note, most: int = _MAX_CANDIDATES) -> list[Note]:
    """The notes but ``note`` whose text may hold one of some names, by path; open ones as their buffers have it.

    For each of the names ``most`` of them are looked for.
    """
    run = vault.store.connection.execute
    found: dict[int, None] = {}
    for one in named:
        # Its words side by side, whatever stands between them: the text itself is looked at anyway.
        phrase = " OR ".join('"' + searchable(text).replace('"', " ") + '"' for text in _written(one.text))
        docs = run(
            "SELECT n.id FROM main.texts JOIN main.notes n ON n.doc = texts.rowid "
            "WHERE texts MATCH ? AND n.id NOT IN (SELECT id FROM temp.open_notes) LIMIT ?",
            (f"{{body}} : ({phrase})", most),
        )
        found.update((number, None) for (number,) in docs)
    found.update((number, None) for (number,) in run("SELECT note FROM temp.open_texts"))
    found.pop(note.id, None)
    return sorted(vault.notes_by_ids(found).values(), key=lambda other: other.path)


def _written(name: str) -> set[str]:
    """The ways to write a name that a search takes for different ones: with the dots of Turkish, ``ss`` or ``ß``."""
    ways = {name}
    if not name.isascii() and _TURKISH.search(name):
        ways |= {name.replace("I", "ı"), name.replace("İ", "i"), name.replace("ı", "I")}
    # Of many of them in one name, as in no name that anybody has, some ways are passed over.
    return {way for one in ways for way in _with_sharp_s(one)}


def _with_sharp_s(name: str) -> Iterator[str]:
    yield name
    first, *rest = _SHARP.split(name)
    if 0 < len(rest) <= _MAX_SHARP:
        for signs in product(("ss", "ß"), repeat=len(rest)):
            yield first + "".join(chain.from_iterable(zip(signs, rest, strict=True)))


def asked_keys(vault: Vault, note: Note) -> set[str]:
    """The keys that the links of a note ask for."""
    columns = ("label_key", "label_path") if vault.label_first else ("key", "path_key")
    rows = vault.store.connection.execute(
        f"SELECT {', '.join(columns)}, key, path_key FROM all_links WHERE note = ? AND url IS NULL", (note.id,)
    )
    return {key for row in rows for key in row if key}


def is_asked_for(vault: Vault, note: Note, asked: set[str]) -> bool:
    """Whether one of some keys is the key of one of a note's names."""
    rows = vault.store.connection.execute("SELECT key FROM all_names WHERE note = ?", (note.id,))
    return any(key in asked for (key,) in rows)


def count_links(vault: Vault, name: str) -> int:
    """In how many notes a link asks for a name."""
    row = vault.store.connection.execute(
        "SELECT count(DISTINCT note) FROM all_links WHERE key = ?", (names.path_key(name),)
    ).fetchone()
    return int(row[0])


def _heads(stretches: Iterable[list[str]]) -> set[int]:
    numbers: dict[str, int] = {}
    heads: set[int] = set()
    for stretch in stretches:
        for word in stretch:
            if word not in numbers:
                numbers[word] = mentions.word_id(word)
        heads.update(starmap(mentions.pair, pairwise([numbers[word] for word in stretch])))
    return heads.union(numbers.values())


def _known(vault: Vault, heads: set[int]) -> list[int]:
    """Of many heads those that any name has; few are looked up as they are."""
    if len(heads) < _MANY:
        return list(heads)
    rows = vault.store.connection.execute("SELECT head FROM all_names WHERE head IS NOT NULL")
    return list(heads.intersection(head for (head,) in rows))


def _named(vault: Vault, note: Note, heads: list[int]) -> list[NamedNotes]:
    """The names of other notes with these heads."""
    rows = vault.store.connection.execute(_BY_HEAD, (json.dumps(heads), resolve.FILE, note.id)).fetchall()
    notes: defaultdict[str, dict[int, None]] = defaultdict(dict)
    written: dict[str, str] = {}
    for text, number in sorted(rows):
        if not is_day(text):
            loose = mentions.loose(text)
            notes[loose][number] = None
            written.setdefault(loose, text)
    phrases = ((loose, mentions.phrase(text)) for loose, text in written.items())
    return [NamedNotes(written[loose], phrase, tuple(notes[loose])) for loose, phrase in phrases if phrase is not None]


class _Names:
    """Names by their words, to be found in a text."""

    def __init__(self, named: Iterable[NamedNotes]) -> None:
        self._by_words: defaultdict[tuple[str, ...], list[NamedNotes]] = defaultdict(list)
        lengths: defaultdict[tuple[str, ...], set[int]] = defaultdict(set)
        for one in named:
            words = one.phrase.words
            self._by_words[words].append(one)
            lengths[words[:2]].add(len(words))
        self._lengths = {begin: sorted(sizes, reverse=True) for begin, sizes in lengths.items()}
        self._firsts = {words[0] for words in self._by_words}

    def places(self, text: str, within: Span, stretch: list[str]) -> Iterator[MentionSpan]:
        """Where they stand in one part of a text, given with its words; the longest of those that begin at one word."""
        bounds: list[int] = []
        behind = 0
        for at, word in enumerate(stretch):
            if at < behind or word not in self._firsts:
                continue
            for named in self._beginning(stretch, at):
                bounds = bounds or mentions.bounds(text, within.start, within.end)
                size = len(named.phrase.words)
                start = bounds[2 * at] - named.phrase.before
                end = bounds[2 * (at + size) - 1] + named.phrase.behind
                inside = start >= within.start and end <= within.end
                if inside and mentions.is_mention(text, start, end, named.text):
                    yield MentionSpan(Span(start, end), named)
                    behind = at + size
                    break

    def _beginning(self, stretch: list[str], at: int) -> Iterator[NamedNotes]:
        """The names whose words stand from one word on, the longest first."""
        for begin in (tuple(stretch[at : at + 2]), (stretch[at],)):
            for size in self._lengths.get(begin, ()):
                yield from self._by_words.get(tuple(stretch[at : at + size]), ())
