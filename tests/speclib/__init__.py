"""The spec library: reads Markdown specs, drives a language server, renders and compares its answers.

It knows nothing of notes-lsp's own modules, so that it can judge any language server: positions, edits and
completion are done here once more, the way an editor does them.
"""
