"""Filter: whether a name in prose is likely to mean its note, by the frequency of its words."""

from __future__ import annotations

import math
import re
from weakref import WeakKeyDictionary

from notes_lsp.index.mentions.find import NamedNotes, count_links
from notes_lsp.index.similar.term_weights import Weights, weights
from notes_lsp.index.vault.vault import Vault
from notes_lsp.similarity.terms import term_id
from notes_lsp.text.scripts import UNSPACED_RUN, searchable
from notes_lsp.text.source import Span
from notes_lsp.text.stopwords import STOPWORDS

_MIN_LETTERS = 3
_FEW = 3
"""A word that stands in no more notes than this is rare in any vault."""
_ONE_IN = 6
"""A name that is a link in one of so many of the notes that hold it means its note, however often it stands there."""
_MIN_LINKS = 3
_POWER = 0.4
"""Of the number of notes: 6 in 100, 16 in 1,000, 100 in 100,000."""
_ODD_WORTH = 4
"""So many times as many for what is written like no other word, such as ``GitHub``."""
_SHORT_WORD = 4
_PART = 10
"""A phrase that stands in more than one of so many notes is a turn of speech."""
_MAX_COUNTED = 500
_SHORT = 3
_ODD_CASE = re.compile(r"[^\W_].*[A-Z\d]|\d")
_LONGEST_WORD = 40
_WORD_BEFORE = re.compile(r"([^\W\d_][^\W_]+) $")
_WORD_BEHIND = re.compile(r" ([^\W\d_][^\W_]+)")
_UNSPACED = re.compile(UNSPACED_RUN)
_BEFORE_SENTENCE = " \t*_~=\"'“”‘’«»„([>#-+•|"

_counted: WeakKeyDictionary[Weights, dict[tuple[str, int], int]] = WeakKeyDictionary()


