"""Ignoring: the same answers as git, our own rules, and a reason for each."""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notes_lsp.workspace.disk.ignore import Ignore
from speclib.drivers import write_notes


@pytest.fixture(autouse=True)
def _no_excludes_of_the_user(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))


def _write(root: Path, files: dict[str, str]) -> Path:
    write_notes(root, files)
    return root


@pytest.mark.parametrize(
    "relpath,is_dir,reason",
    [
        ("x.md", False, None),
        ("", True, None),
        (".hidden.md", False, "hidden"),
        (".hidden", True, "hidden"),
        (".hidden/deep/x.md", False, "hidden"),
        (".git", True, "always skipped: .git"),
        ("a/node_modules", True, "always skipped: node_modules"),
        ("a/node_modules/pkg/readme.md", False, "always skipped: node_modules"),
        ("drafts", True, ".gitignore: drafts/"),
        ("a/drafts/x.md", False, ".gitignore: drafts/"),
        ("drafts", False, None),
        ("a/x.log", False, ".gitignore: *.log"),
        ("sub/x.log", False, None),
        ("sub/tmp.md", False, "sub/.gitignore: tmp.md"),
        ("tmp.md", False, None),
        ("private/x.md", False, ".ignore: /private"),
        ("archive/2020/x.md", False, "excluded by configuration: archive/20*"),
    ],
)
def test_reasons(tmp_path: Path, relpath: str, *, is_dir: bool, reason: str | None) -> None:
    """Every path that is left out says which rule did it, and where the rule stands."""
    _write(
        tmp_path,
        {".gitignore": "drafts/\n*.log\n", ".ignore": "/private", "sub/.gitignore": "!*.log\ntmp.md"},
    )
    assert Ignore(tmp_path, ["archive/20*"]).reason(relpath, is_dir=is_dir) == reason


def test_hidden_files_can_be_wanted_but_not_the_plumbing(tmp_path: Path) -> None:
    """With hidden files included, ``.git`` and ``.obsidian`` are still nobody's notes."""
    ignore = Ignore(tmp_path, include_hidden=True)
    assert ignore.reason(".hidden/x.md", is_dir=False) is None
    assert ignore.reason(".obsidian/x.md", is_dir=False) == "always skipped: .obsidian"


def test_gitignore_can_be_disregarded_but_ignore_files_are_not_gits(tmp_path: Path) -> None:
    """``.ignore`` is what one writes to hide notes from search tools alone."""
    _write(tmp_path, {".gitignore": "a.md", ".ignore": "b.md"})
    ignore = Ignore(tmp_path, respect_gitignore=False)
    assert ignore.reason("a.md", is_dir=False) is None
    assert ignore.reason("b.md", is_dir=False) == ".ignore: b.md"


def test_the_configuration_has_the_last_word(tmp_path: Path) -> None:
    """A glob that begins with ``!`` takes back in what ``.gitignore`` leaves out."""
    _write(tmp_path, {".gitignore": "journal/\n"})
    assert Ignore(tmp_path, ["!journal/"]).reason("journal/x.md", is_dir=False) is None


def test_ignore_files_above_the_root_count_inside_a_repository(tmp_path: Path) -> None:
    """A vault in a folder of a repository obeys the repository."""
    _write(tmp_path, {".git/info/exclude": "local.md", ".gitignore": "/docs/drafts/\n", "docs/x.md": ""})
    ignore = Ignore(tmp_path / "docs")
    assert ignore.reason("drafts/x.md", is_dir=False) == f"{tmp_path / '.gitignore'}: /docs/drafts/"
    assert ignore.reason("a/drafts/x.md", is_dir=False) is None
    assert ignore.reason("a/local.md", is_dir=False) == f"{tmp_path / '.git/info/exclude'}: local.md"


def test_ignore_files_above_the_root_do_not_count_outside_of_repositories(tmp_path: Path) -> None:
    """What lies above a plain folder is none of its business."""
    _write(tmp_path, {".gitignore": "*.md", "vault/x.md": ""})
    assert Ignore(tmp_path / "vault").reason("x.md", is_dir=False) is None


