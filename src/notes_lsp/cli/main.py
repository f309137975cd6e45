"""The command line: a table of verbs, each a command in a module of its own, imported when it is used."""

from __future__ import annotations

import logging
import os
import sys
from importlib import import_module
from typing import Any

import click

from notes_lsp import __version__

VERBS: dict[str, dict[str, tuple[str, str]]] = {
    "Ask": {
        "list": ("ask.list:list_notes", "The notes that meet conditions."),
        "search": ("ask.search:search", "The notes that say something, with the lines that show it."),
        "links": ("ask.links:links", "What notes link to."),
        "backlinks": ("ask.backlinks:backlinks", "What links to a note, a heading or a block."),
        "related": ("ask.related:related", "The notes that are about the same as a note, and why."),
        "mentions": ("ask.mentions:mentions", "Where a note is named in plain words, without a link."),
        "tags": ("ask.tags:tags", "The tags as a tree, and how many notes have them."),
        "tasks": ("ask.tasks:tasks", "The tasks, by state and day."),
        "tree": ("ask.tree:tree", "The hierarchy of notes."),
        "headings": ("ask.headings:headings", "The headings of notes."),
        "dups": ("ask.dups:dups", "The notes that say what another note says already."),
        "query": ("vault.query:query", "Ask the vault in SQL, only to read."),
        "sql": ("vault.sql:sql", "Open a shell for SQL on a copy of the vault's views."),
    },
    "Write": {
        "new": ("write.new:new", "Make a note, by the vault's rules and templates."),
        "daily": ("write.daily:daily", "The note of a day, a week or a month."),
    },
    "Go": {
        "show": ("read.show:show_notes", "Print a note, or a section of it."),
        "open": ("read.open:open_notes", "Open a note in your editor."),
    },
    "Change": {
        "rename": ("write.rename:rename", "Rename notes, folders, headings and tags, with every link."),
    },
    "Language models": {
        "export": ("read.export:export", "Notes as one text, within a budget."),
        "mcp": ("serve.mcp:mcp", "Serve a language model: search, read, follow links."),
    },
    "Upkeep": {
        "check": ("vault.check:check", "Say what is wrong in the notes."),
        "index": ("vault.index:index", "Bring the index up to date, and say what is in it."),
        "doctor": ("vault.doctor:doctor", "Say what the server would see here."),
        "schema": ("vault.schema:schema", "Schemas of the frontmatter."),
    },
    "Editors and shells": {
        "serve": ("serve.lsp:serve", "Serve an editor."),
        "completions": ("serve.shell:completions", "Let your shell complete all this."),
    },
}
"""By section and name: the module below this package and the command in it, and one line of help."""


class Verbs(click.Group):
    """A group whose commands are imported when one of them is used, and not for a list of them."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run; even what is said of a wrong argument is shown with care."""
        _prepare_streams()
        return super().main(*args, **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The verbs in the order of the table."""
        return [name for verbs in VERBS.values() for name in verbs]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a verb; from here on, nothing comes from the current folder."""
        from notes_lsp.workspace.subprocesses import forget_current_folder

        forget_current_folder()
        for verbs in VERBS.values():
            if cmd_name in verbs:
                module, _, name = verbs[cmd_name][0].partition(":")
                command = getattr(import_module(f"notes_lsp.cli.{module}"), name)
                if not isinstance(command, click.Command):
                    raise TypeError(f"{verbs[cmd_name][0]} is no command")
                return command
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb that was asked for; where there is none, the error names those that are spelled alike."""
        wanted = args[0]
        if not wanted.startswith("-") and wanted not in self.list_commands(ctx):
            from difflib import get_close_matches

            close = get_close_matches(wanted, self.list_commands(ctx), 3, 0.5)
            hint = f" Did you mean {' or '.join(close)}?" if close else " See notes-lsp --help."
            raise click.UsageError(f"There is no verb {wanted!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The table, without importing a verb."""
        widest = max(len(name) for verbs in VERBS.values() for name in verbs)
        for title, verbs in VERBS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(widest), help_) for name, (_, help_) in verbs.items()])


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="notes-lsp")
def main() -> None:
    """A folder of plain Markdown notes, asked from the shell and served to editors.

    Each verb explains itself: notes-lsp VERB --help. Exit codes: 0 when something was found or done, 1 when nothing was
    found (of check: something wrong was found), 2 when it could not be done.
    """
    # What mends itself, such as an index of an older version, is nothing for the terminal.
    logging.basicConfig(level=logging.ERROR, format="notes-lsp: %(message)s")


def _prepare_streams() -> None:
    """Let the standard streams be there, take any file's name, and send a terminal nothing but text."""
    for name in ("stdin", "stdout", "stderr"):
        # Closed by whoever started us: what is opened next, such as the index, must not take its place.
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: PTH123, SIM115
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        # A file's name may be any bytes, and comes in and out as those.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            is_utf8 = stream.encoding.lower().replace("-", "") == "utf8"
            reconfigure(errors="surrogateescape" if is_utf8 else "backslashreplace")
    from notes_lsp.cli.shell.terminal import guard_screens

    guard_screens()
