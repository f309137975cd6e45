"""Questions answered by places: definitions, mentions, diagnostics, symbols, ranges; each function one question."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from speclib.conversation import Answer, Conversation
from speclib.positions import Json, Lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from speclib.model import Question

_SYMBOL_KINDS = {3: "namespace", 7: "property", 15: "string", 16: "number", 17: "boolean", 18: "array"}
_SEVERITIES = {1: "error", 2: "warning", 3: "information", 4: "hint"}


def definition(conversation: Conversation, question: Question) -> Answer:
    """``path:line:col-col`` of each target; see :func:`follow`."""
    conversation.need("definitionProvider")
    place = conversation.section.place(question)
    conversation.ensure_open(place.path)
    return _sorted(_location(conversation, location) for location in follow(conversation, conversation.at(place)))


def follow(conversation: Conversation, where: Json) -> list[Json]:
    """Where one gets from a text position: by its definition or, with a server that is not ours, its document link.

    Of such a server, a note that could be created there is no target yet.
    """
    found = _as_list(conversation.ask("textDocument/definition", where))
    if not conversation.lenient:
        return found
    if not found and conversation.driver.capabilities.get("documentLinkProvider"):
        found = [_link_location(link) for link in _links(conversation, where["textDocument"]["uri"], where["position"])]
    return [location for location in found if _is_there(conversation, location)]


def references(conversation: Conversation, question: Question) -> Answer:
    """``path:line:col-col  the line`` of each mention."""
    conversation.need("referencesProvider")
    declaration = question.options.get("declaration", "no") == "yes"
    place = conversation.section.place(question)
    result = conversation.ask_at("textDocument/references", place, context={"includeDeclaration": declaration})
    rows: list[tuple[str, int, str]] = []
    for location in _as_list(result):
        path = conversation.path(location["uri"])
        number = location["range"]["start"]["line"]
        line = Lines(conversation.text(path)).line(number).strip()
        rows.append((path, number, f"{_location(conversation, location)}  {line}"))
    rows.sort(key=lambda row: (row[0], row[1], len(row[2]), row[2]))
    return Answer(tuple(row for _, _, row in rows))


def highlight(conversation: Conversation, question: Question) -> Answer:
    """``line:col-col kind`` of each occurrence in the note."""
    conversation.need("documentHighlightProvider")
    place = conversation.section.place(question)
    kinds = {2: " read", 3: " write"}
    result = conversation.ask_at("textDocument/documentHighlight", place)
    ordered = sorted(_as_list(result), key=lambda one: _start(one["range"]))
    return Answer(
        tuple(conversation.shown(place.path, one["range"]) + kinds.get(one.get("kind", 1), "") for one in ordered)
    )


def diagnostics(conversation: Conversation, question: Question) -> Answer:
    """``line:col-col severity code  "text under it"``, with ``messages`` also the message."""
    path = conversation.section.note_of(question)
    conversation.ensure_open(path)
    rows: list[str] = []
    for one in sorted(conversation.driver.diagnostics(path), key=lambda one: _start(one["range"])):
        under = json.dumps(conversation.under(path, one["range"]), ensure_ascii=False)
        severity = _SEVERITIES.get(one.get("severity", 1), "error")
        row = f"{conversation.shown(path, one['range'])} {severity} {one.get('code', '-')}  {under}"
        rows.append(row + (f"  {one['message']}" if "messages" in question.options else ""))
    return Answer(tuple(rows))


def symbols(conversation: Conversation, question: Question) -> Answer:
    """The outline: ``Name [line:col-line:col]``, indented by two blanks a level; ``details`` says more behind it."""
    conversation.need("documentSymbolProvider")
    path = conversation.section.note_of(question)
    rows: list[str] = []

    def walk(nodes: Json, depth: int, parent: Json = None) -> None:
        for node in nodes or []:
            range_ = node.get("range") or node["location"]["range"]
            nested = not conversation.lenient or "nested" in question.options
            if not _within(node.get("selectionRange"), range_) or (nested and not _within(range_, parent)):
                raise ValueError(f"the range of the symbol {node['name']!r} or of its name is out of bounds")
            kind = _SYMBOL_KINDS.get(node["kind"], node["kind"]) if "details" in question.options else ""
            more = f" {kind} {node.get('detail') or ''}".rstrip()
            rows.append(f"{'  ' * depth}{node['name']} [{conversation.shown(path, range_)}]{more}")
            walk(node.get("children"), depth + 1, range_)

    walk(conversation.ask_of("textDocument/documentSymbol", path), 0)
    return Answer(tuple(rows))


def workspace_symbols(conversation: Conversation, question: Question) -> Answer:
    """``Name  path:line:col-col``, in the server's order."""
    conversation.need("workspaceSymbolProvider")
    result = conversation.ask("workspace/symbol", {"query": question.options.get("query", "")})
    rows: list[str] = []
    for one in result or []:
        location = one["location"]
        where = _location(conversation, location) if "range" in location else conversation.path(location["uri"])
        name = _bare(one["name"]) if conversation.lenient else one["name"]
        rows.append(f"{name}  {where}")
    return Answer(tuple(rows))


