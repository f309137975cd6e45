"""Values: text and spans, the facts of one note, parsing, naming, configuration, edits. Total functions."""
