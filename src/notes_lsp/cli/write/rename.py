"""rename: another name for a note, a folder, a heading or a tag, with every link that has to follow."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from difflib import unified_diff
from pathlib import Path

import click

from notes_lsp.cli.shell.arguments import place_in_vault, place_named
from notes_lsp.cli.shell.complete import complete_notes
from notes_lsp.cli.shell.formats import Shape
from notes_lsp.cli.shell.output import DONE, NOTHING, CommandError, Output, is_colored, open_vault, results, show
from notes_lsp.cli.shell.row_template import Row
from notes_lsp.cli.shell.terminal import paint
from notes_lsp.cli.shell.vaults import OpenVault, find_vault
from notes_lsp.cli.write.resume import mind_editors, resumed
from notes_lsp.ide.rename.move import move_edits
from notes_lsp.ide.rename.rename import subject
from notes_lsp.links import names
from notes_lsp.links.changes import Change, NameRefusedError, new_path
from notes_lsp.text.source import clean, escape_control
from notes_lsp.workspace.config.settings import index_path
from notes_lsp.workspace.writing.journal import UNFINISHED, is_unfinished
from notes_lsp.workspace.writing.rewrite import RewritingError, apply_to_note, rewrite_files

_SHAPE = Shape(
    ("path", "was", "edits"),
    text="{told}",
    table=("path", "was", "edits"),
    piped="{told}",
    terminal="{told}",
    besides=("told",),
)


@click.command()
@click.argument("old", required=False, shell_complete=complete_notes)
@click.argument("new", required=False)
@click.option("--dry-run", is_flag=True, help="Change nothing; show what would change, as a diff for git apply.")
@click.option("--continue", "is_continued", is_flag=True, help="Finish a rename that was interrupted.")
@click.option("--abort", "is_aborted", is_flag=True, help="Undo a rename that was interrupted.")
@results(_SHAPE)
def rename(
    old: str | None, new: str | None, *, dry_run: bool, is_continued: bool, is_aborted: bool, out: Output
) -> int:
    """Rename OLD to NEW, and edit every link so that it leads where it led.

    OLD is a note or folder (a path, or a name as in [[name]]), any other file by its path, a heading or block
    (note#heading), or a tag (#tag, with those below it). NEW as a bare name stays in its folder; with a slash it is a
    path from here; with one at its end, a folder to move into. The extension may be left out.

    All is done or nothing: nothing is overwritten, and no note that has unsaved text in an editor is touched.
    A rename that was killed on the way is finished by --continue or undone by --abort, which take no names.
    """
    if is_continued or is_aborted:
        if old is not None or dry_run or (is_continued and is_aborted):
            raise click.UsageError("--continue and --abort stand alone")
        return resumed(out, forward=is_continued)
    if old is None or new is None:
        raise click.UsageError(f"Missing argument '{'OLD' if old is None else 'NEW'}'.")
    if is_unfinished(index_path(find_vault(out.vault).path)):
        raise CommandError(UNFINISHED)
    with open_vault(out.vault) as at:
        if not at.folder.vault.complete:
            raise CommandError("the vault holds more files than files.max_files, so not every link is known")
        change = _change(at, old, new)
        if not change:
            return NOTHING
        mind_editors(index_path(at.root.path), change.edits, change.moves)
        root = at.root.path
        vault = at.folder.current_vault()
        try:
            if dry_run:
                return _show_diff(at, change)
            files = [
                apply_to_note(root, path, vault.text(note) or "", edits, outside=at.folder.config.files.follow_outside)
                for path, edits in change.edits.items()
                if (note := vault.note(path)) is not None
            ]
            rewrite_files(root, index_path(root), files, change.moves)
        except RewritingError as error:
            raise CommandError(str(error) if error.is_partial else f"{error}; nothing was changed") from None
        return show(out, root, _told(change))


_ODD = re.compile(r'["\\\x00-\x1f\x7f]')
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _change(at: OpenVault, old: str, new: str) -> Change:
    extensions = at.folder.config.files.extensions
    try:
        if old.startswith("#") and not os.path.lexists(old):
            return _of_tag(at, clean(old).removeprefix("#").strip("/"), clean(new))
        path = _path_named(at, old)
        if path is None and "#" in old:
            found = place_named(at, old)
            if found.place is not None:
                named = subject(at.folder.current_vault(), found.note, found.place.at.start, extensions)
                return named.rename(clean(new)) if named is not None else Change()
        if path is None:
            path = place_named(at, old).note.path
        target = _new_path(at, path, new)
    except NameRefusedError as refused:
        raise CommandError(str(refused)) from None
    if target == path:
        return Change()
    if os.path.lexists(at.root.path / target) and target.casefold() != path.casefold():
        raise CommandError(f"{target} exists already; nothing was changed")
    if f"{target}/".startswith(f"{path}/"):
        raise CommandError(f"{path} cannot be moved into itself")
    return Change(move_edits(at.folder.current_vault(), [(path, target)], extensions).edits, {path: target})


def _path_named(at: OpenVault, old: str) -> str | None:
    """The path in the vault of a file or folder that is on disk, from the current folder, else from the vault's."""
    inside = place_in_vault(at, old) if os.path.lexists(old) else None
    if inside == "":
        raise CommandError(f"{old} is the vault itself")
    bare = old.strip("/")
    if inside is None and bare and os.path.lexists(at.root.path / bare) and not Path(old).is_absolute():
        inside = bare
    return inside


def _new_path(at: OpenVault, path: str, new: str) -> str:
    """Where a file or folder is to be; raises ``NameRefusedError``."""
    if not new.strip():
        raise CommandError("the new name is empty")
    root = at.root.path
    is_folder = (root / path).is_dir()
    last = path.rpartition("/")[2]
    wanted = new
    if "/" in new:
        inside = place_in_vault(at, new)
        if inside is None and not Path(new).is_absolute() and place_in_vault(at, ".") is None:
            # From elsewhere, where no path leads into the vault, it is meant from the vault's folder.
            inside = os.path.normpath(new)
        if inside is None or inside.startswith(".."):
            raise CommandError(f"{new} is not in the vault {root}")
        wanted = f"{inside}/{last}".lstrip("/") if new.endswith("/") or (root / inside).is_dir() else inside
        if "/" not in wanted:
            wanted = f"/{wanted}"
    if wanted != clean(wanted):
        raise CommandError(f"the name {clean(wanted)!r} is not UTF-8")
    if is_folder:
        # A folder has no extension, and what it holds keeps its names.
        found = wanted.lstrip("/") if "/" in wanted else f"{path.rpartition('/')[0]}/{wanted}".lstrip("/")
        new_path(f"{found}/x", "", f"{found}/x".rpartition("/")[2], ())
        return found
    return new_path(path, "", wanted, at.folder.config.files.extensions)


def _of_tag(at: OpenVault, tag: str, new: str) -> Change:
    vault = at.folder.current_vault()
    key = names.key(tag)
    for note, used in vault.tagged(key):
        if names.key(used.name) == key:
            found = subject(vault, note, used.span.end, at.folder.config.files.extensions)
            return found.rename(new.removeprefix("#")) if found is not None else Change()
    below = vault.tagged(key)
    if below:
        note, used = below[0]
        raise CommandError(f"no note has the tag #{tag} itself, only tags below it, such as #{used.name}")
    raise CommandError(f"there is no tag #{tag}")


def _show_diff(at: OpenVault, change: Change) -> int:
    lines = "".join(_diff(at, change))
    if is_colored():
        colors = {"+": "32", "-": "31", "@": "36"}
        lines = "".join(
            paint(line.rstrip("\n"), colors[line[0]]) + "\n" if line[:1] in colors else line for line in _lines(lines)
        )
    sys.stdout.write(lines)
    return DONE


def _diff(at: OpenVault, change: Change) -> Iterator[str]:
    """What changes, as git writes it."""
    vault = at.folder.current_vault()
    moved = {path: _after(change.moves, path) for path in change.edits} | {
        path: new for path, new in change.moves.items() if not (at.root.path / path).is_dir()
    }
    for path, folder in ((path, new) for path, new in change.moves.items() if path not in moved):
        for below in vault.notes_below(f"{path}/", within_folder=False):
            moved.setdefault(below.path, folder + below.path[len(path) :])
    for path in sorted(moved):
        new = moved[path]
        yield f"diff --git {_as_git(f'a/{path}')} {_as_git(f'b/{new}')}\n"
        if new != path:
            yield f"rename from {_as_git(path)}\nrename to {_as_git(new)}\n"
        note = vault.note(path)
        edits = change.edits.get(path)
        if note is not None and edits:
            # Byte order marks are a part of the file, and what cannot be done is refused here already.
            outside = at.folder.config.files.follow_outside
            file = apply_to_note(at.root.path, path, vault.text(note) or "", edits, outside=outside)
            yield from _hunks(file.before.decode(), file.after.decode(), _as_git(f"a/{path}"), _as_git(f"b/{new}"))


def _as_git(path: str) -> str:
    """A path as git writes it: quoted where it could not be read otherwise."""
    if not _ODD.search(path):
        return path
    return '"' + _ODD.sub(lambda odd: _ESCAPES.get(odd[0], f"\\{ord(odd[0]):03o}"), path) + '"'


def _hunks(before: str, after: str, old: str, new: str) -> Iterator[str]:
    for line in unified_diff(_lines(before), _lines(after), old, new):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    """The lines as git sees them: only a line feed ends one."""
    return [line for line in text.replace("\n", "\n\0").split("\0") if line]


def _after(moves: Mapping[str, str], path: str) -> str:
    for old, new in moves.items():
        if path == old or path.startswith(f"{old}/"):
            return new + path[len(old) :]
    return path


def _told(change: Change) -> Iterator[Row]:
    for old, new in change.moves.items():
        number = len(change.edits.get(old, ()))
        own = f" ({_counted(number)} in it)" if number else ""
        yield {"path": new, "was": old, "edits": number, "told": f"{escape_control(old)} -> {escape_control(new)}{own}"}
    for path, edits in change.edits.items():
        if path not in change.moves:
            new = _after(change.moves, path)
            yield {
                "path": new,
                "was": path,
                "edits": len(edits),
                "told": f"{escape_control(new)}: {_counted(len(edits))}",
            }


def _counted(edits: int) -> str:
    return "1 edit" if edits == 1 else f"{edits} edits"
