"""Completion: completion items in the one form that every editor inserts correctly."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast
from weakref import WeakSet

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from notes_lsp.fuzzy.ranking_context import RankingContext
from notes_lsp.ide.completion import anchors as completing_anchors
from notes_lsp.ide.completion import paths as completing_paths
from notes_lsp.ide.completion import words as completing_words
from notes_lsp.ide.completion.context import (
    Callout,
    FootnoteLabel,
    PathAnchor,
    PathTarget,
    Prompt,
    ReferenceLabel,
    TagName,
    TaskState,
    VaultBlock,
    VaultHeading,
    WikiAnchor,
    WikiLabel,
    WikiTarget,
    prompt_at,
    tasks_or_labels,
)
from notes_lsp.ide.completion.frontmatter import complete_header
from notes_lsp.ide.completion.items import Item, ItemKind, NewBlockId, Offer
from notes_lsp.ide.completion.notes import completion, completion_preview
from notes_lsp.index.search.passages import passages
from notes_lsp.index.vault.vault import Vault
from notes_lsp.links.safe_schemes import remove_unsafe_links
from notes_lsp.lsp.server import convert
from notes_lsp.lsp.server.server import NotesServer
from notes_lsp.lsp.server.session import RequestContext
from notes_lsp.lsp.server.workspace_edit import workspace_edit
from notes_lsp.lsp.transport.json_rpc import Json, RawJson
from notes_lsp.text.source import Edit, Source, Span

ADD_BLOCK_ID = "notes-lsp.addBlockId"
"""Gives a block of another note the id that a link was completed with."""
MOVE_CURSOR = "notes-lsp.moveCursor"
"""Puts the cursor after the closing brackets that follow an accepted item."""
TRIGGERS = ("[", "(", "<", "#", "^", "|", "/", "!", '"', "'", " ")
"""What asks for completion unasked. A blank, too: some editors end completion there; outside links nothing comes."""

_PREVIEW_LINES = 12
_NO_EDIT: Json = {
    "range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}},
    "newText": "",
}
_MOMENT = 0.3
"""Seconds that somebody who types does not notice, once."""
_waited_for: WeakSet[Vault] = WeakSet()
"""Vaults that were still being read when somebody asked first: that one waits a moment, and nobody after."""
_KINDS = {
    ItemKind.NOTE: types.CompletionItemKind.File.value,
    ItemKind.ALIAS: types.CompletionItemKind.Reference.value,
    ItemKind.FILE: types.CompletionItemKind.File.value,
    ItemKind.HEADING: types.CompletionItemKind.Reference.value,
    ItemKind.BLOCK: types.CompletionItemKind.Reference.value,
    ItemKind.LABEL: types.CompletionItemKind.Text.value,
    ItemKind.PLACEHOLDER: types.CompletionItemKind.Constant.value,
    ItemKind.DAY: types.CompletionItemKind.Event.value,
    ItemKind.NEW: types.CompletionItemKind.Constructor.value,
    ItemKind.TAG: types.CompletionItemKind.Keyword.value,
    ItemKind.DEFINITION: types.CompletionItemKind.Reference.value,
    ItemKind.FOOTNOTE: types.CompletionItemKind.Reference.value,
    ItemKind.TASK: types.CompletionItemKind.EnumMember.value,
    ItemKind.CALLOUT: types.CompletionItemKind.EnumMember.value,
    ItemKind.KEY: types.CompletionItemKind.Property.value,
    ItemKind.VALUE: types.CompletionItemKind.Value.value,
}


def options(client: types.ClientCapabilities) -> types.CompletionOptions:
    """What a client is told of completion. Previews are only for those that may be given them later.

    Who asks for other things alone gains nothing by asking, and has to wait: Neovim 0.11 inserts what was chosen when
    the answer comes, and nothing at all if somebody has typed on meanwhile.
    """
    document = client.text_document
    item = document.completion.completion_item if document and document.completion else None
    later = item.resolve_support.properties if item and item.resolve_support else None
    return types.CompletionOptions(
        # Some editors end completion at a blank unless it is a trigger; outside links the answer is null at once.
        trigger_characters=list(TRIGGERS),
        resolve_provider=later is None or "documentation" in later,
    )


async def complete(server: NotesServer, params: types.CompletionParams) -> RawJson | None:
    """What can be chosen at the cursor, as soon as names are known; a vault that is read in a moment is waited for."""
    folder = server.files.locate(params.text_document.uri).folder
    await server.named(folder)
    if not folder.vault.complete and folder.vault not in _waited_for:
        _waited_for.add(folder.vault)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(server.ready(folder), _MOMENT)
    return _complete(server, params)


def _complete(server: NotesServer, params: types.CompletionParams) -> RawJson | None:
    at = server.place(params)
    offer = _offer(server, at) if at else None
    if at is None or offer is None:
        return None
    abilities = _abilities(server)
    taken_in = offer.closed if abilities.replaces_after_cursor else ""
    replaced = _range(at, Span(offer.span.start, offer.span.end + len(taken_in)))
    whole = _range(at, offer.replaces) if offer.replaces and abilities.replaces else None
    has_defaults = whole is None and abilities.defaults
    mixed = abilities.sorts_by_kind and len({_KINDS[item.kind] for item in offer.items}) > 1
    kind = types.CompletionItemKind.Reference.value if mixed else None
    shape = _Shape(abilities, replaced, whole, has_defaults, params.text_document.uri, taken_in, kind)
    answer: Json = {
        "isIncomplete": offer.incomplete,
        "items": [_item(at, offer, number, shape) for number in range(len(offer.items))],
    }
    if has_defaults:
        answer["itemDefaults"] = {"editRange": replaced, "insertTextFormat": shape.format}
    return RawJson(answer)


def resolve_completion(server: NotesServer, item: types.CompletionItem) -> types.CompletionItem:
    """Add the preview of what an item leads to."""
    raw: object = item.data
    data = cast("dict[str, object]", raw) if isinstance(raw, dict) else {}
    at = server.document(str(data.get("uri", "")))
    path = str(data.get("path", ""))
    if at is not None and path:
        anchor = data.get("anchor")
        shown = completion_preview(at.vault, path, anchor if isinstance(anchor, str) else None, _PREVIEW_LINES)
        if shown:
            item.documentation = types.MarkupContent(types.MarkupKind.Markdown, remove_unsafe_links(shown))
    return item


async def add_block_id(server: NotesServer, arguments: list[Any]) -> bool:
    """Ask the client to write an id behind a block: ``[uri of a note of the vault, path, text of the block, id]``.

    The block is looked for by its text when the item has been accepted; where it has changed, or has an id by now,
    nothing is written and the user is told.
    """
    uri, path, text, new = (*map(str, arguments), "", "", "", "")[:4]
    at = server.document(uri)
    target = at.vault.note(path) if at is not None else None
    found = [one for one in passages(at.vault, target) if one.text == text] if at and target else []
    if at is None or target is None or not found or found[0].id is not None:
        server.window_show_message(
            types.ShowMessageParams(types.MessageType.Warning, f"{path} has changed: no block id was added")
        )
        return False
    edit = workspace_edit(server, at.folder, {path: [Edit(Span(found[0].end, found[0].end), f" ^{new}")]})
    label = f"Add the block id ^{new} to {path}"
    result = await server.workspace_apply_edit_async(types.ApplyWorkspaceEditParams(edit, label))
    return result.applied


async def move_cursor(server: NotesServer, arguments: list[Any]) -> bool:
    """Ask the client to put the cursor somewhere: ``[uri, position]``; whether it did."""
    window = server.capabilities.window
    if not (window and window.show_document and window.show_document.support):
        return False
    try:
        where = types.Position(int(arguments[1]["line"]), int(arguments[1]["character"]))
    except (IndexError, KeyError, TypeError, ValueError):
        raise JsonRpcInvalidParams(f"{MOVE_CURSOR}: the arguments are a URI and a position") from None
    shown = types.ShowDocumentParams(str(arguments[0]), take_focus=True, selection=types.Range(where, where))
    return (await server.window_show_document_async(shown)).success


COMPLETION_COMMANDS = {ADD_BLOCK_ID: add_block_id, MOVE_CURSOR: move_cursor}
"""The commands that items run when they are accepted."""


@dataclass(frozen=True, slots=True)
class _Abilities:
    """What the client said that it can do with items."""

    snippets: bool
    replaces: bool
    replaces_after_cursor: bool
    """An edit's range may end after the cursor."""
    defaults: bool
    label_details: bool
    commands: bool
    moves_cursor: bool
    """It runs a command that puts the cursor after what it cannot take into an edit."""
    resolves_accepted: bool
    """It asks before it inserts, unless an item has more edits; and inserts nothing if one has typed on meanwhile."""
    sorts_by_kind: bool
    """It may put kinds of items in an order of its own, as nvim-cmp does."""


