"""Properties: what can stand at the cursor in the frontmatter: keys, values, days, tags, and what a schema wants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from notes_lsp.config.settings import Config
from notes_lsp.dates import natural as daynames
from notes_lsp.facts import PropertyType
from notes_lsp.frontmatter.common_keys import ALIAS_KEYS, DATE_KEYS, TAG_KEYS
from notes_lsp.frontmatter.context import HeaderPrompt, header_prompt
from notes_lsp.frontmatter.formats import write as header_write
from notes_lsp.frontmatter.formats.tree import HeaderEntry, Node
from notes_lsp.frontmatter.formats.write import HeaderValue
from notes_lsp.frontmatter.values import Header, header, to_plain
from notes_lsp.fuzzy import match as matching
from notes_lsp.fuzzy.ranking_context import RankingContext
from notes_lsp.ide.completion.items import Item, ItemKind, Offer
from notes_lsp.index.search.link_context import tag_counts, tag_spelling
from notes_lsp.index.vault import properties
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links import names
from notes_lsp.schemas.convert import starting_value
from notes_lsp.schemas.keys import keys_of, required_of, values_at
from notes_lsp.schemas.select import Schema

_MAX_VALUES = 400
_SOON = (("today", 0), ("tomorrow", 1), ("yesterday", -1), ("in a week", 7))
_UNIQUE = frozenset(("id", "title", *ALIAS_KEYS))
"""Keys whose values are each note's own: those of other notes are no use here."""


def complete_header(
    vault: Vault, note: Note, text: str, offset: int, config: Config, context: RankingContext
) -> Offer | None:
    """What can stand at the cursor in the header of a note; ``None`` outside it, and where nothing is known.

    Keys come from the note's schemas, then from how often notes like this one have them; values from the schemas, then
    from what other notes say. Everything is written as the format of the header wants it.
    """
    prompt = header_prompt(text, offset)
    if prompt is None or "[[" in prompt.typed:
        return None
    found = header(text)
    values = to_plain(found.entries) if found is not None else {}
    schemas = properties.schemas_for(vault, note, values, config.schemas)
    query = matching.fold(prompt.typed)
    if prompt.asks_key:
        kind = values.get("type")
        here = set(_found_keys(text, found, prompt))
        items = list(_keys(vault, note, prompt, schemas, kind if isinstance(kind, str) else None, here, context.today))
    else:
        items = list(_values(vault, note, prompt, schemas, context.today))
    qualities = {item.insert: matching.quality(query, matching.fold(item.label)) if query else 1.0 for item in items}
    fitting = [item for item in items if qualities[item.insert] >= matching.INSIDE]
    fitting.sort(key=lambda item: -round(qualities[item.insert], 1))
    best: dict[str, Item] = {}
    for item in fitting:
        best.setdefault(item.insert, item)
    chosen = list(best.values())[: config.completion.limit]
    closed = prompt.quote if not prompt.asks_key and prompt.rest.startswith(prompt.quote) else ""
    return Offer(prompt.span, text[prompt.span.start : prompt.span.end], chosen, closed=closed) if chosen else None


def _found_keys(text: str, found: Header | None, prompt: HeaderPrompt) -> Iterator[str]:
    """The folded keys that stand in the table of the prompt already, but for the one being typed."""
    entries = found.entries if found is not None else ()
    for step in filter(None, prompt.key.split(".")):
        node = next((entry.node for entry in entries if entry.key == step), None)
        entries = _table_at(node, prompt.span.start) if node is not None else ()
    typed = text[prompt.span.start : prompt.span.end].strip("\"'")
    yield from (names.key(entry.key) for entry in entries if entry.key != typed)


def _table_at(node: Node, offset: int) -> Sequence[HeaderEntry]:
    """The entries of a table, of a list of tables those of the last element that begins before an offset."""
    before = [item for item in node.items if item.span.start <= offset]
    while before:
        node = before[-1]
        before = [item for item in node.items if item.span.start <= offset]
    return node.entries


def _keys(
    vault: Vault,
    note: Note,
    prompt: HeaderPrompt,
    schemas: list[Schema],
    kind: str | None,
    here: set[str],
    today: dt.date,
) -> Iterator[Item]:
    table = [step for step in prompt.key.split(".") if step]
    indented = prompt.format == "yaml" and bool(table)
    needed = [key for schema in schemas for key in required_of(schema, table) if names.key(key) not in here]
    known = {key: (schema, meaning) for schema in reversed(schemas) for key, meaning in keys_of(schema, table).items()}
    if len(needed) > 1 and not prompt.typed and not prompt.quote and not indented:
        listed = {key: starting_value(known[key][1] if key in known else None, today) for key in dict.fromkeys(needed)}
        yield Item(ItemKind.KEY, "All required keys", ", ".join(listed), _skeleton(prompt, listed))
    for key in dict.fromkeys(needed):
        yield _key(prompt, key, "required")
    for key, (schema, _) in known.items():
        if names.key(key) not in here:
            yield _key(prompt, key, schema.name)
    if any(schema.document.get("additionalProperties") is False for schema in schemas) and not table:
        return
    seen = {names.key(key) for key in (*known, *needed)} | here
    prefix = names.key(f"{prompt.key}.") if prompt.key else ""
    for use in (*properties.keys_alike(vault, note, kind), *properties.all_keys(vault, note)):
        folded = names.key(use.key)
        short = use.key[len(prefix) :]
        if folded.startswith(prefix) and "." not in short and short and names.key(short) not in seen:
            seen.add(names.key(short))
            yield _key(prompt, short, f"{use.notes} {'note' if use.notes == 1 else 'notes'}")


