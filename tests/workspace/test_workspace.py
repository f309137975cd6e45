"""Workspace: the server heals what the world breaks, and does no more work than what changed asks for."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

from indexing import every_row, fresh, run, scanned
from notes_lsp.config.read import load
from notes_lsp.config.settings import Config
from notes_lsp.index.dependencies.keys import DependencyKind
from notes_lsp.index.store.damage import BrokenIndexError
from notes_lsp.index.vault.vault import Vault
from notes_lsp.markdown.parse import parse
from notes_lsp.text.source import Source
from notes_lsp.workspace import folder as folders
from notes_lsp.workspace import scan as scanning
from notes_lsp.workspace import workspace as workspaces
from notes_lsp.workspace.disk import read as reading
from notes_lsp.workspace.disk import roots
from notes_lsp.workspace.disk.ignore import Ignore
from notes_lsp.workspace.disk.walk import Walk, walk
from notes_lsp.workspace.folder import Delta, Folder
from notes_lsp.workspace.scan import scan, scan_paths
from notes_lsp.workspace.workspace import ServedFolder, Workspace
from speclib.session import Session

OLD = 1_000_000_000_000_000_000
"""A time long ago, in nanoseconds: a note written then has surely settled."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A vault of three notes: two that link to the third."""
    vault = roots.resolve_path(tmp_path) / "vault"
    vault.mkdir()
    write(vault, "hub.md", "# Hub\n\nprose\n")
    write(vault, "one.md", "[[hub]]\n")
    write(vault, "sub/two.md", "[[Hub]] [[nowhere]]\n")
    return vault


def write(root: Path, path: str, text: str, time: int = OLD) -> None:
    """Write a note as if long ago."""
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")
    os.utime(root / path, ns=(time, time))


def silence(_done: int, _total: int) -> None:
    """Report no progress."""


def mentions(vault: Vault, path: str) -> list[str]:
    """The paths of the notes that link to a note."""
    note = vault.note(path)
    return [mention.source.path for mention in vault.mentions(note)] if note else []


@pytest.fixture
def on_disk(root: Path, tmp_path: Path) -> Iterator[Folder]:
    """The vault, read into an index on disk."""
    with closing(scanned(Folder(root, tmp_path / "cache" / "index.db", Config()))) as made:
        yield made


# Warming


def test_names_are_in_memory_before_anybody_asks(session: Session) -> None:
    """The first completion of a session finds them there, and so does the first after the index was made anew."""
    files = session._server.files
    folder = served(session).folder

    async def damaged() -> None:
        files.heal(folder, BrokenIndexError("as a test has it"))

    session._loop.run_until_complete(files.warmed(folder))
    assert folder.vault.warm()

    session._loop.run_until_complete(damaged())
    assert not folder.vault.warm()
    session.settle()
    session._loop.run_until_complete(files.warmed(folder))
    assert folder.vault.warm()


# Healing


@pytest.fixture
def session(root: Path) -> Iterator[Session]:
    """A server in this process that serves the vault, with one note open."""
    made = Session()
    made.start(root, "utf-16", "full")
    made.notify(
        "textDocument/didOpen",
        {
            "textDocument": {
                "uri": uri(root, "one.md"),
                "languageId": "markdown",
                "version": 1,
                "text": "[[hub]] mine\n",
            }
        },
    )
    yield made
    made.close()


def uri(root: Path, path: str) -> str:
    """The URI of a note."""
    return (root / path).as_uri()


def served(session: Session) -> ServedFolder:
    """What the session serves."""
    (found,) = session._server.files.served
    return found


def who_links(session: Session, root: Path, path: str) -> list[str]:
    """The notes that the server finds to link to a note."""
    at = {"textDocument": {"uri": uri(root, path)}, "position": {"line": 0, "character": 0}}
    found = session.request("textDocument/references", {**at, "context": {"includeDeclaration": False}})
    return sorted(Path(roots.uri_to_path(location["uri"]) or "").relative_to(root).as_posix() for location in found)


