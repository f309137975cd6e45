"""Questions answered by changes: completion, renaming, code actions; each shown by what the notes are afterwards."""

from __future__ import annotations

import difflib
import json
import re
from typing import TYPE_CHECKING

from speclib.accept import accept, items_of, visible
from speclib.conversation import Answer, Conversation
from speclib.edits import apply_workspace_edit
from speclib.model import Place
from speclib.places import follow
from speclib.positions import Json, Lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from speclib.model import Question

_WORDS_BEFORE = re.compile(r"[\w ./-]*\Z")
_OPENING = re.compile(r"\[\[|\]\(<?|\]: ?<?")


def complete(conversation: Conversation, question: Question) -> Answer:
    """``label -> the line afterwards`` of each item a client would show, best first.

    Where the expected answer asks what items lead to, rows ``leads: path`` are added.
    """
    conversation.need("completionProvider")
    place = conversation.section.place(question)
    trigger = question.options.get("trigger")
    context = {"triggerKind": 2, "triggerCharacter": trigger} if trigger else {"triggerKind": 1}
    items = _offered(conversation, place, place, context)
    if not items and conversation.lenient and (asked := _triggered(conversation, place)):
        items = _offered(conversation, place, *asked)
    text, offset = conversation.text(place.path), conversation.shift(place)
    if "resolve" in question.options:
        items = [conversation.ask("completionItem/resolve", item) for item in items]
    accepted = [accept(item, text, offset, conversation.encoding) for item in items]
    rows = [f"{one.label} -> {one.line()}" for one in accepted]
    if re.search(r"^leads: ", question.expected, re.MULTILINE):
        found = {_leads(conversation, Place(place.path, offset), one.text) for one in accepted[:40]}
        conversation.type(place.path, text)
        rows += sorted(f"leads: {path}" for path in found if path)
    return Answer(tuple(rows), tuple(one.line() for one in accepted))


def rename(conversation: Conversation, question: Question) -> Answer:
    """The changed files, line by line, after ``textDocument/rename``."""
    conversation.need("renameProvider")
    place = conversation.section.place(question)
    edit = conversation.ask_at("textDocument/rename", place, newName=question.options["to"])
    return changed(conversation, [edit] if edit else [])


def will_rename(conversation: Conversation, question: Question) -> Answer:
    """The changed files after ``workspace/willRenameFiles`` and then the move itself."""
    operations = (conversation.driver.capabilities.get("workspace") or {}).get("fileOperations") or {}
    if not operations.get("willRename"):
        conversation.need("workspace.fileOperations.willRename")
    old, new = conversation.uri(question.options["from"]), conversation.uri(question.options["to"])
    edit = conversation.ask("workspace/willRenameFiles", {"files": [{"oldUri": old, "newUri": new}]})
    move = {"documentChanges": [{"kind": "rename", "oldUri": old, "newUri": new}]}
    return changed(conversation, [edit, move] if edit else [move])


def code_actions(conversation: Conversation, question: Question) -> Answer:
    """``title (kind)`` of each action offered."""
    return Answer(tuple(f"{one['title']} ({one.get('kind', 'command')})" for one in _actions(conversation, question)))


def code_action(conversation: Conversation, question: Question) -> Answer:
    """The changed files after the first action whose title contains the one asked for, whatever the case."""
    wanted = question.options["title"].casefold()
    action = next((one for one in _actions(conversation, question) if wanted in one["title"].casefold()), None)
    if action is None:
        return Answer(("no such action",))
    if "edit" not in action and "data" in action:
        action = conversation.ask("codeAction/resolve", action)
    edits = [action["edit"]] if action.get("edit") else []
    command = action.get("command")
    if command:
        before = len(conversation.driver.applied())
        if isinstance(command, str):
            command = action
        arguments = {"command": command["command"], "arguments": command.get("arguments") or []}
        conversation.ask("workspace/executeCommand", arguments)
        edits += conversation.driver.applied()[before:]
    return changed(conversation, edits)


