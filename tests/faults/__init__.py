"""Faults: what goes wrong around a server, and what has to hold afterwards."""
