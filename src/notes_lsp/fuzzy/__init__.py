"""Fuzzy matching: how well a name answers what was typed, and an index of names to ask quickly."""
