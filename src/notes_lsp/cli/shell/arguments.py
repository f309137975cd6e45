"""Arguments: the notes and folders that the arguments of a command mean."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from notes_lsp.cli.shell.output import CommandError
from notes_lsp.cli.shell.retry import read_once
from notes_lsp.cli.shell.vaults import OpenVault, absolute
from notes_lsp.index.vault.vault import Note
from notes_lsp.links import anchors, names
from notes_lsp.links.anchors import AnchorTarget
from notes_lsp.text.source import Span, clean

_MAX_MEANT = 3
# As compilers and ``--format line`` write places, with whatever text behind them.
_LINE = re.compile(r"(.+?):(\d+)(?::(\d+))?(?::.*)?", re.DOTALL)
# What is named stands nowhere, which is as near to the root as can be.
_NOWHERE = Note(0, "", 1, "", Span(0, 0), 0, 0, 0)


def note_named(at: OpenVault, name: str) -> Note:
    """The note that an argument means.

    That is a path from the current folder, else one from the vault, each with or without its extension; else what
    ``[[name]]`` would lead to.

    Raises:
        CommandError: there is no such note; the message names some that may be meant.
    """
    found = _by_path(at, name) or _by_name(at, name)
    if found is None:
        raise CommandError(f"there is no note {clean(name)!r}{_hint(at, name)}")
    return found


def notes_named(at: OpenVault, arguments: Iterable[str]) -> list[Note]:
    """The notes that several arguments mean, each once; ``-`` stands for those that stdin names.

    Raises:
        CommandError: one of them means none.
    """
    found = {note.id: note for note in (note_named(at, name) for name in with_stdin(arguments))}
    return list(found.values())


@dataclass(frozen=True, slots=True)
class NoteArgument:
    """A note, and the place in it that was named."""

    note: Note
    place: AnchorTarget | None = None
    line: int | None = None
    """From 1, where a line was named."""
    column: int | None = None


def places_named(at: OpenVault, arguments: Iterable[str]) -> list[NoteArgument]:
    """As :func:`notes_with_keys`, where ``note#heading``, ``note#^block``, ``note:12`` and ``note:12:3`` name places.

    Raises:
        CommandError: a note, a heading or a block is not there.
    """
    return [place_named(at, argument) for argument in with_stdin(arguments)]


def place_named(at: OpenVault, name: str) -> NoteArgument:
    """The note and the place in it that an argument means; raises what :func:`places_named` raises."""
    found = _by_path(at, name) or _by_name(at, name)
    if found is not None:
        return NoteArgument(found)
    bare = clean(name).strip().removeprefix("[[").removesuffix("]]")
    # The line that a place stands in, printed behind it, may say anything.
    line = _LINE.fullmatch(bare)
    if line and (found := _by_path(at, line[1]) or _by_name(at, line[1])):
        return NoteArgument(found, None, int(line[2]), int(line[3]) if line[3] else None)
    head, hash_, anchor = bare.partition("#")
    if head and hash_:
        note = note_named(at, head)
        place = anchors.find(anchor, at.folder.current_vault().places(note))
        if place is None:
            raise CommandError(f"there is no {anchor!r} in {note.path}")
        return NoteArgument(note, place)
    return NoteArgument(note_named(at, line[1] if line else name))


def file_named(at: OpenVault, name: str) -> Note | None:
    """The file of the vault that is no note, and that an argument means by its path or as ``![[name]]`` would."""
    path = place_in_vault(at, name)
    for one in (path, name.removeprefix("./").strip("/")):
        if one and one == clean(one):
            found = at.folder.vault.note(one)
            if found is not None and found.is_file:
                return found
    bare = clean(name).strip().removeprefix("!").removeprefix("[[").removesuffix("]]")
    led = at.folder.current_vault().named(_NOWHERE, bare) if bare else None
    return led.note if led is not None and led.note.is_file else None


def with_stdin(arguments: Iterable[str]) -> Iterator[str]:
    """The arguments, with the lines, or the texts between NULs, of standard input in the place of ``-``."""
    for argument in arguments:
        if argument == "-":
            yield from _read_names(read_once("names", sys.stdin.read))
        else:
            yield argument


def place_in_vault(at: OpenVault, path: str) -> str | None:
    """Where a path from the current folder is in the vault, ``""`` for the vault itself; ``None`` where it is not."""
    spelled = absolute(Path(path))
    for base in (spelled, spelled.resolve()):
        if base.is_relative_to(at.root.path):
            inside = base.relative_to(at.root.path).as_posix()
            return "" if inside == "." else inside
    return None


def resolve_paths(at: OpenVault, arguments: Iterable[str]) -> tuple[str, ...]:
    """The folders and notes that arguments mean, as paths in the vault: from the current folder, else from the vault's.

    Raises:
        CommandError: one is neither a folder nor a note.
    """
    return tuple(_path_below(at, argument) for argument in with_stdin(arguments))


def _path_below(at: OpenVault, argument: str) -> str:
    spelled = absolute(Path(argument))
    if os.path.lexists(spelled):
        inside = place_in_vault(at, argument)
        if inside is not None:
            return inside
        if spelled.is_dir() and at.root.path.is_relative_to(spelled.resolve()):
            return ""
    inside = argument.strip("/")
    if inside and (at.root.path / inside).exists():
        return inside
    if spelled.exists():
        raise CommandError(f"{argument} is not in the vault {at.root.path}")
    return note_named(at, argument).path


def _by_path(at: OpenVault, name: str) -> Note | None:
    vault = at.folder.vault
    inside = place_in_vault(at, name)
    for path in (inside, name.removeprefix("./").strip("/")):
        # A name of other bytes than UTF-8 is no note's.
        if path and path == clean(path):
            found = vault.note(path) or vault.note_without_extension(path)
            if found is not None and not found.is_file:
                return found
    return None


def _by_name(at: OpenVault, name: str) -> Note | None:
    vault = at.folder.current_vault()
    bare = clean(name).strip().removeprefix("[[").removesuffix("]]")
    found = vault.named(_NOWHERE, bare) if bare else None
    return found.note if found is not None and not found.note.is_file and found.anchor is None else None


def _hint(at: OpenVault, name: str) -> str:
    likely = [note.path for note in suggest_notes(at, name, _MAX_MEANT)]
    return f"; did you mean {', '.join(likely)}?" if likely else ""


def suggest_notes(at: OpenVault, name: str, most: int) -> list[Note]:
    """The notes whose title or path is most like a name that nothing answers to, the likeliest first."""
    from rapidfuzz import fuzz, process, utils

    notes = list(at.folder.vault.notes())
    spelled = [(number, text) for number, note in enumerate(notes) for text in (note.title, _bare(note.path))]
    found = process.extract(
        _bare(clean(name)),
        [text for _, text in spelled],
        scorer=fuzz.WRatio,
        processor=utils.default_process,
        limit=2 * most,
        score_cutoff=75,
    )
    best = {spelled[number][0]: None for _, _, number in found}
    return [notes[number] for number in best][:most]


def _bare(path: str) -> str:
    """Without the extension, in which all notes are alike."""
    return names.strip_extension(path) or path


def _read_names(text: str) -> list[str]:
    parts = text.split("\0") if "\0" in text else text.splitlines()
    return [part for part in parts if part]
