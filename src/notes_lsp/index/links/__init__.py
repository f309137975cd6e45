"""Links in the index: how to write a link, and how links follow a rename."""
