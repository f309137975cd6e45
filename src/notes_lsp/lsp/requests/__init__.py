"""Requests: one module for each kind of request of the protocol."""
