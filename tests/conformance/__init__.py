"""The conformance suite: cases that any language server for Markdown notes can be judged by."""