def remove_it(index: Path) -> None:
    """Remove the file of the index."""
    index.unlink()


def remove_folder(index: Path) -> None:
    """Remove the whole cache."""
    shutil.rmtree(index.parent)


def cut_it(index: Path) -> None:
    """Cut the file short."""
    os.truncate(index, 100)


def scribble(index: Path) -> None:
    """Write nonsense over all of it."""
    index.write_bytes(os.urandom(index.stat().st_size))


def scribble_behind_the_head(index: Path) -> None:
    """Write nonsense over everything but the first page, and over the log."""
    log = index.with_name(f"{index.name}-wal")
    for file, keep in ((index, 4096), (log, 0)):
        data = file.read_bytes()
        with file.open("r+b") as stream:
            stream.seek(keep)
            stream.write(b"\xff" * max(0, len(data) - keep))


def remove_the_log(index: Path) -> None:
    """Remove what SQLite keeps beside the file."""
    index.with_name(f"{index.name}-wal").unlink()
    index.with_name(f"{index.name}-shm").unlink()


@pytest.mark.parametrize(
    "do_damage", [remove_it, remove_folder, cut_it, scribble, scribble_behind_the_head, remove_the_log]
)
def test_the_next_answer_after_damage_is_right(session: Session, root: Path, do_damage: Callable[[Path], None]) -> None:
    """Whatever happens to the index while it is served, the question waits until it is made anew."""
    index = served(session).folder.store.path
    assert index is not None
    assert who_links(session, root, "hub.md") == ["one.md", "sub/two.md"]

    do_damage(index)

    assert who_links(session, root, "hub.md") == ["one.md", "sub/two.md"]
    vault = served(session).folder.current_vault()
    note = vault.note("one.md")
    assert note is not None
    assert vault.text(note) == "[[hub]] mine\n"


@pytest.mark.parametrize("do_damage", [remove_it, scribble_behind_the_head])
def test_only_the_broken_index_is_made_anew(
    session: Session, root: Path, tmp_path: Path, do_damage: Callable[[Path], None]
) -> None:
    """Of two folders that are served, the other keeps what was read, whoever notices the damage."""
    other = roots.resolve_path(tmp_path) / "other"
    write(other, ".notes-lsp.toml", "")
    write(other, "fern.md", "# Fern\n")
    added = {"added": [{"uri": other.as_uri(), "name": "other"}], "removed": []}
    session.notify("workspace/didChangeWorkspaceFolders", {"event": added})
    session.settle()
    broken, sound = (entry.folder for entry in session._server.files.served)
    index = broken.store.path
    assert index is not None
    kept, reads = sound.store, sound.read

    do_damage(index)

    assert session.request("workspace/symbol", {"query": "fern"})
    assert session.request("workspace/symbol", {"query": "hub"})
    session.settle()
    assert sound.store is kept
    assert sound.read == reads
    assert who_links(session, root, "hub.md") == ["one.md", "sub/two.md"]


def test_an_index_that_breaks_again_and_again_goes_to_memory(session: Session, root: Path) -> None:
    """Nobody is at war for ever: after a few times the index is kept where nobody can reach it."""
    for _ in range(folders._MAX_HEALINGS + 1):
        index = served(session).folder.store.path
        assert index is not None
        index.unlink()
        assert who_links(session, root, "hub.md") == ["one.md", "sub/two.md"]

    assert served(session).folder.store.path is None
    assert session.diagnostics(uri(root, "one.md")) == []


def test_a_full_disk_sends_the_index_to_memory(session: Session, root: Path) -> None:
    """What does not fit on disk is read into memory, and every answer is there."""
    store = served(session).folder.store
    pages = store.connection.execute("PRAGMA page_count").fetchone()[0]
    store.connection.execute(f"PRAGMA max_page_count = {pages}")
    write(root, "big.md", "[[hub]] " + "word " * 50_000)

    session.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": uri(root, "big.md"), "type": 1}]})

    assert who_links(session, root, "hub.md") == ["big.md", "one.md", "sub/two.md"]
    assert served(session).folder.store.path is None


