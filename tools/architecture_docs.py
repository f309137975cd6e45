"""Keep the table of modules in docs/architecture.md equal to the first lines of the modules' docstrings.

Without arguments rewrites the part between the two markers; with ``--check`` only says whether it is current.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from generated import ROOT, between, keep

PACKAGE = ROOT / "src" / "notes_lsp"
PAGE = ROOT / "docs" / "architecture.md"
LAYERS = (
    *(
        "text",
        "fuzzy",
        "similarity",
        "links",
        "urls",
        "frontmatter",
        "markdown",
        "dates",
        "schemas",
        "templates",
        "config",
    ),
    *("index", "ide", "workspace", "lsp", "cli"),
)
"""From the lowest to the highest, as one reads them to understand the whole."""


def module_table(package: Path) -> str:
    """A heading, a charter and a table for each layer of ``package``, as Markdown; empty layers are left out."""
    parts: list[str] = []
    for layer in LAYERS:
        modules = sorted(path for path in (package / layer).rglob("*.py") if path.name != "__init__.py")
        if not modules:
            continue
        parts.append(f"\n### `{layer}`\n\n{charter(package / layer / '__init__.py')}\n")
        parts.append("\n| module | charter |\n| --- | --- |\n")
        for path in modules:
            dotted = path.relative_to(package).with_suffix("").as_posix().replace("/", ".")
            parts.append(f"| `{dotted}` | {charter(path).replace('|', chr(92) + '|')} |\n")
    return "".join(parts) + "\n"


def charter(path: Path) -> str:
    """The first line of a module's docstring, in Markdown's spelling of code; empty where there is none."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) if path.exists() else None
    return (docstring or "").partition("\n")[0].strip().replace("``", "`")


if __name__ == "__main__":
    made = between(PAGE.read_text(encoding="utf-8"), "modules", module_table(PACKAGE))
    sys.exit(keep({PAGE: made}, sys.argv[1:]))
