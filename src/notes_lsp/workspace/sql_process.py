"""SQL process: SQL of a served folder, run in a process of its own, with limits."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import math
import os
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from notes_lsp.index.sql.errors import QueryError
from notes_lsp.index.sql.run import Limits, QueryResult, SqlValue, ask, endless, longest_wait
from notes_lsp.index.store import overlay as overlays
from notes_lsp.index.store.damage import BrokenIndexError, IndexFileError, is_busy
from notes_lsp.index.store.read_only import ReadingStore, write_index
from notes_lsp.index.vault.vault import Vault
from notes_lsp.workspace.folder import Folder
from notes_lsp.workspace.subprocesses import own_command

LOG = logging.getLogger(__name__)

MEMORY = 512_000_000
"""Bytes that SQLite may take for one statement."""
_BYTES = "\0bytes"
_PATIENCE = 30.0
"""Seconds on the clock for all that is not the statement itself; the process itself minds its processor time."""


async def query_folder(
    folder: Folder, sql: str, parameters: Mapping[str, SqlValue] | Sequence[SqlValue], limits: Limits
) -> QueryResult:
    """What a statement says of a folder as it is now, open notes as their buffers say.

    Values that JSON does not have are told in its terms: bytes in hexadecimal digits, no number as ``None``.

    Raises:
        QueryError: the statement cannot be answered.
        BrokenIndexError: the index file is damaged.
    """
    vault = folder.current_vault()
    if vault.store.path is not None:
        return await _asked(vault, vault.store.path, sql, parameters, limits)
    with contextlib.ExitStack() as kept:
        # What is only in our memory cannot be asked by anybody else.
        try:
            copy = Path(kept.enter_context(TemporaryDirectory(prefix="notes-lsp-"))) / "index.db"
            write_index(vault.store, copy)
        except OSError:
            return _plain(ask(vault, sql, parameters, limits))
        return await _asked(vault, copy, sql, parameters, limits)


async def _asked(
    vault: Vault, path: Path, sql: str, parameters: Mapping[str, SqlValue] | Sequence[SqlValue], limits: Limits
) -> QueryResult:
    job = {
        "index": str(path),
        "root": str(vault.root) if vault.root is not None else None,
        "prefixes": vault.prefixes,
        "label_first": vault.label_first,
        "complete": vault.complete,
        "overlay": overlays.overlay_rows(vault.store.connection),
        "sql": sql,
        "parameters": parameters,
        "seconds": limits.seconds,
        "rows": limits.rows,
    }
    told = await _told(json.dumps(job, default=_packed).encode(), longest_wait(limits.seconds) + _PATIENCE)
    if "damage" in told:
        raise BrokenIndexError(told["damage"])
    if "error" in told:
        raise QueryError(told["error"])
    return QueryResult(tuple(told["columns"]), [tuple(row) for row in told["rows"]], told["cut"])


async def _told(job: bytes, seconds: float) -> dict[str, Any]:
    """What the process says to a job.

    Raises:
        QueryError: it could not be started, was killed, or gave no answer.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *own_command("notes_lsp.workspace.sql_process"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
    except (OSError, RuntimeError) as error:
        # Too many processes are running; some versions of asyncio need a thread for each as well.
        raise QueryError(f"no process can be started to answer the statement: {error}") from None
    try:
        out, _ = await asyncio.wait_for(process.communicate(job), seconds)
    except TimeoutError:
        raise QueryError(endless(seconds)) from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    status = process.returncode or 0
    if status < 0:
        raise QueryError(
            f"the process that answers statements was killed (signal {-status}), perhaps for want of memory"
        )
    try:
        found: object = json.loads(out)
    except ValueError:
        found = None
    if status != 0 or not isinstance(found, dict):
        LOG.error("the process that answers statements ended with code %d and gave %d bytes", status, len(out))
        raise QueryError("the statement could not be answered; the server's log says more")
    return cast("dict[str, Any]", found)


def main() -> None:
    """Do the job on standard input; what the process runs."""
    job: dict[str, Any] = json.load(sys.stdin, object_hook=_unpacked)
    _limit_memory()
    try:
        found = _done(job)
        told: dict[str, Any] = {"columns": found.columns, "rows": found.rows, "cut": found.cut}
    except QueryError as error:
        told = {"error": str(error)}
    except BrokenIndexError as error:
        told = {"damage": str(error)}
    except IndexFileError as error:
        told = {"error": f"the index cannot be read: {error}"} if is_busy(error) else {"damage": str(error)}
    except MemoryError:
        told = {"error": "this would take too much memory"}
    json.dump(told, sys.stdout)


def _done(job: Mapping[str, Any]) -> QueryResult:
    root = Path(job["root"]) if job["root"] is not None else None

    def exists(path: str) -> bool:
        return root is not None and os.path.lexists(root / path)

    store = ReadingStore(Path(job["index"]), job["overlay"])
    vault = Vault(store, root, exists, lambda _: None)
    vault.prefixes, vault.label_first, vault.complete = job["prefixes"], job["label_first"], job["complete"]
    return _plain(
        ask(
            vault,
            job["sql"],
            job["parameters"],
            Limits(job["seconds"], job["rows"], MEMORY, partial(_leave, job["seconds"])),
        )
    )


def _leave(seconds: float) -> None:
    """Say that a statement hangs in a step that nobody can interrupt, and be gone."""
    os.write(sys.stdout.fileno(), json.dumps({"error": endless(seconds)}).encode())
    os._exit(0)


def _limit_memory() -> None:
    """Let the system stop what SQLite does not count; Windows has no such limit."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        resource: Any = import_module("resource")
        resource.setrlimit(resource.RLIMIT_AS, (4 * MEMORY, 4 * MEMORY))


def _plain(found: QueryResult) -> QueryResult:
    return found._replace(rows=[tuple(map(_as_json, row)) for row in found.rows])


def _as_json(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _packed(value: bytes) -> dict[str, str]:
    """Bytes among the rows of the overlay, which JSON does not have."""
    return {_BYTES: value.hex()}


def _unpacked(value: dict[str, Any]) -> Any:
    return bytes.fromhex(value[_BYTES]) if _BYTES in value else value