def test_two_servers_heal_one_index_without_fighting(root: Path, tmp_path: Path) -> None:
    """The second one to notice that the file is gone finds the first one's, and keeps it."""
    path = tmp_path / "cache" / "index.db"
    with (
        closing(scanned(Folder(root, path, Config()))) as ours,
        closing(scanned(Folder(root, path, Config()))) as theirs,
    ):
        path.unlink()
        for folder in (ours, theirs):
            with pytest.raises(BrokenIndexError) as caught:
                folder.current_vault()
            folder.heal(caught.value)
            scanned(folder)
        assert (
            mentions(ours.current_vault(), "hub.md")
            == mentions(theirs.current_vault(), "hub.md")
            == ["one.md", "sub/two.md"]
        )
        assert ours.store.path == theirs.store.path == path


def test_while_another_process_writes_a_scan_waits(on_disk: Folder, root: Path) -> None:
    """A locked index delays a scan and does not fail it."""
    path = on_disk.store.path
    assert path is not None
    write(root, "new.md", "[[hub]]")

    async def scan_against(other: Folder) -> None:
        other.store.connection.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(scan(on_disk, Ignore(root), silence))
        await asyncio.sleep(0.7)
        assert not waiting.done()
        other.store.connection.execute("ROLLBACK")
        await waiting

    with closing(Folder(root, path, Config())) as other:
        run(scan_against(other))
    assert "new.md" in mentions(on_disk.current_vault(), "hub.md")


# No more work than there is


@asynccontextmanager
async def workspace(root: Path, cache: Path) -> AsyncIterator[tuple[Workspace, ServedFolder]]:
    """A workspace that serves the vault, after its first look at the disk; nothing is watched."""
    made = Workspace(None, lambda: None, lambda _: silence, cache=cache)
    found = made.serve(roots.root_at(root))
    if found.watching is not None:
        found.watching.cancel()
    await made.ready(found.folder)
    found.folder.current_vault()
    found.folder.take_delta()
    try:
        yield made, found
    finally:
        await made.close()


@pytest.fixture
def walks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders that were walked through, in order; the root is ``""``."""
    seen: list[str] = []

    def counted(*args: Any, **options: Any) -> Walk:
        seen.append(options.get("below", ""))
        return walk(*args, **options)

    monkeypatch.setattr(scanning, "walk", counted)
    return seen


def names_in(delta: Delta) -> set[str]:
    """The names of the notes that changed what a link can lead to."""
    return {key.value for key in delta.touched if key.kind is DependencyKind.NAME}


def test_typing_prose_touches_one_note(root: Path, tmp_path: Path, walks: list[str]) -> None:
    """One parse, no note read, and no other note's links looked at again."""

    async def type_prose() -> None:
        async with workspace(root, tmp_path) as (files, found):
            folder = found.folder
            files.put_buffer(uri(root, "hub.md"), Source("# Hub\n\nprose\n"))
            folder.current_vault()
            folder.take_delta()
            parsed, read, walked = folder.parsed, folder.read, len(walks)

            for end in range(5):
                files.put_buffer(uri(root, "hub.md"), Source("# Hub\n\nprose " + "more"[:end]))
            for _ in range(3):
                folder.current_vault()

            delta = folder.take_delta()
            assert (folder.parsed - parsed, folder.read - read, len(walks) - walked) == (1, 0, 0)
            assert (delta.paths, names_in(delta), delta.everything) == ({"hub.md"}, set(), False)

    run(type_prose())


