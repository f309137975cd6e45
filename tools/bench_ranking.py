"""Measure the ranking of completion: links that people wrote are hidden, half-typed again, and looked for.

``python tools/bench_ranking.py FOLDER`` draws links from the vault in FOLDER and prints how far up the list their notes
stand: mean reciprocal rank and the share among the first five, beside plain rapidfuzz WRatio over the same names.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rapidfuzz import fuzz, process

from notes_lsp.facts import Link, LinkKind
from notes_lsp.fuzzy.ranking_context import RankingContext
from notes_lsp.index.search.candidates import likeliest
from notes_lsp.index.store.changes import Parsed, prepare_rows
from notes_lsp.index.store.store import Store
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links import names
from notes_lsp.markdown.parse import parse
from notes_lsp.text.source import decode

KINDS = ("3 letters", "5 letters", "8 letters", "2nd word", "initials", "2 words", "slip")
"""How the name of a note is typed: its first letters, lower case, words out of the middle, with a slip."""
_LISTED = 50
_FIRST = 5
_NOTHING_OPEN = RankingContext(datetime(2000, 1, 1, tzinfo=UTC).date())


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody typed in a note, and which note was meant."""

    kind: str
    typed: str
    source: str
    """The path of the note it was typed in."""
    meant: str


@dataclass(frozen=True, slots=True)
class Figures:
    """How good a ranking is over some queries."""

    queries: int
    mrr: float
    """Mean reciprocal rank: 1 where the note meant is always the first, a half where it is always the second."""
    hits: float
    """The share of queries for which it is among the first five."""


def main(arguments: Sequence[str]) -> int:
    """Print the table for a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--queries", type=int, default=700)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--index", type=Path, help="where to keep the index between runs")
    parser.add_argument("--worst", action="store_true", help="show the queries that are answered worst")
    options = parser.parse_args(arguments)
    vault = read(options.folder, options.index)
    queries = drawn(vault, options.queries, options.seed)
    ours = [rank(our_order(vault, query), query.meant) for query in queries]
    plain = PlainRatio(vault)
    theirs = [rank(plain.order(query), query.meant) for query in queries]
    print(table(queries, ours, theirs))
    if options.worst:
        for place, query in sorted(zip(ours, queries, strict=True), key=lambda pair: pair[0] or 999, reverse=True)[:40]:
            print(place, query, our_order(vault, query)[:3])
    return 0


def table(queries: Sequence[Query], ours: Sequence[int], theirs: Sequence[int]) -> str:
    """A Markdown table: each way of typing, and all together."""
    lines = ["| typed | queries | MRR | WRatio | hit@5 | WRatio |", "| --- | --- | --- | --- | --- | --- |"]
    for kind in (*KINDS, "all"):
        chosen = [number for number, query in enumerate(queries) if kind in (query.kind, "all")]
        if chosen:
            mine, plain = (figures([ranks[number] for number in chosen]) for ranks in (ours, theirs))
            lines.append(
                f"| {kind} | {mine.queries} | {mine.mrr:.3f} | {plain.mrr:.3f} | {mine.hits:.2f} | {plain.hits:.2f} |"
            )
    return "\n".join(lines)


def figures(ranks: Sequence[int]) -> Figures:
    """The figures of ranks counted from 1; 0 is a note that was not listed at all."""
    count = len(ranks) or 1
    return Figures(
        len(ranks),
        sum(1 / place for place in ranks if place) / count,
        sum(0 < place <= _FIRST for place in ranks) / count,
    )


def rank(order: Sequence[str], meant: str) -> int:
    """The place of a note in a list, from 1; 0 where it is not there."""
    return order.index(meant) + 1 if meant in order else 0


def our_order(vault: Vault, query: Query) -> list[str]:
    """The paths that completion offers, best first, as if the link had never been in the note nor been counted."""
    note = vault.note(query.source)
    meant = vault.note(query.meant)
    text = vault.text(note) if note else None
    if note is None or meant is None or text is None:
        return []
    hidden, offset, count = _without(vault, note, meant, text, query.typed)
    vault.store.open_note(prepare_rows(parse(note.path, hidden), hidden))
    vault.catalog.memory.clear()
    asked = vault.catalog.asked
    keys = [entry.key for entry in vault.catalog.of_note(meant.id) if entry.key in asked]
    before = {key: asked[key] for key in keys}
    asked.update((key, max(0, asked[key] - count)) for key in keys)
    vault.catalog.forget_asked()
    try:
        ranked = likeliest(vault, note, query.typed, offset, _NOTHING_OPEN, files=False)
    finally:
        asked.update(before)
        vault.catalog.forget_asked()
        vault.store.close_note(note.path)
    return [one.entry.path for one in ranked[:_LISTED]]


class PlainRatio:
    """rapidfuzz's WRatio over every stem, title and alias, and nothing else."""

    def __init__(self, vault: Vault) -> None:
        """Take the names of a vault."""
        chosen = [entry for entry in vault.catalog.entries if not (entry.kind == "path" and "/" in entry.key)]
        self._keys = [entry.key for entry in chosen]
        self._paths = [entry.path for entry in chosen]

    def order(self, query: Query) -> list[str]:
        """The paths of the notes, the highest ratio first, each once."""
        found = process.extract(query.typed.casefold(), self._keys, scorer=fuzz.WRatio, limit=_LISTED * 3)
        paths = [self._paths[number] for _, _, number in found]
        return [path for path in dict.fromkeys(paths) if path != query.source][:_LISTED]


