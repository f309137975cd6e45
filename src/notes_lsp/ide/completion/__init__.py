"""Completion: what may be inserted at a cursor, ranked."""
