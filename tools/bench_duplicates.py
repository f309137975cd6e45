"""Measure near-duplicates on a vault: rewrites of its notes are made, and looked for among all notes.

    python tools/bench_duplicates.py VAULT [--rewrites 400] [--share 0.8]

The vault is copied, never written to. Printed are recall and precision by kind of rewrite, how many notes made from
templates are told of (none should be), and the CPU time of sketching, of all pairs and of one edit. Notes that are
templates, or have a duplicate already, are not rewritten.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from shutil import copytree, ignore_patterns

from notes_lsp.config.settings import Config
from notes_lsp.ide.diagnostics.duplicates import Duplicate, all_duplicates, duplicate_findings
from notes_lsp.similarity.shingles import is_template_note
from notes_lsp.similarity.sketches import sketch
from notes_lsp.text.source import Source
from notes_lsp.workspace.config.settings import ignore_of
from notes_lsp.workspace.folder import Folder
from notes_lsp.workspace.scan import scan

LEAST_PROSE = 80
"""Words of its own in sentences that a note has to have to be rewritten."""
TEMPLATED = (3, 5, 40)
"""How many notes are made from one template."""

_SENTENCE = re.compile(r".+?(?:[.!?。！？]+[\s\"'”)\]]*|\n+|\Z)", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]+")
_PARAGRAPHS = re.compile(r"\n[ \t]*\n")
_HEADER = re.compile(r"---\n.*?\n---\n", re.DOTALL)


def dropped(text: str, share: float, at_random: random.Random) -> str:
    """The text with sentences left out until ``share`` of its characters is left."""
    sentences = _SENTENCE.findall(text)
    spare = len(text) * (1 - share)
    for place in at_random.sample(range(len(sentences)), len(sentences)):
        if len(sentences[place]) <= spare:
            spare -= len(sentences[place])
            sentences[place] = ""
    return "".join(sentences)


def reordered(text: str, share: float, at_random: random.Random) -> str:
    """The text with its paragraphs in another order, and sentences left out."""
    paragraphs = _PARAGRAPHS.split(dropped(text, share, at_random))
    at_random.shuffle(paragraphs)
    return "\n\n".join(paragraphs)


def shuffled(text: str, share: float, at_random: random.Random) -> str:
    """The text with all its sentences in another order, a line each, and some left out."""
    sentences = [said.strip() for said in _SENTENCE.findall(dropped(text, share, at_random)) if said.strip()]
    at_random.shuffle(sentences)
    return "\n".join(sentences)


def edited(text: str, share: float, at_random: random.Random) -> str:
    """The text with words replaced, each alike, until ``share`` of them is left."""
    return _WORD.sub(lambda match: match[0] if at_random.random() < share else _new_word(at_random), text)


def clustered(text: str, share: float, at_random: random.Random) -> str:
    """The text with words replaced, three to a dozen in a row."""
    number = len(_WORD.findall(text))
    replaced: set[int] = set()
    while len(replaced) < int(number * (1 - share)):
        begin = at_random.randrange(number)
        replaced.update(range(begin, min(begin + at_random.randint(3, 12), number)))
    places = iter(range(number))
    return _WORD.sub(lambda match: _new_word(at_random) if next(places) in replaced else match[0], text)


def deleted(text: str, share: float, at_random: random.Random) -> str:
    """The text with words taken out anywhere."""
    return _WORD.sub(lambda match: match[0] if at_random.random() < share else "", text)


def inserted(text: str, share: float, at_random: random.Random) -> str:
    """The text with words put in anywhere, until ``share`` of all words is its own."""
    return _WORD.sub(
        lambda match: match[0] if at_random.random() > 1 / share - 1 else f"{match[0]} {_new_word(at_random)}", text
    )


def mixed(text: str, share: float, at_random: random.Random) -> str:
    """Half of the change by sentences left out and paragraphs moved, half by words replaced."""
    half = share**0.5
    return edited(reordered(text, half, at_random), half, at_random)


REWRITES: dict[str, Callable[[str, float, random.Random], str]] = {
    "dropped": dropped,
    "reordered": reordered,
    "shuffled": shuffled,
    "edited": edited,
    "clustered": clustered,
    "deleted": deleted,
    "inserted": inserted,
    "mixed": mixed,
}
"""The ways to rewrite a text."""


def templated(number: int, sentences: list[str], at_random: random.Random) -> list[str]:
    """The texts of notes made from one template: half of each is the template's, half its own."""
    fields = [_new_word(at_random).title() for _ in range(6)]
    boilerplate = at_random.sample(sentences, 6)
    return [
        "\n\n".join(
            f"## {field}\n\n{same}\n\n{at_random.choice(sentences)}"
            for field, same in zip(fields, boilerplate, strict=True)
        )
        for _ in range(number)
    ]


def prose(texts: Iterable[str]) -> Counter[str]:
    """The lines of a vault that are sentences, and in how many notes each stands."""
    return Counter(
        line for text in texts for line in set(text.splitlines()) if len(line.split()) >= 12 and line.lstrip()[0] != ">"
    )


def is_worth(path: Path, text: str, lines: Counter[str]) -> bool:
    """Whether a text is no template and has enough sentences that are not common to several notes."""
    if is_template_note(path.as_posix(), text):
        return False
    own = (line for line in text.splitlines() if 0 < lines[line] < 4)
    return sum(len(line.split()) for line in own) >= LEAST_PROSE


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("vault", type=Path)
    parser.add_argument("--rewrites", type=int, default=400)
    parser.add_argument("--share", type=float, default=0.8)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "vault"
        copytree(chosen.vault, root, ignore=ignore_patterns(".*"), symlinks=True, ignore_dangling_symlinks=True)
        _measure(root, chosen.rewrites, chosen.share, random.Random(chosen.seed))  # noqa: S311  (no secret)


