"""Name index: names by their words, so that a fuzzy query looks only at names that can match."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Generator, Iterable, Iterator, Sequence
from heapq import nsmallest

from rapidfuzz import process
from rapidfuzz.distance import OSA

from notes_lsp.fuzzy import match as matching

_MAX_COUNT = 100
"""So many are drawn of each kind of match. The names come in the order of their standing, so the best are drawn."""
_FEW = 12
"""With fewer than this, slower ways of matching are tried."""
_MAX_CHECKED = 4000
_CORRECTIONS = 5
_MAX_WORDS = 400
_STEP = 3000
_USUAL_LENGTHS = range(3, 11)
_LAST = "\U0010ffff"


class Haystack:
    """Names by number, folded by :func:`matching.fold`, the likeliest first; a query gets numbers.

    What is found is a superset cut to size: :func:`matching.quality` says how well each answers.
    """

    def __init__(self, names: Sequence[str]) -> None:
        """Take the names; half a second for 200,000 of them."""
        self._vocabulary: str | None = None
        self._beginnings: dict[int, list[str]] = {}
        for _ in self._take(names):
            pass

    @classmethod
    def in_steps(cls, names: Sequence[str]) -> Generator[None, None, Haystack]:
        """The same a few milliseconds at a time, and with all that is else worked out when it is first needed."""
        stack = cls(())
        yield from stack._take(names)
        for length in _USUAL_LENGTHS:
            stack._cut(length)
            yield
        return stack

    def _take(self, names: Sequence[str]) -> Iterator[None]:
        self._names = names
        first: dict[str, list[int]] = {}
        later: dict[str, list[int]] = {}
        initials: dict[str, list[int]] = {}
        for number, name in enumerate(names):
            words = name.split(" ")
            first.setdefault(words[0], []).append(number)
            if len(words) > 1:
                for word in words[1:]:
                    later.setdefault(word, []).append(number)
                initials.setdefault("".join([word[0] for word in words]), []).append(number)
            if number % _STEP == _STEP - 1:
                yield
        self._first = _Postings(first)
        yield
        self._later = _Postings(later)
        yield
        self._initials = _Postings(initials)

    def search(self, query: str) -> list[int]:
        """The numbers of the names that may answer to a folded query, without duplicates, in no order that matters."""
        terms = query.split(" ")
        found: dict[int, None] = {}
        if len(terms) == 1:
            found.update(dict.fromkeys(self._beginning(query)))
            if len(query) > 1:
                found.update(dict.fromkeys(self._initials.beginning(query)))
            if len(query) > 1 and len(found) < _MAX_COUNT:
                found.update(dict.fromkeys(self._inside(query)))
            if len(query) > 2 and len(found) < _MAX_COUNT:
                found.update(dict.fromkeys(self._run_together(query)))
        else:
            found.update(dict.fromkeys(self._with_terms(terms)))
        if len(found) < _FEW and len(query) > 2:
            for corrected in self._corrected(terms):
                found.update(dict.fromkeys(self._with_terms(corrected)))
            if len(found) < _FEW and len(terms) == 1:
                found.update(dict.fromkeys(self._scattered(query)))
        return list(found)

    def _beginning(self, term: str) -> Iterable[int]:
        """The best names with a word that begins with the term; those that begin with it themselves first."""
        yield from self._first.beginning(term)
        yield from self._later.beginning(term)

    def _with_terms(self, terms: list[str]) -> Iterator[int]:
        """The names in which every term begins a word, in any order."""
        if len(terms) == 1:
            yield from self._beginning(terms[0])
            return
        rarest = min(terms, key=lambda term: self._first.count(term) + self._later.count(term))
        others = list(terms)
        others.remove(rarest)
        needles = [f" {term}" for term in others]
        kept = 0
        for postings in (self._first, self._later):
            for number in postings.beginning(rarest, _MAX_CHECKED):
                name = f" {self._names[number]}"
                if all(needle in name for needle in needles):
                    yield number
                    kept += 1
                    if kept == _MAX_COUNT:
                        return

    def _inside(self, query: str) -> Iterator[int]:
        """The names with a word that holds the query somewhere."""
        at = self._all_words.find(query)
        for _ in range(_MAX_COUNT):
            if at < 0:
                return
            start = self._all_words.rfind("\n", 0, at) + 1
            end = self._all_words.find("\n", at)
            yield from self._of_word(self._all_words[start:end])
            at = self._all_words.find(query, end)

    def _run_together(self, query: str) -> Iterator[int]:
        """The names in which two successive words begin with the two parts of the query, wherever it is cut."""
        for cut in range(1, len(query)):
            left, right = query[:cut], query[cut:]
            lefts = self._first.count(left) + self._later.count(left)
            rights = self._later.count(right)
            if 0 < min(lefts, rights) <= _MAX_CHECKED:
                yield from self._with_terms([left, right])

    def _corrected(self, terms: list[str]) -> list[list[str]]:
        """The terms with words in their place that there are, where that takes few changes."""
        corrected: list[list[str]] = [[]]
        for term in terms:
            known = self._first.count(term) + self._later.count(term)
            near = [term] if known and len(terms) > 1 else self._near(term)
            corrected = [[*before, word] for before in corrected for word in near][: _CORRECTIONS * 2]
        return corrected

    def _near(self, term: str) -> list[str]:
        """Beginnings of words, as long as the term or a letter more or less, that are a slip or two away from it."""
        most = matching.most_slips(term)
        if not most:
            return []
        found: list[tuple[float, str]] = []
        for length in (len(term), len(term) + 1, len(term) - 1):
            near = process.extract(
                term, self._cut(length), scorer=OSA.distance, score_cutoff=most, limit=_CORRECTIONS * 2
            )
            found += [(distance, word) for word, distance, _ in near]
        # Who slips does so after the first letter more often than not.
        found.sort(key=lambda pair: (pair[0] + (pair[1][0] != term[0]), abs(len(pair[1]) - len(term))))
        return list(dict.fromkeys(word for _, word in found))[:_CORRECTIONS]

    def _scattered(self, query: str) -> Iterator[int]:
        """The names with a word that holds the letters of the query in their order, beginning with the first."""
        letters = [re.escape(char) for char in query]
        pattern = re.compile(f"\n{letters[0]}" + "".join(f"[^\n{letter}]*+{letter}" for letter in letters[1:]))
        for count, match in enumerate(pattern.finditer(self._all_words)):
            if count == _MAX_COUNT:
                return
            end = self._all_words.find("\n", match.end())
            yield from self._of_word(self._all_words[match.start() + 1 : end])

    def _of_word(self, word: str) -> list[int]:
        return (self._first.of(word) + self._later.of(word))[:_MAX_COUNT]

    def _cut(self, length: int) -> list[str]:
        if length not in self._beginnings:
            words = self._all_words.split("\n")
            self._beginnings[length] = sorted({word[:length] for word in words if len(word) >= length})
        return self._beginnings[length]

    @property
    def _all_words(self) -> str:
        if self._vocabulary is None:
            words = sorted({*self._first.words, *self._later.words})
            self._vocabulary = "\n" + "".join(f"{word}\n" for word in words)
        return self._vocabulary


class _Postings:
    """Numbers by word, each list ascending."""

    def __init__(self, numbers: dict[str, list[int]]) -> None:
        self._numbers = numbers
        self.words = sorted(numbers)

    def of(self, word: str) -> list[int]:
        return self._numbers.get(word, [])

    def count(self, beginning: str) -> int:
        """How many names there are with a word of this beginning, at most; ``_MAX_CHECKED`` or more is many."""
        total = 0
        for word in self._with(beginning)[:_MAX_WORDS]:
            total += len(self._numbers[word])
            if total >= _MAX_CHECKED:
                break
        return total

    def beginning(self, beginning: str, most: int = _MAX_COUNT) -> list[int]:
        """The lowest numbers of words with this beginning; of very many words, the lowest few of each."""
        words = self._with(beginning)
        if len(words) == 1:
            return self._numbers[words[0]][:most]
        each = most if len(words) < _MAX_WORDS else max(1, 4 * most // len(words))
        numbers = [number for word in words for number in self._numbers[word][:each]]
        return nsmallest(most, numbers) if len(numbers) > most else numbers

    def _with(self, beginning: str) -> list[str]:
        return self.words[bisect_left(self.words, beginning) : bisect_left(self.words, beginning + _LAST)]
