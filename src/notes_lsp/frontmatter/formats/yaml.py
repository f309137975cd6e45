"""YAML: the entries of YAML frontmatter with exact spans, recovered entry by entry where it is broken.

Built on the events of PyYAML's parser (libyaml where PyYAML has it): they carry the place of every scalar and alias, in
code points of the input, and construct no objects. What a plain scalar means is asked of PyYAML's safe loader.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import NamedTuple

import yaml

from notes_lsp.facts import PropertyType
from notes_lsp.frontmatter.formats import tree
from notes_lsp.frontmatter.formats.tree import HeaderEntry, Node, Problems
from notes_lsp.frontmatter.formats.yaml_repair import (
    RepairedYaml,
    content_start,
    is_prose,
    line_start,
    prepare_yaml,
    repair,
    source_of,
)
from notes_lsp.text.source import Span

_PARSER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
_TYPER = yaml.SafeLoader("")
_TAG = "tag:yaml.org,2002:"
_KNOWN_TAGS = frozenset(
    (
        "int",
        "float",
        "bool",
        "null",
        "timestamp",
        "str",
        "binary",
        "map",
        "seq",
        "set",
        "omap",
        "pairs",
        "merge",
        "value",
    )
)
_NODE_PREFIX = re.compile(r"(?:[&!]\S*+\s*+)++")
_WRITTEN_TAG = re.compile(r"!\S*+")
_CLOCK = re.compile(r"[-+]?[0-9][0-9_]*+(?::[0-9]++)++(?:\.[0-9_]*+)?")
_LOOSE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2})?(?: ?(?:Z|[-+]\d{2}:?\d{2}))?")
_ZONE = re.compile(r" ([-+]\d{2}:?\d{2}|Z)\Z")
_HALF_TYPED = re.compile(r"[^\s:]++|[\w-]++:(?!//)[^\n\r]*+")


def read_yaml(text: str, body: Span, problems: Problems) -> list[HeaderEntry] | None:
    """The entries of the YAML in ``body``, with spans in ``text``; ``None`` where it is prose and no header at all.

    Never raises. A value means what PyYAML's safe loader makes of it, with these exceptions, all for the sake of what
    people mean: clock times (``12:30``) and impossible dates are text; a day with a time is one also without
    seconds (``2024-05-12T10:30``) or with a zone such as ``+0200``; ``[[note]]`` is a link and no list of lists;
    ``{{title}}`` is text; U+0085, U+2028 and U+2029 are characters and no line ends, as in YAML 1.2.
    An entry that is broken becomes a problem, and what it plainly means is read all the same.
    """
    source = source_of(text, body, problems)
    reading = _Reading(source, problems)
    start = content_start(source, body.start)
    entries: list[HeaderEntry] = []
    for attempt in range(_attempts(body)):
        prepare_yaml(source, start, problems)
        composed = _compose(reading, start)
        if composed.fault is None and attempt == 0 and not composed.mapping:
            return _without_mapping(source, composed.root)
        if composed.fault is not None and attempt == 0 and is_prose(source):
            return None
        entries += composed.entries
        if composed.fault is None or problems.full:
            break
        began, start = start, _culprit(source, composed, composed.fault, start)
        if not repair(source, composed.fault, began, start, problems):
            break
        entries = [entry for entry in entries if entry.key_span.start < start]
    else:
        problems.limit(Span(start, start), "There is too much wrong here: nothing further is read.")
    return tree.distinct(entries, problems)


def _attempts(body: Span) -> int:
    """How often a broken header is parsed again, so that long ones take no longer than many faults in short ones."""
    return min(3 * tree.MAX_PROBLEMS, 2 + 4_000_000 // (body.end - body.start + 1))


def _without_mapping(source: RepairedYaml, root: Node | None) -> list[HeaderEntry] | None:
    """An empty header, one whose first key is being typed and one that a template fills are headers all the same."""
    if root is None or root.type is PropertyType.NULL:
        return []
    written = source.original[root.span.start : root.span.end]
    return [] if tree.is_placeholder(written) or _HALF_TYPED.fullmatch(written) else None


def _culprit(source: RepairedYaml, composed: _Composed, fault: int, start: int) -> int:
    """Where the line begins on which the entry begins that is to blame for a fault."""
    if composed.open_key is not None:
        return line_start(source, composed.open_key.start)
    if not composed.entries:
        return content_start(source, start)
    last = composed.entries[-1]
    end = max(composed.end, last.key_span.end)
    if fault <= end or not source.has_line_end(end, fault):
        return line_start(source, last.key_span.start)
    return content_start(source, end)


@dataclass(slots=True)
class _Reading:
    """What all attempts to read one header share."""

    source: RepairedYaml
    problems: Problems
    anchors: dict[str, Node] = field(default_factory=dict[str, Node])
    merged: int = 0
    """Entries taken over by merge keys so far."""


@dataclass(slots=True)
class _Frame:
    """A mapping or list that has begun."""

    node: Node
    flow: bool
    anchor: str | None
    end: int
    key: tuple[str, Node] | None = None
    merges: list[HeaderEntry] = field(default_factory=list[HeaderEntry])


class _Composed(NamedTuple):
    """As much of a tree as could be read, and what stopped it."""

    root: Node | None
    entries: list[HeaderEntry]
    """The entries of the root that are whole."""
    mapping: bool
    open_key: Span | None
    """The key of the entry that is not."""
    end: int
    """Where the last whole value ends."""
    fault: int | None
    """Where the parser gave up."""


def _compose(reading: _Reading, start: int) -> _Composed:
    """Build the tree of the document at ``start`` without recursion, up to its end or the first fault."""
    source, problems = reading.source, reading.problems
    stack: list[_Frame] = []
    outermost: _Frame | None = None
    root: Node | None = None
    end, count = start, 0
    fault: int | None = None
    try:
        for event in yaml.parse(source.text[start : source.body.end], Loader=_PARSER):
            span = _event_span(event, start)
            if isinstance(event, yaml.ScalarEvent):
                raw = source.restored(event.value, span)
                node = _scalar(source, event, raw, span, problems)
            elif isinstance(event, yaml.AliasEvent):
                node = _alias(reading, str(event.anchor), span, stack)
                raw = node.value
            elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                kind = PropertyType.OBJECT if isinstance(event, yaml.MappingStartEvent) else PropertyType.LIST
                _check_tag(source, event.tag, span, problems)
                begin = _without_prefix(source, event, Span(span.start, source.body.end)).start
                stack.append(_Frame(Node(kind, Span(begin, begin)), bool(event.flow_style), event.anchor, begin))
                outermost = outermost or stack[0]
                continue
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                frame = stack.pop()
                node = _closed(source, frame, span.end, problems)
                raw = source.original[node.span.start : node.span.end]
                if frame.anchor:
                    reading.anchors[frame.anchor] = node
            elif isinstance(event, yaml.DocumentStartEvent) and root is not None:
                fault = span.start
                break
            else:
                continue
            if isinstance(event, yaml.ScalarEvent) and event.anchor:
                reading.anchors[event.anchor] = node
            if stack:
                _put(reading, stack[-1], raw, node)
            else:
                root = node
            end = node.span.end
            count += 1
            if count >= tree.MAX_NODES:
                problems.limit(span, f"Only the first {tree.MAX_NODES:,} values of a header are read.")
                while len(stack) > 1:
                    unfinished = stack.pop()
                    _put(reading, stack[-1], "", _closed(source, unfinished, end, problems))
                break
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        fault = start + (mark.index if mark else 0)
    mapping = outermost is not None and outermost.node.type is PropertyType.OBJECT
    open_key = outermost.key[1].span if outermost is not None and outermost.key and stack else None
    entries = outermost.node.entries if mapping and outermost is not None else []
    if root is not None and root.type is not PropertyType.OBJECT:
        mapping, entries = False, []
    return _Composed(root, list(entries), mapping, open_key, end, fault)


def _event_span(event: yaml.Event, start: int) -> Span:
    first, last = event.start_mark, event.end_mark
    return Span(start + (first.index if first else 0), start + (last.index if last else 0))


def _put(reading: _Reading, frame: _Frame, raw: str, node: Node) -> None:
    """Add a whole value to the container that it stands in; of a mapping, every other value is a key."""
    frame.end = max(frame.end, node.span.end)
    if frame.node.type is PropertyType.LIST:
        frame.node.items.append(node)
        return
    if frame.key is None:
        templated = reading.source.original.startswith("{{", frame.node.span.start)
        if node.type in (PropertyType.LIST, PropertyType.OBJECT) and not templated:
            reading.problems.add(tree.SYNTAX, node.span, "A key cannot be a list or a mapping: put it in quotes.")
        frame.key = (raw, node)
        return
    key, key_node = frame.key
    frame.key = None
    entry = HeaderEntry(key, key_node.span, node, key_node.type)
    plain = reading.source.original.startswith("<<", key_node.span.start)
    if key == "<<" and plain:
        _merge(reading, frame, entry)
    else:
        frame.node.entries.append(entry)


def _merge(reading: _Reading, frame: _Frame, entry: HeaderEntry) -> None:
    """Take the entries of a merge key's mappings into a mapping; its own, and those of earlier ones, go before.

    YAML 1.1, "Merge Key Language-Independent Type".
    """
    node = entry.node
    mappings = node.items if node.type is PropertyType.LIST else [node]
    if any(mapping.type is not PropertyType.OBJECT for mapping in mappings):
        reading.problems.add(tree.SYNTAX, node.span, "`<<` takes a mapping, an alias of one, or a list of these.")
        return
    for mapping in mappings:
        alias = node.span if node.alias else mapping.span if mapping.alias else None
        for merged in mapping.entries:
            if reading.merged >= tree.MAX_NODES:
                reading.problems.limit(entry.key_span, f"Only the first {tree.MAX_NODES:,} merged entries are read.")
                return
            if alias is None:
                taken = merged
            else:
                inner = merged.node
                at_alias = Node(inner.type, alias, inner.value, inner.items, inner.entries, alias=True)
                taken = HeaderEntry(merged.key, alias, at_alias, merged.key_type)
            frame.merges.append(taken)
            reading.merged += 1


def _closed(source: RepairedYaml, frame: _Frame, end: int, problems: Problems) -> Node:
    """A container as a whole value. Those in brackets end with them, the others with the last thing in them."""
    node = frame.node
    node.span = Span(node.span.start, max(node.span.start, end if frame.flow else frame.end))
    if frame.flow:
        written = source.original[node.span.start : node.span.end]
        if tree.is_placeholder(written):
            return Node(PropertyType.TEXT, node.span, written)
        if tree.is_link(written):
            return Node(PropertyType.LINK, node.span, written)
    if frame.merges:
        own = {(entry.key_type, entry.key) for entry in node.entries}
        merged: dict[tuple[PropertyType, str], HeaderEntry] = {}
        for entry in frame.merges:
            merged.setdefault((entry.key_type, entry.key), entry)
        node.entries = [*(entry for identity, entry in merged.items() if identity not in own), *node.entries]
    node.entries = tree.distinct(node.entries, problems)
    return node


def _alias(reading: _Reading, name: str, span: Span, stack: list[_Frame]) -> Node:
    """What an alias stands for, at the alias; the alias itself as text where it stands for nothing."""
    if any(frame.anchor == name for frame in stack):
        reading.problems.add(
            tree.SYNTAX, span, f"The alias `*{tree.shorten(name)}` stands inside the value that it stands for."
        )
        return Node(PropertyType.NULL, span)
    target = reading.anchors.get(name)
    if target is None:
        reading.source.told.add(line_start(reading.source, span.start))
        message = f"There is no anchor `&{tree.shorten(name)}` before this alias; if it is text, put it in quotes."
        reading.problems.add(tree.SYNTAX, span, message)
        return Node(PropertyType.TEXT, span, reading.source.original[span.start : span.end])
    return Node(target.type, span, target.value, target.items, target.entries, alias=True)


def _scalar(source: RepairedYaml, event: yaml.ScalarEvent, raw: str, span: Span, problems: Problems) -> Node:
    _check_tag(source, event.tag, span, problems)
    span = _without_prefix(source, event, span)
    if event.tag in (None, "!"):
        if not event.implicit[0]:
            return tree.text_node(raw, span, problems)
        tag = _meant(raw)
    else:
        tag = event.tag
    return _typed(tag.removeprefix(_TAG), raw, span, problems)


def _typed(name: str, raw: str, span: Span, problems: Problems) -> Node:
    """A scalar whose YAML type is known."""
    if name == "null":
        return Node(PropertyType.NULL, span)
    if name == "bool" and raw.lower() in _TYPER.bool_values:
        return Node(PropertyType.BOOLEAN, span, "true" if _TYPER.bool_values[raw.lower()] else "false")
    if len(raw) > tree.MAX_KEY:
        return tree.text_node(raw, span, problems)
    if name in ("int", "float") and not _CLOCK.fullmatch(raw):
        if _meant(raw) in (_TAG + "int", _TAG + "float"):
            return Node(PropertyType.NUMBER, span, raw)
    elif name == "timestamp":
        moment = _moment(raw)
        if moment is not None:
            kind = PropertyType.DATETIME if isinstance(moment, dt.datetime) else PropertyType.DATE
            return Node(kind, span, moment.isoformat())
    elif name == "str" and raw[:4].isdigit() and _LOOSE_TIME.fullmatch(raw):
        loose = _loose_moment(raw)
        return Node(PropertyType.DATETIME, span, loose) if loose else tree.text_node(raw, span, problems)
    return tree.text_node(raw, span, problems)


def _meant(raw: str) -> str:
    """The tag that YAML 1.1 gives to a plain scalar."""
    return str(_TYPER.resolve(yaml.ScalarNode, raw, (True, False)))  # type: ignore[no-untyped-call]  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]


def _moment(raw: str) -> dt.date | None:
    """The date or datetime that a timestamp means; ``None`` where there is no such day or hour."""
    try:
        return _TYPER.construct_yaml_timestamp(yaml.ScalarNode(_TAG + "timestamp", raw))
    except (ValueError, OverflowError, AttributeError):
        return None


def _loose_moment(raw: str) -> str | None:
    """A time without seconds, as Obsidian writes it, or with a zone without a colon, as Jekyll does; in ISO 8601."""
    try:
        return dt.datetime.fromisoformat(_ZONE.sub(r"\1", raw)).isoformat()
    except ValueError:
        return None


def _without_prefix(source: RepairedYaml, event: yaml.ScalarEvent | yaml.CollectionStartEvent, span: Span) -> Span:
    """The span without anchor, tag and trailing line ends; an empty value stands one space after what asks for it."""
    text, (start, end) = source.text, span
    if event.anchor or event.tag:
        prefix = _NODE_PREFIX.match(text, start, end)
        start = prefix.end() if prefix else start
    if isinstance(event, yaml.ScalarEvent):
        if start == end and text.startswith(" ", start) and start < source.body.end:
            return Span(start + 1, start + 1)
        if event.style in ("|", ">"):
            end = start + len(text[start:end].rstrip())
    return Span(min(start, end), end)


def _check_tag(source: RepairedYaml, tag: str | None, span: Span, problems: Problems) -> None:
    """Report a tag that YAML does not know: no object is made of it, and who wrote it may have meant text."""
    if tag is None or tag == "!" or (tag.startswith(_TAG) and tag.removeprefix(_TAG) in _KNOWN_TAGS):
        return
    written = _WRITTEN_TAG.search(source.original, span.start, source.body.end)
    place = Span(*written.span()) if written else span
    name = tree.shorten(source.original[place.start : place.end])
    problems.add(tree.SYNTAX, place, f"`{name}` is an unknown tag; if it is text, put it in quotes.")
