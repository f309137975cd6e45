"""Completing: completion in the protocol's terms, in the one shape that every editor inserts rightly."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from lsprotocol import types

from notes_lsp.core.offers import Item, ItemKind, Moment, NewBlockId, Offer
from notes_lsp.core.prompt import (
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
from notes_lsp.core.text import Edit
from notes_lsp.features import completing_anchors, completing_paths, completing_words
from notes_lsp.features.completion import completion, preview
from notes_lsp.features.properties import complete_header
from notes_lsp.index.passages import passages
from notes_lsp.lsp import convert
from notes_lsp.lsp.server import NotesServer, Place

ADD_BLOCK_ID = "notes-lsp.addBlockId"
"""Gives a block of another note the id that a link was completed with."""
TRIGGERS = ("[", "(", "<", "#", "^", "|", "/", "!", '"', "'", " ")
"""What asks for completion unasked. A blank, too: some editors end completion there; outside links nothing comes."""

_PREVIEW_LINES = 12
_MOMENT = 0.3
"""Seconds that somebody who types does not notice, once."""
_KINDS = {
    ItemKind.NOTE: types.CompletionItemKind.File,
    ItemKind.ALIAS: types.CompletionItemKind.Reference,
    ItemKind.FILE: types.CompletionItemKind.File,
    ItemKind.HEADING: types.CompletionItemKind.Reference,
    ItemKind.BLOCK: types.CompletionItemKind.Reference,
    ItemKind.LABEL: types.CompletionItemKind.Text,
    ItemKind.PLACEHOLDER: types.CompletionItemKind.Constant,
    ItemKind.DAY: types.CompletionItemKind.Event,
    ItemKind.NEW: types.CompletionItemKind.Constructor,
    ItemKind.TAG: types.CompletionItemKind.Keyword,
    ItemKind.DEFINITION: types.CompletionItemKind.Reference,
    ItemKind.FOOTNOTE: types.CompletionItemKind.Reference,
    ItemKind.TASK: types.CompletionItemKind.EnumMember,
    ItemKind.CALLOUT: types.CompletionItemKind.EnumMember,
    ItemKind.KEY: types.CompletionItemKind.Property,
    ItemKind.VALUE: types.CompletionItemKind.Value,
}


async def complete(server: NotesServer, params: types.CompletionParams) -> types.CompletionList | None:
    """What can be chosen at the cursor, as soon as names are known; a vault that is read in a moment is waited for."""
    folder = server.files.locate(params.text_document.uri).folder
    await server.named(folder)
    if not folder.vault.complete:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(server.ready(folder), _MOMENT)
    return _complete(server, params)


def _complete(server: NotesServer, params: types.CompletionParams) -> types.CompletionList | None:
    at = server.place(params)
    offer = _offer(server, at) if at else None
    if at is None or offer is None:
        return None
    abilities = _abilities(server)
    replaced = convert.range_(at.source, offer.span, at.unit)
    whole = convert.range_(at.source, offer.replaces, at.unit) if offer.replaces and abilities.replaces else None
    defaults = _defaults(abilities, replaced) if whole is None and abilities.defaults else None
    uri = params.text_document.uri
    items = [
        _item(at, offer, number, _Shape(abilities, replaced, whole, defaults is not None, uri))
        for number in range(len(offer.items))
    ]
    return types.CompletionList(is_incomplete=offer.incomplete, items=items, item_defaults=defaults)


def resolve(server: NotesServer, item: types.CompletionItem) -> types.CompletionItem:
    """Add the preview of what an item leads to."""
    raw: object = item.data
    data = cast("dict[str, object]", raw) if isinstance(raw, dict) else {}
    at = server.document(str(data.get("uri", "")))
    path = str(data.get("path", ""))
    if at is not None and path:
        anchor = data.get("anchor")
        shown = preview(at.vault, path, anchor if isinstance(anchor, str) else None, _PREVIEW_LINES)
        if shown:
            item.documentation = types.MarkupContent(types.MarkupKind.Markdown, shown)
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
    place = convert.position(server.source(at.folder, target), found[0].end, at.unit)
    edit = types.TextEdit(types.Range(place, place), f" ^{new}")
    note_uri = server.uri(at.folder, target)
    label = f"Add the block id ^{new} to {path}"
    result = await server.workspace_apply_edit_async(
        types.ApplyWorkspaceEditParams(types.WorkspaceEdit(changes={note_uri: [edit]}), label)
    )
    return result.applied


COMMANDS = {ADD_BLOCK_ID: add_block_id}
"""The commands that items run when they are accepted."""


@dataclass(frozen=True, slots=True)
class _Abilities:
    """What the client said that it can do with items."""

    snippets: bool
    replaces: bool
    defaults: bool
    label_details: bool
    commands: bool


@dataclass(frozen=True, slots=True)
class _Shape:
    abilities: _Abilities
    replaced: types.Range
    whole: types.Range | None
    has_defaults: bool
    uri: str


def _offer(server: NotesServer, at: Place) -> Offer | None:
    text = at.source.text
    moment = Moment(datetime.now().astimezone().date(), at.folder.open_paths)
    in_header = complete_header(at.vault, at.note, text, at.offset, at.folder.config, moment)
    if in_header is not None:
        return in_header
    prompt = prompt_at(at.vault.whole(at.note), text, at.offset)
    if prompt is None:
        return None
    offer = _asked(server, at, prompt, moment)
    return offer if offer is not None and offer.items else None


def _asked(server: NotesServer, at: Place, prompt: Prompt, moment: Moment) -> Offer | None:
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
            return completing_words.tags(vault, note, prompt, config)
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
    runs = "command" in resolved or bool(item and item.insert_replace_support and item.commit_characters_support)
    return _Abilities(
        snippets=bool(item and item.snippet_support),
        replaces=bool(item and item.insert_replace_support),
        defaults="editRange" in defaults and "insertTextFormat" in defaults,
        label_details=bool(item and item.label_details_support),
        commands=runs and bool(workspace and workspace.apply_edit) and _offers_commands(server),
    )


def _offers_commands(server: NotesServer) -> bool:
    provider = server.protocol.server_capabilities.execute_command_provider
    return provider is not None and ADD_BLOCK_ID in provider.commands


def _defaults(abilities: _Abilities, replaced: types.Range) -> types.CompletionItemDefaults:
    return types.CompletionItemDefaults(edit_range=replaced, insert_text_format=_format(abilities))


def _item(at: Place, offer: Offer, number: int, shape: _Shape) -> types.CompletionItem:
    """An item in the one shape that every editor inserts rightly; ``docs/editors.md`` says why."""
    item = offer.items[number]
    text = convert.snippet(item.insert) if shape.abilities.snippets else item.insert
    return types.CompletionItem(
        label=item.label,
        kind=_KINDS[item.kind],
        detail=item.detail or None,
        label_details=_label_details(item) if shape.abilities.label_details else None,
        sort_text=f"{number:04}",
        filter_text=offer.typed or item.label,
        insert_text_format=None if shape.has_defaults else _format(shape.abilities),
        text_edit=_text_edit(text, shape),
        text_edit_text=text if shape.has_defaults else None,
        additional_text_edits=[_text_edit_of(at, edit) for edit in item.edits] or None,
        command=_command(item.block_id, shape.uri) if item.block_id is not None else None,
        data={"uri": shape.uri, "path": item.path, "anchor": item.anchor} if item.path else None,
    )


def _text_edit(text: str, shape: _Shape) -> types.TextEdit | types.InsertReplaceEdit | None:
    if shape.has_defaults:
        return None
    if shape.whole is not None:
        return types.InsertReplaceEdit(text, shape.replaced, shape.whole)
    return types.TextEdit(shape.replaced, text)


def _text_edit_of(at: Place, edit: Edit) -> types.TextEdit:
    return types.TextEdit(convert.range_(at.source, edit.span, at.unit), edit.text)


def _command(addition: NewBlockId, uri: str) -> types.Command:
    return types.Command("Add a block id", ADD_BLOCK_ID, arguments=[uri, addition.path, addition.block, addition.id])


def _format(abilities: _Abilities) -> types.InsertTextFormat:
    return types.InsertTextFormat.Snippet if abilities.snippets else types.InsertTextFormat.PlainText


def _label_details(item: Item) -> types.CompletionItemLabelDetails | None:
    return types.CompletionItemLabelDetails(description=item.detail) if item.detail else None
