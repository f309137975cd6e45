"""Code actions: what can be done at a place, as workspace edits, and the commands that the server runs itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lsprotocol import types

from notes_lsp.ide.code_actions.offer import ActionContext, offer_actions
from notes_lsp.ide.values import Action
from notes_lsp.lsp.commands.init_vault import INIT_VAULT_KIND, marking_action
from notes_lsp.lsp.server import convert
from notes_lsp.lsp.server.creation_time import new_note_context
from notes_lsp.lsp.server.server import NotesServer
from notes_lsp.lsp.server.session import RequestContext
from notes_lsp.lsp.server.workspace_edit import not_utf8, workspace_edit
from notes_lsp.text.source import Edit, Span


def code_actions(server: NotesServer, params: types.CodeActionParams) -> list[types.CodeAction] | None:
    """What can be done about the links and the frontmatter in a range."""
    at = server.document(params.text_document.uri)
    only = params.context.only
    if at is None:
        return None
    within = Span(
        convert.offset(at.source, params.range.start, at.unit), convert.offset(at.source, params.range.end, at.unit)
    )
    asked = ActionContext(at.vault, at.note, within, at.folder.config, new_note_context(at.folder, at.vault))
    found = offer_actions(asked, lambda kind: _is_wanted(kind, only))
    shown = [
        types.CodeAction(
            title=action.title,
            kind=types.CodeActionKind(action.kind),
            diagnostics=_fixed(at, action, params.context.diagnostics) or None,
            is_preferred=action.preferred or None,
            edit=_edit(server, at, action),
        )
        for action in found
        if not not_utf8(at.folder, _edits(at, action))
    ]
    # Who opened a folder chose it, and need not be asked about it with every action.
    is_marking_wanted = _is_wanted(INIT_VAULT_KIND, only) and (only or not server.root_given)
    marking = marking_action(server, params.text_document.uri) if is_marking_wanted else None
    return [*shown, marking] if marking is not None else shown


def _is_wanted(kind: str, only: Sequence[str] | None) -> bool:
    """Whether a kind of action is asked for: ``refactor`` asks for all kinds below it, too."""
    return not only or any(not wanted or kind == wanted or kind.startswith(f"{wanted}.") for wanted in only)


def show_references(_: NotesServer, arguments: list[Any]) -> Any:
    """Give back the places of a lens, for editors that show what a command answers."""
    return arguments[2] if len(arguments) > 2 else None


def _fixed(at: RequestContext, action: Action, diagnostics: Sequence[types.Diagnostic]) -> list[types.Diagnostic]:
    where = convert.range_(at.source, action.span, at.unit)
    return [found for found in diagnostics if found.code == action.fixes and found.range == where]


def _edit(server: NotesServer, at: RequestContext, action: Action) -> types.WorkspaceEdit:
    creates = dict([action.create]) if action.create else None
    return workspace_edit(server, at.folder, _edits(at, action), creates=creates)


def _edits(at: RequestContext, action: Action) -> dict[str, Sequence[Edit]]:
    """The edits of an action by note."""
    edits: dict[str, Sequence[Edit]] = dict(action.elsewhere)
    if action.edits:
        edits[at.note.path] = action.edits
    return edits
