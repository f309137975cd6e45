"""Code actions: fixes for diagnostics, and refactorings."""
