"""The recipes of docs/recipes.md: every block is run on a copy of the example garden, and does what is said of it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from cli.terminal import terminal
from conftest import REPOSITORY, find_program, require_editor
from speclib.console import environment_of

pytestmark = [pytest.mark.editor, pytest.mark.slow]

_BLOCK = re.compile(r"^```(sh|vim)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_PICKS = re.compile(r"\bfzf\b|--interactive")
PAGE = (REPOSITORY / "docs" / "recipes.md").read_text(encoding="utf-8")
BLOCKS = [(match[1], match[2]) for match in _BLOCK.finditer(PAGE)]
PLAIN = {
    "grep -n worm": "soil/soil.md:",
    "grep -rlZ compost": "growing    Comfrey",
    "tasks --due-before tomorrow": "2024-05-01  Find a lid for the tank",
    "list --orphan": "[[Elderflower cordal]] -> nothing",
    "uniq -c": "The gardening year",
    "shuf -n 1": "zettel",
    "> ratings.csv": "5\tTomato\tgrowing",
    "tree --format": "- [[The gardening year#Autumn]]",
    "pre-commit": "",
    "--dry-run": "rename from plants/tomato.md",
    "archive/": "journal/2024-05-12.md -> archive/2024-05-12.md",
}
"""A part of each block that asks nothing of a terminal, and a part of what it prints."""
PICKING = {
    "list --interactive\n": ("tomato", "Tomato  plants/tomato.md", r"opened .*/plants/tomato\.md"),
    "search --interactive compost": ("soil.compost.md:10", "2/10", r"opened .*/soil/soil\.compost\.md"),
    "--disabled": ("passata", "recipes/Tomato passata.md", r"opened .*/recipes/Tomato passata\.md"),
    "[[{stem}": ("lavender", "[[lavender|Lavender]]", r"\[\[lavender\|Lavender\]\]"),
}
"""A part of each block that picks with fzf; what is typed, what is seen then, and the line that Enter leaves behind."""


@pytest.fixture
def garden(tmp_path: Path) -> Path:
    """A copy of the example garden, in git."""
    folder = tmp_path / "garden"
    shutil.copytree(REPOSITORY / "examples" / "garden", folder)
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "all"]):
        git(folder, *command)
    return folder


def git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run git for somebody."""
    who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"]
    environment = environment_of(folder)
    return subprocess.run(["git", *who, *arguments], cwd=folder, env=environment, check=False, capture_output=True)


def block(part: str) -> str:
    """The block with a part in it."""
    found = [code for _, code in BLOCKS if part in code]
    assert len(found) == 1, f"{part!r} stands in {len(found)} blocks"
    return found[0]


def test_every_block_is_tried() -> None:
    """A recipe that no test here knows is a recipe that nobody tried."""
    known = [*PLAIN, *PICKING, "nl() {", "vim -q", ":cexpr", ":lexpr"]

    untried = [code for _, code in BLOCKS if not any(part in code for part in known)]

    assert untried == []


@pytest.mark.parametrize("part", PLAIN)
def test_a_recipe_prints_what_it_should(part: str, garden: Path) -> None:
    """It ends well, complains of nothing, and prints what it is for."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block(part)],
        cwd=garden,
        env=environment_of(garden),
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
    )

    assert (done.returncode, done.stderr.decode()) == (0, "")
    assert PLAIN[part] in done.stdout.decode()


@pytest.mark.parametrize("part", PICKING)
def test_a_recipe_picks(part: str, garden: Path) -> None:
    """In a real terminal, with fzf: what is typed is found, previewed, and opened or printed."""
    require_editor("fzf", find_program("fzf"))
    typed, listed, opened = PICKING[part]
    with terminal(garden, "bash", "--norc", "--noprofile", EDITOR="echo opened") as seen:
        script = garden.parent / "recipe.sh"
        script.write_text(block(part), encoding="utf-8")
        seen.run(f"clear; . {script}")
        seen.wait_for("> " if part != "--disabled" else "search: ")
        seen.wait(lambda shown: re.search(r"\d+/\d+", shown) is not None, "a list")
        seen.type(typed)
        seen.wait_for(listed)
        seen.press("Enter")
        seen.wait_for_line(f"(?s:.*){opened}")


def test_functions_for_the_shell(garden: Path) -> None:
    """They are defined, and take what else one says."""
    require_editor("fzf", find_program("fzf"))
    with terminal(garden, "bash", "--norc", "--noprofile", EDITOR="echo opened") as seen:
        script = garden.parent / "recipe.sh"
        script.write_text(block("nl() {"), encoding="utf-8")
        seen.run(f". {script}; clear; nb comfrey")
        seen.wait_for("README.md:17")
        seen.press("Escape")
        seen.wait(lambda shown: "╰" not in shown, "the shell")
        seen.run("clear; ns hori")
        seen.wait_for("6/6")
        seen.press("Escape")
        seen.wait(lambda shown: "╰" not in shown, "the shell")
        seen.run("clear; nl --tag seasons")
        seen.wait_for("Last frost")
        seen.press("Enter")
        seen.wait_for("opened ")


@pytest.mark.parametrize(
    "part, asked, listed",
    [(":cexpr", "getqflist()", "There is no note “Elderflower cordal”."), (":lexpr", "getloclist(0)", "[[tomato]]")],
)
def test_vim_lists_places(part: str, asked: str, listed: str, garden: Path) -> None:
    """Each with its file, line, column and text, and a window of them."""
    nvim = require_editor("Neovim", find_program("nvim"))
    commands = [line.removeprefix(":") for line in block(part).splitlines()]
    told = f"for one in {asked} | echo printf('%s:%d:%d:%s', bufname(one.bufnr), one.lnum, one.col, one.text) | endfor"
    arguments = [word for command in [*commands, told, "qa!"] for word in ("-c", command)]
    done = subprocess.run(
        [str(nvim), "--headless", "--clean", "plants/tomato.md", *arguments],
        cwd=garden,
        env=environment_of(garden),
        check=True,
        capture_output=True,
    )
    lines = done.stderr.decode().splitlines()

    found = [line for line in lines if listed in line]
    assert found
    assert re.match(r"[\w ./-]+\.md:\d+:\d+:", found[0])


def test_vim_walks_through_what_is_wrong(garden: Path) -> None:
    """It begins at the first place."""
    require_editor("vim", find_program("vim"))
    with terminal(garden, "bash", "--norc", "--noprofile", TERM="screen-256color") as seen:
        seen.run(block("vim -q").strip().replace("vim ", "vim --clean "))
        seen.wait_for("(1 of ")
        seen.run(":qa!")


def test_the_hook_stops_what_breaks_a_link(garden: Path) -> None:
    """A new note with a broken link is not committed; one without is, whatever is wrong elsewhere."""
    subprocess.run(["bash", "-euc", block("pre-commit")], cwd=garden, env=environment_of(garden), check=True)
    note = garden / "plants" / "Größe.md"
    note.write_text("# Größe\n\n[[nothing at all]]\n", "utf-8")
    git(garden, "add", "-A")
    stopped = git(garden, "commit", "-m", "broken")
    note.write_text("# Größe\n\n[[tomato]]\n", "utf-8")
    git(garden, "add", "-A")
    done = git(garden, "commit", "-m", "sound")

    assert stopped.returncode == 1
    assert "There is no note “nothing at all”." in (stopped.stdout + stopped.stderr).decode()
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
