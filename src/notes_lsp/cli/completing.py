"""Completing: the notes and tags that a shell offers while a command is being typed, from the index as it was left."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click
from click.shell_completion import CompletionItem

_MOST = 1_000
# What bash would take for something else, were it inserted as it is.
_SPECIAL = re.compile(r"([\s\\'\"$`&|;<>()\[\]{}*?!#~])")


def complete_notes(ctx: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem]:
    """The notes whose name, or path where one is typed, begins so."""
    from notes_lsp.index.glance import notes_at_a_glance

    index = _index(ctx)
    found = notes_at_a_glance(index) if index is not None else []
    start = typed.casefold()
    if "/" in typed:
        offered = [(path, title) for path, title in found if path.casefold().startswith(start)]
    else:
        stems: dict[str, list[tuple[str, str]]] = {}
        for path, title in found:
            stems.setdefault(path.rpartition("/")[2].rpartition(".")[0].casefold(), []).append((path, title))
        offered = [
            # A name that several notes have would not say which is meant.
            (path if len(same) > 1 else path.rpartition("/")[2].rpartition(".")[0], title)
            for stem, same in stems.items()
            for path, title in same
            if stem.startswith(start)
        ]
    return [_item(value, title) for value, title in offered[:_MOST]]


def complete_tags(ctx: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem]:
    """The tags that begin so; behind a comma or an exclamation mark the next one."""
    from notes_lsp.index.glance import tags_at_a_glance

    index = _index(ctx)
    found = tags_at_a_glance(index) if index is not None else []
    head = re.match(r"(?:.*,)?!?", typed)
    done = head[0] if head else ""
    start = typed[len(done) :].casefold()
    return [
        _item(done + name, f"{count} notes" if count != 1 else "1 note")
        for name, count in found
        if name.casefold().startswith(start)
    ]


def complete_formats(_: click.Context, __: click.Parameter, typed: str) -> list[CompletionItem]:
    """The formats that begin so."""
    from notes_lsp.cli.formats import FORMATS

    return [CompletionItem(name) for name in FORMATS if name.startswith(typed)]


def _item(value: str, help_: str) -> CompletionItem:
    if os.environ.get("_NOTES_LSP_COMPLETE", "").startswith("bash"):
        value = _SPECIAL.sub(r"\\\1", value)
    return CompletionItem(value, help=" ".join(help_.split()))


def _index(ctx: click.Context) -> Path | None:
    from notes_lsp.cli.vaults import NoVaultError, find_vault
    from notes_lsp.workspace.settings import index_path

    vault = ctx.params.get("vault")
    try:
        return index_path(find_vault(Path(str(vault)) if vault else None).path)
    except NoVaultError:
        return None
