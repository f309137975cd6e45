"""Vault: one consistent view of all notes, and how a link resolves in it."""
