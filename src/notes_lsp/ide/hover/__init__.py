"""Hover: what is shown for a link, a note, a property or a web address."""
