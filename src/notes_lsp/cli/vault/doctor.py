"""doctor: what the server would see here, for whoever wonders why it does what it does."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from notes_lsp import __version__
from notes_lsp.cli.shell.output import CLEAN, FOUND, exit_code_command, facts_option, show_facts, vault_option
from notes_lsp.cli.shell.vaults import find_vault
from notes_lsp.index.store.store import library
from notes_lsp.text.source import escape_control
from notes_lsp.workspace.config.dialects import read_dialects
from notes_lsp.workspace.config.settings import (
    CONFIG_NAME,
    ignore_of,
    index_path,
    profile_evidence,
    read_config,
    user_config,
)
from notes_lsp.workspace.disk.walk import walk
from notes_lsp.workspace.writing.journal import UNFINISHED, is_unfinished

_LIBRARIES = ("pygls", "lsprotocol", "markdown-it-py", "python-frontmatter", "rapidfuzz", "watchfiles", "pathspec")
_MAX_SHOWN = 20


@click.command()
@click.argument("about", metavar="[PATH]", required=False, type=click.Path(path_type=Path))
@vault_option
@facts_option
@exit_code_command
def doctor(about: Path | None, vault: Path | None, format_: str) -> int:
    """Say what the server would see here: root, settings, files, what is ignored and why, index, versions.

    Exits with 1 where something needs mending, else with 0.
    """
    root = find_vault(vault, about)
    config, problems, _ = read_config(root.path, None)
    ignore = ignore_of(root.path, config)
    found = walk(root.path, ignore, config.files.extensions, config.files.max_files)
    notes = sum(1 for entry in found.entries if entry.note)
    path = index_path(root.path)
    sqlite_version, full_text = library()
    report: dict[str, Any] = {
        "root": str(root.path),
        "marker": root.marker,
        "config": {
            "vault": str(root.path / CONFIG_NAME) if (root.path / CONFIG_NAME).is_file() else None,
            "user": str(user_config()) if user_config().is_file() else None,
            "problems": [f"{problem.layer}: {problem.key}: {problem.message}" for problem in problems],
        },
        "dialects": [
            {"name": seen.dialect.name, "title": seen.dialect.title, "because": seen.evidence}
            for seen in read_dialects(root.path).seen
        ],
        "profile": {"name": config.links.profile.value, "because": profile_evidence(root.path)},
        "notes": notes,
        "files": len(found.entries) - notes,
        "truncated": found.truncated,
        "ignored": [{"path": skipped.path, "reason": skipped.reason} for skipped in found.skipped],
        "ignored_total": found.counts.total(),
        "index": {"path": str(path), "bytes": path.stat().st_size if path.is_file() else None},
        "sqlite": sqlite_version,
        "full_text": full_text,
        "versions": {"notes-lsp": __version__, "python": platform.python_version()}
        | {name: version(name) for name in _LIBRARIES},
    }
    if is_unfinished(path):
        print(f"notes-lsp: {UNFINISHED}", file=sys.stderr)
    if format_ == "line":
        _print(report)
    else:
        show_facts(report, format_, root.path)
    return FOUND if problems or not full_text or found.truncated or is_unfinished(path) else CLEAN


def _print(report: dict[str, Any]) -> None:
    print(f"root      {escape_control(report['root'])} ({report['marker'] or 'no marker, named by hand'})")
    config = report["config"]
    print(f"config    {config['vault'] or 'none in the vault'}; {config['user'] or 'none of your own'}")
    for problem in config["problems"]:
        print(f"          ! {escape_control(problem)}")
    for seen in report["dialects"]:
        print(f"dialect   {seen['title']} ({escape_control(seen['because'])} is there)")
    print(f"profile   {report['profile']['name']} ({report['profile']['because']})")
    print(f"files     {report['notes']} notes, {report['files']} others")
    if report["truncated"]:
        print("          ! the walk stopped at files.max_files; what lies beyond is not seen")
    print(f"ignored   {report['ignored_total']}")
    for skipped in report["ignored"][:_MAX_SHOWN]:
        print(f"          {escape_control(skipped['path'])}: {skipped['reason']}")
    if report["ignored_total"] > _MAX_SHOWN:
        print("          …")
    size = report["index"]["bytes"]
    print(f"index     {report['index']['path']} ({'not made yet' if size is None else f'{size / 1e6:.1f} MB'})")
    print(f"sqlite    {report['sqlite']}, {'with' if report['full_text'] else 'WITHOUT'} full text (FTS5)")
    print("versions  " + ", ".join(f"{name} {number}" for name, number in report["versions"].items()))
