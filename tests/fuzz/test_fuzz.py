"""The fuzzer, for a moment: a seeded conversation in which every request is answered, soon and without a fault."""

from __future__ import annotations

import random
import sys

import pytest

from fuzz.making import NOTICES, REQUESTS, Maker
from fuzz.playing import play, shrink, steps_of, told
from notes_lsp.lsp.methods import HANDLERS

NOT_ASKED = {"initialize", "initialized", "shutdown"}
"""Asked once in each conversation."""


def test_the_fuzzer_knows_all_that_the_server_does() -> None:
    """Whatever is added to the table of handlers has to be fuzzed."""
    maker = Maker(random.Random(1))  # noqa: S311  (nothing is kept secret)
    noticed = {notice(maker)[1] for notice in NOTICES for _ in range(50)}

    assert {handler.method for handler in HANDLERS} - NOT_ASKED <= noticed | set(REQUESTS)


@pytest.mark.wire
@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.skipif(sys.platform == "win32", reason="counts processor time as Linux tells it")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_conversation_of_a_thousand_requests(seed: int) -> None:
    """`make fuzz` has longer ones."""
    steps = steps_of(seed, 1000)
    trouble = play(seed, steps)

    assert trouble is None, told(seed, trouble, shrink(seed, steps))
