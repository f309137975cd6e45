"""serve: the language server, for an editor."""

from __future__ import annotations

import click


@click.command()
@click.option("--stdio", is_flag=True, help="Use standard input and output, which is the default.")
@click.option(
    "--tcp",
    type=int,
    metavar="PORT",
    help="Listen on this port of this machine, for who knows the token.",
)
def serve(*, stdio: bool, tcp: int | None) -> None:
    """Serve an editor: speak the Language Server Protocol."""
    # The server's libraries take half a second to load, which asking for help should not.
    from notes_lsp.lsp.main import serve_stdio, serve_tcp

    if tcp is not None and stdio:
        raise click.UsageError("choose --stdio or --tcp, not both")
    if tcp is None:
        serve_stdio()
    else:
        serve_tcp(tcp)
