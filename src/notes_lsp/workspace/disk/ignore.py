"""Ignore: which files and folders are excluded, and why, by the rules of git and our own."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Self

from notes_lsp.text.globs import Glob, first_for_file, first_for_folder, read_glob
from notes_lsp.workspace.disk.open import NoRegularFileError, read_file, read_with_state

IGNORE_FILES = (".ignore", ".gitignore")
"""Files of patterns that count in every folder; the first wins over the second in the same folder."""

ALWAYS_SKIPPED = frozenset({".git", ".hg", ".svn", ".obsidian", ".trash", "node_modules"})
"""Names that never hold anybody's notes, at any depth, even where hidden files are wanted."""

_CONFIGURATION = "excluded by configuration"
_MAX_BYTES = 1 << 20

_log = logging.getLogger(__name__)


class Ignore:
    """What a vault leaves out.

    Paths are relative to the root, with ``/`` between their parts. The rules are those of gitignore(5): patterns of the
    nearest folder win, the last that matches in one file wins, ``!`` takes a path back in, and nothing is taken back in
    below a folder that is left out. Asked in this order: the configuration's globs (same syntax, from the root),
    ``.ignore`` and ``.gitignore`` of every folder from the path up to the root and on to the top of the repository the
    root lies in, then that repository's ``info/exclude`` and the user's ``git/ignore``. ``.gitignore`` counts outside
    of repositories, too; ``.ignore`` is no business of git's and counts even when ``.gitignore`` is not respected.

    What was read is remembered per folder until :meth:`forget`. Safe to share between threads.
    """

    def __init__(
        self,
        root: Path,
        exclude: Sequence[str] = (),
        *,
        respect_gitignore: bool = True,
        include_hidden: bool = False,
    ) -> None:
        """Take the vault's folder (resolved) and its configuration; reads nothing yet."""
        self.root = root
        self._root = os.fspath(root)
        self._lock = RLock()
        self._outer: tuple[_Rules, ...] | None = None
        self._rules: dict[str, tuple[_Rules, ...]] = {}
        self._folders: dict[str, str | None] = {"": None}
        self.configure(exclude, respect_gitignore=respect_gitignore, include_hidden=include_hidden)

    def configure(self, exclude: Sequence[str], *, respect_gitignore: bool, include_hidden: bool) -> None:
        """Take another configuration, so that a watcher that holds this value hears of it, too; reads nothing yet."""
        with self._lock:
            self._exclude = tuple(exclude)
            self._ignore_files = IGNORE_FILES if respect_gitignore else IGNORE_FILES[:1]
            self._respect_gitignore = respect_gitignore
            self._include_hidden = include_hidden
            self.forget()

    def reason(self, relpath: str, *, is_dir: bool) -> str | None:
        """Why a path is left out, such as ``hidden`` or ``.gitignore: drafts/``; ``None`` if it is not.

        A path below a folder that is left out has that folder's reason. The path need not exist.
        """
        folder, _, name = relpath.rpartition("/")
        above = self._folder_reason(folder)
        if above is not None or not name:
            return above
        return self.reason_in(folder, name, is_dir=is_dir)

    def reason_in(self, folder: str, name: str, *, is_dir: bool) -> str | None:
        """As :meth:`reason` for one name in a folder that is known not to be left out itself."""
        if name in ALWAYS_SKIPPED:
            return f"always skipped: {name}"
        if name[0] == "." and not self._include_hidden:
            return "hidden"
        all_rules = self._rules.get(folder)
        if all_rules is None:
            all_rules = self._rules_for(folder)
        if not all_rules:
            return None
        relpath = f"{folder}/{name}" if folder else name
        for rules in all_rules:
            glob = rules.deciding(relpath, name, is_dir=is_dir)
            if glob is not None:
                return None if glob.negated else f"{rules.source}: {glob.text}"
        return None

    def forget(self, folder: str = "") -> None:
        """Read again what the ignore files in ``folder`` and below say; for the root, those above it, too."""
        with self._lock:
            if not folder:
                self._outer = None
            below = f"{folder}/" if folder else ""
            self._rules = {key: rules for key, rules in self._rules.items() if not f"{key}/".startswith(below)}
            self._folders = {key: why for key, why in self._folders.items() if not f"{key}/".startswith(below)}
            self._folders[""] = None

    def _folder_reason(self, folder: str) -> str | None:
        """:meth:`reason` of a folder, remembered, since it is asked for every event below."""
        if folder in self._folders:
            return self._folders[folder]
        with self._lock:
            why = self._folders[folder] = self.reason(folder, is_dir=True)
        return why

    def _rules_for(self, folder: str) -> tuple[_Rules, ...]:
        """The rules for the names in a folder, the first to be asked first; empty sets of rules left out."""
        with self._lock:
            if folder not in self._rules:
                own = tuple(self._read_folder(folder))
                above = self._rules_for(folder.rpartition("/")[0]) if folder else self._outer_rules()
                first = 1 if above and above[0].source == _CONFIGURATION else 0
                self._rules[folder] = (*above[:first], *own, *above[first:])
            return self._rules[folder]

    def _read_folder(self, folder: str) -> Iterator[_Rules]:
        on_disk = f"{self._root}/{folder}" if folder else self._root
        shown = f"{folder}/" if folder else ""
        for name in self._ignore_files:
            yield from _Rules.read(f"{on_disk}/{name}", source=shown + name, drop=len(shown))

    def _outer_rules(self) -> tuple[_Rules, ...]:
        """The configuration first, then what is said above and outside of the root."""
        if self._outer is None:
            configured = _Rules.parse(self._exclude, source=_CONFIGURATION)
            inherited = self._read_repository() if self._respect_gitignore else ()
            self._outer = (*configured, *inherited)
        return self._outer

    def _read_repository(self) -> Iterator[_Rules]:
        repository = next((folder for folder in (self.root, *self.root.parents) if _has_git(folder)), None)
        if repository is None:
            return
        below = self.root.relative_to(repository).as_posix()
        prefix = "" if below == "." else f"{below}/"
        found: list[_Rules] = []
        for folder in self.root.parents if prefix else ():
            inside = self.root.relative_to(folder).as_posix() + "/"
            for name in IGNORE_FILES:
                found += _Rules.read(os.fspath(folder / name), source=f"{folder / name}", prefix=inside)
            if folder == repository:
                break
        for path in (_git_folder(repository) / "info" / "exclude", _user_excludes()):
            found += _Rules.read(os.fspath(path), source=f"{path}", prefix=prefix)
        if not _leave_out(found, prefix):
            yield from found


