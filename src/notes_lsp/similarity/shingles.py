"""Shingles: the overlap of the words of a note with other notes, without what many notes share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from notes_lsp.similarity.prose import prose_text
from notes_lsp.text.scripts import ALPHABETS, SIGNS
from notes_lsp.text.words import length, words

_RUN = 3
"""Words in a row that have to be the same before they count as shared."""
_GAP = 8
_SIGNS_PER_WORD, _LETTERS_PER_WORD = 2, 5
_MIN_COMMON = 5
"""Fewer runs than this in common are turns of phrase."""
_MIN_PART = 0.1
"""Of all runs; each may be of words that no other is of, which makes three times as much of the words."""
_MIN_TO_FILL = 0.2
"""Of all words, in runs: where fewer are, the words between them would not make it much."""
_MAX_OTHERS = 1
"""What stands in this many notes besides the two may still be their own; in more it is a template's."""
_TWINS = 0.98
_MAX_TWINS = 3
_MIN_RARE = 0.35
_LITTLE = 0.1
_MIN_FIELDS, _MAX_FOR_FIELD = 3, 30
_HEADING = re.compile(r"#{1,6}[ \t]")
_PROSE = 12
"""Words in a line from which on it is a sentence rather than a heading, a field or a list of names."""

_MARKUP = "#>*_+-=| "
_BRACKETS = re.compile(r"\[\[|\]\]")
_OPENED = re.compile(r"\[(?![^\[\]]*\])")
"""What is left of links once their addresses are taken away."""
_LONGEST = 160
"""Characters of a passage that are shown."""

_UNSPACED = re.compile(f"[{SIGNS}]|([{ALPHABETS}])")
_UNSPACED_FROM = 1.01
"""Pieces for each word: with fewer there is next to nothing of a script without spaces."""

