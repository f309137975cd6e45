"""The command line: its verbs and their options; each verb is a module of its own, imported when it is used."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import click

from notes_lsp import __version__

_VAULT = click.option(
    "--vault",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The vault; by default the one around the current folder, else $NOTES_LSP_VAULT.",
)
_FORMAT = click.option(
    "--format", "format_", type=click.Choice(["line", "json"]), default="line", help="For people, or for programs."
)
_PATH = click.argument("path", required=False, type=click.Path(path_type=Path))


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="notes-lsp")
def main() -> None:
    """A language server for a folder of plain Markdown notes."""
    # What mends itself, such as an index of an older version, is nothing for the terminal.
    logging.basicConfig(level=logging.ERROR, format="notes-lsp: %(message)s")


@main.command()
@click.option("--stdio", is_flag=True, help="Use standard input and output, which is the default.")
@click.option("--tcp", type=int, metavar="PORT", help="Listen on this port of this machine instead.")
def serve(*, stdio: bool, tcp: int | None) -> None:
    """Serve an editor."""
    # The server's libraries take half a second to load, which no other verb should pay.
    from notes_lsp.lsp.start import serve_stdio, serve_tcp

    if tcp is not None and stdio:
        raise click.UsageError("choose --stdio or --tcp, not both")
    if tcp is None:
        serve_stdio()
    else:
        serve_tcp(tcp)


@main.command()
@_PATH
@_VAULT
@_FORMAT
def check(path: Path | None, vault: Path | None, format_: str) -> None:
    """Say what is wrong in the notes: in all, in one, or in those below a folder.

    Exits with 0 where all is well, 1 where something was found, 2 where it could not be checked.
    """
    from notes_lsp.cli.check import check as run

    sys.exit(run(path, vault, format_))


@main.command()
@_PATH
@_VAULT
@_FORMAT
def index(path: Path | None, vault: Path | None, format_: str) -> None:
    """Bring the index up to date with the disk, and say what is in it."""
    from notes_lsp.cli.index import index as run

    sys.exit(run(path, vault, format_))


@main.command()
@_PATH
@_VAULT
@_FORMAT
def doctor(path: Path | None, vault: Path | None, format_: str) -> None:
    """Say what the server would see here: root, settings, files, what is ignored and why, index, versions."""
    from notes_lsp.cli.doctor import doctor as run

    sys.exit(run(path, vault, format_))


@main.group()
def schema() -> None:
    """Schemas of the frontmatter."""


@schema.command()
@click.argument("glob", required=False)
@_VAULT
def infer(glob: str | None, vault: Path | None) -> None:
    """Propose a schema, as TOML for the settings, from the notes whose path matches GLOB, by default from all."""
    from notes_lsp.cli.schema import infer as run

    sys.exit(run(glob, vault))
