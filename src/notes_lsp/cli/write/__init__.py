"""Writing: the verbs that make and rename notes."""
