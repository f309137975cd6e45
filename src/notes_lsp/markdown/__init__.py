"""Markdown: the parser, from the text of a note to its facts, with spans in code points."""