@dataclass(frozen=True, slots=True)
class _Rules:
    """The patterns of one file, the last first.

    A path from the root becomes one from the file's folder by dropping ``drop`` characters and prepending ``prefix``.
    """

    source: str
    drop: int
    prefix: str
    globs: tuple[Glob, ...]

    @classmethod
    def read(cls, path: str, *, source: str, drop: int = 0, prefix: str = "") -> Iterator[Self]:
        """The rules of a file; nothing if it is missing, empty, unreadable or no file."""
        try:
            data, _ = read_with_state(path, _MAX_BYTES, cut=True)
        except (FileNotFoundError, NotADirectoryError, NoRegularFileError):
            return
        except (OSError, ValueError) as error:
            _log.info("cannot read %s, so nothing is ignored by it: %s", path, error)
            return
        lines = data.decode("utf-8-sig", "surrogateescape").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        yield from cls.parse(lines, source=source, drop=drop, prefix=prefix)

    @classmethod
    def parse(cls, lines: Sequence[str], *, source: str, drop: int = 0, prefix: str = "") -> Iterator[Self]:
        """The rules of some lines, if any has one; comments, blank lines and what cannot be read have none."""
        globs: list[Glob] = []
        for line in reversed(lines):
            try:
                glob = read_glob(line)
            except ValueError as error:
                _log.debug("left a line of %s out: %s", source, error)
                continue
            if glob is not None:
                globs.append(glob)
        if globs:
            yield cls(source, drop, prefix, tuple(globs))

    def deciding(self, relpath: str, name: str, *, is_dir: bool) -> Glob | None:
        """The last pattern that matches, which decides."""
        path = self.prefix + relpath[self.drop :]
        return first_for_folder(self.globs, path, name) if is_dir else first_for_file(self.globs, path, name)


def _leave_out(rules: Sequence[_Rules], prefix: str) -> bool:
    """Whether rules from above the root leave out the root itself, or a folder on the way to it.

    Somebody opened it all the same, so then they do not count. A home folder whose ``.gitignore`` says ``*`` is common.
    """
    parts = prefix.split("/")[:-1]
    for end in range(1, len(parts) + 1):
        path = "/".join(parts[:end])
        for each in rules:
            seen = path[len(prefix) - len(each.prefix) :]
            glob = first_for_folder(each.globs, seen, parts[end - 1]) if seen else None
            if glob is not None:
                if glob.negated:
                    break
                return True
    return False


def _has_git(folder: Path) -> bool:
    return os.path.lexists(folder / ".git")


def _git_folder(repository: Path) -> Path:
    """Where a repository keeps ``info/exclude``: ``.git``, or where that file of a worktree or submodule points."""
    git = repository / ".git"
    try:
        if git.is_dir():
            return git
        target = repository / read_file(git, _MAX_BYTES).decode().removeprefix("gitdir:").strip()
        common = target / "commondir"
        return target / read_file(common, _MAX_BYTES).decode().strip() if common.is_file() else target
    except (OSError, ValueError):
        return git


def _user_excludes() -> Path:
    """The default of git's ``core.excludesFile``."""
    configured = os.environ.get("XDG_CONFIG_HOME")
    base = Path(configured) if configured else Path(os.path.expanduser("~")) / ".config"  # noqa: PTH111  (never raises)
    return base / "git" / "ignore"
