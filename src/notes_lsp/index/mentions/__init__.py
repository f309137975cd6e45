"""Unlinked mentions: where a note is named in prose without a link."""
