"""new: a new note by the vault's rules, from a template, with what the schemas ask for filled in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from notes_lsp.cli.shell.complete import complete_folders, complete_rules, complete_templates
from notes_lsp.cli.shell.output import CommandError, exit_code_command, open_vault, vault_option
from notes_lsp.cli.shell.vaults import find_vault
from notes_lsp.cli.write.finish import (
    NewNoteOptions,
    creation_context,
    finish,
    is_asking,
    offer_existing,
    print_note,
    written_when,
)
from notes_lsp.cli.write.stdin import split_stdin, text_and_words
from notes_lsp.config.settings import Config
from notes_lsp.ide.new_note.draft import DraftRefusedError, NewNote, NewNoteContext, NewNoteRequest, draft, with_one_id
from notes_lsp.links import names
from notes_lsp.text.source import clean
from notes_lsp.workspace.config.settings import read_config
from notes_lsp.workspace.new_notes import complete_request, find_existing, title_meant, validate_properties

if TYPE_CHECKING:
    from notes_lsp.ide.new_note.prefill import MissingProperty
    from notes_lsp.index.vault.vault import Note, Vault

_MAX_SIMILAR = 3
_MIN_LIKENESS = 84
_LONGEST_TITLE = 80
_PASSING = frozenset({"date", "id", "now", "time"})
"""What a name has in it where notes of the same title are made again and again."""


@click.command()
@click.argument("title", nargs=-1)
@click.option(
    "--type",
    "-t",
    "kind",
    metavar="NAME",
    shell_complete=complete_rules,
    help="By the rule [new.NAME] of the settings, or for that schema.",
)
@click.option(
    "--template", metavar="NAME", shell_complete=complete_templates, help="From this template; by default the rule's."
)
@click.option(
    "--folder",
    metavar="PATH",
    shell_complete=complete_folders,
    help="In this folder of the vault; by default the rule's.",
)
@click.option("--set", "-s", "given", multiple=True, metavar="KEY=VALUE", help="In the frontmatter; repeat it at will.")
@click.option("--date", "when", metavar="WHEN", help="As if made then: yesterday, last friday, 2024-05-12.")
@click.option("--anyway", is_flag=True, help="Even where a note of that name exists elsewhere.")
@click.option("--edit", "-e", is_flag=True, help="Open it in $VISUAL or $EDITOR.")
@click.option("--dry-run", is_flag=True, help="Show it and write nothing.")
@click.option("--print-path", is_flag=True, help="Print nothing but its path.")
@vault_option
@exit_code_command
def new(
    title: tuple[str, ...],
    kind: str | None,
    template: str | None,
    folder: str | None,
    given: tuple[str, ...],
    when: str | None,
    vault: Path | None,
    **asked: bool,
) -> int:
    """Make a note called TITLE and print its path.

    What is piped in becomes its text; with - as the last argument it is waited for. No file is ever overwritten: where
    a note of that name exists, it is named, and the exit code is 2.
    """
    pairs = [_pair(one) for one in given]
    piped, words = text_and_words(title)
    properties, text = split_stdin(piped)
    root = find_vault(vault)
    config, _, _ = read_config(root.path, None)
    wish = NewNoteRequest(
        _title(words, properties.get("title"), text),
        text,
        kind,
        template,
        _folder(root.path, clean(folder) if folder is not None else None),
        here=_here(root.path),
        properties=properties,
    )
    ways = NewNoteOptions(**{name: asked[name] for name in ("edit", "dry_run", "print_path")})
    at = with_one_id(creation_context(root.path, config, written_when(when), dry_run=ways.dry_run))
    try:
        with open_vault(vault or root.path) as opened:
            asking = _Asking(opened.folder.current_vault(), config, wish, at)
            made = asking.drafted(pairs)
            there = None if asked["anyway"] else find_existing(asking.vault, config, made.wish, made.draft)
            if there is None:
                if not asked["anyway"]:
                    _tell_of_alike(asking.vault, wish.title)
                made = asking.completed(pairs, made) if is_asking() else _warned(config, made)
        if there is not None:
            return offer_existing(root.path, there.path, ways, f"“{there.name}” exists: {{}}")
        return finish(root.path, made.draft, ways)
    except DraftRefusedError as error:
        raise CommandError(str(error)) from None


class _Made(NamedTuple):
    wish: NewNoteRequest
    draft: NewNote


@dataclass(frozen=True, slots=True)
class _Asking:
    """What a note is made from, whatever properties it is given."""

    vault: Vault
    config: Config
    wish: NewNoteRequest
    moment: NewNoteContext

    def drafted(self, pairs: list[tuple[str, str]]) -> _Made:
        """The note with the values given, each of the type that the schemas or the other notes want."""
        wish = complete_request(self.vault, self.config, self.wish, pairs, self.moment)
        made = draft(self.config, wish, self.moment)
        validate_properties(self.config, wish, made, self.moment, whole=False)
        return _Made(wish, made)

    def completed(self, pairs: list[tuple[str, str]], made: _Made) -> _Made:
        """The note with what the schemas ask for and nobody said, asked of the user."""
        if not self.config.schemas.rules:
            return made
        from notes_lsp.ide.new_note.prefill import missing_properties

        more = list(pairs)
        for one in missing_properties(self.config, made.draft.path, made.draft.text):
            answer = self._answer(more, one)
            if answer:
                more.append((one.key, answer))
        return self.drafted(more) if len(more) > len(pairs) else made

    def _answer(self, pairs: list[tuple[str, str]], one: MissingProperty) -> str:
        hint = one.about or one.kind
        choices = f" [{', '.join(one.choices)}]" if one.choices else ""
        label = f"{one.key}{f' ({hint})' if hint else ''}{choices}"
        while True:
            answer = str(click.prompt(label, default="", show_default=False, err=True)).strip()
            try:
                if answer:
                    self.drafted([*pairs, (one.key, answer)])
            except DraftRefusedError as error:
                print_note(str(error))
                continue
            return answer


def _warned(config: Config, made: _Made) -> _Made:
    if not config.schemas.rules:
        return made
    from notes_lsp.ide.new_note.prefill import missing_properties

    lacking = missing_properties(config, made.draft.path, made.draft.text)
    if lacking:
        listed = ", ".join(f"{one.key} ({one.schema})" for one in lacking)
        print_note(f"the schemas also ask for {listed}; give it with --set {lacking[0].key}=…")
    return made


def _tell_of_alike(vault: Vault, title: str) -> None:
    """Tell of notes that are called almost as the new one."""
    alike = [f"{note.path} ({note.title})" for note in _alike(vault, title)] if title else []
    if alike:
        print_note(f"there {'is' if len(alike) == 1 else 'are'} also {', '.join(alike)}")


def _alike(vault: Vault, title: str) -> list[Note]:
    from rapidfuzz import fuzz, process

    notes = list(vault.notes())
    hits = process.extract(
        names.loose_key(title),
        [names.loose_key(note.title) for note in notes],
        scorer=fuzz.ratio,
        limit=_MAX_SIMILAR,
        score_cutoff=_MIN_LIKENESS,
    )
    return [notes[number] for _, _, number in hits]


def _pair(written: str) -> tuple[str, str]:
    key, equals, value = clean(written).partition("=")
    if not equals or not key.strip():
        raise click.BadOptionUsage("set", f"--set {written!r}: write --set KEY=VALUE")
    return key.strip(), value


def _title(words: tuple[str, ...], told_by_header: object, text: str) -> str:
    title = title_meant(" ".join(words))
    if not title and isinstance(told_by_header, str):
        title = title_meant(told_by_header)
    if not title and text.strip():
        # The first line, as one would have typed it.
        title = text.strip().splitlines()[0].lstrip("#").strip()[:_LONGEST_TITLE].strip()
    if not title and is_asking():
        title = str(click.prompt("Title", err=True)).strip()
    if not title:
        raise click.UsageError("name the note: notes-lsp new TITLE")
    return title


def _folder(root: Path, folder: str | None) -> str | None:
    """The folder that was named: below the vault, or where such a path from the current folder is in it."""
    if folder is None:
        return None
    for base in (Path.cwd(), root) if folder.startswith(("./", "../", "/")) or folder == "." else (root,):
        spelled = Path(folder).expanduser() if base == root else base / Path(folder).expanduser()
        if spelled.is_absolute():
            found = Path(*spelled.parts).resolve()
            if found.is_relative_to(root):
                inside = found.relative_to(root).as_posix()
                return "" if inside == "." else inside
            raise CommandError(f"{folder} is not in the vault {root}")
    return folder


def _here(root: Path) -> str:
    """A note in the current folder, for rules that make notes beside the one they are asked from."""
    here = Path.cwd().resolve()
    inside = here.relative_to(root).as_posix() if here.is_relative_to(root) else "."
    return "" if inside == "." else f"{inside}/note.md"
