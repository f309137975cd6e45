"""Check filters: whether the keys, tags and values of a filter exist, so that no slip matches everything."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from notes_lsp.config.settings import Config
from notes_lsp.dates.ranges import day_alike, moment
from notes_lsp.facts import PropertyType
from notes_lsp.frontmatter.common_keys import DATE_KEYS, KNOWN_KEYS
from notes_lsp.ide.listing.conditions import ORDERS, Condition, ConditionError
from notes_lsp.index.search import lists
from notes_lsp.index.vault import properties
from notes_lsp.index.vault.vault import Vault
from notes_lsp.links import names
from notes_lsp.schemas.select import Schema
from notes_lsp.templates.rules import TemplateMissingError
from notes_lsp.text.source import clean

_DAY_FIELDS = frozenset({"created", "modified"})
_NUMBER_FIELDS = frozenset({"words", "size"})
_MAX_VALUES = 100
_DATES = (PropertyType.DATE, PropertyType.DATETIME)


class UnknownNameError(ConditionError):
    """A question names what no note has; the message says what may be meant."""


def check_condition(vault: Vault, config: Config, fields: Iterable[str], condition: Condition) -> None:
    """Make sure that some note may be meant: by a key that is known, and a value such as the key holds.

    Raises:
        UnknownNameError: the key is known nowhere, or a day or a number is asked for what is none.
    """
    check_key(vault, config, fields, condition.key)
    if condition.how not in ORDERS or not condition.wanted:
        return
    key, wanted = names.key(condition.key), condition.wanted
    is_order = condition.how not in ("=", "!=")
    held = properties.values_of(vault, key, _MAX_VALUES)
    if condition.period is None and _holds_days(held, key):
        if is_order or not any(names.key(one.value) == names.key(wanted) for one in held):
            close = day_alike(wanted)
            hint = f"did you mean {close}?" if close else "such as 2024-05-12, 2024-05, tomorrow, last friday"
            raise UnknownNameError(f"“{condition.key}” holds days, and “{clean(wanted)}” is none; {hint}")
    elif not condition.is_number and is_order and _holds_numbers(held, key):
        raise UnknownNameError(f"“{condition.key}” holds numbers, and “{clean(wanted)}” is none")


def check_key(vault: Vault, config: Config, fields: Iterable[str], key: str, use: str = "") -> None:
    """Make sure that a key is a field, or one of the frontmatter of some note, or declared by the settings.

    ``use`` is said after the key: what it was wanted for.

    Raises:
        UnknownNameError: it is none of them.
    """
    fields = tuple(fields)
    if not is_known_key(vault, config, fields, key):
        close = _alike(key, [*fields, *properties.key_counts(vault), *_declared(config)])
        hint = f"; did you mean {close}?" if close else f"; there are {', '.join(fields)}, and properties"
        raise UnknownNameError(f"no note has {clean(key)!r}{f' {use}' if use else ''}{hint}")


def is_known_key(vault: Vault, config: Config, fields: Iterable[str], key: str) -> bool:
    """Whether a key is no slip: a field, a usual key, or one of some note, of a schema, a rule or a template.

    Where no note has any frontmatter yet, nothing can be told.
    """
    folded = names.key(key)
    counts = properties.key_counts(vault)
    if folded in fields or folded in counts or folded in KNOWN_KEYS | DATE_KEYS or not counts:
        return True
    if any(one.startswith(f"{folded}.") for one in counts):
        return True
    declared = {names.key(one) for one in _declared(config)}
    return folded in declared or any(one.startswith(f"{folded}.") for one in declared)


def check_tag(vault: Vault, tag: str) -> None:
    """Make sure that some note has a tag, or one below it; where no note has any tag yet, nothing can be told.

    Raises:
        UnknownNameError: no note has it.
    """
    key = names.key(tag.lstrip("!#").strip("/"))
    if lists.with_tag(vault, key):
        return
    known = [name for _, name, _ in lists.tag_uses(vault)]
    if known:
        close = _alike(key, known)
        hint = f"; did you mean {close}?" if close else "; notes-lsp tags lists them"
        raise UnknownNameError(f"no note has the tag {clean(tag.lstrip('!#'))!r}{hint}")


def _alike(word: str, known: Iterable[str]) -> str | None:
    spelled = {names.key(one): one for one in known}
    close = get_close_matches(names.key(word), spelled, 1)
    return spelled[close[0]] if close else None


def _declared(config: Config) -> Iterator[str]:
    """The keys that schemas, rules for new notes and their templates name, with dots for those in tables."""
    for one in config.schemas.rules:
        from notes_lsp.schemas.keys import keys_of  # noqa: PLC0415  (heavy, and hardly anybody needs it)

        schema = one.schema if one.file is None else config.schemas.load(one.file)
        if isinstance(schema, Schema):
            for key in keys_of(schema):
                yield key
                yield from (f"{key}.{inner}" for inner in keys_of(schema, (key,)))
    yield from config.new_rules.properties
    templates = {config.new.template, config.daily.template, config.weekly.template, config.monthly.template}
    for rule in config.new_rules.rules:
        yield from rule.properties
        templates.add(rule.template or "")
    for name in sorted(templates - {""}):
        with contextlib.suppress(TemplateMissingError):
            yield from _keys_in(config.new_rules.load(name))


def _keys_in(text: str) -> list[str]:
    from notes_lsp.frontmatter.read import read_frontmatter  # noqa: PLC0415  (heavy, and hardly anybody needs it)

    found = read_frontmatter(text)
    return [one.key for one in found.properties] if found is not None else []


def _holds_days(held: list[properties.ValueUse], key: str) -> bool:
    if key in _DAY_FIELDS:
        return True
    total = sum(one.notes for one in held)
    days = sum(one.notes for one in held if one.type in _DATES or _is_written_day(one))
    return 2 * days > total if total else key in DATE_KEYS


def _is_written_day(one: properties.ValueUse) -> bool:
    return one.type is PropertyType.TEXT and not one.value.isdigit() and moment(one.value) is not None


def _holds_numbers(held: list[properties.ValueUse], key: str) -> bool:
    if key in _NUMBER_FIELDS:
        return True
    total = sum(one.notes for one in held)
    return total > 0 and 2 * sum(one.notes for one in held if one.type is PropertyType.NUMBER) > total
