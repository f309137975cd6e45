"""Measures what people wait for, over the wire, on generated vaults: a table of medians, never a test.

``make bench`` takes vaults of 1,000 and 10,000 notes; ``make bench ARGS=--large`` one of 100,000 as well, which takes a
quarter of an hour; ``make bench ARGS=--typing`` measures completion alone.
Times depend on the machine and on what else it does: compare columns and ratios, and repeat before you believe.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from make_vault import make_vault

sys.path[:0] = [str(Path(__file__).resolve().parent.parent / "tests")]

from speclib.ours import COMMAND  # noqa: E402
from speclib.wire import Client  # noqa: E402

_PATIENCE = 1200.0
_TIMES = 60
_NOTES = 40
"""In so many notes a link is typed."""

Row = tuple[str, str]


@dataclass(frozen=True)
class Vault:
    """A vault on disk with a cache of its own."""

    root: Path
    paths: list[str]
    cache: Path

    def start(self, profile: str = "full") -> Client:
        """A server for it, not yet initialized; indexes go into the cache."""
        own = {"XDG_CACHE_HOME": str(self.cache), "XDG_CONFIG_HOME": str(self.cache)}
        return Client(COMMAND, cwd=self.root, env=own, profile=profile, timeout=_PATIENCE)

    def uri(self, number: int) -> str:
        """The URI of a note."""
        return (self.root / self.paths[number]).as_uri()


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else "")
    parser.add_argument("--large", action="store_true", help="with a vault of 100,000 notes")
    parser.add_argument("--typing", action="store_true", help="completion alone")
    parser.add_argument("--notes", type=int, action="append", help="vaults of so many notes instead")
    options = parser.parse_args()
    sizes: list[int] = options.notes or [1_000, 10_000, *([100_000] if options.large else [])]
    measured: list[dict[str, float]] = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="notes-lsp-bench-") as place:
            root = Path(place).resolve() / "vault"
            print(f"making a vault of {size} notes ...", file=sys.stderr)
            vault = Vault(root, make_vault(root, size), Path(place) / "cache")
            measured.append(measure_typing(vault) if options.typing else measure(vault))
    show(sizes, measured)


def measure(vault: Vault) -> dict[str, float]:
    """All measurements of one vault by name; milliseconds, but for those that say otherwise."""
    print("measuring ...", file=sys.stderr)
    found: dict[str, float] = {}
    with vault.start() as client:
        began = time.perf_counter()
        client.initialize(vault.root)
        found["initialize answered, cold"] = since(began)
        references(vault, client, 0)
        found["cold: all read"] = since(began)
        found["memory after that (MB)"] = resident(client)
    with vault.start() as client:
        began = time.perf_counter()
        client.initialize(vault.root)
        found["initialize answered, warm"] = since(began)
        number, place = a_link(vault)
        ask(client, "textDocument/definition", vault.uri(number), *place)
        found["first definition after a warm start"] = since(began)
        references(vault, client, 0)
        found["warm: all looked at"] = since(began)
        found["memory after a warm start (MB)"] = resident(client)
        found |= asked(vault, client)
    found |= measure_typing(vault)
    with vault.start("emacs28") as client:
        client.initialize(vault.root)
        references(vault, client, 0)
        found |= edited(vault, client)
    return found


def measure_typing(vault: Vault) -> dict[str, float]:
    """Completion while a link is typed, as editors ask for it: with every letter, right behind the edit."""
    with vault.start("neovim") as client:
        client.initialize(vault.root)
        references(vault, client, 0)
    found: dict[str, float] = {}
    with vault.start("neovim") as client:
        client.initialize(vault.root)
        uri = (vault.root / "draft.md").as_uri()
        open_(client, uri, "[[\n")
        found["first [[ as soon as the editor is up"] = timed(lambda: ask(client, "textDocument/completion", uri, 0, 2))
        references(vault, client, 0)
        found |= typed(vault, client)
    return found


def typed(vault: Vault, client: Client) -> dict[str, float]:
    """Links typed at the end of notes, letter by letter, now and then with a slip; some items are looked at."""
    chance = random.Random(2)  # noqa: S311  (the same keystrokes every time)
    times: dict[str, list[float]] = {"[[ alone": [], "a letter more": [], "resolve": []}
    cpu = cpu_of(client)
    for number in chance.choices(range(len(vault.paths)), k=_NOTES):
        uri = vault.uri(number)
        text = (vault.root / vault.paths[number]).read_text(encoding="utf-8")
        open_(client, uri, text)
        line, column = text.count("\n"), len(text.rpartition("\n")[2])
        for count, letter in enumerate(" [[" + half_typed(vault, chance)):
            change_ = {"range": {side: {"line": line, "character": column} for side in ("start", "end")}}
            edit = {"textDocument": {"uri": uri, "version": count + 2}, "contentChanges": [{**change_, "text": letter}]}
            client.notify("textDocument/didChange", edit)
            column += 1
            if count < len(" ["):
                continue
            began = time.perf_counter()
            answer = ask(client, "textDocument/completion", uri, line, column)
            times["[[ alone" if count == len(" [") else "a letter more"].append(since(began))
            if answer and count % 3 == 0:
                item = answer["items"][0]
                times["resolve"].append(timed(lambda: client.request("completionItem/resolve", item)))  # noqa: B023
        client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    found: dict[str, float] = {}
    for name, spent in times.items():
        found |= spread(f"typing: {name}", spent)
    found["typing: CPU of the server for each request"] = (cpu_of(client) - cpu) / sum(map(len, times.values()))
    return found


def half_typed(vault: Vault, chance: random.Random) -> str:
    """The beginning of a note's name, in one of four with two letters swapped."""
    name = Path(chance.choice(vault.paths)).stem[: chance.choice((3, 5, 8, 12))]
    return name[0] + name[2] + name[1] + name[3:] if chance.random() < 1 / 4 else name


