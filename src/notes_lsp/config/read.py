"""Configuration: three layers of settings read into one value, with what is wrong in each.

A layer is the vault's ``.notes-lsp.toml``, the user's ``config.toml`` or what the client sent; the first of these
that has a good value for a setting decides it. What is wrong in a layer is a problem and costs that one value only.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any, NamedTuple, cast

from notes_lsp.config.settings import (
    DIAGNOSTICS,
    SETTING_TABLES,
    SETTINGS,
    Config,
    LinkStyle,
    PathStyle,
    Profile,
    Setting,
    SettingValue,
    Severity,
)
from notes_lsp.frontmatter.formats.toml_recovery import recover_toml
from notes_lsp.text.source import Span

__all__ = ["Config", "ConfigProblem", "Layer", "LinkStyle", "PathStyle", "Profile", "Severity", "load"]


class Layer(StrEnum):
    """Where a setting was written, the strongest first."""

    VAULT = "vault"
    USER = "user"
    CLIENT = "client"


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """Something wrong in one layer."""

    layer: str
    """A value of :class:`Layer`."""
    span: Span | None
    """In the text of that layer; ``None`` for the client's settings, which have no text."""
    key: str
    """The place in dots, ``links.profile``; empty where it is about the whole layer."""
    message: str


_SETTING = {(setting.table, setting.key): setting for setting in SETTINGS}
_USUAL: Mapping[SettingValue, Mapping[tuple[str, str], SettingValue]] = {
    Profile.MARKSMAN: {("links", "path"): PathStyle.SLUG},
}
"""Defaults that differ with the profile."""
_WRAPPERS = ("notes-lsp", "notes_lsp", "notesLsp")
_LONGEST_SHOWN = 60
_LARGEST_SHOWN = 10**15
_NOWHERE = (Span(0, 0), Span(0, 0))


_NOT_HERE = "schemas are a vault's: write [schemas] in its .notes-lsp.toml"


class _Part(IntEnum):
    """Which of an entry's two spans, in their order."""

    KEY = 0
    VALUE = 1


class _Finding(NamedTuple):
    """Something wrong at a path of a layer."""

    path: tuple[str | int, ...]
    part: _Part
    message: str


class _Reading(NamedTuple):
    """What one layer sets, and what is wrong in it."""

    values: dict[tuple[str, str], SettingValue]
    problems: list[ConfigProblem]


def load(
    vault: str | None, user: str | None, client: object, found: Mapping[str, object] | None = None
) -> tuple[Config, tuple[ConfigProblem, ...]]:
    """The settings of a vault, and what is wrong in its layers; the strongest layer's problems come first.

    ``vault`` and ``user`` are the texts of the two TOML files, ``None`` where there is none. ``client`` is what the
    client sent at the start or when its settings changed: a mapping of tables, bare or under the server's name.
    ``found`` is what another program's settings in the vault say, as tables; it only stands in for our defaults.
    Total: whatever comes in, a configuration comes out.
    """
    readings = (_read_toml(Layer.VAULT, vault or ""), _read_toml(Layer.USER, user or ""), _read_client(client))
    values: dict[tuple[str, str], SettingValue] = {
        (setting.table, setting.key): setting.default for setting in SETTINGS
    }
    said: dict[tuple[str, str], SettingValue] = {}
    for reading in reversed(readings):
        said |= reading.values
    usual = _USUAL.get(said.get(("links", "profile"), Profile.OBSIDIAN), {})
    return _assembled({**values, **usual, **_read_tables(found or {})[0], **said}), tuple(
        problem for reading in readings for problem in reading.problems
    )


def deciding(vault: str | None, user: str | None, table: str, key: str) -> Layer | None:
    """Which of the two TOML files decides a setting; ``None`` where neither has a good value for it."""
    texts = ((Layer.VAULT, vault), (Layer.USER, user))
    return next((layer for layer, text in texts if (table, key) in _read_toml(layer, text or "").values), None)


