"""Measure similar notes: the links of some notes are hidden, and looked for among what is similar to them.

``python tools/bench_similar.py FOLDER`` draws up to 300 notes with links to other notes from the vault in FOLDER. Of
each, its own links play no part, nor do the links of the notes it links to back to it; its words stay, those of the
links included, unless ``--cut`` takes these out, for all rankings alike. A ranking hits where a note that the hidden
links lead to is among its first ten.

Prints for each ranking the share of hits, the mean reciprocal rank of the first hit, and how many of the notes linked
to are among the first ten (of at most ten); with ``--wire``, how soon a server answers ``notes.related`` for just as
many other notes, each asked once, one after the other.

Needs scikit-learn for TF-IDF: ``pip install '.[bench]'`` in the checkout.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from notes_lsp.cli.shell.vaults import open_at
from notes_lsp.facts import Link
from notes_lsp.index.similar.find import rank_text
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.text.scripts import searchable
from notes_lsp.text.source import Edit, apply_edits
from notes_lsp.text.words import words
from notes_lsp.workspace.disk import roots

sys.path[:0] = [str(Path(__file__).resolve().parent.parent / "tests")]

from speclib.ours import COMMAND  # noqa: E402
from speclib.wire import Client  # noqa: E402

_FIRST = 10
_PATIENCE = 600.0
_CALM = 5.0
"""Seconds after which a server that has read everything is done with what it does on its own."""

Ranking = Callable[["Query"], Sequence[int]]
"""The ids of the first notes, best first, none of them the one that was asked about."""


@dataclass(frozen=True, slots=True)
class Query:
    """A note whose links are hidden, and the ids of the notes they lead to."""

    note: Note
    text: str
    linked: frozenset[int]


@dataclass(frozen=True, slots=True)
class Figures:
    """How good a ranking is over some queries."""

    hits: float
    mrr: float
    recall: float
    milliseconds: float
    """Of processor time, the median."""
    slowest: float
    """What nineteen of twenty stay below."""


def main(arguments: Sequence[str]) -> int:
    """Print the table for a folder."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--notes", type=int, default=300, help="how many notes are drawn")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cut", action="store_true", help="take the words of the links out of the text")
    parser.add_argument("--only", action="append", help="measure this ranking alone")
    parser.add_argument("--wire", action="store_true", help="measure how soon a server answers, too")
    options = parser.parse_args(arguments)
    with open_at(roots.root_at(options.folder), lambda _done, _total: None) as found:
        vault = found.folder.current_vault()
        texts = {note: vault.text(note) or "" for note in vault.notes()}
        queries = _queries(vault, list(texts), options.notes, options.seed, cut=options.cut)
        print(f"{options.folder}: {len(texts)} notes, {len(queries)} asked about")
        print(f"{'ranking':24} {'hit@10':>7} {'MRR':>7} {'recall@10':>10} {'ms':>8} {'p95':>8}")
        for name, ranking in _rankings(vault, texts, queries, options.only):
            got = _measured(ranking, queries)
            print(
                f"{name:24} {got.hits:7.3f} {got.mrr:7.3f} {got.recall:10.3f} "
                f"{got.milliseconds:8.1f} {got.slowest:8.1f}",
                flush=True,
            )
    if options.wire:
        paths = [note.path for note in texts]
        random.Random(options.seed + 1).shuffle(paths)  # noqa: S311 (a sample, no secret)
        times = _over_the_wire(options.folder.resolve(), paths[: options.notes])
        print(f"over the wire: half within {times[len(times) // 2]:.1f} ms, 95 of 100 within {_p95(times):.1f} ms")
    return 0


def _over_the_wire(folder: Path, paths: Sequence[str]) -> list[float]:
    """How many milliseconds each answer took, rising."""
    times: list[float] = []
    with Client(COMMAND, cwd=folder, env=dict(os.environ), timeout=_PATIENCE) as client:
        client.initialize(folder)
        client.wait(lambda: not client.busy(), _PATIENCE)
        for path in paths[:1]:
            _ask(client, folder / path)
        time.sleep(_CALM)
        for path in paths:
            start = time.perf_counter()
            _ask(client, folder / path)
            times.append(1000 * (time.perf_counter() - start))
    return sorted(times)


def _ask(client: Client, path: Path) -> None:
    wish = {"uri": path.as_uri(), "limit": _FIRST}
    client.request("workspace/executeCommand", {"command": "notes.related", "arguments": [wish]})


