"""Property fixes: how to mend what is wrong with the values of a note's frontmatter, where it is evident."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, cast

from notes_lsp.config.settings import Config
from notes_lsp.facts import Property, PropertyType
from notes_lsp.frontmatter import edit as header_edits
from notes_lsp.frontmatter import read as frontmatter
from notes_lsp.frontmatter.common_keys import ALIAS_KEYS, TAG_KEYS
from notes_lsp.frontmatter.formats.tree import LIMIT, shorten
from notes_lsp.frontmatter.formats.write import HeaderValue, literal
from notes_lsp.frontmatter.values import Header, ValuePath, ValuePlace, header, span_of_path, to_plain, value_at
from notes_lsp.ide.values import Action
from notes_lsp.index.vault import properties
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links import names
from notes_lsp.schemas import property_rules
from notes_lsp.schemas.convert import convert_value, nearest, starting_value
from notes_lsp.schemas.keys import slips_of
from notes_lsp.schemas.select import Schema
from notes_lsp.schemas.validate import Violation, violations
from notes_lsp.text.source import Edit, Source, Span, apply_edits

P = ParamSpec("P")

_MAX_SUGGESTIONS = 5
_MAX_TRIES = 100
_MAX_READ = 250_000
"""Characters of headers that may be read again to try edits, for all of one request."""


@dataclass(slots=True)
class _Asked:
    """What the actions are asked of."""

    vault: Vault
    text: str
    found: Header | None
    within: Span
    today: dt.date
    tries: int
    """How many more edits may be tried, each of which reads the header again."""


def property_actions(vault: Vault, note: Note, within: Span, config: Config, today: dt.date) -> list[Action]:
    """What can be done about the frontmatter values that touch ``within``; ``today`` is what new dates begin with.

    The longer a header, the fewer things are proposed at once, and for one of hundreds of thousands of characters none.
    """
    text = vault.text(note) or ""
    found = header(text)
    if (found is not None and within.start > found.span.end) or (found is None and Source(text).line_of(within.start)):
        return []
    values = to_plain(found.entries) if found is not None else {}
    asked = _Asked(vault, text, found, within, today, _tries(found))
    out: list[Action] = []
    for schema in properties.schemas_for(vault, note, values, config.schemas):
        for violation in violations(schema, values):
            out += _of_violation(asked, schema, violation)
    if found is not None:
        for entry in vault.facts(Property, note):
            commented = entry.type is PropertyType.NULL and property_rules.commented_tags(text, entry.value_span)
            spans = (entry.key_span, commented or entry.value_span)
            if asked.tries > 0 and any(_touches(span, within) for span in spans):
                out += _of_entry(asked, found, entry)
    return out


def _tries(found: Header | None) -> int:
    if found is None:
        return _MAX_TRIES
    # Of a header that is not read whole nobody could say that an edit leaves the rest of it alone.
    is_whole = not any(problem.code == LIMIT for problem in found.problems)
    return min(_MAX_TRIES, _MAX_READ // (found.span.end + 1)) if is_whole else 0


def _of_violation(asked: _Asked, schema: Schema, violation: Violation) -> Iterator[Action]:
    found = asked.found
    at = span_of_path(found.entries, violation.path) if found is not None else None
    if violation.missing and not violation.path:
        yield from _of_missing(asked, schema, violation)
    if at is None or violation.missing:
        return
    if violation.extra is not None:
        if _touches(at.key_span, asked.within):
            yield from _of_extra(asked, violation, at)
        return
    span = at.span if at.span.end > at.span.start else at.key_span
    if not _touches(span, asked.within):
        return
    value = _value(found, violation.path)
    new: list[object] = list(nearest(value, violation.allowed, _MAX_SUGGESTIONS))
    new += (one for one in violation.allowed if one not in new)
    for kind in violation.types:
        new += convert_value(value, _raw(asked.text, at), kind)
    for number, one in enumerate(new[:_MAX_SUGGESTIONS]):
        yield from _change(asked, violation.path, one, "schema", span, preferred=number == 0)


def _of_missing(asked: _Asked, schema: Schema, violation: Violation) -> Iterator[Action]:
    found = asked.found
    slips = slips_of(schema, [entry.key for entry in found.entries], violation.missing) if found is not None else {}
    for wanted, key in slips.items():
        at = span_of_path(found.entries, (key,)) if found is not None else None
        if at is not None and _touches(at.key_span, asked.within):
            edit = _tried(asked, header_edits.rename_key, (key,), wanted)
            if edit is not None:
                yield Action(f"Change to `{wanted}`", "schema", at.key_span, (edit,), preferred=True)
    line = Source(asked.text).line_span(0)
    span = Span(found.span.start, min(line.end, found.span.end)) if found is not None else line
    if not _touches(span, asked.within):
        return
    known = schema.document.get("properties")
    meanings = cast("dict[str, object]", known) if isinstance(known, dict) else {}
    there = {entry.key for entry in found.entries} if found is not None else set[str]()
    absent = {key: starting_value(meanings.get(key), asked.today) for key in violation.missing if key not in there}
    edit = _tried(asked, header_edits.add_keys, absent)
    if edit is not None:
        listed = ", ".join(f"`{shorten(key)}`" for key in absent)
        yield Action(f"Add {listed}", "schema", span, (edit,), preferred=True)


def _of_extra(asked: _Asked, violation: Violation, at: ValuePlace) -> Iterator[Action]:
    for meant in violation.allowed[:1]:
        edit = _tried(asked, header_edits.rename_key, violation.path, str(meant))
        if edit is not None:
            yield Action(f"Change to `{meant}`", "schema", at.key_span, (edit,), preferred=True)
    if len(violation.path) == 1:
        edit = _tried(asked, header_edits.remove_key, str(violation.path[0]))
        if edit is not None:
            yield Action(f"Remove `{shorten(str(violation.path[0]))}`", "schema", at.key_span, (edit,))


def _of_entry(asked: _Asked, found: Header, entry: Property) -> Iterator[Action]:
    vault, folded = asked.vault, names.key(entry.key)
    path: ValuePath = (entry.key,) if entry.index is None else (entry.key, entry.index)
    at = span_of_path(found.entries, path)
    if at is None:
        return
    tags = property_rules.commented_tags(asked.text, entry.value_span) if entry.type is PropertyType.NULL else None
    if tags is not None and folded in TAG_KEYS and found.format == "yaml":
        yield from _of_commented_tags(asked, found, entry, tags)
    if folded in ALIAS_KEYS and property_rules.alias_fault(entry.value, entry.type) is not None:
        raw = asked.text[entry.value_span.start : entry.value_span.end]
        if entry.type is PropertyType.LINK:
            raw = entry.value.strip("[]").partition("|")[0]
        if entry.type is not PropertyType.TEXT and "\n" not in raw:
            yield from _change(asked, path, raw, "bad-alias", entry.value_span, preferred=True)
    if property_rules.date_fault(folded, entry.value, entry.type) is not None:
        day = property_rules.as_date(entry.value)
        if day is not None:
            yield from _change(asked, path, dt.date.fromisoformat(day), "bad-date", entry.value_span, preferred=True)
    if entry.index is not None or not vault.complete:
        return
    others = dict(properties.types_of(vault, folded))
    others[entry.type] = others.get(entry.type, 1) - 1
    usual = property_rules.unlike(entry.type, others)
    for one in convert_value(_value(found, path), _raw(asked.text, at), usual[0].value) if usual is not None else ():
        yield from _change(asked, path, one, "property-type", entry.value_span, preferred=True)
    if sum(properties.types_of(vault, folded).values()) == 1:
        meant = properties.correct_key(vault, folded)
        spelled = properties.usual_spelling(vault, meant) if meant is not None else None
        edit = _tried(asked, header_edits.rename_key, path, spelled) if spelled is not None else None
        if edit is not None:
            yield Action(f"Change to `{edit.text}`", "unknown-key", entry.key_span, (edit,), preferred=True)


def _of_commented_tags(asked: _Asked, found: Header, entry: Property, tags: Span) -> Iterator[Action]:
    """Write the words behind ``#`` as tags, in place of the comment that they are."""
    words = [word.lstrip("#") for word in asked.text[tags.start : tags.end].replace(",", " ").split()]
    if entry.index is not None and len(words) != 1:
        return
    new: HeaderValue = words[0] if entry.index is not None else words
    edit = Edit(tags, literal(found.format, new))
    after = header(apply_edits(asked.text, [edit]))
    path: ValuePath = (entry.key,) if entry.index is None else (entry.key, entry.index)
    if after is not None and not after.problems and value_at(to_plain(after.entries), path) == new:
        yield Action(f"Change to {shorten(edit.text)}", "bad-tag", tags, (edit,), preferred=True)


def _change(
    asked: _Asked, path: ValuePath, value: object, fixes: str, span: Span, *, preferred: bool
) -> Iterator[Action]:
    if not isinstance(value, (str, int, float, bool, dt.date, list)):
        return
    new = cast("HeaderValue", value)
    edit = _tried(asked, header_edits.set_value, path, new)
    if edit is not None:
        yield Action(f"Change to {shorten(literal('yaml', new))}", fixes, span, (edit,), preferred=preferred)


def _tried(
    asked: _Asked, make: Callable[Concatenate[str, P], Edit | None], *about: P.args, **more: P.kwargs
) -> Edit | None:
    """The edit that ``make`` gives for the text, as long as tries are left."""
    if asked.tries <= 0:
        return None
    asked.tries -= 1
    return make(asked.text, *about, **more)


def _value(found: Header | None, path: ValuePath) -> object:
    return value_at(to_plain(found.entries), path) if found is not None else None


def _raw(text: str, at: ValuePlace) -> str:
    inner = frontmatter.inner_span(text, Property("", at.key_span, "", at.span, at.node.type))
    return text[inner.start : inner.end]


def _touches(span: Span, within: Span) -> bool:
    return span.start <= within.end and within.start <= span.end
