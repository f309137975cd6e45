"""Frontmatter diagnostics: wrong values of frontmatter, each at its value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from notes_lsp.config.settings import Config, Severity
from notes_lsp.facts import Problem, Property, PropertyType
from notes_lsp.frontmatter.common_keys import ALIAS_KEYS, TAG_KEYS
from notes_lsp.frontmatter.formats.tree import is_placeholder, shorten
from notes_lsp.frontmatter.values import Header, ValuePlace, header, span_of_path, to_plain
from notes_lsp.ide.values import Finding, in_order, is_silent
from notes_lsp.index.dependencies.keys import EVERY_HEADER, DependencyKey, DependencyKind
from notes_lsp.index.vault import properties
from notes_lsp.index.vault.properties import Bearer
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links import names
from notes_lsp.schemas import property_rules
from notes_lsp.schemas.keys import slips_of
from notes_lsp.schemas.select import Schema, Unsound
from notes_lsp.schemas.validate import Violation, violations
from notes_lsp.text.source import Source, Span

_MAX_RELATED = 10
_FENCES = tuple(f"{mark}{fence}" for mark in ("", "\ufeff") for fence in ("---", "+++", "{"))
_ALIASES = tuple(sorted(ALIAS_KEYS))
_IDS: tuple[str, ...] = ("id",)
_TITLES: tuple[str, ...] = ("title",)


def property_findings(vault: Vault, note: Note, config: Config) -> list[Finding]:
    """All there is to tell about the values of a note's frontmatter, in the order of its text.

    While the vault is not read completely, nothing is said that compares this note with others.
    """
    if is_silent(note.path, config):
        return []
    found: list[Finding] = []
    entries = vault.facts(Property, note)
    found += _values(entries)
    found += _commented_tags(vault, note, entries)
    found += _schemas(vault, note, entries, config)
    if vault.complete and entries:
        found += _doubles(vault, note, entries, config)
        found += _unusual(vault, entries, config)
    return in_order(found, config)


def _values(entries: Sequence[Property]) -> Iterator[Finding]:
    for entry in entries:
        folded = names.key(entry.key)
        if entry.type in (PropertyType.LIST, PropertyType.NULL):
            continue
        for code, reason in (
            ("bad-tag", property_rules.tag_fault(entry.value, entry.type) if folded in TAG_KEYS else None),
            ("bad-alias", property_rules.alias_fault(entry.value, entry.type) if folded in ALIAS_KEYS else None),
            ("bad-date", property_rules.date_fault(folded, entry.value, entry.type)),
        ):
            if reason is not None:
                yield Finding(code, entry.value_span, reason)


def _commented_tags(vault: Vault, note: Note, entries: Sequence[Property]) -> Iterator[Finding]:
    empty = [one for one in entries if one.type is PropertyType.NULL and names.key(one.key) in TAG_KEYS]
    text = vault.text(note) or "" if empty else ""
    for entry in empty if text.startswith(("---", "\ufeff---")) else ():
        span = property_rules.commented_tags(text, entry.value_span)
        if span is not None:
            message = "`#` begins a comment here, so these are no tags: write them without `#`, or in quotes."
            yield Finding("bad-tag", span, message)


def _schemas(vault: Vault, note: Note, entries: Sequence[Property], config: Config) -> Iterator[Finding]:
    has_own = any(entry.key == "$schema" for entry in entries)
    if config.severity("schema") is Severity.OFF or not (config.schemas.rules or has_own):
        return
    text = vault.text(note) or ""
    found = header(text)
    values = to_plain(found.entries) if found is not None else {}
    broken = any(problem.code == "frontmatter-syntax" for problem in vault.facts(Problem, note))
    own = config.schemas.own(note.path, values)
    at = span_of_path(found.entries, ("$schema",)) if found is not None else None
    if isinstance(own, Unsound) and at is not None:
        yield Finding("schema", at.span, f"This schema is not used: {own.message}.", data={"path": ["$schema"]})
    for schema in properties.schemas_for(vault, note, values, config.schemas):
        for violation in violations(schema, values):
            # What a broken header lacks may be there to the reader's eye.
            if not (violation.missing and broken):
                yield from _violated(text, found, schema, violation)


def _violated(text: str, found: Header | None, schema: Schema, violation: Violation) -> Iterator[Finding]:
    data: dict[str, object] = {"schema": violation.schema, "path": list(violation.path)}
    if found is None:
        # Behind a fence without its end the header is being typed, and its keys are still to come.
        if not text.startswith(_FENCES):
            yield Finding("schema", Source(text).line_span(0), violation.message, data=data)
        return
    at = span_of_path(found.entries, violation.path)
    if violation.missing and at is None:
        # A key without a value is shown where it stands.
        empty = [entry for entry in found.entries if entry.key in violation.missing]
        for entry in empty:
            yield Finding("schema", entry.key_span, f"`{entry.key}` needs a value ({violation.schema}).", data=data)
        slips = slips_of(schema, [entry.key for entry in found.entries], violation.missing)
        for wanted, key in slips.items():
            slip = found.entry(key)
            if slip is not None:
                message = f"`{wanted}` is missing ({violation.schema}): is it what `{shorten(key)}` was meant to be?"
                yield Finding("schema", slip.key_span, message, data=data)
        if len(empty) + len(slips) == len(violation.missing):
            return
    yield Finding("schema", _where(text, found, at, violation), violation.message, data=data)


def _where(text: str, found: Header, at: ValuePlace | None, violation: Violation) -> Span:
    if at is None:
        first = Source(text).line_span(Source(text).line_of(found.span.start))
        return Span(found.span.start, min(first.end, found.span.end))
    if violation.missing or violation.extra is not None or at.span.start == at.span.end:
        return at.key_span
    return at.span


def _doubles(vault: Vault, note: Note, entries: Sequence[Property], config: Config) -> Iterator[Finding]:
    for entry in entries:
        folded = names.key(entry.key)
        if entry.type in (PropertyType.LIST, PropertyType.OBJECT, PropertyType.NULL) or not _is_real(entry.value):
            continue
        if folded == "id" and entry.index is None:
            others = properties.with_value(vault, "id", entry.value, besides=note)
            found, keys, what, related = "duplicate-id", _IDS, "has the same id", "the same id"
        elif folded == "title" and entry.index is None:
            others = properties.with_title(vault, entry.value, besides=note)
            found, keys, what, related = "duplicate-title", _TITLES, "has the same title", "the same title"
        elif folded in ALIAS_KEYS:
            others = properties.with_alias(vault, entry.value, besides=note)
            found, keys, what, related = "duplicate-alias", _ALIASES, "goes by this name, too", "the same name"
        else:
            continue
        others = _loud(others, config)
        if others and not property_rules.is_custom(*properties.count_shared(vault, keys)):
            yield _double(found, entry, others, what, related)


def _double(code: str, entry: Property, others: Sequence[Bearer], what: str, related: str) -> Finding:
    more = f", and {len(others) - 1} more" if len(others) > 1 else ""
    return Finding(
        code,
        entry.value_span,
        f"“{others[0].note.path}” {what}{more}.",
        related=tuple((other.note.path, other.span, related) for other in others[:_MAX_RELATED]),
        depends=(DependencyKey(DependencyKind.CALLED, names.key(entry.value)),),
    )


def _loud(others: Sequence[Bearer], config: Config) -> list[Bearer]:
    """Without the notes of which nothing is told, such as templates."""
    return [other for other in others if not is_silent(other.note.path, config)]


def _is_real(value: str) -> bool:
    return bool(value.strip()) and not is_placeholder(value) and "{{" not in value and "<%" not in value


def _unusual(vault: Vault, entries: Sequence[Property], config: Config) -> Iterator[Finding]:
    wants_types = config.severity("property-type") is not Severity.OFF
    wants_keys = config.severity("unknown-key") is not Severity.OFF
    here = {names.key(entry.key) for entry in entries}
    for entry in entries:
        if entry.index is not None:
            continue
        folded = names.key(entry.key)
        if wants_types and _is_real(entry.value):
            yield from _unlike(vault, entry, folded)
        if wants_keys and len(folded) > 3 and sum(properties.types_of(vault, folded).values()) == 1:
            meant = properties.correct_key(vault, folded)
            if meant is None or meant in here or not _fits(vault, entry, meant):
                continue
            spelled = properties.usual_spelling(vault, meant)
            count = properties.key_counts(vault)[meant]
            yield Finding(
                "unknown-key",
                entry.key_span,
                f"No other note has the key `{shorten(entry.key)}`; {count} have `{spelled}`.",
                data={"meant": spelled},
                depends=(
                    DependencyKey(DependencyKind.PROPERTY, folded),
                    DependencyKey(DependencyKind.PROPERTY, meant),
                    EVERY_HEADER,
                ),
            )


def _unlike(vault: Vault, entry: Property, folded: str) -> Iterator[Finding]:
    others = dict(properties.types_of(vault, folded))
    others[entry.type] = others.get(entry.type, 1) - 1
    usual = property_rules.unlike(entry.type, others)
    if usual is not None:
        kind, count = usual
        here = property_rules.type_phrase(entry.type)
        message = f"`{shorten(entry.key)}` is {property_rules.type_phrase(kind)} in {count} notes, {here} here."
        depends = (DependencyKey(DependencyKind.PROPERTY, folded),)
        yield Finding("property-type", entry.value_span, message, data={"usual": kind.value}, depends=depends)


def _fits(vault: Vault, entry: Property, meant: str) -> bool:
    """Whether the value of a slip would be a usual value of the key that was meant."""
    types = properties.types_of(vault, meant)
    return entry.type is PropertyType.NULL or types.get(entry.type, 0) * 10 >= sum(types.values())
