"""Keep the list of views in docs/sql.md equal to the views that there are.

Without arguments rewrites what stands between the markers; with ``--check`` only says whether it is current.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))  # so that it also runs where the package is not installed

from notes_lsp.index.views import VIEWS  # noqa: E402 - the path comes first

PAGE = ROOT / "docs" / "sql.md"
BEGIN, END = "<!-- views:begin -->", "<!-- views:end -->"


def main(arguments: list[str]) -> int:
    """Rewrite the page, or check it; 0 when it is (now) current, 1 when it is not."""
    before = PAGE.read_text(encoding="utf-8")
    after = with_views(before)
    if "--check" not in arguments:
        PAGE.write_text(after, encoding="utf-8")
        return 0
    if before == after:
        return 0
    print(f"{PAGE.relative_to(ROOT)}: the views are out of date. Run: make docs", file=sys.stderr)
    return 1


def with_views(page: str) -> str:
    """The page with its generated part made anew.

    Raises:
        ValueError: a marker is missing.
    """
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(BEGIN) > page.index(END):
        raise ValueError(f"{PAGE.name} wants one {BEGIN} and, after it, one {END}")
    head, _, rest = page.partition(BEGIN)
    return f"{head}{BEGIN}\n{views()}\n{END}{rest.partition(END)[2]}"


def views() -> str:
    """Each view with a table of its columns."""
    parts: list[str] = []
    for view in VIEWS:
        rows = "".join(f"| `{name}` | {about.replace('|', chr(92) + '|')} |\n" for name, about, _ in view.columns)
        parts.append(f"\n### `{view.name}`\n\n{view.about}\n\n| column | holds |\n| --- | --- |\n{rows}")
    return "".join(parts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
