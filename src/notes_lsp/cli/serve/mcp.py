"""mcp: the vault for a language model's program, over the Model Context Protocol on standard input and output."""

from __future__ import annotations

import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import click

from notes_lsp.cli.shell.output import DONE, CommandError, exit_code_command, vault_option
from notes_lsp.cli.shell.vaults import find_vault
from notes_lsp.cli.write.finish import print_note

_INSTALL = "pip install '.[mcp]' in the checkout of notes-lsp"
"""How the extra is installed, as long as no registry has the package."""


@click.command()
@click.option("--write", is_flag=True, help="Let it make new notes as well, by the rules of `new`; nothing else.")
@vault_option
@exit_code_command
def mcp(*, write: bool, vault: Path | None) -> int:
    """Serve a language model: search, read, list, backlinks, related and query, only to read.

    The program that talks to the model starts this. Notes with `private: true` are not there for it, and nothing it is
    given speaks of them; [export] in the settings says otherwise. Needs an extra: pip install '.[mcp]' in the checkout.
    """
    root = find_vault(vault)
    try:
        from notes_lsp.cli.serve.mcp_tools import serve_mcp
    except ImportError as error:
        raise CommandError(_why_not(error)) from None
    if sys.stdin.isatty():
        print_note(
            "speaking the Model Context Protocol on standard input and output; a program is to start this, not a person"
        )
    serve_mcp(root, writes=write)
    return DONE


def _why_not(error: ImportError) -> str:
    """What to do where the package of the protocol, or one that it needs, cannot be imported."""
    if find_spec("mcp") is None:
        return f"mcp needs an extra that is not installed: {_INSTALL}"
    installed = version("mcp")
    if installed.split(".")[0] != "2":
        return f"mcp needs version 2 of the package mcp, and {installed} is installed: {_INSTALL}"
    return f"mcp cannot be loaded, and to install its extra anew may help: {_INSTALL} ({error})"