def test_saving_reads_what_was_saved(root: Path, tmp_path: Path, walks: list[str]) -> None:
    """The file that was saved, and neither the folder nor another note."""

    async def save() -> None:
        async with workspace(root, tmp_path) as (files, found):
            read, walked = found.folder.read, len(walks)
            write(root, "hub.md", "# Hub\n\nother prose\n", OLD + 1)

            files.disk_changed(uri(root, "hub.md"))

            assert found.ready.is_set()
            assert (found.folder.read - read, len(walks) - walked) == (1, 0)
            delta = found.folder.take_delta()
            assert (delta.paths, names_in(delta), delta.everything) == ({"hub.md"}, set(), False)

    run(save())


def test_a_new_heading_concerns_those_who_link_to_its_note(root: Path, tmp_path: Path) -> None:
    """What links can lead to has changed, so the names of the note are told, and only those."""

    async def add_heading() -> None:
        async with workspace(root, tmp_path) as (files, found):
            files.put_buffer(uri(root, "hub.md"), Source("# Hub\n\n## New\n"))
            vault = found.folder.current_vault()
            delta = found.folder.take_delta()
            assert names_in(delta) == {"hub"}
            assert vault.asking_for(names_in(delta)) == {"one.md", "sub/two.md"}

    run(add_heading())


def test_many_changes_are_written_in_batches(root: Path, tmp_path: Path, walks: list[str]) -> None:
    """Two hundred files that changed at once are read once each, in a few transactions, without a walk."""

    async def change_many() -> None:
        async with workspace(root, tmp_path) as (files, found):
            folder = found.folder
            paths = [f"many/{number}.md" for number in range(200)]
            for path in paths:
                write(root, path, f"[[hub]] {path}")
            read, walked = folder.read, len(walks)
            said: list[str] = []
            folder.store.connection.set_trace_callback(said.append)

            files.take_paths(found, paths)
            await files.ready(folder)

            folder.store.connection.set_trace_callback(None)
            assert (folder.read - read, len(walks) - walked) == (200, 0)
            assert sum(statement == "BEGIN IMMEDIATE" for statement in said) <= 200 / 8 + 1
            assert len(mentions(folder.current_vault(), "hub.md")) == 202

    run(change_many())


