"""A server that only completes "My Note" behind two brackets, in the shape that its argument names."""

from __future__ import annotations

import sys

from lsprotocol import types
from pygls.lsp.server import LanguageServer

SHAPE = sys.argv[1]
SERVER = LanguageServer("shapes", "1")


@SERVER.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=["[", " "]))
def complete(params: types.CompletionParams) -> types.CompletionList | None:
    """One item, while brackets are open; the note begins with them, so that columns are the same in every unit."""
    document = SERVER.workspace.get_text_document(params.text_document.uri)
    line = document.source.split("\n")[params.position.line]
    typed = line[2 : params.position.character]
    if not line.startswith("[[") or "]" in typed or params.position.character < 2:
        return None
    start = types.Position(params.position.line, 2)
    behind = line[params.position.character :]
    closing = "]]"[: 2 - min(2, len(behind) - len(behind.lstrip("]")))]
    item = types.CompletionItem(
        "My Note", filter_text=typed or "My Note", insert_text_format=types.InsertTextFormat.Snippet
    )
    item.text_edit = types.TextEdit(types.Range(start, params.position), f"My Note{closing}")
    if SHAPE == "plain":
        item.insert_text_format = types.InsertTextFormat.PlainText
    if SHAPE == "eats-brackets":
        end = types.Position(params.position.line, params.position.character + 2 - len(closing))
        item.text_edit = types.TextEdit(types.Range(start, end), "My Note]]")
    if SHAPE == "insert-replace":
        here = types.Range(start, params.position)
        item.text_edit = types.InsertReplaceEdit(f"My Note{closing}", insert=here, replace=here)
    return types.CompletionList(is_incomplete=True, items=[item])


if __name__ == "__main__":
    SERVER.start_io()
