"""Spelling: the shortest text that leads from one note to another; ``targets(spelling(x)) == x`` is a law."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import dirname, relpath
from urllib.parse import quote, unquote

from notes_lsp.core import names
from notes_lsp.index import resolve
from notes_lsp.index.vault import Note, Vault

# Not only what divides a wiki link, also what would begin a code span, a tag or an escape and reach beyond it.
_WIKI_SPECIAL = str.maketrans({char: quote(char) for char in "[]|#^`<\\"})
_ENTITY = re.compile(r"&(?=#?\w+;)")
_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*):")


def wiki(vault: Vault, source: str, target: Note, path_style: str = "shortest") -> str:
    """What to write between ``[[`` and ``]]`` in the note at ``source`` to lead to ``target`` and nowhere else.

    Args:
        vault: where both notes are.
        source: the path of the note that is written in.
        target: the note or file to lead to.
        path_style: ``shortest`` (the shortest suffix that is not ambiguous), ``relative`` or ``root``.
    """
    for text in _wiki_spellings(source, target, path_style):
        written = escape(text)
        if leads_to(vault, source, written, target):
            return written
    return "/" + escape(target.path)


def markdown(source: str, target: Note, path_style: str = "relative") -> str:
    """The destination of a Markdown link in the note at ``source`` that leads to ``target``, percent-encoded."""
    if path_style == "root":
        return "/" + encode(target.path)
    return encode(relpath(target.path, dirname(source) or "."))


def encode(path: str) -> str:
    """A path as a CommonMark link destination can hold it: only what would break it is percent-encoded."""
    escaped = "".join(quote(char) if char in " ()<>#?%\"'\\[]|`$" or not char.isprintable() else char for char in path)
    return _SCHEME.sub(r"\1%3A", _ENTITY.sub("%26", escaped))


def encode_angle(path: str) -> str:
    """A path as it can stand between ``<`` and ``>``: spaces and parentheses stand for themselves."""
    escaped = "".join(quote(char) if char in "<>#?%\\|`$" or ord(char) < 32 else char for char in path)
    return _SCHEME.sub(r"\1%3A", _ENTITY.sub("%26", escaped))


def escape(text: str) -> str:
    """The text with what ends or divides a wiki link percent-encoded; ``%41`` would otherwise be read as ``A``."""
    if unquote(text) != text:
        text = text.replace("%", "%25")
    return text.translate(_WIKI_SPECIAL)


def leads_to(vault: Vault, source: str, written: str, target: Note) -> bool:
    """Whether ``[[written]]`` in the note at ``source`` leads to ``target`` without being ambiguous."""
    meant = unquote(written)
    address = names.wiki_address(source, meant)
    found = resolve.targets(vault.store.connection, source, address, meant).candidates
    return bool(found) and found[0].note == target.id and not resolve.is_tie(found, source)


def _wiki_spellings(source: str, target: Note, path_style: str) -> Iterator[str]:
    bare = target.path if target.is_file else names.strip_extension(target.path)
    if path_style == "relative":
        relative = relpath(bare, dirname(source) or ".")
        yield relative if relative.startswith("../") else f"./{relative}"
    if path_style == "root":
        yield bare
    segments = bare.split("/")
    for first in range(len(segments) - 1, -1, -1):
        yield "/".join(segments[first:])
    # A stem that itself ends like a note, ``notes.md.md``, needs its extension said.
    yield target.path
    yield "/" + bare
