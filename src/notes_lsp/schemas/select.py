"""Select: which schemas a vault declares, and which of them apply to a note."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from posixpath import dirname
from typing import NamedTuple, cast

from notes_lsp.links import names
from notes_lsp.schemas.shorthand import ShorthandProblem, written_out

_SELECTORS = ("folder", "type", "tag")
_RESERVED = (*_SELECTORS, "file", "schema", "required", "closed", "keys")


@dataclass(frozen=True, slots=True)
class Schema:
    """One schema, as JSON Schema 2020-12, known to be sound."""

    name: str
    """What messages call it: the name in the settings, or the path of the file."""
    document: Mapping[str, object]
    short: bool = False
    """Written in the short form, for which a key without a value is not there at all."""
    memory: dict[str, object] = field(default_factory=dict[str, object], compare=False, repr=False)
    """What was worked out of the document."""


class Unsound(NamedTuple):
    """A schema that cannot be used."""

    message: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One schema with the notes it is for: all that is given must hold; a rule that gives nothing is for all notes."""

    name: str
    folders: tuple[str, ...] = ()
    """Patterns as in ``.gitignore`` for the paths of notes."""
    types: tuple[str, ...] = ()
    """Values of the key ``type``, in any case."""
    tags: tuple[str, ...] = ()
    """Tags, without ``#``; a tag below one of them counts."""
    schema: Schema | None = None
    file: str | None = None
    """The path of a schema below the vault's root."""


def _nothing(path: str) -> Schema | Unsound:
    return Unsound(f"there is no file {path}")


@dataclass(frozen=True, slots=True)
class Schemas:
    """All schemas of a vault."""

    rules: tuple[Rule, ...] = ()
    load: Callable[[str], Schema | Unsound] = field(default=_nothing, compare=False)
    """The schema in a file of the vault, as it is now."""

    named: set[str] = field(default_factory=set[str], compare=False)
    """The files that notes named as their schemas so far."""

    def reads(self, paths: Iterable[str]) -> bool:
        """Whether one of these files holds a schema that the settings or a note name."""
        files = {rule.file for rule in self.rules} | self.named
        return any(path in files for path in paths)

    def own(self, path: str, header: Mapping[str, object]) -> Schema | Unsound | None:
        """The schema that the note at ``path`` names as its own; ``None`` where ``$schema`` names no file.

        A path begins at the root of the vault or, where nothing is there, at the note.
        """
        written = header.get("$schema")
        if not isinstance(written, str) or not written.strip() or is_remote(written):
            return None
        places = dict.fromkeys((vault_path(written, path), vault_path(f"./{written}", path)))
        self.named.update(filter(None, places))
        found = [self.load(place) if place else Unsound("it leads out of the vault") for place in places]
        sound = next((one for one in found if isinstance(one, Schema)), None)
        there = (one for one in found if isinstance(one, Unsound) and not one.message.startswith("there is no file"))
        return sound or next(there, found[0])

    def applying(
        self,
        path: str,
        header: Mapping[str, object],
        tags: Iterable[str],
        matches: Callable[[str, tuple[str, ...]], bool],
    ) -> list[Schema]:
        """The schemas that speak of a note, in the order in which they were declared.

        One that the note names as its own stands for all of them. ``tags`` are the note's keys of tags; ``matches``
        says whether a path matches some patterns.
        """
        own = self.own(path, header)
        if own is not None:
            return [own] if isinstance(own, Schema) else []
        types = {one.casefold() for one in _texts(header.get("type"))}
        note_tags = set(tags)
        out: list[Schema] = []
        for rule in self.rules:
            if (
                (not rule.folders or matches(path, rule.folders))
                and (not rule.types or any(one.casefold() in types for one in rule.types))
                and (not rule.tags or any(_has_tag(note_tags, tag.casefold()) for tag in rule.tags))
            ):
                schema = rule.schema if rule.file is None else self.load(rule.file)
                if isinstance(schema, Schema):
                    out.append(schema)
        return out


def is_remote(reference: str) -> bool:
    """Whether a ``$schema`` is an address rather than a path; nothing is ever fetched."""
    return "://" in reference or reference.startswith("urn:")


def vault_path(written: str, note: str) -> str:
    """The path below the root that a note's ``$schema`` means: ``./`` and ``../`` begin at the note."""
    folder = dirname(note) if written.startswith(("./", "../")) else ""
    return names.join_path(folder, written.lstrip("/")) or ""


