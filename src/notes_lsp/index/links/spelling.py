"""Spelling: the shortest text that leads from one note to another; ``targets(spelling(x)) == x`` is a law."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from posixpath import dirname, relpath
from urllib.parse import quote, unquote

from notes_lsp.index.vault import resolve
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links import names
from notes_lsp.links.slugs import words_slug

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
        path_style: ``shortest`` (the shortest suffix that is not ambiguous), ``relative``, ``root``, or ``slug`` (the
            slug of the title where that leads there, else as ``shortest``).
    """
    return wiki_all(vault, source, [target], path_style)[0]


def wiki_all(vault: Vault, source: str, targets: Sequence[Note], path_style: str = "shortest") -> list[str]:
    """As :func:`wiki` for many notes, by a few questions to the index for all of them together."""
    written: dict[int, str] = {}
    waiting = {number: _wiki_spellings(source, target, path_style) for number, target in enumerate(targets)}
    while waiting:
        tried = {number: escape(next(spellings, "")) for number, spellings in waiting.items()}
        addresses = {text: names.wiki_address(source, unquote(text)) for text in tried.values() if text}
        keys = [key for address in addresses.values() for key in (address.path, address.key) if key]
        ask = resolve.asked_at_once(vault.store.connection, keys)
        for number, text in tried.items():
            target = targets[number]
            if not text:
                written[number] = "/" + escape(target.path)
            elif _leads_to(ask, source, addresses[text], text, target):
                written[number] = text
        waiting = {number: spellings for number, spellings in waiting.items() if number not in written}
    return [written[number] for number in range(len(targets))]


def markdown_destination(source: str, target: Note, path_style: str = "relative") -> str:
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
    address = names.wiki_address(source, unquote(written))
    ask = resolve.asked_at_once(vault.store.connection, ())
    return _leads_to(ask, source, address, written, target)


def _leads_to(ask: resolve.Ask, source: str, address: names.Address, written: str, target: Note) -> bool:
    found = resolve.resolution_of(ask, source, address, unquote(written)).candidates
    return bool(found) and found[0].note == target.id and not resolve.is_tie(found, source)


def _wiki_spellings(source: str, target: Note, path_style: str) -> Iterator[str]:
    bare = target.path if target.is_file else names.strip_extension(target.path)
    slug = words_slug(target.title) if path_style == "slug" and not target.is_file else ""
    if slug:
        yield slug
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
