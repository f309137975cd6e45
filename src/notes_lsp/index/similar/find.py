"""Find: the notes most similar to a note, ranked, with what they share."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import nlargest
from operator import attrgetter, mul
from typing import NamedTuple
from weakref import WeakKeyDictionary

from rapidfuzz import fuzz

from notes_lsp.fuzzy import match as matching
from notes_lsp.index.similar.shared_links import Kinship, SharedLinks
from notes_lsp.index.similar.term_weights import Vector, Weights, weights
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.similarity.boilerplate import split_boilerplate
from notes_lsp.similarity.terms import (
    LONGEST,
    count_terms,
    is_pair,
    note_names,
    of_counts,
    term_id,
    unpack_terms,
    unspaced_runs,
)
from notes_lsp.text.scripts import searchable

# Found by trying on six vaults of different people: tools/bench_similar.py.
_MAX_ASKED = 32
"""So many terms of a note are looked up in the full text, the heaviest first, ..."""
_MAX_FOUND = 2500
"""... as long as they are not found more often than this in all, ..."""
_EACH = 1000
"""... and each no more often than this."""
_MAX_COMPARED = 100
_LENGTH = 0.75
"""The power of its length that a note is divided by. At 1 long notes would hardly ever be similar to anything."""
_FOLLOWED = 0.3
"""The worth of the links of similar notes, for the note that most of them lead to."""
_NEIGHBOURS = 20
_WITNESSES = 8
"""So many of the most similar notes are asked for what came with a template, ..."""
_MAX_WITNESSED = 6000
"""... each by so many of its first characters: a template's lines stand early, and long lists are nobody's."""
_KINSHIP = 0.1
_TITLES = 0.15
_MIN_LIKENESS = 82
_MIN_COUNT = 0.1
"""What scores less has hardly anything in common, ..."""
_MUCH = 0.2
"""With so much of a score a single word is enough of a reason."""
_MIN_OF_MANY = 0.05
"""... but for long notes, of which each word says little, where they share some."""
_MAX_WORDS = 5
_MANY_WORDS = 3
_MAX_ALIKE = 5
_MANY = 4
"""So many notes that link to it are a reason on their own."""
_MORE = 3
"""So many more than are wanted are looked at closely, since that may change their order."""
_IGNORED = 0.005
"""The lightest terms of a note that together make up no more of it than this are left out."""
_WEIGHT = attrgetter("weight")
_ROOTS = tuple(math.sqrt(count) for count in range(256))


@dataclass(frozen=True, slots=True)
class SimilarNote:
    """A note that is similar to the one that was asked about, and what both share."""

    note: Note
    score: float
    """From 0, nothing in common, to about 1, the same words."""
    words: tuple[str, ...] = ()
    """The words that both share and few others have, the weightiest first; folded."""
    shared: int = 0
    """How many such terms there are."""
    title: bool = False
    """Their titles are nearly the same."""
    followed: int = 0
    """How many of the most similar notes link to it."""
    kin: SharedLinks = field(default_factory=SharedLinks)
    """What their links, tags and addresses have in common."""
    is_linked: bool = False
    """One of the two links to the other."""


def find_similar(vault: Vault, note: Note, most: int = 5) -> list[SimilarNote]:
    """The notes most similar to a note, best first; none where its text says nothing or nothing is like it.

    Counts the words of the text as it is in the editor, weighs each by how few notes have it, and adds what the links
    of both and those of the most similar notes say. As long as nothing is written, it is counted once: whoever hovers
    is soon offered code actions there as well.
    """
    asked = (*vault.store.moment, vault.label_first, note.id, most)
    last = _last.get(vault)
    if last is None or last.asked != asked:
        last = _last[vault] = _Answer(asked, rank_text(vault, note, vault.text(note) or "", most))
    return list(last.found)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was found last."""

    asked: tuple[int, int, bool, int, int]
    """What was asked, and when."""
    found: Sequence[SimilarNote]


