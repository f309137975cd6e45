"""Fuzzes a server: `make fuzz ARGS="--requests 100000"`; each failure prints its seed and its smallest replay."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from fuzz.playing import play, shrink, steps_of, told

_EACH = 5000
"""Requests to a server before the next one is started, with the next seed."""


def main() -> int:
    """Run; gives the exit code, 1 where something went wrong."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000, help="how many requests in all")
    parser.add_argument("--seed", type=int, default=1, help="the first seed; each server gets the next one")
    parser.add_argument(
        "--replay", type=Path, help="a file of steps, as a failure printed them, to be played with the seed"
    )
    chosen = parser.parse_args()
    if chosen.replay is not None:
        steps = [
            tuple(json.loads(line)) for line in chosen.replay.read_text("utf-8").splitlines() if line.startswith("[")
        ]
        trouble = play(chosen.seed, steps)
        _say(trouble or "nothing went wrong")
        return int(trouble is not None)
    failures, seed, left = 0, chosen.seed, chosen.requests
    while left > 0:
        steps = steps_of(seed, min(left, _EACH))
        trouble = play(seed, steps)
        _say(f"seed {seed}: {min(left, _EACH)} requests, {trouble or 'all well'}")
        if trouble is not None:
            failures += 1
            _say(told(seed, trouble, shrink(seed, steps)))
        left -= _EACH
        seed += 1
    return int(failures > 0)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
