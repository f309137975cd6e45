"""Phrases: names of notes found in prose, in any script, and the spans of a text that are prose."""

from __future__ import annotations

import re
import sys
import unicodedata
from array import array
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple
from zlib import crc32

from notes_lsp.facts import BlockKind, Facts, NameKind
from notes_lsp.links import names
from notes_lsp.text.scripts import MARKS, UNSPACED, without_points
from notes_lsp.text.source import Span

_ASCII_WORD = re.compile(r"[A-Za-z0-9]+")
_POINTS = "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
"""Vowel points of Hebrew and Arabic, written or left out."""
_WORD = re.compile(rf"[{UNSPACED}]|(?:[^\W_{UNSPACED}]|[{MARKS}{_POINTS}])+")
_UNSPACED = re.compile(f"[{UNSPACED}]")
_HYPHENS = re.compile(r"(?<=\S)[_‐‑-](?=\S)")
_SPACES = re.compile(r"\s+")
_SIGNS = str.maketrans("’‘ʼ“”„–ı", "'''\"\"\"-i")
"""One for what is written now so, now so; the dotless letter of Turkish is the small one of a capital I."""
_DOTTED = "i\u0307"
_LETTER = re.compile(r"[^\W\d_]")
_MARKUP = re.compile(
    r"\{\{[^{}]{0,2000}\}\}|\{%[^{}%]{0,2000}%\}|<%[^%\n]*%>|</?[A-Za-z][^<>\n]*>|\{[#.:][^{}\n]*\}"
    r"|\[\[[^\[\]\n]*|\]\([^()\n]*\)?|:[a-z0-9_+-]+:|^[ \t>]*:{3,}[^\r\n]*",
    re.MULTILINE,
)
"""Templates, tags of HTML, attributes, links that are being written or have a blank too many, emoji, containers."""
_ELEMENT = re.compile(
    r"(?<![`\\])<(/?)(a|code|kbd|samp|var|tt|pre|script|style|textarea|svg|math)(?![\w-])[^<>]*>"
    r"|(?:\r\n|\r(?!\n)|\n)[ \t]*(?:\r\n?|\n)",
    re.IGNORECASE,
)
"""The tags of HTML between which words are a link, code or a formula, and blank lines, which end a paragraph."""
_NEVER_BEFORE = frozenset("@#$[]!\\/%^{")
_NEVER_BEHIND = frozenset("]}(@\\/%^")
_JOINING = frozenset("-‐‑_.&+~=:'’*")
_ELIDED = "l d j m n s t c qu un dell nell sull all dall quest jusqu lorsqu"
_ELISIONS = frozenset(_ELIDED.split())
_TURKISH = (
    "a e ya ye na ne ı i u ü yı yi yu yü nı ni nu nü ın in un ün nın nin nun nün da de ta te nda nde "
    "daki deki taki teki dan den tan ten ndan nden la le yla yle lı li lu lü dır dir dur dür tır tir tur tür"
)
_SUFFIXES = frozenset(("s", *_TURKISH.split()))
"""What stands behind a name and an apostrophe: the ``s`` of possession, and the endings of names in Turkish."""
_PARTICLES = re.compile(
    "들?(?:"
    "(?:에서|에게|한테|께|에|으로|로|까지|부터|보다|처럼|와|과|하고|이랑|랑|만)(?:는|은|도|만|의|나|이|을|라도)?"
    "|은|는|이|가|을|를|의|도|나|이나|라도|이라도|조차|마저|밖에|마다|뿐|만큼|께서|에게서|한테서|으로서|로서|으로써|로써"
    "|이?(?:라고|라는|라면|란|지만)|이라|이다|이며|이고|이었다|였다|이에요|예요|입니다|입니까"
    ")?"
)
"""What grows onto Korean nouns: particles, one or two, and forms of the verb that says what something is."""
_SUFFIX = re.compile(r"[^\W\d_]{1,4}(?![^\W_])")
_BREAKING = ("[", "]", "|", "`", "<", ">", "%%")
"""What would end a link, or begin something else, wherever it stands in one."""
_BITS, _PAIR = 0x3FFFFFFF, 0x40000000
_LONGEST_ENDING = 8
_LONGEST = 120
"""Code points of a name that anybody would write in a sentence."""
_NO_TEXT = frozenset(
    {BlockKind.FRONTMATTER, BlockKind.FENCE, BlockKind.CODE, BlockKind.HTML, BlockKind.COMMENT, BlockKind.MATH}
)