def links(conversation: Conversation, question: Question) -> Answer:
    """``line:col-col -> target`` of each document link, targets in the vault by path."""
    conversation.need("documentLinkProvider")
    path = conversation.section.note_of(question)
    conversation.ensure_open(path)
    rows: list[str] = []
    for one in sorted(_links(conversation, conversation.uri(path)), key=lambda link: _start(link["range"])):
        target = one.get("target") or "?"
        shown = conversation.path(target)
        if target.startswith("file:") and "#" in target:
            shown += "#" + target.split("#", 1)[1]
        rows.append(f"{conversation.shown(path, one['range'])} -> {shown}")
    return Answer(tuple(rows))


def folding(conversation: Conversation, question: Question) -> Answer:
    """``first-last kind`` by line, counted from 1."""
    conversation.need("foldingRangeProvider")
    result = conversation.ask_of("textDocument/foldingRange", conversation.section.note_of(question)) or []
    ordered = sorted(result, key=lambda one: (one["startLine"], -one["endLine"]))
    return Answer(
        tuple(f"{one['startLine'] + 1}-{one['endLine'] + 1} {one.get('kind', '')}".rstrip() for one in ordered)
    )


def selection(conversation: Conversation, question: Question) -> Answer:
    """The ranges round the cursor from the inside out, each with its text."""
    conversation.need("selectionRangeProvider")
    place = conversation.section.place(question)
    position = conversation.at(place)["position"]
    result = conversation.ask_of("textDocument/selectionRange", place.path, positions=[position])
    rows: list[str] = []
    node = result[0] if result else None
    while node:
        under = conversation.under(place.path, node["range"])
        rows.append(f"{conversation.shown(place.path, node['range'])}  {json.dumps(under, ensure_ascii=False)}")
        node = node.get("parent")
    return Answer(tuple(rows))


def hover(conversation: Conversation, question: Question) -> Answer:
    """The text, line by line."""
    conversation.need("hoverProvider")
    result = conversation.ask_at("textDocument/hover", conversation.section.place(question))
    text = _marked(result["contents"]) if result else ""
    return Answer(tuple(text.rstrip().split("\n"))) if text.strip() else Answer(())


def prepare_rename(conversation: Conversation, question: Question) -> Answer:
    """``line:col-col  "text"`` of what would be renamed."""
    provider = conversation.driver.capabilities.get("renameProvider")
    if not (isinstance(provider, dict) and provider.get("prepareProvider")):
        conversation.need("renameProvider.prepareProvider")
    place = conversation.section.place(question)
    result = conversation.ask_at("textDocument/prepareRename", place)
    if not result:
        return Answer(())
    if result.get("defaultBehavior"):
        return Answer(("default",))
    range_ = result.get("range") or result
    shown = result.get("placeholder") or conversation.under(place.path, range_)
    return Answer((f"{conversation.shown(place.path, range_)}  {json.dumps(shown, ensure_ascii=False)}",))


def code_lens(conversation: Conversation, question: Question) -> Answer:
    """``line  title`` of each lens, resolved."""
    conversation.need("codeLensProvider")
    path = conversation.section.note_of(question)
    rows: list[tuple[int, str]] = []
    for one in conversation.ask_of("textDocument/codeLens", path) or []:
        lens = one if one.get("command") else conversation.ask("codeLens/resolve", one)
        rows.append((one["range"]["start"]["line"] + 1, lens["command"]["title"]))
    return Answer(tuple(f"{line}  {title}" for line, title in sorted(rows)))


