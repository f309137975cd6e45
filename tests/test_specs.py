"""The specs of tests/specs, each played cold, warm and over the wire; all three must give the written answers."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

import pytest

from speclib import ours
from speclib.console import ConsoleDriver
from speclib.drivers import ColdDriver, Driver, WarmDriver, WireDriver
from speclib.model import Section
from speclib.play import Played, play
from speclib.positions import ENCODINGS
from speclib.reader import read_folder
from speclib.rewrite import rewrite

ALL_SECTIONS = read_folder(Path(__file__).parent / "specs")
SECTIONS = [section for section in ALL_SECTIONS if not section.is_console]
CONSOLES = [section for section in ALL_SECTIONS if section.is_console]

_rewriting: dict[Path, list[Played]] = {}


@pytest.fixture(scope="session", autouse=True)
def rewrite_at_the_end(request: pytest.FixtureRequest) -> object:
    """With ``--rewrite-specs`` (or ``REWRITE_SPECS=1``) write what was answered into the files when all is done."""
    yield
    if is_rewriting(request.config):
        for file, played in _rewriting.items():
            rewrite(file, played)


def is_rewriting(config: pytest.Config) -> bool:
    """Whether the answers that come are to be declared right."""
    return bool(config.getoption("--rewrite-specs", default=False)) or os.environ.get("REWRITE_SPECS") == "1"


@pytest.mark.parametrize("section", SECTIONS, ids=[section.name for section in SECTIONS])
@pytest.mark.parametrize("way", ["cold", "warm"])
def test_spec_in_process(section: Section, way: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """In process the section's questions are answered as written, in every position encoding."""
    start = ours.in_process()
    if start is None:
        pytest.skip("there is no in-process server")
    for number, encoding in enumerate(section.encodings or ENCODINGS):
        driver: Driver = ColdDriver(start) if way == "cold" else WarmDriver(start, seed_of(section) + number)
        report(section, driver, tmp_path / encoding / "vault", encoding, request.config)


@pytest.mark.wire
@pytest.mark.parametrize("section", SECTIONS, ids=[section.name for section in SECTIONS])
def test_spec_over_the_wire(section: Section, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Over the wire the section's questions are answered as written; the encoding differs from section to section."""
    if not ours.has_server():
        pytest.skip("there is no server to start")
    encodings = section.encodings or ENCODINGS
    encoding = encodings[seed_of(section) % len(encodings)]
    report(section, WireDriver(ours.COMMAND), tmp_path / "vault", encoding, request.config)


@pytest.mark.parametrize("section", CONSOLES, ids=[section.name for section in CONSOLES])
@pytest.mark.parametrize("way", ["in process", "processes"])
def test_spec_of_commands(section: Section, way: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """In a shell the section's commands print what is written, each a process of its own or, where possible, none."""
    driver = ConsoleDriver(ours.run_in_process if way == "in process" else None)
    report(section, driver, tmp_path / "vault", "utf-32", request.config)


def report(section: Section, driver: Driver, folder: Path, encoding: str, config: pytest.Config) -> None:
    """Play a section and fail with all that is wrong with it, or note it for rewriting."""
    folder.mkdir(parents=True)
    played = play(section, driver, folder, encoding)
    wrong = [f"{section.file}:{one.question.line}: needs {one.unsupported}" for one in played if one.unsupported]
    wrong += [f"{section.file}:{one.question.line}: {line}" for one in played for line in one.wrong]
    if wrong and is_rewriting(config):
        _rewriting.setdefault(section.file, []).extend(
            one for one in played if all(one.question != other.question for other in _rewriting.get(section.file, []))
        )
        return
    if wrong:
        pytest.fail("\n".join([f"{driver.name}, {encoding}:", *wrong]), pytrace=False)


def seed_of(section: Section) -> int:
    """A number that stays the same from run to run."""
    return zlib.crc32(section.name.encode())