@pytest.mark.parametrize("pattern", ["*", "/vault/", "vault"])
def test_a_vault_that_its_repository_leaves_out_is_still_a_vault(tmp_path: Path, pattern: str) -> None:
    """Somebody opened it: a home folder under version control that says ``*`` hides no notes."""
    _write(tmp_path, {".git/HEAD": "", ".gitignore": pattern, "vault/x.md": ""})
    assert Ignore(tmp_path / "vault").reason("x.md", is_dir=False) is None


def test_the_users_own_excludes_count_inside_a_repository_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git's default excludes file is read for repositories, and for nothing else."""
    _write(tmp_path, {"config/git/ignore": "*.bak", "repo/.git/HEAD": "", "plain/x.md": ""})
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert Ignore(tmp_path / "repo").reason("x.bak", is_dir=False) == f"{tmp_path / 'config/git/ignore'}: *.bak"
    assert Ignore(tmp_path / "plain").reason("x.bak", is_dir=False) is None


def test_a_worktree_obeys_the_excludes_of_its_repository(tmp_path: Path) -> None:
    """The ``.git`` file of a worktree leads to the one ``info/exclude`` of all worktrees."""
    _write(
        tmp_path,
        {
            "main/.git/info/exclude": "local.md",
            "main/.git/worktrees/w/commondir": "../..\n",
            "w/.git": f"gitdir: {tmp_path}/main/.git/worktrees/w\n",
        },
    )
    reason = Ignore(tmp_path / "w").reason("local.md", is_dir=False)
    assert reason is not None
    assert reason.endswith("info/exclude: local.md")


def test_an_ignore_file_is_read_again_when_told(tmp_path: Path) -> None:
    """What was read is remembered until it is forgotten, for the folder and those below, not beside it."""
    _write(tmp_path, {"a/.gitignore": "x.md", "a/b/x.md": "", "ab/.gitignore": "x.md"})
    ignore = Ignore(tmp_path)
    assert ignore.reason("a/b/x.md", is_dir=False) == "a/.gitignore: x.md"
    assert ignore.reason("ab/x.md", is_dir=False) == "ab/.gitignore: x.md"
    _write(tmp_path, {"a/.gitignore": "b/", "ab/.gitignore": ""})
    assert ignore.reason("a/b/x.md", is_dir=False) == "a/.gitignore: x.md"
    ignore.forget("a")
    assert ignore.reason("a/b/x.md", is_dir=False) == "a/.gitignore: b/"
    assert ignore.reason("ab/x.md", is_dir=False) == "ab/.gitignore: x.md"
    ignore.forget()
    assert ignore.reason("ab/x.md", is_dir=False) is None


def test_another_configuration_counts_at_once(tmp_path: Path) -> None:
    """Settings may change while others hold the same value."""
    _write(tmp_path, {".gitignore": "b.md"})
    ignore = Ignore(tmp_path, ["a.md"])
    assert ignore.reason("a.md", is_dir=False) == "excluded by configuration: a.md"
    ignore.configure([".c.md"], respect_gitignore=False, include_hidden=True)
    assert ignore.reason("a.md", is_dir=False) is None
    assert ignore.reason("b.md", is_dir=False) is None
    assert ignore.reason(".c.md", is_dir=False) == "excluded by configuration: .c.md"


def test_an_ignore_file_that_is_no_file_is_no_obstacle(tmp_path: Path) -> None:
    """A folder or a pipe of that name is passed over, and nobody waits for it."""
    (tmp_path / ".gitignore").mkdir()
    os.mkfifo(tmp_path / ".ignore")
    assert Ignore(tmp_path).reason("x.md", is_dir=False) is None


def test_odd_ignore_files_are_read_as_well_as_they_can_be(tmp_path: Path) -> None:
    """A byte order mark, line ends of Windows and bytes that are not UTF-8 do not spoil the other lines."""
    (tmp_path / ".gitignore").write_bytes(b"\xef\xbb\xbffirst.md\r\ncaf\xe9\r\nlast.md  \r\n")
    ignore = Ignore(tmp_path)
    assert ignore.reason("first.md", is_dir=False) == ".gitignore: first.md"
    assert ignore.reason("last.md", is_dir=False) == ".gitignore: last.md"


