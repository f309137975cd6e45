"""Complete: shell completion of notes and tags, from the index as it is."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click
from click.shell_completion import CompletionItem

_MAX_COUNT = 1_000
# What bash would take for something else, were it inserted as it is.
_SPECIAL = re.compile(r"([\s\\'\"$`&|;<>()\[\]{}*?!#~])")


def complete_notes(ctx: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem]:
    """The notes whose name, or path where one is typed, begins so."""
    from notes_lsp.index.store.peek import notes_at_a_glance

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
    return [_item(value, title) for value, title in offered[:_MAX_COUNT]]


def complete_files(ctx: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Files and folders from here, which the shell knows best, and the notes that begin so."""
    return [CompletionItem(typed, type="file"), *(complete_notes(ctx, parameter, typed) if typed else ())]


def complete_folders(_: click.Context, __: click.Parameter, typed: str) -> list[CompletionItem]:
    """Folders from here, which the shell knows best."""
    return [CompletionItem(typed, type="dir")]


def complete_rules(ctx: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem]:
    """The kinds of notes that begin so, by the rules for new notes and by the schemas."""
    from notes_lsp.workspace.config.settings import read_config

    root = _root(ctx)
    if root is None:
        return []
    config = read_config(root, None)[0]
    kinds = {kind: "by its schema" for rule in config.schemas.rules for kind in rule.types}
    kinds |= {rule.name: rule.folder or rule.template or "by its rule" for rule in config.new_rules.rules}
    return [_item(name, help_) for name, help_ in kinds.items() if name.casefold().startswith(typed.casefold())]


def complete_templates(ctx: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem]:
    """The templates of the vault that begin so."""
    from notes_lsp.workspace.config.settings import read_config
    from notes_lsp.workspace.config.templates import Templates

    root = _root(ctx)
    if root is None:
        return []
    config = read_config(root, None)[0]
    found = Templates(root, config.new.templates).names()
    return [_item(name, "") for name in found if name.casefold().startswith(typed.casefold())]


def complete_tags(ctx: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem]:
    """The tags that begin so; behind a comma or an exclamation mark the next one."""
    from notes_lsp.index.store.peek import tags_at_a_glance

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
    from notes_lsp.cli.shell.formats import FORMATS

    return [CompletionItem(name) for name in FORMATS if name.startswith(typed)]


def _item(value: str, help_: str) -> CompletionItem:
    if os.environ.get("_NOTES_LSP_COMPLETE", "").startswith("bash"):
        value = _SPECIAL.sub(r"\\\1", value)
    return CompletionItem(value, help=" ".join(help_.split()))


def _index(ctx: click.Context) -> Path | None:
    from notes_lsp.workspace.config.settings import index_path

    root = _root(ctx)
    return index_path(root) if root is not None else None


def _root(ctx: click.Context) -> Path | None:
    from notes_lsp.cli.shell.vaults import NoVaultError, find_vault

    vault = ctx.params.get("vault")
    try:
        return find_vault(Path(str(vault)) if vault else None).path
    except NoVaultError:
        return None