@dataclass(frozen=True, slots=True)
class _Shape:
    abilities: _Abilities
    replaced: Json
    whole: Json | None
    has_defaults: bool
    uri: str
    taken_in: str
    """What follows the cursor and is part of the edit."""
    kind: int | None
    """The kind that all items of the list are given, so that they stay in the server's order."""

    @property
    def format(self) -> int:
        """How inserted texts are to be read."""
        chosen = types.InsertTextFormat.Snippet if self.abilities.snippets else types.InsertTextFormat.PlainText
        return chosen.value


def _offer(server: NotesServer, at: RequestContext) -> Offer | None:
    text = at.source.text
    moment = RankingContext(datetime.now().astimezone().date(), at.folder.open_paths)
    in_header = complete_header(at.vault, at.note, text, at.offset, at.folder.config, moment)
    if in_header is not None:
        return in_header
    prompt = prompt_at(at.vault.whole(at.note), text, at.offset)
    if prompt is None:
        return None
    offer = _asked(server, at, prompt, moment)
    return replace(offer, closed=prompt.closed) if offer is not None and offer.items else None


def _asked(server: NotesServer, at: RequestContext, prompt: Prompt, moment: RankingContext) -> Offer | None:
    vault, note, config = at.vault, at.note, at.folder.config
    commands = _abilities(server).commands
    match prompt:
        case WikiTarget():
            return completion(vault, note, prompt, config, moment)
        case WikiAnchor():
            found = completing_anchors.wiki_anchor(vault, note, prompt, config, runs_commands=commands)
            # Nothing is called "C", but "C# notes" is.
            return completion(vault, note, prompt.whole, config, moment) if found is None else found
        case WikiLabel():
            return completing_anchors.wiki_label(vault, note, prompt, config)
        case VaultBlock():
            return completing_anchors.vault_block(vault, note, prompt, config, at.source.text, runs_commands=commands)
        case VaultHeading():
            return completing_anchors.vault_heading(vault, note, prompt, config)
        case PathTarget():
            return completing_paths.paths(vault, note, prompt, config, moment)
        case PathAnchor():
            return completing_anchors.path_anchor(vault, note, prompt, config)
        case ReferenceLabel():
            return completing_words.labels(vault, note, prompt, config)
        case FootnoteLabel():
            return completing_words.footnotes(vault, note, prompt, config)
        case TagName():
            return completing_words.tag_items(vault, note, prompt, config)
        case TaskState():
            found = completing_words.states(vault, prompt, config)
            return found or completing_words.labels(vault, note, tasks_or_labels(prompt), config)
        case Callout():
            return completing_words.callouts(prompt, config)


