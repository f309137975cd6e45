"""The command line as a shell sees it: what is printed where, and with which exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from notes_lsp.cli.main import main
from notes_lsp.workspace.disk import read as reading


def run(*arguments: str | Path, **environment: str) -> Result:
    """Run ``notes-lsp`` in this process."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments], env=environment)


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small vault with one mistake, below an emoji."""
    # What was written this very moment is looked at again, since the clock could not tell a second write.
    monkeypatch.setattr(reading, "_SETTLING_NS", -1)
    root = tmp_path / "vault"
    (root / "sub").mkdir(parents=True)
    (root / ".notes-lsp.toml").write_text("", "utf-8")
    (root / "home.md").write_text("# Home\n\n[[tea]] and [[sub/cup]]\n", "utf-8")
    (root / "tea.md").write_text("# Tea\n", "utf-8")
    (root / "sub" / "cup.md").write_text("🌱 [[tea]] 🌱 [[mil]]\n", "utf-8")
    return root


def test_check_prints_places_and_exits_with_1(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line a finding: path, line and column in code points, severity, code, message."""
    monkeypatch.chdir(vault)

    result = run("check")

    assert result.stdout == "sub/cup.md:1:15: warning broken-link There is no note “mil”.\n"
    assert (result.stderr, result.exit_code) == ("", 1)


def test_paths_lead_to_the_files_from_where_one_stands(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a folder in the vault or round it they are relative; from anywhere else they are whole."""
    monkeypatch.chdir(vault / "sub")
    inside = run("check", vault)
    monkeypatch.chdir(vault.parent)
    above = run("check", vault)
    (vault.parent / "other").mkdir()
    monkeypatch.chdir(vault.parent / "other")
    elsewhere = run("check", vault)

    assert inside.stdout.startswith("cup.md:1:15: ")
    assert above.stdout.startswith("vault/sub/cup.md:1:15: ")
    assert elsewhere.stdout.startswith(f"{vault}/sub/cup.md:1:15: ")


def test_check_as_json(vault: Path) -> None:
    """The same as objects, with the end of the range."""
    result = run("check", vault, "--format", "json")

    assert json.loads(result.stdout) == [
        {
            "path": "sub/cup.md",
            "line": 1,
            "column": 15,
            "end": {"line": 1, "column": 18},
            "severity": "warning",
            "code": "broken-link",
            "message": "There is no note “mil”.",
        }
    ]


def test_check_of_a_part_knows_the_whole_vault(vault: Path) -> None:
    """A folder or a note is checked as what it is: a part of the vault round it."""
    whole = run("check", vault / "sub")
    clean = run("check", vault / "home.md")

    assert whole.stdout.count("\n") == 1
    assert (clean.stdout, clean.exit_code) == ("", 0)


def test_check_tells_of_mistakes_in_the_settings(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong value in the vault's own file is a finding in that file, and spoils nothing else."""
    monkeypatch.chdir(vault)
    (vault / ".notes-lsp.toml").write_text('[diagnostics]\nbroken-link = "hint"\nbroken-anchor = 3\n', "utf-8")

    lines = run("check", vault).stdout.splitlines()

    assert lines[0].startswith(".notes-lsp.toml:3:17: warning config ")
    assert lines[1].startswith("sub/cup.md:1:15: hint broken-link ")


@pytest.mark.parametrize("verb", ["check", "index", "doctor"])
def test_what_is_not_there_is_said_clearly(verb: str, tmp_path: Path) -> None:
    """Exit code 2, one line on the standard error stream, nothing on standard output."""
    result = run(verb, tmp_path / "nowhere")

    assert (result.stdout, result.exit_code) == ("", 2)
    assert result.stderr == f"notes-lsp: {tmp_path / 'nowhere'}: no such file or folder\n"


def test_the_vault_comes_from_where_one_stands(vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``--vault`` goes before the vault round the current folder, which goes before the environment."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "note.md").write_text("[[gone]]\n", "utf-8")
    monkeypatch.chdir(vault / "sub")

    named = run("check", "--vault", other, NOTES_LSP_VAULT=str(vault))
    around = run("check", NOTES_LSP_VAULT=str(other))
    monkeypatch.chdir(other)
    fallback = run("check", NOTES_LSP_VAULT=str(vault))

    assert named.stdout.startswith(f"{other}/note.md:")
    assert around.stdout.startswith("cup.md:")
    assert fallback.stdout.startswith(f"{vault}/sub/cup.md:")


def test_no_vault_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what can be done."""
    monkeypatch.chdir(tmp_path)

    result = run("check", NOTES_LSP_VAULT="")

    assert result.exit_code == 2
    assert "--vault" in result.stderr
    assert "NOTES_LSP_VAULT" in result.stderr


def test_index_counts(vault: Path) -> None:
    """Cold, everything is read; warm, nothing is; after a change, one note."""
    cold = json.loads(run("index", vault, "--format", "json").stdout)
    warm = json.loads(run("index", vault, "--format", "json").stdout)
    (vault / "tea.md").write_text("# Tea\n\n[[home]]\n", "utf-8")
    (vault / "home.md").unlink()
    changed = json.loads(run("index", vault, "--format", "json").stdout)

    assert [(each["notes"], each["links"], each["read"], each["removed"]) for each in (cold, warm, changed)] == [
        (3, 4, 3, 0),
        (3, 4, 0, 0),
        (2, 3, 1, 1),
    ]


def test_doctor_says_what_the_server_would_see(vault: Path) -> None:
    """Root and marker, files, what is ignored and why, the index, versions."""
    (vault / ".gitignore").write_text("drafts/\n", "utf-8")
    (vault / "drafts").mkdir()
    (vault / "drafts" / "x.md").write_text("", "utf-8")

    report = json.loads(run("doctor", vault / "sub", "--format", "json").stdout)

    assert (report["root"], report["marker"], report["notes"]) == (str(vault), ".notes-lsp.toml", 3)
    assert {"path": "drafts", "reason": ".gitignore: drafts/"} in report["ignored"]
    assert report["full_text"] is True
    assert "pygls" in report["versions"]
    assert str(vault) in run("doctor", vault).stdout
