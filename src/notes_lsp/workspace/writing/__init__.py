"""Writing: new files, atomic rewriting, and the notes that an editor has not saved."""
