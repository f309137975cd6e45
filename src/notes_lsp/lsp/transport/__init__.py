"""Transport: JSON-RPC messages in and out, framing, and the end of the process."""
