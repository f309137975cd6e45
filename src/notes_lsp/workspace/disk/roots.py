"""Roots: which folder is the vault of a path, and ``file:`` URIs to paths and back."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from urllib.parse import quote, unquote_to_bytes, urlsplit

MARKERS = (".notes-lsp.toml", ".obsidian", ".zk", ".marksman.toml", ".git")
"""What makes a folder a vault; where one folder holds several, the first of these names it."""

_DRIVE_PATH = re.compile(r"/?([A-Za-z]):(?=[/\\]|$)")


@dataclass(frozen=True, slots=True)
class Root:
    """A vault's folder.

    ``path`` is absolute with every symbolic link resolved; ``marker`` is the name that made it a vault, ``None``
    for a folder that somebody simply chose.
    """

    path: Path
    marker: str | None


def find_root(path: Path) -> Root | None:
    """The nearest folder, ``path`` itself or one above it, that holds a marker; ``None`` where none does.

    The nearest folder wins whatever its marker, so a repository inside an Obsidian vault is a vault of its own: whoever
    put it there keeps its history apart, too. ``.git`` may be a file, as it is in worktrees and submodules. In a home
    folder, or above it, it says nothing of notes: people keep the settings of their programs so.
    The path need not exist. Its own spelling is asked first, then the spelling without symbolic links.
    """
    spelled = _absolute(path)
    return _marked_folder(spelled) or _marked_folder(resolve_path(spelled))


def unmarked_root(note: Path, extensions: tuple[str, ...] = (".md",)) -> Root | None:
    """The root for a note that no marker is above: its folder, or the highest above that through folders with notes.

    ``None`` where that would be a home folder, one that holds home folders, the folder of temporary files or the top
    of the disk: nobody means all of those.
    """
    folder = resolve_path(note).parent
    if is_too_much(folder):
        return None
    while not is_too_much(folder.parent) and _holds_notes(folder.parent, extensions):
        folder = folder.parent
    return Root(folder, None)


def make_vault(folder: Path) -> Root:
    """Mark a folder as a vault by an empty ``.notes-lsp.toml``; one that has it already is left as it is.

    Raises:
        OSError: it cannot be written.
    """
    if not os.path.lexists(folder / MARKERS[0]):
        (folder / MARKERS[0]).open("x").close()
    return root_at(folder)


def root_at(path: Path) -> Root:
    """The root for a folder that was chosen, by a client or on the command line, with or without a marker in it."""
    folder = resolve_path(path)
    return Root(folder, _marker_in(folder))


def home_folder() -> Path | None:
    """The home folder with every symbolic link resolved; ``None`` where the system knows of none."""
    return resolve_path(Path.home()) if os.path.expanduser("~") != "~" else None  # noqa: PTH111  (Path.home would raise)


def is_too_much(folder: Path) -> bool:
    """Whether a folder is the home folder, one above it, or that of temporary files: no vault unless marked as one."""
    folder = resolve_path(folder)
    home = home_folder()
    above = (home, *home.parents) if home is not None else ()
    return folder in (folder.parent, resolve_path(Path(tempfile.gettempdir())), *above)


def locate(roots: Iterable[Root], path: Path) -> tuple[Root, str] | None:
    """The innermost of ``roots`` that contains ``path``, and the path below it with ``/`` between its parts.

    Paths are compared part by part, so ``/notes`` does not contain ``/notes-old/x.md``. A folder counts as a root
    under any spelling that leads to it, and a link inside a root belongs to it wherever it points; only a path that is
    in no root by its spelling is looked for where its links lead. The root itself is ``""``. Nothing needs to exist.
    """
    by_path = {root.path: root for root in roots}
    spelled = _absolute(path)
    return _locate_spelled(by_path, spelled) or _locate_spelled(by_path, resolve_path(spelled))


def uri_to_path(uri: str) -> Path | None:
    """The path a ``file:`` URI means on this system (RFC 8089); ``None`` for any other scheme and for nonsense.

    Compare paths, never URIs: editors disagree on what to encode.
    """
    pure = windows_path(uri) if os.name == "nt" else posix_path(uri)
    return None if pure is None else Path(pure)


def path_to_uri(path: Path) -> str:
    """The ``file:`` URI of a path, with everything but letters, digits and ``-._~/`` encoded, as VS Code does it."""
    return pure_path_to_uri(_absolute(path))


def posix_path(uri: str) -> PurePosixPath | None:
    """What :func:`uri_to_path` says on Linux and macOS; a foreign host becomes ``//host/...``, which is never local."""
    parts = _file_uri(uri)
    if parts is None or not parts[1].startswith("/"):
        return None
    host, path = parts
    if host:
        return PurePosixPath(f"//{host}/{path.lstrip('/')}")
    return PurePosixPath(path if not path.startswith("///") else "/" + path.lstrip("/"))