class Phrase(NamedTuple):
    """A name as it is looked for."""

    words: tuple[str, ...]
    before: int
    """How many characters stand before its first word: one in ``.NET``."""
    behind: int
    """How many stand behind its last: two in ``C++``."""


def phrase(name: str) -> Phrase | None:
    """A name as a phrase that a text may hold; ``None`` where nobody could tell it from other words.

    That is a single letter, a number or a day, what is longer than any phrase, and what would break a link.
    """
    name = unicodedata.normalize("NFC", " ".join(name.split()))
    if len(name) > _LONGEST or not _LETTER.search(name) or any(sign in name for sign in _BREAKING):
        return None
    folded, places = phrase_words(name, 0, len(name)), bounds(name, 0, len(name))
    if not folded or sum(map(len, folded)) + len(name) - places[-1] < 2:
        return None
    return Phrase(tuple(folded), places[0], len(name) - places[-1])


def pattern(phrases: Iterable[Phrase]) -> re.Pattern[str] | None:
    """Matches where one of some phrases may begin in a text; ``None`` where only its words can tell that.

    That is where letters fold to others: ``ss`` may be written ``ß``.
    """
    firsts = sorted({found.words[0] for found in phrases})
    if not all(word.isascii() and "ss" not in word for word in firsts):
        return None
    return re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(firsts)})(?![A-Za-z0-9])", re.IGNORECASE)


def phrase_key(first: int, second: int | None) -> int:
    """Stands for the first two words of a phrase, or its only one, given by number: so phrases and a text meet."""
    return first if second is None else pair(first, second)


def pair(first: int, second: int) -> int:
    """Stands for two words, given by number."""
    return (first * 31 + second) & _BITS | _PAIR


def word_id(word: str) -> int:
    """The number of a word; that of another one is hardly ever the same."""
    return crc32(word.encode()) & _BITS


def head_of(name: names.Name) -> int | None:
    """The head of one of a note's names; ``None`` of paths, and of what no text would hold."""
    if name.kind in (NameKind.FOLDER, NameKind.PATH_SLUG, NameKind.TITLE_SLUG) or (
        name.kind is NameKind.PATH and "/" in name.key
    ):
        return None
    found = phrase(name.text)
    if found is None:
        return None
    return phrase_key(word_id(found.words[0]), word_id(found.words[1]) if len(found.words) > 1 else None)


def phrase_words(text: str, start: int, end: int) -> list[str]:
    """The words between two offsets of a text, folded; a character of a script without spaces is one."""
    part = text[start:end]
    if part.isascii():
        return _ASCII_WORD.findall(part.lower())
    return [word.lower() if word.isascii() else _folded(word) for word in _WORD.findall(part)]


def bounds(text: str, start: int, end: int) -> list[int]:
    """Where the words between two offsets of a text begin and end: two numbers for each."""
    part = text[start:end]
    pattern = _ASCII_WORD if part.isascii() else _WORD
    # Numbers alone, since a long text has a million words.
    return [start + offset for match in pattern.finditer(part) for offset in match.span()]


def _folded(word: str) -> str:
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", without_points(word)).casefold())
    return folded.translate(_SIGNS).replace(_DOTTED, "i")


def loose(text: str) -> str:
    """A name or a place of a text as both are compared: as words are, and a hyphen or an underscore between as a blank.

    ``rose-garden`` is ``rose garden``; ``rose - garden`` is not.
    """
    folded = text.lower() if text.isascii() else _folded(text)
    return _HYPHENS.sub(" ", _SPACES.sub(" ", folded).strip())


def is_mention(text: str, start: int, end: int, name: str) -> bool:
    """Whether what stands between two offsets is ``name``, on one line, and no part of a longer word."""
    written = text[start:end]
    if "\n" in written or "\r" in written or any(sign in written and sign not in name for sign in "_%"):
        return False
    return loose(written) == loose(name) and _begins(text, start) and _ends(text, end)


