"""The command: ``python -m conformance --server 'CMD'`` plays every case against a server and prints a scoreboard."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from conformance.runner import Outcome, Result, run_all, wait
from speclib import ours
from speclib.drivers import ColdDriver, Driver, WireDriver
from speclib.model import Section, SpecError
from speclib.reader import read_folder

CASES = Path(__file__).parent / "cases"


def main(arguments: list[str] | None = None) -> int:
    """Run; 0 when no case failed, 1 when some did, 2 when the cases or the options cannot be read."""
    options = _options(arguments)
    try:
        sections = [one for one in read_folder(CASES) if _wanted(one, options)]
    except SpecError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if options.list:
        for section in sections:
            _say(" ".join([section.name, *sorted(f"#{tag}" for tag in section.tags)]))
        return 0
    if not (options.server or options.in_process):
        sys.stderr.write("--server is needed: the command that starts a language server on stdio\n")
        return 2
    started = time.perf_counter()
    results = run_all(
        sections,
        _driver(options),
        jobs=1 if options.in_process else options.jobs,
        extra=dict(entry.partition("=")[::2] for entry in options.add),
        progress=None if options.json else _progress,
        patience=None if options.in_process else wait,
    )
    if options.json:
        _say(json.dumps([result.as_json() for result in results], indent=1, ensure_ascii=False))
    else:
        if options.verbose:
            _differences(results)
        _scoreboard(results, time.perf_counter() - started)
    return int(any(result.outcome is Outcome.FAILED for result in results))


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m conformance", description=__doc__)
    parser.add_argument("--server", help="the command line of the server")
    parser.add_argument("--in-process", action="store_true", help="ask notes-lsp in this process, which is quicker")
    parser.add_argument("--area", action="append", help="only the cases of this file; may be repeated")
    parser.add_argument("--case", help="only cases with this text in their name")
    parser.add_argument("--tag", action="append", default=[], help="only cases with this tag; may be repeated")
    parser.add_argument("--jobs", "-j", type=int, default=2, help="servers at a time (2)")
    parser.add_argument("--timeout", type=float, default=10.0, help="seconds one answer may take (10)")
    parser.add_argument("--quiet", type=float, default=0.0, help="seconds to wait after opening a note (0)")
    parser.add_argument("--add", action="append", default=[], metavar="PATH=TEXT", help="put a file into every vault")
    parser.add_argument("--verbose", "-v", action="store_true", help="show what is wrong with each failed case")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.add_argument("--list", action="store_true", help="print the names of the cases")
    return parser.parse_args(arguments)


def _driver(options: argparse.Namespace) -> Callable[[], Driver]:
    if options.in_process:
        start = ours.in_process()
        assert start, "notes-lsp is not installed"
        return partial(ColdDriver, start)
    return partial(WireDriver, _command(options.server), timeout=options.timeout, quiet=options.quiet)


def _command(text: str) -> list[str]:
    """The words of a command, paths that exist made absolute: servers start in the vault, as editors start them."""
    return [str(Path(word).absolute()) if "/" in word and Path(word).exists() else word for word in shlex.split(text)]


def _wanted(section: Section, options: argparse.Namespace) -> bool:
    return (
        (not options.area or section.file.stem in options.area)
        and (not options.case or options.case.casefold() in section.name.casefold())
        and all(tag in section.tags for tag in options.tag)
    )


def _progress(result: Result) -> None:
    letter = result.outcome.value[0]
    _say(letter if result.outcome is Outcome.PASSED else letter.upper(), end="")


def _differences(results: list[Result]) -> None:
    _say("")
    for result in results:
        if result.outcome in {Outcome.PASSED, Outcome.UNSUPPORTED}:
            continue
        _say(f"\n{result.outcome.value}: {result.section.name}  ({result.section.file}:{result.section.line})")
        for line in result.wrong:
            _say("    " + line.replace("\n", "\n    "))


def _scoreboard(results: list[Result], seconds: float) -> None:
    _say(f"\n\n{'area':<16}{'passed':>8}{'failed':>8}{'unsupported':>13}{'choice':>8}")
    total: Counter[Outcome] = Counter()
    for area in sorted({result.section.file.stem for result in results}):
        count = Counter(result.outcome for result in results if result.section.file.stem == area)
        total += count
        _say(_row(area, count))
    _say(_row("all", total))
    _say(f"{len(results)} cases in {seconds:.0f} s; a choice is a case where servers may differ: it is no failure")


def _say(text: str, end: str = "\n") -> None:
    sys.stdout.write(text + end)
    sys.stdout.flush()


def _row(name: str, count: Counter[Outcome]) -> str:
    return (
        f"{name:<16}{count[Outcome.PASSED]:>8}{count[Outcome.FAILED]:>8}"
        f"{count[Outcome.UNSUPPORTED]:>13}{count[Outcome.CHOICE]:>8}"
    )


if __name__ == "__main__":
    sys.exit(main())
