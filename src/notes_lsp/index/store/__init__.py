"""Store: the SQLite file: schema, rows, changes, open buffers, damage and recovery."""
