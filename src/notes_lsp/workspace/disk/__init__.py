"""Disk: walking, ignoring, watching and opening files, with limits."""
