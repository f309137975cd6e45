"""The same features, printed."""
