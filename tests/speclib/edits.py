"""Edits: a server's text edits and workspace edits applied to files, as a strict editor applies them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from speclib.positions import Json, Lines

if TYPE_CHECKING:
    from collections.abc import Callable


class BadEditError(Exception):
    """An edit that a client would refuse."""


def apply_text_edits(text: str, edits: list[Json], encoding: str) -> str:
    """The text after edits that all speak of the text before.

    Raises:
        BadEditError: two edits overlap, or a range ends before it begins.
    """
    lines = Lines(text)
    spans = sorted(((*lines.span(edit["range"], encoding), index, edit) for index, edit in enumerate(edits)))
    out: list[str] = []
    done = 0
    for start, end, _, edit in spans:
        if end < start:
            raise BadEditError(f"the range {edit['range']} ends before it begins")
        if start < done:
            raise BadEditError(f"edits overlap at {lines.shown(start, end)}")
        out += (text[done:start], edit["newText"])
        done = end
    return "".join(out) + text[done:]


def apply_workspace_edit(
    files: dict[str, str], edit: Json, path_of: Callable[[str], str], encoding: str
) -> tuple[dict[str, str], list[str]]:
    """The files after a workspace edit, and what was done to them as files: ``rename a -> b``, ``create``, ``delete``.

    Raises:
        BadEditError: it cannot be applied.
    """
    after = dict(files)
    log: list[str] = []
    if changes := edit.get("documentChanges"):
        for change in changes:
            _apply_change(after, log, change, path_of, encoding)
        return after, log
    for uri, edits in (edit.get("changes") or {}).items():
        path = path_of(uri)
        after[path] = apply_text_edits(after.get(path, ""), edits, encoding)
    return after, log


def _apply_change(
    files: dict[str, str], log: list[str], change: Json, path_of: Callable[[str], str], encoding: str
) -> None:
    kind = change.get("kind")
    if kind is None:
        path = path_of(change["textDocument"]["uri"])
        if path not in files:
            raise BadEditError(f"edits {path}, which does not exist")
        files[path] = apply_text_edits(files[path], change["edits"], encoding)
    elif kind == "create":
        path = path_of(change["uri"])
        options = change.get("options") or {}
        if path in files and not (options.get("overwrite") or options.get("ignoreIfExists")):
            raise BadEditError(f"creates {path}, which exists")
        if path not in files or options.get("overwrite"):
            files[path] = ""
        log.append(f"create {path}")
    elif kind == "rename":
        old, new = path_of(change["oldUri"]), path_of(change["newUri"])
        moved = {path: new + path[len(old) :] for path in files if path == old or path.startswith(old + "/")}
        if not moved:
            raise BadEditError(f"renames {old}, which does not exist")
        if any(path in files for path in moved.values()) and not (change.get("options") or {}).get("overwrite"):
            raise BadEditError(f"renames {old} to {new}, which exists")
        for before, path in moved.items():
            files[path] = files.pop(before)
        log.append(f"rename {old} -> {new}")
    elif kind == "delete":
        path = path_of(change["uri"])
        files.pop(path, None)
        log.append(f"delete {path}")
    else:
        raise BadEditError(f"an unknown change `{kind}`")
