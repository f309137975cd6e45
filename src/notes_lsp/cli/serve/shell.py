"""completions: what teaches a shell to complete this command line."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from notes_lsp.cli.shell.output import DONE, CommandError, exit_code_command


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@exit_code_command
def completions(shell: str) -> int:
    """Print what lets SHELL complete verbs, options, and the names of notes and tags.

    \b
    bash: eval "$(notes-lsp completions bash)"         in ~/.bashrc
    zsh:  eval "$(notes-lsp completions zsh)"          in ~/.zshrc, behind compinit
    fish: notes-lsp completions fish | source          in ~/.config/fish/config.fish
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise CommandError(f"nothing is known of {shell}")
    made = kind(click.get_current_context().find_root().command, {}, "notes-lsp", "_NOTES_LSP_COMPLETE")
    # Not made.source(), which starts a bash to ask for its version each time that a shell begins.
    script = made.source_template % made.source_vars()
    # Or bash would lose the backslashes before the blanks of a name.
    click.echo(script.replace(" read type value", " read -r type value"))
    return DONE
