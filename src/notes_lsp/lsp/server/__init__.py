"""Server: its state, sessions, published diagnostics, and conversion to the protocol's types."""