_last: WeakKeyDictionary[Vault, _Answer] = WeakKeyDictionary()


def rank_text(vault: Vault, note: Note, text: str, most: int, apart: frozenset[int] | None = None) -> list[SimilarNote]:
    """As :func:`similar`, for a note with another text.

    ``apart`` are the ids of notes whose links to the note play no part, nor do its own links; where it is ``None``, all
    links do. That is for whoever measures how well links can be foretold.
    """
    if not text.strip():
        return []
    seen = _Seen()
    words = count_terms(text)
    asking = _asked(vault, note, text, words, apart)
    own, left_out = split_boilerplate(text, vault.body_start(note), _witnesses(vault, asking, seen))
    if left_out:
        words = words - count_terms(left_out) if len(text) <= LONGEST else count_terms(own)
        asking = _asked(vault, note, own, words, apart)
    compared = _compared(vault, asking, seen)
    kinship = Kinship(vault, note, apart)
    near = _with_titles(note, _with_links(vault, asking, compared, kinship, 2 * most + _MORE))
    best = _explained_ones(vault, asking, seen, near, kinship, most)
    return [replace(one, is_linked=kinship.is_linked(one.note)) for one in sorted(best, key=_order)[:most]]


def _explained_ones(
    vault: Vault, asking: _Asking, seen: _Seen, near: Sequence[SimilarNote], kinship: Kinship, most: int
) -> list[SimilarNote]:
    """Those of some notes that there are reasons for, with these; a few more than ``most`` where there are so many."""
    found: list[SimilarNote] = []
    words = asking.words()
    for first in range(0, len(near), most + _MORE):
        group = near[first : first + most + _MORE]
        for one, common in zip(group, kinship.of([one.note for one in group]), strict=True):
            if one.score + _KINSHIP < max(_MIN_OF_MANY, _least_of_best(found, most)):
                return found
            explained = _explained(vault, asking.text, words, seen, one, common)
            if _is_explained(explained, asking, kinship):
                found.append(explained)
            if len(found) == most + _MORE:
                return found
    return found


def _least_of_best(found: Sequence[SimilarNote], most: int) -> float:
    """The score below which a note is not among the best any more; 0 as long as there are fewer."""
    return sorted((one.score for one in found), reverse=True)[most - 1] if len(found) >= most else 0.0


class _Term(NamedTuple):
    """A term of the note that is asked about."""

    text: str
    number: int
    weight: float
    """What it weighs there."""
    pull: float
    """What it adds for a note in which it stands once."""


@dataclass(frozen=True, slots=True)
class _Asking:
    """What is asked: a note with the terms that matter, the heaviest first."""

    note: Note
    text: str
    terms: Sequence[_Term]
    length: float
    """Of the note as a vector of all of its terms."""
    weighing: Weights
    apart: frozenset[int] | None

    def words(self) -> list[tuple[int, str]]:
        """The terms that explain something where another note has them, with their numbers."""
        is_common = self.weighing.is_common
        return [(one.number, one.text) for one in self.terms if not (one.text.isdigit() or is_common(one.number))]


def _asked(vault: Vault, note: Note, text: str, words: Counter[str], apart: frozenset[int] | None) -> _Asking:
    weighing = weights(vault)
    counts = of_counts(note_names(note.path, note.title), words)
    texts = sorted(counts)
    numbers = array("I", map(term_id, texts))
    roots = [_ROOTS[counts[text]] for text in texts]
    each = weighing.of(numbers)
    heavy = [*map(mul, roots, each)]
    found = [*map(_Term, texts, numbers, heavy, map(mul, heavy, each))]
    found.sort(key=_WEIGHT, reverse=True)
    length = math.sqrt(sum(map(mul, heavy, heavy)))
    rest = length * length
    kept = 0
    while kept < len(found) and rest >= _IGNORED * length * length:
        rest -= found[kept].weight ** 2
        kept += 1
    return _Asking(note, text, found[:kept], length, weighing, apart)


def _order(one: SimilarNote) -> tuple[float, str]:
    return (-one.score, one.note.path)


