"""Headings: the headings of the vault that match a query."""

from __future__ import annotations

import re

from rapidfuzz import fuzz, process

from notes_lsp.facts import Heading
from notes_lsp.index.store import rows
from notes_lsp.index.vault.vault import Note, Vault

_WORD = re.compile(r"\w+")
_MAX_COMPARED = 50_000
"""Titles that can be compared with something letter by letter while somebody waits."""
_MIN_SCORE = 70
_MAX_UNMISTAKEN = 3
"""Nobody slips in so few letters without coming upon another word."""
_MAX_WORDS = 20


def headlines(vault: Vault, typed: str, most: int) -> list[tuple[Note, Heading]]:
    """The headings that hold every word of ``typed``, or all its letters in their order; else those that nearly do.

    At most ``most``: those that begin with it first, then the shorter ones. What is compared are the slugs, which are
    in lower case in every script. Headings that name their note are among them.
    """
    words = _WORD.findall(typed.lower())[:_MAX_WORDS]
    if not words:
        return []
    holds_words = " AND ".join("slug_ LIKE ? ESCAPE '\\'" for _ in words)
    run = vault.store.connection.execute
    found: list[tuple[int, int]] = run(
        f"SELECT note, n FROM all_headings WHERE ({holds_words}) OR slug_ LIKE ? ESCAPE '\\' "
        "ORDER BY slug_ LIKE ? ESCAPE '\\' DESC, length(slug_), note, n LIMIT ?",
        (
            *(f"%{_literal(word)}%" for word in words),
            "%" + "%".join(map(_literal, "".join(words))) + "%",
            _literal("-".join(words)) + "%",
            most,
        ),
    ).fetchall()
    if not found and len("".join(words)) > _MAX_UNMISTAKEN:
        found = _nearly(vault, " ".join(words), most)
    return _read(vault, found)


def _nearly(vault: Vault, typed: str, most: int) -> list[tuple[int, int]]:
    run = vault.store.connection.execute
    if run("SELECT count(*) FROM main.headings").fetchone()[0] > _MAX_COMPARED:
        return []
    places: list[tuple[int, int]] = []
    slugs: list[str] = []
    for note, number, slug in run("SELECT note, n, slug_ FROM all_headings"):
        places.append((note, number))
        slugs.append(slug.replace("-", " "))
    close = process.extract(typed, slugs, scorer=fuzz.WRatio, limit=most, score_cutoff=_MIN_SCORE)
    return [places[number] for _, _, number in close]


def _read(vault: Vault, places: list[tuple[int, int]]) -> list[tuple[Note, Heading]]:
    notes = vault.notes_by_ids({note for note, _ in places})
    shape = rows.layout(Heading)
    columns = ", ".join(name for name, _ in shape.columns)
    run = vault.store.connection.execute
    found: list[tuple[Note, Heading]] = []
    for note, number in places:
        row = run(f"SELECT {columns} FROM all_headings WHERE note = ? AND n = ?", (note, number)).fetchone()
        if row is not None and note in notes:
            found.append((notes[note], shape.from_row(row)))
    return found


def _literal(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)
