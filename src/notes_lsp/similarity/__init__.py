"""Similarity of texts: terms, shingles, sketches and boilerplate, computed from one note at a time."""
