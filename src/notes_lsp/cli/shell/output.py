"""Output: the options that verbs share, failures as one clear line, progress on the standard error stream."""

from __future__ import annotations

import errno
import functools
import json
import os
import sys
import traceback
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec

import click

from notes_lsp.cli.shell.complete import complete_formats
from notes_lsp.cli.shell.editor import At, NoEditorError, edit
from notes_lsp.cli.shell.formats import FORMATS, Shape, Style, check_style, first, write_results
from notes_lsp.cli.shell.retry import OtherAnswerError, run_until_healed
from notes_lsp.cli.shell.row_template import Row, Template, TemplateError
from notes_lsp.cli.shell.terminal import guard_colors
from notes_lsp.cli.shell.vaults import NoVaultError, OpenVault, find_vault, open_at
from notes_lsp.index.store.damage import NoFullTextError
from notes_lsp.text.source import escape_control

P = ParamSpec("P")
Command = Callable[..., Any]

CLEAN, FOUND, FAILED = 0, 1, 2
"""Exit codes of ``check``: nothing wrong, something wrong, could not be done."""
DONE, NOTHING = 0, 1
"""Exit codes of all other verbs: done or found, nothing found; ``FAILED`` as well."""


class CommandError(RuntimeError):
    """What was asked cannot be done; the message is for the user, and says what can."""


class StatementError(CommandError):
    """A mistake in a statement, told in several lines: what is wrong, the line of SQL, and a mark below the place."""


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_KNOWN = (CommandError, OtherAnswerError, NoEditorError, NoVaultError, NoFullTextError, TemplateError, PermissionError)


@dataclass(frozen=True, slots=True)
class Output:
    """What the shared options of a verb say."""

    shape: Shape
    style: Style
    vault: Path | None
    limit: int | None
    is_chosen: bool = False
    """Somebody asked for the format."""
    interactive: bool = False
    """Let the user pick some of the results."""

    @property
    def template(self) -> Template | None:
        """The template that results are written by, where one was given."""
        return self.style.template


def results(shape: Shape, limit: int | None = None) -> Callable[[Command], Command]:
    """The options of a verb that gives results of this shape: ``--vault``, ``--format``, ``-0``, ``--limit`` and so on.

    ``limit`` is how many are shown where nobody says.
    The command is called with ``out=Output(...)``, and gives back its exit code, which ``show`` makes.
    """

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        @click.pass_context
        def run(context: click.Context, /, *args: Any, **options: Any) -> None:
            vault: Path | None = options.pop("vault")
            most: int | None = options.pop("limit") or limit
            chosen = options["format_"] is not None or options["null"]
            interactive: bool = options.pop("interactive")
            style = _style(shape, **{name: options.pop(name) for name in ("format_", "null", "color", "header")})
            try:
                check_style(style, shape)
            except TemplateError as error:
                raise click.BadOptionUsage("format", str(error), context) from None
            out = Output(shape, style, vault, most, chosen, interactive)
            context.exit(failing_clearly(command)(*args, out=out, **options))

        made: Command = run
        for option in reversed((_VAULT, _limit(limit), *_RESULTS)):
            made = option(made)
        return made

    return decorate


def show(out: Output, root: Path, rows: Iterable[Row]) -> int:
    """Write the rows, at most ``--limit`` of them, and give back the exit code."""
    rows = first(rows, out.limit)
    if out.interactive:
        return _choose(out, root, rows)
    return DONE if write_results(rows, out.shape, out.style, root, sys.stdout) else NOTHING


def _choose(out: Output, root: Path, rows: Iterable[Row]) -> int:
    """Let the user pick rows. What is picked is opened on a terminal, and printed into a pipe."""
    from notes_lsp.cli.shell.fzf import NoChooserError, pick

    try:
        picked = pick(rows, out.shape, root)
    except NoChooserError as error:
        raise CommandError(str(error)) from None
    if picked and sys.stdout.isatty() and "path" in out.shape.columns and not out.is_chosen:
        return edit([At(f"{root}/{row['path']}", _number(row, "line"), _number(row, "column")) for row in picked])
    return DONE if write_results(picked, out.shape, out.style, root, sys.stdout) else NOTHING


def _number(row: Row, name: str) -> int | None:
    value = row.get(name)
    return value if isinstance(value, int) else None


@contextmanager
def open_vault(vault: Path | None, about: Path | None = None) -> Generator[OpenVault]:
    """The vault that ``--vault``, or else what the command is ``about``, names, up to date with the disk."""
    with open_at(find_vault(vault, about), progress()) as at:
        yield at


def vault_option(command: Command) -> Command:
    """Add ``--vault``."""
    return _VAULT(command)


def exit_code_command(command: Command) -> Command:
    """Let what a command gives back be the exit code, and what the user can mend be one clear line."""

    @functools.wraps(command)
    @click.pass_context
    def run(context: click.Context, /, *args: Any, **options: Any) -> None:
        context.exit(failing_clearly(command)(*args, **options))

    return run


