"""Text: source text with line offsets and spans, words, scripts, globs, file names. Total functions over strings."""
