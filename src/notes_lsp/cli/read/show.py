"""show: a note, or a section of it, as it stands, coloured for a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from notes_lsp.cli.shell.arguments import NoteArgument, places_named
from notes_lsp.cli.shell.complete import complete_notes
from notes_lsp.cli.shell.output import DONE, NOTHING, exit_code_command, is_colored, open_vault, vault_option
from notes_lsp.cli.shell.terminal import paint
from notes_lsp.facts import Heading, Link, LinkKind, Tag, Task
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.text.source import Source, Span

_DIM, _HEADING, _LINK, _URL, _TAG, _TASK, _LINE = "2", "1;35", "36", "34", "32", "33", "7"


@click.command("show")
@click.argument("notes", nargs=-1, required=True, metavar="NOTE...", shell_complete=complete_notes)
@click.option("--line", type=click.IntRange(min=1), metavar="N", help="Mark this line.")
@click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="By default on a terminal."
)
@vault_option
@exit_code_command
def show_notes(notes: tuple[str, ...], line: int | None, color: str, vault: Path | None) -> int:
    """Print notes, or parts of them: note#heading a section, note#^block a block.

    NOTE is a path or a name; - reads names. note:12 marks a line. Between several notes there is an empty line.
    """
    with open_vault(vault) as at:
        found = at.folder.current_vault()
        places = places_named(at, notes)
        for number, named in enumerate(places):
            if number:
                sys.stdout.write("\n")
            text = found.text(named.note) or ""
            part = _part(named, text)
            if is_colored(color):
                sys.stdout.writelines(_painted(found, named.note, text, part, line or named.line))
            else:
                sys.stdout.write(text[part.start : part.end])
            if not text[: part.end].endswith(("\n", "\r")):
                sys.stdout.write("\n")
    return DONE if places else NOTHING


def _part(named: NoteArgument, text: str) -> Span:
    """The section or block that is meant, in whole lines; all of the note where it is."""
    if named.place is None:
        return Span(0, len(text))
    if named.place.heading is not None:
        section = named.place.heading.section
        return Span(section.start, section.start + len(text[section.start : section.end].rstrip()))
    if named.place.block is not None:
        source = Source(text)
        block = named.place.block.block
        return Span(
            source.line_span(source.line_of(block.start)).start, source.line_span(source.line_of(block.end)).end
        )
    source = Source(text)
    return source.line_span(source.line_of(named.place.at.start))


def _painted(vault: Vault, note: Note, text: str, within: Span, line: int | None) -> Iterator[str]:
    """A part of a note's text with colours, line by line, each line whole in itself."""
    source = Source(text)
    styles = sorted(_styles(vault, note))
    for number in range(source.line_of(within.start), source.line_of(max(within.start, within.end - 1)) + 1):
        span = source.line_span(number)
        following = source.line_span(number + 1).start if number + 1 < source.line_count else len(text)
        end = text[span.end : following]
        if line == number + 1:
            yield paint(text[span.start : span.end], _LINE) + end
            continue
        done = span.start
        for styled, style in styles:
            start, stop = max(styled.start, done), min(styled.end, span.end)
            if start < stop:
                yield text[done:start] + paint(text[start:stop], style)
                done = stop
        yield text[done : span.end] + end


def _styles(vault: Vault, note: Note) -> Iterator[tuple[Span, str]]:
    """What is painted how; where spans share characters the earlier one, or else the shorter one, is painted."""
    body = vault.body_start(note)
    if body:
        yield Span(0, body), _DIM
    for heading in vault.facts(Heading, note):
        yield heading.span, _HEADING
    for link in vault.facts(Link, note):
        yield link.span, _URL if link.kind in {LinkKind.URL, LinkKind.AUTOLINK} else _LINK
    for tag in vault.facts(Tag, note):
        yield tag.span, _TAG
    for task in vault.facts(Task, note):
        yield Span(task.span.start, task.span.start + len(f"[{task.state}]")), _TASK
