"""Frontmatter: reading, editing and completing the header of a note, in YAML, TOML and JSON."""
