"""Settings of other programs: our settings for a folder as the program has them that its notes are written for."""

from __future__ import annotations

import logging
import os
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

from notes_lsp.links.dialects import Seen, seen_in
from notes_lsp.text.source import decode
from notes_lsp.workspace.config.obsidian import read_obsidian
from notes_lsp.workspace.disk.open import MAX_SETTINGS, read_file

LOG = logging.getLogger(__name__)

Tables = dict[str, dict[str, Any]]


class SeenDialect(NamedTuple):
    """What a folder says of the programs its notes are written for."""

    seen: tuple[Seen, ...]
    """The programs that left something there; the first of those with a profile decides what is written."""
    settings: Tables
    """Our settings as that program has them, the profile included."""

    @property
    def hidden(self) -> tuple[str, ...]:
        """What those programs keep there that is no note, as lines of gitignore(5)."""
        return tuple(line for seen in self.seen for line in seen.dialect.hidden)


def read_dialects(root: Path) -> SeenDialect:
    """The programs that left something in the folder ``root``, and the settings of the first that has a profile."""
    seen = tuple(seen_in("", lambda path: os.path.exists(root / path)))  # noqa: PTH110  (raises nothing)
    first = next((one.dialect for one in seen if one.dialect.profile), None)
    if first is None:
        return SeenDialect(seen, {})
    tables = _READERS[first.name](root) if first.name in _READERS else {}
    return SeenDialect(seen, {**tables, "links": {"profile": first.profile, **tables.get("links", {})}})


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


_READERS: Mapping[str, Callable[[Path], Tables]] = {"obsidian": read_obsidian, "zk": _zk, "marksman": _marksman}
"""What reads the settings of a program."""


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
