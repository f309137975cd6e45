"""Roots: markers found upwards, paths claimed by the right vault, and URIs that survive every editor's spelling."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notes_lsp.workspace.disk.roots import (
    Root,
    find_root,
    locate,
    make_vault,
    path_to_uri,
    posix_path,
    pure_path_to_uri,
    resolve_path,
    root_at,
    unmarked_root,
    uri_to_path,
    windows_path,
)

_NAMES = st.text(
    st.characters(codec="utf-8", exclude_characters="/\0") | st.sampled_from("#?% é🗂\u2028\\:()+&"),
    min_size=1,
    max_size=8,
).filter(lambda name: name not in {".", ".."})


def _vault(folder: Path, marker: str) -> Path:
    (folder / marker).mkdir(parents=True)
    return folder


@pytest.mark.parametrize("marker", [".notes-lsp.toml", ".obsidian", ".zk", ".marksman.toml", ".git"])
def test_every_marker_makes_a_root_for_the_notes_below_it(tmp_path: Path, marker: str) -> None:
    """A marker counts from any depth, whether it is a file or a folder, and whether the note exists or not."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / marker).touch()
    assert find_root(tmp_path / "a" / "b" / "new.md") == Root(resolve_path(tmp_path), marker)
    assert find_root(tmp_path) == Root(resolve_path(tmp_path), marker)


def test_the_nearest_folder_wins_whatever_its_marker(tmp_path: Path) -> None:
    """A repository inside a vault is a root of its own, and so is a vault inside a repository."""
    _vault(tmp_path / "outer", ".obsidian")
    inner = _vault(tmp_path / "outer" / "inner", ".git")
    innermost = _vault(inner / "innermost", ".zk")
    assert find_root(inner / "x.md") == Root(resolve_path(inner), ".git")
    assert find_root(innermost / "x.md") == Root(resolve_path(innermost), ".zk")


def test_a_folder_with_several_markers_is_named_by_the_most_telling(tmp_path: Path) -> None:
    """A notes marker names a folder that is also a repository."""
    _vault(tmp_path, ".git")
    _vault(tmp_path, ".zk")
    assert find_root(tmp_path / "x.md") == Root(resolve_path(tmp_path), ".zk")


def test_a_note_reached_through_a_link_belongs_to_the_vault_it_lies_in(tmp_path: Path) -> None:
    """A link on the desktop leads to the vault of its target when nothing near the link is marked."""
    vault = _vault(tmp_path / "vault", ".zk")
    (vault / "todo.md").touch()
    (tmp_path / "desktop").mkdir()
    (tmp_path / "desktop" / "todo.md").symlink_to(vault / "todo.md")
    assert find_root(tmp_path / "desktop" / "todo.md") == Root(resolve_path(vault), ".zk")


def test_a_chosen_folder_is_a_root_without_a_marker(tmp_path: Path) -> None:
    """A folder somebody opened needs no marker."""
    assert root_at(tmp_path) == Root(resolve_path(tmp_path), None)


def test_without_a_marker_the_folder_of_a_note_is_its_root(tmp_path: Path) -> None:
    """So is the highest folder above it that is reached through folders with notes."""
    (tmp_path / "a" / "b" / "c").mkdir(parents=True)
    assert unmarked_root(tmp_path / "a" / "b" / "c" / "x.md") == Root(resolve_path(tmp_path) / "a" / "b" / "c", None)

    (tmp_path / "a" / "b" / "README.MD").touch()
    (tmp_path / "a" / "y.md").touch()
    assert unmarked_root(tmp_path / "a" / "b" / "c" / "x.md") == Root(resolve_path(tmp_path) / "a", None)


@pytest.mark.parametrize("folder", ["", "..", "../..", "link"])
def test_nobody_means_all_of_a_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    """Neither a home folder nor one above it is a root because of a note in it, nor because of one below it."""
    home = tmp_path / "homes" / "me"
    (home / "notes").mkdir(parents=True)
    (home / "link").symlink_to(home)
    monkeypatch.setenv("HOME", str(home))
    (home / folder / "todo.md").touch()

    assert unmarked_root(home / folder / "todo.md") is None
    assert unmarked_root(home / "notes" / "x.md") == Root(resolve_path(home) / "notes", None)


