"""The house rules that a machine can check: charters, sizes, purity, listings, and what the text never says."""

from __future__ import annotations

import ast
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import architecture_docs
from conftest import REPOSITORY, require_editor
from generated import between
from notes_lsp.config.settings import DIAGNOSTICS

SOURCE = REPOSITORY / "src" / "notes_lsp"
MODULES = sorted(SOURCE.rglob("*.py"))
IMPURE = {"__init__.py", "__main__.py", "index", "workspace", "lsp", "cli"}
PURE_MODULES = [path for path in MODULES if path.relative_to(SOURCE).parts[0] not in IMPURE]
MAX_FILES = 12
SCRIPTS = sorted(path for folder in ("tests", "tools") for path in (REPOSITORY / folder).rglob("*.py"))

MOST_LINES = 420
MADE_BY_MACHINES = {".git", ".venv", ".demo", ".hypothesis", "node_modules", "build", "dist", "__pycache__"}

# Written in two halves, or this file would be the first to break the rule.
NEVER_SAID = re.compile(
    "|".join(
        [
            r"(?<![\w.-])/wor" + "k/",
            *(
                rf"\b{re.escape(host)}{re.escape(domain)}\b"
                for host, domain in [
                    ("pypi", ".org"),
                    ("pythonhosted", ".org"),
                    ("npmjs", ".org"),
                    ("npmjs", ".com"),
                    ("crates", ".io"),
                    ("proxy.golang", ".org"),
                    ("rubygems", ".org"),
                    ("deb.debian", ".org"),
                ]
            ),
        ]
    )
)


def name_of(path: Path) -> str:
    """A path as test ids and messages show it."""
    return path.relative_to(REPOSITORY).as_posix()


@pytest.mark.parametrize("path", MODULES + SCRIPTS, ids=name_of)
def test_a_module_opens_with_its_charter(path: Path) -> None:
    """The first line of every module is one whole sentence that says what the module is for."""
    text = path.read_text(encoding="utf-8")
    if not text and path.name == "__init__.py" and SOURCE not in path.parents:
        return

    first_line = text.partition("\n")[0]

    assert re.fullmatch(r'r?"""[^\s"].*\.(""")?', first_line), f"{name_of(path)} begins with {first_line!r}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_short_enough_to_hold(path: Path) -> None:
    """A file that has outgrown the limit holds two ideas and wants to be two files."""
    lines = path.read_text(encoding="utf-8").count("\n")

    assert lines <= MOST_LINES, f"{name_of(path)} has {lines} lines"


@pytest.mark.parametrize("path", PURE_MODULES, ids=name_of)
def test_pure_layers_ask_neither_the_disk_nor_the_clock(path: Path) -> None:
    """What is below the index, and ``ide``, opens no file, builds no Path, and does not ask what time it is."""
    assert list(impurities(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "code", ["open('a')", "Path('a')", "pathlib.Path('a')", "io.open('a')", "datetime.now()", "date.today()"]
)
def test_impurities_are_recognised(code: str) -> None:
    """The check above sees each of the calls it is there for."""
    assert list(impurities(f"def f():\n    return {code}\n")) == [f"line 2: {code.partition('(')[0]}"]


def test_a_folder_is_small_enough_to_know() -> None:
    """A folder with more modules than this is about two subjects."""
    count = Counter(path.parent for path in MODULES if path.name not in {"__init__.py", "__main__.py"})

    assert {name_of(folder): files for folder, files in count.items() if files > MAX_FILES} == {}


DEFINED_TWICE = {
    "LOG": "each module logs under its own name",
    "T": "a variable of types, as typing has it",
    "main": "each program has one",
}
"""Public names that several modules define, and why they may."""


def test_public_names_are_defined_once() -> None:
    """One name means one thing in the whole package, so that a search for it finds that thing."""
    modules = defaultdict[str, set[str]](set)
    for path in MODULES:
        for name in defined(ast.parse(path.read_text(encoding="utf-8"))):
            if not name.startswith("_"):
                modules[name].add(path.relative_to(SOURCE).as_posix())
    twice = {name: found for name, found in modules.items() if len(found) > 1 and not is_command(found)}

    assert {name: sorted(found) for name, found in twice.items() if name not in DEFINED_TWICE} == {}
    assert set(DEFINED_TWICE) <= set(twice)


def defined(module: ast.Module) -> Iterator[str]:
    """The names of the classes, functions and values that a module defines."""
    for node in module.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))