def windows_path(uri: str) -> PureWindowsPath | None:
    """What :func:`uri_to_path` says on Windows: drives in upper case, hosts as UNC paths."""
    parts = _file_uri(uri)
    if parts is None:
        return None
    host, path = parts
    if host:
        return PureWindowsPath(f"//{host}/{path.lstrip('/')}")
    if drive := _DRIVE_PATH.match(path):
        return PureWindowsPath(f"{drive[1].upper()}:/{path[drive.end() :].lstrip('/')}")
    return PureWindowsPath(path) if path.startswith("/") else None


def pure_path_to_uri(path: PurePath) -> str:
    """The ``file:`` URI of an absolute path of either system; see :func:`path_to_uri`."""
    text = path.as_posix()
    if not isinstance(path, PureWindowsPath):
        return "file://" + _quoted(text)
    if drive := _DRIVE_PATH.match(text):
        return f"file:///{drive[1].lower()}%3A{_quoted(text[drive.end() :])}"
    return "file:" + _quoted(text) if text.startswith("//") else "file://" + _quoted(text)


def resolve_path(path: Path) -> Path:
    """The path without symbolic links; as good as it gets where a part is missing, forbidden or a link to itself."""
    try:
        return Path(os.path.realpath(path))
    except (OSError, ValueError):
        return path


def _absolute(path: Path) -> Path:
    """The path from the top, ``..`` taken out by spelling; where the working folder is gone, the path as it is."""
    try:
        return Path(os.path.abspath(path))  # noqa: PTH100  (Path.absolute keeps "..")
    except OSError:
        return path


def _marked_folder(path: Path) -> Root | None:
    for folder in (path, *path.parents):
        marker = _marker_in(folder)
        if marker is not None and (marker != ".git" or not is_too_much(folder)):
            return Root(resolve_path(folder), marker)
    return None


def _holds_notes(folder: Path, extensions: tuple[str, ...]) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(entry.name.lower().endswith(extensions) for entry in entries)
    except OSError:
        return False


def _marker_in(folder: Path) -> str | None:
    return next((marker for marker in MARKERS if os.path.lexists(folder / marker)), None)


def _locate_spelled(by_path: dict[Path, Root], path: Path) -> tuple[Root, str] | None:
    # Asked once for the whole path: most have no link in them, and what leads to a folder is asked of the disk.
    is_resolved = resolve_path(path) == path
    for folder in (path, *path.parents):
        root = by_path.get(folder) or (None if is_resolved else by_path.get(resolve_path(folder)))
        if root is not None:
            below = path.relative_to(folder).as_posix()
            return root, "" if below == "." else below
    return None


def _file_uri(uri: str) -> tuple[str, str] | None:
    """The host ("" for this machine) and the decoded path of a ``file:`` URI."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    if parts.scheme != "file":
        return None
    path = _unquoted(parts.path)
    host = _unquoted(parts.netloc)
    if not path or "\0" in path + host or "/" in host or "\\" in host:
        return None
    return ("" if host.lower() == "localhost" else host), path


def _unquoted(text: str) -> str:
    """Percent-decoded; bytes that are not UTF-8 become what Python calls such names on disk (PEP 383)."""
    data = unquote_to_bytes(text.encode("utf-8", "surrogatepass"))
    return data.decode("utf-8", "surrogateescape")


def _quoted(text: str) -> str:
    try:
        data = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        data = text.encode("utf-8", "replace")
    return quote(data, safe="/")