@pytest.mark.parametrize("note", ["todo.md", "Documents/todo.md", "Documents/a/b/todo.md", "link/Documents/todo.md"])
@pytest.mark.parametrize("folder", ["", ".."])
def test_a_repository_of_settings_makes_no_vault_of_a_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, note: str
) -> None:
    """A ``.git`` in a home folder or above it is no marker, while one below it is, and so is a marker of notes."""
    home = tmp_path / "homes" / "me"
    (home / "Documents").mkdir(parents=True)
    (home / "link").symlink_to(home)
    (home / folder / ".git").mkdir()
    monkeypatch.setenv("HOME", str(home))
    found = find_root((home / note).parent)
    assert found is None or not resolve_path(home).is_relative_to(found.path)

    (home / "Documents" / ".git").mkdir()
    assert find_root(home / "Documents" / "a") == Root(resolve_path(home) / "Documents", ".git")
    (home / folder / ".notes-lsp.toml").touch()
    assert find_root(home / "pictures") == Root(resolve_path(home / folder), ".notes-lsp.toml")


def test_nobody_means_all_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor the top of the disk."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert unmarked_root(tmp_path / "x.md") is None
    assert unmarked_root(Path("/x.md")) is None


def test_a_folder_is_marked_once(tmp_path: Path) -> None:
    """What the marker says already stays."""
    assert make_vault(tmp_path) == Root(resolve_path(tmp_path), ".notes-lsp.toml")
    (tmp_path / ".notes-lsp.toml").write_text("[completion]\n", encoding="utf-8")
    make_vault(tmp_path)
    assert (tmp_path / ".notes-lsp.toml").read_text("utf-8") == "[completion]\n"


def test_a_root_does_not_claim_its_namesakes(tmp_path: Path) -> None:
    """Paths are compared part by part."""
    roots = [root_at(tmp_path / "notes")]
    assert locate(roots, tmp_path / "notes-old" / "x.md") is None
    assert locate(roots, tmp_path / "notes" / "x.md") == (roots[0], "x.md")
    assert locate(roots, tmp_path / "notes" / ".." / "x.md") is None


@pytest.mark.parametrize("innermost_first", [True, False])
def test_the_innermost_root_claims_a_path(tmp_path: Path, *, innermost_first: bool) -> None:
    """Nested roots are asked from the inside out, however they are listed."""
    outer, inner = root_at(tmp_path / "a"), root_at(tmp_path / "a" / "b")
    roots = [inner, outer] if innermost_first else [outer, inner]
    assert locate(roots, tmp_path / "a" / "b" / "c" / "x.md") == (inner, "c/x.md")
    assert locate(roots, tmp_path / "a" / "x.md") == (outer, "x.md")
    assert locate(roots, tmp_path / "a") == (outer, "")


def test_a_root_is_known_by_every_spelling(tmp_path: Path) -> None:
    """A client may open the vault through a link, and notes in it may be links that lead out."""
    vault = tmp_path / "real" / "vault"
    vault.mkdir(parents=True)
    (tmp_path / "elsewhere.md").touch()
    (vault / "linked.md").symlink_to(tmp_path / "elsewhere.md")
    (tmp_path / "short").symlink_to(vault)
    root = root_at(tmp_path / "short")
    assert root.path == resolve_path(vault)
    assert locate([root], tmp_path / "short" / "sub" / "new.md") == (root, "sub/new.md")
    assert locate([root], tmp_path / "short" / "linked.md") == (root, "linked.md")
    assert locate([root], vault / "linked.md") == (root, "linked.md")
    assert locate([root], tmp_path / "elsewhere.md") is None


def test_a_link_from_outside_is_located_where_it_leads(tmp_path: Path) -> None:
    """A file opened through a link outside of every root is the note that it leads to."""
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "x.md").touch()
    (tmp_path / "link.md").symlink_to(tmp_path / "vault" / "x.md")
    root = root_at(tmp_path / "vault")
    assert locate([root], tmp_path / "link.md") == (root, "x.md")


def test_links_in_a_circle_end_quietly(tmp_path: Path) -> None:
    """A link to itself is nobody's note, and no exception."""
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert locate([root_at(tmp_path / "vault")], tmp_path / "loop" / "x.md") is None


