"""Obsidian: what a vault's own settings for Obsidian say about links, templates and daily notes, in terms of ours."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from notes_lsp.workspace.disk.open import MAX_SETTINGS, read_file

LOG = logging.getLogger(__name__)

_PATHS = {"shortest": "shortest", "relative": "relative", "absolute": "root"}


def read_obsidian(root: Path) -> dict[str, dict[str, Any]]:
    """Our settings as the files in ``.obsidian`` below ``root`` have them; empty where there are none.

    From ``app.json`` link format and style, the folder of new notes, and the excluded files, which Obsidian still links
    to but does not speak of: nothing is reported in them. From ``templates.json`` the folder of templates, from
    ``daily-notes.json`` and the settings of the plugin "Periodic Notes" where notes of days, weeks and months are and
    how they are called.
    """
    app = _read(root, "app.json")
    links: dict[str, Any] = {}
    files: dict[str, Any] = {}
    path = _PATHS.get(str(app.get("newLinkFormat")))
    if path is not None:
        links["path"] = path
    if app.get("useMarkdownLinks") is True:
        links["style"] = "markdown"
    place = app.get("newFileLocation")
    if place == "current":
        files["new_notes"] = "."
    elif place == "folder" and isinstance(app.get("newFileFolderPath"), str):
        files["new_notes"] = str(app["newFileFolderPath"]).strip("/")
    excluded = app.get("userIgnoreFilters")
    filters = [str(item) for item in cast("list[object]", excluded)] if isinstance(excluded, list) else []
    return {
        "links": links,
        "files": files,
        "diagnostics": {"ignore_in": [_glob(each) for each in filters if _is_path(each)]},
    } | _new_notes(root)


def _new_notes(root: Path) -> dict[str, dict[str, Any]]:
    templates = _read(root, "templates.json")
    new = {
        ours: str(templates[theirs]).strip("/")
        for theirs, ours in (("folder", "templates"), ("dateFormat", "date"), ("timeFormat", "time"))
        if isinstance(templates.get(theirs), str) and str(templates[theirs]).strip("/")
    }
    daily = _read(root, "daily-notes.json")
    found = {"new": new, "daily": _periodic(daily, "YYYY-MM-DD") if daily else {}}
    periodic = _read(root, "plugins/periodic-notes/data.json")
    for theirs, default in (("daily", "YYYY-MM-DD"), ("weekly", "gggg-[W]ww"), ("monthly", "YYYY-MM")):
        table = periodic.get(theirs)
        settings = cast("dict[str, object]", table) if isinstance(table, dict) else {}
        if settings.get("enabled", True) is True and any(settings.get(key) for key in ("folder", "format", "template")):
            found[theirs] = _periodic(settings, default)
    return {name: settings for name, settings in found.items() if settings}


def _periodic(settings: Mapping[str, object], default: str) -> dict[str, str]:
    """Where the notes of days are kept; what is not said is Obsidian's own default."""
    found = {key: value for key in ("folder", "format", "template") if isinstance(value := settings.get(key), str)}
    return {
        "folder": found.get("folder", "").strip("/") or "/",
        "format": found.get("format", "").strip("/") or default,
        "template": found.get("template", "").strip("/"),
    }


def _read(root: Path, name: str) -> Mapping[str, object]:
    """What a file of Obsidian says; nothing where it is not there or no table."""
    try:
        found = json.loads(read_file(root / ".obsidian" / name, MAX_SETTINGS))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError, RecursionError) as error:
        LOG.info("cannot read .obsidian/%s: %s", name, error)
        return {}
    return cast("dict[str, object]", found) if isinstance(found, dict) else {}


def _is_path(pattern: str) -> bool:
    """Whether a filter is a path; between slashes it is a regular expression, which globs cannot say."""
    return bool(pattern.strip("/")) and not (len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"))


def _glob(path: str) -> str:
    return f"/{path.lstrip('/')}"
