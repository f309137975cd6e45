"""The table of verbs: what it names is there, nothing is imported for a list of it, and the manual page reads well."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from conftest import REPOSITORY
from notes_lsp.cli.main import VERBS, main
from notes_lsp.cli.shell.editor import At, command_for
from notes_lsp.cli.shell.output import failing_clearly

NAMES = [name for verbs in VERBS.values() for name in verbs]


@pytest.mark.parametrize("name", NAMES)
def test_a_verb_explains_itself(name: str) -> None:
    """Its help has a sentence, and its row in the table is one line."""
    result = CliRunner().invoke(main, [name, "--help"], prog_name="notes-lsp")
    row = next(verbs[name][1] for verbs in VERBS.values() if name in verbs)

    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"Usage: notes-lsp {name} ")
    assert row.endswith(".")
    assert len(row) < 80


def test_a_list_of_the_verbs_imports_none_of_them() -> None:
    """Nor anything that is slow to import."""
    told = (
        "import sys; from notes_lsp.cli.main import main; "
        "sys.argv = ['notes-lsp', '--help']\ntry: main()\nexcept SystemExit: pass\n"
        "print('loaded:', [name for name in sys.modules if name.startswith('notes_lsp.') or name == 'rich'])"
    )
    done = subprocess.run([sys.executable, "-P", "-c", told], capture_output=True, text=True, check=True)

    assert (
        done.stdout.splitlines()[-1] == "loaded: ['notes_lsp.cli', 'notes_lsp.cli.main', 'notes_lsp.cli.shell', "
        "'notes_lsp.cli.shell.terminal']"
    )


@pytest.mark.parametrize("name", ["list", "backlinks", "search", "tags", "tasks", "show"])
def test_a_verb_imports_no_more_than_it_needs(name: str, tmp_path: Path) -> None:
    """Where nothing changed since the last time, neither a parser nor asyncio nor the server's libraries."""
    (tmp_path / ".notes-lsp.toml").write_text("", "utf-8")
    (tmp_path / "a.md").write_text("# A\n\n- [ ] #tag [[a]]\n", "utf-8")
    arguments = [name, "a"] if name in {"backlinks", "search", "show"} else [name]
    told = (
        "import sys; from notes_lsp.cli.main import main; "
        f"sys.argv = ['notes-lsp', *{arguments!r}]\ntry: main()\nexcept SystemExit: pass\n"
        "slow = {'asyncio', 'markdown_it', 'yaml', 'jsonschema', 'pygls', 'multiprocessing', 'rapidfuzz'}\n"
        "print('slow:', sorted(slow & set(sys.modules)))"
    )
    command = [sys.executable, "-P", "-c", told]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "slow: []"


def test_a_mistake_of_ours_is_not_taken_for_nothing_found(capsys: pytest.CaptureFixture[str]) -> None:
    """It is shown, and the exit code is 2."""

    def broken() -> int:
        raise KeyError("of ours")

    assert failing_clearly(broken)() == 2
    assert "KeyError: 'of ours'" in capsys.readouterr().err


def test_what_click_says_goes_its_own_way() -> None:
    """A usage error stays one."""

    def wrong() -> int:
        raise click.UsageError("not so")

    with pytest.raises(click.UsageError):
        failing_clearly(wrong)()


@pytest.mark.parametrize(
    "editor, command",
    [
        ("nvim", ["nvim", "+call cursor(3,5)", "a b.md"]),
        ("/usr/bin/vim -p", ["/usr/bin/vim", "-p", "+call cursor(3,5)", "a b.md"]),
        ("code -w", ["code", "-w", "-g", "a b.md:3:5"]),
        ("hx", ["hx", "a b.md:3:5"]),
        ("nano", ["nano", "+3,5", "a b.md"]),
        ("vi", ["vi", "+3", "a b.md"]),
        ("emacsclient -t", ["emacsclient", "-t", "+3:5", "a b.md"]),
        ("'/opt/my editor/kak'", ["/opt/my editor/kak", "+3:5", "a b.md"]),
    ],
)
def test_each_editor_is_shown_the_place_in_its_own_way(editor: str, command: list[str]) -> None:
    """With whatever options the user gives it."""
    assert command_for(editor, [At("a b.md", 3, 5)]) == command


def test_the_manual_page_is_formatted_without_a_complaint() -> None:
    """By groff, with all its warnings."""
    groff = shutil.which("groff")
    if groff is None:
        pytest.skip("groff is not installed")
    page = REPOSITORY / "share" / "man" / "man1" / "notes-lsp.1"
    done = subprocess.run(
        [groff, "-man", "-Tutf8", "-ww", "-Kutf8", "-rLL=100n", "-P-cbou", str(page)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stderr == ""
    assert all(name in done.stdout for name in NAMES)
