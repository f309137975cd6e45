"""Keep the table of modules in docs/architecture.md equal to the first lines of the modules' docstrings.

Without arguments rewrites the part between the two markers; with ``--check`` only says whether it is current.
"""

from __future__ import annotations

import ast
import difflib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "notes_lsp"
PAGE = ROOT / "docs" / "architecture.md"
BEGIN = "<!-- modules:begin -->"
END = "<!-- modules:end -->"
LAYERS = ("core", "index", "features", "workspace", "lsp", "cli")
"""From the lowest to the highest, as one reads them to understand the whole."""


def main(arguments: list[str]) -> int:
    """Rewrite the table, or check it; 0 when it is (now) current, 1 when it is not, 2 when it has no place."""
    before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else f"# Architecture\n\n{BEGIN}\n{END}\n"
    name = PAGE.relative_to(ROOT)
    if before.count(BEGIN) != 1 or before.count(END) != 1 or before.index(BEGIN) > before.index(END):
        print(f"{name}: wants one {BEGIN} and, after it, one {END}", file=sys.stderr)
        return 2
    after = with_table(before, module_table(PACKAGE))
    if "--check" not in arguments:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(after, encoding="utf-8")
        return 0
    if PAGE.exists() and before == after:
        return 0
    difference = difflib.unified_diff(before.splitlines(), after.splitlines(), str(name), "current", lineterm="")
    print("\n".join(difference), file=sys.stderr)
    print(f"{name}: the table of modules is out of date. Run: make docs", file=sys.stderr)
    return 1


def with_table(page: str, table: str) -> str:
    """The page with what stands between the markers replaced by ``table``."""
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{table}{END}{tail}"


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
    sys.exit(main(sys.argv[1:]))
