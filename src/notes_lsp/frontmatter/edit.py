"""Edit: set, add or remove one key of the frontmatter, and change no other byte.

Every edit is tried before it is given away: where the header would not then say exactly what was meant, and of all else
exactly what it said before, there is no edit. A note is never damaged for the sake of a quick fix.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import cast

from notes_lsp.facts import Property, PropertyType
from notes_lsp.frontmatter.formats.tree import HeaderEntry, Node
from notes_lsp.frontmatter.formats.write import HeaderValue, literal, write_key
from notes_lsp.frontmatter.values import Header, ValuePath, header, span_of_path, to_plain, value_at
from notes_lsp.text.source import Edit, Span, apply_edits

_MISSING = object()
_LINE_END = re.compile(r"\r\n|\n|\r")
_BLANK = re.compile(r"[ \t]*")
_REST = re.compile(r"[^\r\n]*")
_TOML_TABLE = re.compile(r"(?m)^[ \t]*\[")
_ITEM = re.compile(r"([ \t]*)-([ \t]+)")


def set_key(text: str, name: str, value: HeaderValue) -> Edit | None:
    """The edit that gives a key at the top of the header a value, adding it at the end where it is not there.

    A note without a header gets one in YAML. ``None`` where it cannot be done without touching anything else.
    """
    found = header(text)
    if found is None:
        return _new_header(text, {name: value})
    entry = found.entry(name)
    if entry is None:
        return add_keys(text, {name: value})
    return _sound(text, _set_entry(text, found, entry, value), (name,), _says({name: value}))


def add_keys(text: str, values: Mapping[str, HeaderValue]) -> Edit | None:
    """The edit that adds keys at the end of the header; a note without one gets one in YAML.

    ``None`` where one of them is there already, or nothing can be added.
    """
    found = header(text)
    if found is None:
        return _new_header(text, values)
    if not values or any(found.entry(name) is not None for name in values):
        return None
    return _sound(text, _add(text, found, values), tuple(values), _says(values))


def remove_key(text: str, name: str) -> Edit | None:
    """The edit that takes a key and its value out of the header, with the comment behind it but not the one above it.

    ``None`` where the key is not there, or where others depend on it.
    """
    found = header(text)
    entry = found.entry(name) if found is not None else None
    if found is None or entry is None:
        return None
    if found.format == "json" or not _begins_line(text, entry.key_span.start, found.body):
        edit = _remove_in_flow(found.entries, entry)
    else:
        end = max(entry.key_span.end, _end_of_value(text, entry))
        edit = Edit(Span(_line_start(text, entry.key_span.start), _after_line(text, end, found.body.end)), "")
    return _sound(text, edit, (name,), lambda after: name not in after)


def set_value(text: str, path: ValuePath, value: HeaderValue) -> Edit | None:
    """The edit that writes another value in the place of one that is there, however deep; ``None`` as above."""
    found = header(text)
    at = span_of_path(found.entries, path) if found is not None else None
    if found is None or at is None or at.alias:
        return None
    entry = found.entry(str(path[0])) if len(path) == 1 else None
    if entry is not None:
        return _sound(text, _set_entry(text, found, entry, value), (entry.key,), _says({entry.key: value}))
    flow = any(text[one.span.start : one.span.start + 1] in ("[", "{") for one in _around(found.entries, path))
    written = literal(found.format, value, flow=flow)
    edit = Edit(at.span, _gap(text, at.span) + written + _before_comment(text, at.span.end))
    wanted = _replaced(to_plain(found.entries), path, _plain(value))
    return _sound(text, edit, (str(path[0]),), lambda after: after == wanted)


def set_path(text: str, path: tuple[str, ...], value: HeaderValue) -> Edit | None:
    """The edit that gives a key inside tables a value; keys and tables that are not there are added.

    ``None`` where something on the way is no table, or it cannot be done without touching anything else.
    """
    found = header(text)
    said = to_plain(found.entries) if found is not None else {}
    if found is None or len(path) == 1 or not isinstance(said.get(path[0]), Mapping):
        return set_key(text, path[0], nest(path[1:], value)) if said.get(path[0]) in (None, "", {}) else None
    depth = next((end for end in range(2, len(path) + 1) if value_at(said, path[:end], _MISSING) is _MISSING), None)
    if depth is None:
        return set_value(text, path, value)
    parent, rest = path[: depth - 1], nest(path[depth:], value)
    table = value_at(said, parent)
    if not isinstance(table, Mapping):
        return set_value(text, parent, nest(path[depth - 1 :], value)) if table in (None, "") else None
    return _add_line(text, found, parent, path[depth - 1], rest) or set_value(
        text, parent, {**cast("Mapping[str, HeaderValue]", table), path[depth - 1]: rest}
    )


def nest(path: Sequence[str], value: HeaderValue) -> HeaderValue:
    """A value inside tables, one in the other, each with one key of the path."""
    for name in reversed(path):
        value = {name: value}
    return value


def leaves(value: HeaderValue, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], HeaderValue]]:
    """The values inside tables that are no tables themselves, each with the keys on the way to it."""
    if isinstance(value, Mapping) and value:
        for name, one in value.items():
            yield from leaves(one, (*path, name))
    else:
        yield path, value


def rename_key(text: str, path: ValuePath, name: str) -> Edit | None:
    """The edit that gives a key another name; its value stays as it is. ``None`` as above."""
    found = header(text)
    at = span_of_path(found.entries, path) if found is not None else None
    if found is None or at is None or at.alias or (len(path) == 1 and found.entry(name) is not None):
        return None
    before, there = to_plain(found.entries), (*path[:-1], name)
    kept = value_at(before, path)
    edit = Edit(at.key_span, write_key(found.format, name))
    return _sound(
        text,
        edit,
        (str(path[0]), name),
        lambda after: value_at(after, path, _MISSING) is _MISSING and value_at(after, there, _MISSING) == kept,
    )


def _new_header(text: str, values: Mapping[str, HeaderValue]) -> Edit | None:
    if not values or text.startswith(("---", "+++")):
        return None
    match = _LINE_END.search(text)
    end = match[0] if match else "\n"
    start = 1 if text.startswith("\ufeff") else 0
    lines = "".join(f"{write_key('yaml', name)}: {literal('yaml', value)}{end}" for name, value in values.items())
    return Edit(Span(start, start), f"---{end}{lines}---{end}{end if text[start:].strip() else ''}")


def _set_entry(text: str, found: Header, entry: HeaderEntry, value: HeaderValue) -> Edit | None:
    node = entry.node
    written = literal(found.format, value, flow=text[found.body.start : found.body.end].lstrip().startswith("{"))
    if found.format != "yaml":
        return Edit(node.span, _gap(text, node.span) + written)
    start, end = node.span
    colon = text.find(":", entry.key_span.end, max(end, entry.key_span.end + 1) + 1)
    if node.alias or colon < 0 or re.search(r"[&!*]", text[colon + 1 : start].partition("#")[0]):
        return None
    line = _after_line(text, colon, len(text))
    block = node.type in (PropertyType.LIST, PropertyType.OBJECT) and text[start : start + 1] not in ("[", "{")
    if not block:
        return Edit(node.span, _gap(text, node.span) + written + _before_comment(text, node.span.end))
    item = _ITEM.match(text, _line_start(text, start))
    if item and item.end() <= end and isinstance(value, Sequence) and not isinstance(value, str) and value:
        between = _line_end_of(text, found)
        lines = [f"-{item[2]}{literal('yaml', one, flow=True)}" for one in value]
        return Edit(node.span, f"{between}{item[1]}".join(lines) + _before_comment(text, node.span.end))
    # What is behind the colon, a comment perhaps, stays; the lines of the value go.
    rest = text[colon + 1 : line]
    end = _end_of_value(text, entry)
    new = f" {written}{rest.rstrip()}{_before_comment(text, end)}"
    return Edit(Span(colon + 1, end), new) if start >= line else None


def _add(text: str, found: Header, values: Mapping[str, HeaderValue]) -> Edit | None:
    end = _line_end_of(text, found)
    body = text[found.body.start : found.body.end]
    if found.format == "json" or (found.format == "yaml" and body.lstrip().startswith("{")):
        return _add_in_flow(text, found, values)
    separator = " = " if found.format == "toml" else ": "
    lines = [write_key(found.format, name) + separator + literal(found.format, value) for name, value in values.items()]
    at = found.body.end
    if found.format == "toml":
        table = next(
            (
                one
                for one in _TOML_TABLE.finditer(text, found.body.start, found.body.end)
                if _is_table(found, one.start())
            ),
            None,
        )
        at = table.start() if table is not None else at
        if table is not None:
            # Behind the last key that stands above the first table, so that what introduces the table stays with it.
            above = [entry for entry in found.entries if entry.key_span.start < at]
            at = _after_line(text, max(one.node.span.end for one in above), at) if above else found.body.start
    elif not found.entries and body.strip() and not all(line.lstrip().startswith("#") for line in body.split() if line):
        return None
    else:
        indent = _BLANK.match(text, _line_start(text, found.entries[0].key_span.start)) if found.entries else None
        lines = [(indent[0] if indent else "") + line for line in lines]
    before = "" if text[:at].endswith(("\n", "\r")) else end
    return Edit(Span(at, at), before + "".join(line + end for line in lines))


def _add_line(text: str, found: Header, parent: ValuePath, name: str, value: HeaderValue) -> Edit | None:
    """The edit that adds a key on a line of its own after the last key of a table written in lines."""
    at = span_of_path(found.entries, parent)
    last = max(at.node.entries, key=lambda entry: entry.key_span.start, default=None) if at is not None else None
    if last is None or found.format == "json" or not _begins_line(text, last.key_span.start, found.body):
        return None
    indent = text[_line_start(text, last.key_span.start) : last.key_span.start]
    separator = " = " if found.format == "toml" else ": "
    line = indent + write_key(found.format, name) + separator + literal(found.format, value, flow=True)
    after = _after_line(text, max(last.node.span.end, last.key_span.end), found.body.end)
    before = "" if text[:after].endswith(("\n", "\r")) else _line_end_of(text, found)
    edit = Edit(Span(after, after), f"{before}{line}{_line_end_of(text, found)}")
    wanted = _replaced(to_plain(found.entries), parent, None)
    table = cast("Mapping[str, object]", value_at(to_plain(found.entries), parent))
    wanted = _replaced(wanted, parent, {**table, name: _plain(value)})
    return _sound(text, edit, (str(parent[0]),), lambda after: after == wanted)


def _add_in_flow(text: str, found: Header, values: Mapping[str, HeaderValue]) -> Edit | None:
    pairs = [
        f"{write_key(found.format, name)}: {literal(found.format, value, flow=True)}" for name, value in values.items()
    ]
    if not found.entries:
        brace = text.find("{", found.body.start, found.body.end)
        return Edit(Span(brace + 1, brace + 1), ", ".join(pairs)) if brace >= 0 else None
    last = max(found.entries, key=lambda entry: entry.key_span.start)
    start = _line_start(text, last.key_span.start)
    indent = text[start : last.key_span.start]
    between = f",{_line_end_of(text, found)}{indent}" if indent.strip() == "" and start > found.span.start else ", "
    at = last.node.span.end
    return Edit(Span(at, at), "".join(between + pair for pair in pairs))


def _remove_in_flow(entries: Sequence[HeaderEntry], entry: HeaderEntry) -> Edit | None:
    ordered = sorted(entries, key=lambda one: one.key_span.start)
    number = ordered.index(entry)
    if number + 1 < len(ordered):
        return Edit(Span(entry.key_span.start, ordered[number + 1].key_span.start), "")
    start = ordered[number - 1].node.span.end if number else entry.key_span.start
    return Edit(Span(start, entry.node.span.end), "")


def _sound(
    text: str, edit: Edit | None, names: tuple[str, ...], holds: Callable[[dict[str, object]], bool] | None = None
) -> Edit | None:
    """The edit, where afterwards all that is not about ``names`` reads as before, and nothing more is wrong."""
    if edit is None:
        return None
    before = header(text)
    after_text = apply_edits(text, [edit])
    after = header(after_text)
    if before is None or after is None or len(after.problems) > len(before.problems):
        return None
    if _others(before.properties, names) != _others(after.properties, names):
        return None
    if text[before.span.end :] != after_text[after.span.end :]:
        return None
    return edit if holds is None or holds(to_plain(after.entries)) else None


def _others(properties: Sequence[Property], names: tuple[str, ...]) -> list[tuple[str, str, str, int | None]]:
    return [
        (one.key, one.value, one.type.value, one.index)
        for one in properties
        if not any(one.key == name or one.key.startswith(f"{name}.") for name in names)
    ]


def _says(values: Mapping[str, HeaderValue]) -> Callable[[dict[str, object]], bool]:
    wanted = {name: _plain(value) for name, value in values.items()}
    return lambda after: all(name in after and after[name] == value for name, value in wanted.items())


def _replaced(value: object, path: ValuePath, by: object) -> object:
    """A plain value with another one at a path that is there."""
    if not path:
        return by
    if isinstance(value, dict):
        table = cast("dict[str | int, object]", value)
        return {**table, path[0]: _replaced(table[path[0]], path[1:], by)}
    items = cast("list[object]", value)
    return [_replaced(one, path[1:], by) if index == path[0] else one for index, one in enumerate(items)]


def _plain(value: HeaderValue) -> object:
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, (str, int, float)) else value.isoformat()


def _around(entries: Sequence[HeaderEntry], path: ValuePath) -> list[Node]:
    found = [span_of_path(entries, path[:end]) for end in range(1, len(path))]
    return [one.node for one in found if one is not None]


def _gap(text: str, span: Span) -> str:
    """A blank where an empty value stands right behind its colon, sign or dash."""
    return " " if span.start == span.end and text[span.start - 1 : span.start] in (":", "=", "-") else ""


def _before_comment(text: str, end: int) -> str:
    """A blank where the comment right behind an empty value would become a part of the new one."""
    return " " if text.startswith("#", end) else ""


def _end_of_value(text: str, entry: HeaderEntry) -> int:
    return entry.node.span.end if entry.node.span.end > entry.key_span.end else text.find(":", entry.key_span.end) + 1


def _begins_line(text: str, offset: int, body: Span) -> bool:
    start = _line_start(text, offset)
    return start >= body.start and text[start:offset].strip() in ("", "?")


def _line_start(text: str, offset: int) -> int:
    return max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1


def _after_line(text: str, offset: int, most: int) -> int:
    """Where the next line begins."""
    rest = _REST.match(text, offset)
    end = rest.end() if rest else offset
    line_end = _LINE_END.match(text, end)
    return min(line_end.end() if line_end else end, max(most, offset))


def _line_end_of(text: str, found: Header) -> str:
    match = _LINE_END.search(text, found.span.start)
    return match[0] if match else "\n"


def _is_table(found: Header, offset: int) -> bool:
    """Whether a bracket that begins a line of TOML opens a table, rather than being part of a value."""
    return not any(
        entry.key_span.start < offset < entry.node.span.end
        for entry in found.entries
        if entry.node.type is not PropertyType.OBJECT
    )