def asked(vault: Vault, client: Client) -> dict[str, float]:
    """How long answers take, one after the other."""
    chance = random.Random(1)  # noqa: S311  (the same questions every time)
    numbers = [chance.randrange(len(vault.paths)) for _ in range(_TIMES)]
    uri = (vault.root / "draft.md").as_uri()
    open_(client, uri, "[[\n[[gar\n[[riv sum\n")
    found: dict[str, float] = {}
    first = timed(lambda: ask(client, "textDocument/completion", uri, 0, 2))
    found["completion: the first"] = first
    for name, (line, column) in {"[[": (0, 2), "[[gar": (1, 5), "[[riv sum": (2, 9)}.items():
        times = [timed(lambda: ask(client, "textDocument/completion", uri, line, column)) for _ in range(_TIMES)]  # noqa: B023
        found |= spread(f"completion: {name}", times)
    found |= spread("references", [timed(lambda: references(vault, client, number)) for number in numbers])  # noqa: B023
    popular = [timed(lambda: references(vault, client, 0)) for _ in range(_TIMES)]
    return found | spread("references: the most popular note", popular)


def edited(vault: Vault, client: Client) -> dict[str, float]:
    """How long it takes from a keystroke to the diagnostics it brings about, the server's pause included."""
    uri = (vault.root / "draft.md").as_uri()
    open_(client, uri, "text\n")
    seen = await_diagnostics(client, uri, 0, 0)
    times: list[float] = []
    for version in range(3, 23):
        text = "[[nobody]] " * (version % 2) + "text\n"
        began = time.perf_counter()
        change = {"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": text}]}
        client.notify("textDocument/didChange", change)
        seen = await_diagnostics(client, uri, version % 2, seen)
        times.append(since(began))
    return spread("edit to diagnostics pushed", times)


def await_diagnostics(client: Client, uri: str, count: int, seen: int) -> int:
    """Wait for so many diagnostics of a note among the messages from number ``seen`` on; returns the next number."""

    def is_there() -> bool:
        nonlocal seen
        while seen < len(client.notifications):
            message = client.notifications[seen]
            params = message["params"]
            seen += 1
            published = message["method"] == "textDocument/publishDiagnostics" and params["uri"] == uri
            if published and len(params["diagnostics"]) == count:
                return True
        return False

    client.wait(is_there)
    return seen


def show(sizes: list[int], measured: list[dict[str, float]]) -> None:
    """Print the table; the last column is how much more the largest vault takes than the smallest."""
    table = Table("milliseconds", *(f"{size:,} notes" for size in sizes), "ratio")
    for name in measured[0]:
        values = [found[name] for found in measured]
        ratio = f"{values[-1] / values[0]:.1f}" if len(values) > 1 and values[0] else ""
        table.add_row(name, *(f"{value:,.1f}" for value in values), ratio)
    for column in table.columns[1:]:
        column.justify = "right"
    Console().print(table)


def a_link(vault: Vault) -> tuple[int, tuple[int, int]]:
    """The number of a note with a wiki link, and a place in that link."""
    for number, path in enumerate(vault.paths):
        for line, text in enumerate((vault.root / path).read_text(encoding="utf-8").split("\n")):
            if "[[" in text:
                return number, (line, text.index("[[") + 3)
    raise ValueError("no note has a link")


def references(vault: Vault, client: Client, number: int) -> Any:
    """Who links to a note; this waits until all notes are read."""
    return ask(client, "textDocument/references", vault.uri(number), 0, 0, context={"includeDeclaration": False})


def ask(client: Client, method: str, uri: str, line: int, column: int, **more: Any) -> Any:
    """Ask something about a place."""
    position = {"line": line, "character": column}
    return client.request(method, {"textDocument": {"uri": uri}, "position": position, **more})


def open_(client: Client, uri: str, text: str) -> None:
    """Open a buffer."""
    document = {"uri": uri, "languageId": "markdown", "version": 1, "text": text}
    client.notify("textDocument/didOpen", {"textDocument": document})


def spread(name: str, times: list[float]) -> dict[str, float]:
    """The median and the 95th percentile."""
    ordered = sorted(times)
    return {f"{name}, p50": statistics.median(ordered), f"{name}, p95": ordered[int(0.95 * (len(ordered) - 1))]}


def timed(work: Callable[[], Any]) -> float:
    """How many milliseconds something takes."""
    began = time.perf_counter()
    work()
    return since(began)


def since(began: float) -> float:
    """Milliseconds since a moment of ``time.perf_counter``."""
    return 1000 * (time.perf_counter() - began)


def cpu_of(client: Client) -> float:
    """The processor time of the server's process in milliseconds; 0 where the system does not say."""
    try:
        status = Path(f"/proc/{client.process.pid}/stat").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return 1000 * sum(map(int, status.rpartition(")")[2].split()[11:13])) / os.sysconf("SC_CLK_TCK")


def resident(client: Client) -> float:
    """The memory of the server's process in megabytes; 0 where the system does not say."""
    try:
        status = Path(f"/proc/{client.process.pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return int(status.partition("VmRSS:")[2].split()[0]) / 1000


if __name__ == "__main__":
    main()
