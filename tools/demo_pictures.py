"""Takes the pictures of the manual: Neovim in tmux, in the example garden, its screen drawn as SVG."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from html import escape
from pathlib import Path

from rich.cells import cell_len
from rich.color import Color
from rich.console import Console
from rich.style import Style
from rich.text import Text

from demo import GARDEN, INIT
from drive_neovim import wait_for
from find_editors import NVIM_PLUGIN, REPOSITORY, isolated, neovim_of_the_user

WIDTH, HEIGHT = 122, 24
PICTURES: dict[str, tuple[str, list[tuple[list[str], str]]]] = {
    # Of each picture: the note, and what is pressed until what is there.
    "completion": (
        "plants/tomato.md",
        [
            ([], "● notes-lsp"),
            (["G", "o", "Feed it with [[com"], "plants/comfrey.md"),
            (["C-n"], "plants/comfrey.md"),
        ],
    ),
    "hover": (
        "README.md",
        [
            ([], "● notes-lsp"),
            (["/\\[\\[Elder", "Enter", ":noh|ec", "Enter", "f", "E", "z", "t", "K"], "Boil the sugar"),
        ],
    ),
    "similar": (
        "zettel/202406231200.md",
        [
            ([], "● notes-lsp"),
            (["g", "g", "K"], "Similar notes"),
        ],
    ),
    "frontmatter": (
        "books/The Gardener's Year.md",
        [
            ([], "● notes-lsp"),
            (
                [
                    ":%s/rating: 5/rating: 7/|%s/: read$/: reed/|%s/01-21/02-30/",
                    "|%s/author:/authr:/|noh|exe 'norm gg'|ec",
                    "Enter",
                ],
                "There is no such day",
            ),
            ([], "at most 5"),
        ],
    ),
    "diagnostics": ("mistakes/A note with mistakes.md", [([], "There is no note"), (["1", "7", "G"], "cordal")]),
}
CELL = (9.03, 19)
MARGIN = 14
BACKGROUND, FOREGROUND = "#14161b", "#e0e2ea"


def main(wanted: Sequence[str]) -> int:
    """Take the pictures of some names, or all; returns 1 where tmux or Neovim is missing."""
    neovim, tmux = neovim_of_the_user(), shutil.which("tmux")
    if neovim is None or tmux is None:
        print("pictures: Neovim 0.11 or newer and tmux are needed")
        return 1
    for name, (note, steps) in PICTURES.items():
        if wanted and name not in wanted:
            continue
        path = REPOSITORY / "docs" / "img" / f"neovim-{name}.svg"
        path.parent.mkdir(exist_ok=True)
        path.write_text(drawn(screen_after(neovim, tmux, note, steps), f"{note} - nvim"), encoding="utf-8")
        print(f"{path.relative_to(REPOSITORY)}: {path.stat().st_size // 1024} KB")
    return 0


def screen_after(neovim: Path, tmux: str, note: str, steps: list[tuple[list[str], str]]) -> str:
    """The screen with its colours, as a terminal would get it, once the last step's text is on it."""
    with tempfile.TemporaryDirectory(prefix="pictures-", ignore_cleanup_errors=True) as folder:
        garden = Path(folder) / "garden"
        shutil.copytree(GARDEN, garden)
        environment = isolated(Path(folder)) | {"NOTES_LSP_PLUGIN": str(NVIM_PLUGIN), "COLORTERM": "truecolor"}
        base = [tmux, "-u", "-f", "/dev/null", "-S", str(Path(folder) / "tmux")]
        size = ["-x", str(WIDTH), "-y", str(HEIGHT)]
        command = [str(neovim), "--clean", "-u", str(INIT), note]

        def ask(*arguments: str) -> str:
            done = subprocess.run(
                [*base, *arguments], env=environment, cwd=garden, text=True, capture_output=True, check=True
            )
            return done.stdout

        ask("new-session", "-d", *size, *command, ";", "set", "status", "off", ";", "set", "escape-time", "0")
        try:
            ask("resize-window", *size)
            for keys, text in steps:
                for key in keys:
                    named = key in {"Enter", "Escape", "C-n"}
                    ask("send-keys", *([] if named else ["-l"]), key)
                wait_for(lambda: text in ask("capture-pane", "-p"), f"{text} is on the screen")  # noqa: B023
            still = ""
            while (now := ask("capture-pane", "-e", "-p")) != still:
                still = now
                subprocess.run(["sleep", "0.5"], check=True)
            return still
        finally:
            # Neovim outlives a terminal that is taken away from it while a note is not saved.
            ask("send-keys", "Escape", "Escape", ":qall!", "Enter")
            wait_for(lambda: not (Path(folder) / "tmux").exists() or not _sessions(base), "Neovim has quit")


def _sessions(tmux: list[str]) -> str:
    done = subprocess.run([*tmux, "list-sessions"], text=True, capture_output=True, check=False)
    return done.stdout


def drawn(screen: str, title: str) -> str:
    """A screen as SVG that needs nothing from elsewhere. Every run of letters is put where the terminal had it."""
    console = Console(width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    shapes: list[str] = []
    for row, line in enumerate(screen.rstrip("\n").split("\n")):
        column = 0
        for segment in Text.from_ansi(line, end="").render(console):
            style = segment.style or Style.null()
            shapes += _shapes(segment.text, style, column, row)
            column += cell_len(segment.text)
    width, height = WIDTH * CELL[0] + 2 * MARGIN, HEIGHT * CELL[1] + 3 * MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" font-size="15" '
        'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace">\n'
        f'<title>{escape(title)}</title>\n<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>\n'
        f'<g transform="translate({MARGIN} {2 * MARGIN})">\n' + "\n".join(shapes) + "\n</g>\n</svg>\n"
    )


def _shapes(text: str, style: Style, column: int, row: int) -> list[str]:
    front, back = _hex(style.color, FOREGROUND), _hex(style.bgcolor, BACKGROUND)
    if style.reverse:
        front, back = back, front
    x, y = column * CELL[0], row * CELL[1]
    shapes: list[str] = []
    if back != BACKGROUND:
        wide = cell_len(text) * CELL[0]
        shapes.append(f'<rect x="{x:.1f}" y="{y - 15}" width="{wide:.1f}" height="{CELL[1]}" fill="{back}"/>')
    # Spaces at a run's ends are left out, since viewers differ in what they make of them.
    letters = text.strip()
    if letters:
        x += cell_len(text[: len(text) - len(text.lstrip())]) * CELL[0]
        looks = f' fill="{front}"' + (' font-weight="bold"' if style.bold else "")
        looks += (' font-style="italic"' if style.italic else "") + (
            ' text-decoration="underline"' if style.underline else ""
        )
        length = cell_len(letters) * CELL[0]
        shown = escape(letters).replace(" ", "\u00a0")
        shapes.append(f'<text x="{x:.1f}" y="{y}" textLength="{length:.1f}"{looks}>{shown}</text>')
    return shapes


def _hex(color: Color | None, default: str) -> str:
    return default if color is None or color.triplet is None else color.triplet.hex


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