def _assembled(values: Mapping[tuple[str, str], SettingValue]) -> Config:
    tables: dict[str, dict[str, Any]] = {name: {} for name in SETTING_TABLES}
    severities: dict[str, Any] = {}
    for (table, key), value in values.items():
        (severities if table == "diagnostics" and key in DIAGNOSTICS else tables[table])[key] = value
    tables["diagnostics"]["severities"] = severities
    made: dict[str, Any] = {name: SETTING_TABLES[name](**entries) for name, entries in tables.items()}
    return Config(**made)


def _read_toml(layer: Layer, text: str) -> _Reading:
    document, places, syntax = recover_toml(text)
    problems = [ConfigProblem(layer, span, "", message) for span, message in syntax]
    values, findings = _read_tables(document)
    if layer is not Layer.VAULT and "schemas" in document:
        findings.append(_Finding(("schemas",), _Part.KEY, _NOT_HERE))
    for finding in findings:
        span = places.get(finding.path, _NOWHERE)[finding.part]
        problems.append(ConfigProblem(layer, span, ".".join(map(str, finding.path)), finding.message))
    return _Reading(values, sorted(problems, key=lambda problem: problem.span or Span(0, 0)))


def _read_client(client: object) -> _Reading:
    """The client's settings; ``null``, and an empty list or mapping in the other's place, are nothing set."""
    if client is None or client in ([], ()):
        return _Reading({}, [])
    if not isinstance(client, Mapping):
        problem = ConfigProblem(Layer.CLIENT, None, "", f"the settings are a table of tables, not {_shown(client)}")
        return _Reading({}, [problem])
    settings = client_tables(cast("Mapping[object, object]", client))
    tables: dict[str, object] = {}
    for name, table in settings.items():
        if isinstance(name, str) and table is not None and table != [] and name not in _WRAPPERS:
            tables[name] = (
                _without_nulls(cast("Mapping[object, object]", table)) if isinstance(table, Mapping) else table
            )
    values, findings = _read_tables(tables)
    if "schemas" in tables:
        findings.append(_Finding(("schemas",), _Part.KEY, _NOT_HERE))
    problems = [
        ConfigProblem(Layer.CLIENT, None, ".".join(map(str, finding.path)), finding.message)
        for finding in findings
        if not _is_clients_own(finding)
    ]
    return _Reading(values, problems)


def client_tables(client: object) -> Mapping[object, object]:
    """The tables that a client sent, bare or under the server's name; none where it sent no table."""
    if not isinstance(client, Mapping):
        return {}
    settings = cast("Mapping[object, object]", client)
    for wrapper in _WRAPPERS:
        inner = settings.get(wrapper)
        if isinstance(inner, Mapping):
            return cast("Mapping[object, object]", inner)
    return settings


def _without_nulls(table: Mapping[object, object]) -> dict[str, object]:
    return {
        key: [] if value == {} else value for key, value in table.items() if isinstance(key, str) and value is not None
    }


def _is_clients_own(finding: _Finding) -> bool:
    """Editors keep entries of their own beside ours, such as the server's command: only likely slips are reported."""
    name = str(finding.path[0])
    return len(finding.path) == 1 and name not in (*SETTING_TABLES, "schemas") and not _suggestion(name)


def _read_tables(document: Mapping[str, object]) -> tuple[dict[tuple[str, str], SettingValue], list[_Finding]]:
    values: dict[tuple[str, str], SettingValue] = {}
    findings: list[_Finding] = []
    for name, table in document.items():
        if name in ("schemas", "queries"):
            continue  # read where schemas and queries are
        if name not in SETTING_TABLES:
            hint = _suggestion(name)
            findings.append(_Finding((name,), _Part.KEY, f'there is no table "{_short(name)}"{hint}'))
        elif not isinstance(table, Mapping):
            findings.append(_Finding((name,), _Part.VALUE, f"[{name}] is a table of settings, not {_shown(table)}"))
        else:
            for key, value in cast("Mapping[str, object]", table).items():
                setting = _SETTING.get((name, key))
                if setting is None and name == "new" and isinstance(value, Mapping):
                    continue  # a rule, read where rules are
                if setting is None:
                    hint = _suggestion(key, name)
                    message = f'there is no setting "{_short(key)}" in [{name}]{hint}'
                    findings.append(_Finding((name, key), _Part.KEY, message))
                    continue
                good = _checked(setting, value, findings)
                if good is not None:
                    values[name, key] = good
    return values, findings


