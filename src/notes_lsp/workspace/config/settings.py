"""Settings: the configuration of a root, and where its index is."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from platformdirs import user_cache_path, user_config_path

from notes_lsp.config.read import ConfigProblem, Layer, deciding, load
from notes_lsp.config.settings import Config
from notes_lsp.text.source import decode
from notes_lsp.workspace.config.dialects import read_dialects
from notes_lsp.workspace.config.queries import load_queries
from notes_lsp.workspace.config.schemas import read_schemas
from notes_lsp.workspace.config.templates import read_new_rules
from notes_lsp.workspace.disk.ignore import Ignore
from notes_lsp.workspace.disk.open import MAX_SETTINGS, read_file

CONFIG_NAME = ".notes-lsp.toml"
"""The configuration of a vault, at its root."""


def read_config(root: Path | None, client: object) -> tuple[Config, tuple[ConfigProblem, ...], str]:
    """The settings of a root (``None``: of a note outside every root), what is wrong in them, and the root's own text.

    ``client`` is what the client sent as its settings.
    """
    own = _read(root / CONFIG_NAME) if root is not None else None
    found = read_dialects(root).settings if root is not None else None
    users = _read(user_config())
    config, problems = load(own, users, client, found)
    if config.links.schemes or config.files.follow_outside:
        # What a click may open, and what else may be read, is for the user to say, and not for a vault that somebody
        # else may have made.
        users_own = load(None, users, client)[0]
        config = replace(
            config,
            links=replace(config.links, schemes=users_own.links.schemes),
            files=replace(config.files, follow_outside=users_own.files.follow_outside),
        )
    schemas, wrong = read_schemas(root, own or "")
    rules, odd = read_new_rules(root, config.new.templates, own, users, client)
    queries, unsound = load_queries(own, users, client)
    config = replace(config, schemas=schemas, queries=queries, new_rules=rules)
    return config, (*problems, *wrong, *odd, *unsound), own or ""


def profile_evidence(root: Path) -> str:
    """What the profile of links of a vault was chosen by, in words: a setting, or what a program left there."""
    layer = deciding(_read(root / CONFIG_NAME), _read(user_config()), "links", "profile")
    if layer is not None:
        return f"set in {CONFIG_NAME}" if layer is Layer.VAULT else "set in your own settings"
    evidence = next((seen.evidence for seen in read_dialects(root).seen if seen.dialect.profile), None)
    return f"{evidence} is there" if evidence else "the default"


def user_config() -> Path:
    """The user's own configuration."""
    return user_config_path("notes-lsp", appauthor=False) / "config.toml"


def index_path(root: Path, cache: Path | None = None) -> Path:
    """Where the index of a root lives: below ``cache``, by default the user's cache folder; never in the vault."""
    base = cache or user_cache_path("notes-lsp", appauthor=False)
    mark = hashlib.blake2b(str(root).encode(errors="surrogateescape"), digest_size=8).hexdigest()
    return base / f"{root.name or 'root'}-{mark}" / "index.db"


def ignore_of(root: Path, config: Config, cache: Path | None = None) -> Ignore:
    """What is left out of a root: what its settings say, and our own index, should it be kept below the root."""
    ignore = Ignore(root)
    configure(ignore, config, cache)
    return ignore


def configure(ignore: Ignore, config: Config, cache: Path | None = None) -> None:
    """Make an ``Ignore`` that others hold too follow changed settings."""
    files = config.files
    exclude = (*read_dialects(ignore.root).hidden, *files.exclude)
    kept = index_path(ignore.root, cache).parent
    if kept.is_relative_to(ignore.root):
        # Or each write of the index would be a change in the vault, which is written to the index.
        exclude = (*exclude, f"/{kept.parent.relative_to(ignore.root).as_posix()}/")
    ignore.configure(exclude, respect_gitignore=files.respect_gitignore, include_hidden=files.include_hidden)


def _read(path: Path) -> str | None:
    try:
        return decode(read_file(path, MAX_SETTINGS))[0]
    except OSError:
        return None
