"""Listing: notes by conditions, for the shell, for export and for language models."""