def drawn(vault: Vault, count: int, seed: int) -> list[Query]:
    """Queries drawn from the wiki links of a vault, one from a note, the ways of typing in turn.

    What is linked often is meant often, as in life; a note that lists a thousand others counts as much as any.
    """
    chance = random.Random(seed)  # noqa: S311 (nothing to keep secret)
    links = [(note, link) for note, link in vault.every(Link) if link.kind is LinkKind.WIKI and link.target]
    chance.shuffle(links)
    queries: list[Query] = []
    drawn_from: set[int] = set()
    for note, link in links:
        destination = None if note.id in drawn_from else vault.destination(note, link)
        if destination is None or destination.note.is_file or destination.note.id == note.id:
            continue
        name = names.stem(link.target.strip())
        wanted = [KINDS[(len(queries) + more) % len(KINDS)] for more in range(len(KINDS))]
        kind, typed = next(((one, text) for one in wanted if (text := typed_as(one, name, chance))), ("", ""))
        if typed:
            drawn_from.add(note.id)
            queries.append(Query(kind, typed, note.path, destination.note.path))
        if len(queries) == count:
            break
    return queries


def typed_as(kind: str, name: str, chance: random.Random) -> str:
    """A name as people type it; empty where it cannot be typed so."""
    words = [word for word in re.split(r"[\s_\-/]+", name.casefold()) if word[:1].isalnum()]
    plain = " ".join(words)
    if kind.endswith("letters"):
        length = int(kind[0])
        return plain[:length].strip() if len(plain) >= length else ""
    if kind == "2nd word":
        return words[1][:5] if len(words) > 1 and len(words[1]) > 3 else ""
    if kind == "initials":
        return "".join(word[0] for word in words) if 3 <= len(words) <= 5 else ""
    if kind == "2 words":
        return f"{words[0][:3]} {words[-1][:3]}" if len(words) > 1 and len(words[-1]) > 2 else ""
    return _slipped(plain[: chance.choice((6, 7, 8))], chance)


def read(folder: Path, index: Path | None) -> Vault:
    """The vault in a folder, read whole; the index is kept at ``index`` where one is given."""
    store = Store(index)
    vault = Vault(store, folder, lambda _: False, lambda _: None)
    if vault.count()[0] == 0:
        store.apply(_files(folder))
    return vault


def _files(folder: Path) -> Iterable[Parsed]:
    for number, file in enumerate(sorted(folder.rglob("*.md"))):
        if any(part.startswith(".") for part in file.relative_to(folder).parts):
            continue
        text, _ = decode(file.read_bytes())
        path = file.relative_to(folder).as_posix()
        yield Parsed(number, len(text), b"", prepare_rows(parse(path, text), text))


def _without(vault: Vault, note: Note, meant: Note, text: str, typed: str) -> tuple[str, int, int]:
    """The text without any link to the note meant, a half-typed one where the first was; the offset; how many went."""
    spans = [
        link.span
        for link in vault.facts(Link, note)
        if (destination := vault.destination(note, link)) is not None and destination.note.id == meant.id
    ]
    first = min(span.start for span in spans)
    for span in sorted(spans, reverse=True):
        text = text[: span.start] + text[span.end :]
    return text[:first] + f"[[{typed}" + text[first:], first + 2 + len(typed), len(spans)


def _slipped(text: str, chance: random.Random) -> str:
    """The text with one slip behind its first letter: two letters swapped, one missing, twice or wrong."""
    if len(text) < 6 or not text.isascii():
        return ""
    at = chance.randrange(1, len(text) - 1)
    return chance.choice(
        (
            text[:at] + text[at + 1] + text[at] + text[at + 2 :],
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
            text[:at] + chance.choice("aeioutns") + text[at + 1 :],
        )
    ).strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
