"""Obsidian: what a vault's own settings for Obsidian say about linking, in terms of ours."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

LOG = logging.getLogger(__name__)

_PATHS = {"shortest": "shortest", "relative": "relative", "absolute": "root"}


def read_obsidian(root: Path) -> dict[str, dict[str, Any]]:
    """Our settings as ``.obsidian/app.json`` below ``root`` has them; empty where there is no such file.

    Link format and style, the folder of new notes, and the excluded files, which Obsidian still links to but does not
    speak of: nothing is reported in them.
    """
    try:
        found = json.loads((root / ".obsidian" / "app.json").read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        LOG.info("cannot read .obsidian/app.json: %s", error)
        return {}
    app: Mapping[str, object] = cast("dict[str, object]", found) if isinstance(found, dict) else {}
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
    }


def _is_path(pattern: str) -> bool:
    """Whether a filter is a path; between slashes it is a regular expression, which globs cannot say."""
    return bool(pattern.strip("/")) and not (len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"))


def _glob(path: str) -> str:
    return f"/{path.lstrip('/')}"
