"""Post: frontmatter and body joined or split as python-frontmatter does, in all three formats.

For notes that are new. Its handlers are ours: they write what our reader reads back as the same values, and find the
frontmatter where our reader finds it. Of its own ones, that for YAML reads `12:30` as 750 and `[[note]]` as a list in
a list, that for TOML needs a package more, and all of them take white space from the text's ends.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, cast

from frontmatter.default_handlers import BaseHandler, JSONHandler, YAMLHandler

from frontmatter import Post, dumps
from notes_lsp.frontmatter.formats.write import HeaderValue, literal, write_key
from notes_lsp.frontmatter.values import Header, header, values

_TOML_FENCE = re.compile(r"^\+{3}\s*$", re.MULTILINE)
_LINE_END = re.compile(r"[ \t]*(?:\r\n|\n|\r)?")


def fresh(format_: str, properties: Mapping[str, HeaderValue], text: str) -> str:
    """A text without frontmatter as a note that says these properties, in the order given, a blank line in between."""
    post = Post("")
    metadata: dict[str, object] = {**properties}
    # Not as arguments of Post, where a property could be called as one of its own.
    post.metadata = metadata
    head = dumps(post, _HANDLERS[format_])
    return f"{head}\n\n{text}" if text.strip() else f"{head}\n{text}"


def split_post(text: str) -> tuple[dict[str, HeaderValue], str]:
    """The properties of a text and what follows its frontmatter, every character of it; blank lines between are none.

    Raises:
        ValueError: the frontmatter is broken; the message says how.
    """
    found = header(text)
    if found is None:
        return {}, text
    if found.problems:
        raise ValueError(found.problems[0].message)
    handler = _HANDLERS[found.format]
    written, content = handler.split(text)
    return cast("dict[str, HeaderValue]", handler.load(written)), content


class _Reading(BaseHandler):
    """How our reader takes a text apart."""

    def split(self, text: str) -> tuple[str, str]:
        """The frontmatter with its fences, and what follows them."""
        found = _found(text)
        end = _LINE_END.match(text, found.span.end)
        return text[: found.span.end], text[end.end() if end else found.span.end :]

    def load(self, fm: str, **_: object) -> dict[str, Any]:
        """The values, days as days."""
        return dict(values(_found(fm).entries))


class _Yaml(_Reading, YAMLHandler):
    def export(self, metadata: dict[str, object], **_: object) -> str:
        """One key a line, quoted where YAML 1.1 or 1.2 would read something else."""
        return "\n".join(f"{write_key('yaml', name)}: {literal('yaml', _value(one))}" for name, one in metadata.items())


class _Toml(_Reading):
    FM_BOUNDARY = _TOML_FENCE
    START_DELIMITER = END_DELIMITER = "+++"

    def export(self, metadata: dict[str, object], **_: object) -> str:
        """One key a line, tables in braces."""
        return "\n".join(
            f"{write_key('toml', name)} = {literal('toml', _value(one))}" for name, one in metadata.items()
        )


class _Json(_Reading, JSONHandler):
    def export(self, metadata: dict[str, object], **_: object) -> str:
        """Indented by two; days are texts in ISO 8601."""
        # Through our own writer, which knows what JSON has no word for.
        said = json.loads(literal("json", _value(metadata)))
        return super().export(said, indent=2, ensure_ascii=False)


_HANDLERS: dict[str, BaseHandler] = {"yaml": _Yaml(), "toml": _Toml(), "json": _Json()}


def _found(text: str) -> Header:
    found = header(text)
    if found is None:
        raise ValueError("there is no frontmatter")
    return found


def _value(value: object) -> HeaderValue:
    return cast("HeaderValue", value)