def _p95(rising: Sequence[float]) -> float:
    return rising[len(rising) * 95 // 100]


def _queries(vault: Vault, notes: Sequence[Note], most: int, seed: int, *, cut: bool) -> list[Query]:
    shuffled = sorted(notes, key=lambda note: note.path)
    random.Random(seed).shuffle(shuffled)  # noqa: S311 (a sample, no secret)
    queries: list[Query] = []
    for note in shuffled:
        linked: set[int] = set()
        edits: list[Edit] = []
        for link in vault.facts(Link, note):
            found = vault.destination(note, link)
            if found is not None and not found.note.is_file and found.note.id != note.id:
                linked.add(found.note.id)
                if not edits or link.span.start >= edits[-1].span.end:
                    edits.append(Edit(link.span, " "))
        if linked:
            text = vault.text(note) or ""
            queries.append(Query(note, apply_edits(text, edits) if cut else text, frozenset(linked)))
        if len(queries) == most:
            break
    return queries


def _measured(ranking: Ranking, queries: Sequence[Query]) -> Figures:
    hits = recall = mrr = 0.0
    times: list[float] = []
    for query in queries:
        start = time.process_time()
        found = list(ranking(query))[:_FIRST]
        times.append(1000 * (time.process_time() - start))
        at = [rank for rank, note in enumerate(found, 1) if note in query.linked]
        hits += bool(at)
        mrr += 1 / at[0] if at else 0.0
        recall += len(at) / min(len(query.linked), _FIRST)
    times.sort()
    number = max(1, len(queries))
    return Figures(hits / number, mrr / number, recall / number, times[len(times) // 2], _p95(times))


def _rankings(
    vault: Vault, texts: dict[Note, str], queries: Sequence[Query], only: Sequence[str] | None
) -> Iterable[tuple[str, Ranking]]:
    makers: dict[str, Callable[[], Ranking]] = {
        "random": lambda: _by_chance(list(texts)),
        "titles": lambda: _by_title(list(texts)),
        "fts5": lambda: _by_full_text(vault),
        "tf-idf": lambda: _by_tf_idf(texts, queries, sublinear=False),
        "tf-idf-sublinear": lambda: _by_tf_idf(texts, queries, sublinear=True),
        "notes-lsp": lambda: _by_notes_lsp(vault),
    }
    for name, make in makers.items():
        if only is None or name in only:
            yield name, make()


def _by_chance(notes: Sequence[Note]) -> Ranking:
    draw = random.Random(2)  # noqa: S311 (as above)
    return lambda query: [note.id for note in draw.sample(notes, _FIRST + 1) if note.id != query.note.id]


def _by_title(notes: Sequence[Note]) -> Ranking:
    """The nearest titles by rapidfuzz."""
    titles = {note.id: note.title for note in notes}

    def ranking(query: Query) -> list[int]:
        near = process.extract(query.note.title, titles, scorer=fuzz.WRatio, limit=_FIRST + 1)
        return [note for _, _, note in near if note != query.note.id]

    return ranking


def _by_full_text(vault: Vault) -> Ranking:
    """The best by FTS5's own bm25 for the note's sixteen rarest words that others have."""
    run = vault.store.connection.execute
    run("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab (main, texts, row)")
    frequency: dict[str, int] = dict(run("SELECT term, doc FROM temp.vocabulary"))

    def ranking(query: Query) -> list[int]:
        found = {word for word in words(query.text) if frequency.get(word, 0) > 1}
        rarest = sorted(found, key=lambda word: (frequency[word], word))[:16]
        if not rarest:
            return []
        asked = " OR ".join(f'"{searchable(word)}"' for word in rarest)
        docs = run("SELECT rowid FROM main.texts WHERE texts MATCH ? ORDER BY rank LIMIT ?", (asked, _FIRST + 1))
        notes = [run("SELECT id FROM main.notes WHERE doc = ?", row).fetchone()[0] for row in docs.fetchall()]
        return [note for note in notes if note != query.note.id]

    return ranking


def _by_tf_idf(texts: dict[Note, str], queries: Sequence[Query], *, sublinear: bool) -> Ranking:
    """The cosine of the whole texts as scikit-learn has it, against every note."""
    text: Any = import_module("sklearn.feature_extraction.text")
    vectorizer = text.TfidfVectorizer(sublinear_tf=sublinear)
    matrix = vectorizer.fit_transform(texts.values())
    asked = vectorizer.transform([query.text for query in queries])
    notes = [note.id for note in texts]
    places = {query.note.id: place for place, query in enumerate(queries)}

    def ranking(query: Query) -> list[int]:
        scores = (asked[places[query.note.id]] @ matrix.T).toarray().ravel()
        best = scores.argsort(kind="stable")[::-1][: _FIRST + 1]
        return [notes[place] for place in best if notes[place] != query.note.id]

    return ranking


def _by_notes_lsp(vault: Vault) -> Ranking:
    return lambda query: [one.note.id for one in rank_text(vault, query.note, query.text, _FIRST, apart=query.linked)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
