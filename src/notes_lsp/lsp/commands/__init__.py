"""Commands: what a client may run with workspace/executeCommand."""