def failing_clearly(command: Callable[P, int]) -> Callable[P, int]:
    """Turn what the user can mend into one line on the standard error stream and exit code 2."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> int:
        try:
            code = run_until_healed(functools.partial(command, *args, **kwargs))
            sys.stdout.flush()
        except StatementError as error:
            print("notes-lsp:", "\n".join(map(escape_control, str(error).split("\n"))), file=sys.stderr)
            return FAILED
        except _KNOWN as error:
            print(f"notes-lsp: {escape_control(str(error))}", file=sys.stderr)
            return FAILED
        except BrokenPipeError:
            # Whoever reads us has seen enough.
            _print_no_more()
            return DONE
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except OSError as error:
            if error.errno not in _FULL:
                traceback.print_exc()
            else:
                _print_no_more()
                what = escape_control(str(error.filename or "what is printed"))
                print(f"notes-lsp: {what}: {error.strerror}", file=sys.stderr)
            return FAILED
        except Exception:  # noqa: BLE001  (what nobody foresaw)
            # Our mistake, and not to be taken for "nothing found", which is what Python's 1 would say.
            traceback.print_exc()
            return FAILED
        return code

    return run


def _print_no_more() -> None:
    """Throw away what is still to be printed, or Python would complain again when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_json(value: Any) -> None:
    """Write one JSON value and a line end."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def facts_option(command: Command) -> Command:
    """Add ``--format`` of a verb that tells the facts of one thing, by default in lines of its own."""
    return _FACTS(command)


def show_facts(facts: Mapping[str, Any], format_: str, root: Path) -> None:
    """Write the facts of one thing: as a JSON object, or as the one row of a table, of CSV or of a template.

    Raises:
        TemplateError: they cannot be written so.
    """
    if format_ == "json":
        write_json(facts)
        return
    shape = Shape(tuple(facts), text="")
    style = _style(shape, format_, "auto", null=False, header=True)
    check_style(style, shape)
    write_results([dict(facts)], shape, style, root, sys.stdout)


def is_colored(wish: str = "auto") -> bool:
    """Whether to write colours: as wished for, else on a terminal that has them, and where NO_COLOR is not set."""
    # https://no-color.org: any value but the empty one
    able = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    wanted = able if wish == "auto" else wish == "always"
    if wanted:
        guard_colors()
    return wanted


def progress() -> Callable[[int, int], None]:
    """A progress bar on the standard error stream where that is a terminal, else nothing."""
    if not sys.stderr.isatty():
        return lambda _done, _total: None
    bar: Any = None
    task: Any = None

    def report(done: int, total: int) -> None:
        nonlocal bar, task
        if bar is None and done >= total:
            return
        if bar is None:
            bar = _bar()
            task = bar.add_task("")
            bar.start()
        bar.update(task, completed=done, total=total)
        if done >= total:
            bar.stop()

    return report


def _bar() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("Reading notes"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(file=sys.__stderr__),
        transient=True,
    )


def _style(shape: Shape, format_: str | None, color: str, *, null: bool, header: bool) -> Style:
    on_terminal = sys.stdout.isatty()
    if format_ is None:
        paths = null and "path" in shape.columns
        format_ = "path" if paths else shape.terminal if on_terminal else shape.piped
    width: int | None = None
    if on_terminal:
        from shutil import get_terminal_size

        width = get_terminal_size().columns
    return Style(format_, null=null, color=is_colored(color), header=header, width=width)


def _limit(usual: int | None) -> Command:
    says = "No more than N results." if usual is None else f"No more than N results; by default {usual}."
    return click.option("--limit", "-n", type=click.IntRange(min=1), metavar="N", help=says)


def _check_format(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is None or value in FORMATS or "{" in value:
        return value
    raise click.BadParameter(f"{value!r} is none of {', '.join(FORMATS)}, and no template such as '{{path}}'.")


_VAULT = click.option(
    "--vault",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The vault; by default the one around the current folder, else $NOTES_LSP_VAULT.",
)
_FACTS = click.option(
    "--format",
    "-f",
    "format_",
    metavar="FORMAT",
    default="line",
    callback=_check_format,
    shell_complete=complete_formats,
    help="line (the default, for people), json, jsonl, csv, tsv, table, or a template such as '{notes}'.",
)
_RESULTS = (
    click.option(
        "--format",
        "-f",
        "format_",
        metavar="FORMAT",
        callback=_check_format,
        shell_complete=complete_formats,
        help="table, path, line (path:line:column: text), json, jsonl, csv, tsv, "
        r"or a template such as '{path}\t{title:>20}'.",
    ),
    click.option(
        "--interactive", "-i", is_flag=True, help="Pick some with fzf: they are opened, or printed into a pipe."
    ),
    click.option("-0", "--null", is_flag=True, help="End each result with NUL, for xargs -0; paths, if no --format."),
    click.option("--no-header", "header", flag_value=False, default=True, help="Tables, CSV and TSV without headings."),
    click.option(
        "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="By default on a terminal."
    ),
)