def _abilities(server: NotesServer) -> _Abilities:
    capabilities = server.capabilities
    document = capabilities.text_document
    asked = document.completion if document else None
    item = asked.completion_item if asked else None
    defaults = (asked.completion_list.item_defaults if asked and asked.completion_list else None) or ()
    resolved = (item.resolve_support.properties if item and item.resolve_support else None) or ()
    workspace = capabilities.workspace
    # No capability says that an item's command is run. Neovim names commands among what may be resolved; what knows
    # both replacing and commit characters is built on VS Code's own model, which has the command as well.
    # Neovim's own completion ignores where a range ends, although since 0.12 it announces otherwise. nvim-cmp and
    # blink.cmp do not; what tells them from it are modes of indentation, which Neovim itself does not know.
    is_neovim = server.client_name == "Neovim"
    native = is_neovim and not (item and item.insert_text_mode_support)
    runs = "command" in resolved or bool(item and item.insert_replace_support and item.commit_characters_support)
    return _Abilities(
        snippets=bool(item and item.snippet_support),
        replaces=bool(item and item.insert_replace_support) and not native,
        replaces_after_cursor=not native,
        defaults="editRange" in defaults and "insertTextFormat" in defaults,
        label_details=bool(item and item.label_details_support),
        commands=runs and bool(workspace and workspace.apply_edit) and _offers_commands(server),
        moves_cursor=runs and native and _offers_commands(server),
        resolves_accepted=native and "documentation" in resolved,
        sorts_by_kind=is_neovim,
    )


