"""The only place that knows the protocol: a table from method to handler."""
