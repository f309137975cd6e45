"""Schemas: validating frontmatter against JSON Schema, inferring a schema, and the messages."""
