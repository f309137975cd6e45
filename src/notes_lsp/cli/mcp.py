"""mcp: the vault for a language model's program, over the Model Context Protocol on standard input and output."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from notes_lsp.cli.creating import told
from notes_lsp.cli.output import DONE, CommandError, ending, vault_option
from notes_lsp.cli.vaults import find_vault


@click.command()
@click.option("--write", is_flag=True, help="Let it make new notes as well, by the rules of `new`; nothing else.")
@vault_option
@ending
def mcp(*, write: bool, vault: Path | None) -> int:
    """Serve a language model: search, read, list, backlinks, related and query, only to read.

    The program that talks to the model starts this. Notes with `private: true` are not there for it, and nothing it is
    given speaks of them; [export] in the settings says otherwise. Needs the extra: pip install 'notes-lsp[mcp]'.
    """
    root = find_vault(vault)
    try:
        from notes_lsp.cli.mcp_tools import serve
    except ModuleNotFoundError as error:
        if error.name is None or not error.name.startswith("mcp"):
            raise
        raise CommandError("mcp needs an extra that is not installed: pip install 'notes-lsp[mcp]'") from None
    if sys.stdin.isatty():
        told(
            "speaking the Model Context Protocol on standard input and output; a program is to start this, not a person"
        )
    serve(root, writes=write)
    if sys.stdout.closed:
        # The library closes it at the end; who flushes it later shall not stumble.
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  (for as long as the process lives)
    return DONE
