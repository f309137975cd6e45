"""Search: full text, headings, passages and lists of notes."""