def _key(prompt: HeaderPrompt, key: str, detail: str) -> Item:
    written = _quoted(prompt, header_write.write_key(prompt.format, key), key)
    rest = prompt.rest.removeprefix(prompt.quote).lstrip() if prompt.quote else prompt.rest.lstrip()
    sign = "=" if prompt.format == "toml" else ":"
    ends = rest.startswith(sign) or (prompt.quote and prompt.rest.startswith(prompt.quote))
    between = " = " if prompt.format == "toml" else ": "
    return Item(ItemKind.KEY, key, detail, written + ("" if ends else between))


def _skeleton(prompt: HeaderPrompt, keys: dict[str, HeaderValue]) -> str:
    between = " = " if prompt.format == "toml" else ": "
    lines = [
        header_write.write_key(prompt.format, key)
        + between
        + ("" if value == "" and prompt.format == "yaml" else header_write.literal(prompt.format, value))
        for key, value in keys.items()
    ]
    return (",\n" if prompt.format == "json" else "\n").join(line.rstrip() for line in lines)


def _values(vault: Vault, note: Note, prompt: HeaderPrompt, schemas: list[Schema], today: dt.date) -> Iterator[Item]:
    path = [step for step in prompt.key.split(".") if step]
    folded = names.key(prompt.key)
    if prompt.in_list and not prompt.flow and not prompt.quote:
        # An element of a block list begins with its first key where it is a table.
        known = {key: schema.name for schema in reversed(schemas) for key in keys_of(schema, path)}
        for key, name in known.items():
            yield _key(prompt, key, name)
    said = [(schema, *values_at(schema, path)) for schema in schemas]
    kinds = {kind for _, _, more in said for kind in more}
    choices = list(_choices(said))
    for choice, name in choices:
        yield from _value(prompt, choice, name)
    if choices:
        return
    types = properties.types_of(vault, folded)
    usual = max(types, key=lambda kind: types[kind], default=PropertyType.NULL)
    if "boolean" in kinds or usual is PropertyType.BOOLEAN:
        for flag in (True, False):
            yield from _value(prompt, flag, "")
        return
    if kinds & {"date", "datetime", "date-time"} or folded in DATE_KEYS or usual is PropertyType.DATE:
        yield from _days(prompt, today)
    if folded in TAG_KEYS:
        counts = tag_counts(vault, note, prompt.span.end)
        for key in sorted(counts, key=lambda key: (-counts[key], key))[:_MAX_VALUES]:
            detail = f"{counts[key]} {'note' if counts[key] == 1 else 'notes'}"
            yield from _value(prompt, tag_spelling(vault, note, key, prompt.span.end), detail)
    elif folded not in _UNIQUE:
        for use in properties.values_of(vault, prompt.key, _MAX_VALUES, without=note):
            detail = f"{use.notes} {'note' if use.notes == 1 else 'notes'}"
            yield from _value(prompt, _meant(use), detail)


def _choices(
    said: Sequence[tuple[Schema, list[object], set[str]]],
) -> Iterator[tuple[str | int | float | bool, str]]:
    """The values that all schemas allow that name some, with the first one's name; any of theirs where none is."""
    naming = [(schema.name, values) for schema, values, _ in said if values]
    common = [value for _, values in naming[:1] for value in values if all(value in others for _, others in naming)]
    for name, values in naming[:1] if common else naming:
        for value in common or values:
            if isinstance(value, (str, int, float, bool)):
                yield value, name


def _meant(use: properties.ValueUse) -> HeaderValue:
    value = header_write.read_value(use.value, use.type.value)
    return use.value if value is None else value


def _days(prompt: HeaderPrompt, today: dt.date) -> Iterable[Item]:
    meant = daynames.days(prompt.typed, today) or [(words, today + dt.timedelta(days)) for words, days in _SOON]
    for words, day in meant:
        for item in _value(prompt, day, ""):
            yield Item(ItemKind.DAY, f"{words}: {day.isoformat()}", "", item.insert)


def _value(prompt: HeaderPrompt, value: HeaderValue, detail: str) -> Iterator[Item]:
    label = value if isinstance(value, str) else header_write.literal("yaml", value)
    written = header_write.literal(prompt.format, value, flow=prompt.flow)
    if prompt.quote and not isinstance(value, str) and not (isinstance(value, dt.date) and prompt.format == "json"):
        if prompt.rest.startswith(prompt.quote):
            return
        yield Item(ItemKind.VALUE, label, detail, prompt.gap + written)
        return
    yield Item(ItemKind.VALUE, label, detail, prompt.gap + _quoted(prompt, written, str(label)))


def _quoted(prompt: HeaderPrompt, written: str, value: str) -> str:
    """A text in the quotes that were begun; the closing one is left out where it stands behind the cursor already."""
    if not prompt.quote:
        return written
    single = "'" + value.replace("'", "''") + "'"
    whole = single if prompt.quote == "'" else header_write.quote(value)
    return whole[:-1] if prompt.rest.startswith(prompt.quote) else whole
