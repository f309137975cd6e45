"""Generated: files that are made from the code, rewritten or only checked, wholly or between two markers."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def keep(wanted: Mapping[Path, str], arguments: Sequence[str]) -> int:
    """Write files as they should be, or with ``--check`` only say what differs; 0 where they are (now) current."""
    stale = False
    for path, after in wanted.items():
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        if before == after:
            continue
        if "--check" not in arguments:
            path.write_text(after, encoding="utf-8")
            continue
        stale = True
        name = path.relative_to(ROOT).as_posix()
        difference = difflib.unified_diff(before.splitlines(), after.splitlines(), name, "current", lineterm="")
        print("\n".join(difference), file=sys.stderr)
        print(f"{name} is out of date. Run: make docs", file=sys.stderr)
    return int(stale)


def between(page: str, name: str, text: str) -> str:
    """The page with the part of a name made anew: what stands between its two markers.

    Raises:
        ValueError: there is no such part, or more than one.
    """
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    if page.count(begin) != 1 or page.count(end) != 1 or page.index(begin) > page.index(end):
        raise ValueError(f"the page wants one {begin} and, after it, one {end}")
    head, _, rest = page.partition(begin)
    return f"{head}{begin}\n{text}{end}{rest.partition(end)[2]}"