def test_a_hostile_pattern_takes_no_time(tmp_path: Path) -> None:
    """Stars before a text that is not there are answered at once, however many; the test's own limit is the judge."""
    ignore = Ignore(tmp_path, ["*a" * stars + end for stars in range(1, 61) for end in ("b", "/**/b")])
    assert ignore.reason("a" * 250, is_dir=False) is None
    assert ignore.reason("/".join(["a" * 250] * 4), is_dir=False) is None


def test_a_pattern_with_too_many_stars_is_left_out_alone(tmp_path: Path) -> None:
    """Three are not too many, nor are those at the end and in a ``**/`` that begins a pattern; a fourth is."""
    assert Ignore(tmp_path, ["**/*-*-*.md"]).reason("a/1-2-3.md", is_dir=False) is not None
    assert Ignore(tmp_path, ["*a*b*c*"]).reason("_a_b_c_", is_dir=False) is not None
    ignore = Ignore(tmp_path, ["*-*-*-*.md", "x.md"])
    assert ignore.reason("1-2-3-4.md", is_dir=False) is None
    assert ignore.reason("x.md", is_dir=False) == "excluded by configuration: x.md"


@pytest.mark.parametrize("broken", ["a\\", "\\", "!", "[z-a]", "*a*b*c*d"])
def test_a_line_that_cannot_be_read_is_left_out_alone(
    tmp_path: Path, broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The other lines of the file count, and the log tells whoever asks it."""
    _write(tmp_path, {".gitignore": f"first.md\n{broken}\nlast.md\n"})
    ignore = Ignore(tmp_path)
    with caplog.at_level(logging.DEBUG):
        assert ignore.reason("first.md", is_dir=False) == ".gitignore: first.md"
        assert ignore.reason("last.md", is_dir=False) == ".gitignore: last.md"
    assert [record.getMessage().count(repr(broken)) for record in caplog.records] == [1]
    assert {record.levelno for record in caplog.records} == {logging.DEBUG}


@pytest.mark.parametrize("broken", ["[", "[a", "[]", "[a\\", "[a-\\"])
def test_open_brackets_match_nothing(tmp_path: Path, broken: str) -> None:
    """What git takes for a broken pattern says nothing, not even of a file of that name."""
    assert Ignore(tmp_path, [broken]).reason(broken, is_dir=False) is None


def test_a_bracket_in_brackets_is_a_bracket(tmp_path: Path) -> None:
    """``[[]`` is how one writes a bracket, which Python would warn of."""
    ignore = Ignore(tmp_path, ["[[]draft] *.md", "x[a||b]"])
    assert ignore.reason("[draft] x.md", is_dir=False) is not None
    assert ignore.reason("x|", is_dir=False) is not None


@pytest.mark.parametrize(
    "lines,relpath,left_out",
    [
        (["*", "!*/", "!*.md"], "d/e/x.md", False),
        (["*", "!*/", "!*.md"], "d/e/x.txt", True),
        (["*", "!**/", "!*.md"], "d/e/x.md", False),
        (["*.md", "!d"], "d/x.md", True),
        (["d/**", "!d/e/"], "d/e/x.md", True),
        (["d/*", "!d/e/"], "d/e/x.md", False),
        (["/*", "!/d"], "d/x.md", False),
        (["old/**"], "old", False),
        (["**/old/**"], "old/old/x.md", True),
        (["[!a]"], "d/x.md", True),
    ],
)
def test_patterns_speak_of_a_path_and_not_of_what_is_below(
    tmp_path: Path, lines: list[str], relpath: str, *, left_out: bool
) -> None:
    """A folder is asked of by itself, so that lists of what is wanted work as they do in git."""
    assert (Ignore(tmp_path, lines).reason(relpath, is_dir=False) is not None) == left_out


# --- Agreement with git -----------------------------------------------------------------------------------------------

_PATHS = ["a", "b", "ab", "a-", "d/a", "d/b", "d/e/a", "d/e/ab", "d/e/f/b", "e/a", "e/d/a", "e/d/e/b", "a b", "a\\b"]
_FOLDERS = sorted({path[:at] for path in _PATHS for at, char in enumerate(path) if char == "/"})
_DIFFERS = re.compile(
    r"[^/!*]\*\*"  # `a**/b`: two stars are one by gitignore(5), but git forgets the `a` before it looks at them
    r"|\*\*\*"  # more than two stars in a row, of which the manual says nothing
    r"|/\*\*/ *$"  # `a/**/`: pathspec takes it for `a/`, git for the folders below `a`
    r"|\[[!^].*/.|/.*\[[!^]"  # `a/x[!b]y`: what is not `b` may be a slash to pathspec, so this means `a/x/y`, too
    r"|^/ *$"  # `!/`: to pathspec any folder, to git nothing; it agrees about `/`
    r"|(\*+[^*]+){4}"  # more stars than are safe to ask for
)
"""Patterns that pathspec reads in another way than git.

Not made at all here: classes such as ``[[:alpha:]]`` and escapes in brackets, which pathspec hands to Python as they
are, so that they mean a ``[`` or ``:`` or backslash; tabs at the end of a line, which git keeps; a line that ends with
an escaped space and another space, which is left out as broken.
"""
_PIECES = st.sampled_from((
    "a", "b", "ab", "d", "e", "f", "*", "**", "?", "/", "/**/", "[ab]", "[!a]",
    "[a-]", "[]a]", "[^b-z]", "\\a", "\\*", "-", " ", "\\ ",
))  # fmt: skip
_PATTERNS = st.builds(
    lambda negated, start, body, end: negated + start + "".join(body) + end,
    st.sampled_from(["", "", "!"]),
    st.sampled_from(["", "", "/", "**/"]),
    st.lists(_PIECES, min_size=1, max_size=4),
    st.sampled_from(["", "", "/", "/**", "/*", "  "]),
).filter(lambda pattern: not _DIFFERS.search(pattern.lstrip("!").removeprefix("**/")))
_FILES = st.dictionaries(
    st.sampled_from(
        [".gitignore", ".gitignore", "d/.gitignore", "d/e/.gitignore", "e/.gitignore", ".git/info/exclude"]
    ),
    st.lists(_PATTERNS, min_size=1, max_size=5),
    min_size=1,
    max_size=3,
)


@pytest.fixture(scope="module")
def repository() -> Iterator[Path]:
    """An empty repository with some files in it, none of them known to git."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    with tempfile.TemporaryDirectory() as name:
        root = Path(name).resolve()
        subprocess.run(["git", "init", "-q", "--template=", root], check=True)
        _write(root, dict.fromkeys(_PATHS, ""))
        yield root


def _ignored_by_git(root: Path, paths: list[str]) -> set[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(root / ".git"), "GIT_CONFIG_NOSYSTEM": "1"}
    answer = subprocess.run(
        ["git", "check-ignore", "--no-index", "--stdin", "-z"],
        cwd=root,
        env=environment,
        input="\0".join(paths).encode(),
        capture_output=True,
        check=False,
    )
    assert answer.returncode in {0, 1}, answer.stderr
    return set(filter(None, answer.stdout.decode().split("\0")))


@given(_FILES)
@settings(deadline=None, max_examples=150)
@example({".gitignore": ["drafts", "*", "!a", "!d/"]})
@example({".gitignore": ["*", "!*/", "!ab"]})
@example({".gitignore": ["d/**", "!d/e/"]})
@example({".gitignore": ["d"], "d/.gitignore": ["!a"]})
@example({".gitignore": ["/**/e/**/a"], ".git/info/exclude": ["b"]})
def test_git_agrees(repository: Path, files: dict[str, list[str]]) -> None:
    """For any patterns in any folder, what is left out is what git leaves out."""
    for old in repository.rglob(".gitignore"):
        old.unlink()
    (repository / ".git" / "info").mkdir(exist_ok=True)
    (repository / ".git" / "info" / "exclude").unlink(missing_ok=True)
    _write(repository, {path: "\n".join(lines) for path, lines in files.items()})
    ignore = Ignore(repository)
    ours = {path for path in _PATHS if ignore.reason(path, is_dir=False)}
    ours |= {path for path in _FOLDERS if ignore.reason(path, is_dir=True)}
    assert ours == _ignored_by_git(repository, [*_PATHS, *_FOLDERS])
