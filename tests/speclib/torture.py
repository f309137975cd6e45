"""Questions that try to break a server: a note typed character by character, and raw messages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from speclib.conversation import Answer, Conversation, UnsupportedError
from speclib.drivers import offers
from speclib.positions import Json, Lines
from speclib.wire import ResponseError

if TYPE_CHECKING:
    from speclib.model import Question

_AT_CURSOR = {
    "textDocument/completion": "completionProvider",
    "textDocument/hover": "hoverProvider",
    "textDocument/definition": "definitionProvider",
    "textDocument/documentHighlight": "documentHighlightProvider",
    "textDocument/references": "referencesProvider",
}
_HINT = 4
_OF_NOTE = {
    "textDocument/documentSymbol": "documentSymbolProvider",
    "textDocument/documentLink": "documentLinkProvider",
    "textDocument/foldingRange": "foldingRangeProvider",
}


def prefixes(conversation: Conversation, question: Question) -> Answer:
    """``ok``, or what went wrong while the note was typed.

    Every beginning of the note must be answered about without an error, and no finished line (one above the line being
    typed) may show a diagnostic that the whole note does not have, hints aside.
    """
    path = conversation.section.note_of(question)
    whole = conversation.text(path)
    conversation.ensure_open(path)
    allowed = {_problem_line(one) for one in conversation.driver.diagnostics(path)}
    step = int(question.options.get("step", "1"))
    wrong: list[str] = []
    pulls = offers(conversation.driver.capabilities, "diagnosticProvider") or conversation.driver.name != "wire"
    ends = [*range(0, len(whole), step), len(whole)]
    for end in ends:
        text = whole[:end]
        conversation.type(path, text)
        wrong += _asked_everything(conversation, path, text)
        if pulls:
            finished = len(Lines(text)) - 1
            for one in conversation.driver.diagnostics(path):
                line = _problem_line(one)
                if line < finished and line not in allowed and one.get("severity") != _HINT:
                    wrong.append(f"after {text[-20:]!r}: {one['message']} on line {line + 1}")
        if len(wrong) > 5:
            break
    return Answer(tuple(wrong) or ("ok",))


def raw(conversation: Conversation, question: Question) -> Answer:
    """Each line ``method {params} => outcome`` with what really came: ``null``, ``error CODE``, ``sent`` or a result.

    ``$uri`` is the note's URI, ``$root`` the vault's. An empty list is as good as ``null``.
    """
    path = conversation.section.note_of(question)
    if path:
        conversation.ensure_open(path)
    rows: list[str] = []
    for line in question.expected.split("\n"):
        asked = line.rpartition(" => ")[0] or line
        method, _, params = asked.partition(" ")
        params = params.replace("$uri", conversation.uri(path)).replace("$root", conversation.folder.as_uri())
        rows.append(f"{asked} => {_outcome(conversation, method, json.loads(params or 'null'))}")
    return Answer(tuple(rows))


def _outcome(conversation: Conversation, method: str, params: Json) -> str:
    if method.removeprefix("$/") == "notify":
        if params["method"] == "textDocument/didChange":
            _need_incremental(conversation, params["params"]["contentChanges"])
        conversation.driver.notify(params["method"], params.get("params"))
        return "sent"
    try:
        result = conversation.ask(method, params)
    except ResponseError as error:
        return f"error {error.code}"
    empty = result in (None, [], {}) or (isinstance(result, dict) and result.get("items") == [])
    return "null" if empty else json.dumps(result, ensure_ascii=False)


def _need_incremental(conversation: Conversation, changes: list[Json]) -> None:
    """Check that the server takes such changes: one that wants whole texts is sent one at a time, without a range."""
    sync = conversation.driver.capabilities.get("textDocumentSync")
    kind = sync.get("change") if isinstance(sync, dict) else sync
    if kind == 1 and (len(changes) > 1 or "range" in changes[0]):
        raise UnsupportedError("textDocumentSync: incremental")


def _asked_everything(conversation: Conversation, path: str, text: str) -> list[str]:
    document = {"textDocument": {"uri": conversation.uri(path)}}
    position = Lines(text).position(len(text), conversation.encoding)
    wrong: list[str] = []
    for method, capability in (_AT_CURSOR | _OF_NOTE).items():
        if not offers(conversation.driver.capabilities, capability):
            continue
        params: Json = dict(document)
        if method in _AT_CURSOR:
            params["position"] = position
        if method == "textDocument/references":
            params["context"] = {"includeDeclaration": True}
        try:
            conversation.ask(method, params)
        except ResponseError as error:
            wrong.append(f"after {text[-20:]!r}: {method}: {error}")
    return wrong


def _problem_line(diagnostic: Json) -> int:
    return int(diagnostic["range"]["start"]["line"])