def _compared(vault: Vault, asking: _Asking, seen: _Seen) -> dict[int, float]:
    """How similar the words of the likeliest notes are: by id, the product of both as vectors of weighed terms."""
    pull = {term.number: term.pull for term in asking.terms}
    asked = frozenset(pull)
    found: dict[int, float] = {}
    for other in _candidates(vault, asking, seen):
        numbers, counts = other.numbers, other.counts
        shared = seen.shared[other.note] = asked.intersection(numbers)
        product = sum([pull[one] * _ROOTS[counts[bisect_left(numbers, one)]] for one in shared])
        if product > 0.0 and other.length > 0.0:
            # A cosine, but for the power: two texts of one length and the same words make 1.
            found[other.note] = product / (asking.length ** (2 - _LENGTH) * other.length**_LENGTH)
    return found


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was looked up for one question, to be looked up once."""

    docs: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    """By term the rows of full text that it stands in."""
    shared: dict[int, frozenset[int]] = field(default_factory=dict[int, frozenset[int]])
    """By note that was compared the numbers of the terms that it has in common with the one asked about."""


def _candidates(vault: Vault, asking: _Asking, seen: _Seen) -> Iterator[Vector]:
    """The notes with the most weight of terms in common, and all open ones."""
    run = vault.store.connection.execute
    shown = {note for (note,) in run("SELECT id FROM temp.open_notes")} | {asking.note.id}
    for note, packed in run("SELECT note, packed FROM temp.open_terms").fetchall():
        if note != asking.note.id:
            yield asking.weighing.vector(note, packed)
    for other in asking.weighing.vectors(vault, _heaviest(vault, asking, seen, _MAX_COMPARED)):
        if other.note not in shown:
            yield other


def _heaviest(vault: Vault, asking: _Asking, seen: _Seen, most: int) -> list[int]:
    """The rows of full text with the most weight of the note's terms."""
    weight: dict[int, float] = {}
    for term in _telling(asking):
        docs = seen.docs.get(term.text)
        if docs is None:
            rows = vault.store.connection.execute(
                "SELECT rowid FROM main.texts WHERE texts MATCH ? LIMIT ?", (f'"{searchable(term.text)}"', _EACH)
            )
            docs = seen.docs[term.text] = [doc for (doc,) in rows]
        for doc in docs:
            weight[doc] = weight.get(doc, 0.0) + term.pull
    return nlargest(most, weight, key=weight.__getitem__)


def _telling(asking: _Asking) -> list[_Term]:
    """The heaviest terms that some other note may have, as many as can be looked up in a moment."""
    weighing = asking.weighing
    told: list[_Term] = []
    room = _MAX_FOUND
    for term in asking.terms:
        count = weighing.count(term.number)
        expected = count * weighing.scale
        if (count > 1 or weighing.is_sample) and expected <= room:
            told.append(term)
            room -= round(expected)
            if len(told) == _MAX_ASKED:
                break
    return told


def _witnesses(vault: Vault, asking: _Asking, seen: _Seen) -> Iterator[str]:
    """The texts of some notes that have the most in common with a note: they know what is a template's."""
    run = vault.store.connection.execute
    shown = {note for (note,) in run("SELECT id FROM temp.open_notes")} | {asking.note.id}
    for note, body in run("SELECT note, body FROM temp.open_texts").fetchall():
        if note != asking.note.id:
            yield body
    best = _heaviest(vault, asking, seen, _WITNESSES)
    for note, body in run(
        "SELECT n.id, substr(coalesce(t.whole, t.body), 1, ?) FROM main.notes n JOIN main.texts t ON t.rowid = n.doc "
        f"WHERE n.doc IN ({', '.join('?' * len(best))})",
        (_MAX_WITNESSED, *best),
    ):
        if note not in shown:
            yield body


