"""Keep the list of views in docs/sql.md equal to the views that there are.

Without arguments rewrites what stands between the markers; with ``--check`` only says whether it is current.
"""

from __future__ import annotations

import sys

from generated import ROOT, between, keep

sys.path.insert(0, str(ROOT / "src"))  # so that it also runs where the package is not installed

from notes_lsp.index.sql.views import VIEWS

PAGE = ROOT / "docs" / "sql.md"


def with_views(page: str) -> str:
    """The page with its generated part made anew."""
    return between(page, "views", f"{views()}\n")


def views() -> str:
    """Each view with a table of its columns."""
    parts: list[str] = []
    for view in VIEWS:
        rows = "".join(f"| `{name}` | {about.replace('|', chr(92) + '|')} |\n" for name, about, _ in view.columns)
        parts.append(f"\n### `{view.name}`\n\n{view.about}\n\n| column | holds |\n| --- | --- |\n{rows}")
    return "".join(parts)


if __name__ == "__main__":
    sys.exit(keep({PAGE: with_views(PAGE.read_text(encoding="utf-8"))}, sys.argv[1:]))
