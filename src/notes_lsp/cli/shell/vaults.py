"""Vaults: which vault a command speaks of, opened and brought up to date."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from notes_lsp.cli.shell.retry import IndexHealedError
from notes_lsp.workspace.disk import roots

if TYPE_CHECKING:
    from notes_lsp.config.read import ConfigProblem
    from notes_lsp.text.source import Source
    from notes_lsp.workspace.disk.ignore import Ignore
    from notes_lsp.workspace.disk.walk import Report
    from notes_lsp.workspace.folder import Folder


class NoVaultError(RuntimeError):
    """No vault was named and none is around; the message says what to do."""


@dataclass(frozen=True, slots=True)
class OpenVault:
    """A vault a command works on."""

    root: roots.Root
    folder: Folder
    ignore: Ignore
    problems: tuple[ConfigProblem, ...]
    config_source: Source
    report: Report


def find_vault(named: Path | None, about: Path | None = None) -> roots.Root:
    """The vault a command means.

    That is the folder ``named`` as the vault, whether or not it has a marker; else the vault round the file or folder
    that the command is ``about``, or that folder itself where there is none round it; else the vault round the current
    folder; else the one in ``NOTES_LSP_VAULT``.

    Raises:
        NoVaultError: there is none, or what was named is not there.
    """
    if named is not None:
        path = _existing(named)
        return roots.root_at(path if path.is_dir() else path.parent)
    if about is not None:
        path = _existing(about)
        folder = path if path.is_dir() else path.parent
        return roots.find_root(folder) or roots.root_at(folder)
    around = roots.find_root(Path.cwd())
    if around is not None:
        return around
    fallback = os.environ.get("NOTES_LSP_VAULT")
    if fallback:
        return find_vault(Path(fallback))
    raise NoVaultError(
        f"no vault around {Path.cwd()}: name one with --vault, set NOTES_LSP_VAULT, "
        f"or put an empty {roots.MARKERS[0]} into your notes' folder"
    )


def _existing(named: Path) -> Path:
    path = absolute(named)
    if not path.exists():
        raise NoVaultError(f"{named}: no such file or folder")
    return path


def absolute(path: Path) -> Path:
    """A path as the user means it, from the root of the disk; symbolic links stay as they are."""
    return Path(os.path.abspath(path.expanduser()))  # noqa: PTH100  (resolve would follow links)


@contextmanager
def open_at(root: roots.Root, progress: Callable[[int, int], None]) -> Generator[OpenVault]:
    """The vault at ``root``, its index up to date with the disk; closed again at the end.

    Raises:
        IndexHealedError: damage of the index showed while it was asked. It is made anew; the whole command has to begin
            again, which ``again.answered`` sees to.
    """
    # A third of a second to load, which a verb that asks nothing of the index should not pay.
    from notes_lsp.text.source import Source
    from notes_lsp.workspace.config.settings import ignore_of, index_path, read_config
    from notes_lsp.workspace.folder import Folder, compare_with_disk
    from notes_lsp.workspace.writing.journal import UNFINISHED, is_unfinished

    config, problems, text = read_config(root.path, None)
    folder = _healed.pop(root.path, None)
    if folder is None:
        if is_unfinished(index_path(root.path)):
            print(f"notes-lsp: {UNFINISHED}", file=sys.stderr)
        folder = Folder(root.path, index_path(root.path), config)
    ignore = ignore_of(root.path, config)
    try:
        report = None
        while report is None:
            try:
                report = compare_with_disk(folder, ignore) or _scanned(folder, ignore, progress)
            except Exception as error:
                if not _is_healed(folder, error):
                    raise
        try:
            yield OpenVault(root, folder, ignore, problems, Source(text), report)
        except Exception as error:
            if not _is_healed(folder, error):
                raise
            _healed[root.path] = folder
            raise IndexHealedError from error
    finally:
        if root.path not in _healed:
            folder.close()


_healed: dict[Path, Folder] = {}
"""Folders whose index was made anew, for the command to begin again with."""


def _is_healed(folder: Folder, error: Exception) -> bool:
    """Begin a new index where an error says that the old one is damaged or cannot be written; whether that was so."""
    from notes_lsp.index.store.damage import is_broken, is_unwritable

    if folder.store.path is None or not (is_broken(error) or is_unwritable(error)):
        return False
    folder.heal(error)
    return True


def _scanned(folder: Folder, ignore: Ignore, progress: Callable[[int, int], None]) -> Report:
    import asyncio

    from notes_lsp.workspace.scan import scan

    return asyncio.run(scan(folder, ignore, progress))