def _with_links(
    vault: Vault, asking: _Asking, compared: Mapping[int, float], kinship: Kinship, most: int
) -> list[SimilarNote]:
    """The notes compared, and those that the links of the most similar ones lead to, best first."""
    nearest = sorted(compared, key=lambda note: (-compared[note], note))[:_NEIGHBOURS]
    if not nearest:
        return []
    best = compared[nearest[0]]
    led = kinship.followed([(note, (compared[note] / best) ** 2) for note in nearest])
    led.pop(asking.note.id, None)
    most_led = max((worth for worth, _ in led.values()), default=1.0)
    scores = dict(compared)
    for note, (worth, _) in led.items():
        scores[note] = scores.get(note, 0.0) + _FOLLOWED * best * worth / most_led
    first = sorted(scores, key=lambda note: (-scores[note], note))[:most]
    notes = vault.notes_by_ids(first)
    return [SimilarNote(notes[one], scores[one], followed=led.get(one, (0.0, 0))[1]) for one in first if one in notes]


def _with_titles(note: Note, found: Sequence[SimilarNote]) -> list[SimilarNote]:
    """The notes found, with more for those that are called nearly the same; not where many are, as days of a diary."""
    mine = _bare(note.title)
    if len(mine) < 4:
        return list(found)
    near = {one.note.id for one in found if fuzz.ratio(mine, _bare(one.note.title)) >= _MIN_LIKENESS}
    if len(near) > _MAX_ALIKE:
        return list(found)
    moved = [replace(one, score=one.score + _TITLES, title=True) if one.note.id in near else one for one in found]
    return sorted(moved, key=_order)


def _bare(title: str) -> str:
    """A title without what numbers the notes of a series."""
    return "".join(char for char in matching.fold(title) if not char.isdigit()).strip()


def _explained(
    vault: Vault, text: str, words: Sequence[tuple[int, str]], seen: _Seen, one: SimilarNote, common: SharedLinks
) -> SimilarNote:
    """A note with the reasons for it, and what they add to its score."""
    theirs = seen.shared.get(one.note.id)
    if theirs is None:
        row = vault.store.connection.execute("SELECT packed FROM all_terms WHERE note = ?", (one.note.id,)).fetchone()
        theirs = frozenset(unpack_terms(row[0])[0] if row else ())
    shared = [word for number, word in words if number in theirs]
    score = one.score + _KINSHIP * (1.0 - 1.0 / (1.0 + common.weight))
    return replace(one, score=round(score, 4), kin=common, words=_distinct(text, shared), shared=len(shared))


def _distinct(text: str, shared: Sequence[str]) -> tuple[str, ...]:
    """The first few of some words, without those that are others with an ending; pairs of characters put together."""
    pairs = {term for term in shared if is_pair(term)}
    stretches = unspaced_runs(text, pairs)[:_MAX_WORDS] if pairs else []
    found: list[str] = []
    for word in [*stretches, *(word for word in shared if word not in pairs)]:
        if not any(_is_same(word, other) for other in found):
            found.append(word)
            if len(found) == _MAX_WORDS:
                break
    return tuple(found)


def _is_same(word: str, other: str) -> bool:
    short, long = sorted((word, other), key=len)
    return short in long if is_pair(short) else _is_inflected(short, long)


def _is_inflected(short: str, long: str) -> bool:
    return len(short) > 3 and long.startswith(short[:-1]) and len(long) - len(short) <= 3


def _is_explained(one: SimilarNote, asking: _Asking, kinship: Kinship) -> bool:
    """Whether there is a reason that somebody who reads it would take for one."""
    common = one.kin
    if one.score < (_MIN_OF_MANY if one.shared >= _MANY_WORDS else _MIN_COUNT):
        return False
    if one.title or common.urls or common.links or one.shared > 1:
        return True
    if one.words and (common.tags or common.citers or one.score >= _MUCH):
        return True
    # That a note is in the list which all notes like it are in is news only where it is not yet.
    is_led_to = one.followed >= _MANY or common.citers >= _MANY
    return is_led_to and (asking.apart is not None or not kinship.is_linked(one.note))