class Rarity:
    """Judges names by how many notes hold them, as words and as links. Made for one question, and kept no longer."""

    def __init__(self, vault: Vault) -> None:
        """Take the vault as it is now."""
        self._vault = vault
        self._weights = weights(vault)
        self._notes = max(1, vault.count()[0])
        # As old as the weights themselves, which are counted anew now and then.
        self._counts = _counted.setdefault(self._weights, {})
        self._telling: dict[str, bool] = {}
        self._linked: dict[str, bool] = {}

    def may_tell(self, named: NamedNotes) -> bool:
        """Whether there is any place where a name would be more than an ordinary word."""
        name, words = named.text, named.phrase.words
        if name not in self._telling:
            if len(words) > 1 and not _is_short_run(name):
                self._telling[name] = self._is_phrase_telling(named)
            else:
                self._telling[name] = self._is_word_telling(named)
        return self._telling[name]

    def is_telling(self, named: NamedNotes, text: str, span: Span) -> bool:
        """Whether the name that stands at ``span`` of a text is more than an ordinary word there.

        Phrases tell more than single words, and rare words more than those of every other note. A name in capitals is
        meant only where capitals stand; ``GitHub`` or a capital amid a sentence say more than small letters do.
        """
        if not self.may_tell(named):
            return False
        name, written = named.text, text[span.start : span.end]
        if len(named.phrase.words) > 1 and not _is_short_run(name):
            telling = _telling(named)
            # ``the game`` says no more than ``game``; ``The Game`` amid a sentence does.
            is_said = written == name and not name.islower() and not _opens_sentence(text, span.start)
            return len(telling) > 1 or is_said or self._count(telling[0]) <= self._most() or self._is_linked(named)
        if (_is_capitals(name) and written != name) or _is_in_longer_name(text, span):
            return False
        return self._count_of(named) <= self._limit(name, text, span) or self._is_linked(named)

    def _is_word_telling(self, named: NamedNotes) -> bool:
        name = named.text
        # A word that is the title of several notes names none of them.
        if len(named.notes) > 1:
            return False
        # ``Go`` is a word; ``C#`` is none.
        is_short = len(name) < _MIN_LETTERS and name.isalnum() and not _UNSPACED.fullmatch(name)
        if not _is_capitals(name) and (is_short or STOPWORDS.issuperset(named.phrase.words)):
            return False
        return self._count_of(named) <= self._most() * _ODD_WORTH or self._is_linked(named)

    def _most(self) -> float:
        return max(_FEW, math.pow(self._notes, _POWER))

    def _limit(self, name: str, text: str, span: Span) -> float:
        """In how many notes a word may stand that is no ordinary one: in all of few, in a small part of many."""
        limit = math.pow(self._notes, _POWER)
        if len(name) <= _SHORT_WORD and name[1:].islower():
            limit /= 2
        written = text[span.start : span.end]
        if written != name or name.islower():
            limit /= 2 if written.islower() and not name.islower() else 1
        elif _ODD_CASE.search(name[1:] if name[:1].isupper() else name):
            limit *= _ODD_WORTH
        elif not _opens_sentence(text, span.start):
            limit *= 2
        return max(_FEW, limit)

    def _is_phrase_telling(self, named: NamedNotes) -> bool:
        telling = _telling(named)
        if not telling:
            return False
        most = min(_MAX_COUNTED, max(_FEW * 2, self._notes // _PART))
        if len(telling) == 1:
            return self._count(telling[0]) <= self._most() * _ODD_WORTH or self._is_linked(named)
        if any(self._count(word) <= most for word in telling):
            return True
        count = self._count_of_phrase(named.text, most + 1)
        return count <= most or self._is_linked(named)

    def _is_linked(self, named: NamedNotes) -> bool:
        """Whether a name, in the notes that hold it, is often a link."""
        if named.text not in self._linked:
            links = count_links(self._vault, named.text)
            is_phrase = len(named.phrase.words) > 1
            count = self._count_of_phrase(named.text, _MAX_COUNTED) if is_phrase else self._count_of(named)
            self._linked[named.text] = links >= _MIN_LINKS and links * _ONE_IN >= count
        return self._linked[named.text]

    def _count_of(self, named: NamedNotes) -> int:
        """In how many notes a single word stands."""
        words = named.phrase.words
        return self._count(words[0]) if len(words) == 1 else self._count_of_phrase(named.text, _MAX_COUNTED)

    def _count(self, word: str) -> int:
        """In how many notes of the vault besides one that is called so a word stands, from how many of a sample do."""
        return round(self._weights.count(term_id(word)) * self._notes / max(1, self._weights.total)) - 1

    def _count_of_phrase(self, name: str, most: int) -> int:
        """In how many notes, ``most`` at most, words stand side by side."""
        if (name, most) not in self._counts:
            asked = '{body} : "' + searchable(name).replace('"', " ") + '"'
            row = self._vault.store.connection.execute(
                "SELECT count(*) FROM (SELECT 1 FROM main.texts WHERE texts MATCH ? LIMIT ?)", (asked, most)
            ).fetchone()
            self._counts[name, most] = row[0]
        return self._counts[name, most]


def _telling(named: NamedNotes) -> list[str]:
    """The words of a name without those that every text has; single letters count only in ``R&D`` and ``f(x)``."""
    is_words = all(char.isalnum() or char.isspace() for char in named.text)
    return [
        word
        for word in named.phrase.words
        if word not in STOPWORDS and not (is_words and len(word) == 1 and word.isascii())
    ]


def _is_short_run(name: str) -> bool:
    """Whether a name is one word of a script without spaces: ``学习`` is, ``机器学习`` may be a phrase."""
    return len(name) <= _SHORT and _UNSPACED.fullmatch(name) is not None


def _is_capitals(name: str) -> bool:
    return name.isupper() and sum(char.isalpha() for char in name) > 1


def _is_in_longer_name(text: str, span: Span) -> bool:
    """Whether a word with a capital stands beside another one: ``Wilson`` in ``Chris Wilson`` is somebody else."""
    written = text[span.start : span.end]
    if not (written[:1].isupper() and written[1:].islower()):
        return False
    before = _WORD_BEFORE.search(text, max(0, span.start - _LONGEST_WORD), span.start)
    behind = _WORD_BEHIND.match(text, span.end)
    beside = [found[1] for found in (before, behind) if found]
    return any(word[0].isupper() and word.lower() not in STOPWORDS for word in beside)


def _opens_sentence(text: str, start: int) -> bool:
    """Whether a word opens a sentence, where any word has a capital."""
    at = start
    while at and text[at - 1] in _BEFORE_SENTENCE:
        at -= 1
    return not at or not (text[at - 1].isalnum() or text[at - 1] in ",)")
