"""The runner: each case against a fresh server, several at a time, and how it ended."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from conformance.probing import Probes, Setting
from speclib.conversation import NOT_SPOKEN
from speclib.model import Section
from speclib.positions import ENCODINGS
from speclib.wire import WireError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from speclib.drivers import Driver
    from speclib.positions import Json

_WAITS = (0.1, 0.25, 0.5, 1.0)
"""Seconds between attempts: a server that indexes in the background need not say when it is done."""
_SHOWN = 4
"""Lines of a dying server's last words."""


class Outcome(Enum):
    """How a case ended."""

    PASSED = "passed"
    FAILED = "failed"
    UNSUPPORTED = "unsupported"
    CHOICE = "choice"
    """Another answer than ours where servers may differ."""


@dataclass(frozen=True, slots=True)
class Result:
    """A case and how it ended."""

    section: Section
    outcome: Outcome
    wrong: tuple[str, ...] = ()
    seconds: float = 0.0

    def as_json(self) -> Json:
        """The result as a JSON object."""
        return {
            "area": self.section.file.stem,
            "case": " / ".join(self.section.title),
            "line": self.section.line,
            "tags": sorted(self.section.tags),
            "outcome": self.outcome.value,
            "wrong": list(self.wrong),
            "seconds": round(self.seconds, 3),
        }


def run_all(
    sections: Sequence[Section],
    driver: Callable[[], Driver],
    *,
    jobs: int = 2,
    extra: Mapping[str, str] | None = None,
    progress: Callable[[Result], None] | None = None,
    patience: Callable[[int], bool] | None = None,
) -> list[Result]:
    """Play every case; the results in the order of the cases, ``progress`` told of each when it ends.

    ``driver`` gives a new driver for each case; ``extra`` files (path to text) are put into every vault, such as the
    mark by which a server knows a root. ``patience`` is :func:`wait` for servers that may still be reading.
    """
    setting = Setting(driver, extra or {}, patience)
    probes = Probes(setting)
    without = frozenset[str]() if probes.warns() else frozenset({"diagnostics"})

    def one(section: Section) -> Result:
        result = run_case(section, setting, probes=probes, without=without)
        if progress:
            progress(result)
        return result

    with ThreadPoolExecutor(max_workers=jobs) as pool:
        return list(pool.map(one, sections))


def run_case(
    section: Section, setting: Setting, *, probes: Probes | None = None, without: frozenset[str] = frozenset()
) -> Result:
    """Play one case in a new folder with a new server.

    ``probes`` know what the server lacks; without them nothing is excused. ``without`` is that of
    :func:`speclib.play.play`.
    """
    started = time.perf_counter()
    unsupported: list[str] = []
    wrong: list[str] = []
    encodings = section.encodings or ENCODINGS[1:2]
    for encoding in encodings:
        try:
            played = setting.play(section, encoding, without=without)
            if "utf-16" in encodings and all(one.unsupported.startswith(NOT_SPOKEN) for one in played):
                continue  # asking in the one that every server has to speak is enough
            for one in played:
                where = f"line {one.question.line}, {one.question.kind}"
                reason = one.unsupported or (probes.excuse(section, one) if one.wrong and probes else "")
                if reason:
                    unsupported.append(f"{where}: {reason}")
                else:
                    wrong += [f"{where}: {line}" for line in one.wrong]
        except (WireError, OSError) as error:
            wrong.append(_brief(str(error)))
    return Result(section, _outcome(section, wrong, unsupported), (*wrong, *unsupported), time.perf_counter() - started)


def wait(attempt: int) -> bool:
    """Wait a moment after the n-th wrong answer; false when it has been wrong for too long."""
    if attempt >= len(_WAITS):
        return False
    time.sleep(_WAITS[attempt])
    return True


def _outcome(section: Section, wrong: Sequence[str], unsupported: Sequence[str]) -> Outcome:
    if wrong:
        return Outcome.CHOICE if "choice" in section.tags else Outcome.FAILED
    return Outcome.UNSUPPORTED if unsupported else Outcome.PASSED


def _brief(report: str) -> str:
    """A report's first line and the last of what the server said."""
    lines = report.split("\n")
    return "\n".join(lines if len(lines) <= _SHOWN else [lines[0], "...", *lines[-_SHOWN:]])
