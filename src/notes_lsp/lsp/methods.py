"""Methods: the table from method to function; each converts in, calls one feature, converts out."""

from __future__ import annotations

from lsprotocol import types

from notes_lsp.lsp import lifecycle
from notes_lsp.lsp.commands import duplicates, init_vault, new_note, related
from notes_lsp.lsp.commands import query as query_command
from notes_lsp.lsp.requests import (
    code_action,
    code_lens,
    completion,
    diagnostic,
    hierarchy,
    hover,
    inlay_hint,
    navigation,
    rename,
    semantic_tokens,
    structure,
    symbols,
)
from notes_lsp.lsp.server.server import Handler

HANDLERS = (
    Handler(types.INITIALIZE, lifecycle.initialize),
    Handler(types.INITIALIZED, lifecycle.initialized),
    Handler(types.SHUTDOWN, lifecycle.shut_down),
    Handler(types.TEXT_DOCUMENT_DID_OPEN, lifecycle.did_open),
    Handler(types.TEXT_DOCUMENT_DID_CHANGE, lifecycle.did_change),
    Handler(types.TEXT_DOCUMENT_DID_CLOSE, lifecycle.did_close),
    Handler(types.TEXT_DOCUMENT_DID_SAVE, lifecycle.did_save, types.SaveOptions(include_text=False)),
    Handler(types.WORKSPACE_DID_CHANGE_WATCHED_FILES, lifecycle.did_change_watched_files),
    Handler(types.WORKSPACE_DID_CHANGE_CONFIGURATION, lifecycle.did_change_configuration),
    Handler(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, lifecycle.did_change_workspace_folders),
    Handler(types.TEXT_DOCUMENT_COMPLETION, completion.complete),
    Handler(types.COMPLETION_ITEM_RESOLVE, completion.resolve_completion),
    Handler(types.TEXT_DOCUMENT_DEFINITION, navigation.go_to_definition),
    Handler(types.TEXT_DOCUMENT_DECLARATION, navigation.go_to_definition),
    Handler(types.TEXT_DOCUMENT_REFERENCES, navigation.find_references, whole_vault=True),
    Handler(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, navigation.document_highlight),
    Handler(
        types.TEXT_DOCUMENT_DOCUMENT_LINK,
        navigation.list_document_links,
        types.DocumentLinkOptions(resolve_provider=True),
    ),
    Handler(types.DOCUMENT_LINK_RESOLVE, navigation.resolve_link),
    Handler(types.TEXT_DOCUMENT_CODE_LENS, code_lens.code_lens, whole_vault=True),
    Handler(types.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY, hierarchy.prepare_calls),
    Handler(types.CALL_HIERARCHY_INCOMING_CALLS, hierarchy.incoming_calls, whole_vault=True),
    Handler(types.CALL_HIERARCHY_OUTGOING_CALLS, hierarchy.outgoing_calls, whole_vault=True),
    Handler(types.TEXT_DOCUMENT_PREPARE_TYPE_HIERARCHY, hierarchy.prepare_types),
    Handler(types.TYPE_HIERARCHY_SUPERTYPES, hierarchy.supertypes, whole_vault=True),
    Handler(types.TYPE_HIERARCHY_SUBTYPES, hierarchy.subtypes, whole_vault=True),
    Handler(types.TEXT_DOCUMENT_HOVER, hover.show_hover),
    Handler(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, symbols.document_symbols),
    Handler(types.WORKSPACE_SYMBOL, symbols.workspace_symbols, whole_vault=True),
    Handler(types.TEXT_DOCUMENT_FOLDING_RANGE, structure.folding_range),
    Handler(types.TEXT_DOCUMENT_SELECTION_RANGE, structure.selection_range),
    Handler(types.TEXT_DOCUMENT_INLAY_HINT, inlay_hint.inlay_hints),
    Handler(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, semantic_tokens.all_tokens, semantic_tokens.LEGEND),
    Handler(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL_DELTA, semantic_tokens.changed_tokens),
    Handler(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, semantic_tokens.tokens_in_range),
    Handler(
        types.TEXT_DOCUMENT_DIAGNOSTIC,
        diagnostic.pull_diagnostics,
        types.DiagnosticOptions(identifier="notes-lsp", inter_file_dependencies=True, workspace_diagnostics=True),
        whole_vault=True,
    ),
    Handler(types.WORKSPACE_DIAGNOSTIC, diagnostic.pull_all_diagnostics, whole_vault=True),
    Handler(
        types.TEXT_DOCUMENT_CODE_ACTION,
        code_action.code_actions,
        types.CodeActionOptions(
            code_action_kinds=[
                types.CodeActionKind.QuickFix,
                types.CodeActionKind.RefactorExtract,
                types.CodeActionKind.RefactorRewrite,
                init_vault.INIT_VAULT_KIND,
            ]
        ),
        whole_vault=True,
    ),
    Handler(types.TEXT_DOCUMENT_PREPARE_RENAME, rename.prepare_rename, whole_vault=True),
    Handler(
        types.TEXT_DOCUMENT_RENAME, rename.rename_symbol, types.RenameOptions(prepare_provider=True), whole_vault=True
    ),
    Handler(types.WORKSPACE_WILL_RENAME_FILES, rename.will_rename_files, rename.FILES, whole_vault=True),
    Handler(types.WORKSPACE_DID_RENAME_FILES, rename.did_rename_files, rename.FILES),
    Handler(types.WORKSPACE_DID_CREATE_FILES, rename.did_create_files, rename.FILES),
    Handler(types.WORKSPACE_DID_DELETE_FILES, rename.did_delete_files, rename.FILES),
)
"""What the server answers. A feature is added by writing one file and one row here."""

COMMANDS = {
    code_lens.SHOW_REFERENCES: code_action.show_references,
    query_command.QUERY: query_command.run_query,
    **completion.COMPLETION_COMMANDS,
    new_note.NEW: new_note.new_note,
    new_note.DAILY: new_note.daily_note,
    duplicates.DUPLICATES: duplicates.list_duplicates,
    **related.RELATED_COMMANDS,
    **init_vault.INIT_COMMANDS,
}
"""The commands of ``workspace/executeCommand``; each takes the list of its arguments."""
