"""Faults: a table of what can go wrong around a server, one row a kind; afterwards every answer is right.

After each row: every server lives and raised nothing; it knows who links to the hub, where a link leads and what is
broken; no byte of a note differs from what the fault itself wrote; and the command line says the same of the hub.

What concerns one message or the end of a session is in ``tests/wire/test_framing.py``, ``test_odd_messages.py`` and
``test_leaving.py``, whole histories of changes in the laws beside the workspace, and limits of texts in
``tests/frontmatter/test_limits.py``.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from faults.stage import LINKING, NOTES, Stage, assert_well, bytes_of, staged
from notes_lsp.workspace.disk.roots import resolve_path
from speclib.wire import ResponseError, framed

pytestmark = [
    pytest.mark.wire,
    pytest.mark.timeout(180),
    pytest.mark.skipif(sys.platform == "win32", reason="faults of POSIX systems"),
]

Act = Callable[[Stage], object]


@dataclass(frozen=True)
class Fault:
    """A row: when the fault is made, and who links to the hub afterwards."""

    name: str
    served: Act | None = None
    """Made while a server has read the vault."""
    before: Act | None = None
    """Made before any server is there."""
    indexed: bool = False
    """Whether the command line has made an index before that."""
    prelude: str = ""
    """What the shell that starts the server does first."""
    environment: Mapping[str, str | None] = field(default_factory=dict)
    linking: tuple[str, ...] = LINKING
    command_line: bool = True
    """Whether the command line is asked as well."""
    only: Callable[[], bool] = lambda: True
    """Whether the fault can be made on this machine."""


def linux() -> bool:
    """Whether this is Linux."""
    return sys.platform == "linux"


def own_mounts() -> bool:
    """Whether something can be mounted here."""
    return linux() and os.geteuid() == 0 and subprocess.run(["unshare", "-m", "true"], check=False).returncode == 0


def other_users() -> bool:
    """Whether a server can be run here as some other user, with a limit of its own."""
    return linux() and os.geteuid() == 0 and bool(shutil.which("setpriv") and shutil.which("prlimit"))


# What the acts are made of


def away_and_back(stage: Stage, meanwhile: Act = lambda _: None) -> None:
    """Take the vault away, ask, and bring it back."""
    away = stage.root.with_name("away")
    stage.root.rename(away)
    stage.editor.definition("one.md")
    meanwhile(stage)
    away.rename(stage.root)


def recreated(stage: Stage) -> None:
    """Delete the vault and write it anew."""
    shutil.rmtree(stage.root)
    stage.editor.definition("one.md")
    for path, text in NOTES.items():
        stage.write(path, text)


def folder_for_note(stage: Stage) -> None:
    """Put a folder in the place of a note."""
    (stage.root / "one.md").unlink()
    (stage.root / "one.md").mkdir()


def folder_for_note_and_back(stage: Stage) -> None:
    """Put a folder in the place of a note, and the note in its place again once that was seen."""
    folder_for_note(stage)
    stage.editor.eventually(lambda: stage.editor.mentions("hub.md"), ["sub/two.md"])
    (stage.root / "one.md").rmdir()
    stage.write("one.md", NOTES["one.md"])


def stopped(stage: Stage) -> None:
    """Change notes while the server sleeps."""
    stage.editor.client.process.send_signal(signal.SIGSTOP)
    for number in range(100):
        stage.write(f"many/{number}.md", "[[one]]\n")
    (stage.root / "sub" / "two.md").unlink()
    stage.editor.client.process.send_signal(signal.SIGCONT)


def save_as_vim(stage: Stage) -> None:
    """Probe the folder, move the note to its backup, write it anew, remove the backup."""
    for _ in range(5):
        stage.write("4913", "")
        (stage.root / "4913").unlink()
        (stage.root / "one.md").rename(stage.root / "one.md~")
        stage.write("one.md", "[[hub]]\n")
        (stage.root / "one.md~").unlink()


def save_as_emacs(stage: Stage) -> None:
    """Lock by a dangling link, save automatically beside the note, and leave both there."""
    (stage.root / ".#one.md").symlink_to("user@host.123:456")
    stage.write("#one.md#", "[[hub]]\n")
    stage.write("one.md~", "[[hub]]\n")


def save_by_renaming(stage: Stage) -> None:
    """Replace a note by another file again and again, as many editors save."""
    for _ in range(200):
        stage.write("sub/.two.md.swx", "[[Hub#Rose]]\n")
        (stage.root / "sub/.two.md.swx").rename(stage.root / "sub/two.md")


def synchronised(stage: Stage) -> None:
    """Leave what programs leave that synchronise folders: temporary files, and a copy where two edits met."""
    stage.write(".syncthing.one.md.tmp", "[[hub]]\n")
    stage.write("~syncthing~one.md.tmp", "[[hub]]\n")
    stage.write(".dropbox.cache/one.md", "[[hub]]\n")
    stage.write("one (conflicted copy 2024-05-12).md", "[[hub]]\n")
    stage.write("one.sync-conflict-20240512-101010-ABCDEFG.md", "[[hub]]\n")


def storm(stage: Stage) -> None:
    """Rename notes round and round."""
    for number in range(100):
        (stage.root / "one.md").rename(stage.root / f"x{number}.md")
        (stage.root / f"x{number}.md").rename(stage.root / "one.md")


def git_at_work(stage: Stage) -> None:
    """Change branches, with the lock there that git holds meanwhile."""
    stage.write(".git/HEAD", "ref: refs/heads/main\n")
    stage.write(".git/index.lock", "")
    for text in ("none\n", "[[hub]]\n", "none\n", "[[hub]]\n"):
        (stage.root / "one.md").unlink()
        stage.write("one.md", text)
    (stage.root / ".git/index.lock").unlink()


def two_servers(stage: Stage) -> None:
    """Delete a folder under two servers and the command line."""
    stage.start().eventually(lambda: tuple(stage.editors[1].mentions("hub.md")), LINKING)
    shutil.rmtree(stage.root / "sub")
    stage.run("list")


def five_at_once(stage: Stage) -> None:
    """Start more servers and the command line, all cold."""
    for _ in range(3):
        stage.start()
    stage.run("list")


def killed_while_reading(stage: Stage) -> None:
    """Kill a server in the middle of its first reading."""
    for number in range(400):
        stage.write(f"many/{number}.md", "# Much\n\n[[one]]\n" * 20)
    victim = stage.start()
    victim.client.wait(lambda: bool(victim.client.received("$/progress")), 30)
    os.kill(victim.client.process.pid, signal.SIGKILL)
    victim.client.process.wait()
    stage.editors.clear()


def odd_names(stage: Stage) -> None:
    """Make notes of every odd name that a file system takes."""
    for name in ODD_NAMES:
        stage.write(f"odd/{name}.md", "[[one]]\n")
    (stage.root / os.fsdecode(b"caf\xe9.md")).write_text("[[one]]\n", encoding="utf-8")


ODD_NAMES = (
    "a#b",
    "50%",
    "why?",
    "a\nb",
    "tab\t",
    '"q"',
    "a|b",
    "[x]",
    "🌱",
    " .x",
    "..md",
    "e\u0301",
    "x" * 250,
    "CON",
    "-rf",
)


def edits_of_nonsense(stage: Stage) -> None:
    """Edit what is not open, beyond the end, backwards; open twice, close and save what is not open."""
    editor = stage.editor
    start, end = {"line": 9, "character": 9}, {"line": 0, "character": 0}
    editor.change("hub.md", {"range": {"start": start, "end": end}, "text": "x"})
    editor.close("hub.md")
    for _ in range(2):
        editor.open("one.md", "[[hub]]\n")
    editor.change("one.md", {"range": {"start": start, "end": end}, "text": ""}, {"text": "[[hub]]\n"})
    editor.close("one.md")
    editor.close("one.md")
    editor.client.notify("textDocument/didSave", {"textDocument": {"uri": editor.uri("none.md")}})


def odd_uris(stage: Stage) -> None:
    """Open and ask about what is no file of the vault."""
    root = stage.root.as_uri()
    for uri in ("untitled:U", "git:/a.md", "file:", "file:///", "", "::::", "/dev/zero", root, f"{root}/../x.md",
                f"{root}/%00.md", f"{root}/%ff.md", f"{root}/a.md#frag", "vscode-notebook-cell:/a#b"):  # fmt: skip
        stage.editor.open_uri(uri, "[[hub]]\n")
        stage.editor.ask("textDocument/hover", uri, 0, 3)
        stage.editor.client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})


def flood(stage: Stage) -> None:
    """Type, ask and call off a thousand times without waiting."""
    editor = stage.editor
    editor.open("new.md", "")
    at = {"textDocument": {"uri": editor.uri("new.md")}, "position": {"line": 0, "character": 0}}
    asked = []
    for number in range(1000):
        editor.change("new.md", {"text": "x" * (number % 50)})
        asked.append(editor.client.send("textDocument/completion", at))
        editor.client.cancel(asked[-1])
    for one in asked[:-1]:
        assert one._done.wait(60), "a request was not answered"
    editor.close("new.md")


def garbled(*stream: bytes) -> Act:
    """Send bytes."""
    return lambda stage: stage.editor.client.send_bytes(b"".join(stream))


def full_cache(stage: Stage) -> None:
    """Have caches on a disk that is full."""
    mounted(stage, "size=64k")


def mounted(stage: Stage, options: str) -> None:
    """Have caches on a disk of their own."""
    cache = Path(stage.environment["XDG_CACHE_HOME"])
    cache.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(cache)], check=True)
    stage.closing.callback(subprocess.run, ["umount", "-l", str(cache)], check=False)


def open_fifo(stage: Stage) -> None:
    """Open a note that is a pipe, to which nobody writes."""
    os.mkfifo(stage.root / "pipe.md")
    stage.editor.open("pipe.md", "[[one]]\n")
    stage.editor.close("pipe.md")


def a_socket(stage: Stage) -> None:
    """Make a note that is a socket."""
    with socket.socket(socket.AF_UNIX) as made:
        here = Path.cwd()
        os.chdir(stage.root)
        try:
            made.bind("socket.md")
        finally:
            os.chdir(here)


def sparse(stage: Stage) -> None:
    """Make a note of 2 GB that are not there."""
    with (stage.root / "sparse.md").open("wb") as file:
        file.truncate(2 * 1024**3)


def many(stage: Stage) -> None:
    """Make many notes at once."""
    for number in range(500):
        stage.write(f"m/{number}.md", "[[one]]\n")


def no_more_processes(number: int) -> str:
    """Run what follows as a user of whom there are so many processes and threads at most, who may read everything."""
    rights = "--clear-groups --inh-caps=-all,+dac_override --ambient-caps=-all,+dac_override"
    return f'set -- setpriv --reuid=$((100000 + $$)) {rights} prlimit --nproc={number} "$@"'


def ask_in_sql(stage: Stage) -> None:
    """Ask what takes a process of its own: it is answered, or there is an error that says why not."""
    asked = {"command": "notes.query", "arguments": [{"sql": "SELECT count(*) FROM notes"}]}
    try:
        assert stage.editor.client.request("workspace/executeCommand", asked)["rows"] == [[len(NOTES) - 1 + 500]]
    except ResponseError as error:
        assert error.code == -32602  # noqa: PT017  (either is right)
        assert "no process can be started" in error.message or "could not be answered" in error.message  # noqa: PT017


def rewrite_unseen(stage: Stage) -> None:
    """Give a note other content of the same size, and the time that it had."""
    file = stage.root / "one.md"
    before = file.stat()
    file.write_bytes(b"[[hux]]\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def full_while_running(stage: Stage) -> None:
    """Fill the disk that caches are on, and have more to keep than fits."""
    cache = Path(stage.environment["XDG_CACHE_HOME"])
    with contextlib.suppress(OSError), (cache / "filler").open("wb") as filler:
        while True:
            filler.write(b"x" * 4096)
            filler.flush()
    many(stage)


def small_cache(stage: Stage) -> None:
    """Have caches on a disk of 4 MB."""
    mounted(stage, "size=4m")


def closed_cache(stage: Stage) -> None:
    """Have caches on a disk that nobody may write to."""
    mounted(stage, "size=4m,ro")


def closed_vault(stage: Stage) -> None:
    """Forbid to write to the vault, and try to rename and to begin notes all the same."""
    subprocess.run(["mount", "--bind", str(stage.root), str(stage.root)], check=True)
    stage.closing.callback(subprocess.run, ["umount", "-l", str(stage.root)], check=False)
    subprocess.run(["mount", "-o", "remount,bind,ro", str(stage.root)], check=True)
    for verb in (("rename", "hub", "nave"), ("new", "Quite new"), ("daily",)):
        said = stage.run(*verb)
        assert (said.returncode, said.stdout) == (2, ""), verb
        assert said.stderr.startswith("notes-lsp: "), said.stderr
        assert said.stderr.count("\n") == 1, said.stderr


def killed_while_writing(stage: Stage) -> None:
    """Kill servers at several moments while they write a large index."""
    for number in range(600):
        stage.write(f"many/{number}.md", f"# Note {number}\n\n[[{number + 1}]] [[one]]\n" * 20)
    cache = Path(stage.environment["XDG_CACHE_HOME"])

    def written() -> int:
        return sum(file.stat().st_size for file in cache.rglob("index.db*"))

    for least in (1, 200_000, 1_000_000):
        victim = stage.start()
        victim.client.wait(lambda least=least: written() >= least, 30)  # type: ignore[misc]
        os.kill(victim.client.process.pid, signal.SIGKILL)
        victim.client.process.wait()
        stage.editors.clear()


def pipe_as_settings(stage: Stage) -> None:
    """Make the settings a pipe, to which nobody writes."""
    (stage.root / ".notes-lsp.toml").unlink()
    os.mkfifo(stage.root / ".notes-lsp.toml")


def set_back(stage: Stage) -> None:
    """Write a note as a clock that went back dates it."""
    stage.write("one.md", "nothing\n")
    os.utime(stage.root / "one.md", (1e9, 1e9))


def link(path: str, target: str) -> Act:
    """Make a symbolic link."""

    def act(stage: Stage) -> None:
        file = stage.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.symlink_to(target)

    return act


def note(path: str, text: str | bytes) -> Act:
    """Write a note."""
    return lambda stage: stage.write(path, text)


def index_a_folder(stage: Stage) -> None:
    """Make the index a folder."""
    index = stage.index
    index.unlink()
    index.mkdir()


ASKED = framed({"jsonrpc": "2.0", "id": 900, "method": "workspace/symbol", "params": {"query": ""}})
BODY = ASKED.partition(b"\r\n\r\n")[2]
UMLAUT = "sub/u\u0308ber.md"
BOMB = "---\na0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 30)) + "---\n"
AGAIN = ("new.md", *LINKING)

FAULTS = [
    # The index, while it is served
    Fault("index deleted", lambda stage: stage.index.unlink()),
    Fault("index folder deleted", lambda stage: shutil.rmtree(stage.index.parent)),
    Fault("index cut to one page", lambda stage: os.truncate(stage.index, 4096)),
    Fault("index cut to nothing", lambda stage: os.truncate(stage.index, 0)),
    Fault("index begins with garbage", lambda stage: stage.damage(0.0, 4096)),
    Fault("index pages are garbage", lambda stage: stage.damage(0.5)),
    Fault("index ends with garbage", lambda stage: stage.damage(0.9)),
    Fault("write-ahead log is garbage", lambda stage: Path(f"{stage.index}-wal").write_bytes(b"\xa5" * 50_000)),
    Fault("index replaced by nonsense", lambda stage: stage.index.write_bytes(b"nonsense" * 5000)),
    Fault("index replaced by a folder", index_a_folder),
    Fault("index of another version", lambda stage: stage.alter("pragma user_version = 99999")),
    Fault("index without a table", lambda stage: stage.alter("drop table links")),
    Fault("index that nobody may read", lambda stage: stage.index.chmod(0)),
    # The index, while nobody looks
    Fault("garbage in the index, offline", before=lambda stage: stage.damage(0.5), indexed=True),
    Fault("garbage at the index's end, offline", before=lambda stage: stage.damage(0.8), indexed=True),
    Fault("random bytes, offline", before=lambda stage: stage.index.write_bytes(os.urandom(9999)), indexed=True),
    Fault("empty index, offline", before=lambda stage: os.truncate(stage.index, 0), indexed=True),
    Fault("another version, offline", before=lambda stage: stage.alter("pragma user_version = 3"), indexed=True),
    Fault("index without a table, offline", before=lambda stage: stage.alter("drop table names"), indexed=True),
    Fault("index is a folder, offline", before=index_a_folder, indexed=True),
    Fault("killed while reading", before=killed_while_reading),
    # The cache
    Fault("cache is a file", before=lambda stage: stage.write("../own/xdg_cache_home", "")),
    Fault("cache that cannot be made", environment={"XDG_CACHE_HOME": "/proc/none/cache"}, only=linux),
    Fault("cache on a full disk", before=full_cache, only=own_mounts),
    Fault("cache on a disk that fills up", full_while_running, before=small_cache, only=own_mounts),
    Fault("cache that nobody may write to", before=closed_cache, only=own_mounts),
    Fault("cache on a disk that is too small", many, before=small_cache, only=own_mounts),
    Fault("vault that nobody may write to", closed_vault, only=own_mounts),
    Fault("vault that nobody may write to, offline", before=closed_vault, only=own_mounts),
    Fault("killed while writing the index", before=killed_while_writing),
    # Several at once
    Fault("folder deleted under two servers", two_servers, linking=("one.md",)),
    Fault("four servers and the command line, cold", before=five_at_once),
    # The vault and its folders
    Fault("vault away and back", away_and_back),
    Fault("vault deleted and made anew", recreated),
    Fault("note replaced by a folder", folder_for_note, linking=("sub/two.md",)),
    Fault("note replaced by a folder, and back", folder_for_note_and_back),
    Fault("folder deleted", lambda stage: shutil.rmtree(stage.root / "sub"), linking=("one.md",)),
    Fault("folder moved", lambda stage: (stage.root / "sub").rename(stage.root / "s"), linking=("one.md", "s/two.md")),
    Fault("notes written while the server sleeps", stopped, linking=("one.md",)),
    Fault("500 notes at once", many),
    # Links and special files
    Fault("link to the folder that it is in", link("sub/loop", ".")),
    Fault("link to itself", link("self.md", "self.md")),
    Fault("two links to each other", lambda stage: (link("p.md", "q.md")(stage), link("q.md", "p.md")(stage))),
    Fault("link to nothing", link("none.md", "nowhere/at/all.md")),
    Fault("hard link", lambda stage: (stage.root / "new.md").hardlink_to(stage.root / "one.md"), linking=AGAIN),
    Fault("pipe as a note", lambda stage: os.mkfifo(stage.root / "pipe.md")),
    Fault("pipe opened as a note", open_fifo),
    Fault("socket as a note", a_socket),
    Fault("link to /dev/zero as a note", link("zero.md", "/dev/zero")),
    Fault("link to /dev/zero as ignore file", link(".gitignore", "/dev/zero")),
    Fault("link to /dev/zero as settings", before=link(".notes-lsp.toml", "/dev/zero")),
    Fault("link to /dev/zero as Obsidian's settings", before=link(".obsidian/app.json", "/dev/zero")),
    Fault("link to /dev/zero as settings, while served", link(".notes-lsp.toml", "/dev/zero")),
    Fault(
        "pipe as settings",
        before=pipe_as_settings,
    ),
    Fault("note of 2 GB of nothing", sparse),
    # Names
    Fault("odd names", odd_names),
    Fault("name in another normal form", note(UMLAUT, "[[hub]]\n"), linking=(*LINKING, UMLAUT)),
    Fault("100 folders deep", note("d/" * 100 + "x.md", "[[one]]\n")),
    Fault("storm of renames", storm),
    # Times
    Fault("time of 1970", lambda stage: os.utime(stage.root / "one.md", (0, 0))),
    Fault("time of 2128", lambda stage: os.utime(stage.root / "one.md", (5e9, 5e9))),
    Fault(
        "clock set back",
        set_back,
        linking=("sub/two.md",),
    ),
    Fault("other text of the same size and time", rewrite_unseen, linking=("sub/two.md",)),
    Fault(
        "other text of the same size and time, offline",
        before=rewrite_unseen,
        indexed=True,
        linking=("sub/two.md",),
    ),
    # Programs that save
    Fault("saved as Vim does", save_as_vim),
    Fault("saved as Emacs does", save_as_emacs),
    Fault("saved by renaming, 200 times", save_by_renaming),
    Fault(
        "synchronised with conflicts",
        synchronised,
        linking=(
            "one (conflicted copy 2024-05-12).md",
            "one.md",
            "one.sync-conflict-20240512-101010-ABCDEFG.md",
            "sub/two.md",
        ),
    ),
    Fault("git at work", git_at_work),
    # Texts
    Fault("note of 5 MB", note("big.md", "[[one]]\n" + "many words\n" * 450_000)),
    Fault("10,000 tags", note("tags.md", " ".join(f"#t{number}" for number in range(10_000)))),
    Fault("10,000 brackets", note("deep.md", "[" * 10_000 + "]" * 10_000)),
    Fault("quotations in quotations", note("deep.md", ">" * 10_000 + "\n" + "- " * 5_000)),
    Fault("YAML that explodes", note("y.md", BOMB)),
    Fault("YAML 50,000 deep", note("y.md", "---\na: " + "[" * 50_000 + "\n---\n")),
    Fault("JSON 50,000 deep", note("j.md", ';;;\n{"a": ' + "[" * 50_000 + "\n;;;\n")),
    Fault("TOML 50,000 deep", note("t.md", "+++\na = " + "[" * 50_000 + "\n+++\n")),
    Fault("bytes that are no text", note("new.md", b"[[hub]] \xff\xfe\x00\x80\n"), linking=AGAIN),
    Fault("UTF-16", note("new.md", "[[hub]]\n".encode("utf-16"))),
    Fault("settings that are broken", note(".notes-lsp.toml", "[links\n")),
    # The system
    Fault("24 open files at most", prelude="ulimit -n 24", only=linux),
    Fault("600 MB of memory at most", prelude="ulimit -v 600000", only=linux),
    *(
        Fault(f"{number} processes at most", ask_in_sql, many, prelude=no_more_processes(number), only=other_users)
        for number in (2, 3, 4, 6, 8)
    ),
    Fault("files of 50 kB at most", prelude="ulimit -f 100", only=linux),
    Fault("no changes told by the system", environment={"WATCHFILES_FORCE_POLLING": "1"}),
    Fault("no language", environment={"LC_ALL": "C", "LANG": None, "PYTHONUTF8": "0"}),
    Fault("no home", environment={"HOME": None}),
    Fault("no folder for temporary files", environment={"TMPDIR": "/nowhere/at/all"}),
    Fault("no such time zone", environment={"TZ": "Nowhere/Land"}),
    Fault("current folder deleted", prelude='mkdir "$HOME.gone" && cd "$HOME.gone" && rmdir "$HOME.gone"'),
    # The client
    Fault("length too small", garbled(b"Content-Length: 3\r\n\r\n" + BODY)),
    Fault("length too large", garbled(b"Content-Length: 9999\r\n\r\n" + BODY)),
    Fault("length of 5,000 digits", garbled(b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n" + BODY)),
    Fault("negative length", garbled(b"Content-Length: -5\r\n\r\n" + BODY)),
    Fault("garbage between messages", garbled(b"garbage\r\n" * 100, b"\xff" * 1000)),
    Fault("no JSON", garbled(b"Content-Length: 5\r\n\r\nhello", b"Content-Length: 2\r\n\r\n\xff\xfe")),
    Fault("JSON 100,000 deep", garbled(b"Content-Length: 100000\r\n\r\n" + b"[" * 100_000)),
    Fault("a batch", garbled(framed([]), framed([{"jsonrpc": "2.0", "id": 1, "method": "shutdown"}]))),
    Fault("edits of nonsense", edits_of_nonsense),
    Fault("URIs of nonsense", odd_uris),
    Fault("a thousand keystrokes, all called off", flood),
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_after_a_fault_all_is_well(tmp_path: Path, fault: Fault) -> None:
    """Answers are right, nothing is lost, and nobody has to start anything again."""
    if not fault.only():
        pytest.skip("this fault cannot be made on this machine")
    with staged(resolve_path(tmp_path), fault.environment) as stage:
        if fault.indexed:
            assert stage.run("index").returncode == 0
        if fault.before:
            fault.before(stage)
        if not stage.editors:
            stage.start(fault.prelude)
        if fault.served:
            stage.editor.eventually(lambda: tuple(stage.editor.mentions("hub.md")), LINKING)
            fault.served(stage)
        texts = bytes_of(stage.root)

        assert_well(stage, fault.linking, lambda said: "Traceback" not in said)

        if fault.command_line:
            said = stage.run("backlinks", "hub.md", "--format", "path")
            assert "Traceback" not in said.stderr
            assert tuple(sorted(set(said.stdout.splitlines()))) == fault.linking, said.stderr
        assert bytes_of(stage.root) == texts


def test_the_table_is_long_and_says_nothing_twice() -> None:
    """A kind is a row."""
    names = [fault.name for fault in FAULTS]

    assert len(names) >= 60
    assert len(set(names)) == len(names)
    assert unicodedata.is_normalized("NFC", "".join(names))