def _measure(root: Path, number: int, share: float, at_random: random.Random) -> None:
    texts = {path: path.read_text("utf-8", "replace") for path in sorted(root.rglob("*.md")) if path.is_file()}
    began = time.process_time()
    for text in texts.values():
        sketch(text)
    print(f"{len(texts)} notes, {sum(map(len, texts.values())) / 1e6:.1f} million characters")
    print(f"sketching all          {time.process_time() - began:8.2f} s")
    folder = _indexed(root)
    began = time.process_time()
    before = {_two(double) for double in all_duplicates(folder.current_vault(), folder.config)}
    print(f"all pairs              {time.process_time() - began:8.2f} s, {len(before)} found")
    print(f"one edit               {_edit_times(folder, root, list(texts), at_random)}")
    lines = prose(texts.values())
    doubled = {root / path for two in before for path in two}
    worth = [path for path, text in texts.items() if path not in doubled and is_worth(path, text, lines)]
    originals = at_random.sample(worth, min(number, len(worth)))
    made = _write_rewrites(root, originals, texts, share, at_random)
    families = _write_templated(
        root, [line for line, count in lines.items() if count == 1 and len(line) < 200], at_random
    )
    folder = _indexed(root)
    began = time.process_time()
    found = {_two(double) for double in all_duplicates(folder.current_vault(), folder.config)} - before
    print(f"all pairs, rewritten   {time.process_time() - began:8.2f} s, {len(found)} more found")
    _report(made, families, found, before)


def _indexed(root: Path) -> Folder:
    config = Config()
    folder = Folder(root, None, config)
    asyncio.run(scan(folder, ignore_of(root, config), lambda _done, _total: None))
    return folder


def _two(double: Duplicate) -> frozenset[str]:
    return frozenset((double.note.path, double.other.path))


def _edit_times(folder: Folder, root: Path, paths: list[Path], at_random: random.Random) -> str:
    took: list[float] = []
    spent = 0.0
    for path in at_random.sample(paths, min(200, len(paths))):
        name = path.relative_to(root).as_posix()
        text = path.read_text("utf-8", "replace")
        for typed in ("", "a word "):
            folder.put_buffer(name, Source(text + typed))
            vault = folder.current_vault()
            note = vault.note(name)
            assert note is not None  # noqa: S101  (it was just written)
            began = time.process_time()
            duplicate_findings(vault, note, folder.config)
            spent = time.process_time() - began
        took.append(spent * 1000)
        folder.drop_buffer(name)
    took.sort()
    return f"{took[len(took) // 2]:8.2f} ms median, {took[len(took) * 95 // 100]:.2f} ms p95"


def _write_rewrites(
    root: Path, originals: list[Path], texts: dict[Path, str], share: float, at_random: random.Random
) -> dict[str, tuple[str, str]]:
    """The path of each rewrite, with its kind and the path of its original."""
    made: dict[str, tuple[str, str]] = {}
    (root / "rewrites").mkdir()
    for place, path in enumerate(originals):
        kind = list(REWRITES)[place % len(REWRITES)]
        header = _HEADER.match(texts[path])
        body = texts[path][header.end() if header else 0 :]
        target = root / "rewrites" / f"{_new_word(at_random)} {place}.md"
        target.write_text(REWRITES[kind](body, share, at_random), "utf-8")
        made[target.relative_to(root).as_posix()] = (kind, path.relative_to(root).as_posix())
    return made


def _write_templated(root: Path, sentences: list[str], at_random: random.Random) -> dict[int, list[str]]:
    families: dict[int, list[str]] = {}
    if len(sentences) < 100:
        return families
    for number in TEMPLATED:
        folder = root / "cards" / str(number)
        folder.mkdir(parents=True)
        for place, text in enumerate(templated(number, sentences, at_random)):
            target = folder / f"{_new_word(at_random)} {place}.md"
            target.write_text(f"# {target.stem}\n\n{text}\n", "utf-8")
            families.setdefault(number, []).append(target.relative_to(root).as_posix())
    return families


def _report(
    made: dict[str, tuple[str, str]],
    families: dict[int, list[str]],
    found: set[frozenset[str]],
    before: set[frozenset[str]],
) -> None:
    for kind in REWRITES:
        mine = [frozenset((path, original)) for path, (of, original) in made.items() if of == kind]
        hits = sum(two in found for two in mine)
        print(f"{kind:<12} {len(mine):4} rewrites, recall {hits / max(1, len(mine)):6.3f}")
    right = {frozenset((path, original)) for path, (_, original) in made.items()}
    # The rewrite of a note that had a duplicate before is a duplicate of that one, too.
    near = {path: {other for two in before if original in two for other in two} for path, (_, original) in made.items()}
    wrong = [two for two in found - right if not any(two - {path} <= near.get(path, set()) for path in two)]
    told = len(found)
    print(f"recall       {sum(two in found for two in right) / max(1, len(right)):.3f}")
    print(f"precision    {(told - len(wrong)) / max(1, told):.3f}")
    for number, paths in families.items():
        print(f"{number:4} notes from one template: {sum(two <= set(paths) for two in found)} told of")
    for two in wrong[:20]:
        print("  wrong:", *sorted(two), file=sys.stderr)


def _new_word(at_random: random.Random) -> str:
    return "".join(at_random.choice("bcdfglmnprst") + at_random.choice("aeiou") for _ in range(at_random.randint(2, 4)))


if __name__ == "__main__":
    main()
