"""The ranking of completion as a number that must not fall: links are hidden, half-typed again, and looked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench_ranking import KINDS, PlainRatio, Query, figures, our_order, rank
from conftest import REPOSITORY
from indexing import vault_of
from notes_lsp.index.vault.vault import Vault
from ranking.invented import invented_vault

HERE = Path(__file__).parent
QUERIES = [Query(**query) for query in json.loads((HERE / "queries.json").read_text(encoding="utf-8"))]
COMMITTED = json.loads((HERE / "figures.json").read_text(encoding="utf-8"))
SLACK = 0.004
"""rapidfuzz may find other slips from one version to the next."""


@pytest.fixture(scope="module")
def vaults() -> dict[str, Vault]:
    """The invented vault and the example garden, by name."""
    garden = REPOSITORY / "examples" / "garden"
    texts = {file.relative_to(garden).as_posix(): file.read_text(encoding="utf-8") for file in garden.rglob("*.md")}
    return {"invented": vault_of(invented_vault()), "garden": vault_of(texts)}


def test_there_are_enough_queries_of_every_kind() -> None:
    """What is measured is not chance: hundreds of queries, and every way of typing among them."""
    assert len(QUERIES) >= 200
    assert {query.kind for query in QUERIES} == set(KINDS)


def test_every_query_means_a_note_that_is_there(vaults: dict[str, Vault]) -> None:
    """The vaults have not moved on without the queries."""
    missing = [query for query in QUERIES if vault_for(vaults, query).note(query.meant) is None]

    assert missing == []


@pytest.mark.timeout(180)
def test_the_note_meant_stands_as_high_as_ever(vaults: dict[str, Vault]) -> None:
    """Neither the mean reciprocal rank nor the share among the first five falls below what was committed.

    After a change for the better write the new figures into ``figures.json``: this message has them.
    """
    ours = [rank(our_order(vault_for(vaults, query), query), query.meant) for query in QUERIES]
    found = figures(ours)
    shown = {"queries": found.queries, "mrr": round(found.mrr, 3), "hit@5": round(found.hits, 3)}

    assert found.mrr >= COMMITTED["ours"]["mrr"] - SLACK, shown
    assert found.hits >= COMMITTED["ours"]["hit@5"] - 2 * SLACK, shown
    assert found.mrr <= COMMITTED["ours"]["mrr"] + 5 * SLACK, f"better than committed: {shown}"


@pytest.mark.timeout(180)
def test_it_beats_a_plain_ratio_by_far(vaults: dict[str, Vault]) -> None:
    """At least 15 % better than rapidfuzz's WRatio over the same names, for every way of typing that is no slip."""
    plain = {name: PlainRatio(vault) for name, vault in vaults.items()}
    for kind in KINDS:
        chosen = [query for query in QUERIES if query.kind == kind]
        ours = figures([rank(our_order(vault_for(vaults, query), query), query.meant) for query in chosen])
        theirs = figures([rank(plain[name_of(query)].order(query), query.meant) for query in chosen])

        assert ours.mrr >= theirs.mrr * (1.15 if kind != "slip" else 1.0), (kind, ours, theirs)


def name_of(query: Query) -> str:
    """The vault that a query is about: only the garden's notes begin with these folders."""
    return "garden" if (REPOSITORY / "examples" / "garden" / query.source).is_file() else "invented"


def vault_for(vaults: dict[str, Vault], query: Query) -> Vault:
    """The vault that a query is about."""
    return vaults[name_of(query)]
