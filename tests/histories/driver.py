"""Driver: makes histories, lets them happen, holds what servers say against a fresh one, and shrinks what differs.

``python -m histories.driver --count 1000 --seed 1`` prints each violation with its smallest history, as a script for
``--replay``; ``make histories`` runs it.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from histories.alphabet import Operation, history
from histories.worlds import Setting, World, differences

_SOON = 15.0
"""Seconds within which processes that watch the disk have said all that follows from a history."""
_MAX_TRIES = 120
"""So many smaller histories are tried at most for each violation."""


@dataclass(frozen=True, slots=True)
class Script:
    """A history with the setting it happens in."""

    setting: Setting
    operations: tuple[Operation, ...]

    def written(self) -> str:
        """As text, to be kept or replayed."""
        return json.dumps({"setting": asdict(self.setting), "operations": self.operations})


def read(text: str) -> Script:
    """A script from its text."""
    found = json.loads(text)
    setting = {**found["setting"], "pulls": tuple(found["setting"]["pulls"])}
    return Script(Setting(**setting), tuple(tuple(operation) for operation in found["operations"]))


def violation(script: Script) -> str | None:
    """What is wrong after a history: how a server differs from one that starts now, or how it failed; else ``None``."""
    world = World(script.setting)
    try:
        for operation in script.operations:
            world.do(operation)
        world.finish()
        wrong = [found for one in world.servers if (found := _differing(world, one)) is not None]
        return "\n".join(wrong) or None
    except Exception:  # noqa: BLE001  (that a server fails is a violation as well)
        return traceback.format_exc()
    finally:
        world.close()


def _differing(world: World, one: object) -> str | None:
    server = next(found for found in world.servers if found is one)
    number = world.servers.index(server)
    right = world.fresh(server)
    if not server.session.pulls:
        right = {what: said for what, said in right.items() if not what.startswith("one ")}
    until = time.monotonic() + (_SOON if world.setting.away else 0)
    while True:
        said = world.said(server, places=True)
        # What is pulled of everything has everything, and what is pushed has the same.
        wrong = differences(said, right)
        if not wrong or time.monotonic() > until:
            break
        time.sleep(0.05)
    return "\n".join(f"server {number} {line}" for line in wrong) or None


def scripts(seed: int, settings: Sequence[Setting]) -> Iterator[Script]:
    """Endless scripts from a seed, with the settings in turn."""
    number = 0
    while True:
        random = Random(f"{seed}:{number}")
        setting = settings[number % len(settings)]
        yield Script(setting, tuple(history(random, setting.servers)))
        number += 1


def smallest(script: Script) -> Script:
    """The script without what can be left out while it still shows a violation."""
    operations = list(script.operations)
    tries = 0
    size = max(1, len(operations) // 2)
    while size and tries < _MAX_TRIES:
        first = 0
        while first < len(operations) and tries < _MAX_TRIES:
            fewer = operations[:first] + operations[first + size :]
            tries += 1
            if violation(Script(script.setting, tuple(fewer))) is not None:
                operations = fewer
            else:
                first += size
        size //= 2
    return Script(script.setting, tuple(operations))


def settings_for(servers: int, *, away: bool, places: int) -> list[Setting]:
    """The settings that histories happen in, in turn: who pulls, and who tells of the disk."""
    clients: list[tuple[bool, ...]] = [(True,), (False,)] if servers == 1 else [(True, False), (False, True)]
    return [
        Setting(servers, pulls, told_by_client=told, away=away, places=places)
        for told in (False, True)
        for pulls in clients
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run histories and print what they showed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="how many histories")
    parser.add_argument("--servers", type=int, default=1, help="how many servers on one vault")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="the number of the first history")
    parser.add_argument("--places", type=int, default=70, help="places asked for definition and references")
    parser.add_argument("--away", action="store_true", help="processes that watch the disk, over the wire")
    parser.add_argument("--replay", type=Path, help="a file with scripts, one a line")
    given = parser.parse_args(arguments)
    if given.replay:
        found = [violation(read(line)) for line in given.replay.read_text().splitlines() if line.strip()]
        print("\n".join(one or "no violation" for one in found))
        return int(any(found))
    logging.getLogger("notes_lsp").setLevel(logging.ERROR)
    began, used = time.monotonic(), time.process_time()
    wrong = operations = 0
    source = scripts(given.seed, settings_for(given.servers, away=given.away, places=given.places))
    for number, script in zip(range(given.first + given.count), source, strict=False):
        if number < given.first:
            continue
        operations += len(script.operations)
        if violation(script) is not None:
            wrong += 1
            small = smallest(script)
            print(
                f"history {number}, of {len(script.operations)} operations:\n{violation(small)}\n{small.written()}",
                flush=True,
            )
        if (number + 1) % 100 == 0:
            print(f"{number + 1 - given.first} histories, {operations} operations, {wrong} violations", flush=True)
    print(
        f"{given.count} histories with {given.servers} server{'s' * (given.servers > 1)}, {operations} operations: "
        f"{wrong} violations, in {time.monotonic() - began:.0f} s, of processor time {time.process_time() - used:.0f} s"
    )
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
