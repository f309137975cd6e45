"""Handlers: the table from method to function; each converts in, calls one feature, converts out."""

from __future__ import annotations

from lsprotocol import types

from notes_lsp.lsp import (
    acting,
    completing,
    creating,
    describing,
    duplicating,
    highlighting,
    lifecycle,
    navigating,
    querying,
    relating,
    renaming,
    vault_marking,
)
from notes_lsp.lsp.server import Handler

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
    Handler(types.TEXT_DOCUMENT_COMPLETION, completing.complete),
    Handler(types.COMPLETION_ITEM_RESOLVE, completing.resolve),
    Handler(types.TEXT_DOCUMENT_DEFINITION, navigating.go_to_definition),
    Handler(types.TEXT_DOCUMENT_DECLARATION, navigating.go_to_definition),
    Handler(types.TEXT_DOCUMENT_REFERENCES, navigating.find_references, whole_vault=True),
    Handler(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, navigating.highlight),
    Handler(types.TEXT_DOCUMENT_DOCUMENT_LINK, navigating.links, types.DocumentLinkOptions(resolve_provider=True)),
    Handler(types.DOCUMENT_LINK_RESOLVE, navigating.resolve_link),
    Handler(types.TEXT_DOCUMENT_CODE_LENS, navigating.code_lens, whole_vault=True),
    Handler(types.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY, navigating.prepare_calls),
    Handler(types.CALL_HIERARCHY_INCOMING_CALLS, navigating.incoming_calls, whole_vault=True),
    Handler(types.CALL_HIERARCHY_OUTGOING_CALLS, navigating.outgoing_calls, whole_vault=True),
    Handler(types.TEXT_DOCUMENT_PREPARE_TYPE_HIERARCHY, navigating.prepare_types),
    Handler(types.TYPE_HIERARCHY_SUPERTYPES, navigating.supertypes, whole_vault=True),
    Handler(types.TYPE_HIERARCHY_SUBTYPES, navigating.subtypes, whole_vault=True),
    Handler(types.TEXT_DOCUMENT_HOVER, describing.show_hover),
    Handler(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, describing.document_symbols),
    Handler(types.WORKSPACE_SYMBOL, describing.workspace_symbols, whole_vault=True),
    Handler(types.TEXT_DOCUMENT_FOLDING_RANGE, describing.folds),
    Handler(types.TEXT_DOCUMENT_SELECTION_RANGE, describing.selections),
    Handler(types.TEXT_DOCUMENT_INLAY_HINT, describing.inlay_hints),
    Handler(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, highlighting.all_tokens, highlighting.LEGEND),
    Handler(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL_DELTA, highlighting.changed_tokens),
    Handler(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, highlighting.tokens_in_range),
    Handler(
        types.TEXT_DOCUMENT_DIAGNOSTIC,
        describing.pull_diagnostics,
        types.DiagnosticOptions(identifier="notes-lsp", inter_file_dependencies=True, workspace_diagnostics=True),
        whole_vault=True,
    ),
    Handler(types.WORKSPACE_DIAGNOSTIC, describing.pull_all_diagnostics, whole_vault=True),
    Handler(
        types.TEXT_DOCUMENT_CODE_ACTION,
        acting.code_actions,
        types.CodeActionOptions(
            code_action_kinds=[
                types.CodeActionKind.QuickFix,
                types.CodeActionKind.RefactorExtract,
                types.CodeActionKind.RefactorRewrite,
                vault_marking.KIND,
            ]
        ),
        whole_vault=True,
    ),
    Handler(types.TEXT_DOCUMENT_PREPARE_RENAME, renaming.prepare_rename, whole_vault=True),
    Handler(types.TEXT_DOCUMENT_RENAME, renaming.rename, types.RenameOptions(prepare_provider=True), whole_vault=True),
    Handler(types.WORKSPACE_WILL_RENAME_FILES, renaming.will_rename_files, renaming.FILES, whole_vault=True),
    Handler(types.WORKSPACE_DID_RENAME_FILES, renaming.did_rename_files, renaming.FILES),
    Handler(types.WORKSPACE_DID_CREATE_FILES, renaming.did_create_files, renaming.FILES),
    Handler(types.WORKSPACE_DID_DELETE_FILES, renaming.did_delete_files, renaming.FILES),
)
"""What the server answers. A feature is added by writing one file and one row here."""

COMMANDS = {
    navigating.SHOW_REFERENCES: acting.show_references,
    querying.QUERY: querying.run_query,
    **completing.COMMANDS,
    creating.NEW: creating.new_note,
    creating.DAILY: creating.daily_note,
    duplicating.DUPLICATES: duplicating.list_duplicates,
    **relating.COMMANDS,
    **vault_marking.COMMANDS,
}
"""The commands of ``workspace/executeCommand``; each takes the list of its arguments."""
