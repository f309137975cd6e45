"""Diagnostics: what is wrong in a note: links, frontmatter and duplicates."""
