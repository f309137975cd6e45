"""export: notes as one text, or as JSON, for a language model or whoever else reads them from beginning to end."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path

import click

from notes_lsp.cli.shell.arguments import note_named
from notes_lsp.cli.shell.filters import Filters, filters
from notes_lsp.cli.shell.output import DONE, NOTHING, CommandError, exit_code_command, open_vault, vault_option
from notes_lsp.cli.write.finish import print_note
from notes_lsp.ide.listing.export import Piece, export_notes, follow_links, in_one_text
from notes_lsp.ide.listing.listing import NoteFields, select_notes
from notes_lsp.workspace.export_view import public_vault


@click.command()
@filters
@click.option("--match", "-m", metavar="QUERY", help='That say this, the best first: words, "a phrase", OR, -without.')
@click.option("--from", "start", metavar="NOTE", help="This note and what its links lead to, the nearest first.")
@click.option("--depth", type=click.IntRange(0, 20), default=1, show_default=True, help="Follow so many links.")
@click.option("--tokens", type=click.IntRange(min=1), metavar="N", help="No more than about N tokens.")
@click.option("--format", "-f", "form", type=click.Choice(["text", "json", "jsonl"]), default="text", show_default=True)
@vault_option
@exit_code_command
def export(
    chosen: Filters,
    match: str | None,
    start: str | None,
    depth: int,
    tokens: int | None,
    form: str,
    vault: Path | None,
) -> int:
    """Print notes whole, for a language model: all, those that answer to what is asked for, or those round one.

    Embeds stand in their place, each once. Notes with `private: true` are left out, and nothing tells of them;
    [export] in the settings says otherwise. Tokens are reckoned, since tokenizers differ: rather too many.
    """
    with open_vault(vault) as whole, public_vault(whole.folder) as folder:
        at = replace(whole, folder=folder)
        asked = folder.current_vault()
        known = NoteFields(asked)
        if start is not None:
            notes = follow_links(asked, note_named(at, start), depth)
            selection = chosen.selection(at)
            notes = notes if selection.is_empty else select_notes(known, selection, notes)
        else:
            from notes_lsp.index.search.full_text import full_text_search

            among = [hit.note for hit in full_text_search(asked, match, asked.count()[0])] if match else None
            notes = select_notes(known, chosen.selection(at), among)
        if start is not None and match:
            raise CommandError("choose --from or --match, not both")
        pieces = export_notes(asked, notes, tokens)
    _write(pieces, form)
    if tokens is not None and sys.stderr.isatty():
        print_note(f"{len(pieces)} of {len(notes)} notes, about {sum(piece.tokens for piece in pieces):,} tokens")
    return DONE if pieces else NOTHING


def _write(pieces: list[Piece], form: str) -> None:
    if form == "text":
        sys.stdout.write(in_one_text(pieces))
    elif form == "json":
        json.dump([asdict(piece) for piece in pieces], sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        sys.stdout.writelines(json.dumps(asdict(piece), ensure_ascii=False) + "\n" for piece in pieces)