def is_command(found: set[str]) -> bool:
    """Whether all but one of the definitions are verbs of the command line, which are called as the user calls them."""
    return sum(not path.startswith("cli/") for path in found) <= 1 and any(
        path.startswith("cli/") and path.count("/") > 1 and not path.startswith("cli/shell/") for path in found
    )


def test_edits_of_notes_leave_by_one_door() -> None:
    """Whoever edits other notes does so by one module, which looks whether they are what the edits are for."""
    makers = re.compile(r"types\.(?:WorkspaceEdit|TextDocumentEdit|AnnotatedTextEdit)\(")
    assert [path.name for path in MODULES if makers.search(path.read_text("utf-8"))] == ["workspace_edit.py"]


def test_every_decision_is_listed() -> None:
    """docs/adr/README.md links each decision beside it, and none that is not there."""
    folder = REPOSITORY / "docs" / "adr"
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8"))

    assert listed == sorted(path.name for path in folder.glob("[0-9]*.md"))


def test_every_module_is_in_the_architecture_page() -> None:
    """The table of modules names every module with the charter that its docstring begins with."""
    page = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")

    assert between(page, "modules", architecture_docs.module_table(SOURCE)) == page, "run: make docs"
    for path in MODULES:
        if path.parent != SOURCE and path.name != "__init__.py":
            assert f"| `{path.relative_to(SOURCE).with_suffix('').as_posix().replace('/', '.')}` |" in page


def test_the_table_of_modules_holds_charters(tmp_path: Path) -> None:
    """A module's row is its dotted name and its docstring's first line, fit for a Markdown table."""
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "__init__.py").write_text('"""Values."""\n', encoding="utf-8")
    (tmp_path / "text" / "source.py").write_text('"""Text: ``a|b``.\n\nMore.\n"""\n', encoding="utf-8")

    table = architecture_docs.module_table(tmp_path)

    assert table == (
        "\n### `text`\n\nValues.\n\n| module | charter |\n| --- | --- |\n| `text.source` | Text: `a\\|b`. |\n\n"
    )


def test_the_table_replaces_only_what_stands_between_its_markers() -> None:
    """What the author wrote around the table stays as it was."""
    begin, end = "<!-- part:begin -->", "<!-- part:end -->"

    page = between(f"before {begin}old{end} after\n", "part", "new\n")

    assert page == f"before {begin}\nnew\n{end} after\n"


def test_the_repository_speaks_only_of_itself() -> None:
    """No text file names a package registry's host or a path of the machine it was written on."""
    said = [
        f"{name_of(path)}:{number}: {match[0]}"
        for path, text in texts_of_the_repository()
        for number, line in enumerate(text.split("\n"), 1)
        for match in NEVER_SAID.finditer(line)
    ]

    assert said == []


def test_what_is_never_said_is_recognised() -> None:
    """The check above sees what it is there for, and does not take a note's folder for it."""
    assert NEVER_SAID.search("see https://pypi" + ".org/project")
    assert NEVER_SAID.search("in /wor" + "k/notes")
    assert not NEVER_SAID.search("[[projects/work/plan]]")


def test_a_missing_editor_is_a_skip_here_and_a_failure_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """A newcomer's run says what it left out; where editors are required, leaving one out is red."""
    assert require_editor("Neovim", "/bin/nvim") == "/bin/nvim"

    monkeypatch.delenv("NOTES_LSP_REQUIRE_EDITORS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="Neovim is not installed"):
        require_editor("Neovim", None)

    monkeypatch.setenv("NOTES_LSP_REQUIRE_EDITORS", "1")
    with pytest.raises(pytest.fail.Exception, match="Neovim is not installed"):
        require_editor("Neovim", None)


def impurities(code: str) -> Iterator[str]:
    """Calls in ``code`` that reach for the disk or the clock, each with its line."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called.rpartition(".")[2] in {"open", "Path", "now", "utcnow", "today"}:
                yield f"line {node.lineno}: {called}"


def texts_of_the_repository() -> Iterator[tuple[Path, str]]:
    """Every file of the repository that is text, but for what tools leave behind."""
    for folder, folders, files in os.walk(REPOSITORY):
        folders[:] = [name for name in folders if name not in MADE_BY_MACHINES and not name.endswith("_cache")]
        for name in set(files) - MADE_BY_MACHINES:
            path = Path(folder, name)
            try:
                yield path, path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def test_every_diagnostic_is_documented() -> None:
    """Each code has a section of its own, which the diagnostic links to, and no section is about anything else."""
    page = (REPOSITORY / "docs" / "diagnostics.md").read_text("utf-8")

    assert sorted(re.findall(r"^## (\S+)$", page, re.MULTILINE)) == sorted(DIAGNOSTICS)
