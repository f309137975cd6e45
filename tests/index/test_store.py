"""Store: an index opens whatever was done to its file, writes all or nothing, and sees when the ground is taken."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from indexing import change_of
from notes_lsp.index.store import damage, schema
from notes_lsp.index.store import open as opening
from notes_lsp.index.store.changes import Deleted, Discovered
from notes_lsp.index.store.damage import BrokenIndexError, NoFullTextError, is_broken, is_busy, is_unwritable
from notes_lsp.index.store.store import Store, library, note_id


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where an index may be made."""
    return tmp_path / "cache" / "vault" / "index.db"


@pytest.fixture
def index(path: Path) -> Iterator[Store]:
    """An index that knows one note."""
    with closing(filled(path)) as made:
        yield made


def filled(path: Path | None) -> Store:
    """An index with a note in it."""
    made = Store(path)
    made.apply([change_of("a.md", "# A\n\n[[b]]\n")])
    return made


def files(path: Path) -> list[Path]:
    """The files of an index."""
    return [path, path.with_name("index.db-wal"), path.with_name("index.db-shm")]


def test_an_id_is_a_hash_of_the_path() -> None:
    """Every process gives a note the same positive 63-bit number, in every version of this program."""
    assert note_id("a.md") == 5472732422703783274
    assert note_id("a.md") != note_id("A.md")
    assert all(0 <= note_id(f"{number}.md") < 2**63 for number in range(100))


def test_an_index_is_kept(path: Path) -> None:
    """What was written is there when the file is opened again."""
    filled(path).close()

    with closing(Store(path)) as again:
        assert list(again.known()) == ["a.md"]


