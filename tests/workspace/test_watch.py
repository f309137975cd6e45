"""Watching: what happens on disk is heard of soon, once, and under its own name."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import subprocess
import sys
import textwrap
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from notes_lsp.workspace.disk import watch as watching
from notes_lsp.workspace.disk.ignore import Ignore
from notes_lsp.workspace.disk.roots import resolve_path
from notes_lsp.workspace.disk.watch import Batch, watch_vault

DEADLINE = 15.0  # far more than it takes: a failure is a change that is never heard of


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty vault."""
    vault = resolve_path(tmp_path) / "vault"
    vault.mkdir()
    return vault


@pytest.fixture
def polling(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that cannot watch."""

    def refuse(*_: object, **__: object) -> Iterator[object]:
        raise OSError(28, "no space left for watches")

    monkeypatch.setattr("watchfiles.watch", refuse)
    monkeypatch.setattr(watching, "_POLL_SECONDS", 0.05)


def _write(root: Path, path: str, text: str = "") -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")


@dataclass
class Heard:
    """What has been heard so far."""

    batches: list[Batch] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def paths(self) -> set[str]:
        return {path for batch in self.batches for path in batch.paths}

    async def until(self, is_enough: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE):
            while not is_enough():
                self.news.clear()
                await self.news.wait()


@asynccontextmanager
async def _listening(root: Path, ignore: Ignore | None = None) -> AsyncIterator[Heard]:
    """Listen to a vault; begins when the watch stands and forgets that batch."""
    heard, stop = Heard(), asyncio.Event()

    async def listen() -> None:
        async for batch in watch_vault(root, ignore or Ignore(root), stop):
            heard.batches.append(batch)
            heard.news.set()

    task = asyncio.create_task(listen())
    if root.exists():  # noqa: ASYNC240  (a test may block)
        await heard.until(lambda: bool(heard.batches))
        assert heard.batches.pop() == Batch()
    try:
        yield heard
    finally:
        stop.set()
        async with asyncio.timeout(DEADLINE):
            await task


async def _until(is_so: Callable[[], bool]) -> None:
    """Wait for something that tells nobody when it happens."""
    async with asyncio.timeout(DEADLINE):
        while not is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def _run(scenario: Callable[[], Coroutine[None, None, None]]) -> None:
    asyncio.run(scenario())


def test_a_saved_file_is_heard_of_at_once(root: Path) -> None:
    """Changed, new and deleted notes and attachments come within a second, each by its path."""
    _write(root, "sub/old.md")
    _write(root, "gone.md")

    async def scenario() -> None:
        async with _listening(root) as heard:
            started = asyncio.get_running_loop().time()
            _write(root, "sub/old.md", "changed")
            await heard.until(lambda: "sub/old.md" in heard.paths)
            assert asyncio.get_running_loop().time() - started < 1
            _write(root, "new.png")
            (root / "gone.md").unlink()
            await heard.until(lambda: heard.paths == {"sub/old.md", "new.png", "gone.md"})
            assert not any(batch.ignore_changed for batch in heard.batches)

    _run(scenario)


def test_a_save_through_a_temporary_file_is_one_change(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the temporary file nor the backup is heard of; Vim, Emacs and many others save like this."""
    monkeypatch.setattr(watching, "_STEP_MS", 300)  # one batch even on a machine that is busy with something else
    _write(root, "note.md", "old")

    async def scenario() -> None:
        async with _listening(root) as heard:
            _write(root, "4913")
            (root / "4913").unlink()
            (root / "note.md").rename(root / "note.md~")
            _write(root, "tmp_x81", "new")
            (root / "tmp_x81").rename(root / "note.md")
            (root / "note.md~").unlink()
            await heard.until(lambda: "note.md" in heard.paths)
            _write(root, "last.md")
            await heard.until(lambda: "last.md" in heard.paths)
            assert heard.paths == {"note.md", "last.md"}

    _run(scenario)


def test_a_new_folder_is_heard_of_as_one_path(root: Path) -> None:
    """A folder that arrives with all that it holds is walked by the listener, so its path is enough."""
    _write(root.parent, "elsewhere/deep/x.md")

    async def scenario() -> None:
        async with _listening(root) as heard:
            (root.parent / "elsewhere").rename(root / "arrived")
            await heard.until(lambda: "arrived" in heard.paths)
            _write(root, "arrived/deep/y.md")
            await heard.until(lambda: "arrived/deep/y.md" in heard.paths)
            assert heard.paths <= {"arrived", "arrived/deep/y.md"}

    _run(scenario)


def test_a_renamed_or_deleted_folder_is_heard_of_by_its_paths(root: Path) -> None:
    """Both names of a renamed folder are heard of, and of a deleted folder nothing below it has to be."""
    _write(root, "a/x.md")
    _write(root, "b/deep/y.md")

    async def scenario() -> None:
        async with _listening(root) as heard:
            (root / "a").rename(root / "c")
            await heard.until(lambda: {"a", "c"} <= heard.paths)
            heard.batches.clear()
            shutil.rmtree(root / "b")
            await heard.until(lambda: "b" in heard.paths)
            assert heard.paths <= {"b", "b/deep", "b/deep/y.md"}

    _run(scenario)


def test_ignored_paths_are_not_heard_of(root: Path) -> None:
    """Hidden files, the plumbing of tools, and what an ignore file names stay silent."""
    _write(root, ".gitignore", "drafts/\n*.log")
    for folder in (".git", ".obsidian", "drafts", "notes"):
        (root / folder).mkdir()

    async def scenario() -> None:
        async with _listening(root) as heard:
            for path in (".git/index", ".obsidian/workspace.json", "drafts/x.md", "notes/x.log", "notes/.x.md.swp"):
                _write(root, path, "changed")
            _write(root, "notes/x.md", "changed")
            await heard.until(lambda: "notes/x.md" in heard.paths)
            assert heard.paths == {"notes/x.md"}

    _run(scenario)


def test_an_ignore_file_changes_what_is_heard_of(root: Path) -> None:
    """A new rule is told with its folder, and holds from then on; so does its end."""
    _write(root, "a/x.md")

    async def scenario() -> None:
        async with _listening(root) as heard:
            _write(root, "a/.gitignore", "x.md")
            ruled = Batch(frozenset({"a"}), ignore_changed=True, ignored=frozenset({"a/.gitignore"}))
            await heard.until(lambda: ruled in heard.batches)
            heard.batches.clear()
            _write(root, "a/x.md", "ignored")
            _write(root, "a/y.md", "heard of")
            await heard.until(lambda: bool(heard.batches))
            assert heard.paths == {"a/y.md"}
            (root / "a" / ".gitignore").unlink()
            await heard.until(lambda: heard.batches[-1].ignore_changed)
            _write(root, "a/x.md", "heard of again")
            await heard.until(lambda: "a/x.md" in heard.paths)

    _run(scenario)


def test_a_changed_configuration_counts_for_the_watcher(root: Path) -> None:
    """Settings are heard of although they are hidden, and whoever shares the rules may change them."""
    ignore = Ignore(root)

    async def scenario() -> None:
        async with _listening(root, ignore) as heard:
            _write(root, ".notes-lsp.toml", "[files]")
            await heard.until(lambda: heard.paths == {".notes-lsp.toml"})
            ignore.configure(["secret.md"], respect_gitignore=True, include_hidden=False)
            _write(root, "secret.md")
            _write(root, "open.md")
            await heard.until(lambda: "open.md" in heard.paths)
            assert heard.paths == {".notes-lsp.toml", "open.md"}

    _run(scenario)


def test_a_change_behind_a_link_has_the_name_a_walk_gives_it(root: Path) -> None:
    """Whichever way the system reports a file, it is one note under one path."""
    _write(root, "real/x.md")
    (root / "a-link").symlink_to(root / "real")

    async def scenario() -> None:
        async with _listening(root) as heard:
            _write(root, "real/x.md", "directly")
            await heard.until(lambda: bool(heard.batches))
            _write(root, "a-link/x.md", "through the link")
            _write(root, "last.md")
            await heard.until(lambda: "last.md" in heard.paths)
            assert heard.paths == {"real/x.md", "last.md"}

    _run(scenario)


def test_very_much_at_once_is_a_reason_to_walk(root: Path) -> None:
    """Thousands of paths in a moment become the root, which stands for anything."""

    async def scenario() -> None:
        async with _listening(root) as heard:
            for number in range(3000):
                (root / f"{number}.md").touch()
            await heard.until(lambda: "" in heard.paths)

    _run(scenario)


def test_a_root_that_vanishes_and_comes_back_is_picked_up(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its end and its return are told as the root itself; then changes in it are heard of as ever."""
    monkeypatch.setattr(watching, "_POLL_SECONDS", 0.05)

    async def scenario() -> None:
        async with _listening(root) as heard:
            shutil.rmtree(root)
            await heard.until(lambda: Batch(frozenset({""})) in heard.batches)
            heard.batches.clear()
            root.mkdir()  # noqa: ASYNC240
            await heard.until(lambda: Batch(frozenset({""})) in heard.batches)
            _write(root, "x.md")
            await heard.until(lambda: "x.md" in heard.paths)

    _run(scenario)


def test_a_root_may_come_later(root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """A vault on a disk that is not mounted yet is waited for, with one warning."""
    monkeypatch.setattr(watching, "_POLL_SECONDS", 0.05)
    root.rmdir()

    async def scenario() -> None:
        async with _listening(root) as heard:
            await _until(lambda: bool(caplog.records))
            root.mkdir()  # noqa: ASYNC240
            await heard.until(lambda: bool(heard.batches))
            _write(root, "x.md")
            await heard.until(lambda: "x.md" in heard.paths)

    _run(scenario)
    assert [record.getMessage() for record in caplog.records] == [f"{root} is not there; waiting for it"]


@pytest.mark.usefixtures("polling")
def test_where_the_system_cannot_watch_the_vault_is_walked(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Without watches changes are still heard of, by the same paths, with one warning and new rules included."""
    _write(root, "sub/old.md")
    _write(root, "gone.md")
    caplog.set_level(logging.WARNING)

    async def scenario() -> None:
        async with _listening(root) as heard:
            _write(root, "sub/old.md", "changed")
            (root / "gone.md").unlink()
            _write(root, ".hidden.md")
            _write(root, ".notes-lsp.toml")
            await heard.until(lambda: heard.paths == {"sub/old.md", "gone.md", ".notes-lsp.toml"})
            heard.batches.clear()
            _write(root, ".gitignore", "sub")
            await heard.until(lambda: heard.paths == {"sub/old.md"})
            shutil.rmtree(root)
            await heard.until(lambda: "" in heard.paths)

    _run(scenario)
    warnings = [record.getMessage() for record in caplog.records]
    assert len([warning for warning in warnings if "cannot be watched" in warning]) == 1


def test_a_slow_listener_gets_one_batch_for_all_that_happened() -> None:
    """What piles up while the listener is busy is told in one piece, and the end is not lost in it."""

    async def scenario() -> None:
        arrived: asyncio.Queue[Batch | None] = asyncio.Queue()
        for waiting in (Batch(frozenset({"b.md"}), ignore_changed=True), Batch(frozenset({"c.md"})), None):
            arrived.put_nowait(waiting)
        whole = watching._with_all_that_waits(Batch(frozenset({"a.md"})), arrived)
        assert whole == Batch(frozenset({"a.md", "b.md", "c.md"}), ignore_changed=True)
        assert await arrived.get() is None

    _run(scenario)


def test_stopping_ends_the_thread(root: Path) -> None:
    """The stop event ends the iteration and the thread, and so does cancelling the listener."""

    def threads() -> list[threading.Thread]:
        return [thread for thread in threading.enumerate() if thread.name == f"watch {root}"]

    async def scenario() -> None:
        async with _listening(root):
            running = threads()
            assert len(running) == 1
            assert running[0].daemon
        running[0].join(DEADLINE)
        assert not running[0].is_alive()
        task = asyncio.create_task(_first_two(root))
        await _until(lambda: bool(threads()))
        running = threads()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        running[0].join(DEADLINE)
        assert not running[0].is_alive()

    _run(scenario)


async def _first_two(root: Path) -> None:
    batches = watch_vault(root, Ignore(root), asyncio.Event())
    try:
        await anext(batches)
        await anext(batches)
    finally:
        await batches.aclose()  # type: ignore[attr-defined]


@pytest.mark.parametrize("ending", ["return", "raise SystemExit(0)"])
def test_a_watcher_does_not_keep_the_process_alive(root: Path, ending: str) -> None:
    """A process that simply ends does end, quietly, in the middle of watching."""
    program = f"""
        import asyncio
        from pathlib import Path
        from notes_lsp.workspace.disk.ignore import Ignore
        from notes_lsp.workspace.disk.watch import watch_vault

        kept = []

        async def main():
            batches = watch_vault(Path({str(root)!r}), Ignore(Path({str(root)!r})), asyncio.Event())
            kept.append(batches)
            await anext(batches)
            print("watching", flush=True)
            {ending}

        asyncio.run(main())
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    answer = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        env=environment,
        capture_output=True,
        timeout=DEADLINE * 2,
        check=False,
        text=True,
    )
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "watching\n", "")