def _offers_commands(server: NotesServer) -> bool:
    provider = server.protocol.server_capabilities.execute_command_provider
    return provider is not None and ADD_BLOCK_ID in provider.commands


def _item(at: RequestContext, offer: Offer, number: int, shape: _Shape) -> Json:
    """An item in the one shape that every editor inserts rightly; ``docs/editors.md`` says why.

    Written out by hand: fifty items take longer to convert than to find.
    """
    item = offer.items[number]
    insert = item.insert + shape.taken_in
    text = convert.snippet(insert) if shape.abilities.snippets else insert
    written: Json = {
        "label": item.label,
        "kind": shape.kind or _KINDS[item.kind],
        "sortText": f"{number:04}",
        "filterText": offer.typed or item.label,
    }
    if item.detail:
        written["detail"] = item.detail
        if shape.abilities.label_details:
            written["labelDetails"] = {"description": item.detail}
    if shape.has_defaults:
        written["textEditText"] = text
    else:
        written["insertTextFormat"] = shape.format
        written["textEdit"] = _text_edit(text, shape)
    if item.edits:
        written["additionalTextEdits"] = [{"range": _range(at, edit.span), "newText": edit.text} for edit in item.edits]
    elif shape.abilities.resolves_accepted:
        written["additionalTextEdits"] = [_NO_EDIT]
    if item.block_id is not None:
        written["command"] = _command(item.block_id, shape.uri)
    elif offer.closed and shape.abilities.moves_cursor:
        written["command"] = _move_after(at, offer, item, shape)
    if item.path:
        written["data"] = {"uri": shape.uri, "path": item.path, "anchor": item.anchor}
    return written


def _text_edit(text: str, shape: _Shape) -> Json:
    if shape.whole is not None:
        return {"newText": text, "insert": shape.replaced, "replace": shape.whole}
    return {"range": shape.replaced, "newText": text}


def _range(at: RequestContext, span: Span) -> Json:
    first, last = (at.source.position(offset, at.unit) for offset in span)
    return {
        "start": {"line": first.line, "character": first.column},
        "end": {"line": last.line, "character": last.column},
    }


def _move_after(at: RequestContext, offer: Offer, item: Item, shape: _Shape) -> Json:
    """The command that puts the cursor after what closes the accepted item."""
    line = at.source.position(offer.span.start, at.unit)
    width = Source(item.insert + offer.closed)
    column = line.column + width.position(len(width.text), at.unit).column
    arguments = [shape.uri, {"line": line.line, "character": column}]
    return {"title": "Move the cursor after the link", "command": MOVE_CURSOR, "arguments": arguments}


def _command(addition: NewBlockId, uri: str) -> Json:
    arguments = [uri, addition.path, addition.block, addition.id]
    return {"title": "Add a block id", "command": ADD_BLOCK_ID, "arguments": arguments}