class DeclaredSchemas(NamedTuple):
    """What the settings declare."""

    rules: tuple[Rule, ...]
    problems: tuple[ShorthandProblem, ...]
    """With the path in the settings."""


def parse_schema_rules(table: object, check: Callable[[Schema], str | None]) -> DeclaredSchemas:
    """The rules in the table ``[schemas]`` of the settings; ``check`` says what is unsound in one. Never raises."""
    if not isinstance(table, Mapping):
        message = "[schemas] is a table of schemas, each a table of its own: [schemas.book]"
        return DeclaredSchemas((), (ShorthandProblem(("schemas",), message),) if table is not None else ())
    rules: list[Rule] = []
    problems: list[ShorthandProblem] = []
    for name, entry in cast("Mapping[str, object]", table).items():
        if not isinstance(entry, Mapping):
            problems.append(ShorthandProblem(("schemas", name), f"expected a table, [schemas.{name}]"))
            continue
        rule, wrong = _rule(name, cast("Mapping[str, object]", entry), check)
        problems += (ShorthandProblem(("schemas", name, *one.path), one.message) for one in wrong)
        if rule is not None:
            rules.append(rule)
    return DeclaredSchemas(tuple(rules), tuple(problems))


def short_schema(
    name: str, table: Mapping[str, object], check: Callable[[Schema], str | None]
) -> tuple[Schema | None, list[ShorthandProblem]]:
    """The schema that a table in the short form stands for, and what is wrong in it."""
    keys = {key: value for key, value in table.items() if key not in _RESERVED}
    more = table.get("keys")
    problems: list[ShorthandProblem] = []
    inner: dict[str, object] = {}
    if isinstance(more, Mapping):
        inner = dict(cast("Mapping[str, object]", more))
    elif more is not None:
        problems.append(ShorthandProblem(("keys",), "[keys] is a table of keys and their types"))
    closed = table.get("closed", False)
    if not isinstance(closed, bool):
        problems.append(ShorthandProblem(("closed",), "expected true or false"))
    document, wrong = written_out({**keys, **inner}, table.get("required"), closed=closed is True)
    problems += (
        ShorthandProblem(("keys", *one.path) if one.path[0] in inner else one.path, one.message) for one in wrong
    )
    schema = Schema(name, document, short=True)
    unsound = check(schema)
    if unsound is not None:
        problems.append(ShorthandProblem((), unsound))
        return None, problems
    return schema, problems


def _rule(
    name: str, entry: Mapping[str, object], check: Callable[[Schema], str | None]
) -> tuple[Rule | None, list[ShorthandProblem]]:
    problems: list[ShorthandProblem] = []
    chosen: dict[str, tuple[str, ...]] = {}
    for selector in _SELECTORS:
        value = entry.get(selector)
        texts = tuple(_texts(value))
        if value is not None and not texts:
            problems.append(
                ShorthandProblem((selector,), f"expected a text or a list of texts; [schemas.{name}] is not used")
            )
            return None, problems
        chosen[selector] = texts
    folders, types = chosen["folder"], chosen["type"]
    tags = tuple(tag.lstrip("#") for tag in chosen["tag"])
    file, inline = entry.get("file"), entry.get("schema")
    if file is not None:
        if not isinstance(file, str) or is_remote(file):
            problems.append(
                ShorthandProblem(("file",), "expected the path of a file in this vault; nothing is ever fetched")
            )
            return None, problems
        return Rule(name, folders, types, tags, None, vault_path(file, "")), problems
    if inline is not None:
        schema = Schema(name, cast("dict[str, object]", inline)) if isinstance(inline, dict) else None
        unsound = "expected a table, JSON Schema written as TOML" if schema is None else check(schema)
        if unsound is not None:
            problems.append(ShorthandProblem(("schema",), unsound))
            return None, problems
    else:
        schema, problems = short_schema(name, entry, check)
        if schema is None:
            return None, problems
    return Rule(name, folders, types, tags, schema), problems


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [one for one in cast("list[object]", value) if isinstance(one, str)]
    return []


def _has_tag(tags: set[str], wanted: str) -> bool:
    return any(tag == wanted or tag.startswith(f"{wanted}/") for tag in tags)