def prose_spans(text: str, facts: Facts) -> list[Span]:
    """Where words are plain, in order: in no code, link, heading, tag, comment, formula, frontmatter or HTML."""
    taken: list[Span] = [*facts.opaque]
    taken += (link.span for link in facts.links)
    taken += (reference.span for reference in facts.references)
    taken += (definition.span for definition in facts.definitions)
    taken += (heading.span for heading in facts.headings)
    taken += (tag.span for tag in facts.tags)
    taken += (block.span for block in facts.blocks)
    taken += (region.span for region in facts.regions if region.kind in _NO_TEXT)
    taken += (note.label_span if note.definition else note.span for note in facts.footnotes)
    taken += (Span(*match.span()) for match in _MARKUP.finditer(text))
    taken += _elements(text)
    if facts.frontmatter:
        taken.append(facts.frontmatter.span)
    found: list[Span] = []
    at = 0
    for start, end in sorted(taken):
        if start > at:
            found.append(Span(at, start))
        at = max(at, end)
    if at < len(text):
        found.append(Span(at, len(text)))
    return found


def _elements(text: str) -> Iterator[Span]:
    """Links, code and formulas that are written as HTML within a paragraph, from the first tag to the last."""
    name, start = "", 0
    for match in _ELEMENT.finditer(text) if "</" in text else ():
        if match[2] is None:
            name = ""
        elif not name and not match[1] and not match[0].endswith("/>"):
            name, start = match[2].lower(), match.start()
        elif match[1] and match[2].lower() == name:
            yield Span(start, match.end())
            name = ""


def pack_spans(spans: Iterable[Span]) -> bytes:
    """Spans as bytes: start and end of each, as numbers of 32 bits."""
    numbers = array("I", chain.from_iterable(spans))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def unpack_spans(data: bytes) -> list[Span]:
    """The spans that were packed."""
    numbers = array("I")
    numbers.frombytes(data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return [Span(*pair) for pair in zip(numbers[::2], numbers[1::2], strict=True)]


def is_in_table(facts: Facts, offset: int) -> bool:
    """Whether an offset is in a table, where a link's bar needs a backslash."""
    return any(
        region.kind is BlockKind.TABLE and region.span.start <= offset < region.span.end for region in facts.regions
    )


def _begins(text: str, start: int) -> bool:
    """Whether a word may begin at an offset: what stands before is no part of it."""
    before, first = text[start - 1 : start], text[start : start + 1]
    if not before or before.isspace():
        return True
    if before in _NEVER_BEFORE:
        return False
    if _in_word(before):
        return _in_word(first) and _parts(before, first)
    if before in _JOINING and start > 1 and text[start - 2].isalnum():
        apostrophe = before in "'’"
        return apostrophe and _run_before(text, start - 1).casefold() in _ELISIONS
    return True


def _ends(text: str, end: int) -> bool:
    """Whether a word may end at an offset: what stands behind is no part of it."""
    behind, last = text[end : end + 1], text[end - 1 : end]
    if not behind or behind.isspace():
        return True
    if behind == "[":
        return text.startswith("[^", end)
    if behind == "\\" and text[end + 1 : end + 2] in ("\n", "\r"):
        # A backslash breaks the line.
        return True
    if behind in _NEVER_BEHIND or text[end : end + 8].lower().startswith(("http://", "https://")):
        return False
    if not _in_word(last):
        # C++, but not C+++ or C++17.
        return behind != last and not _in_word(behind)
    if _in_word(behind):
        if _is_hangul(last) and _is_hangul(behind):
            return _PARTICLES.fullmatch(_run_behind(text, end)) is not None
        return _parts(last, behind)
    if behind in _JOINING and text[end + 1 : end + 2].isalnum():
        # Anna's, but not can't.
        suffix = _SUFFIX.match(text, end + 1)
        return behind in "'’" and suffix is not None and suffix[0].lower() in _SUFFIXES
    return True


def _in_word(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char)[0] == "M"


def _parts(one: str, other: str) -> bool:
    """Whether a word may end between two letters: where one is of a script without spaces between words."""
    if unicodedata.category(other)[0] == "M":
        return False
    if _is_katakana(one) or _is_hangul(one):
        return not (_is_katakana(other) or _is_hangul(other))
    return bool(_UNSPACED.match(one) or _UNSPACED.match(other))


def _is_katakana(char: str) -> bool:
    return "\u30a1" <= char <= "\u30ff" or "\uff66" <= char <= "\uff9f"


def _is_hangul(char: str) -> bool:
    return "\uac00" <= char <= "\ud7a3"


def _run_before(text: str, end: int) -> str:
    start = end
    while start and end - start < 8 and text[start - 1].isalnum():
        start -= 1
    return text[start:end]


def _run_behind(text: str, start: int) -> str:
    end = start
    while end < len(text) and end - start < _LONGEST_ENDING and _is_hangul(text[end]):
        end += 1
    return text[start:end]
