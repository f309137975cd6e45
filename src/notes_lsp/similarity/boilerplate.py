"""Boilerplate: the lines of a text that several like it have letter by letter, as templates leave them behind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_MIN_OTHERS = 4
"""Two or three notes may have a thought in common; what more have came with the template."""
_MIN_WORDS = 3
_LINKS = re.compile(r"\[\[[^\]]*\]\]|\]\([^)]*\)|(?<!\w)\w+://\S+")
_WORD = re.compile(r"[^\W\d_]{2,}")


def split_boilerplate(text: str, body_start: int, others: Iterable[str]) -> tuple[str, str]:
    """The text without the lines that at least four of the ``others`` have as well, and these lines.

    Of the frontmatter nothing goes, and in the body only headings, comments and lines that say something besides links:
    that some notes have a tag or a link in common is no template's doing.
    """
    lines = text[body_start:].splitlines(keepends=True)
    mine = {line.rstrip("\r\n") for line in lines}
    counts: Counter[str] = Counter()
    for other in others:
        counts.update(mine.intersection(other.splitlines()))
    boilerplate = {line for line, count in counts.items() if count >= _MIN_OTHERS and _says_something(line)}
    if not boilerplate:
        return text, ""
    own = [text[:body_start]]
    left_out: list[str] = []
    for line in lines:
        (left_out if line.rstrip("\r\n") in boilerplate else own).append(line)
    return "".join(own), "".join(left_out)


def _says_something(line: str) -> bool:
    bare = line.strip()
    if bare.startswith(("# ", "## ", "### ", "#### ", "##### ", "###### ", "%%", "<!--")):
        return True
    return len(_WORD.findall(_LINKS.sub(" ", bare))) >= _MIN_WORDS
