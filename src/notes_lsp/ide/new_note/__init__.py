"""New notes: the draft of a note and the values that its frontmatter begins with."""
