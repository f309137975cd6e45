"""Asking: the verbs that list notes, links, tags, tasks and headings."""