def inlay_hints(conversation: Conversation, question: Question) -> Answer:
    """``line:col  label`` of each hint."""
    conversation.need("inlayHintProvider")
    path = conversation.section.note_of(question)
    lines = Lines(conversation.text(path))
    whole = lines.range(0, len(lines.text), conversation.encoding)
    rows: list[tuple[int, str]] = []
    for one in conversation.ask_of("textDocument/inlayHint", path, range=whole) or []:
        offset = lines.offset(one["position"], conversation.encoding)
        label = one["label"] if isinstance(one["label"], str) else "".join(part["value"] for part in one["label"])
        rows.append((offset, f"{lines.shown(offset, offset).split('-')[0]}  {label}"))
    return Answer(tuple(row for _, row in sorted(rows)))


def tokens(conversation: Conversation, question: Question) -> Answer:
    """``line:col-col type.modifier  "text"`` of each semantic token."""
    conversation.need("semanticTokensProvider")
    path = conversation.section.note_of(question)
    legend = conversation.driver.capabilities["semanticTokensProvider"]["legend"]
    result = conversation.ask_of("textDocument/semanticTokens/full", path) or {}
    data = result.get("data") or []
    rows: list[str] = []
    line = column = 0
    for index in range(0, len(data), 5):
        down, along, length, kind, modifiers = data[index : index + 5]
        line, column = line + down, along if down else column + along
        range_ = {
            "start": {"line": line, "character": column},
            "end": {"line": line, "character": column + length},
        }
        names = [legend["tokenTypes"][kind]]
        names += [name for bit, name in enumerate(legend["tokenModifiers"]) if modifiers >> bit & 1]
        under = json.dumps(conversation.under(path, range_), ensure_ascii=False)
        rows.append(f"{conversation.shown(path, range_)} {'.'.join(names)}  {under}")
    return Answer(tuple(rows))


def _as_list(result: Json) -> list[Json]:
    return [] if result is None else result if isinstance(result, list) else [result]


def _location(conversation: Conversation, location: Json) -> str:
    uri = location.get("targetUri") or location["uri"]
    range_ = location.get("targetSelectionRange") or location["range"]
    path = conversation.path(uri)
    return f"{path}:{conversation.shown(path, range_)}"


def _links(conversation: Conversation, uri: str, position: Json = None) -> list[Json]:
    """The document links of a note, or those round a position, resolved where that is offered."""
    provider = conversation.driver.capabilities.get("documentLinkProvider")
    resolves = isinstance(provider, dict) and provider.get("resolveProvider")
    found = conversation.ask("textDocument/documentLink", {"textDocument": {"uri": uri}}) or []
    if position:
        found = [one for one in found if _within({"start": position, "end": position}, one["range"])]
    return [
        {**one, **(conversation.ask("documentLink/resolve", one) or {})} if resolves and not one.get("target") else one
        for one in found
    ]


def _link_location(link: Json) -> Json:
    """The place that a document link opens; a line, and perhaps a column, may stand behind it as in ``#L3,1``."""
    uri, _, anchor = (link.get("target") or "").partition("#")
    found = re.match(r"L(\d+)(?:,(\d+))?", anchor)
    line, column = (int(found[1]) - 1, int(found[2] or 1) - 1) if found else (0, 0)
    start = {"line": line, "character": column}
    return {"uri": uri, "range": {"start": start, "end": start}}


def _bare(name: str) -> str:
    """The name of a symbol without hashes, and without its note where that stands before one."""
    return name.rpartition("#")[2].strip() or name


def _is_there(conversation: Conversation, location: Json) -> bool:
    path = conversation.path(location.get("targetUri") or location["uri"])
    return path in conversation.files or (conversation.folder / path).is_file()


def _sorted(rows: Iterable[str]) -> Answer:
    return Answer(tuple(sorted(rows)))


def _start(range_: Json) -> tuple[int, int, int, int]:
    start, end = range_["start"], range_["end"]
    return start["line"], start["character"], end["line"], end["character"]


def _within(inner: Json, outer: Json) -> bool:
    return not inner or not outer or (_start(outer)[:2] <= _start(inner)[:2] and _start(inner)[2:] <= _start(outer)[2:])


def _marked(contents: Json) -> str:
    if isinstance(contents, str):
        return contents
    if isinstance(contents, list):
        return "\n\n".join(_marked(part) for part in contents)
    if "language" in contents:
        return f"```{contents['language']}\n{contents['value']}\n```"
    return str(contents["value"])
