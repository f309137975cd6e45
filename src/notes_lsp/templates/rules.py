"""Rules: the settings for new notes, by kind and by folder."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, cast

if TYPE_CHECKING:
    from notes_lsp.frontmatter.formats.write import HeaderValue

_TEXTS = ("folder", "template", "filename")
_KEYS = (*_TEXTS, "properties")
_SETTINGS = frozenset({"templates", "template", "filename", "frontmatter", "id", "date", "time"})
PROPERTIES = "properties"
"""The table of the defaults for all notes, ``[new.properties]``, which is no rule."""


class TemplateMissingError(ValueError):
    """There is no such template, or it cannot be read; the message says so."""


@dataclass(frozen=True, slots=True)
class NewRule:
    """One kind of note to be made, ``[new.NAME]``; what is ``None`` is as for all notes."""

    name: str
    folder: str | None = None
    """Below the root, with holes; the rule holds for all notes made there or below, too."""
    template: str | None = None
    filename: str | None = None
    """With holes, without extension."""
    properties: Mapping[str, HeaderValue] = field(default_factory=dict[str, "HeaderValue"], hash=False)
    """What the frontmatter says unless the template says it; texts have holes."""


def _no_template(name: str) -> str:
    raise TemplateMissingError(f"there is no template “{name}”")


@dataclass(frozen=True, slots=True)
class NewRules:
    """All rules of a vault."""

    rules: tuple[NewRule, ...] = ()
    properties: Mapping[str, HeaderValue] = field(default_factory=dict[str, "HeaderValue"], hash=False)
    """The defaults for all notes."""
    load: Callable[[str], str] = field(default=_no_template, compare=False)
    """The text of the template of a name, as it is now; raises :class:`TemplateMissingError`."""

    def named(self, name: str) -> NewRule | None:
        """The rule of a name, in any case."""
        return next((rule for rule in self.rules if rule.name.casefold() == name.casefold()), None)

    def for_folder(self, folder: str) -> NewRule | None:
        """The rule whose folder is the innermost round ``folder``; what has holes counts up to the first of them."""
        found: tuple[int, NewRule] | None = None
        for rule in self.rules:
            bare = fixed_part(rule.folder or "")
            inside = bare and (folder == bare or folder.startswith(f"{bare}/"))
            if inside and (found is None or len(bare) > found[0]):
                found = (len(bare), rule)
        return found[1] if found else None


class RuleProblem(NamedTuple):
    """Something wrong at a path of the settings."""

    path: tuple[str, ...]
    message: str


def fixed_part(folder: str) -> str:
    """The folders of a path before the first hole in it."""
    before, hole, _ = folder.partition("{")
    return (before.rpartition("/")[0] if hole else before).strip("/")


def parse_new_rules(table: object) -> tuple[tuple[NewRule, ...], Mapping[str, HeaderValue], tuple[RuleProblem, ...]]:
    """The rules in the table ``[new]`` of the settings, the defaults for all notes, and what is wrong. Never raises."""
    rules: list[NewRule] = []
    defaults: Mapping[str, HeaderValue] = {}
    wrong: list[RuleProblem] = []
    entries: Mapping[str, object] = cast("Mapping[str, object]", table) if isinstance(table, Mapping) else {}
    for name, entry in entries.items():
        if not isinstance(entry, Mapping) or name in _SETTINGS:
            continue  # a setting, read where settings are
        values = cast("Mapping[str, object]", entry)
        if name == PROPERTIES:
            defaults = dict(_properties(("new", name), values, wrong))
        else:
            rules.append(_rule(name, values, wrong))
    return tuple(rules), defaults, tuple(wrong)


def _fault(text: str) -> object:
    """What is wrong with a pattern; who has no rules never waits for what reads them."""
    from notes_lsp.templates.render import syntax_error  # noqa: PLC0415

    return syntax_error(text)


def _rule(name: str, entry: Mapping[str, object], wrong: list[RuleProblem]) -> NewRule:
    chosen: dict[str, str] = {}
    properties: Mapping[str, HeaderValue] = {}
    for key, value in entry.items():
        path = ("new", name, key)
        if key == "properties" and isinstance(value, Mapping):
            properties = dict(_properties(path, cast("Mapping[str, object]", value), wrong))
        elif key == "properties":
            wrong.append(RuleProblem(path, "expected a table of properties"))
        elif key not in _KEYS:
            near = difflib.get_close_matches(key[:60], _KEYS, n=1)
            hint = f'; did you mean "{near[0]}"?' if near else "; properties of the notes belong into its properties"
            wrong.append(RuleProblem(path, f"a rule for new notes has no “{key[:60]}”{hint}"))
        elif not isinstance(value, str):
            wrong.append(RuleProblem(path, "expected a text"))
        elif (found := _fault(value)) is not None:
            wrong.append(RuleProblem(path, str(found)))
        elif key == "folder" and ".." in value.split("/"):
            wrong.append(RuleProblem(path, "the folder is one of this vault; it cannot be outside"))
        else:
            chosen[key] = value.strip("/") if key == "folder" else value
    return NewRule(name, chosen.get("folder"), chosen.get("template"), chosen.get("filename"), properties)


def _properties(
    path: tuple[str, ...], table: Mapping[str, object], wrong: list[RuleProblem]
) -> Iterator[tuple[str, HeaderValue]]:
    for key, value in table.items():
        if isinstance(value, str) and (found := _fault(value)) is not None:
            wrong.append(RuleProblem((*path, key), str(found)))
        elif isinstance(value, (str, bool, int, float, dt.date, list, dict)):
            yield key, cast("HeaderValue", value)
        else:
            wrong.append(RuleProblem((*path, key), "expected a text, a number, a day, true, false or a list"))
