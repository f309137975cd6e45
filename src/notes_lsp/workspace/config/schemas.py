"""Schemas: JSON Schema files of a vault, and the schemas that its settings declare; nothing is fetched."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from notes_lsp.config.read import ConfigProblem, Layer
from notes_lsp.frontmatter.formats.toml_recovery import Toml, recover_toml
from notes_lsp.schemas.select import Schema, Schemas, Unsound, parse_schema_rules, short_schema
from notes_lsp.text.source import decode
from notes_lsp.workspace.disk.open import TooLargeError, read_file

MAX_SCHEMA_BYTES = 1_000_000
"""Of a file with a schema."""


def read_schemas(root: Path | None, text: str) -> tuple[Schemas, tuple[ConfigProblem, ...]]:
    """The schemas in the table ``[schemas]`` of a vault's settings, and what is wrong with them.

    ``root`` is the vault's folder, ``text`` its settings. Files are read when asked for.
    """
    files = _Files(root)
    read = recover_toml(text) if "schemas" in text else Toml({}, {}, ())
    found = parse_schema_rules(read.document.get("schemas"), check_schema)
    problems = [(wrong.path, wrong.message) for wrong in found.problems]
    for rule in found.rules:
        schema = files.load(rule.file) if rule.file is not None else None
        if isinstance(schema, Unsound):
            problems.append((("schemas", rule.name, "file"), schema.message))
    told = [
        ConfigProblem(Layer.VAULT, read.span(path), ".".join(path), f"[{'.'.join(path)}] {message}")
        for path, message in problems
    ]
    return Schemas(found.rules, files.load), tuple(told)


def check_schema(schema: Schema) -> str | None:
    """What is wrong with a schema; what can tell takes long to load, and most vaults have no schema."""
    from notes_lsp.schemas import validate as judging  # noqa: PLC0415

    return judging.schema_fault(schema)


@dataclass(slots=True)
class _Files:
    """The files read so far, by path, each with its state on disk then."""

    root: Path | None
    known: dict[str, tuple[tuple[int, int], Schema | Unsound]] = field(
        default_factory=dict[str, tuple[tuple[int, int], Schema | Unsound]]
    )

    def load(self, path: str) -> Schema | Unsound:
        """The schema in a file below the root: JSON, or TOML in the short form."""
        if self.root is None or not path:
            return Unsound(f"there is no file {path or 'outside the vault'}")
        file = self.root / path
        try:
            # A link may lead out of the vault, a path must not.
            state = file.stat()
            inside = file.resolve().is_relative_to(self.root.resolve())
        except (OSError, ValueError):
            return Unsound(f"there is no file {path}")
        if not inside or not file.is_file():
            return Unsound(f"{path} is no file of this vault")
        mark = (state.st_mtime_ns, state.st_size)
        known = self.known.get(path)
        if known is None or known[0] != mark:
            known = self.known[path] = (mark, _read(file, path))
        return known[1]


def _read(file: Path, path: str) -> Schema | Unsound:
    try:
        text = decode(read_file(file, MAX_SCHEMA_BYTES))[0]
        if file.suffix.lower() == ".toml":
            return _short(text, path)
        document: object = json.loads(text)
    except TooLargeError:
        return Unsound(f"{path} has more than {MAX_SCHEMA_BYTES:,} bytes")
    except (OSError, ValueError, RecursionError) as error:
        return Unsound(f"{path} cannot be read: {error}")
    if not isinstance(document, dict):
        return Unsound(f"{path} holds no JSON Schema, which is an object")
    schema = Schema(path, cast("dict[str, object]", document))
    reason = check_schema(schema)
    return Unsound(f"{path}: {reason}") if reason is not None else schema


def _short(text: str, path: str) -> Schema | Unsound:
    document, _, wrong = recover_toml(text)
    schema, problems = short_schema(path, document, check_schema)
    message = wrong[0][1] if wrong else problems[0].message if problems else ""
    return Unsound(f"{path}: {message}") if schema is None or message else schema
