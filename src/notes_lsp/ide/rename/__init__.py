"""Rename: notes, folders, headings and tags, with every link to them."""
