"""Dialects: which program a folder's notes are written for, by what that program leaves there, and its own settings."""

from __future__ import annotations

import logging
import os
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

from notes_lsp.config.settings import Profile
from notes_lsp.text.source import decode
from notes_lsp.workspace.config.obsidian import read_obsidian
from notes_lsp.workspace.disk.open import MAX_SETTINGS, read_file

LOG = logging.getLogger(__name__)

Tables = dict[str, dict[str, Any]]


class Dialect(NamedTuple):
    """What a folder says of the program its notes are written for."""

    profile: Profile
    evidence: str
    """The path, relative to the folder, of what the program left there; empty where nothing was found."""
    settings: Tables
    """Our settings as that program has them, the profile included."""


def read_dialect(root: Path) -> Dialect:
    """The dialect of the folder ``root``: that of the first program in a fixed order that left something there."""
    for evidence, profile, read in _SEEN_BY:
        if os.path.exists(root / evidence):  # noqa: PTH110  (Path.exists raises where a folder is closed)
            tables = read(root)
            links = {"profile": profile.value, **tables.get("links", {})}
            return Dialect(profile, evidence, {**tables, "links": links})
    return Dialect(Profile.OBSIDIAN, "", {})


def _zk(root: Path) -> Tables:
    """Style and extension of links: Markdown without an extension where ``[format.markdown]`` says nothing else."""
    table = _table(_table(_read(root / ".zk" / "config.toml"), "format"), "markdown")
    written = str(table.get("link-format", "markdown"))
    # Anything else is a template of the whole link.
    style = "wiki" if written == "wiki" or written.lstrip().startswith("[[") else "markdown"
    return {"links": {"style": style, "markdown_extension": table.get("link-drop-extension", True) is not True}}


_MARKSMAN_PATHS = {"title-slug": "slug", "file-stem": "shortest", "file-path-stem": "root"}


def _marksman(root: Path) -> Tables:
    """Marksman writes the slug of the title, or the stem where headings are no titles."""
    tables = _read(root / ".marksman.toml")
    has_titles = _table(tables, "core").get("title_from_heading", True) is not False
    style = str(_table(_table(tables, "completion"), "wiki").get("style"))
    return {"links": {"path": _MARKSMAN_PATHS.get(style, "slug" if has_titles else "shortest")}}


_SEEN_BY: tuple[tuple[str, Profile, Callable[[Path], Tables]], ...] = (
    (".obsidian", Profile.OBSIDIAN, read_obsidian),
    (".zk/config.toml", Profile.ZK, _zk),
    (".marksman.toml", Profile.MARKSMAN, _marksman),
)
"""What each program leaves in a folder, and what reads its settings; the first that is there decides."""


def _table(table: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = table.get(name)
    return cast("Mapping[str, object]", found) if isinstance(found, dict) else {}


def _read(path: Path) -> Mapping[str, object]:
    """What a file of TOML says; nothing where it cannot be read."""
    try:
        return tomllib.loads(decode(read_file(path, MAX_SETTINGS))[0])
    except (OSError, ValueError, RecursionError) as error:
        LOG.info("cannot read %s: %s", path, error)
        return {}
