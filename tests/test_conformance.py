"""The conformance suite against notes-lsp itself: every case in this process, and a sample of them over the wire."""

from __future__ import annotations

from itertools import groupby

import pytest

from conformance.__main__ import CASES
from conformance.probing import Setting
from conformance.runner import Outcome, run_case
from speclib import ours
from speclib.drivers import ColdDriver, Driver, WireDriver
from speclib.model import Section
from speclib.reader import read_folder

SECTIONS = read_folder(CASES)
SAMPLE = [next(sections) for _, sections in groupby(SECTIONS, key=lambda section: section.file)]


@pytest.mark.parametrize("section", SECTIONS, ids=[section.name for section in SECTIONS])
def test_case_in_process(section: Section) -> None:
    """The case is answered as it says, also where other servers may differ."""
    start = ours.in_process()
    assert start, "notes-lsp is not installed"
    check(section, ColdDriver(start))


@pytest.mark.wire
@pytest.mark.parametrize("section", SAMPLE, ids=[section.name for section in SAMPLE])
def test_case_over_the_wire(section: Section) -> None:
    """The first case of each area is answered as it says by a process of its own."""
    check(section, WireDriver(ours.COMMAND))


def check(section: Section, driver: Driver) -> None:
    """Fail with all that is wrong with a case."""
    result = run_case(section, Setting(lambda: driver))
    if result.outcome is not Outcome.PASSED:
        pytest.fail("\n".join([f"{section.file}:{section.line}: {result.outcome.value}", *result.wrong]), pytrace=False)
