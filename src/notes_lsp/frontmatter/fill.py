"""Fill: values put into the frontmatter of a template, quoted as its format requires.

While a template is rendered, each hole is filled with a word that stands for its value. The frontmatter is then read
as it is, and each scalar with such a word in it is written again with the value, quoted as the format wants it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from notes_lsp.frontmatter import edit as header_edits
from notes_lsp.frontmatter.formats.write import HeaderValue, literal, quote
from notes_lsp.frontmatter.values import ValuePath, header, span_of_path, to_plain, value_at
from notes_lsp.text.source import apply_edits

_ESCAPED = re.compile(r"\\.")


@dataclass(frozen=True, slots=True)
class _Kept:
    value: Any
    shown: str


class Holes:
    """The values of holes, each kept under a word that stands for it."""

    def __init__(self, text: str) -> None:
        """Begin with words that do not occur in ``text``."""
        number = 0
        while f"hole{number}x" in text:
            number += 1
        self._prefix = f"hole{number}x"
        self._kept: list[_Kept] = []
        self.pattern = re.compile(rf"{self._prefix}(\d+)z")

    def keep(self, value: Any, shown: str) -> str:
        """A word for a value that is written as ``shown`` where it stands among other text."""
        if type(value).__name__ == "Verbatim":
            return shown
        self._kept.append(_Kept(value, shown))
        return f"{self._prefix}{len(self._kept) - 1}z"

    def texts(self, text: str) -> str:
        """A text with each word replaced by the text of its value."""
        return self.pattern.sub(lambda match: self._at(match).shown, text)

    def value(self, text: str, *, in_quotes: bool) -> HeaderValue:
        """What a scalar means: the value itself where its word stands alone and unquoted, else a text."""
        alone = self.pattern.fullmatch(text)
        if alone is None or in_quotes:
            return self.texts(text)
        kept = self._at(alone)
        if type(kept.value).__name__ == "FormattedDate":
            return _day(kept.shown)
        if isinstance(kept.value, dt.date) and kept.shown != kept.value.isoformat():
            return kept.shown
        if kept.value is None or isinstance(kept.value, (str, bool, int, float, dt.date)):
            return cast("HeaderValue", kept.value)
        found: object = kept.value
        return cast("HeaderValue", found) if isinstance(found, (list, tuple, dict)) else kept.shown

    def literally(self, format_: str, before: str, match: re.Match[str]) -> str:
        """What to write for a word behind ``before``, the beginning of its line, in TOML or JSON."""
        kept = self._at(match)
        if _ESCAPED.sub("", before).count('"') & 1:
            return quote(kept.shown)[1:-1]
        return literal(format_, self.value(match[0], in_quotes=False))

    def _at(self, match: re.Match[str]) -> _Kept:
        number = int(match[1])
        # A value may itself hold what looks like one of our words.
        return self._kept[number] if number < len(self._kept) else _Kept(match[0], match[0])


def fill(text: str, holes: Holes) -> str:
    """The text with all words replaced.

    Raises:
        ValueError: a value cannot be written into the frontmatter.
    """
    found = header(text)
    if found is None:
        return holes.texts(text)
    span = found.span
    written = _yaml(text, holes) if found.format == "yaml" else _literally(text, holes, found.format)
    body = holes.texts(text[span.end :])
    after = header(written)
    if after is None or len(after.problems) > len(found.problems):
        raise ValueError("the template's frontmatter cannot hold its values; write them as `key: {{ value }}`")
    return written[: after.span.end] + body


def _yaml(text: str, holes: Holes) -> str:
    found = header(text)
    paths = [path for path, value in _scalars(to_plain(found.entries)) if holes.pattern.search(value)] if found else []
    for path in paths:
        now = header(text)
        at = span_of_path(now.entries, path) if now is not None else None
        if now is None or at is None:
            continue
        value = value_at(to_plain(now.entries), path)
        if not isinstance(value, str):
            continue
        in_quotes = text[at.span.start : at.span.start + 1] in ('"', "'")
        edit = header_edits.set_value(text, path, holes.value(value, in_quotes=in_quotes))
        text = apply_edits(text, [edit]) if edit is not None else text
    now = header(text)
    if now is None:
        return text
    # What is left stands in keys, in comments, or where nothing can be written: in one line, it does least harm there.
    head = holes.pattern.sub(lambda match: " ".join(holes.texts(match[0]).split()), text[: now.span.end])
    return head + text[now.span.end :]


def _literally(text: str, holes: Holes, format_: str) -> str:
    found = header(text)
    end = found.span.end if found is not None else 0
    out, last = "", 0
    for match in holes.pattern.finditer(text, 0, end):
        out += text[last : match.start()]
        out += holes.literally(format_, out.rpartition("\n")[2], match)
        last = match.end()
    return out + text[last:]


def _scalars(value: object, path: ValuePath = ()) -> Iterator[tuple[ValuePath, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for name, one in cast("Mapping[str, object]", value).items():
            yield from _scalars(one, (*path, name))
    elif isinstance(value, list):
        for number, one in enumerate(cast("list[object]", value)):
            yield from _scalars(one, (*path, number))


def _day(shown: str) -> HeaderValue:
    """A text that a format made: a day or a moment where ISO 8601 writes it so, else a text."""
    for read in (dt.date.fromisoformat, dt.datetime.fromisoformat):
        try:
            found = read(shown)
        except ValueError:
            continue
        if found.isoformat() == shown:
            return found
    return shown