def changed(conversation: Conversation, edits: list[Json]) -> Answer:
    """What workspace edits do to the vault: file operations, then per changed file ``-`` and ``+`` lines."""
    before = {path: conversation.text(path) for path in conversation.files}
    after = dict(before)
    log: list[str] = []
    moved: dict[str, str] = {}
    for edit in edits:
        after, done = apply_workspace_edit(after, edit, conversation.path, conversation.encoding)
        log += done
    if conversation.lenient:
        log = _with_moves(log, before, after)
    for entry in log:
        if entry.startswith("rename "):
            old, new = entry.removeprefix("rename ").split(" -> ")
            moved |= {new + path[len(old) :]: path for path in before if path == old or path.startswith(old + "/")}
    rows = list(log)
    for path in sorted(after):
        original = before.get(moved.get(path, path), "")
        if after[path] != original:
            rows += _difference(path, original, after[path])
    return Answer(tuple(rows))


def _offered(conversation: Conversation, place: Place, asked: Place, context: Json) -> list[Json]:
    """The items that a client shows at a place, of those that the server has at the place where it is asked."""
    items, incomplete = items_of(conversation.ask_at("textDocument/completion", asked, context=context))
    if incomplete:
        return items
    text, offset = conversation.text(place.path), conversation.shift(place)
    return visible(items, text, offset, conversation.encoding, fuzzy=conversation.lenient)


def _triggered(conversation: Conversation, place: Place) -> tuple[Place, Json] | None:
    """Where and how an editor asked while the last words were typed: behind the trigger character before them."""
    provider = conversation.driver.capabilities.get("completionProvider")
    triggers = (provider.get("triggerCharacters") if isinstance(provider, dict) else None) or []
    text = conversation.files[place.path]
    words = _WORDS_BEFORE.search(text, 0, place.offset)
    end = words.start() if words else place.offset
    if not end or text[end - 1] not in triggers:
        return None
    return Place(place.path, end), {"triggerKind": 2, "triggerCharacter": text[end - 1]}


def _actions(conversation: Conversation, question: Question) -> list[Json]:
    conversation.need("codeActionProvider")
    if "from" in question.options:
        first = conversation.section.cursor(question, question.options["from"])
        last = conversation.section.cursor(question, question.options["to"])
    else:
        first = last = conversation.section.place(question)
    conversation.ensure_open(first.path)
    start, end = conversation.at(first)["position"], conversation.at(last)["position"]
    touching = [
        one
        for one in conversation.driver.diagnostics(first.path)
        if _order(one["range"]["start"]) <= _order(end) and _order(start) <= _order(one["range"]["end"])
    ]
    context: Json = {"diagnostics": touching, "triggerKind": 1}
    if "only" in question.options:
        context["only"] = question.options["only"].split(",")
    range_ = {"start": start, "end": end}
    return conversation.ask_of("textDocument/codeAction", first.path, range=range_, context=context) or []


def _with_moves(log: list[str], before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """A file that was deleted while another was created was moved, whatever the edit calls that."""
    gone = [path for path in before if path not in after and f"delete {path}" in log]
    new = [path for path in after if path not in before and f"create {path}" in log]
    if len(gone) != 1 or len(new) != 1:
        return log
    rest = [entry for entry in log if entry not in {f"delete {gone[0]}", f"create {new[0]}"}]
    return [f"rename {gone[0]} -> {new[0]}", *rest]


def _order(position: Json) -> tuple[int, int]:
    return position["line"], position["character"]


def _difference(path: str, before: str, after: str) -> list[str]:
    """``path:line`` and the lines that differ; line ends show only where they are not plain."""
    old, new = (re.split(r"(?<=\n)", text) for text in (before, after))
    rows: list[str] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag != "equal":
            rows.append(f"{path}:{start + 1}")
            rows += [f"- {_shown(line)}" for line in old[start:end] if line]
            rows += [f"+ {_shown(line)}" for line in new[new_start:new_end] if line]
    return rows


def _shown(line: str) -> str:
    body = line.removesuffix("\n")
    return json.dumps(body, ensure_ascii=False) if "\r" in body else body


def _leads(conversation: Conversation, place: Place, text: str) -> str:
    """The path that the link round a place leads to once the note has another text, by the server's own word."""
    before = [match.end() for match in _OPENING.finditer(text, 0, place.offset)]
    inside = before[-1] if before else place.offset
    conversation.type(place.path, text)
    position = Lines(text).position(min(inside + 1, len(text)), conversation.encoding)
    locations = follow(conversation, {"textDocument": {"uri": conversation.uri(place.path)}, "position": position})
    return conversation.path(locations[0].get("targetUri") or locations[0]["uri"]) if locations else ""