def test_a_storm_of_events_is_read_and_not_parsed(
    root: Path, tmp_path: Path, walks: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event for a file that holds what it held costs reading its bytes."""
    parses: list[str] = []

    def counted(path: str, text: str) -> Any:
        parses.append(path)
        return parse(path, text)

    async def storm() -> None:
        async with workspace(root, tmp_path) as (files, found):
            monkeypatch.setattr("notes_lsp.markdown.parse.parse", counted)
            walked = len(walks)
            for _ in range(50):
                files.take_paths(found, ["hub.md", "one.md"])
            assert found.ready.is_set()
            assert len(walks) == walked
            assert parses == []
            assert not found.folder.take_delta()

    run(storm())


def test_a_folder_that_changed_is_looked_at_by_itself(root: Path, tmp_path: Path, walks: list[str]) -> None:
    """A folder that came, went, or took another's place is walked; the rest of the vault is not."""

    async def move_folders() -> None:
        async with workspace(root, tmp_path) as (files, found):
            folder = found.folder
            walks.clear()
            (root / "sub").rename(root / "moved")
            files.take_paths(found, ["sub", "moved"])
            await files.ready(folder)
            assert mentions(folder.current_vault(), "hub.md") == ["moved/two.md", "one.md"]

            shutil.rmtree(root / "moved")
            files.take_paths(found, ["moved"])
            await files.ready(folder)
            assert mentions(folder.current_vault(), "hub.md") == ["one.md"]
            assert walks == ["moved"]

    run(move_folders())


def test_changes_that_come_while_a_scan_runs_wait_for_it(root: Path, tmp_path: Path, walks: list[str]) -> None:
    """A scan is not begun again for every folder that changes meanwhile."""

    async def change_folders() -> None:
        async with workspace(root, tmp_path) as (files, found):
            walks.clear()
            files.rescan(found)
            for number in range(20):
                write(root, f"new{number}/n.md", "[[hub]]")
                files.take_paths(found, [f"new{number}"])
                await asyncio.sleep(0)
            await files.ready(found.folder)
            assert walks.count("") == 1
            assert len(mentions(found.folder.current_vault(), "hub.md")) == 22

    run(change_folders())


# What was seen later is never overwritten by what was seen before


@pytest.mark.parametrize("workers", [False, True])
def test_a_note_written_while_it_is_read_is_read_again(
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    workers: bool,  # noqa: FBT001
) -> None:
    """A worker brings home what a note said before it was saved; what is written down is what it says now."""
    monkeypatch.setattr(scanning, "_FEW", 0 if workers else 300)
    saved: list[bool] = []

    def overtaken(wanted_root: Path, found: Any) -> bool:
        if found.path == "one.md" and not saved and not hasattr(found, "note"):
            saved.append(True)
            write(root, "one.md", "[[two]] was saved meanwhile", OLD + 5)
        return reading.is_overtaken(wanted_root, found)

    monkeypatch.setattr(scanning, "is_overtaken", overtaken)

    with closing(scanned(Folder(root, None, Config()))) as made:
        assert saved == [True]
        assert mentions(made.current_vault(), "sub/two.md") == ["one.md"]


def test_a_file_that_appears_during_a_walk_stays(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an event told of while the disk was walked is not forgotten because the walk had passed."""
    with closing(scanned(Folder(root, None, Config()))) as made:

        def missing_one(*args: Any, **options: Any) -> Walk:
            found = walk(*args, **options)
            return Walk([entry for entry in found.entries if entry.path != "one.md"])

        monkeypatch.setattr(scanning, "walk", missing_one)
        scanned(made)
        assert mentions(made.current_vault(), "hub.md") == ["one.md", "sub/two.md"]


def test_two_writes_within_one_tick_of_the_clock(root: Path) -> None:
    """A file that was written again with the same time and size is read again, told or not."""
    now = (root / "one.md").stat().st_mtime_ns
    with closing(scanned(Folder(root, None, Config()))) as made:
        write(root, "one.md", "[[two]]\n", now)
        run(scan_paths(made, Ignore(root), ["one.md"], silence))
        assert mentions(made.current_vault(), "hub.md") == ["sub/two.md"]

        (root / "one.md").write_text("[[hub]]\n", encoding="utf-8")
        just_now = (root / "one.md").stat().st_mtime_ns
        scanned(made)
        write(root, "one.md", "[[two]]\n", just_now)
        scanned(made)
        assert mentions(made.current_vault(), "hub.md") == ["sub/two.md"]


def same_time_in_place(note: Path, text: str) -> None:
    """Write a note and set its time back, as ``rsync --inplace -t`` and ``touch -r`` do."""
    before = note.stat()
    note.write_text(text, encoding="utf-8")
    os.utime(note, ns=(before.st_atime_ns, before.st_mtime_ns))


def same_time_by_another_file(note: Path, text: str) -> None:
    """Put a file of the same time and size in the place of a note, as ``rsync -t`` does."""
    before, other = note.stat(), note.with_name(".other")
    other.write_text(text, encoding="utf-8")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(note)


@pytest.mark.parametrize("do", [same_time_in_place, same_time_by_another_file])
def test_a_change_that_left_size_and_time_alone_is_seen_by_the_next_run(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, do: Callable[[Path, str], None]
) -> None:
    """Nobody can set the time of the last change of a file, whatever time of the last write it has."""
    index = tmp_path / "index.db"
    monkeypatch.setattr(reading, "_SETTLING_NS", -1)
    with closing(scanned(Folder(root, index, Config()))):
        pass
    do(root / "one.md", "[[two]]\n")
    with closing(scanned(Folder(root, index, Config()))) as made:
        assert mentions(made.current_vault(), "hub.md") == ["sub/two.md"]


def new_mode(note: Path) -> None:
    """Change who may do what with a note."""
    note.chmod(0o600)


def new_name(note: Path) -> None:
    """Give a note another name on the disk, outside the vault."""
    note.parent.with_name("kept.md").hardlink_to(note)


def copied_over(note: Path) -> None:
    """Put a copy in the place of a note, as a backup that is played back does."""
    shutil.copy2(note, note.with_name(".copy"))
    note.with_name(".copy").replace(note)


@pytest.mark.parametrize("do", [new_mode, new_name, copied_over])
def test_a_file_whose_text_is_what_it_was_is_not_parsed_again(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, do: Callable[[Path], None]
) -> None:
    """Modes, other names on the disk and copies cost a look at the bytes, once, and change nothing."""
    index = tmp_path / "index.db"
    monkeypatch.setattr(reading, "_SETTLING_NS", -1)
    with closing(scanned(Folder(root, index, Config()))):
        pass
    do(root / "one.md")
    monkeypatch.setattr(reading, "prepare_bytes", None)
    with closing(scanned(Folder(root, index, Config()))) as made:
        assert made.read == 1
        made.read = 0
        scanned(made)
        assert made.read == 0
        assert mentions(made.current_vault(), "hub.md") == ["one.md", "sub/two.md"]


def test_a_vault_without_its_folder_keeps_its_notes(on_disk: Folder, root: Path) -> None:
    """A disk that was unplugged takes its files away and not what is known of them."""
    root.rename(root.with_name("elsewhere"))
    scanned(on_disk)
    assert mentions(on_disk.current_vault(), "hub.md") == ["one.md", "sub/two.md"]

    root.with_name("elsewhere").rename(root)
    (root / "one.md").unlink()
    scanned(on_disk)
    assert mentions(on_disk.current_vault(), "hub.md") == ["sub/two.md"]


def test_a_walk_that_was_cut_short_forgets_only_what_is_gone(root: Path) -> None:
    """Beyond files.max_files nothing is seen, so nothing there is said to be missing."""
    config, problems = load("[files]\nmax_files = 1\n", None, None)
    assert problems == ()
    with closing(scanned(Folder(root, None, Config()))) as made:
        made.config = config
        (root / "one.md").unlink()
        scanned(made)
        assert mentions(made.current_vault(), "hub.md") == ["sub/two.md"]
        assert not made.vault.complete


def test_a_raised_limit_reads_what_was_too_large(root: Path) -> None:
    """A note larger than max_note_size is listed, and read once it may be."""
    small, _ = load("[files]\nmax_note_size = 8\n", None, None)
    folder = Folder(root, None, small)
    with closing(scanned(folder)) as made:
        assert mentions(made.current_vault(), "hub.md") == ["one.md"]
        made.config = Config()
        scanned(made)
        assert every_row(made.store) == every_row(fresh(root).store)


def test_when_the_workers_die_this_process_reads_on(
    root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody may kill a worker, or the system may allow no processes; the log says so once."""
    for number in range(30):
        write(root, f"{number}.md", "[[hub]]")
    monkeypatch.setattr(scanning, "_FEW", 5)
    monkeypatch.setattr(scanning, "_BATCH", 3)
    monkeypatch.setattr(scanning, "_follow_parent", os.abort)

    with closing(scanned(Folder(root, None, Config()))) as made:
        assert len(mentions(made.current_vault(), "hub.md")) == 32
    gc.collect()

    assert [record.getMessage() for record in caplog.records] == ["the worker processes died; reading on alone"]


def test_workers_find_what_one_process_finds(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the work is done makes no difference to any row."""
    for number in range(90):
        write(root, f"{number}.md", f"# {number}\n\n[[hub]] #tag\n")
    with closing(fresh(root)) as alone:
        monkeypatch.setattr(scanning, "_FEW", 5)
        with closing(fresh(root)) as together:
            assert every_row(together.store) == every_row(alone.store)


def test_a_folder_that_is_called_like_a_note(root: Path) -> None:
    """A folder ``x.md`` is a folder, and what is in it is found."""
    write(root, "x.md/y.md", "[[hub]]")
    with closing(scanned(Folder(root, None, Config()))) as made:
        assert mentions(made.current_vault(), "hub.md") == ["one.md", "sub/two.md", "x.md/y.md"]
        found = reading.read_note(root, reading.ReadRequest("x.md"), 1000)
        assert isinstance(found, reading.Unreadable)
        assert not found.gone


def test_a_name_that_is_not_utf8_is_no_note(root: Path, tmp_path: Path) -> None:
    """A buffer whose URI holds bytes that no name can have is served like any other."""

    async def open_it() -> None:
        async with workspace(root, tmp_path) as (files, found):
            odd = f"{root.as_uri()}/%FF.md"
            files.put_buffer(odd, Source("[[hub]]"))
            assert len(mentions(found.folder.current_vault(), "hub.md")) == 3
            files.drop_buffer(odd)
            assert len(mentions(found.folder.current_vault(), "hub.md")) == 2

    run(open_it())


def test_settings_are_followed(root: Path, tmp_path: Path) -> None:
    """What the vault's own configuration leaves out is gone as soon as it says so, and back when it does not."""

    async def configure() -> None:
        async with workspace(root, tmp_path) as (files, found):
            write(root, ".notes-lsp.toml", '[files]\nexclude = ["sub"]\n')
            files.take_paths(found, [".notes-lsp.toml"])
            await files.ready(found.folder)
            assert mentions(found.folder.current_vault(), "hub.md") == ["one.md"]

            (root / ".notes-lsp.toml").unlink()
            files.take_paths(found, [".notes-lsp.toml"])
            await files.ready(found.folder)
            assert mentions(found.folder.current_vault(), "hub.md") == ["one.md", "sub/two.md"]

    run(configure())


def test_a_few_files_are_looked_at_before_the_next_question(root: Path, tmp_path: Path) -> None:
    """What an editor saves is known when it asks next, however the index is locked meanwhile."""
    assert workspaces._AT_ONCE >= 1

    async def save() -> None:
        async with workspace(root, tmp_path) as (files, found):
            write(root, "one.md", "nothing", OLD + 1)
            files.disk_changed(uri(root, "one.md"))
            assert mentions(found.folder.current_vault(), "hub.md") == ["sub/two.md"]

            path = found.folder.store.path
            assert path is not None
            with closing(Folder(root, path, Config())) as other:
                other.store.connection.execute("BEGIN IMMEDIATE")
                write(root, "one.md", "[[hub]]", OLD + 2)
                files.disk_changed(uri(root, "one.md"))
                other.store.connection.execute("ROLLBACK")
                await files.ready(found.folder)
            assert mentions(found.folder.current_vault(), "hub.md") == ["one.md", "sub/two.md"]

    run(save())


def test_where_no_process_can_be_started_this_one_reads(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system may be out of processes, or forbid them."""

    def refuse(*_: Any) -> None:
        raise OSError(11, "no more processes")

    monkeypatch.setattr(scanning, "_FEW", 0)
    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor.submit", refuse)

    with closing(scanned(Folder(root, None, Config()))) as made:
        assert mentions(made.current_vault(), "hub.md") == ["one.md", "sub/two.md"]


def test_a_note_that_breaks_the_parser_breaks_nothing_else(
    root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged and keeps its name; all other notes are read."""

    def stumble(path: str, text: str) -> Any:
        if path == "one.md":
            raise RecursionError
        return parse(path, text)

    monkeypatch.setattr("notes_lsp.markdown.parse.parse", stumble)

    with closing(scanned(Folder(root, None, Config()))) as made:
        assert mentions(made.current_vault(), "hub.md") == ["sub/two.md"]
        assert made.current_vault().note("one.md") is not None
        assert made.vault.complete
    assert "one.md cannot be parsed" in caplog.text
