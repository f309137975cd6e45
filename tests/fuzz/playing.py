"""Playing: the steps of a conversation, carried out with a real server, and what is wrong with how it went."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import tempfile
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from fuzz.making import MOVE, NOTICE, REMOVE, REQUEST, RESOLVE, RESOLVES, VAULT, WRITE, Maker, Step
from speclib.console import environment_of
from speclib.ours import COMMAND
from speclib.positions import Json
from speclib.profiles import PROFILES
from speclib.wire import Client, ResponseError, WireError

MAX_SECONDS = 1.0
"""Of processor time that the server may take for a request."""
PATIENCE = 300.0
"""Seconds after which a request is taken to be unanswered, on a machine with a lot else to do."""
INTERNAL_ERROR = -32603
_LOOK = 200
"""Steps between two looks at what the server wrote to its standard error."""
_TRIES = 60


def steps_of(seed: int, requests: int) -> list[Step]:
    """The first steps that a seed gives, with so many requests among them."""
    found: list[Step] = []
    asked = 0
    for step in Maker(random.Random(seed)).steps():  # noqa: S311  (nothing is kept secret)
        if asked == requests:
            break
        asked += step[0] in {REQUEST, RESOLVE}
        found.append(step)
    return found


def play(seed: int, steps: Sequence[Step]) -> str | None:
    """Carry out ``steps`` with the client that ``seed`` gives; what is wrong with how it went, or ``None``."""
    chosen = random.Random(seed)  # noqa: S311  (nothing is kept secret)
    folder = Path(tempfile.mkdtemp(prefix="notes-lsp-fuzz-")).resolve()
    vault = folder / "vault"
    vault.mkdir()
    (vault / ".notes-lsp.toml").touch()
    profile = chosen.choice(sorted(PROFILES))
    encodings = chosen.choice((None, ["utf-8"], ["utf-16"], ["utf-32"]))
    try:
        with Client(COMMAND, cwd=folder, env=environment_of(vault), profile=profile, timeout=PATIENCE) as client:
            client.initialize(vault, encodings=encodings)
            return _Player(client, vault).play(steps)
    except WireError as error:
        return str(error)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def shrink(seed: int, steps: Sequence[Step]) -> list[Step]:
    """As few of ``steps`` as still go wrong, found by leaving out parts of them again and again."""
    left = list(steps)
    size = len(left) // 2
    for _ in range(_TRIES):
        if size == 0:
            break
        for at in range(0, len(left), size):
            fewer = left[:at] + left[at + size :]
            if play(seed, fewer) is not None:
                left = fewer
                break
        else:
            size //= 2
    return left


def told(seed: int, trouble: str, steps: Sequence[Step]) -> str:
    """A message with the seed and the steps, one in a line, which ``--replay`` takes from a file."""
    lines = "\n".join(json.dumps(step) for step in steps)
    return f"seed {seed}: {trouble}\nthe smallest replay, {len(steps)} steps:\n{lines}"


class _Player:
    def __init__(self, client: Client, vault: Path) -> None:
        self._client = client
        self._vault = vault
        self._answers: dict[str, list[Json]] = {}

    def play(self, steps: Sequence[Step]) -> str | None:
        rest = iter(steps)
        while part := list(islice(rest, _LOOK)):
            for step in part:
                trouble = self._do(step)
                if trouble is not None:
                    return self._client.report(trouble)
            if "Traceback" in self._client.errors():
                return self._client.report("a traceback")
        # What is still at work would complain only now.
        self._client.request("shutdown", None)
        return self._client.report("a traceback") if "Traceback" in self._client.errors() else None

    def _do(self, step: Step) -> str | None:
        kind, name, value = step
        if kind == REQUEST:
            return self._ask(name, self._here(value))
        if kind == RESOLVE:
            known = self._answers.get(RESOLVES[name])
            if not known:
                return None
            item = known[value % len(known)]
            return self._ask(name, item if name.endswith("/resolve") else {"item": item})
        if kind == NOTICE:
            self._client.notify(name, self._here(value))
            return None
        file = self._vault / name
        with contextlib.suppress(OSError):
            if kind == WRITE:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(value.encode("utf-8", "surrogatepass"))
            elif kind == REMOVE:
                file.unlink()
            elif kind == MOVE:
                file.rename(self._vault / value)
        return None

    def _ask(self, method: str, params: Json) -> str | None:
        before = _processor_seconds(self._client.process.pid)
        try:
            answer = self._client.request(method, params)
        except ResponseError as error:
            answer = None
            if error.code == INTERNAL_ERROR:
                return f"{method} {json.dumps(params)[:400]}: {error}"
        took = _processor_seconds(self._client.process.pid) - before
        if took > MAX_SECONDS:
            return f"{method} {json.dumps(params)[:400]}: took {took:.2f} s of processor time"
        if isinstance(answer, dict):
            answer = answer.get("items")
        if isinstance(answer, list) and answer:
            self._answers[method] = answer[:100]
        return None

    def _here(self, value: Json) -> Json:
        return json.loads(json.dumps(value).replace(VAULT, self._vault.as_uri()))


def _processor_seconds(pid: int) -> float:
    """The processor time that a process has taken, in seconds; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