def _checked(setting: Setting, value: object, findings: list[_Finding]) -> SettingValue | None:
    """The value of a setting as it is to be used, or ``None`` where it is wrong.

    A wrong element of a list is left out; a list of which nothing is good is wrong as a whole.
    """
    path = (setting.table, setting.key)
    default = setting.default
    if isinstance(default, tuple) and isinstance(value, (list, tuple)):
        elements: list[str] = []
        for index, element in enumerate(cast("list[object]", value)):
            wrong = _wrong_element(setting, element)
            if wrong:
                findings.append(_Finding((*path, index), _Part.VALUE, wrong))
            else:
                elements.append(cast("str", element))
        if value and not elements:
            return None
        return tuple(map(_as_extension, elements)) if setting.key == "extensions" else tuple(elements)
    if isinstance(default, bool):
        if isinstance(value, bool):
            return value
    elif isinstance(default, int):
        if isinstance(value, int) and not isinstance(value, bool) and setting.least <= value <= setting.most:
            return value
    elif type(default) is str:
        if isinstance(value, str):
            return value
    elif isinstance(default, StrEnum) and isinstance(value, str) and value in setting.choices:
        return type(default)(value)
    near = _nearest(value, setting.choices) if isinstance(value, str) else None
    hint = f'; did you mean "{near}"?' if near else ""
    if isinstance(default, tuple) and isinstance(value, str):
        hint = f'; write ["{_short(value)}"]'
    findings.append(_Finding(path, _Part.VALUE, f"expected {setting.expected}, not {_shown(value)}{hint}"))
    return None


def _wrong_element(setting: Setting, element: object) -> str:
    if not isinstance(element, str):
        return f"expected a text, not {_shown(element)}"
    if setting.are_patterns:
        # Only who wrote a pattern pays for what reads them.
        from notes_lsp.text.globs import read_glob  # noqa: PLC0415

        try:
            read_glob(element)
        except ValueError as error:
            return f"this pattern is passed over: {error}"
    return ""


def _as_extension(written: str) -> str:
    """``.MD`` and ``md`` are the same extension."""
    return written.removeprefix(".").lower()


def _suggestion(name: str, table: str | None = None) -> str:
    """What was probably meant by an unknown table, or by an unknown key of a table."""
    homes = [setting.table for setting in SETTINGS if setting.key == name]
    if homes:
        return f"; it belongs in [{homes[0]}]"
    near = _nearest(
        name, tuple(setting.key for setting in SETTINGS if setting.table == table) if table else tuple(SETTING_TABLES)
    )
    return f'; did you mean "{near}"?' if near else ""


def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    by_folded = {choice.replace("_", "-"): choice for choice in known}
    near = difflib.get_close_matches(_short(word).casefold().replace("_", "-"), by_folded, n=1)
    return by_folded[near[0]] if near else None


def _short(word: str) -> str:
    return word if len(word) <= _LONGEST_SHOWN else word[: _LONGEST_SHOWN - 1] + "…"


def _shown(value: object) -> str:
    """A value as a reader would name it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{_short(value)}"'
    if isinstance(value, int):
        return str(value) if abs(value) < _LARGEST_SHOWN else "a number that large"
    if isinstance(value, float):
        return str(value)
    if isinstance(value, (dt.date, dt.time)):
        return "a date or time"
    return "a list" if isinstance(value, (list, tuple)) else "a table" if isinstance(value, Mapping) else "nothing"
