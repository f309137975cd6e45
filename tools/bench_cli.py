"""Measure the command line on a vault, side by side with rg and zk doing the same where they can.

Every command is run several times after one run that nobody counts, so that indexes and caches are warm; what is shown
are medians of wall and of processor time, Python's start included. Nothing is written into the vault: zk, which keeps
its index in the folder, is given a copy.

    python tools/bench_cli.py VAULT [--note NAME] [--word WORD] [--tag TAG] [--zk PROGRAM] [--runs N] [--markdown]
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Measured:
    """Medians of one command's runs."""

    wall: float
    """Milliseconds."""
    cpu: float
    lines: int


def main() -> None:
    """Run what there is, and print a table."""
    parser = argparse.ArgumentParser(description="Measure the command line side by side with rg and zk.")
    parser.add_argument("vault", type=Path)
    parser.add_argument("--note", default="README", help="whose backlinks are asked for, by name")
    parser.add_argument("--path", default="README.md", help="the same note by its path, for zk")
    parser.add_argument("--word", default="graph")
    parser.add_argument("--tag", default="plugin")
    parser.add_argument("--zk", default=shutil.which("zk") or "")
    parser.add_argument("--zk-vault", type=Path, help="a copy of the vault that zk has indexed already")
    parser.add_argument("--runs", type=int, default=7)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="notes-lsp-bench-") as scratch:
        environment = {**os.environ, "XDG_CACHE_HOME": f"{scratch}/cache", "PYTHONPATH": str(ROOT / "src")}
        environment["NOTES_LSP_VAULT"] = str(arguments.vault.resolve())
        zk_vault = arguments.zk_vault or copied(arguments.vault, Path(scratch) / "zk", arguments.zk)
        print("| question | notes-lsp | rg | zk |\n| --- | --- | --- | --- |")
        for question, ours, rg, zk in questions(arguments):
            cells = [cell(measured(ours, arguments.vault, environment, arguments.runs))]
            cells.append(cell(measured(rg, arguments.vault, environment, arguments.runs)) if rg else "")
            is_there = zk and zk_vault is not None
            cells.append(cell(measured([arguments.zk, *zk], zk_vault, environment, arguments.runs)) if is_there else "")
            print(f"| {question} | {' | '.join(cells)} |")


def questions(asked: argparse.Namespace) -> list[tuple[str, list[str], list[str], list[str]]]:
    """Each question, and the commands that ask it."""
    ours = [sys.executable, "-P", "-m", "notes_lsp"]
    quiet = ["--quiet", "--no-pager", "--no-input"]
    rg = ["rg", "--no-messages", "-g", "*.md"]
    return [
        ("all paths", [*ours, "list"], [*rg, "--files"], ["list", *quiet, "--format", "path"]),
        (
            f"paths with the tag {asked.tag}",
            [*ours, "list", "--tag", asked.tag],
            [*rg, "-l", rf"#{asked.tag}\b|^tags:.*\b{asked.tag}\b|^ *- {asked.tag}$"],
            ["list", *quiet, "--format", "path", "--tag", asked.tag],
        ),
        (
            f"paths by full text, `{asked.word}`",
            [*ours, "list", "--match", asked.word],
            [*rg, "-liw", asked.word],
            ["list", *quiet, "--format", "path", "--match", asked.word],
        ),
        (
            f"the 50 best with their lines, `{asked.word}`",
            [*ours, "search", asked.word],
            [*rg, "-niw", "-m", "1", asked.word],
            ["list", *quiet, "--format", "{{path}} {{snippets}}", "--match", asked.word, "--limit", "50"],
        ),
        (
            f"backlinks of {asked.note}",
            [*ours, "backlinks", asked.note],
            [*rg, "-n", rf"\[\[([^\]|#]*/)?{asked.note}[\]|#]"],
            ["list", *quiet, "--format", "path", "--link-to", asked.path],
        ),
        ("all tags", [*ours, "tags"], [], ["tag", "list", *quiet, "--format", "name"]),
        ("open tasks", [*ours, "tasks"], [*rg, "-n", r"^\s*[-*+] \[ \]"], []),
        (
            "notes that nobody links to",
            [*ours, "list", "--orphan"],
            [],
            ["list", *quiet, "--format", "path", "--orphan"],
        ),
        ("SQL: count(*)", [*ours, "query", "SELECT count(*) FROM notes"], [], []),
        ("a note, for a preview", [*ours, "show", asked.note], [], []),
    ]


def measured(command: Sequence[str], folder: Path | None, environment: dict[str, str], runs: int) -> Measured:
    """The medians of some runs."""
    walls: list[float] = []
    cpus: list[float] = []
    lines = 0
    for number in range(runs + 1):
        before = os.times()
        began = time.perf_counter()
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
        wall = time.perf_counter() - began
        after = os.times()
        if done.returncode > 1:
            sys.exit(f"{' '.join(command)}: {done.stderr.decode(errors='replace')}")
        lines = done.stdout.count(b"\n")
        if number:
            walls.append(wall * 1000)
            used = after.children_user + after.children_system - before.children_user - before.children_system
            cpus.append(used * 1000)
    return Measured(statistics.median(walls), statistics.median(cpus), lines)


def cell(found: Measured) -> str:
    """A cell of the table."""
    return f"{found.wall:.0f} ms ({found.cpu:.0f}; {found.lines})"


def copied(vault: Path, copy: Path, zk: str) -> Path | None:
    """A copy of the vault that zk has indexed; nothing where there is no zk."""
    if not zk:
        return None
    shutil.copytree(vault, copy, ignore=shutil.ignore_patterns(".git", ".zk"))
    (copy / ".zk").mkdir()
    (copy / ".zk" / "config.toml").write_text("", encoding="utf-8")
    subprocess.run([zk, "index", "--quiet", "--no-input"], cwd=copy, check=True, capture_output=True)
    return copy


if __name__ == "__main__":
    main()