_PLACEHOLDER = re.compile(r"\{\{(?![<%])[^{}\n]*\}\}|<%[^\n]{0,500}?%>")
_PLACEHOLDER_HEADING = re.compile(rf"^(?:#{{1,6}}|[\w-]+:)[ \t][^\n]{{0,200}}?(?:{_PLACEHOLDER.pattern})", re.MULTILINE)
_WORDS_PER_PLACEHOLDER = 20
_CODE = re.compile(r"^(```+|~~~+).*?(?:^\1|\Z)|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_TEMPLATES = re.compile(
    r"(?:^|/)[^/A-Za-z]*templates?(?:[ _.-][^/]*)?/|(?:^|[/ _.-])template(?:[ _.-][^/]*)?\.\w+$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Shingles:
    """The words of a note that are its writer's: no frontmatter, quotations, embeds, comments, addresses or tags."""

    text: str
    """What is left of the note."""
    runs: list[int]
    """For each word but the last two: a number for it and the two after it, the same for the same words."""
    all_runs: frozenset[int]

    per_word: float = 1.0
    """How many of what ``text.words`` takes for words make one for a reader: more in scripts without spaces."""
    reaches: list[int] | None = None
    """How many words in a row each run holds; ``None`` where none is of a script without spaces."""

    @property
    def count(self) -> int:
        """How many words, as ``text.words`` takes them."""
        return len(self.runs) + _RUN - 1 if self.runs else 0


@dataclass(slots=True)
class _Kept:
    """The latest wordings: making one takes longer than everything that is asked of it."""

    wordings: dict[tuple[str, int], Shingles] = field(default_factory=dict[tuple[str, int], Shingles])
    words: int = 0

    def keep(self, key: tuple[str, int], made: Shingles) -> None:
        self.words += made.count
        if self.words > _MAX_KEPT:
            self.wordings.clear()
            self.words = made.count
        self.wordings[key] = made


_kept = _Kept()
_MAX_KEPT = 400_000
"""Words of all notes together: some 40 MB."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much of one note's own words stands in another one."""

    own: int
    """Words of the one that are not common to many notes."""
    shared: int
    """How many of those stand in the other."""
    others_own: int = 0
    """Words of the other that are not common to many notes."""
    passage: str = ""
    """The line that holds the longest run of them."""

    @property
    def part(self) -> float:
        """From 0 to 1."""
        return self.shared / self.own if self.own else 0.0


NO_OVERLAP = Overlap(0, 0)


def shares(
    one: Shingles, rivals: Sequence[Shingles], witnesses: Sequence[Shingles] = (), templates: Sequence[Shingles] = ()
) -> list[Overlap]:
    """How much of ``one``'s own words stands in each rival, by runs of three words wherever they are.

    What stands in several of all these notes comes from a template and is nobody's own. So is what stands in three of
    them, unless it is evident that those are versions of each other. Copies of a note count as one note, as long as
    there are a handful of them at most. What stands in one of the ``templates`` is a template's in any case.
    """
    everyone = [*rivals, *witnesses]
    # Which of them stand in many, once for all rivals: that settles most of it.
    counts = Counter(run for other in everyone for run in one.all_runs & other.all_runs)
    widespread = {run for run, count in counts.items() if count > _MAX_OTHERS + 1 + 2 * _MAX_TWINS}
    widespread.update(*(one.all_runs & template.all_runs for template in templates))
    left = one.all_runs - widespread
    return [
        _share(one, rival, [other for other in everyone if other is not rival], widespread)
        if len(left & rival.all_runs) >= _MIN_COMMON
        else NO_OVERLAP
        for rival in rivals
    ]


def shingles_of(text: str, body_start: int) -> Shingles:
    """The words of a note's text that are its writer's, from behind the frontmatter on; kept for the latest notes."""
    known = _kept.wordings.get((text, body_start))
    if known is None:
        said = prose_text(text[body_start:])
        found = words(said)
        runs = list(map(hash, zip(found, found[1:], found[2:], strict=False)))
        per_word = 1.0 if said.isascii() else max(1.0, len(found) / max(1, length(said)))
        reaches = _reaches(found) if per_word > _UNSPACED_FROM else None
        known = Shingles(said, runs, frozenset(runs), per_word, reaches)
        _kept.keep((text, body_start), known)
    return known


def are_forms(one: Shingles, other: Shingles) -> bool:
    """Whether two texts look like one form, filled in twice, though nobody has the form.

    They are called differently and go on under the same headings, with a few words below each; and what they have in
    common are whole lines, while a text that somebody revised has sentences that are the same in part.
    """
    mine, theirs = ([line for line in map(str.strip, text.text.splitlines()) if line] for text in (one, other))
    if not (mine and theirs and mine[0].startswith("# ") and theirs[0].startswith("# ")) or mine[0] == theirs[0]:
        return False
    headings, other_headings = ([line for line in lines[1:] if _HEADING.match(line)] for lines in (mine, theirs))
    if len(headings) < _MIN_FIELDS or headings != other_headings:
        return False
    common = set(mine) & set(theirs)
    if sum(len(words(line)) for line in common) > len(headings) * _MAX_FOR_FIELD * one.per_word:
        return False
    return not any(_is_partly(line, other) for line in mine if line not in common)


def _is_partly(line: str, other: Shingles) -> bool:
    said = words(line)
    runs = list(map(hash, zip(said, said[1:], said[2:], strict=False)))
    return len(said) >= _PROSE and sum(run in other.all_runs for run in runs) > len(runs) * _LITTLE


def is_template_note(path: str, text: str) -> bool:
    """Whether a note is there to make others from.

    It is one if it lies in a folder of templates, is called one, or has places to be filled in: in its frontmatter, in
    a heading, or all over. A page that explains such places has them in its code.
    """
    if _TEMPLATES.search(path):
        return True
    if "{{" not in text and "<%" not in text:
        return False
    outside = _CODE.sub("", text)
    return _PLACEHOLDER_HEADING.search(outside) is not None or len(
        _PLACEHOLDER.findall(outside)
    ) * _WORDS_PER_PLACEHOLDER > len(words(outside))


def _share(one: Shingles, rival: Shingles, jury: Sequence[Shingles], widespread: set[int]) -> Overlap:
    others = _others(one, rival, jury)
    counts = Counter(run for third in others for run in one.all_runs & third.all_runs)
    common = widespread | {run for run, count in counts.items() if count > _MAX_OTHERS}
    left = one.all_runs - common
    if len(left & rival.all_runs) < max(_MIN_COMMON, len(left) * _MIN_PART):
        return NO_OVERLAP
    shared = _marked(one, one.all_runs & rival.all_runs)
    alien = _marked(one, common)
    seen = _marked(one, widespread | counts.keys())
    if any(seen) and not _are_versions(one, alien, seen, shared):
        return NO_OVERLAP
    if shared.count(1) > one.count * _MIN_TO_FILL:
        _fill(one, rival, shared)
    both = bytes(is_shared and not is_alien for is_shared, is_alien in zip(shared, alien, strict=True))
    return Overlap(
        round(alien.count(0) / one.per_word),
        round(both.count(1) / one.per_word),
        round(_marked(rival, common).count(0) / rival.per_word),
        _passage(one, both),
    )


def _others(one: Shingles, rival: Shingles, jury: Sequence[Shingles]) -> Sequence[Shingles]:
    """Those of the jury that are no copies; all of it where there are more copies than anybody would make."""
    others = [third for third in jury if not _are_twins(third, one) and not _are_twins(third, rival)]
    return others if len(jury) - len(others) <= _MAX_TWINS else jury


def _are_twins(one: Shingles, other: Shingles) -> bool:
    most = max(len(one.all_runs), len(other.all_runs)) * _TWINS
    if min(len(one.all_runs), len(other.all_runs)) < most:
        return False
    return len(one.all_runs & other.all_runs) >= most


def _marked(one: Shingles, runs: set[int] | frozenset[int]) -> bytearray:
    """For each word whether it stands in one of some runs."""
    marks = bytearray(one.count)
    if one.reaches is None:
        for at, run in enumerate(one.runs):
            if run in runs:
                marks[at : at + _RUN] = b"\1\1\1"
        return marks
    for at, (run, reach) in enumerate(zip(one.runs, one.reaches, strict=True)):
        if run in runs:
            marks[at : at + reach] = b"\1" * reach
    return marks


def _reaches(found: list[str]) -> list[int]:
    """For each three words how many words they hold: pieces of scripts without spaces hold what begins within them."""
    ends = list(range(len(found)))
    for at in range(len(found) - 2, -1, -1):
        if len(found[at]) > 1 and found[at + 1][:-1] == found[at][1:] and _atom(found[at]) != found[at]:
            ends[at] = ends[at + 1]
    return [
        min(at + _RUN - 1 + len(last) - 1, ends[at + _RUN - 1]) - at + 1 if _atom(last) != last else _RUN
        for at, last in enumerate(found[_RUN - 1 :])
    ]


def _atoms(one: Shingles) -> list[str]:
    """The words of a wording; of pieces of scripts without spaces, as much of their beginning as counts as a word."""
    found = words(one.text)
    return found if one.reaches is None else list(map(_atom, found))


def _atom(word: str) -> str:
    unspaced = _UNSPACED.match(word)
    return word if unspaced is None else word[: _LETTERS_PER_WORD if unspaced[1] else _SIGNS_PER_WORD]


def _fill(one: Shingles, rival: Shingles, shared: bytearray) -> None:
    """Mark the words that are shared but stand between two changed ones, with shared runs not far on either side.

    Each word of the other answers for one: where an article was replaced, one from elsewhere does not stand for it.
    """
    mine = _atoms(one)
    left = Counter(_atoms(rival))
    left.subtract(word for word, is_shared in zip(mine, shared, strict=True) if is_shared)
    gap = shared.find(0, shared.find(1) + 1)
    while 0 < gap < len(mine):
        end = shared.find(1, gap)
        if end < 0:
            return
        longest = _GAP
        if one.reaches is not None and (unspaced := _UNSPACED.match(mine[gap])):
            longest *= _LETTERS_PER_WORD if unspaced[1] else _SIGNS_PER_WORD
        if end - gap <= longest:
            _fill_gap(mine, left, shared, gap, end)
        gap = shared.find(0, end)


def _fill_gap(mine: list[str], left: Counter[str], shared: bytearray, gap: int, end: int) -> None:
    for at in range(gap, end):
        word = mine[at]
        if left[word] > 0:
            left[word] -= 1
            held = min(len(word) if _UNSPACED.match(word) else 1, end - at)
            shared[at : at + held] = b"\1" * held


def _are_versions(one: Shingles, alien: bytearray, seen: bytearray, shared: bytearray) -> bool:
    """Whether notes that have much in common are versions of one text, rather than made from one template.

    Versions differ from each other here and there, and each time from another one: a good part of what stands in two of
    them at most is shared. What is filled into a template is not. Where there is next to nothing besides what they all
    have, sentences are a text, unless lines of its own are in each, and anything else a template nobody has filled in.
    """
    left = seen.count(0)
    if left >= max(one.count * _LITTLE, _PROSE):
        return (
            sum(is_shared and not is_seen for is_shared, is_seen in zip(shared, seen, strict=True)) >= left * _MIN_RARE
        )
    _, line_of = _lines(one)
    length_of = Counter(line_of)
    # What was filled in fills lines of its own; who writes another version changes words in a line.
    alone = Counter(line for line, *marks in zip(line_of, seen, shared, strict=True) if not any(marks))
    if left >= _MIN_COMMON and sum(count for line, count in alone.items() if count == length_of[line]) * 2 > left:
        return False
    own = [line for line, is_alien in zip(line_of, alien, strict=True) if not is_alien]
    return sum(length_of[line] >= _PROSE for line in own) * 2 >= len(own)


def _passage(one: Shingles, shared: bytes) -> str:
    longest = max(shared.split(b"\0"), key=len, default=b"")
    if not longest:
        return ""
    lines, line_of = _lines(one)
    line = _OPENED.sub("", _BRACKETS.sub("", lines[line_of[shared.index(longest)]]))
    line = " ".join(line.split()).strip(_MARKUP)
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST].rpartition(' ')[0] or line[:_LONGEST]} …"


def _lines(one: Shingles) -> tuple[list[str], list[int]]:
    """The lines of a wording, and the line of each word."""
    lines = one.text.splitlines()
    return lines, [number for number, line in enumerate(lines) for _ in words(line)]
