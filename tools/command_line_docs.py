"""Keep the man page, and the table of verbs in docs/command-line.md, equal to the command line itself.

Without arguments rewrites them; with ``--check`` only says whether they are current.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterator

import click

from generated import ROOT, between, keep

sys.path.insert(0, str(ROOT / "src"))  # so that it also runs where the package is not installed

from notes_lsp import __version__
from notes_lsp.cli.main import VERBS, main

PAGE = ROOT / "docs" / "command-line.md"
MAN = ROOT / "share" / "man" / "man1" / "notes-lsp.1"

_RESULTS = ("vault", "format_", "limit", "interactive", "null", "header", "color")
_FILTERS = (
    *("tag", "where", "links_to", "linked_by", "orphan"),
    *("created", "created_after", "created_before", "modified", "modified_after", "modified_before"),
)


def table() -> Iterator[str]:
    """The verbs as a table in Markdown."""
    yield "| | verb | |\n| --- | --- | --- |\n"
    for section, verbs in VERBS.items():
        for number, (name, (_, about)) in enumerate(verbs.items()):
            yield f"| {'' if number else f'**{section}**'} | `{name}` | {about} |\n"


def man_page() -> Iterator[str]:
    """The manual page, in the macros of man(7)."""
    root = click.Context(main, info_name="notes-lsp")
    yield f'.TH NOTES\\-LSP 1 "" "notes\\-lsp {__version__}" "User Commands"\n'
    yield ".SH NAME\nnotes\\-lsp \\- a folder of plain Markdown notes, asked from the shell and served to editors\n"
    yield ".SH SYNOPSIS\n.B notes\\-lsp\n.I VERB\n.RI [ OPTION ]...\n.RI [ ARGUMENT ]...\n"
    yield f".SH DESCRIPTION\n{''.join(prose(main.help or ''))}"
    commands = [(section, command(root, name)) for section, verbs in VERBS.items() for name in verbs]
    shown = ""
    for section, context in commands:
        if section != shown:
            yield f".SH {roff(section.upper())}\n"
            shown = section
        yield from verb(context)
    listed = next(context for _, context in commands if context.info_name == "list")
    yield ".SH OPTIONS THAT CHOOSE NOTES\n"
    yield from options(listed, _FILTERS)
    yield ".SH OPTIONS OF ALL THAT GIVES RESULTS\n"
    yield from options(listed, _RESULTS)
    yield ".SH EXIT STATUS\n"
    yield ".TP\n.B 0\nSomething was found, or done; of check: nothing is wrong.\n"
    yield ".TP\n.B 1\nNothing was found; of check: something is wrong.\n"
    yield ".TP\n.B 2\nIt could not be done; the reason stands on the standard error stream.\n"
    yield ".SH ENVIRONMENT\n"
    for name, about in (
        ("NOTES_LSP_VAULT", "The vault where none is named and none is around the current folder."),
        ("VISUAL, EDITOR", "The editor of open and of --interactive."),
        ("NO_COLOR", "Where it is set, nothing is coloured."),
        ("FZF_DEFAULT_OPTS", "Options for fzf, which --interactive picks with."),
    ):
        yield f".TP\n.B {roff(name)}\n{roff(about)}\n"
    yield ".SH FILES\n.TP\n.I .notes\\-lsp.toml\nThe settings of a vault, in its folder.\n"
    yield ".SH SEE ALSO\n.BR fzf (1),\n.BR rg (1)\n"


def command(root: click.Context, name: str) -> click.Context:
    """The context of a verb."""
    found = main.get_command(root, name)
    if found is None:
        raise KeyError(name)
    return click.Context(found, root, info_name=name)


def verb(context: click.Context) -> Iterator[str]:
    """What the manual page says of a verb, and of the verbs below it."""
    name = context.command_path.removeprefix("notes-lsp ")
    pieces = " ".join(context.command.collect_usage_pieces(context))
    yield f".SS {roff(f'{name} {pieces}')}\n"
    yield from prose(context.command.help or "")
    if isinstance(context.command, click.Group):
        for below in context.command.list_commands(context):
            found = context.command.get_command(context, below)
            if found is not None:
                yield from verb(click.Context(found, context, info_name=below))
        return
    own = [one.name for one in context.command.params if one.name not in {*_RESULTS, *_FILTERS}]
    yield from options(context, own)
    names = {one.name for one in context.command.params}
    if names >= {"format_", "null", "header"}:
        chooses = "Takes the options that choose notes, and those " if "where" in names else "Takes the options "
        yield f".PP\n{chooses}of all that gives results.\n"


def options(context: click.Context, names: Collection[str | None]) -> Iterator[str]:
    """The options of these names, each with its help."""
    for option in context.command.params:
        record = option.get_help_record(context) if isinstance(option, click.Option) and option.name in names else None
        if record is not None:
            yield f".TP\n.B {roff(record[0])}\n{roff(record[1])}\n"


def prose(text: str) -> Iterator[str]:
    """Paragraphs; those that begin with a line of ``\\b`` keep their lines."""
    for number, paragraph in enumerate(re.split(r"\n\s*\n", text.strip())):
        if number:
            yield ".PP\n"
        lines = [line.strip() for line in paragraph.splitlines()]
        if lines[0] == "\b":
            yield ".nf\n" + "".join(f"{roff(line)}\n" for line in lines[1:]) + ".fi\n"
        else:
            yield roff(" ".join(lines)) + "\n"


def roff(text: str) -> str:
    """A text in which nothing is a request or an escape."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped[:1] in {".", "'"} else escaped


if __name__ == "__main__":
    made = between(PAGE.read_text(encoding="utf-8"), "verbs", f"\n{''.join(table())}\n")
    sys.exit(keep({PAGE: made, MAN: "".join(man_page())}, sys.argv[1:]))
