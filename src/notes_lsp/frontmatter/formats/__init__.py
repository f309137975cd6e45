"""Formats: a parser with spans for each format of frontmatter, and the writer of fresh frontmatter."""