@pytest.mark.parametrize("version", [0, schema.VERSION - 1, schema.VERSION + 1])
def test_an_index_of_another_version_is_begun_anew(path: Path, version: int, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody is asked: the log says so, and the notes are read again."""
    filled(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")

    with closing(Store(path)) as again:
        assert again.path == path
        assert again.known() == {}
        assert again.connection.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)
    assert f"it is of version {version}" in caplog.text


def empty_it(path: Path) -> None:
    """Leave a file of no bytes."""
    path.write_bytes(b"")


def cut_it(path: Path) -> None:
    """Cut the file in its middle."""
    os.truncate(path, path.stat().st_size // 2)


def scribble_over_it(path: Path) -> None:
    """Write nonsense over all of it."""
    path.write_bytes(b"nonsense " * 10_000)


def scribble_behind_its_head(path: Path) -> None:
    """Write nonsense over all but its first page."""
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))


def drop_a_table(path: Path) -> None:
    """Take a table out of it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE notes")


def put_a_folder_there(path: Path) -> None:
    """Replace it by a folder, which is more than can be mended."""
    path.unlink()
    (path / "x").mkdir(parents=True)


DAMAGES = [empty_it, cut_it, scribble_over_it, scribble_behind_its_head, drop_a_table, put_a_folder_there]


@pytest.mark.parametrize("do_damage", DAMAGES)
def test_a_damaged_index_opens_all_the_same(path: Path, do_damage: Callable[[Path], None]) -> None:
    """Whatever happened to the file while nobody looked, there is an index to be filled, on disk or in memory."""
    filled(path).close()
    do_damage(path)

    with closing(Store(path)) as again:
        again.apply([change_of("b.md", "text")])
        assert "b.md" in again.known()
        assert again.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_nonsense_in_the_log_is_passed_over(path: Path) -> None:
    """A write-ahead log that is not one is thrown away; what was folded in before is there."""
    filled(path).close()
    for beside in files(path)[1:]:
        beside.write_bytes(b"nonsense" * 5000)

    with closing(Store(path)) as again:
        assert list(again.known()) == ["a.md"]


def test_where_nothing_can_be_written_the_index_is_in_memory(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A cache folder that cannot be made costs a warning and a cold start, no more."""
    (tmp_path / "cache").write_text("in the way", encoding="utf-8")

    with closing(filled(tmp_path / "cache" / "index.db")) as made:
        assert made.path is None
        assert list(made.known()) == ["a.md"]
        made.check()
    assert "working in memory" in caplog.text


def test_a_full_disk_changes_nothing_and_says_so(index: Store) -> None:
    """Of a chunk that does not fit nothing is written, and what was there can still be asked for."""
    pages = index.connection.execute("PRAGMA page_count").fetchone()[0]
    index.connection.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(sqlite3.OperationalError, match="full") as caught:
        index.apply([change_of(f"{number}.md", "word " * 5000) for number in range(20)])

    assert is_unwritable(caught.value)
    assert not is_broken(caught.value)
    assert list(index.known()) == ["a.md"]


def test_two_processes_take_turns(index: Store, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another process writes, writing fails in a way that says to try again; then it works."""
    monkeypatch.setattr(opening, "_BUSY_SECONDS", 0.01)
    with closing(Store(path)) as other:
        other.connection.execute("BEGIN IMMEDIATE")
        third = Store(path)
        with pytest.raises(sqlite3.OperationalError) as caught:
            third.apply([Deleted("a.md")])
        assert is_busy(caught.value)
        assert list(index.known()) == ["a.md"]
        other.connection.execute("ROLLBACK")

        index.apply([change_of("b.md", "")])
        assert set(other.known()) == {"a.md", "b.md"}
        third.close()


def test_an_index_that_is_kept_locked_is_left_alone(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever locks the file for good still owns it: this process works in memory, and removes nothing."""
    filled(path).close()
    monkeypatch.setattr(opening, "_OPEN_SECONDS", 0.05)
    monkeypatch.setattr(opening, "_BUSY_SECONDS", 0.01)
    with closing(sqlite3.connect(path, isolation_level=None)) as owner:
        owner.execute("PRAGMA locking_mode = EXCLUSIVE")
        owner.execute("BEGIN IMMEDIATE")
        with closing(Store(path)) as made:
            assert made.path is None
        assert owner.execute("SELECT path FROM notes").fetchall() == [("a.md",)]
    assert "locked" in caplog.text


def test_a_held_index_stands_still(index: Store, path: Path) -> None:
    """Between hold and release every question is answered from one moment, whatever others write."""
    question = "SELECT count(*) FROM all_notes"
    with closing(Store(path)) as other:
        index.begin_read()
        before = index.connection.execute(question).fetchone()
        other.apply([change_of("b.md", "")])
        assert index.connection.execute(question).fetchone() == before == (1,)
        index.end_read()
        assert index.connection.execute(question).fetchone() == (2,)


def take_away(path: Path) -> None:
    """Remove the file."""
    path.unlink()


def take_away_the_log(path: Path) -> None:
    """Remove the write-ahead log."""
    files(path)[1].unlink()


def take_away_the_folder(path: Path) -> None:
    """Remove the folder with all that is in it."""
    shutil.rmtree(path.parent)


def replace_it(path: Path) -> None:
    """Put another file in its place."""
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    other.replace(path)


@pytest.mark.parametrize(
    "do_damage, replaced",
    [
        (take_away, True),
        (take_away_the_folder, True),
        (replace_it, True),
        (take_away_the_log, False),
        (empty_it, False),
        (cut_it, False),
        (scribble_over_it, False),
    ],
)
def test_damage_under_an_open_index_is_seen(
    index: Store,
    path: Path,
    do_damage: Callable[[Path], None],
    replaced: bool,  # noqa: FBT001
) -> None:
    """Before a question is answered, the files are looked at; what is now at the path may be another's sound index."""
    index.check()
    index.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    index.check()

    do_damage(path)

    with pytest.raises(BrokenIndexError) as caught:
        index.check()
    assert caught.value.replaced is replaced
    assert is_broken(caught.value)


def test_the_last_of_several_changes_counts() -> None:
    """A chunk may hold a path twice; what was seen last is what is written."""
    with closing(Store(None)) as made:
        made.apply([change_of("a.md", "one"), Deleted("a.md"), change_of("b.md", "x"), change_of("b.md", "# two")])

        assert list(made.known()) == ["b.md"]
        assert made.connection.execute("SELECT title FROM notes").fetchall() == [("two",)]


def test_a_note_that_becomes_a_file_loses_its_facts(index: Store) -> None:
    """A change of what counts as a note leaves nothing of the note behind, and the other way round."""
    index.apply([Discovered("a.md", 2, 3, note=False)])
    assert index.connection.execute("SELECT count(*) FROM links").fetchone() == (0,)
    assert index.connection.execute("SELECT count(*) FROM texts").fetchone() == (0,)

    index.apply([Discovered("a.md", 2, 3, note=True)])
    known = index.known_one("a.md")
    assert known is not None
    assert (known.note, known.digest) == (True, None)


def test_what_is_listed_again_keeps_its_facts(index: Store) -> None:
    """A note that was read stays read until it is read anew."""
    index.apply([Discovered("a.md", 99, 99, note=True)])

    known = index.known_one("a.md")
    assert known is not None
    assert known.digest is not None
    assert known.mtime_ns == 1


def test_what_is_below_a_folder(index: Store) -> None:
    """A folder's name may begin another's; only what stands behind its slash is below it."""
    index.apply([change_of(path, "") for path in ("f/a.md", "f/g/b.md", "f.md", "f-g/c.md", "f0.md")])

    assert set(index.known_at("f")) == {"f/a.md", "f/g/b.md"}
    assert set(index.known_at("f.md")) == {"f.md"}
    assert index.known_at("g") == {}


def test_without_full_text_the_error_says_what_to_do(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An SQLite without FTS5 cannot be worked round, so its owner is told."""
    monkeypatch.setattr(schema, "has_full_text", lambda _: False)

    with pytest.raises(NoFullTextError, match=f"FTS5.*{sqlite3.sqlite_version}.*Install a Python"):
        Store(path)
    assert library() == (sqlite3.sqlite_version, False)


@pytest.mark.parametrize(
    "code, means",
    [
        (sqlite3.SQLITE_BUSY, is_busy),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, is_busy),
        (sqlite3.SQLITE_LOCKED, is_busy),
        (sqlite3.SQLITE_FULL, is_unwritable),
        (sqlite3.SQLITE_READONLY, is_unwritable),
        (sqlite3.SQLITE_READONLY_DBMOVED, is_broken),
        (sqlite3.SQLITE_CORRUPT, is_broken),
        (sqlite3.SQLITE_NOTADB, is_broken),
        (sqlite3.SQLITE_IOERR_READ, is_broken),
        (sqlite3.SQLITE_CANTOPEN, is_broken),
        (sqlite3.SQLITE_ERROR, None),
    ],
)
def test_what_an_error_means(code: int, means: Callable[[BaseException], bool] | None) -> None:
    """Each of SQLite's codes calls for one thing: trying again, working in memory, making anew, or telling us."""
    error = sqlite3.OperationalError("what SQLite says may be translated")
    error.sqlite_errorcode = code

    assert [check for check in (is_busy, is_unwritable, is_broken) if check(error)] == ([means] if means else [])


def test_our_own_mistakes_mend_nothing() -> None:
    """A bug is no damage: the index stays."""
    for error in (ValueError("x"), sqlite3.ProgrammingError("x"), sqlite3.IntegrityError("x")):
        assert not any(check(error) for check in (is_busy, is_unwritable, is_broken))
    assert damage.is_broken(sqlite3.OperationalError("no such table: notes"))


@pytest.fixture(autouse=True)
def _hear_everything(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
