"""Makes vaults to measure with: as many notes as asked for, always the same ones, with the habits of real notes."""

from __future__ import annotations

import os
import random
import re
import sys
from pathlib import Path

WORDS = re.findall(
    r"\w+",
    "garden note idea meeting project summer winter letter river house music paper theory answer question system "
    "memory pattern reading writing science history travel kitchen window morning evening language number colour "
    "shadow engine forest market method nature people reason season silence story table thread village weather",
)
_PER_FOLDER = 120
_OLD = 1_600_000_000
"""All files are as if written long ago, in seconds: none looks as if it might be written again this moment."""


def make_vault(root: Path, notes: int, seed: int = 7) -> list[str]:
    """Make a vault of ``notes`` notes below ``root`` and give back their paths.

    Each has frontmatter with title, id, aliases and tags, sections, some ten links, tasks, addresses; popular
    notes get most links.
    """
    chance = random.Random(seed)  # noqa: S311  (always the same vault is what this is for)
    paths = [_path(number, chance) for number in range(notes)]
    for number, path in enumerate(paths):
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_text(number, paths, chance), encoding="utf-8")
        _make_old(file, number)
    (root / ".notes-lsp.toml").write_text("", encoding="utf-8")
    return paths


def _path(number: int, chance: random.Random) -> str:
    name = f"{chance.choice(WORDS)} {chance.choice(WORDS)} {number}"
    folder = number // _PER_FOLDER
    return f"{WORDS[folder % len(WORDS)]}/{folder}/{name}.md" if folder else f"{name}.md"


def _text(number: int, paths: list[str], chance: random.Random) -> str:
    title = f"{chance.choice(WORDS).title()} of the {chance.choice(WORDS)} {number}"
    parts: list[str] = []
    tag = chance.choice(WORDS)
    parts.append(
        f"---\ntitle: {title}\nid: note-{number}\naliases: [{chance.choice(WORDS)}-{number}]\n"
        f"tags: [{tag}/{number % 9}]\nstatus: {chance.choice(('open', 'done'))}\n---\n"
    )
    parts.append(f"# {title}\n")
    for _ in range(chance.randint(2, 5)):
        parts.append(f"## {chance.choice(WORDS).title()} {chance.choice(WORDS)}\n")
        parts += [_paragraph(paths, chance) for _ in range(chance.randint(1, 4))]
    parts.append(
        f"- [ ] {chance.choice(WORDS)} the {chance.choice(WORDS)} 📅 2026-0{number % 9 + 1}-15\n- [x] #{tag} done\n"
    )
    parts.append(f"<https://example.org/{WORDS[number % len(WORDS)]}/{number}>\n")
    return "\n".join(parts)


def _paragraph(paths: list[str], chance: random.Random) -> str:
    words = chance.choices(WORDS, k=chance.randint(20, 60))
    for _ in range(chance.randint(0, 2)):
        words.insert(chance.randrange(len(words)), _link(paths, chance))
    return " ".join(words).capitalize() + ".\n"


def _link(paths: list[str], chance: random.Random) -> str:
    # The square of a chance is small most of the time: few notes are linked to by many.
    path = paths[int(chance.random() ** 2 * len(paths))]
    stem = path.rpartition("/")[2].removesuffix(".md")
    kind = chance.random()
    if kind < 0.7:
        return f"[[{stem}]]"
    if kind < 0.8:
        return f"[[{stem}|{chance.choice(WORDS)}]]"
    if kind < 0.9:
        return f"[{chance.choice(WORDS)}](/{path.replace(' ', '%20')})"
    return (
        f"<https://example.org/{chance.choice(WORDS)}/{chance.randrange(1000)}>"
        if kind < 0.97
        else "[[nobody wrote this]]"
    )


def _make_old(file: Path, number: int) -> None:
    os.utime(file, (_OLD + number, _OLD + number))


if __name__ == "__main__":
    made = make_vault(Path(sys.argv[1]), int(sys.argv[2]))
    print(f"{len(made)} notes in {sys.argv[1]}")
