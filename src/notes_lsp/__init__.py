"""notes-lsp: a language server for a folder of plain Markdown notes."""

__version__ = "0.1.0"
