"""Standard input: the text of a new note, without waiting for a pipe that nobody writes to."""

from __future__ import annotations

import os
import select
import stat
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from notes_lsp.cli.shell.output import CommandError
from notes_lsp.cli.shell.retry import read_once
from notes_lsp.cli.write.finish import print_note

if TYPE_CHECKING:
    from notes_lsp.frontmatter.formats.write import HeaderValue

_MOMENT = 0.2
"""Seconds in which whoever pipes something in will have begun."""
_PATIENCE = 2.0
"""Seconds after which somebody who waits for a pipe is told that it is waited for."""
_MAX_TEXT = 10_485_760
_CHUNK = 65_536


def text_and_words(words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The text on standard input, and the arguments without the ``-`` that may be the last of them.

    With that, all of standard input is read, however long it takes. Without, what is there at once: a file from its
    beginning, a pipe that somebody writes into. Nobody waits for an open pipe in silence, which cron, editors and
    agents leave behind, nor takes from a file in the middle of which a loop of the shell reads.

    Raises:
        CommandError: it is too long for a note.
    """
    return read_once("text", lambda: _text_and_words(words))


def _text_and_words(words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    if words[-1:] == ("-",):
        return _read(), words[:-1]
    if _is_there(_MOMENT):
        return _read(), words
    if _is_open_pipe():
        print_note(
            "nothing is piped in yet, and nobody waits; with - as the last argument the note's text is waited for"
        )
    return "", words


def split_stdin(text: str) -> tuple[Mapping[str, HeaderValue], str]:
    """The properties that a text begins with, and its rest; a frontmatter that is broken is text, and that is told."""
    if not text.startswith(("---", "+++", "{")):
        return {}, text
    from notes_lsp.frontmatter import post as posts

    try:
        return posts.split_post(text)
    except ValueError as error:
        print_note(f"the frontmatter of what is piped in is broken, so it becomes text: {error}")
        return {}, text


def is_text_there() -> bool:
    """Whether there is any text on standard input that :func:`text_and_words` would take; nobody is waited for."""
    if not _is_there(0):
        return False
    try:
        buffer: Any = sys.stdin.buffer
        return bool(buffer.peek(1).strip())
    except (OSError, ValueError, AttributeError):
        return False


def _is_there(seconds: float) -> bool:
    stdin = sys.stdin
    if stdin is None or stdin.closed or stdin.isatty():
        return False
    try:
        number = stdin.fileno()
        if stat.S_ISREG(os.fstat(number).st_mode):
            return os.lseek(number, 0, os.SEEK_CUR) == 0
        return bool(select.select([number], [], [], seconds)[0])
    except (OSError, ValueError):
        # No file at all, but text that somebody has put there.
        return True


def _is_open_pipe() -> bool:
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
    except (OSError, ValueError, AttributeError):
        return False
    return stat.S_ISFIFO(mode)


def _read() -> str:
    data = _all_of(sys.stdin)
    if len(data) > _MAX_TEXT:
        raise CommandError(f"what is piped in has more than {_MAX_TEXT:,} bytes")
    return data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\0", "")


def _all_of(stdin: Any) -> bytes:
    if stdin is None or stdin.closed:
        return b""
    try:
        number = stdin.fileno()
    except (OSError, ValueError):
        raw = getattr(stdin, "buffer", None)
        return bytes(raw.read()) if raw is not None else str(stdin.read()).encode()
    parts: list[bytes] = []
    patience: float | None = None if stdin.isatty() else _PATIENCE
    while sum(map(len, parts)) <= _MAX_TEXT:
        if patience is not None and not _is_ready(number, patience):
            print_note("reading the note's text from standard input, to its end")
            patience = None
        part = os.read(number, _CHUNK)
        if not part:
            break
        parts.append(part)
    return b"".join(parts)


def _is_ready(number: int, seconds: float) -> bool:
    try:
        return bool(select.select([number], [], [], seconds)[0])
    except (OSError, ValueError):
        return True