@pytest.mark.parametrize(
    "uri,path",
    [
        ("file:///notes/a%20b.md", "/notes/a b.md"),
        ("file:///notes/a b.md", "/notes/a b.md"),
        ("file:///notes/c%23%3F.md", "/notes/c#?.md"),
        ("file:///notes/100%25.md", "/notes/100%.md"),
        ("file:///notes/%2523.md", "/notes/%23.md"),
        ("file:///notes/100%.md", "/notes/100%.md"),
        ("file:///notes/%F0%9F%97%82%EF%B8%8F%20hub.md", "/notes/🗂️ hub.md"),
        ("file:///notes/🗂️ hub.md", "/notes/🗂️ hub.md"),
        ("file:///notes/%28draft%29.md", "/notes/(draft).md"),
        ("file:///notes/(draft).md", "/notes/(draft).md"),
        ("file:///notes/x.md#L3", "/notes/x.md"),
        ("file:///notes/caf%E9.md", "/notes/caf\udce9.md"),
        ("FILE:///notes/x.md", "/notes/x.md"),
        ("file:/notes/x.md", "/notes/x.md"),
        ("file://localhost/notes/x.md", "/notes/x.md"),
        ("file://server/share/x.md", "//server/share/x.md"),
        ("file:///", "/"),
    ],
)
def test_file_uris_on_posix(uri: str, path: str) -> None:
    """Encoded or not, a file URI is one path; a fragment is no part of it; a raw percent sign is itself."""
    assert posix_path(uri) == PurePosixPath(path)


@pytest.mark.parametrize(
    "uri,path",
    [
        ("file:///e%3A/notes/x.md", "E:/notes/x.md"),
        ("file:///e%3a/notes/x.md", "E:/notes/x.md"),
        ("file:///E:/notes/x.md", "E:/notes/x.md"),
        ("file:///e:/notes/x.md", "E:/notes/x.md"),
        ("file:///e:", "E:/"),
        ("file:e:/notes/x.md", "E:/notes/x.md"),
        ("file:///e:/a%20b%23.md", "E:/a b#.md"),
        ("file:///e:%5Cnotes%5Cx.md", "E:/notes/x.md"),
        ("file://server/share/x.md", "//server/share/x.md"),
        ("file:////server/share/x.md", "//server/share/x.md"),
    ],
)
def test_file_uris_on_windows(uri: str, path: str) -> None:
    """Drives in any case and encoding, and shares, are the paths they mean."""
    found = windows_path(uri)
    assert found == PureWindowsPath(path)
    assert str(found) == str(PureWindowsPath(path))


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "untitled:Untitled-1",
        "http://example.org/x.md",
        "zipfile:///a.zip::x.md",
        "file:",
        "file://",
        "file:x.md",
        "file://server",
        "file://[/x",
        "file:///a%00b",
        "/notes/x.md",
        "file\ud800:///x",
        "::::",
    ],
)
def test_what_is_no_file_is_no_path(uri: str) -> None:
    """Other schemes and nonsense are nobody's path, and no exception."""
    assert posix_path(uri) is None


@given(st.text())
@example("file://[::1]/x")
@example("file:///%ED%B2%80\ud800")
def test_reading_a_uri_is_total(text: str) -> None:
    """Whatever a client sends, the answer is an absolute path or nothing."""
    for uri in (text, "file:" + text, "file://" + text, "file:///" + text):
        path = uri_to_path(uri)
        assert path is None or path.is_absolute()
        windows = windows_path(uri)
        assert windows is None or windows.root or windows.drive


@given(st.lists(_NAMES, max_size=5))
@example(["notes", "100%25.md"])
@example(["caf\udce9.md"])
def test_a_path_survives_its_uri(names: list[str]) -> None:
    """A path written as a URI reads back as the same path."""
    path = Path("/", *names)
    uri = path_to_uri(path)
    assert uri.isascii()
    assert uri_to_path(uri) == path


@given(st.sampled_from(["C:/", "e:/", "//server/share/"]), st.lists(_NAMES, max_size=5))
def test_a_windows_path_survives_its_uri(anchor: str, names: list[str]) -> None:
    """Drives and shares written as URIs read back as the same path."""
    plain = [name.replace("\\", "-").replace(":", "-") for name in names]
    path = PureWindowsPath(anchor, *plain)
    assert windows_path(pure_path_to_uri(path)) == path


def test_uris_are_spelled_as_vs_code_spells_them() -> None:
    """Clients that compare URIs as text see the spelling that the most common of them uses."""
    assert pure_path_to_uri(PurePosixPath("/n/a b(c)#é.md")) == "file:///n/a%20b%28c%29%23%C3%A9.md"
    assert pure_path_to_uri(PureWindowsPath("C:/n/x.md")) == "file:///c%3A/n/x.md"
    assert pure_path_to_uri(PureWindowsPath("//server/share/x.md")) == "file://server/share/x.md"


def test_a_name_that_cannot_be_encoded_is_no_exception() -> None:
    """A lone surrogate is no name on disk; it still gets some URI."""
    assert path_to_uri(Path("/a\ud800")).startswith("file:///a")
